/**
 * What of each row counts in history: the traffic that nobody asked for. What answers something is left out where the question was seen, and
 * is backscatter where it was not; what goes on in a conversation is nothing. docs/history.md gives the rules with their reasons.
 */
import { CLASS_ACK, CLASS_FIN, CLASS_NULL, CLASS_SYN, CLASS_TINY_FRAGMENT, CLASS_XMAS } from "../../model/activity.ts";
import { ACTIVITY_TECHNIQUES, type ActivityTechnique } from "../../model/history.ts";
import {
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  FRAGMENT_LATER,
  GRADE_CONFIRMED,
  NO_PORT,
  type ObservationBatch,
  QUIRK_QUOTES_PACKET,
  QUIRK_TINY_FRAGMENT,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_ARP,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
} from "../../model/protocol.ts";
import { SCTP_ABORT, SCTP_INIT_ACK } from "../classify.ts";
import type { NetworkSet } from "../filter/network-set.ts";
import { isRecord, maybeFragments, RECORD_PROBE, RECORD_REFUSAL, recordKind } from "../flow-record.ts";
import { isTcpReply } from "../port-zero.ts";
import { looksLikeAnswer, looksLikeTcpAnswer } from "../service-ports.ts";
import { CODE_TCP, DCCP_REQUEST, portZeroClass, portZeroKind, probeClass, requestOf, SCTP_INIT } from "../traffic-class.ts";
import { RecentPairs, SPOKE_RECEIVER, SPOKE_UNKNOWN } from "./recent-pairs.ts";

const NOTHING = -1;
const codeOf = (technique: ActivityTechnique): number => ACTIVITY_TECHNIQUES.indexOf(technique);
const TCP_UNKNOWN = codeOf("tcp-unknown");
const UDP = codeOf("udp");
const ICMP = codeOf("icmp");
const OTHER = codeOf("other");
export const BACKSCATTER = codeOf("backscatter");
export const FOLDED = codeOf("folded");

/** Techniques of probe classes; the others are odd. */
const TECHNIQUES = new Uint8Array(64).fill(codeOf("tcp-odd"));
TECHNIQUES[CLASS_SYN] = codeOf("tcp-syn");
TECHNIQUES[CLASS_FIN] = codeOf("tcp-fin");
TECHNIQUES[CLASS_NULL] = codeOf("tcp-null");
TECHNIQUES[CLASS_XMAS] = codeOf("tcp-xmas");
TECHNIQUES[CLASS_ACK] = codeOf("tcp-ack");
TECHNIQUES[CLASS_TINY_FRAGMENT] = TCP_UNKNOWN;

/** Multicast, reserved and broadcast: neighbours talk there, nobody probes (RFC 5771, RFC 1112 §4, RFC 919). */
const FIRST_NO_UNICAST = 0xe000_0000;

/** Sorts rows one after another. The public fields say what the last row was that counted. */
export class TrafficSorter {
  /** Place in ACTIVITY_TECHNIQUES. */
  technique = NOTHING;
  /** How many of the row's packets count: all, or the one that opened a conversation which a record sums up. */
  packets = 0;
  /** Destination port, ICMP type, or NO_PORT. */
  port = NO_PORT;
  /** Whether the ports of the row stand in series: those of TCP and UDP, zero only where it is confirmed. */
  showsSourcePort = false;
  showsPort = false;
  /** Packets that a record says had port zero and cannot prove: in no series of port zero. */
  unconfirmedPortZero = 0;
  /** Packets that would count but for who sent them, one of the defended networks, or for where they went, to none of them. */
  own = 0;
  elsewhere = 0;
  readonly #pairs: RecentPairs;
  readonly #home: NetworkSet | null;

  /** @param home the defended networks: what counts goes to them and comes from others. Null where they are not known. */
  constructor(home: NetworkSet | null, seed: number) {
    this.#pairs = new RecentPairs(seed);
    this.#home = home;
  }

  /** Whether the row counts, in series (all techniques but backscatter) or in activity alone. */
  sort(batch: ObservationBatch, row: number): boolean {
    const packets = batch.packets[row]!;
    // Zero: another record has counted them.
    if (packets === 0 || batch.fragment[row] === FRAGMENT_LATER) return false;
    this.packets = packets;
    this.port = batch.destinationPort[row]!;
    this.showsPort = false;
    this.showsSourcePort = false;
    const technique = this.#techniqueOf(batch, row);
    if (technique === NOTHING || isForMany(batch, row)) return false;
    if (this.#home !== null && !this.#comesIn(this.#home, batch, row)) return false;
    this.technique = technique;
    return true;
  }

  #techniqueOf(batch: ObservationBatch, row: number): number {
    switch (batch.protocol[row]) {
      case PROTOCOL_TCP:
        return this.#hasPlainPorts(batch, row) ? this.#tcp(batch, row) : NOTHING;
      case PROTOCOL_UDP:
        return this.#hasPlainPorts(batch, row) ? this.#udp(batch, row) : NOTHING;
      case PROTOCOL_ICMP:
        return this.#icmp(batch, row, false);
      case PROTOCOL_ICMPV6:
        return this.#icmp(batch, row, true);
      case PROTOCOL_ARP:
        return NOTHING;
      default:
        return this.#other(batch, row);
    }
  }

  /** Whether the row has ports, and they are no fragment's. Says which of them stand in series. */
  #hasPlainPorts(batch: ObservationBatch, row: number): boolean {
    const sourcePort = batch.sourcePort[row]!;
    const { port } = this;
    if (sourcePort < 0 || port < 0) return false;
    const confirmed = batch.grade[row] === GRADE_CONFIRMED;
    this.showsSourcePort = sourcePort !== 0 || confirmed;
    this.showsPort = port !== 0 || confirmed;
    if (this.showsSourcePort && this.showsPort) return true;
    this.unconfirmedPortZero += this.packets;
    if (!this.showsPort) this.port = NO_PORT;
    return !maybeFragments(batch, row);
  }

  #tcp(batch: ObservationBatch, row: number): number {
    const flags = batch.tcpFlags[row]!;
    const isZero = batch.sourcePort[row] === 0 || this.port === 0;
    if (isZero && this.showsSourcePort && this.showsPort) {
      if (isTcpReply(batch, row)) return this.#reply(batch, row);
      this.#open(batch, row);
      return TECHNIQUES[portZeroKind(CODE_TCP, portZeroClass(batch, row))]!;
    }
    if (isRecord(batch, row)) return this.#tcpRecord(batch, row, flags);
    if (flags === FLAGS_UNKNOWN) return (batch.quirks[row]! & QUIRK_TINY_FRAGMENT) === 0 ? NOTHING : TCP_UNKNOWN;
    const kind = probeClass(flags & 0x3f);
    if (kind !== 0) {
      this.#open(batch, row);
      return TECHNIQUES[kind]!;
    }
    if ((flags & (TCP_SYN | TCP_RST)) !== 0) return this.#reply(batch, row);
    if (this.#spokeFirst(batch, row) === SPOKE_UNKNOWN) this.#open(batch, row);
    return NOTHING;
  }

  /** A record of one direction. Where it sums a conversation up, one packet of it was a probe: the SYN, if this is the opener's direction. */
  #tcpRecord(batch: ObservationBatch, row: number, flags: number): number {
    const kind = recordKind(batch, row);
    if (kind === RECORD_REFUSAL) return this.#reply(batch, row);
    const known = flags !== FLAGS_UNKNOWN;
    if (kind === RECORD_PROBE) {
      this.#open(batch, row);
      return known ? TECHNIQUES[probeClass(flags & 0x3f)]! : TCP_UNKNOWN;
    }
    const first = this.#spokeFirst(batch, row);
    if (first === SPOKE_RECEIVER || (known && (flags & TCP_SYN) === 0)) {
      if (first === SPOKE_UNKNOWN) this.#open(batch, row);
      return NOTHING;
    }
    if (first === SPOKE_UNKNOWN) {
      if (known && (flags & 0x3f) === (TCP_SYN | TCP_ACK)) return BACKSCATTER;
      if (looksLikeTcpAnswer(batch.sourcePort[row]!, this.port))
        return !known && batch.action[row] === ACTION_DENIED ? BACKSCATTER : NOTHING;
      this.#open(batch, row);
    }
    this.packets = 1;
    return known ? TECHNIQUES[CLASS_SYN]! : TCP_UNKNOWN;
  }

  #udp(batch: ObservationBatch, row: number): number {
    const first = this.#spokeFirst(batch, row);
    if (first === SPOKE_RECEIVER) return NOTHING;
    if (first === SPOKE_UNKNOWN) {
      if (looksLikeAnswer(batch.sourcePort[row]!, this.port)) return BACKSCATTER;
      this.#open(batch, row);
    }
    return UDP;
  }

  #icmp(batch: ObservationBatch, row: number, six: boolean): number {
    const type = batch.icmpType[row]!;
    this.port = type;
    const { source, destination, protocol } = batch;
    const asked = requestOf(six, type);
    if (asked === type) {
      this.#pairs.open(source[row]!, type, destination[row]!, type, protocol[row]!);
      return ICMP;
    }
    if (asked >= 0) {
      const first = this.#pairs.first(source[row]!, asked, destination[row]!, asked, protocol[row]!);
      return first === SPOKE_UNKNOWN ? BACKSCATTER : NOTHING;
    }
    if (!isError(six, type)) return NOTHING;
    return (batch.quirks[row]! & QUIRK_QUOTES_PACKET) !== 0 && this.#quotesKnown(batch, row) ? NOTHING : BACKSCATTER;
  }

  /** Whether the packet that an ICMP error quotes was seen. */
  #quotesKnown(batch: ObservationBatch, row: number): boolean {
    const protocol = batch.quotedProtocol[row]!;
    const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
    const echo = protocol === PROTOCOL_ICMP ? 8 : 128;
    const from = isIcmp ? echo : batch.quotedSourcePort[row]!;
    const to = isIcmp ? echo : batch.quotedDestinationPort[row]!;
    return this.#pairs.first(batch.destination[row]!, from, batch.quotedDestination[row]!, to, protocol) !== SPOKE_UNKNOWN;
  }

  /** SCTP and DCCP where they tell what opens an association; of the rest, whoever spoke first. */
  #other(batch: ObservationBatch, row: number): number {
    const protocol = batch.protocol[row]!;
    if (hasPorts(protocol) && (batch.sourcePort[row]! < 0 || this.port < 0)) return NOTHING;
    const type = batch.tcpFlags[row]!;
    if (protocol === PROTOCOL_SCTP && type !== FLAGS_UNKNOWN) {
      if (type === SCTP_INIT_ACK || type === SCTP_ABORT) return this.#reply(batch, row);
      if (type !== SCTP_INIT) return NOTHING;
    } else if (protocol === PROTOCOL_DCCP && type !== FLAGS_UNKNOWN && type !== DCCP_REQUEST) return NOTHING;
    if (this.#spokeFirst(batch, row) === SPOKE_RECEIVER || maybeFragments(batch, row)) return NOTHING;
    this.#open(batch, row);
    return OTHER;
  }

  /** What answers a packet that was seen is no news. */
  #reply(batch: ObservationBatch, row: number): number {
    return this.#spokeFirst(batch, row) === SPOKE_UNKNOWN ? BACKSCATTER : NOTHING;
  }

  #spokeFirst(batch: ObservationBatch, row: number): number {
    const { source, sourcePort, destination, destinationPort, protocol } = batch;
    return this.#pairs.first(source[row]!, sourcePort[row]!, destination[row]!, destinationPort[row]!, protocol[row]!);
  }

  #open(batch: ObservationBatch, row: number): void {
    const { source, sourcePort, destination, destinationPort, protocol } = batch;
    this.#pairs.open(source[row]!, sourcePort[row]!, destination[row]!, destinationPort[row]!, protocol[row]!);
  }

  #comesIn(home: NetworkSet, batch: ObservationBatch, row: number): boolean {
    const isSix = batch.family[row] === 6;
    if (isSix ? home.hasIPv6(batch.source6, row) : home.hasIPv4(batch.source[row]!)) {
      this.own += this.packets;
      return false;
    }
    if (isSix ? home.hasIPv6(batch.destination6, row) : home.hasIPv4(batch.destination[row]!)) return true;
    this.elsewhere += this.packets;
    return false;
  }
}

/** Whether the destination is no single host. */
function isForMany(batch: ObservationBatch, row: number): boolean {
  if (batch.family[row] === 6) return batch.destination6[4 * row]! >>> 24 === 0xff;
  return batch.destination[row]! >= FIRST_NO_UNICAST;
}

/** ICMP errors: RFC 792 (unreachable, source quench, redirect, time exceeded, parameter problem), RFC 4443 (all below 128). */
function isError(six: boolean, type: number): boolean {
  return six ? type < 128 : (type >= 3 && type <= 5) || type === 11 || type === 12;
}
