/**
 * Says whether port zero was really on the wire or is an artefact of measuring, in words that every output shares.
 * Source of the distinctions: RFC 768 (UDP source zero is legal), RFC 791 (later fragments have no transport header), PAM 2021
 * (doi 10.1007/978-3-030-72582-2_32: most port-zero flow records are fragments).
 */
import type { PortZeroActivity, PortZeroCounts } from "../model/activity.ts";
import { count, counted } from "./quantity.ts";

/** `on-wire`: read from real headers. `weak`: only UDP source zero. `unproven`: records that cannot show a header. `artefact`: no port at all. */
export type PortZeroVerdict = "on-wire" | "weak" | "unproven" | "artefact" | "absent";

export interface PortZeroWords {
  readonly verdict: PortZeroVerdict;
  /** A few words: "on the wire". */
  readonly title: string;
  /** The title with the numbers, for one line; null where the sentence must be read. */
  readonly brief: string | null;
  /** One sentence with the numbers. */
  readonly sentence: string;
  /** What was left out, and why; null where nothing was. */
  readonly excluded: string | null;
  /** Records that say port zero without proof, where there are confirmed ones besides; null otherwise. */
  readonly unconfirmed: string | null;
  /** Further remarks with numbers: broken headers and flags. */
  readonly remarks: readonly string[];
}

/** The judgement of the counts alone; no knowledge beyond them. */
export function portZeroWords(portZero: PortZeroActivity): PortZeroWords {
  const confirmed = sum(portZero.tcp) + sum(portZero.udp);
  const unproven = sum(portZero.unconfirmed.tcp) + sum(portZero.unconfirmed.udp);
  const excludedTotal = portZero.excluded.fragments + portZero.excluded.icmp + portZero.excluded.placeholder;
  const verdict = verdictOf(portZero, confirmed, unproven, excludedTotal);
  const parties = `from ${counted(portZero.sources, "source")} to ${counted(portZero.targets, "target")}`;
  const { title, brief, sentence } = {
    "on-wire": onWire(portZero, confirmed, parties),
    weak: {
      title: "on the wire, weak evidence",
      brief: `on the wire, weak evidence: ${counted(confirmed, "UDP packet")} with source port zero, which RFC 768 allows`,
      sentence: `${counted(confirmed, "UDP packet")} ${parties} had source port zero; RFC 768 allows that where no answer is expected.`,
    },
    unproven: {
      title: "not proven",
      brief: null,
      sentence: `${counted(unproven, "record")} ${unproven === 1 ? "says" : "say"} port zero, but cannot show that there was a transport header${flaggedWords(portZero.unconfirmed.flagged, unproven)}.`,
    },
    artefact: {
      title: "not on the wire",
      brief: null,
      sentence: `No packet had port zero. ${counted(excludedTotal, "record")} ${excludedTotal === 1 ? "has" : "have"} no port at all, though flow exporters and logs print 0 there.`,
    },
    absent: { title: "not seen", brief: "not seen", sentence: "No packet came from or went to port zero." },
  }[verdict];
  return {
    verdict,
    title,
    brief,
    sentence,
    excluded: excludedWords(portZero),
    unconfirmed:
      unproven > 0 && verdict !== "unproven"
        ? `${counted(unproven, "further record")} ${unproven === 1 ? "says" : "say"} port zero without proof of a header.`
        : null,
    remarks: remarks(portZero),
  };
}

/** The rows of the table: TCP and UDP, then the unconfirmed where there are any. */
export function portZeroRows(portZero: PortZeroActivity): { name: string; counts: PortZeroCounts }[] {
  const rows = [
    { name: "TCP", counts: portZero.tcp },
    { name: "UDP", counts: portZero.udp },
  ];
  if (sum(portZero.unconfirmed.tcp) > 0) rows.push({ name: "TCP, unconfirmed", counts: portZero.unconfirmed.tcp });
  if (sum(portZero.unconfirmed.udp) > 0) rows.push({ name: "UDP, unconfirmed", counts: portZero.unconfirmed.udp });
  return rows;
}

/** All packets of a row. */
export function sum(counts: PortZeroCounts): number {
  return counts.source + counts.destination + counts.both;
}

function verdictOf(portZero: PortZeroActivity, confirmed: number, unproven: number, excluded: number): PortZeroVerdict {
  if (confirmed > 0) return sum(portZero.tcp) === 0 && portZero.udp.source === confirmed ? "weak" : "on-wire";
  if (unproven > 0) return "unproven";
  // ICMP is in every capture; only what some tool would show as port zero is an artefact.
  return excluded > portZero.excluded.icmp ? "artefact" : "absent";
}

/** TCP flags come from a header: they speak for the ports beside them, and prove nothing. */
function flaggedWords(flagged: number, unproven: number): string {
  if (flagged === 0) return "";
  return flagged >= unproven
    ? "; all tell TCP flags, which later fragments have not"
    : `; ${count(flagged)} tell TCP flags, which later fragments have not`;
}

/** Probes and answers apart: the sources are those of the probes. */
function onWire(portZero: PortZeroActivity, confirmed: number, parties: string): Pick<PortZeroWords, "title" | "brief" | "sentence"> {
  const replies = Math.min(confirmed, portZero.replies);
  const header = "in a TCP or UDP header that was really there";
  const answers = "(SYN-ACK, RST): backscatter, or replies to a probe";
  const title = "on the wire";
  const brief = `on the wire: ${counted(confirmed - replies, "packet")} with a real header, ${parties}`;
  if (replies === 0) return { title, brief, sentence: `${counted(confirmed, "packet")} ${parties} had port zero ${header}.` };
  if (replies === confirmed) {
    const all = confirmed === 1 ? "1 packet had port zero" : `${count(confirmed)} packets had port zero`;
    const what = confirmed === 1 ? "it is an answer" : "all are answers";
    return {
      title: "on the wire, only in answers",
      brief: `on the wire, only in ${counted(confirmed, "answer")} ${answers}`,
      sentence: `${all} ${header}; ${what} ${answers}.`,
    };
  }
  const more = `${count(replies)} more ${replies === 1 ? "is an answer" : "are answers"} ${answers}.`;
  return { title, brief, sentence: `${counted(confirmed - replies, "packet")} ${parties} had port zero ${header}; ${more}` };
}

function excludedWords(portZero: PortZeroActivity): string | null {
  const { fragments, icmp, placeholder } = portZero.excluded;
  const parts: string[] = [];
  if (fragments > 0) parts.push(`${counted(fragments, "later fragment")} (no transport header)`);
  if (icmp > 0) parts.push(`${counted(icmp, "ICMP record")} (type and code in the ports' place)`);
  if (placeholder > 0) parts.push(`${counted(placeholder, "placeholder")} (a log's 0 for "not tested")`);
  return parts.length === 0 ? null : `Kept out: ${parts.join(", ")}.`;
}

function remarks({ badHeaderLength, oddFlags }: PortZeroActivity): string[] {
  const parts = [
    badHeaderLength > 0 ? counted(badHeaderLength, "impossible TCP header length") : "",
    oddFlags > 0 ? counted(oddFlags, "impossible flag set") : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [`${parts.join(", ")}: a broken tool, or fingerprinting.`];
}
