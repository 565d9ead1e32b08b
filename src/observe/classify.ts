/** From observations to entries: what each packet is a sign of, whose, and about which contact. One pass over a batch, no state but counts. */
import {
  CLASS_ARP_REQUEST,
  CLASS_ICMP_ERROR_SENT,
  CLASS_ICMP_REPLY_SENT,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_OS_DETECTION,
  CLASS_OTHER_TRANSPORT,
  CLASS_RECEIVED,
  CLASS_RST_SENT,
  CLASS_SCTP_INIT,
  CLASS_SERVED,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_TINY_FRAGMENT,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../model/activity.ts";
import type { ObservationBatch } from "../model/observation.ts";
import {
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_PLACEHOLDER,
  QUIRK_QUOTES_PACKET,
  QUIRK_TINY_FRAGMENT,
  RECORD_FLOW,
} from "../model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
} from "../model/protocol.ts";
import { CONTACT_FLAGS_UNTOLD, ENTRY_FAMILY_6 } from "./entry-block.ts";
import type { EntrySorter } from "./entry-sorter.ts";
import { isRecord, maybeFragments, RECORD_PROBE, RECORD_REFUSAL, recordKind } from "./flow-record.ts";
import { headerMark } from "./header-mark.ts";
import type { PortZeroCounter } from "./port-zero.ts";
import { HEADER_SHIFT } from "./slot-layout.ts";
import type { TimelineCounter } from "./timeline.ts";
import { SERIES_ICMP, SERIES_OTHER, SERIES_PORT_ZERO, SERIES_REPLIES, SERIES_TCP_PROBES, SERIES_UDP } from "./timeline.ts";
import {
  CODE_ARP,
  CODE_DCCP,
  CODE_ICMP,
  CODE_IP,
  CODE_SCTP,
  CODE_TCP,
  CODE_UDP,
  DCCP_REQUEST,
  portZeroClass,
  portZeroKind,
  probeClass,
  isIcmpError,
  requestOf,
  SCTP_INIT,
  transportCode,
} from "./traffic-class.ts";
import { osDetectionTest, toolMark, unicornscanSession } from "./tool-marks.ts";

/** SCTP chunk types that answer (RFC 9260 §3.2). */
export const SCTP_INIT_ACK = 2;
export const SCTP_ABORT = 6;

/** UDP ports below this, and a few above, belong to services: packets to others from them are answers, and no port that is probed. */
const PRIVILEGED = 1024;
/** ICMP code of Nmap's first echo probe, and the numbers of its IE and U1 tests in OS_TESTS. */
const NMAP_ECHO_CODE = 9;
const TEST_IE = 8;
const TEST_U1 = 9;
/** IP identification and payload of Nmap's U1 probe. */
const U1_IP_ID = 0x1042;
const U1_PAYLOAD = 300;

/** Sorts the rows of batches into entries, conversations and counts. */
export class Classifier {
  readonly totals = {
    tcp: 0,
    udp: 0,
    icmp: 0,
    arp: 0,
    sctp: 0,
    other: 0,
    fragments: 0,
    reassembled: 0,
    ipv6: 0,
    tunnelled: 0,
    allowed: 0,
    denied: 0,
  };
  /** Rows of the batch that belong to conversations: valid until the next batch. */
  readonly flowRows: Int32Array;
  flowCount = 0;
  readonly #entries: EntrySorter;
  readonly #portZeroEntries: EntrySorter;
  readonly #portZero: PortZeroCounter;
  readonly #timeline: TimelineCounter;

  /** @param rows of the largest batch. @param portZeroEntries takes the probes of port zero once more. */
  constructor(rows: number, entries: EntrySorter, portZeroEntries: EntrySorter, portZero: PortZeroCounter, timeline: TimelineCounter) {
    this.flowRows = new Int32Array(rows);
    this.#entries = entries;
    this.#portZeroEntries = portZeroEntries;
    this.#portZero = portZero;
    this.#timeline = timeline;
  }

  /** Adds another's totals. */
  addTotals(totals: Readonly<Record<string, number>>): void {
    for (const [key, count] of Object.entries(totals)) if (isTotal(this.totals, key)) this.totals[key] += count;
  }

  /** Classifies a batch whose times the timeline fits. */
  classify(batch: ObservationBatch): void {
    this.flowCount = 0;
    const { length, protocol, fragment, family, tunnels, packets, action } = batch;
    const { totals } = this;
    for (let row = 0; row < length; row++) {
      const count = packets[row]!;
      if (family[row] === 6) totals.ipv6 += count;
      if (tunnels[row] !== 0) totals.tunnelled += count;
      if (action[row] !== ACTION_UNKNOWN) {
        if (action[row] === ACTION_DENIED) totals.denied += count;
        else totals.allowed += count;
      }
      const state = fragment[row]!;
      if (state !== FRAGMENT_NONE) {
        totals.fragments += count;
        if (state === FRAGMENT_LATER) {
          this.#countProtocol(protocol[row]!, count);
          this.#portZero.excluded.fragments += count;
          this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
          continue;
        }
      }
      switch (protocol[row]) {
        case PROTOCOL_TCP:
          totals.tcp += count;
          this.#tcp(batch, row, count);
          break;
        case PROTOCOL_UDP:
        case PROTOCOL_UDP_LITE:
          totals.udp += count;
          this.#udp(batch, row, count);
          break;
        case PROTOCOL_ICMP:
        case PROTOCOL_ICMPV6:
          totals.icmp += count;
          this.#icmp(batch, row, count);
          break;
        default:
          this.#rare(batch, row, count);
      }
    }
  }

  #countProtocol(protocol: number, count: number): void {
    const { totals } = this;
    if (protocol === PROTOCOL_TCP) totals.tcp += count;
    else if (protocol === PROTOCOL_UDP || protocol === PROTOCOL_UDP_LITE) totals.udp += count;
    else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) totals.icmp += count;
    else totals.other += count;
  }

  #tcp(batch: ObservationBatch, row: number, count: number): void {
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    if (sourcePort < 0 || destinationPort < 0) {
      if (batch.grade[row] === GRADE_PLACEHOLDER) this.#portZero.excluded.placeholder += count;
      this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
      return;
    }
    const allFlags = batch.tcpFlags[row]!;
    const flags = allFlags & 0x3f;
    const isPortZero = sourcePort === 0 || destinationPort === 0;
    if (isPortZero) {
      this.#countPortZero(batch, row, portZeroClass(batch, row), CODE_TCP, count);
      if (maybeFragments(batch, row)) {
        this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
        return;
      }
    }
    if (isRecord(batch, row)) {
      this.#tcpRecord(batch, row, count);
      return;
    }
    if (allFlags === FLAGS_UNKNOWN) {
      this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
      if ((batch.quirks[row]! & QUIRK_TINY_FRAGMENT) !== 0) this.#probe(batch, row, CLASS_TINY_FRAGMENT, CODE_TCP | destinationPort);
      return;
    }
    const kind = probeClass(flags);
    if (kind !== 0) {
      const time = batch.time[row]!;
      this.#timeline.count(SERIES_TCP_PROBES, time, count);
      this.#timeline.countPort(false, destinationPort, time, count);
      const mark = toolMark(batch, row);
      this.#entries.put(
        batch.source[row]! | 0,
        batch.family[row] === 6 ? kind | ENTRY_FAMILY_6 : kind,
        batch.destination[row]! | 0,
        CODE_TCP | destinationPort,
        count | 0,
        batch.time,
        row,
        batch.ttl[row]!,
        mark,
        mark === 0 ? unicornscanSession(batch, row) : 0,
        headerMark(batch, row) << HEADER_SHIFT,
      );
      this.#osDetection(batch, row);
    } else if ((flags & (TCP_SYN | TCP_RST)) !== 0) {
      this.#timeline.count(SERIES_REPLIES, batch.time[row]!, count);
      const refused = (flags & TCP_RST) !== 0;
      this.#reply(
        batch,
        row,
        refused ? CLASS_RST_SENT : CLASS_SYN_ACK_SENT,
        CODE_TCP | sourcePort,
        refused ? OUTCOME_REFUSED : OUTCOME_ANSWERED,
      );
    } else {
      this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
      if (flags === TCP_ACK) this.#osDetection(batch, row);
      this.flowRows[this.flowCount++] = row;
    }
  }

  #tcpRecord(batch: ObservationBatch, row: number, count: number): void {
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    const time = batch.time[row]!;
    const flags = batch.tcpFlags[row]!;
    switch (recordKind(batch, row)) {
      case RECORD_PROBE: {
        this.#timeline.count(SERIES_TCP_PROBES, time, count);
        this.#timeline.countPort(false, destinationPort, time, count);
        const untold = flags === FLAGS_UNKNOWN;
        const kind = untold ? CLASS_SYN : probeClass(flags & 0x3f);
        const contact = CODE_TCP | destinationPort | (untold ? CONTACT_FLAGS_UNTOLD : 0);
        this.#entries.putSpan(
          batch.source[row]!,
          batch.family[row] === 6 ? kind | ENTRY_FAMILY_6 : kind,
          batch.destination[row]!,
          contact,
          count,
          time,
          time + batch.duration[row]!,
          batch.ttl[row]!,
          0,
        );
        break;
      }
      case RECORD_REFUSAL: {
        this.#timeline.count(SERIES_REPLIES, time, count);
        this.#reply(batch, row, CLASS_RST_SENT, CODE_TCP | sourcePort, OUTCOME_REFUSED);
        break;
      }
      default: {
        // One of the packets opened the conversation: towards the lower port, as far as one record can tell.
        const opens = flags !== FLAGS_UNKNOWN && (flags & TCP_SYN) !== 0 && destinationPort < sourcePort ? Math.min(1, count) : 0;
        if (opens > 0) {
          this.#timeline.count(SERIES_TCP_PROBES, time, opens);
          this.#timeline.countPort(false, destinationPort, time, opens);
        }
        this.#timeline.count(SERIES_OTHER, time, count - opens);
        this.flowRows[this.flowCount++] = row;
      }
    }
  }

  #udp(batch: ObservationBatch, row: number, count: number): void {
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    const time = batch.time[row]!;
    this.#timeline.count(SERIES_UDP, time, count);
    // Who follows connections marks datagrams that it put together.
    if (batch.fragment[row] === FRAGMENT_FIRST && batch.record[row] === RECORD_FLOW) this.totals.reassembled += count;
    if (sourcePort < 0 || destinationPort < 0) {
      if (batch.grade[row] === GRADE_PLACEHOLDER) this.#portZero.excluded.placeholder += count;
      return;
    }
    if (sourcePort === 0 || destinationPort === 0) {
      this.#countPortZero(batch, row, 0, CODE_UDP, count);
      if (maybeFragments(batch, row)) return;
    }
    if (destinationPort < PRIVILEGED || sourcePort >= PRIVILEGED) this.#timeline.countPort(true, destinationPort, time, count);
    this.flowRows[this.flowCount++] = row;
    if (batch.ipId[row] === U1_IP_ID && batch.payload[row] === U1_PAYLOAD) {
      this.#put(batch, row, batch.source[row]! | 0, CLASS_OS_DETECTION, batch.destination[row]! | 0, CODE_UDP | TEST_U1);
    }
  }

  #icmp(batch: ObservationBatch, row: number, count: number): void {
    this.#timeline.count(SERIES_ICMP, batch.time[row]!, count);
    const six = batch.protocol[row] === PROTOCOL_ICMPV6;
    const type = batch.icmpType[row]!;
    this.#portZero.excluded.icmp += count;
    if ((batch.quirks[row]! & QUIRK_QUOTES_PACKET) !== 0) {
      this.#icmpError(batch, row, type === (six ? 1 : 3));
      return;
    }
    if (isRecord(batch, row) && isIcmpError(six, type)) {
      // Records do not quote what the error is about.
      this.#put(batch, row, batch.source[row]! | 0, CLASS_ICMP_ERROR_SENT, batch.destination[row]! | 0, CODE_ICMP);
      return;
    }
    const asked = requestOf(six, type);
    if (asked === type) {
      this.#probe(batch, row, CLASS_ICMP_REQUEST, CODE_ICMP | type);
      if (!six && batch.icmpCode[row] === NMAP_ECHO_CODE) {
        this.#put(batch, row, batch.source[row]! | 0, CLASS_OS_DETECTION, batch.destination[row]! | 0, CODE_ICMP | TEST_IE);
      }
    } else if (asked >= 0) this.#reply(batch, row, CLASS_ICMP_REPLY_SENT, CODE_ICMP | asked, OUTCOME_ANSWERED);
  }

  /** An error is about a packet that its receiver sent, or that somebody sent in the receiver's name. */
  #icmpError(batch: ObservationBatch, row: number, unreachable: boolean): void {
    const protocol = batch.quotedProtocol[row]!;
    const port = batch.quotedDestinationPort[row]!;
    const code = transportCode(protocol);
    const contact =
      code === CODE_ICMP ? code | (protocol === PROTOCOL_ICMPV6 ? 128 : 8) : code === CODE_IP ? code | protocol : code | Math.max(0, port);
    this.#put(batch, row, batch.source[row]! | 0, CLASS_ICMP_ERROR_SENT, batch.destination[row]! | 0, contact);
    if (!unreachable || (port < 0 && code !== CODE_ICMP && code !== CODE_IP)) return;
    this.#put(
      batch,
      row,
      batch.destination[row]! | 0,
      CLASS_RECEIVED,
      batch.quotedDestination[row]! | 0,
      contact | (OUTCOME_UNREACHABLE << 24),
    );
  }

  #rare(batch: ObservationBatch, row: number, count: number): void {
    const protocol = batch.protocol[row]!;
    const { totals } = this;
    this.#timeline.count(SERIES_OTHER, batch.time[row]!, count);
    if (protocol === PROTOCOL_ARP) {
      totals.arp += count;
      this.#arp(batch, row);
      return;
    }
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    if (protocol !== PROTOCOL_SCTP && protocol !== PROTOCOL_DCCP) {
      totals.other += count;
      this.#probe(batch, row, CLASS_IP_PROTOCOL, CODE_IP | protocol);
      return;
    }
    if (protocol === PROTOCOL_SCTP) totals.sctp += count;
    else totals.other += count;
    if (sourcePort < 0 || destinationPort < 0) return;
    const type = batch.tcpFlags[row]!;
    if (type === FLAGS_UNKNOWN && isRecord(batch, row)) {
      if (!maybeFragments(batch, row)) this.flowRows[this.flowCount++] = row;
      return;
    }
    if (protocol === PROTOCOL_DCCP) {
      if (type === DCCP_REQUEST) this.#probe(batch, row, CLASS_OTHER_TRANSPORT, CODE_DCCP | destinationPort);
    } else if (type === SCTP_INIT) this.#probe(batch, row, CLASS_SCTP_INIT, CODE_SCTP | destinationPort);
    else if (type === SCTP_INIT_ACK) this.#reply(batch, row, CLASS_SYN_ACK_SENT, CODE_SCTP | sourcePort, OUTCOME_ANSWERED);
    else if (type === SCTP_ABORT) this.#reply(batch, row, CLASS_RST_SENT, CODE_SCTP | sourcePort, OUTCOME_REFUSED);
  }

  /** Announcements (source asks for itself) and probes for a free address (source 0.0.0.0, RFC 5227) ask nobody. */
  #arp(batch: ObservationBatch, row: number): void {
    const source = batch.source[row]!;
    const asks = batch.icmpType[row] === 1;
    if (asks && (source === batch.destination[row] || source === 0)) return;
    if (asks) this.#probe(batch, row, CLASS_ARP_REQUEST, CODE_ARP);
    else this.#reply(batch, row, CLASS_SERVED, CODE_ARP, OUTCOME_ANSWERED);
  }

  #osDetection(batch: ObservationBatch, row: number): void {
    if (batch.options[row] === 0) return;
    const test = osDetectionTest(batch, row);
    if (test >= 0) this.#put(batch, row, batch.source[row]! | 0, CLASS_OS_DETECTION, batch.destination[row]! | 0, CODE_TCP | test);
  }

  #countPortZero(batch: ObservationBatch, row: number, tcpClass: number, code: number, count: number): void {
    this.#timeline.count(SERIES_PORT_ZERO, batch.time[row]!, count);
    if (!this.#portZero.count(batch, row)) return;
    const kind = portZeroKind(code, tcpClass);
    this.#portZeroEntries.put(
      batch.source[row]! | 0,
      batch.family[row] === 6 ? kind | ENTRY_FAMILY_6 : kind,
      batch.destination[row]! | 0,
      code | batch.destinationPort[row]!,
      count | 0,
      batch.time,
      row,
      batch.ttl[row]!,
      0,
      0,
      0,
    );
  }

  #probe(batch: ObservationBatch, row: number, kind: number, contact: number): void {
    this.#put(batch, row, batch.source[row]! | 0, kind, batch.destination[row]! | 0, contact);
  }

  /** A reply is a deed of its sender, and an outcome for whoever got it. */
  #reply(batch: ObservationBatch, row: number, kind: number, contact: number, outcome: number): void {
    this.#put(batch, row, batch.source[row]! | 0, kind, batch.destination[row]! | 0, contact);
    this.#put(batch, row, batch.destination[row]! | 0, CLASS_RECEIVED, batch.source[row]! | 0, contact | (outcome << 24));
  }

  #put(batch: ObservationBatch, row: number, who: number, kind: number, target: number, contact: number): void {
    this.#entries.put(
      who | 0,
      batch.family[row] === 6 ? kind | ENTRY_FAMILY_6 : kind,
      target | 0,
      contact,
      batch.packets[row]! | 0,
      batch.time,
      row,
      kind === CLASS_RECEIVED ? 0 : batch.ttl[row]!,
      0,
      0,
      0,
    );
  }
}

function isTotal<T extends object>(totals: T, key: string): key is keyof T & string {
  return key in totals;
}
