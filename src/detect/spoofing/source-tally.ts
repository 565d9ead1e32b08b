/** What tells real sources from forged ones, counted over one body of traffic: paths, tries, handshakes, and where addresses lie. */
import {
  CLASS_CONVERSED,
  CLASS_SYN,
  CLASS_TCP_ODD,
  LAST_PROBE_CLASS,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
} from "../../model/activity.ts";
import type { Activity, SourceView } from "../../model/activity.ts";

/** Packets a contact from which an operating system's stack has tried again what was not answered. */
const TRIES = 1.5;
/** Packets with impossible flags from which a source's flags are at random. */
const ODD_PACKETS = 3;
/** Widest spread of TTLs on one path: routes change by a hop or two. */
const STEADY_SPREAD = 2;
/** Hosts that answered from which one sees what a source does with answers, and how much more it then asks of them. */
const HEEDED_HOSTS = 3;
const HEEDED_RATIO = 2;

/** Counts of sources. */
export class SourceTally {
  sources = 0;
  onePacket = 0;
  /** Sources that got an answer, and that went on after one: a whole handshake, or a conversation. */
  answered = 0;
  completed = 0;
  /** Sources that tried again. */
  retrying = 0;
  /** Sources that asked more of hosts that had answered than of the others; and those of which it could be seen. */
  heeding = 0;
  couldHeed = 0;
  /** IPv4 sources by first octet, and how many end in .0 or .255. */
  ipv4 = 0;
  readonly octets = new Uint32Array(256);
  edgeEndings = 0;
  /** Sources with a TTL, those with several packets, and of these those whose TTL keeps steady; steady ones by their TTL. */
  readonly ttls = new Uint32Array(256);
  withTtl = 0;
  severalTtls = 0;
  steady = 0;

  /** Takes one source, with all its classes of traffic; only those probes count that `isPart` accepts. Call it outside of a visit. */
  addWord(activity: Activity, family: 4 | 6, word: number, isPart: (view: SourceView) => boolean): void {
    let packets = 0;
    let ttlMin = 255;
    let ttlMax = 0;
    let answered = false;
    let completed = false;
    let heeds: boolean | null = null;
    let odd = 0;
    let connects = 0;
    let opened = 0;
    activity.visitWord(family, word, (view) => {
      if (view.trafficClass === CLASS_CONVERSED && wentOn(view)) completed = true;
      if (view.trafficClass > LAST_PROBE_CLASS || !isPart(view)) return;
      if (view.trafficClass === CLASS_SYN && 2 * view.stackPackets >= view.packets) {
        connects += view.packets;
        opened += view.contactCount;
      }
      packets += view.packets;
      if (view.trafficClass === CLASS_TCP_ODD) odd += view.packets;
      if (view.ttlMax > 0) {
        ttlMin = Math.min(ttlMin, view.ttlMin);
        ttlMax = Math.max(ttlMax, view.ttlMax);
      }
      const { length, outcome } = view.contacts();
      for (let i = 0; i < length; i++) {
        if ((outcome[i]! & OUTCOME_ANSWERED) !== 0) answered = true;
      }
      if (view.trafficClass === CLASS_SYN && wentOn(view)) completed = true;
      heeds = heedsAnswers(view) ?? heeds;
    });
    if (packets === 0) return;
    // Of flags at random an ACK behind a SYN is no handshake.
    if (odd >= ODD_PACKETS) completed = false;
    this.sources++;
    if (packets === 1) this.onePacket++;
    if (answered || completed) this.answered++;
    if (completed) this.completed++;
    if (opened > 0 && connects >= TRIES * opened) this.retrying++;
    if (heeds !== null) {
      this.couldHeed++;
      if (heeds) this.heeding++;
    }
    if (ttlMax > 0) {
      this.withTtl++;
      if (ttlMax - ttlMin <= STEADY_SPREAD) this.ttls[ttlMax]!++;
      if (packets > 1) {
        this.severalTtls++;
        if (ttlMax - ttlMin <= STEADY_SPREAD) this.steady++;
      }
    }
    if (family === 6) return;
    this.ipv4++;
    this.octets[word >>> 24]!++;
    if ((word & 255) === 0 || (word & 255) === 255) this.edgeEndings++;
  }
}

/** Whether a source went on after an answer: a whole handshake, and data over it where it is a conversation's. */
function wentOn(view: SourceView): boolean {
  const wanted = view.trafficClass === CLASS_SYN ? OUTCOME_COMPLETED : OUTCOME_COMPLETED | OUTCOME_DATA;
  const { length, outcome } = view.contacts();
  for (let i = 0; i < length; i++) if ((outcome[i]! & wanted) === wanted) return true;
  return false;
}

/** Whether a source asks more of hosts that answered it; null where too few did, or all. */
function heedsAnswers(view: SourceView): boolean | null {
  const { length, target, outcome } = view.contacts();
  if (length < 2 * HEEDED_HOSTS) return null;
  let answers = 0;
  for (let i = 0; i < length; i++) if ((outcome[i]! & (OUTCOME_ANSWERED | OUTCOME_REFUSED)) !== 0) answers++;
  if (answers < HEEDED_HOSTS) return null;
  const contacts = new Map<number, number>();
  const answering = new Set<number>();
  for (let i = 0; i < length; i++) {
    contacts.set(target[i]!, (contacts.get(target[i]!) ?? 0) + 1);
    if ((outcome[i]! & (OUTCOME_ANSWERED | OUTCOME_REFUSED)) !== 0) answering.add(target[i]!);
  }
  const others = contacts.size - answering.size;
  if (answering.size < HEEDED_HOSTS || others < HEEDED_HOSTS) return null;
  let toAnswering = 0;
  for (const host of answering) toAnswering += contacts.get(host)!;
  return toAnswering / answering.size >= (HEEDED_RATIO * (length - toAnswering)) / others;
}
