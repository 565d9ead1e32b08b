/** Whether the contacts of one source in one class are a scan: fan-out, the threshold random walk where outcomes exist, and the rules of ordinary use. */
import { CLASS_ACK, CLASS_MAIMON, CLASS_OS_DETECTION, CLASS_SYN, CLASS_UDP } from "../model/activity.ts";
import type { SourceView } from "../model/activity.ts";
import { FEWEST_CONTACTS, FEWEST_ORDINARY_CONTACTS, fanOut, isFanOutScan, isStealth } from "./fan-out.ts";
import type { FanOut } from "./fan-out.ts";
import { ordinaryReason } from "./ordinary.ts";
import type { ProbeSet } from "./probe-set.ts";
import { hasOutcomes, logLikelihoodRatio, SCANNER_BOUND } from "./threshold-random-walk.ts";

/** Packets to port zero of one host that cannot be a stray: hping's and other single-port probes of a port that nobody has. */
export const PORT_ZERO_PACKETS = 3;

/** The last class that is a TCP probe. */
const LAST_TCP_CLASS = 7;

export interface Verdict {
  readonly isScan: boolean;
  /** Why it is none, or null. */
  readonly reason: string | null;
  readonly fan: FanOut;
  /** Log-likelihood ratio, or null where no outcomes were captured or the technique has no ordinary use to compare with. */
  readonly ratio: number | null;
}

/** Judges a loaded set. `toolKnown` where the packets carry a scanner's mark: then, and for port zero, direction is no excuse. */
export function judge(set: ProbeSet, toolKnown: boolean): Verdict {
  // No honest stack sends from or to TCP port zero, whichever way.
  const fromPortZero = set.trafficClass <= LAST_TCP_CLASS && set.portZeroPackets >= PORT_ZERO_PACKETS * set.sampling;
  if (toolKnown || fromPortZero) set.outbound = false;
  const fan = fanOut(set);
  const walks = set.trafficClass === CLASS_SYN || set.trafficClass === CLASS_UDP;
  const ratio = walks && hasOutcomes(set) ? logLikelihoodRatio(set) : null;
  if (!isFanOutScan(set, fan)) {
    if (probesPortZero(set)) return { isScan: true, reason: null, fan, ratio };
    return { isScan: false, reason: "too few contacts, or met too well, for a scan", fan, ratio };
  }
  if (!toolKnown) {
    // Answers to every contact make a ratio of zero: the walk only acquits where successes outweigh failures.
    if (ratio !== null && ratio < SCANNER_BOUND && set.successes > 0)
      return { isScan: false, reason: "outcomes are those of an ordinary client (threshold random walk)", fan, ratio };
    const reason = ordinaryReason(set);
    if (reason !== null) return { isScan: false, reason, fan, ratio };
  }
  return { isScan: true, reason: null, fan, ratio };
}

/** Whether a set may be part of a scan that several stealth techniques of one source make together. */
export function mayJoin(set: ProbeSet): boolean {
  return isStealth(set.trafficClass) && set.length > 0;
}

/** Whether it is worth loading: enough contacts for the class, or port zero, whose count is a look-up of its own and so asked last. */
export function isWorthLoading(view: Pick<SourceView, "contactCount" | "packets" | "portZeroPackets" | "trafficClass">): boolean {
  const { contactCount, trafficClass } = view;
  if (isStealth(trafficClass) || contactCount >= FEWEST_ORDINARY_CONTACTS) return true;
  if (trafficClass === CLASS_OS_DETECTION && contactCount >= FEWEST_CONTACTS) return true;
  return view.packets >= PORT_ZERO_PACKETS && view.portZeroPackets >= PORT_ZERO_PACKETS;
}

function probesPortZero(set: ProbeSet): boolean {
  // Bare ACKs and FIN/ACKs may be halves of conversations, on any port.
  if (set.trafficClass > LAST_TCP_CLASS || set.trafficClass === CLASS_ACK || set.trafficClass === CLASS_MAIMON) return false;
  if (Math.min(set.packets, set.portZeroPackets) < PORT_ZERO_PACKETS * set.sampling) return false;
  return set.zeroPorts > 0;
}
