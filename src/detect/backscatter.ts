/**
 * Backscatter (Moore, Voelker, Savage 2001): answers that nobody asked for. Their sender is the victim of an attacker who forges our
 * addresses, and is never called a scanner. Thresholds: RSDoS as in corsaro, and Zeek scan-NG's for few ports to many peers.
 */
import {
  CLASS_CONVERSED,
  CLASS_ICMP_ERROR_SENT,
  CLASS_ICMP_REPLY_SENT,
  CLASS_ICMP_REQUEST,
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN_ACK_SENT,
  CLASS_UDP,
  LAST_PROBE_CLASS,
} from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Backscatter } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, number, plural } from "./evidence.ts";
import { Ranking } from "./ranking.ts";
import { classOf, familyOfKey, keyOf, sourceClass, sourceKey, wordOfKey } from "./source-class.ts";

/** RSDoS: packets, seconds, and packets in the fullest minute (here: in a minute on average, where a minute's maximum is not kept). */
const RSDOS_PACKETS = 25;
const RSDOS_SECONDS = 60;
const RSDOS_PER_MINUTE = 30;
/** Zeek scan-NG: at most 2 source ports towards at least 10 peers. */
const FEW_PORTS = 2;
const MANY_PEERS = 10;
/**
 * A network of few addresses cannot have so many: half of them do there, but three at the least, where the answers are as many as RSDoS
 * asks for. Stated judgement: who answers a host or two alone may be a server that keeps resetting them.
 */
const FEWEST_PEERS = 3;
const PEER_SHARE = 0.5;
/** Peers asked whether they had asked: a share of them is enough. */
const PEER_SAMPLE = 24;
/** Share of peers that asked from which the answers are answers. */
const ASKED_SHARE = 0.5;
/** Addresses that a sender probed or talked with, as a share of those it answered, from which it acts for itself. */
const PROBER_SHARE = 0.25;
/** Share of UDP packets from a service's port that makes their sender an answering one. */
const SERVICE_SHARE = 0.8;
const LISTED_PORTS = 100;
interface Part {
  readonly trafficClass: number;
  readonly packets: number;
  readonly peers: number;
  readonly ports: readonly [number, number][];
  readonly portCount: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly portZero: boolean;
  readonly sample: readonly number[];
}

/** One sender's answers of one transport; the classes are in the order of their weight. */
interface Victim {
  readonly family: 4 | 6;
  readonly word: number;
  readonly classes: number[];
}

/** Gathers who sent answers, and tells which of them nobody asked for. */
export class BackscatterFinder {
  /** Sources × classes that send answers. What they sent to whom is looked up when all are known, of the heaviest only. */
  readonly #candidates = new Ranking();
  /** Scratch: whom the victim in hand talked with. */
  readonly #talkedTo = new WordCounts();

  readonly #sampling: number;
  readonly #greatestSampling: number;
  readonly #peers: number;

  /**
   * @param sampling one packet of so many was looked at @param greatestSampling that of the records that stand for most packets
   * @param addresses that are defended, IPv4; 0 where they are not given
   */
  constructor(sampling: number = 1, greatestSampling: number = sampling, addresses: number = 0) {
    this.#sampling = sampling;
    this.#greatestSampling = greatestSampling;
    this.#peers = addresses === 0 ? MANY_PEERS : Math.min(MANY_PEERS, Math.max(FEWEST_PEERS, Math.ceil(PEER_SHARE * addresses)));
  }

  /** Takes a source × class that sends answers; others are ignored. */
  collect(view: SourceView): void {
    const { trafficClass } = view;
    // Of a lone question and its answer a sampler seldom takes both.
    if (this.#sampling > 1 && (trafficClass === CLASS_UDP || trafficClass === CLASS_ICMP_REPLY_SENT)) return;
    // The thresholds are of packets that were seen, not of what they stand for.
    if (this.#sampling > 1 && view.packets < RSDOS_PACKETS * this.#sampling) return;
    if (trafficClass === CLASS_UDP) {
      // Answers to a few of which only the questions are missing are what a resolver, a tunnel or QUIC looks like from one side; reflection.ts has those that are aimed.
      if (view.contactCount < MANY_PEERS || view.servicePortPackets < SERVICE_SHARE * view.packets || view.targetCount < MANY_PEERS) return;
    } else if (trafficClass < CLASS_SYN_ACK_SENT || trafficClass > CLASS_ICMP_ERROR_SENT) return;
    const qualifies = view.packets >= RSDOS_PACKETS * this.#greatestSampling && meetsRsdos(view.packets, view.firstSeen, view.lastSeen);
    const peers = trafficClass === CLASS_UDP || view.packets < RSDOS_PACKETS ? MANY_PEERS : this.#peers;
    if (!qualifies && (view.contactCount < peers || view.targetCount < peers)) return;
    this.#candidates.offer(view.packets, sourceClass(sourceKey(view), trafficClass));
  }

  /** Victims, in no order. Call it outside of a visit. */
  find(activity: Activity): Backscatter[] {
    return mergeTransports(this.#candidates.take()).flatMap((victim) => {
      // What rejects most comes first.
      if (this.#probes(activity, victim, peersOf(activity, victim), false)) return [];
      const part = gather(activity, victim);
      const isVictim = this.#reachesThresholds(part) && this.#askedReason(activity, victim, part, false) === null;
      return isVictim ? [describe(activity, victim, part)] : [];
    });
  }

  /** Of what was collected and is no backscatter: why. Call it outside of a visit. */
  explain(activity: Activity): { transport: Backscatter["transport"]; reason: string }[] {
    return mergeTransports(this.#candidates.take()).flatMap((victim) => {
      const part = gather(activity, victim);
      const transport = transportOfReply(part.trafficClass);
      const asked = this.#askedReason(activity, victim, part, true);
      if (asked !== null) return [{ transport, reason: asked }];
      return this.#reachesThresholds(part)
        ? []
        : [{ transport, reason: "too few packets or peers for the thresholds, or too many ports of its own" }];
    });
  }

  /** RSDoS's, or Zeek's: few ports, many peers. */
  #reachesThresholds({ trafficClass, packets, firstSeen, lastSeen, portCount, peers }: Part): boolean {
    // Floods of UDP go to ports at random, and each is told of.
    const areFew = portCount <= FEW_PORTS || trafficClass === CLASS_ICMP_ERROR_SENT;
    const most = trafficClass === CLASS_UDP || packets < RSDOS_PACKETS ? MANY_PEERS : this.#peers;
    return meetsRsdos(packets, firstSeen, lastSeen) || (areFew && peers >= most);
  }

  /**
   * Why the answers are such: the peers that got them had sent something to the address first. Null where they had not. Where its numbers
   * need not be whole, the look ends as soon as the answer is known.
   */
  #askedReason(activity: Activity, victim: Victim, part: Part, isWhole: boolean): string | null {
    if (part.sample.length === 0) return "nobody is known who got them";
    const { family, word } = victim;
    const talkedTo = this.#talkedTo;
    if (this.#probes(activity, victim, part.peers, isWhole))
      return `it probed, or talked with, ${plural(talkedTo.size, "address", "addresses")} itself`;
    const enough = ASKED_SHARE * part.sample.length;
    let asked = 0;
    for (const peer of part.sample) {
      if (talkedTo.get(peer) > 0 || hasAsked(activity, family, peer, word, part.trafficClass)) asked++;
      if (!isWhole && asked >= enough) break;
    }
    return asked >= enough ? `${asked} of ${plural(part.sample.length, "peer")} looked at had asked` : null;
  }

  /** Whether it probed, or talked with, too many itself. Victims do not: who sends flags at random sends SYN-ACKs and RSTs among them. */
  #probes(activity: Activity, { family, word }: Victim, peers: number, isWhole: boolean): boolean {
    const talkedTo = this.#talkedTo;
    const most = PROBER_SHARE * peers;
    talkedTo.clear();
    activity.visitWord(family, word, (view) => {
      if (talks(view.trafficClass) && (isWhole || talkedTo.size < most)) addTargets(talkedTo, view);
    });
    return talkedTo.size >= most;
  }
}

/** Addresses that a victim answered, by the class that answered most. */
function peersOf(activity: Activity, { family, word, classes }: Victim): number {
  let peers = 0;
  activity.visitWord(family, word, (view) => {
    if (classes.includes(view.trafficClass)) peers = Math.max(peers, view.targetCount);
  });
  return peers;
}

/** Classes by which an address probes, or talks: what it resets or answers to the same peers is part of that, whichever side the capture shows. */
function talks(trafficClass: number): boolean {
  if (trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED || trafficClass === CLASS_STRAY) return true;
  return trafficClass <= LAST_PROBE_CLASS && trafficClass !== CLASS_UDP;
}

function addTargets(to: WordCounts, view: SourceView): void {
  const { length, target } = view.targets();
  for (let i = 0; i < length; i++) to.add(target[i]!);
}

/** Whether a peer sent the target something that an answer of the class can be to. */
function hasAsked(activity: Activity, family: 4 | 6, peer: number, target: number, replyClass: number): boolean {
  if (!activity.isLive(peer)) return false;
  let found = false;
  activity.visitWord(family, peer, (view) => {
    if (found || !isQuestion(view.trafficClass, replyClass)) return;
    const { length, target: targets } = view.targets();
    // A peer with more contacts than are kept asks everybody: the answer is taken for one.
    found = view.contactCount > length || targets.subarray(0, length).includes(target);
  });
  return found;
}

/**
 * Whether packets of a class can bring an answer of another. A RST also answers a SYN-ACK, which is what hosts of ours do to
 * backscatter; and whoever held or served a conversation was talked to.
 */
function isQuestion(trafficClass: number, replyClass: number): boolean {
  if (replyClass === CLASS_ICMP_REPLY_SENT) return trafficClass === CLASS_ICMP_REQUEST;
  if (trafficClass <= LAST_PROBE_CLASS) return true;
  if (trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED || trafficClass === CLASS_STRAY) return true;
  return replyClass === CLASS_RST_SENT && trafficClass === CLASS_SYN_ACK_SENT;
}

/** SYN-ACKs and RSTs of one victim are one event, and so are its ICMP replies and errors. */
function mergeTransports(candidates: Float64Array): Victim[] {
  const merged = new Map<number, Victim>();
  for (const name of candidates) {
    const source = keyOf(name);
    const trafficClass = classOf(name);
    const key = source * TRANSPORTS.length + TRANSPORTS.indexOf(transportOfReply(trafficClass));
    const other = merged.get(key);
    if (other === undefined) merged.set(key, { family: familyOfKey(source), word: wordOfKey(source), classes: [trafficClass] });
    else other.classes.push(trafficClass);
  }
  return [...merged.values()];
}

/** What a victim sent in all its classes. */
function gather(activity: Activity, { family, word, classes }: Victim): Part {
  const parts: Part[] = [];
  activity.visitWord(family, word, (view) => {
    const at = classes.indexOf(view.trafficClass);
    if (at >= 0) parts[at] = partOf(view);
  });
  return parts.reduce(joinParts);
}

/** Scratch of partOf. */
const PORTS = new WordCounts();

function partOf(view: SourceView): Part {
  const contacts = view.contacts();
  const step = Math.max(1, Math.floor(contacts.length / PEER_SAMPLE));
  const sample: number[] = [];
  for (let i = 0; i < contacts.length && sample.length < PEER_SAMPLE; i += step) sample.push(contacts.target[i]!);
  // Of UDP's contacts the port is the peer's; echo replies have none.
  const own = view.trafficClass !== CLASS_UDP && view.trafficClass !== CLASS_ICMP_REPLY_SENT;
  if (own) PORTS.countAll(contacts.port, contacts.length);
  return {
    trafficClass: view.trafficClass,
    packets: view.packets,
    peers: view.targetCount,
    ports: own ? PORTS.top(LISTED_PORTS) : [],
    portCount: own ? view.portCount : 0,
    firstSeen: view.firstSeen,
    lastSeen: view.lastSeen,
    portZero: own && view.portZeroPackets > 0,
    sample,
  };
}

/** @param a the heavier. */
function joinParts(a: Part, b: Part): Part {
  const ports = new Map(a.ports);
  for (const [port, count] of b.ports) ports.set(port, (ports.get(port) ?? 0) + count);
  return {
    ...a,
    packets: a.packets + b.packets,
    peers: Math.max(a.peers, b.peers),
    ports: [...ports].sort(([p, x], [q, y]) => y - x || p - q).slice(0, LISTED_PORTS),
    portCount: Math.max(a.portCount, b.portCount, ports.size),
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    portZero: a.portZero || b.portZero,
  };
}

const TRANSPORTS = ["tcp", "udp", "icmp"] as const;

function transportOfReply(trafficClass: number): Backscatter["transport"] {
  if (trafficClass === CLASS_UDP) return "udp";
  return trafficClass === CLASS_ICMP_REPLY_SENT || trafficClass === CLASS_ICMP_ERROR_SENT ? "icmp" : "tcp";
}

/** The thresholds of RSDoS. The fullest minute is not kept: the average stands for it, which is never more. */
export function meetsRsdos(packets: number, firstSeen: number, lastSeen: number): boolean {
  const seconds = lastSeen - firstSeen;
  return packets >= RSDOS_PACKETS && seconds >= RSDOS_SECONDS && (60 * packets) / seconds >= RSDOS_PER_MINUTE;
}

function describe(activity: Activity, { family, word }: Victim, part: Part): Backscatter {
  const qualifies = meetsRsdos(part.packets, part.firstSeen, part.lastSeen);
  const seconds = part.lastSeen - part.firstSeen;
  const evidence = [
    `${plural(part.packets, "answer")} to ${plural(part.peers, "address", "addresses")} in ${duration(seconds)}, and none of those looked at had asked`,
  ];
  if (part.portCount > 0)
    evidence.push(
      part.portCount === 1 ? `all from port ${part.ports[0]?.[0] ?? "?"}` : `from ${plural(part.portCount, "port")} of the sender`,
    );
  evidence.push(
    qualifies
      ? "meets the RSDoS thresholds: 25 packets, 60 s, 30 packets a minute"
      : `below the RSDoS thresholds: ${number((60 * part.packets) / Math.max(60, seconds))} packets a minute on average`,
  );
  return {
    victim: activity.addressText(family, word),
    transport: transportOfReply(part.trafficClass),
    ports: part.ports.map(([port]) => port),
    packets: part.packets,
    peers: part.peers,
    firstSeen: part.firstSeen,
    lastSeen: part.lastSeen,
    qualifies,
    isReflector: false,
    targets: [],
    portZero: part.portZero,
    evidence,
  };
}
