/** Port zero on the screen: was it on the wire, in which role, what was left out, and the mix on the other port. */
import type { PortZeroCounts } from "../../model/activity.ts";
import type { Report } from "../../model/report.ts";
import { otherPortLabel } from "../port-name.ts";
import { portZeroRows, portZeroWords, sum } from "../port-zero-words.ts";
import { count, share } from "../quantity.ts";
import type { Screen } from "./screen.ts";

/** More would not fit a line of any width. */
const OTHER_PORTS = 12;

export function writePortZero(screen: Screen, report: Report): void {
  const { portZero } = report;
  const words = portZeroWords(portZero);
  screen.heading("Port zero", words.brief ?? words.title);
  if (words.verdict === "absent") return;
  if (words.verdict === "artefact") {
    screen.paragraph([words.sentence, words.excluded].filter((line) => line !== null).join(" "));
    return;
  }
  if (words.brief === null) screen.paragraph(words.sentence);
  writeRoles(screen, report);
  writeOtherPorts(screen, report);
  const remarks = [...words.remarks, words.unconfirmed, words.excluded].filter((line) => line !== null);
  if (remarks.length > 0) screen.paragraph(remarks.join(" "));
}

function writeRoles(screen: Screen, { portZero }: Report): void {
  const roles = portZeroRows(portZero).map(({ name, counts }) => roleWords(name, counts));
  const { replies } = portZero;
  if (replies > 0 && replies < sum(portZero.tcp) + sum(portZero.udp)) {
    roles.push(`${count(replies)} ${replies === 1 ? "is an answer" : "are answers"}`);
  }
  screen.paragraph(roles.join(" · "), { mark: { text: "By role:", style: "dim" } });
}

/** "TCP source only 32,873, destination only 2,975, both 0": the three are disjoint. */
function roleWords(name: string, counts: PortZeroCounts): string {
  if (sum(counts) === 0) return `${name} none`;
  return `${name} source only ${count(counts.source)}, destination only ${count(counts.destination)}, both ${count(counts.both)}`;
}

function writeOtherPorts(screen: Screen, report: Report): void {
  const { otherPorts, tcp } = report.portZero;
  const whole = otherPorts.reduce((all, entry) => all + entry.packets, 0);
  if (whole === 0) return;
  const transport = sum(tcp) > 0 ? "tcp" : "udp";
  const shown = otherPorts.slice(0, OTHER_PORTS);
  const named = shown.map(({ port, packets }) => `${otherPortLabel(port, transport)} ${share(packets, whole)}`);
  screen.pieces(named, { mark: { text: "Other port:", style: "dim" }, more: otherPorts.length - shown.length });
}
