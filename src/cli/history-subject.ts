/** What `history` is asked about: a port, a series by name, a source or a network. */
import { parseNetwork } from "../model/address.ts";
import { UsageError } from "../model/errors.ts";
import { groupSeriesNumber, portSeriesNumber, SERIES_GROUPS, SERIES_TRANSPORTS, seriesNumber } from "../model/series.ts";

export type HistorySubject =
  | { readonly kind: "overview" }
  /** Series to draw; where there are several, those without anything are left out. */
  | { readonly kind: "series"; readonly numbers: readonly number[] }
  | { readonly kind: "network"; readonly network: string };

/** @throws UsageError */
export function historySubject(text: string | undefined): HistorySubject {
  if (text === undefined) return { kind: "overview" };
  const named = seriesNumber(text);
  if (named !== null) return { kind: "series", numbers: [named] };
  const group = SERIES_GROUPS.find((one) => one === text);
  if (group !== undefined) return { kind: "series", numbers: [groupSeriesNumber(group)] };
  const [, transport, digits] = /^(?:(tcp|udp)\/)?(\d+)$/.exec(text) ?? [];
  if (digits !== undefined) {
    const port = Number(digits);
    if (!(port <= 65_535)) throw new UsageError(`${text}: ports are 0 to 65535`);
    const transports = SERIES_TRANSPORTS.filter((one) => transport === undefined || one === transport);
    return {
      kind: "series",
      numbers: transports.flatMap((one) => [portSeriesNumber(one, "destination", port), portSeriesNumber(one, "source", port)]),
    };
  }
  if (parseNetwork(text) !== null) return { kind: "network", network: text };
  throw new UsageError(
    `${text}: a port (445, udp/53), a series (tcp/source/0, ${SERIES_GROUPS.join(", ")}), an address or a network is expected`,
  );
}
