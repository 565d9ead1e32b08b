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
import { duration, number, plural } from "./evidence.ts";
import { Ranking } from "./ranking.ts";

/** RSDoS: packets, seconds, and packets in the fullest minute (here: in a minute on average, where a minute's maximum is not kept). */
const RSDOS_PACKETS = 25;
const RSDOS_SECONDS = 60;
const RSDOS_PER_MINUTE = 30;
/** Zeek scan-NG: at most 2 source ports towards at least 10 peers. */
const FEW_PORTS = 2;
const MANY_PEERS = 10;
/** Peers asked whether they had asked: a share of them is enough. */
const PEER_SAMPLE = 24;
/** Share of peers that asked from which the answers are answers. */
const ASKED_SHARE = 0.5;
/** Addresses that a sender probed or talked with, as a share of those it answered, from which it acts for itself. */
const PROBER_SHARE = 0.25;
/** Share of UDP packets from a service's port that makes their sender an answering one. */
const SERVICE_SHARE = 0.8;
const LISTED_PORTS = 100;
/** Peers whose contacts are remembered: bounds the cache. */
const REMEMBERED_PEERS = 4096;

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

interface Candidate {
  readonly weight: number;
  readonly tie: number;
  readonly family: 4 | 6;
  readonly word: number;
  readonly address: string;
  readonly part: Part;
}

/** Gathers who sent answers, and tells which of them nobody asked for. */
export class BackscatterFinder {
  readonly #candidates = new Ranking<Candidate>();
  readonly #asked = new Map<string, { readonly whole: boolean; readonly targets: ReadonlySet<number> }>();

  readonly #sampling: number;

  /** @param sampling one packet of so many was looked at */
  constructor(sampling: number = 1) {
    this.#sampling = sampling;
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
    const qualifies = meetsRsdos(view.packets, view.firstSeen, view.lastSeen);
    if (!qualifies && (view.contactCount < MANY_PEERS || view.targetCount < MANY_PEERS)) return;
    const tie = view.word * 64 + trafficClass;
    if (!this.#candidates.admits(view.packets, tie)) return;
    this.#candidates.offer({
      weight: view.packets,
      tie,
      family: view.family,
      word: view.word,
      address: view.address,
      part: partOf(view),
    });
  }

  /** Victims, in no order. Call it outside of a visit. */
  find(activity: Activity): Backscatter[] {
    return mergeTransports(this.#candidates.take()).flatMap((candidate) => {
      if (this.#askedReason(activity, candidate) !== null) return [];
      return describe(candidate) ?? [];
    });
  }

  /** Of what was collected and is no backscatter: why. Call it outside of a visit. */
  explain(activity: Activity): { transport: Backscatter["transport"]; reason: string }[] {
    return mergeTransports(this.#candidates.take()).flatMap((candidate) => {
      const transport = transportOfReply(candidate.part.trafficClass);
      const asked = this.#askedReason(activity, candidate);
      if (asked !== null) return [{ transport, reason: asked }];
      return describe(candidate) === null
        ? [{ transport, reason: "too few packets or peers for the thresholds, or too many ports of its own" }]
        : [];
    });
  }

  /** Why the answers are such: the peers that got them had sent something to the address first. Null where they had not. */
  #askedReason(activity: Activity, { family, word, address, part }: Candidate): string | null {
    if (part.sample.length === 0) return "nobody is known who got them";
    const talkedTo = talkedWith(activity, address);
    // Victims do not probe: who sends flags at random sends SYN-ACKs and RSTs among them.
    if (talkedTo.size >= PROBER_SHARE * part.peers)
      return `it probed, or talked with, ${plural(talkedTo.size, "address", "addresses")} itself`;
    let asked = 0;
    for (const peer of part.sample) if (talkedTo.has(peer) || this.#probed(activity, family, peer, word, part.trafficClass)) asked++;
    return asked >= ASKED_SHARE * part.sample.length ? `${asked} of ${plural(part.sample.length, "peer")} looked at had asked` : null;
  }

  #probed(activity: Activity, family: 4 | 6, peer: number, target: number, replyClass: number): boolean {
    const about = replyClass === CLASS_RST_SENT ? "rst" : replyClass === CLASS_ICMP_REPLY_SENT ? "icmp" : "any";
    const key = `${family} ${peer} ${about}`;
    let known = this.#asked.get(key);
    if (known === undefined) {
      const targets = new Set<number>();
      let whole = true;
      activity.visitAddress(activity.addressText(family, peer), (view) => {
        if (!isQuestion(view.trafficClass, about)) return;
        const contacts = view.contacts();
        if (contacts.scale > 1) whole = false;
        for (let i = 0; i < contacts.length; i++) targets.add(contacts.target[i]!);
      });
      known = { whole, targets };
      if (this.#asked.size >= REMEMBERED_PEERS) this.#asked.clear();
      this.#asked.set(key, known);
    }
    // A peer with more contacts than are kept asks everybody: the answer is taken for one.
    return known.targets.has(target) || !known.whole;
  }
}

/** Whom an address probed itself, or sent data to: what it resets or answers there is part of that, whichever side the capture shows. */
function talkedWith(activity: Activity, address: string): Set<number> {
  const peers = new Set<number>();
  activity.visitAddress(address, (view) => {
    const { trafficClass } = view;
    const talks = trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED || trafficClass === CLASS_STRAY;
    if (!talks && (trafficClass > LAST_PROBE_CLASS || trafficClass === CLASS_UDP)) return;
    const contacts = view.contacts();
    for (let i = 0; i < contacts.length; i++) peers.add(contacts.target[i]!);
  });
  return peers;
}

/**
 * Whether packets of a class can bring an answer of the kind. A RST also answers a SYN-ACK, which is what hosts of ours do to
 * backscatter; and whoever held or served a conversation was talked to.
 */
function isQuestion(trafficClass: number, about: "rst" | "icmp" | "any"): boolean {
  if (about === "icmp") return trafficClass === CLASS_ICMP_REQUEST;
  if (trafficClass <= LAST_PROBE_CLASS) return true;
  if (trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED || trafficClass === CLASS_STRAY) return true;
  return about === "rst" && trafficClass === CLASS_SYN_ACK_SENT;
}

function partOf(view: SourceView): Part {
  const contacts = view.contacts();
  const ports = new Map<number, number>();
  const step = Math.max(1, Math.floor(contacts.length / PEER_SAMPLE));
  const sample: number[] = [];
  for (let i = 0; i < contacts.length; i++) {
    const port = contacts.port[i]!;
    ports.set(port, (ports.get(port) ?? 0) + 1);
    if (i % step === 0 && sample.length < PEER_SAMPLE) sample.push(contacts.target[i]!);
  }
  // Of UDP's contacts the port is the peer's; echo replies have none.
  const own = view.trafficClass !== CLASS_UDP && view.trafficClass !== CLASS_ICMP_REPLY_SENT;
  return {
    trafficClass: view.trafficClass,
    packets: view.packets,
    peers: view.targetCount,
    ports: own ? [...ports].sort(([a, x], [b, y]) => y - x || a - b).slice(0, LISTED_PORTS) : [],
    portCount: own ? view.portCount : 0,
    firstSeen: view.firstSeen,
    lastSeen: view.lastSeen,
    portZero: own && view.portZeroPackets > 0,
    sample,
  };
}

function transportOfReply(trafficClass: number): Backscatter["transport"] {
  if (trafficClass === CLASS_UDP) return "udp";
  return trafficClass === CLASS_ICMP_REPLY_SENT || trafficClass === CLASS_ICMP_ERROR_SENT ? "icmp" : "tcp";
}

/** SYN-ACKs and RSTs of one victim are one event, and so are its ICMP replies and errors. */
function mergeTransports(candidates: readonly Candidate[]): Candidate[] {
  const merged = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = `${candidate.family} ${candidate.word} ${transportOfReply(candidate.part.trafficClass)}`;
    const other = merged.get(key);
    if (other === undefined) {
      merged.set(key, candidate);
      continue;
    }
    const [a, b] = [other.part, candidate.part];
    const ports = new Map(a.ports);
    for (const [port, count] of b.ports) ports.set(port, (ports.get(port) ?? 0) + count);
    merged.set(key, {
      ...other,
      part: {
        ...a,
        packets: a.packets + b.packets,
        peers: Math.max(a.peers, b.peers),
        ports: [...ports].sort(([p, x], [q, y]) => y - x || p - q).slice(0, LISTED_PORTS),
        portCount: Math.max(a.portCount, b.portCount, ports.size),
        firstSeen: Math.min(a.firstSeen, b.firstSeen),
        lastSeen: Math.max(a.lastSeen, b.lastSeen),
        portZero: a.portZero || b.portZero,
      },
    });
  }
  return [...merged.values()];
}

/** The thresholds of RSDoS. The fullest minute is not kept: the average stands for it, which is never more. */
export function meetsRsdos(packets: number, firstSeen: number, lastSeen: number): boolean {
  const seconds = lastSeen - firstSeen;
  return packets >= RSDOS_PACKETS && seconds >= RSDOS_SECONDS && (60 * packets) / seconds >= RSDOS_PER_MINUTE;
}

function describe({ address, part }: Candidate): Backscatter | null {
  const qualifies = meetsRsdos(part.packets, part.firstSeen, part.lastSeen);
  const fewPorts = part.portCount <= FEW_PORTS && part.peers >= MANY_PEERS;
  if (!qualifies && !fewPorts) return null;
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
    victim: address,
    transport: transportOfReply(part.trafficClass),
    ports: part.ports.map(([port]) => port),
    packets: part.packets,
    peers: part.peers,
    firstSeen: part.firstSeen,
    lastSeen: part.lastSeen,
    qualifies,
    portZero: part.portZero,
    evidence,
  };
}
