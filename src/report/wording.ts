/** The words of the field for what a report holds, the same in every output. */
import type { HypothesisId, Severity } from "../model/assessment.ts";
import { isQuiet, type LabelledScan, type Report } from "../model/report.ts";
import type { Flood, Outcomes, ScanKind, Technique } from "../model/finding.ts";
import type { AddressLabels, NameLabel, NetworkKind } from "../model/label.ts";
import { portList } from "./port-name.ts";
import { count, counted, share } from "./quantity.ts";

/** Sources of lone probes from which they are worth a word. */
const FEW_LONE_SOURCES = 5;

/** What each hypothesis says, as a heading. */
export const HYPOTHESIS_TITLES: Readonly<Record<HypothesisId, string>> = {
  research: "Research scanning",
  artefact: "Measurement artefact",
  backscatter: "Backscatter of a DDoS on others",
  ddos: "DDoS under way",
  misconfiguration: "Misconfiguration or broken tool",
  "worm-or-botnet": "Worm or botnet spreading",
  fingerprinting: "Stack or firewall fingerprinting",
  "vulnerability-search": "Search for a vulnerable service",
  "targeted-reconnaissance": "Targeted reconnaissance",
  ordinary: "Ordinary traffic",
};

/** Severity as a whole phrase, for those who do not see the colour. */
export const SEVERITY_PHRASES: Readonly<Record<Severity, string>> = {
  none: "nothing to act on",
  low: "worth knowing",
  medium: "look into it today",
  high: "act now",
  critical: "act at once, tell others",
};

/** Technique as a column entry. */
export const TECHNIQUE_NAMES: Readonly<Record<Technique, string>> = {
  syn: "SYN",
  connect: "connect",
  fin: "FIN",
  null: "NULL",
  xmas: "Xmas",
  maimon: "Maimon",
  ack: "ACK",
  window: "window",
  udp: "UDP",
  "sctp-init": "SCTP INIT",
  "ip-protocol": "IP protocol",
  icmp: "ICMP",
  arp: "ARP",
  "os-detection": "OS detection",
  "tcp-unknown": "TCP",
  other: "other",
};

/** What each kind of scan means, in one line. */
export const KIND_MEANINGS: Readonly<Record<ScanKind, string>> = {
  horizontal: "one port on many hosts",
  vertical: "many ports on one host",
  block: "many ports on many hosts",
  strobe: "a few ports on many hosts",
  distributed: "one scan shared by many sources",
};

/** "horizontal SYN", "slow vertical UDP". */
export function scanHow(scan: LabelledScan): string {
  return `${scan.slow ? "slow " : ""}${scan.kind} ${TECHNIQUE_NAMES[scan.technique]}`;
}

/** Short marks of a scan beside its kind: what an analyst would otherwise have to look for. */
export function scanMarks(scan: LabelledScan): string[] {
  const marks: string[] = [];
  if (scan.portZero) marks.push("port zero");
  if (scan.technique === "tcp-unknown") marks.push("TCP flags not recorded");
  if (scan.fragmented) marks.push("fragmented");
  if (scan.spoofable) marks.push("spoofable");
  if (scan.decoys.length > 0) marks.push(counted(scan.decoys.length, "decoy"));
  const { acknowledged } = scan.labels;
  if (acknowledged !== null) marks.push(`${acknowledged.status} research: ${acknowledged.organisation}`);
  return marks;
}

/** The tool with the packets that carry its mark, or null. */
export function scanTool(scan: LabelledScan): string | null {
  return scan.tool === null ? null : `${scan.tool.name} (${counted(scan.tool.packets, "packet")})`;
}

/** "AS29073 Ecatel, NL" from the labels; a reserved range by its name; "unknown network" where nothing is known. */
export function networkWords(labels: AddressLabels): string {
  const { network, reserved } = labels;
  if (reserved !== null && network === null) return reserved.name;
  if (network === null) return "unknown network";
  const words = [network.asn === null ? null : `AS${network.asn}`, network.name].filter((part) => part !== null).join(" ");
  if (network.country === null) return words === "" ? "unknown network" : words;
  return words === "" ? `registered in ${network.country}` : `${words}, ${network.country}`;
}

/** What a network is for, in words. */
export const KIND_WORDS: Readonly<Record<NetworkKind, string>> = {
  hosting: "hosting",
  access: "homes and offices",
  mobile: "mobile",
  education: "research and education",
  government: "government",
  business: "a business",
  content: "content delivery",
  exchange: "an exchange point",
};

/** A name, and whether it is borne out. */
export function nameWords({ name, forwardConfirmed, doubt }: NameLabel): string {
  return forwardConfirmed
    ? `${name}, which leads back to the address`
    : `${name}, which does not lead back to the address.${doubt === null ? "" : ` ${doubt}`}`;
}

/** How each outcome reads: nobody knows of an answer that records do not show, so none is called silence here. */
const OUTCOME_WORDS = { answered: "answered", refused: "refused", unreachable: "unreachable", silent: "without an answer seen" } as const;

/** "12 answered, 3 refused, 4,012 without an answer seen", nothing that is zero. */
export function outcomeWords(outcomes: Outcomes): string {
  const parts = (["answered", "refused", "unreachable", "silent"] as const)
    .filter((kind) => outcomes[kind] > 0)
    .map((kind) => `${count(outcomes[kind])} ${OUTCOME_WORDS[kind]}`);
  return parts.length > 0 ? parts.join(", ") : "no contacts";
}

/** One line on scans and their sources for a heading. */
export function scansHeadline(report: Report): string {
  if (report.scansTotal === 0) return `nobody: no scan was found${loneProbes(report)}`;
  const { count: targets, dark } = report.targets;
  const allDark = targets === 1 ? ", which was never seen sending" : ", none of which was ever seen sending";
  const darkWords = dark === 0 ? "" : dark >= targets ? allDark : `, ${share(dark, targets)} of which were never seen sending`;
  return `${counted(report.scansTotal, "scan")} against ${counted(targets, "target")}${darkWords}; ${toolsWords(report)}`;
}

/** "; 412 sources sent 900 lone probes, most for TCP/445", where there are a few. */
function loneProbes({ loneProbes: { sources, packets, services } }: Report): string {
  const [first] = services;
  if (sources < FEW_LONE_SOURCES || first === undefined) return "";
  const most = first.sources < sources / 5 ? "" : `, most for ${first.transport.toUpperCase()}/${first.port}`;
  return `; ${counted(sources, "source")} sent ${counted(packets, "lone probe")}${most}`;
}

/** "marks of nmap (97), masscan (92)": scans by tool; of a list that is cut it says so. */
function toolsWords({ scans, scansTotal }: Report): string {
  const tools = Map.groupBy(scans, ({ tool }) => tool?.name ?? null);
  const marks = [...tools].filter(([name]) => name !== null).toSorted(([, a], [, b]) => b.length - a.length);
  const where = scans.length < scansTotal ? `, among the ${count(scans.length)} heaviest` : "";
  return marks.length === 0
    ? `no tool's mark${where}`
    : `marks of ${marks.map(([name, of]) => `${name} (${count(of.length)})`).join(", ")}${where}`;
}

/** What the input is called: one name, or how many; the name apart, so that where it is too long its beginning can be cut. */
export function inputNameParts(report: Report): readonly [before: string, name: string, after: string] {
  const { sources } = report.input;
  const [first] = sources;
  const [quiet] = report.input.live.filter(isQuiet);
  if (first === undefined) return quiet === undefined ? ["no readable input", "", ""] : ["", quiet.name, ", where nothing came"];
  return sources.length === 1 ? ["", first.name, ` (${first.format})`] : [`${counted(sources.length, "input")}, first `, first.name, ""];
}

/** What the input is called, in full. */
export function inputName(report: Report): string {
  return inputNameParts(report).join("");
}

/** Hosts that a scan asked: never more than its packets, though an estimate of many may say so. */
export function scanHosts(scan: LabelledScan): number {
  return Math.min(scan.targetCount, scan.packets);
}

/** The text with a capital at its start. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A flood's row in any table: target, how, ports, sources, packets. */
export function floodCells(flood: Flood): string[] {
  const ports = flood.ports.length === 0 ? "–" : portList(flood.ports, flood.ports.length, flood.transport);
  return [flood.target, `${TECHNIQUE_NAMES[flood.technique]} flood`, ports, count(flood.sources), count(flood.packets)];
}
