/** Networks that nobody should block or take a list's word against, each with the reason. */
import { formatNetwork, parseNetwork } from "../model/address.ts";
import { ACKNOWLEDGED_SCANNERS } from "./acknowledged/table.ts";
import { PUBLIC_RESOLVERS, ROOT_SERVERS } from "./public-resolvers.ts";
import { bogonNetworks } from "./special-purpose.ts";

export interface LeftAlone {
  readonly kind: "special" | "resolver" | "acknowledged";
  /** In CIDR notation. */
  readonly network: string;
  /** Goes on after "is": "a public resolver (Google)". */
  readonly why: string;
}

/** All of them, of the lists that come with the program. */
export function leftAlone(): readonly LeftAlone[] {
  return [
    ...bogonNetworks().map(([network, name]): LeftAlone => ({ kind: "special", network, why: `a special range (${name})` })),
    ...PUBLIC_RESOLVERS.flatMap(({ operator, addresses }) =>
      addresses.map((network): LeftAlone => ({ kind: "resolver", network, why: `a public resolver (${operator})` })),
    ),
    ...ROOT_SERVERS.map((network): LeftAlone => ({ kind: "resolver", network, why: "a root server of the DNS" })),
    ...ACKNOWLEDGED_SCANNERS.flatMap(({ organisation, networks }) =>
      networks.map((network): LeftAlone => ({
        kind: "acknowledged",
        network,
        why: `an acknowledged scanner (${organisation}; --include-acknowledged blocks it)`,
      })),
    ),
  ];
}

let resolvers: ReadonlyMap<string, string> | null = null;

/** As what very many rely on an address (text); null where nobody is known to, and for texts that are no address. */
export function reliedUpon(address: string): string | null {
  resolvers ??= new Map(
    leftAlone()
      .filter(({ kind }) => kind === "resolver")
      .map(({ network, why }) => [canonical(network) ?? network, why]),
  );
  return resolvers.get(canonical(address) ?? "") ?? null;
}

function canonical(text: string): string | null {
  const network = parseNetwork(text);
  return network === null ? null : formatNetwork(network);
}
