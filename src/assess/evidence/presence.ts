/** Whether anything is there at all. The absence of what a reading needs is the strongest evidence against it. */
import type { Facts } from "../facts.ts";
import { foundThings, fragmentFlood, fragmentShare, hasFinding, loneStrength, loneWords, ramp } from "../found.ts";
import { agree, listed, percent, plural } from "../words.ts";
import type { EvidenceItem } from "./item.ts";

/** Records of port zero with TCP flags from which somebody sends such packets: as many as are a scan of one host (detect/judge.ts). */
const FEW_FLAGGED = 3;

export const PRESENCE: readonly EvidenceItem[] = [
  {
    id: "nothing-unusual",
    strength: (f) =>
      hasFinding(f) || f.portZero.unconfirmed > 0 || f.portZero.udpSourceOnly > 0
        ? 0
        : ramp(f.packets, 20, 1000) * (1 - ramp(fragmentShare(f), 0.1, 0.5)) * (1 - loneStrength(f)),
    sentence: (f) => `${plural(f.packets, "packet")} ${agree(f.packets, "holds", "hold")} no scan, no backscatter and no port zero.`,
  },
  {
    id: "something-unusual",
    strength: (f) =>
      hasFinding(f)
        ? Math.max(
            ramp(f.scans.count, 0, 1),
            ramp(f.backscatter.packets, 0, 25),
            ramp(f.backscatter.reflectors, 0, 3),
            f.floods === null ? 0 : 1,
            // Ordinary traffic has a few of them.
            f.persistence === null ? 0 : 0.5 * ramp(f.persistence.share, 0.05, 0.5),
            0.2 + ramp(f.portZero.strong, 1, 10),
          )
        : 0,
    sentence: (f) => `Ordinary traffic does not hold ${listed(foundThings(f))}.`,
  },
  {
    id: "lone-probes",
    strength: loneStrength,
    sentence: (f) => `${loneWords(f)}, ${percent(f.lone?.share ?? 0)} of all packets: what an address gets of scans of the whole Internet.`,
  },
  {
    id: "no-probing",
    strength: (f) =>
      f.scans.count === 0 ? (f.portZero.strong === 0 && flaggedRecords(f) < FEW_FLAGGED ? 1 : 0.2) * (1 - loneStrength(f)) : 0,
    sentence: (f) =>
      f.portZero.strong === 0 && f.lone === null
        ? "Nobody probes: there is no scan and no port zero."
        : "No source reaches the number of targets or ports that makes a scan.",
  },
  {
    id: "no-backscatter",
    strength: (f) => (f.backscatter.victims === 0 && !f.portZero.answersOnly ? 1 : 0),
    sentence: () => "No answers come in that nobody here asked for.",
  },
  {
    id: "no-flood",
    strength: (f) => (f.backscatter.reflectors === 0 && f.floods === null ? 1 - fragmentFlood(f) : 0),
    sentence: () => "Neither amplifiers, nor many sources on one target, nor a flood of fragments are there.",
  },
  {
    id: "nothing-false",
    strength: (f) => (f.portZero.unconfirmed + f.portZero.excluded > 0 ? (f.portZero.strong > f.portZero.unconfirmed ? 0.9 : 0) : 1),
    sentence: (f) =>
      f.portZero.confirmed > 0
        ? `All ${plural(f.portZero.confirmed, "packet")} with port zero have a real transport header.`
        : "No record shows a port zero that was not on the wire.",
  },
];

/** Records that cannot prove port zero, and tell TCP flags beside it. */
function flaggedRecords({ portZero: { unconfirmed, flaggedShare } }: Facts): number {
  return unconfirmed * flaggedShare;
}
