/** How a contact was met, read from OUTCOME bits in the light of its class. */
import {
  CLASS_ARP_REQUEST,
  CLASS_ICMP_REQUEST,
  CLASS_SCTP_INIT,
  CLASS_SYN,
  CLASS_UDP,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../model/activity.ts";

export const MET_SILENCE = 0;
export const MET_REFUSAL = 1;
export const MET_UNREACHABLE = 2;
/** A SYN-ACK that the opener left alone or reset: what half-open scanning does, and what no client does. */
export const MET_HALF_OPEN = 3;
/** Answered, and nothing more can be read from it: a handshake without data, an echo reply, an ARP reply. */
export const MET_ANSWER = 4;
/** An ordinary use: data went over it. */
export const MET_SUCCESS = 5;

/** How OUTCOME bits read for a class; `repeated` where every contact was asked again and again, as monitors do. */
export function metBy(trafficClass: number, outcome: number, repeated: boolean): number {
  if (outcome === 0) return MET_SILENCE;
  if ((outcome & OUTCOME_DATA) !== 0) return MET_SUCCESS;
  if (hasHandshake(trafficClass)) {
    // Packets beside the SYN to a port that refused it, as OS detection sends them, complete nothing.
    if ((outcome & (OUTCOME_REFUSED | OUTCOME_ANSWERED)) === OUTCOME_REFUSED) return MET_REFUSAL;
    if ((outcome & OUTCOME_COMPLETED) !== 0) return repeated ? MET_SUCCESS : MET_ANSWER;
    if ((outcome & OUTCOME_ANSWERED) !== 0) return repeated ? MET_SUCCESS : MET_HALF_OPEN;
  } else if ((outcome & OUTCOME_ANSWERED) !== 0) {
    if (trafficClass === CLASS_UDP) return MET_SUCCESS;
    const asks = trafficClass === CLASS_ICMP_REQUEST || trafficClass === CLASS_ARP_REQUEST;
    return asks && repeated ? MET_SUCCESS : MET_ANSWER;
  }
  if ((outcome & OUTCOME_REFUSED) !== 0) return MET_REFUSAL;
  return (outcome & OUTCOME_UNREACHABLE) !== 0 ? MET_UNREACHABLE : MET_ANSWER;
}

/** Traffic classes whose answered contacts went through a handshake. */
function hasHandshake(trafficClass: number): boolean {
  return trafficClass === CLASS_SYN || trafficClass === CLASS_SCTP_INIT;
}
