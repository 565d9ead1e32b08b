/**
 * Fan-out: how much the distinct contacts of one source are those of a scan, in points. 25 points are Zeek simple-scan's 25 unique
 * host and port pairs; contacts with dark space, closed ports and packets that no stack sends weigh more, as other detectors have it.
 */
import {
  CLASS_ACK,
  CLASS_FIN,
  CLASS_IP_PROTOCOL,
  CLASS_MAIMON,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_SYN,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_XMAS,
} from "../model/activity.ts";
import { MET_ANSWER, MET_HALF_OPEN, MET_REFUSAL, MET_SILENCE, MET_SUCCESS, MET_UNREACHABLE } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Points that make a scan. Zeek simple-scan: 25 unique host and port pairs of a remote source. */
export const SCAN_POINTS = 25;
/** Zeek simple-scan: 10 contacts do when at least 3 hosts are dark. */
const DARK_SCAN_CONTACTS = 10;
const DARK_SCAN_HOSTS = 3;
/** Fewest contacts that can be a scan of any kind. Zeek scan-NG: 5 low ports, 5 unused addresses. */
export const FEWEST_CONTACTS = 3;
/** Fewest contacts of ordinary techniques. */
export const FEWEST_ORDINARY_CONTACTS = 5;

/** A target that is there and kept silent: Zeek's plain unit. */
const SILENT_POINTS = 1;
/** A target that never sent a packet: 9 of them are a scan (Zeek's verdict on 9 hosts at 445/tcp), 25 / 9 rounded up. */
const DARK_POINTS = 3;
/** A closed port or an unreachable host: 10 of them are a scan, Zeek's lower threshold. */
const REFUSED_POINTS = 2.5;
/** A SYN-ACK left alone: no client does that. */
const HALF_OPEN_POINTS = 2.5;
/** An answer without data: may be a connect scan's open port, may be a client's. */
const ANSWER_POINTS = 1;
/** Found by the scan, but used too. */
const SUCCESS_POINTS = 0.25;
/** Packets that no stack sends (FIN, NULL, Xmas, odd flags, tiny fragments): 5 do, Zeek scan-NG's fewest. */
const STEALTH_POINTS = 5;
/** Low ports of one host: 5 closed ones (scan-NG's low-port troll) or 7 of any kind (scanlogd). */
const LOW_PORT_CLOSED_POINTS = 5;
const LOW_PORT_POINTS = 25 / 7;
/** High ports of one host: 21 (scanlogd). */
const HIGH_PORT_POINTS = 25 / 21;
/** Contacts per target from which a source works through one host's ports. */
const VERTICAL_CONTACTS = 5;
/** Port zero is nobody's: a contact there weighs as much as a closed low port, twice. */
const PORT_ZERO_POINTS = 10;
/** Outbound contacts weigh less, as in Zeek (250 local to 25 remote), tenfold less where only silence came back: half of all names a client knows may be stale. */
const OUTBOUND_SILENT_POINTS = 0.1;
const OUTBOUND_CLOSED_POINTS = 1;
/** Bare ACKs without an answer are mostly halves of conversations. Only low ports of one host count: 15 of them, more than anyone offers (psad misses ACK scans, maltrail keeps quiet too). */
const LONE_ACK_POINTS = 25 / 15;
/** Bare ACKs to dark hosts on few ports, from outside: 20 hosts. */
const DARK_ACK_POINTS = 1.25;
/** FIN/ACKs without an answer: the last packet of a conversation whose entry has expired looks the same. */
const LONE_MAIMON_POINTS = 0.5;
/** Distinct IP protocols asked of a host: 5 (no host speaks more than TCP, UDP, ICMP and a tunnel or two). */
const PROTOCOL_POINTS = 5;
/** Nmap sends 8 kinds of test a host; 3 kinds cannot be chance. */
const OS_TEST_POINTS = 9;
const FEWEST_OS_TESTS = 3;

/** What fan-out makes of a set. */
export interface FanOut {
  readonly points: number;
  readonly dark: number;
  readonly failures: number;
}

/** Whether no stack sends such packets. */
export function isStealth(trafficClass: number): boolean {
  return (
    trafficClass === CLASS_FIN ||
    trafficClass === CLASS_NULL ||
    trafficClass === CLASS_XMAS ||
    trafficClass === CLASS_TCP_ODD ||
    trafficClass === CLASS_TINY_FRAGMENT
  );
}

/** Points of a set, over the whole where it is a sample. */
export function fanOut(set: ProbeSet): FanOut {
  const { metCounts, scale } = set;
  const vertical = set.contactCount >= VERTICAL_CONTACTS * set.targetCount;
  let points = 0;
  // Almost all sets are counted at once; whole and quarter points add up to the same in any order.
  if (isPlain(set, vertical)) {
    for (let met = 0; met < metCounts.length; met++) if (weighs(set, met)) points += metCounts[met]! * plainPoints(readAs(set, met), false);
    points += set.darkCount * (DARK_POINTS - SILENT_POINTS);
    if (hasPorts(set.trafficClass)) points += set.zeroPorts * PORT_ZERO_POINTS;
  } else
    for (let i = 0; i < set.length; i++) if (weighs(set, set.met[i]!)) points += contactPoints(set, i, readAs(set, set.met[i]!), vertical);
  let failures = 0;
  for (let met = 0; met < metCounts.length; met++) if (isFailure(readAs(set, met))) failures += metCounts[met]!;
  return { points: points * scale, dark: set.darkCount * scale, failures: failures * scale };
}

/** How a contact's meeting counts: what followed on an answer, a sampler passed over. */
function readAs({ sampling }: ProbeSet, met: number): number {
  return sampling > 1 && met === MET_HALF_OPEN ? MET_ANSWER : met;
}

/** Of conversations a sampler seldom takes the data: successes are many more than those that are seen, and no part of a scan. */
function weighs({ sampling }: ProbeSet, met: number): boolean {
  return sampling === 1 || met !== MET_SUCCESS;
}

function isFailure(met: number): boolean {
  return met !== MET_SUCCESS && met !== MET_ANSWER;
}

/** Whether every contact counts by how it was met alone. */
function isPlain({ trafficClass, outbound }: ProbeSet, vertical: boolean): boolean {
  if (vertical || outbound || isStealth(trafficClass)) return false;
  return trafficClass !== CLASS_OS_DETECTION && trafficClass !== CLASS_ACK && trafficClass !== CLASS_MAIMON;
}

/** Whether the points, or Zeek's rule for dark space, make a scan. */
export function isFanOutScan(set: ProbeSet, result: FanOut): boolean {
  const stealthy = isStealth(set.trafficClass) || set.trafficClass === CLASS_OS_DETECTION;
  if (set.contactCount < (stealthy ? FEWEST_CONTACTS : FEWEST_ORDINARY_CONTACTS)) return false;
  if (set.trafficClass === CLASS_OS_DETECTION && set.portCount < FEWEST_OS_TESTS) return false;
  if (result.points >= SCAN_POINTS) return true;
  if (set.outbound || set.trafficClass === CLASS_ACK || set.trafficClass === CLASS_MAIMON) return false;
  return result.failures >= DARK_SCAN_CONTACTS && result.dark >= DARK_SCAN_HOSTS;
}

function contactPoints(set: ProbeSet, at: number, met: number, vertical: boolean): number {
  const { trafficClass } = set;
  const isDark = set.dark[at] === 1;
  if (isStealth(trafficClass)) return STEALTH_POINTS;
  if (trafficClass === CLASS_OS_DETECTION) return OS_TEST_POINTS;
  if (trafficClass === CLASS_IP_PROTOCOL && vertical) return PROTOCOL_POINTS;
  const port = set.port[at]!;
  const closed = met === MET_REFUSAL || met === MET_UNREACHABLE;
  // Of a conversation a sampler leaves lone ACKs and FIN/ACKs.
  if (set.sampling > 1 && (trafficClass === CLASS_ACK || trafficClass === CLASS_MAIMON)) return 0;
  if (trafficClass === CLASS_ACK && met === MET_SILENCE) {
    if (vertical) return port < 1024 ? LONE_ACK_POINTS : 0;
    return isDark && !set.outbound && set.portCount * 4 <= set.targetCount ? DARK_ACK_POINTS : 0;
  }
  if (trafficClass === CLASS_MAIMON && met === MET_SILENCE && !(vertical && port < 1024)) return LONE_MAIMON_POINTS;
  if (vertical) return verticalPoints(trafficClass, port, met, closed, isDark && !set.outbound);
  if (set.outbound) return met === MET_SILENCE ? outboundSilence(set) : closed ? OUTBOUND_CLOSED_POINTS : plainPoints(met, false);
  return plainPoints(met, isDark) + (port === 0 && hasPorts(trafficClass) ? PORT_ZERO_POINTS : 0);
}

/** Of a question and its answer a sampler takes both seldom, so that nothing follows from silence. */
function outboundSilence({ sampling, trafficClass }: ProbeSet): number {
  return sampling > 1 && trafficClass !== CLASS_SYN ? 0 : OUTBOUND_SILENT_POINTS;
}

function verticalPoints(trafficClass: number, port: number, met: number, closed: boolean, isDark: boolean): number {
  if (met === MET_SUCCESS) return SUCCESS_POINTS;
  if (!hasPorts(trafficClass)) return plainPoints(met, isDark);
  const zero = port === 0 ? PORT_ZERO_POINTS : 0;
  if (port < 1024) return zero + (closed || met === MET_HALF_OPEN ? LOW_PORT_CLOSED_POINTS : LOW_PORT_POINTS);
  return Math.max(HIGH_PORT_POINTS, plainPoints(met, isDark));
}

function plainPoints(met: number, isDark: boolean): number {
  switch (met) {
    case MET_SILENCE:
      return isDark ? DARK_POINTS : SILENT_POINTS;
    case MET_HALF_OPEN:
      return HALF_OPEN_POINTS;
    case MET_ANSWER:
      return ANSWER_POINTS;
    case MET_SUCCESS:
      return SUCCESS_POINTS;
    default:
      return REFUSED_POINTS;
  }
}

/** Whether the class's contact ports are ports (for ICMP and IP protocols they are types and numbers; ARP has none). */
function hasPorts(trafficClass: number): boolean {
  return trafficClass <= 9 || trafficClass > 13;
}
