/** Port zero on the screen: was it on the wire, in which role, what was left out, and the mix on the other port. */
import type { Report } from "../../model/report.ts";
import { otherPortLabel } from "../port-name.ts";
import { portZeroRows, portZeroWords, sum } from "../port-zero-words.ts";
import { count, share } from "../quantity.ts";
import type { Screen } from "./screen.ts";

/** Other ports on the line; the rest are counted. */
const OTHER_PORTS = 6;

export function writePortZero(screen: Screen, report: Report): void {
  const { portZero } = report;
  const words = portZeroWords(portZero);
  screen.heading("Port zero", words.title);
  screen.paragraph(words.sentence);
  if (words.verdict !== "absent" && words.verdict !== "artefact") {
    const rows = portZeroRows(portZero).filter((row) => sum(row.counts) > 0 || !row.name.includes(","));
    screen.table(
      [
        { title: "" },
        { title: "only source", align: "right" },
        { title: "only destination", align: "right" },
        { title: "both", align: "right" },
        { title: "packets", align: "right" },
      ],
      rows.map(({ name, counts }) => [name, ...[counts.source, counts.destination, counts.both, sum(counts)].map(count)]),
    );
  }
  const mix = otherPortMix(report);
  if (mix !== null) screen.paragraph(mix, { mark: { text: "Other port:", style: "dim" }, maxLines: 2 });
  const remarks = [...words.remarks, words.unconfirmed].filter((line) => line !== null);
  if (remarks.length > 0) screen.paragraph(remarks.join(" "));
  if (words.excluded !== null) screen.paragraph(words.excluded);
}

function otherPortMix(report: Report): string | null {
  const { otherPorts, tcp } = report.portZero;
  const whole = otherPorts.reduce((all, entry) => all + entry.packets, 0);
  if (whole === 0) return null;
  const transport = sum(tcp) > 0 ? "tcp" : "udp";
  const named = otherPorts.slice(0, OTHER_PORTS).map(({ port, packets }) => `${otherPortLabel(port, transport)} ${share(packets, whole)}`);
  const more = otherPorts.length - named.length;
  return more > 0 ? `${named.join(" · ")} · ${count(more)} more` : named.join(" · ");
}
