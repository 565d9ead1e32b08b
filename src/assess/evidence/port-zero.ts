/** Port zero: real, false, and of which kind. */
import type { Facts } from "../facts.ts";
import { fragmentShare, ramp } from "../found.ts";
import { agree, percent, plural } from "../words.ts";
import type { EvidenceItem } from "./item.ts";

export const PORT_ZERO: readonly EvidenceItem[] = [
  {
    id: "unconfirmed-only",
    strength: (f) =>
      f.portZero.unconfirmed > 0 && f.portZero.confirmed === 0
        ? (0.5 + ramp(f.portZero.unconfirmed, 1, 20) / 2) *
          (1 - Math.max(ramp(f.portZero.flaggedShare, 0.3, 0.95), ramp(f.portZero.oneSidedShare, 0.3, 0.95)))
        : 0,
    sentence: (f) =>
      `${plural(f.portZero.unconfirmed, "record")} ${agree(f.portZero.unconfirmed, "says", "say")} port zero and none can prove it; most such records are later fragments, ICMP or placeholders.`,
  },
  {
    id: "unconfirmed-with-flags",
    strength: (f) => (f.portZero.unconfirmed > 0 && f.portZero.confirmed === 0 ? ramp(f.portZero.flaggedShare, 0.3, 0.95) : 0),
    sentence: (f) =>
      `${percent(f.portZero.flaggedShare)} of the records that say port zero tell TCP flags, which later fragments have not: their ports were likely read from a header.`,
  },
  {
    id: "unconfirmed-one-sided",
    strength: (f) => (f.portZero.unconfirmed > 0 && f.portZero.confirmed === 0 ? ramp(f.portZero.oneSidedShare, 0.3, 0.95) : 0),
    sentence: (f) =>
      `${percent(f.portZero.oneSidedShare)} of the records that say port zero have another port at the other end, which later fragments and placeholders have not: their ports were likely read from a header.`,
  },
  {
    id: "fragments-only",
    strength: (f) => (f.portZero.confirmed === 0 && f.portZero.unconfirmed === 0 ? ramp(fragmentShare(f), 0.05, 0.6) : 0),
    sentence: (f) =>
      `${plural(f.portZero.excludedFragments, "later fragment")} ${agree(f.portZero.excludedFragments, "has", "have")} no transport header: flow exporters write them down as port zero, and there is none.`,
  },
  {
    id: "tcp-source-zero-one-service",
    strength: (f) =>
      f.portZero.tcpSourceOnly > f.portZero.toZero && f.portZero.otherPort !== null && !f.portZero.answersOnly
        ? ramp(f.portZero.otherPort.share, 0.1, 0.5) * ramp(f.portZero.targets, 2, 50)
        : 0,
    sentence: (f) =>
      `${plural(f.portZero.tcpSourceOnly, "TCP packet")} from source port zero ${agree(f.portZero.tcpSourceOnly, "goes", "go")} to ${plural(f.portZero.targets, "target")}, ${percent(f.portZero.otherPort?.share ?? 0)} of port zero's packets to ${f.portZero.otherPort?.name ?? "one port"}: a real service is meant.`,
  },
  {
    id: "destination-zero-malformed",
    strength: (f) =>
      f.portZero.toZero > 0 && f.portZero.toZero >= f.portZero.tcpSourceOnly
        ? ramp(f.portZero.malformedShare, 0.05, 0.4) * ramp(f.portZero.toZero, 1, 20)
        : 0,
    sentence: (f) =>
      `${plural(f.portZero.toZero, "packet")} ${agree(f.portZero.toZero, "goes", "go")} to port zero, ${percent(f.portZero.malformedShare)} of TCP's with an impossible header length or flags no stack sends.`,
  },
  {
    id: "destination-zero",
    // Where port zero is one of many that are asked, it says less.
    strength: (f) =>
      f.portZero.toZero > f.portZero.tcpSourceOnly && !f.portZero.answersOnly
        ? ramp(f.portZero.toZero, 1, 20) * (0.4 + 0.6 * ramp(f.portZero.toZero / Math.max(1, f.portZero.toZero, f.scans.packets), 0.1, 0.6))
        : zeroMostAsked(f),
    sentence: (f) =>
      `${f.portZero.toZero > 0 ? plural(f.portZero.toZero, "packet") : `Most of what ${plural(f.scans.count > 0 ? f.scans.sources : (f.lone?.sources ?? 0), "source")} sent`} ${agree(f.portZero.toZero > 0 ? f.portZero.toZero : 1, "goes", "go")} to port zero, where no service listens: only the way it is refused can be of interest.`,
  },
  {
    id: "udp-source-zero",
    strength: (f) => (f.portZero.strong === 0 ? ramp(f.portZero.udpSourceOnly, 0, 3) : 0),
    sentence: (f) =>
      `${plural(f.portZero.udpSourceOnly, "UDP packet")} with source port zero ${agree(f.portZero.udpSourceOnly, "is", "are")} legal and weak evidence.`,
  },
  {
    id: "port-zero-few-hosts",
    strength: (f) => (f.scans.count === 0 && f.portZero.strong > 2 && f.portZero.sources <= 2 && f.portZero.targets <= 2 ? 1 : 0),
    sentence: (f) =>
      `Port zero comes from ${plural(f.portZero.sources, "source")} to ${plural(f.portZero.targets, "target")} again and again, as from one broken sender.`,
  },
];

/** How far port zero is what scans ask for most, where no record proves a header. */
function zeroMostAsked({ scans, lone }: Facts): number {
  const { name, share } = scans.leadingPort ?? lone?.leading ?? { name: "", share: 0 };
  return name.endsWith("/0") ? ramp(share, 0.2, 0.6) * ramp(scans.count > 0 ? scans.contacts : (lone?.packets ?? 0), 1, 20) : 0;
}
