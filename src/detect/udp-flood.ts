/**
 * Floods of UDP by hosts that send much each: bots told whom to attack (Mirai's udpplain and vse among them). A crowd of forged sources shows by
 * its number (flood.ts); bots show by the rate of all together upon one host that answers none of them. They may go through
 * its ports at random, and are no scanners for that: nobody asks for a port a thousand times.
 */
import { CLASS_UDP, OUTCOME_ANSWERED } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Flood } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, number, plural } from "./evidence.ts";
import type { HomeNetworks } from "./home.ts";
import { compareText } from "./ranking.ts";
import { sourceKey } from "./source-class.ts";

/** Sources, their packets, and those a second: what one heavy sender of SYNs needs alone (heavy-senders.ts), by ten. Stated judgement. */
const FLOOD_SOURCES = 10;
const FLOOD_PACKETS = 1000;
const FLOOD_RATE = 100;
/** Packets of a source on average: clients of a service that is gone (NTP's) are as many, and each asks once a minute. */
const PACKETS_A_SOURCE = 5;
const SOURCE_RATE = 0.1;
/** Share of the packets from services' ports from which they are answers: reflection.ts has those. */
const ANSWERS_SHARE = 0.5;
/** Share of its packets to the host that are unanswered. */
const FAILED_SHARE = 0.8;
/** Hosts that are counted: at twice as many, the half that got least is let go, so that strays to many do not hide a flood. */
const MAXIMUM_TARGETS = 1024;
const FEW_PORTS = 16;
/** Ports of one source that are counted, and those that are listed. */
const COUNTED_PORTS = 16;
const LISTED_PORTS = 100;

interface Upon {
  readonly family: 4 | 6;
  readonly target: number;
  sources: number;
  packets: number;
  /** Of the packets, those from services' ports, and those that the host answered. */
  fromServices: number;
  answered: number;
  firstSeen: number;
  lastSeen: number;
  readonly ports: WordCounts;
}

/** Gathers who sends UDP to one host alone, by host. */
export class UdpFloods {
  readonly #targets = new Map<number, Upon>();
  readonly #flooded = new Set<number>();
  readonly #packets: number;
  #hasTalk = false;

  /** @param greatestSampling one record may stand for so many packets: they are no sign of many */
  constructor(greatestSampling: number) {
    this.#packets = FLOOD_PACKETS * greatestSampling;
  }

  /** Tells that the input holds conversations: both directions are seen. */
  noteTalk(): void {
    this.#hasTalk = true;
  }

  /** Takes a source × class; all but UDP from outside to one host is ignored. Those inside send their logs and counts to one host, too. */
  collect(activity: Activity, home: HomeNetworks, view: SourceView): void {
    if (view.trafficClass !== CLASS_UDP || (view.contactCount > 1 && view.targetCount > 1)) return;
    const { family, packets, firstSeen, lastSeen } = view;
    if (home.has(activity, family, view.word)) return;
    const { length, target, port, outcome } = view.contacts();
    // Of hosts elsewhere too little is seen.
    if (length === 0 || !home.has(activity, family, target[0]!)) return;
    const key = sourceKey({ family, word: target[0]! });
    let upon = this.#targets.get(key);
    if (upon === undefined) {
      if (this.#targets.size >= 2 * MAXIMUM_TARGETS) this.#trim();
      const none = { sources: 0, packets: 0, fromServices: 0, answered: 0 };
      upon = { family, target: target[0]!, ...none, firstSeen, lastSeen, ports: new WordCounts(FEW_PORTS) };
      this.#targets.set(key, upon);
    }
    let answered = 0;
    for (let i = 0; i < length; i++) if ((outcome[i]! & OUTCOME_ANSWERED) !== 0) answered++;
    upon.answered += (packets * answered) / length;
    upon.sources++;
    upon.packets += packets;
    upon.fromServices += view.servicePortPackets + view.amplifierPackets;
    upon.firstSeen = Math.min(upon.firstSeen, firstSeen);
    upon.lastSeen = Math.max(upon.lastSeen, lastSeen);
    for (let i = 0; i < Math.min(length, COUNTED_PORTS); i++) upon.ports.add(port[i]!);
  }

  /** The floods, most packets first. Call it outside of a visit. */
  find(activity: Activity): Flood[] {
    const floods: Flood[] = [];
    for (const [key, upon] of this.#targets) {
      // Where neither the host nor anybody else is seen to answer, answers may go another way.
      if (!this.#isFlood(upon) || !(this.#hasTalk || activity.isLive(upon.target))) continue;
      this.#flooded.add(key);
      floods.push(describe(activity, upon));
    }
    return floods.toSorted((a, b) => b.packets - a.packets || compareText(a.target, b.target));
  }

  /** Whether a host was found to be flooded. */
  isUpon(family: 4 | 6, target: number): boolean {
    return this.#flooded.has(sourceKey({ family, word: target }));
  }

  #trim(): void {
    const lightestFirst = [...this.#targets].toSorted(([, a], [, b]) => a.packets - b.packets);
    for (const [key] of lightestFirst.slice(0, lightestFirst.length - MAXIMUM_TARGETS)) this.#targets.delete(key);
  }

  #isFlood({ sources, packets, fromServices, answered, firstSeen, lastSeen }: Upon): boolean {
    const seconds = Math.max(1, lastSeen - firstSeen);
    if (sources < FLOOD_SOURCES || packets < this.#packets || packets < FLOOD_RATE * seconds) return false;
    if (packets < PACKETS_A_SOURCE * sources || packets < SOURCE_RATE * seconds * sources) return false;
    return fromServices < ANSWERS_SHARE * packets && answered <= (1 - FAILED_SHARE) * packets;
  }
}

function describe(activity: Activity, { family, target, sources, packets, firstSeen, lastSeen, ports }: Upon): Flood {
  const seconds = lastSeen - firstSeen;
  return {
    target: activity.addressText(family, target),
    technique: "udp",
    transport: "udp",
    ports: ports.top(LISTED_PORTS).map(([port]) => port),
    sources,
    packets,
    firstSeen,
    lastSeen,
    evidence: [
      `${plural(sources, "source")} sent ${plural(packets, "packet")} to this host and no other in ${duration(seconds)}, ${number(packets / Math.max(1, seconds))} a second, and it answered next to none`,
    ],
  };
}
