/**
 * The header that pf puts before each packet it logs (link type 117). Sources: net/if_pflog.h and net/pfvar.h of OpenBSD and FreeBSD;
 * tcpdump's print-pflog.c. It begins with its own length (padded to a word), the address family, the action and the reason; interface,
 * rule set and rule number, of which an observation has no use, follow. Lengths are 48 (old), 61 (FreeBSD, macOS) and 100 (OpenBSD,
 * with the addresses after translation): the packet behind is the one that came in.
 */
import { ACTION_ALLOWED, ACTION_DENIED, ACTION_UNKNOWN } from "../../model/observation.ts";
import { type Dissection, SKIP_CUT_LINK, SKIP_PFLOG } from "./dissection.ts";

/** Octets of the shortest header: tcpdump refuses those below 45, which a word's padding makes 48. */
const LEAST = 48;
/** Actions of a rule. */
const PF_PASS = 0;
const PF_DROP = 1;

/** Notes what pf did, moves behind the header and returns the address family of the packet; below 0 where it failed. */
export function enterPflog(d: Dissection): number {
  if (d.end - d.at < 4) return refuse(d, SKIP_CUT_LINK);
  const octets = (d.view.getUint8(d.at) + 3) & ~3;
  if (octets < LEAST) return refuse(d, SKIP_PFLOG);
  if (d.end - d.at < octets) return refuse(d, SKIP_CUT_LINK);
  const action = d.view.getUint8(d.at + 2);
  // Others (scrub, nat, rdr, match, a SYN that the proxy answered) tell of a change made, not of the packet's fate.
  d.action = action === PF_PASS ? ACTION_ALLOWED : action === PF_DROP ? ACTION_DENIED : ACTION_UNKNOWN;
  const family = d.view.getUint8(d.at + 1);
  d.at += octets;
  return family;
}

function refuse(d: Dissection, reason: number): number {
  d.fail(reason);
  return -1;
}
