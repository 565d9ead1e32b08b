/** Rows of events about one packet: `drop`, `alert` and `anomaly`. */
import { hashIPv6 } from "../../model/address.ts";
import {
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  QUIRK_RESERVED_BITS,
  QUIRK_URGENT_POINTER,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { ascii } from "../text/fields.ts";
import { JSON_ABSENT, JSON_TRUE } from "../text/json-fields.ts";
import * as eve from "./eve-fields.ts";
import type { EveEvent } from "./event.ts";
import { type Alerted, keep, senderName, type Told, type ToldFlows } from "./told.ts";

const BLOCKED = ascii("blocked");
const DROP = ascii("drop");
const REJECT = ascii("reject");
const TO_CLIENT = ascii("to_client");
const DECODE = ascii("decode");

const SAME_PACKET = "Suricata event about a packet that another event told of";
const ON_ANSWER = "Suricata alert on an answer: the flow's opener counts";
const IN_FLOW = "Suricata anomaly within a flow: its flow event counts the packet";

/** Header of IPv6, octets: the `len` of its packets leaves it out. */
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const TCP_HEADERS = 40;
const TCP_HEADERS6 = 60;
/** IP packets of TCP above this hold data whatever their options, octets. */
const LONGEST_BARE = 120;

const FLAG_SLOTS: readonly (readonly [slot: number, flag: number])[] = [
  [eve.DROP_FIN, TCP_FIN],
  [eve.DROP_SYN, TCP_SYN],
  [eve.DROP_RST, TCP_RST],
  [eve.DROP_PSH, TCP_PSH],
  [eve.DROP_ACK, TCP_ACK],
  [eve.DROP_URG, TCP_URG],
];

/** Writes rows of packets, each packet once. */
export class PacketRows {
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #event: EveEvent;
  readonly #told: ToldFlows;
  /** The packet without a flow that was told last. */
  readonly #last = { time: -1, source: 0, destination: 0, protocol: 0 };

  constructor(writer: ObservationWriter, stats: DecodeStats, event: EveEvent, told: ToldFlows) {
    this.#writer = writer;
    this.#stats = stats;
    this.#event = event;
    this.#told = told;
  }

  /** The packet that was dropped, with all that Suricata prints of its headers. */
  drop(): void {
    const event = this.#event;
    if (event.flowId < 0) {
      if (this.#isSameAsLast()) return;
    } else {
      const sender = senderName(event.source, event.sourcePort);
      const told = this.#told.of(event.flowId, sender, event.time);
      told.denied = true;
      if (told.lastTime === event.time && told.lastSender === sender) {
        this.#stats.skip(SAME_PACKET);
        if (told.alert === null) return;
        // The alert that waits was about this packet: the drop tells more.
        told.alerts--;
        if (told.alerts <= 0) told.alert = null;
      }
      told.lastTime = event.time;
      told.lastSender = sender;
      if (told.sender === sender) told.counted++;
      else told.countedOfPeer++;
    }
    const row = this.#row();
    const { batch } = this.#writer;
    batch.action[row] = ACTION_DENIED;
    const isTcp = event.protocol === PROTOCOL_TCP && event.fields.integer(eve.DROP_TCPSEQ) >= 0;
    const isUdp = event.protocol === PROTOCOL_UDP && event.fields.integer(eve.DROP_UDPLEN) >= 0;
    // What a header is printed of was read from it; else the ports may be nobody's zeros.
    if (isTcp || isUdp) {
      if (event.sourcePort >= 0) this.#setPorts(row, GRADE_CONFIRMED);
    }
    this.#dropHeaders(row, isTcp, isUdp);
    commitRow(this.#writer);
  }

  /** The packet that set off a signature. */
  alert(): void {
    const event = this.#event;
    const denied = this.#isBlocked();
    if (event.flowId < 0) {
      if (this.#isSameAsLast()) return;
      const row = this.#row();
      this.#writer.batch.action[row] = denied ? ACTION_DENIED : ACTION_UNKNOWN;
      commitRow(this.#writer);
      return;
    }
    const sender = senderName(event.source, event.sourcePort);
    const told = this.#told.of(event.flowId, sender, event.time);
    if (denied) told.denied = true;
    if (told.lastTime === event.time && told.lastSender === sender) {
      this.#stats.skip(SAME_PACKET);
      return;
    }
    told.lastTime = event.time;
    told.lastSender = sender;
    if (event.fields.is(eve.DIRECTION, TO_CLIENT) || sender !== told.sender) {
      this.#stats.skip(ON_ANSWER);
      return;
    }
    told.lastAlert = event.time;
    told.alerts++;
    if (told.alert !== null) return;
    told.alert = this.#alerted();
    if (this.#told.waits) return;
    this.release(told, told.alert);
    told.alert = null;
  }

  /** A packet that could not be decoded: nothing in it can be trusted but its addresses. */
  anomaly(): void {
    const event = this.#event;
    if (event.flowId >= 0 || !event.fields.is(eve.ANOMALY_TYPE, DECODE)) {
      this.#stats.skip(IN_FLOW);
      return;
    }
    if (this.#isSameAsLast()) return;
    const row = this.#row();
    const { batch } = this.#writer;
    batch.sourcePort[row] = NO_PORT;
    batch.destinationPort[row] = NO_PORT;
    batch.grade[row] = hasPorts(event.protocol) ? GRADE_PLACEHOLDER : GRADE_UNCONFIRMED;
    commitRow(this.#writer);
  }

  /** Writes the row of an alert that waits no longer for its flow: its packets count now, and no more later. */
  release(told: Told, alert: Alerted): void {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const packets = told.alerts;
    batch.time[row] = alert.time;
    if (packets > 1) {
      batch.record[row] = RECORD_FLOW;
      batch.duration[row] = Math.max(0, told.lastAlert - alert.time);
    }
    batch.packets[row] = clampCount(packets);
    batch.protocol[row] = alert.protocol;
    batch.action[row] = told.denied ? ACTION_DENIED : ACTION_UNKNOWN;
    const { source, destination } = alert;
    if (source.family === 6) setSource6(batch, row, ...source.six);
    else batch.source[row] = source.four;
    if (destination.family === 6) setDestination6(batch, row, ...destination.six);
    else batch.destination[row] = destination.four;
    batch.sourcePort[row] = alert.sourcePort;
    batch.destinationPort[row] = alert.destinationPort;
    if (hasPorts(alert.protocol) && alert.sourcePort < 0) batch.grade[row] = GRADE_PLACEHOLDER;
    batch.icmpType[row] = alert.icmpType;
    batch.icmpCode[row] = alert.icmpCode;
    commitRow(this.#writer);
    told.counted += packets;
    told.alerts = 0;
  }

  #alerted(): Alerted {
    const { time, source, destination, protocol, sourcePort, destinationPort, icmpType, icmpCode } = this.#event;
    return { time, source: keep(source), destination: keep(destination), protocol, sourcePort, destinationPort, icmpType, icmpCode };
  }

  /** Whether alert.action or the verdict says that the packet went no further. An IDS "allows" what it only watches: that proves nothing. */
  #isBlocked(): boolean {
    const { fields } = this.#event;
    return fields.is(eve.ALERT_ACTION, BLOCKED) || fields.is(eve.VERDICT_ACTION, DROP) || fields.is(eve.VERDICT_ACTION, REJECT);
  }

  /** Whether the packet without a flow is the one told last; it is counted as such. */
  #isSameAsLast(): boolean {
    const { time, source, destination, protocol } = this.#event;
    const from = source.family === 6 ? hashIPv6(source.six[0]!, source.six[1]!, source.six[2]!, source.six[3]!) : source.four;
    const to =
      destination.family === 6
        ? hashIPv6(destination.six[0]!, destination.six[1]!, destination.six[2]!, destination.six[3]!)
        : destination.four;
    const last = this.#last;
    if (last.time === time && last.source === from && last.destination === to && last.protocol === protocol) {
      this.#stats.skip(SAME_PACKET);
      return true;
    }
    last.time = time;
    last.source = from;
    last.destination = to;
    last.protocol = protocol;
    return false;
  }

  /**
   * Fills a row with what every event tells; the caller commits it. A packet outside all flows whose ports are both zero was not decoded
   * so far (Suricata sets both or none): the zeros are placeholders.
   */
  #row(): number {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const event = this.#event;
    batch.time[row] = event.time;
    batch.record[row] = RECORD_PACKET;
    batch.protocol[row] = event.protocol;
    event.source.asSource(batch, row);
    event.destination.asDestination(batch, row);
    batch.icmpType[row] = event.icmpType;
    batch.icmpCode[row] = event.icmpCode;
    if (!hasPorts(event.protocol)) return row;
    const undecoded = event.sourcePort < 0 || (event.flowId < 0 && event.sourcePort === 0 && event.destinationPort === 0);
    if (undecoded) batch.grade[row] = GRADE_PLACEHOLDER;
    else this.#setPorts(row, event.flowId < 0 ? GRADE_UNCONFIRMED : GRADE_CONFIRMED);
    return row;
  }

  #setPorts(row: number, grade: number): void {
    const { batch } = this.#writer;
    batch.sourcePort[row] = this.#event.sourcePort;
    batch.destinationPort[row] = this.#event.destinationPort;
    batch.grade[row] = grade;
  }

  #dropHeaders(row: number, isTcp: boolean, isUdp: boolean): void {
    const { batch } = this.#writer;
    const event = this.#event;
    const { fields } = event;
    const six = event.source.family === 6;
    const length = event.count(eve.DROP_LEN);
    const bytes = length === 0 ? 0 : six ? length + IPV6_HEADER : length;
    batch.bytes[row] = clampCount(bytes);
    batch.tos[row] = Math.max(0, event.number(six ? eve.DROP_TC : eve.DROP_TOS, 255));
    batch.ttl[row] = Math.max(0, event.number(six ? eve.DROP_HOPLIMIT : eve.DROP_TTL, 255));
    batch.ipId[row] = Math.max(0, event.number(eve.DROP_IPID, 0xffff));
    if (isUdp) batch.payload[row] = Math.min(bytes, Math.max(0, event.number(eve.DROP_UDPLEN, 0xffff) - UDP_HEADER));
    const echoId = event.number(eve.DROP_ICMP_ID, 0xffff);
    if (echoId >= 0) batch.sequence[row] = echoId * 0x10000 + Math.max(0, event.number(eve.DROP_ICMP_SEQ, 0xffff));
    if (!isTcp) return;
    let flags = 0;
    let known = false;
    for (const [slot, flag] of FLAG_SLOTS) {
      if (fields.kinds[slot] !== JSON_ABSENT) known = true;
      if (fields.kinds[slot] === JSON_TRUE) flags |= flag;
    }
    const reserved = Math.max(0, event.number(eve.DROP_TCPRES, 15));
    batch.tcpFlags[row] = known ? flags | (reserved << 8) : FLAGS_UNKNOWN;
    // The lowest of the four is AE (RFC 9768), the others are nobody's.
    if (reserved > 1) batch.quirks[row] = batch.quirks[row]! | QUIRK_RESERVED_BITS;
    batch.sequence[row] = event.number(eve.DROP_TCPSEQ, 0xffffffff) >>> 0;
    batch.acknowledgement[row] = Math.max(0, event.number(eve.DROP_TCPACK, 0xffffffff));
    batch.window[row] = Math.max(0, event.number(eve.DROP_TCPWIN, 0xffff));
    const urgent = Math.max(0, event.number(eve.DROP_TCPURGP, 0xffff));
    batch.urgent[row] = urgent;
    if (urgent > 0 && (flags & TCP_URG) === 0) batch.quirks[row] = batch.quirks[row]! | QUIRK_URGENT_POINTER;
    const headers = six ? TCP_HEADERS6 : TCP_HEADERS;
    if (bytes > headers && ((flags & TCP_PSH) !== 0 || bytes > LONGEST_BARE)) batch.payload[row] = clampCount(bytes - headers);
  }
}
