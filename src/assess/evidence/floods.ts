/** Answers nobody asked for, and floods. */
import { fragmentFlood, fragmentShare, ramp } from "../found.ts";
import { agree, aimedWords, count, duration, percent, plural } from "../words.ts";
import type { EvidenceItem } from "./item.ts";

export const ANSWERS_AND_FLOODS: readonly EvidenceItem[] = [
  {
    id: "victim-answers",
    strength: (f) =>
      ramp(f.backscatter.share, 0.2, 0.8) * (f.backscatter.qualifying > 0 ? 1 : 0.4 + ramp(f.backscatter.packets, 5, 50) * 0.4),
    sentence: (f) =>
      `${plural(f.backscatter.victims, "address", "addresses")} ${agree(f.backscatter.victims, "answers", "answer")} questions that nobody asked: ${plural(f.backscatter.packets, "packet")}, the widest to ${plural(f.backscatter.peers, "address", "addresses")} here.`,
  },
  {
    id: "port-zero-answers",
    strength: (f) => (f.portZero.answersOnly ? ramp(f.portZero.replies, 1, 20) : 0),
    sentence: (f) =>
      `${count(f.portZero.replies)} of ${plural(f.portZero.confirmed, "packet")} with port zero are answers (SYN-ACK, RST): somebody forged our addresses with source port zero.`,
  },
  {
    id: "reflection",
    strength: (f) => (f.backscatter.reflectors > 0 ? 0.4 + 0.6 * ramp(f.backscatter.reflectors, 3, 20) : 0),
    sentence: (f) =>
      `${plural(f.backscatter.reflectors, "amplifier")}${f.backscatter.reflectedPorts.length === 0 ? "" : ` on UDP/${f.backscatter.reflectedPorts.join(", ")}`} send ${plural(f.backscatter.reflectedPackets, "packet")} to ${aimedWords(f.backscatter.reflectedAt)}, which did not ask.`,
  },
  {
    id: "many-on-one",
    // One that floods alone may also be a test, or broken.
    strength: (f) => (f.floods === null ? 0 : f.floods.sources === 1 ? 0.6 : 1),
    sentence: (f) =>
      `${plural(f.floods?.sources ?? 0, "source")} ${agree(f.floods?.sources ?? 0, "sends", "send")} ${plural(f.floods?.packets ?? 0, "packet")} to ${f.floods?.service ?? "one service"} of one host, fast and to no end: that searches nothing.`,
  },
  {
    id: "flood-fragments",
    strength: (f) =>
      Math.max(fragmentFlood(f), f.backscatter.reflectors > 0 || f.portZero.unconfirmed > 0 ? ramp(fragmentShare(f), 0.05, 0.4) / 2 : 0),
    sentence: (f) =>
      `${plural(f.portZero.excludedFragments, "later fragment")} in ${duration(f.span)}, ${percent(fragmentShare(f))} of packets: large answers cut up, as amplifiers send them.`,
  },
];
