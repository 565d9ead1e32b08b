/** Sentences with numbers that led to a finding, for the report's evidence column and `--explain`. */
import {
  CLASS_NAMES,
  CLASS_ARP_REQUEST,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_OS_DETECTION,
  CLASS_UDP,
  OS_TESTS,
} from "../model/activity.ts";
import type { ToolName } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { meanGap } from "./slow.ts";

const TOOL_MARKS: Readonly<Record<ToolName, string>> = {
  mirai: "Mirai's mark, sequence number equal to the destination address,",
  masscan: "Masscan's mark, an IP identification computed from destination, port and sequence,",
  zmap: "ZMap's mark, IP identification 54321,",
  nmap: "Nmap's mark, its window and option layout,",
  unicornscan: "Unicornscan's mark, a sequence number computed from addresses and ports,",
  hping: "hping's mark, window 512 without options,",
};

/** What the sentences draw on: a scan without them, and what the scan does not hold. */
export interface EvidenceInput {
  readonly scan: Omit<Scan, "evidence">;
  /** Whether an answer would have been seen. */
  readonly tellsSilence: boolean;
  readonly trafficClass: number;
  readonly points: number;
  /** Log-likelihood ratio of the threshold random walk, or null where no outcomes were seen. */
  readonly ratio: number | null;
  /** Numbers of OS-detection tests, in OS_TESTS. */
  readonly tests: readonly number[];
  /** Classes of a scan whose flags are at random. */
  readonly mixed: readonly { readonly trafficClass: number; readonly packets: number }[];
  readonly halfOpen: number;
  /** Contacts left out as ordinary use. */
  readonly ordinary: number;
  readonly sampled: boolean;
  readonly portZeroPackets: number;
  readonly outbound: boolean;
}

/** The sentences, most telling first. */
export function scanEvidence(input: EvidenceInput): string[] {
  const { scan } = input;
  const sentences = [`${extent(input)} in ${duration(scan.lastSeen - scan.firstSeen)}; ${outcomeWords(input)}`];
  if (scan.darkTargetCount > 0)
    sentences.push(
      `${number(scan.darkTargetCount)} of ${plural(scan.targetCount, "target")} ${scan.darkTargetCount === 1 ? "was" : "were"} never seen sending`,
    );
  if (input.halfOpen > 0) sentences.push(`${plural(input.halfOpen, "answered connection")} left half-open`);
  if (scan.tool !== null && input.tests.length === 0)
    sentences.push(`${TOOL_MARKS[scan.tool.name]} in ${number(scan.tool.packets)} of ${plural(scan.packets, "packet")}`);
  if (input.trafficClass === CLASS_OS_DETECTION)
    sentences.push(`Nmap's OS-detection tests: ${input.tests.map((test) => OS_TESTS[test] ?? test).join(", ")}`);
  if (input.mixed.length > 0)
    sentences.push(
      `flags at random: ${input.mixed.map((part) => `${number(part.packets)} ${CLASS_NAMES.get(part.trafficClass) ?? "other"}`).join(", ")}`,
    );
  if (scan.fragmented)
    sentences.push("TCP headers in fragments too short for the flags: no stack sends them; SYN is assumed, as Nmap's -f sends it");
  if (scan.technique === "tcp-unknown")
    sentences.push("the records do not tell TCP flags: a SYN, a connect scan's or another kind of probe");
  if (scan.slow)
    sentences.push(
      `${duration(meanGap(scan.contactCount, scan.firstSeen, scan.lastSeen))} between new contacts on average: slower than the windows of most detectors`,
    );
  if (scan.decoys.length > 0)
    sentences.push(`the same probes at the same time from ${plural(scan.decoys.length, "other address", "other addresses")}: decoys`);
  if (input.portZeroPackets > 0) sentences.push(`${plural(input.portZeroPackets, "packet")} from or to port zero`);
  if (input.outbound) sentences.push("the source is in the defended networks and its targets are not");
  if (input.ratio !== null)
    sentences.push(`threshold random walk: a scanner is ${odds(input.ratio)} times as likely to be met so as an ordinary client`);
  sentences.push(`fan-out ${number(Math.round(input.points))} points, 25 make a scan`);
  if (input.ordinary > 0) sentences.push(`${plural(input.ordinary, "contact")} of ordinary use left out`);
  if (input.sampled) sentences.push("counts are estimates: the contacts were too many to keep all");
  return sentences;
}

function extent({ scan, trafficClass, tests }: EvidenceInput): string {
  const targets = plural(
    scan.targetCount,
    trafficClass === CLASS_ARP_REQUEST ? "address" : "host",
    trafficClass === CLASS_ARP_REQUEST ? "addresses" : "hosts",
  );
  switch (trafficClass) {
    case CLASS_ARP_REQUEST:
      return `who-has for ${targets}`;
    case CLASS_ICMP_REQUEST:
      return `ICMP requests to ${targets}`;
    case CLASS_IP_PROTOCOL:
      return `${plural(scan.portCount, "IP protocol")} of ${targets}`;
    case CLASS_OS_DETECTION:
      return `${plural(tests.length, "OS-detection test")} of ${targets}`;
    default: {
      const transport = trafficClass === CLASS_UDP ? "UDP port" : "port";
      const only = scan.portCount === 1 ? `port ${scan.ports[0] ?? "?"}` : plural(scan.portCount, transport);
      return scan.targetCount === 1 ? `${only} of one host` : `${only} on ${targets}`;
    }
  }
}

function outcomeWords({ scan: { outcomes, contactCount }, tellsSilence }: EvidenceInput): string {
  const words: string[] = [];
  if (outcomes.refused > 0) words.push(`${number(outcomes.refused)} refused`);
  if (outcomes.answered > 0) words.push(`${number(outcomes.answered)} answered`);
  if (outcomes.unreachable > 0) words.push(`${number(outcomes.unreachable)} unreachable`);
  if (words.length === 0) {
    if (!tellsSilence) return "no answer is recorded";
    return contactCount === 1 ? "met with silence" : "all met with silence";
  }
  if (outcomes.silent > 0) words.push(`${number(outcomes.silent)} ${tellsSilence ? "silent" : "without an answer on record"}`);
  return words.join(", ");
}

function odds(ratio: number): string {
  return ratio >= Math.log(1e6) ? "over a million" : number(Math.max(1, Math.exp(ratio)));
}

/** Seconds in the unit a person would use. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, seconds).toFixed(seconds < 0.1 ? 3 : 1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** A whole number with thousands apart. */
export function number(value: number): string {
  // By hand: the first number that toLocaleString formats costs 40 ms of loading its tables.
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

export function plural(count: number, singular: string, many: string = `${singular}s`): string {
  return Math.round(count) === 1 ? `one ${singular}` : `${number(count)} ${many}`;
}
