/**
 * Reflection (Rossow, NDSS 2014): answers of abused UDP services to questions that were forged in the target's name. Seen beside the target
 * they are many senders, all from a service's port, that send to one host or a few which did not ask, in answers so large that they come
 * in fragments, or from ports of services that nobody far away asks (NTP's list of clients, CLDAP, SSDP, memcached) at a rate that no
 * answers have. Answers of which only the questions are missing from the records (a resolver's, QUIC) are seldom ever cut up.
 */
import { formatIPv4 } from "../model/address.ts";
import { CLASS_UDP } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Backscatter } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, number, plural } from "./evidence.ts";
import type { HomeNetworks } from "./home.ts";
import { MAXIMUM_FINDINGS } from "./ranking.ts";

/** Share of a sender's packets that come from a service's port. */
const SERVICE_SHARE = 0.8;
/** Hosts up to which a sender's answers are aimed at them. */
const FEW_TARGETS = 3;
/** The same of amplifiers whose services nobody far away asks: a whole network may be aimed at ("carpet bombing"). */
const CARPET_TARGETS = 64;
/** Senders upon one host that make a reflection attack: fewer are a resolver's busy day. */
const FEWEST_REFLECTORS = 10;
/** Later fragments a packet that shows its ports: answers of 1.5 to 4 kB come in two or three parts. */
const FRAGMENT_SHARE = 0.5;
/** Answers a second, of all amplifiers together, to one host: a manager that polls others by SNMP, or a client of NTP, gets fewer from outside. */
const FLOOD_RATE = 10;
/** So many amplifiers of services that nobody far away asks are no clockwork and no manager at a tenth of that rate. Stated judgement. */
const MANY_AMPLIFIERS = 100;
const MANY_AMPLIFIERS_RATE = 1;
/** Hosts that are counted: a flood has few. */
const MAXIMUM_TARGETS = 65_536;

interface Sender {
  readonly family: 4 | 6;
  readonly word: number;
  readonly packets: number;
  /** Nearly all from amplifiers' ports. */
  readonly isAmplifier: boolean;
  readonly targets: readonly number[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** Amplifiers that answer one host. */
interface Crowd {
  senders: number;
  packets: number;
  firstSeen: number;
  lastSeen: number;
}

/** Gathers senders of answers to few hosts. */
export class ReflectionFinder {
  readonly #senders: Sender[] = [];
  readonly #perTarget = new WordCounts();
  #packets = 0;
  total = 0;

  /** Takes a source × class; all but UDP from a service's port to few hosts is ignored. */
  collect(view: SourceView): void {
    if (view.trafficClass !== CLASS_UDP) return;
    const isAmplifier = view.amplifierPackets >= SERVICE_SHARE * view.packets;
    if (!isAmplifier && view.servicePortPackets < SERVICE_SHARE * view.packets) return;
    const mostTargets = isAmplifier ? CARPET_TARGETS : FEW_TARGETS;
    if (view.contactCount > mostTargets && view.targetCount > mostTargets) return;
    const contacts = view.contacts();
    const targets: number[] = [];
    for (let i = 0; i < contacts.length; i++)
      if (contacts.outcome[i] === 0 && !targets.includes(contacts.target[i]!)) targets.push(contacts.target[i]!);
    if (targets.length === 0) return;
    for (const target of targets) {
      if (this.#perTarget.size < MAXIMUM_TARGETS || this.#perTarget.get(target) > 0) this.#perTarget.add(target);
    }
    this.#packets += view.packets;
    this.total++;
    if (this.#senders.length >= MAXIMUM_FINDINGS) return;
    const { family, word, packets, firstSeen, lastSeen } = view;
    this.#senders.push({ family, word, packets, isAmplifier, targets, firstSeen, lastSeen });
  }

  /** The reflectors as senders of answers that nobody asked for. `qualifies` tells whether packets in so many seconds meet RSDoS. */
  find(
    activity: Activity,
    home: HomeNetworks,
    qualifies: (packets: number, firstSeen: number, lastSeen: number) => boolean,
  ): { found: Backscatter[]; total: number } {
    const { excluded, unconfirmed } = activity.portZero;
    // Exporters without fragment elements write later fragments as 0 -> 0; who follows connections puts them together.
    const fragments = excluded.fragments + unconfirmed.udp.both + (activity.totals.get("reassembled") ?? 0);
    const areCutUp = fragments >= FRAGMENT_SHARE * this.#packets;
    const flooded = this.#flooded(home);
    if (!areCutUp && flooded.size === 0) return { found: [], total: 0 };
    const crowd = (sender: Sender): number => Math.max(...sender.targets.map((target) => this.#perTarget.get(target)));
    const found = this.#senders.flatMap((sender): Backscatter[] => {
      const companions = crowd(sender);
      if (companions < FEWEST_REFLECTORS) return [];
      const amplifiers = Math.max(...sender.targets.map((target) => flooded.get(target)?.senders ?? 0));
      if (!areCutUp && (!sender.isAmplifier || amplifiers === 0)) return [];
      const { family, word, packets, firstSeen, lastSeen } = sender;
      return [
        {
          victim: activity.addressText(family, word),
          transport: "udp",
          ports: [],
          packets,
          peers: sender.targets.length,
          firstSeen,
          lastSeen,
          qualifies: qualifies(packets, firstSeen, lastSeen),
          isReflector: true,
          targets: family === 4 ? sender.targets.slice(0, FEW_TARGETS).map(formatIPv4) : [],
          portZero: false,
          evidence: [
            `${plural(packets, "answer")} from a service's UDP port to ${plural(sender.targets.length, "host")} that had not asked, in ${duration(lastSeen - firstSeen)}`,
            areCutUp
              ? `one of ${plural(companions, "sender")} that do the same to that host, with ${plural(fragments, "sign")} of fragments (later ones, records without ports, datagrams beyond 1,500 octets): reflection, aimed at the host`
              : `one of ${plural(amplifiers, "sender")} that do the same to that host from ports that amplifiers answer from, at ${number(rateOf(sender, flooded))} packets a second together: reflection, aimed at the host`,
          ],
        },
      ];
    });
    return { found, total: found.length < this.#senders.length ? found.length : Math.max(found.length, this.total) };
  }

  /** Hosts that enough amplifiers answer at once. Those that are inside answer whom they know. */
  #flooded(home: HomeNetworks): Map<number, Crowd> {
    const crowds = new Map<number, Crowd>();
    for (const { family, word, packets, isAmplifier, targets, firstSeen, lastSeen } of this.#senders) {
      if (!isAmplifier || (family === 4 && home.hasIPv4(word))) continue;
      for (const target of targets) {
        const crowd = crowds.get(target) ?? { senders: 0, packets: 0, firstSeen, lastSeen };
        crowds.set(target, crowd);
        crowd.senders++;
        crowd.packets += packets / targets.length;
        crowd.firstSeen = Math.min(crowd.firstSeen, firstSeen);
        crowd.lastSeen = Math.max(crowd.lastSeen, lastSeen);
      }
    }
    for (const [target, crowd] of crowds) if (crowd.senders < FEWEST_REFLECTORS || rate(crowd) < leastRate(crowd)) crowds.delete(target);
    return crowds;
  }
}

function leastRate({ senders }: Crowd): number {
  return senders >= MANY_AMPLIFIERS ? MANY_AMPLIFIERS_RATE : FLOOD_RATE;
}

/** Packets a second. */
function rate({ packets, firstSeen, lastSeen }: Crowd): number {
  return packets / Math.max(1, lastSeen - firstSeen);
}

function rateOf({ targets }: Sender, flooded: ReadonlyMap<number, Crowd>): number {
  return targets.reduce((most, target) => {
    const crowd = flooded.get(target);
    return crowd === undefined ? most : Math.max(most, rate(crowd));
  }, 0);
}
