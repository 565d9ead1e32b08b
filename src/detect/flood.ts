/**
 * Floods: so many sources upon one host, each with a packet or two that comes to nothing, that nobody is searching anything. Forged sources
 * make them (Moore, Voelker, Savage 2001 see the other side of it), or bots told what to attack. The sources are no scanners: a forged one
 * is not even there. Background noise also brings many sources to one address, but seconds or minutes apart, and to its neighbours as well.
 */
import { CLASS_ACK, CLASS_CONVERSED, CLASS_ICMP_REQUEST, CLASS_STRAY, CLASS_SYN, CLASS_UDP } from "../model/activity.ts";
import type { Activity, ContactTargets, SourceView } from "../model/activity.ts";
import type { Flood } from "../model/finding.ts";
import { mix32, mixPair } from "../sketch/hash.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, number, plural } from "./evidence.ts";
import { HeavySenders } from "./heavy-senders.ts";
import { metBy, MET_HALF_OPEN } from "./met.ts";
import { compareText } from "./ranking.ts";
import { techniqueOfClass, tellsNoFlags, transportOf } from "./technique.ts";

/** Sources that make a flood, and new ones a second over its whole length: noise brings one address a few a minute. */
const FLOOD_SOURCES = 100;
const FORGED_SYN_RATE = 2;
/** Other packets need a higher rate: peers of a file-sharing network that went away, and pings of a public service, come in tens. */
const OTHER_RATE = 20;
/** Share of the sources that come to nothing, and share of all such sources of the class that go to this one host. */
const FAILED_SHARE = 0.8;
const TARGET_SHARE = 0.5;
/** Contacts of a source up to which it may be part of a flood. */
const LIGHT_CONTACTS = 3;
/** Counters for a first look, one octet each: 256 KiB; and hosts looked at closely. */
const SKETCH_SLOTS = 1 << 18;
const MAXIMUM_SUSPECTS = 256;
/** Room for the ports of a suspect to begin with: most floods have one. */
const FEW_PORTS = 16;
const FILTER_SLOTS = 1 << 16;
const LISTED_PORTS = 100;
/** UDP ports below this are services'. */
const PRIVILEGED = 1024;

interface Suspect {
  readonly trafficClass: number;
  readonly family: 4 | 6;
  readonly target: number;
  failed: number;
  others: number;
  /** SYNs like a client's that were answered and left alone, and that met silence. */
  abandoned: number;
  silent: number;
  packets: number;
  /** Addresses that no packet can come from: 0/8, 127/8, groups, reserved. */
  impossible: number;
  /** Of the failed ones, those known by records that do not tell TCP flags. */
  untold: number;
  firstSeen: number;
  lastSeen: number;
  readonly ports: WordCounts;
}

/** Gathers who is sent to by many light sources, and tells which of them are flooded. */
export class FloodFinder {
  readonly #sketch = new Uint8Array(SKETCH_SLOTS);
  readonly #suspects = new Map<number, Suspect>();
  readonly #lightContacts = new Float64Array(64);
  readonly #heavy: HeavySenders;
  #hasTalk = false;
  readonly #sampling: number;
  readonly #greatestSampling: number;

  /**
   * @param sampling one packet of so many was looked at: then silence is no sign that nothing came of a SYN
   * @param greatestSampling that of the records that stand for most packets
   */
  constructor(sampling: number = 1, greatestSampling: number = sampling) {
    this.#sampling = sampling;
    this.#greatestSampling = greatestSampling;
    this.#heavy = new HeavySenders(greatestSampling);
  }

  /** Tells that the input holds segments behind the handshake. */
  noteTalk(): void {
    this.#hasTalk = true;
  }

  /** Takes a source × class of probes. */
  collect(view: SourceView): void {
    const { trafficClass, contactCount } = view;
    if (contactCount > LIGHT_CONTACTS || !canFlood(trafficClass)) return;
    const { length, target: targets } = view.targets();
    const kind = view.family === 6 ? trafficClass + 64 : trafficClass;
    this.#lightContacts[trafficClass]! += length;
    for (let i = 0; i < length; i++) {
      const target = targets[i]!;
      const slot = mixPair(target, kind) & (SKETCH_SLOTS - 1);
      const count = this.#sketch[slot]! + 1;
      if (count < FLOOD_SOURCES) this.#sketch[slot] = count;
      else if (this.#suspects.size < MAXIMUM_SUSPECTS) this.#suspect(view, target);
    }
    if (this.#heavy.isHeavy(view)) this.#heavy.add(view);
  }

  /** The floods, most sources first; one a host and technique. Call it outside of a visit. */
  find(activity: Activity): Flood[] {
    if (this.#suspects.size > 0) this.#recount(activity);
    const crowds = [...this.#suspects.values()].flatMap((suspect) => this.#judge(activity, suspect) ?? []);
    const heavy = this.#heavy.find(activity);
    // Heavy senders open connections, whether their records tell flags or not.
    const isSame = (one: Flood, crowd: Flood): boolean =>
      one.target === crowd.target && (crowd.technique === "syn" || crowd.technique === "tcp-unknown");
    const floods = [
      ...crowds.map((crowd) => {
        const beside = heavy.find((one) => isSame(one, crowd));
        return beside === undefined ? crowd : together(crowd, beside);
      }),
      ...heavy.filter((one) => !crowds.some((crowd) => isSame(one, crowd))),
    ];
    return floods.toSorted((a, b) => b.sources - a.sources || b.packets - a.packets || compareText(a.target, b.target));
  }

  #suspect({ family, trafficClass }: SourceView, target: number): void {
    const key = keyOf(family, trafficClass, target);
    if (this.#suspects.has(key)) return;
    const counts = {
      failed: 0,
      others: 0,
      abandoned: 0,
      silent: 0,
      packets: 0,
      impossible: 0,
      untold: 0,
      firstSeen: Number.POSITIVE_INFINITY,
      lastSeen: Number.NEGATIVE_INFINITY,
    };
    this.#suspects.set(key, { trafficClass, family, target, ...counts, ports: new WordCounts(FEW_PORTS) });
  }

  /** The sketch saw only the later ones, and strangers beside them: all are counted again, exactly. */
  #recount(activity: Activity): void {
    // A table of 64 KiB tells of nearly all targets that they are none of the suspects.
    const mayBeSuspect = new Uint8Array(FILTER_SLOTS);
    for (const { target } of this.#suspects.values()) mayBeSuspect[mix32(target) & (FILTER_SLOTS - 1)] = 1;
    const isConcerned = ({ length, target }: ContactTargets): boolean => {
      for (let i = 0; i < length; i++) if (mayBeSuspect[mix32(target[i]!) & (FILTER_SLOTS - 1)] === 1) return true;
      return false;
    };
    activity.visit(1, (view) => {
      if (this.#sampling > 1 && isTalk(view.trafficClass)) this.#countTalk(view);
      if (!canFlood(view.trafficClass) || !isConcerned(view.targets()) || this.#heavy.isHeavy(view)) return;
      const contacts = view.contacts();
      const isLight = view.contactCount <= LIGHT_CONTACTS;
      for (let i = 0; i < contacts.length; i++) {
        const suspect = this.#suspects.get(keyOf(view.family, view.trafficClass, contacts.target[i]!));
        if (suspect === undefined) continue;
        const outcome = contacts.outcome[i]!;
        if (!isLight || !this.#comesToNothing(activity, view, contacts.target[i]!, contacts.port[i]!, outcome)) {
          if (!isLight || view.stackPackets === 0) {
            suspect.others++;
            continue;
          }
          // It looks like a client: what became of all such tells.
          const met = metBy(view.trafficClass, outcome, false);
          if (met === MET_HALF_OPEN) suspect.abandoned++;
          else if (outcome === 0) suspect.silent++;
          else {
            suspect.others++;
            continue;
          }
        } else suspect.failed++;
        suspect.packets += view.packets / contacts.length;
        if (view.family === 4 && isImpossible(view.word)) suspect.impossible++;
        if (tellsNoFlags(contacts)) suspect.untold++;
        suspect.firstSeen = Math.min(suspect.firstSeen, view.firstSeen);
        suspect.lastSeen = Math.max(suspect.lastSeen, view.lastSeen);
        suspect.ports.add(contacts.port[i]!);
      }
    });
  }

  /** Of a client's packets a sampler takes the SYN seldom: whoever is seen to talk with the host is a client as well. */
  #countTalk(view: SourceView): void {
    const contacts = view.contacts();
    for (let i = 0; i < contacts.length; i++) {
      const suspect = this.#suspects.get(keyOf(view.family, CLASS_SYN, contacts.target[i]!));
      if (suspect !== undefined) suspect.others++;
    }
  }

  /**
   * Whether a contact is one that a flood makes. SYNs with a system's options are clients', whatever became of them: of a server that is
   * down, or of an input that holds only SYNs; where options are not told, a stack shows by its patience. UDP to a host of which nothing
   * is recorded may be answered out of sight. A ping is a ping.
   */
  #comesToNothing(activity: Activity, view: SourceView, target: number, port: number, outcome: number): boolean {
    const { trafficClass } = view;
    if (trafficClass === CLASS_ICMP_REQUEST) return true;
    if (trafficClass === CLASS_SYN) {
      if (view.stackPackets > 0) return false;
      if (isWithoutHeaders(view) && view.packets > view.contactCount * this.#greatestSampling) return false;
    }
    if (trafficClass === CLASS_UDP) {
      if (!(this.#hasTalk || activity.isLive(target)) || activity.serves(target, port)) return false;
      if (this.#sampling > 1 && port < PRIVILEGED) return false;
    }
    return metBy(trafficClass, outcome, false) <= MET_HALF_OPEN;
  }

  /**
   * Sources that came to nothing, and others. A client goes on when it is answered, and whose address was forged cannot: where so many did
   * not, those that met silence are no clients either. A sampler seldom sees both, and a filter may have kept SYNs alone.
   */
  #fates({ failed, others, abandoned, silent }: Suspect): { failed: number; others: number } {
    const areForged =
      this.#sampling === 1 && this.#hasTalk && abandoned >= FLOOD_SOURCES && abandoned >= FAILED_SHARE * (abandoned + others);
    return areForged ? { failed: failed + abandoned + silent, others } : { failed, others: others + abandoned + silent };
  }

  #judge(activity: Activity, suspect: Suspect): Flood | null {
    const { trafficClass, firstSeen, lastSeen } = suspect;
    const { failed, others } = this.#fates(suspect);
    const seconds = lastSeen - firstSeen;
    if (failed < FLOOD_SOURCES || failed < FAILED_SHARE * (failed + others)) return null;
    if (failed < TARGET_SHARE * this.#lightContacts[trafficClass]!) return null;
    if (failed < (trafficClass === CLASS_SYN ? FORGED_SYN_RATE : OTHER_RATE) * seconds) return null;
    const evidence = [
      `${plural(failed, "source")} sent ${plural(suspect.packets, "packet")} to one host in ${duration(seconds)}, and none of it came to anything`,
      `${number(failed / Math.max(1, seconds))} new sources a second; those that search, or noise, come a few a minute, and to the neighbours too`,
    ];
    if (suspect.impossible > 0)
      evidence.push(
        `${plural(suspect.impossible, "source address", "source addresses")} cannot send at all (groups, reserved, loopback): the sources are forged`,
      );
    return {
      target: activity.addressText(suspect.family, suspect.target),
      technique: techniqueOfClass(trafficClass, false, 2 * suspect.untold > failed),
      transport: transportOf(trafficClass),
      ports: trafficClass === CLASS_ICMP_REQUEST ? [] : suspect.ports.top(LISTED_PORTS).map(([port]) => port),
      sources: failed,
      packets: Math.round(suspect.packets),
      firstSeen,
      lastSeen,
      evidence,
    };
  }
}

/** A crowd and heavy senders upon the same host, which the crowd's numbers leave out. */
function together(crowd: Flood, heavy: Flood): Flood {
  return {
    ...crowd,
    technique: heavy.technique === "tcp-unknown" ? heavy.technique : crowd.technique,
    ports: [...new Set([...crowd.ports, ...heavy.ports])].slice(0, LISTED_PORTS),
    sources: crowd.sources + heavy.sources,
    packets: crowd.packets + heavy.packets,
    firstSeen: Math.min(crowd.firstSeen, heavy.firstSeen),
    lastSeen: Math.max(crowd.lastSeen, heavy.lastSeen),
    evidence: [...crowd.evidence, ...heavy.evidence],
  };
}

/** TCP probes of every technique, UDP, ICMP requests. */
function canFlood(trafficClass: number): boolean {
  return trafficClass <= CLASS_UDP || trafficClass === CLASS_ICMP_REQUEST;
}

/** Segments of conversations, which the records tell in part. */
function isTalk(trafficClass: number): boolean {
  return trafficClass === CLASS_STRAY || trafficClass === CLASS_ACK || trafficClass === CLASS_CONVERSED;
}

/** Whether all is known from records that tell no headers: every packet has a TTL. */
function isWithoutHeaders({ ttlMax }: SourceView): boolean {
  return ttlMax === 0;
}

function isImpossible(word: number): boolean {
  return word >= 0xe0000000 || word >>> 24 === 0 || word >>> 24 === 127;
}

/** Exact below 2^53: 32 bits of address, 6 of class, one of family. */
function keyOf(family: 4 | 6, trafficClass: number, target: number): number {
  return (target * 64 + trafficClass) * 2 + (family === 6 ? 1 : 0);
}
