/** Rows of `flow` events (both directions of a conversation) and `netflow` events (one of them). */
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  NO_PORT,
  QUIRK_QUOTES_PACKET,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, TCP_PSH } from "../../model/protocol.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { clampCount, commitRow, markReassembled, startRow } from "../record-row.ts";
import { ascii } from "../text/fields.ts";
import { JSON_STRING } from "../text/json-fields.ts";
import {
  BYTES_TOCLIENT,
  BYTES_TOSERVER,
  FLOW_ACTION,
  FLOW_END,
  FLOW_STATE,
  NETFLOW_BYTES,
  NETFLOW_END,
  NETFLOW_MIN_TTL,
  NETFLOW_PKTS,
  PKTS_TOCLIENT,
  PKTS_TOSERVER,
  RESPONSE_ICMP_CODE,
  RESPONSE_ICMP_TYPE,
  TCP_FLAGS,
  TCP_FLAGS_TC,
  TCP_FLAGS_TS,
  TCP_STATE,
} from "./eve-fields.ts";
import type { EveEvent } from "./event.ts";
import { senderName, type Told, type ToldFlows } from "./told.ts";

const NEW = ascii("new");
const DROP = ascii("drop");
const ACCEPT = ascii("accept");
const PASS = ascii("pass");

const NO_PACKETS = "Suricata flow without packets";
const TOLD_BY_FLOW = "Suricata netflow event: its flow event counted its packets";
const TOLD_BY_NETFLOW = "Suricata flow event: its netflow events counted its packets";
const ALERT_COUNTED = "Suricata alert: its flow event counts its packet";

/** How much later than the opener's its peer's first packet counts, seconds: Suricata does not log it. */
const REPLY_DELAY = 1e-6;
/** Headers of IP and UDP together, octets, by family; TCP's longest adds 60, an Ethernet frame's padding up to 6 more. */
const UDP_HEADERS = 28;
const UDP_HEADERS6 = 48;
const TCP_HEADERS = 40;
const TCP_HEADERS6 = 60;
const LONGEST_BARE_TCP = 80;
const ICMP_UNREACHABLE = 3;
const ICMP_PORT_UNREACHABLE = 3;
/** Flows whose event was seen last, by their id; a power of two. */
const RECENT = 4096;

/** Writes rows of flows, each flow once. */
export class FlowRows {
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #event: EveEvent;
  readonly #told: ToldFlows;
  /** Ids of flows by a part of their bits: positive where a flow event told of them, negative for netflow events. */
  readonly #recent = new Float64Array(RECENT);
  #start = 0;
  #duration = 0;
  #action = ACTION_UNKNOWN;
  #grade = GRADE_CONFIRMED;

  constructor(writer: ObservationWriter, stats: DecodeStats, event: EveEvent, told: ToldFlows) {
    this.#writer = writer;
    this.#stats = stats;
    this.#event = event;
    this.#told = told;
  }

  flow(): void {
    const event = this.#event;
    if (this.#toldAlready(1)) {
      this.#stats.skip(TOLD_BY_NETFLOW);
      return;
    }
    this.#readCommon(FLOW_END);
    const sent = event.count(PKTS_TOSERVER);
    const answered = event.count(PKTS_TOCLIENT);
    if (sent === 0 && answered === 0) {
      this.#stats.skip(NO_PACKETS);
      return;
    }
    const told = event.flowId < 0 ? undefined : this.#told.ended(event.flowId);
    let sentTold = 0;
    let answeredTold = 0;
    if (told !== undefined) {
      const swapped = told.sender !== senderName(event.source, event.sourcePort);
      sentTold = swapped ? told.countedOfPeer : told.counted;
      answeredTold = swapped ? told.counted : told.countedOfPeer;
      this.#absorb(told);
    }
    if (sent > 0) {
      this.#row(true, sent, sentTold, event.count(BYTES_TOSERVER), TCP_FLAGS_TS);
      commitRow(this.#writer);
    }
    if (answered === 0) return;
    if (this.#answersAreUnreachable()) this.#unreachable(answered, event.count(BYTES_TOCLIENT));
    else {
      const row = this.#row(false, answered, answeredTold, event.count(BYTES_TOCLIENT), TCP_FLAGS_TC);
      if (sent === 0) this.#writer.batch.time[row] = this.#start;
    }
    commitRow(this.#writer);
  }

  netflow(): void {
    const event = this.#event;
    if (this.#toldAlready(-1)) {
      this.#stats.skip(TOLD_BY_FLOW);
      return;
    }
    this.#readCommon(NETFLOW_END);
    const packets = event.count(NETFLOW_PKTS);
    if (packets === 0) {
      this.#stats.skip(NO_PACKETS);
      return;
    }
    const told = event.flowId < 0 ? undefined : this.#told.directionEnded(event.flowId);
    let counted = 0;
    if (told !== undefined) {
      const isSender = told.sender === senderName(event.source, event.sourcePort);
      counted = isSender ? told.counted : told.countedOfPeer;
      if (isSender) told.counted = 0;
      else told.countedOfPeer = 0;
      this.#absorb(told);
    }
    const row = this.#row(true, packets, counted, event.count(NETFLOW_BYTES), TCP_FLAGS);
    this.#writer.batch.ttl[row] = Math.max(0, event.number(NETFLOW_MIN_TTL, 255));
    commitRow(this.#writer);
  }

  /** Whether an event of the other kind has told of this flow: both may be logged. `kind` is this event's sign in the table. */
  #toldAlready(kind: 1 | -1): boolean {
    const id = this.#event.flowId;
    if (id <= 0) return false;
    const place = id % RECENT;
    if (this.#recent[place] === -kind * id) return true;
    this.#recent[place] = kind * id;
    return false;
  }

  #readCommon(endSlot: number): void {
    const event = this.#event;
    const end = event.timeOf(endSlot);
    this.#start = event.time;
    this.#duration = end > this.#start ? end - this.#start : 0;
    const { fields } = event;
    this.#action = ACTION_UNKNOWN;
    if (fields.kinds[FLOW_ACTION] === JSON_STRING) {
      if (fields.is(FLOW_ACTION, DROP)) this.#action = ACTION_DENIED;
      else if (fields.is(FLOW_ACTION, ACCEPT) || fields.is(FLOW_ACTION, PASS)) this.#action = ACTION_ALLOWED;
    }
    // Suricata sees a flow only where it could read the transport header; fragments it puts together first.
    this.#grade = hasPorts(event.protocol) && event.sourcePort < 0 ? GRADE_PLACEHOLDER : GRADE_CONFIRMED;
  }

  /** Takes over what alerts said. */
  #absorb(told: Told): void {
    if (told.denied) this.#action = ACTION_DENIED;
    if (told.alert === null) return;
    this.#stats.skip(ALERT_COUNTED, told.alerts);
    told.alert = null;
  }

  /** Fills a row of one direction; the caller commits it. */
  #row(forward: boolean, packets: number, counted: number, frameBytes: number, flagsSlot: number): number {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const event = this.#event;
    const { protocol } = event;
    batch.time[row] = forward ? this.#start : this.#start + REPLY_DELAY;
    batch.duration[row] = this.#duration;
    batch.record[row] = RECORD_FLOW;
    batch.action[row] = this.#action;
    batch.grade[row] = this.#grade;
    batch.protocol[row] = protocol;
    batch.packets[row] = clampCount(Math.max(0, packets - counted));
    (forward ? event.source : event.destination).asSource(batch, row);
    (forward ? event.destination : event.source).asDestination(batch, row);
    const bytes = event.ipBytes(frameBytes, packets);
    batch.bytes[row] = clampCount(bytes);
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      batch.icmpType[row] = forward ? event.icmpType : Math.max(0, event.number(RESPONSE_ICMP_TYPE, 255));
      batch.icmpCode[row] = forward ? event.icmpCode : Math.max(0, event.number(RESPONSE_ICMP_CODE, 255));
      return row;
    }
    batch.sourcePort[row] = forward ? event.sourcePort : event.destinationPort;
    batch.destinationPort[row] = forward ? event.destinationPort : event.sourcePort;
    const six = event.source.family === 6;
    if (protocol === PROTOCOL_TCP) {
      // "00" is written where the stream engine kept no session, and so no flags.
      const logged = event.flagsOf(flagsSlot);
      const flags = logged > 0 ? logged : FLAGS_UNKNOWN;
      batch.tcpFlags[row] = flags;
      const headers = six ? TCP_HEADERS6 : TCP_HEADERS;
      const hasData = (flags !== FLAGS_UNKNOWN && (flags & TCP_PSH) !== 0) || bytes > packets * (headers + LONGEST_BARE_TCP);
      batch.payload[row] = hasData ? clampCount(Math.max(1, bytes - packets * headers)) : 0;
    } else if (protocol === PROTOCOL_UDP) {
      batch.payload[row] = clampCount(Math.max(0, bytes - packets * (six ? UDP_HEADERS6 : UDP_HEADERS)));
    }
    const payload = batch.payload[row]!;
    if (payload > batch.bytes[row]) batch.bytes[row] = payload;
    // Of packets that are not counted here their octets are
    if (protocol === PROTOCOL_UDP && counted === 0) markReassembled(batch, row);
    return row;
  }

  /**
   * Whether what came back were errors that say the port or host cannot be reached: Suricata counts those of ICMPv4 in the flow they are
   * about, and they move neither its state nor its TCP flags (FlowGetHash, ICMPV4_DEST_UNREACH_IS_VALID).
   */
  #answersAreUnreachable(): boolean {
    const event = this.#event;
    if (event.source.family !== 4 || !event.fields.is(FLOW_STATE, NEW) || event.count(PKTS_TOSERVER) === 0) return false;
    if (event.protocol === PROTOCOL_UDP) return true;
    return event.protocol === PROTOCOL_TCP && event.fields.kinds[TCP_STATE] === JSON_STRING && event.flagsOf(TCP_FLAGS_TC) === 0;
  }

  /** The errors, as from the probed host itself; the caller commits the row. */
  #unreachable(packets: number, frameBytes: number): void {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const event = this.#event;
    batch.time[row] = this.#start + REPLY_DELAY;
    batch.duration[row] = this.#duration;
    batch.record[row] = RECORD_FLOW;
    batch.action[row] = this.#action;
    batch.protocol[row] = PROTOCOL_ICMP;
    batch.icmpType[row] = ICMP_UNREACHABLE;
    batch.icmpCode[row] = ICMP_PORT_UNREACHABLE;
    batch.packets[row] = clampCount(packets);
    batch.bytes[row] = clampCount(event.ipBytes(frameBytes, packets));
    event.destination.asSource(batch, row);
    event.source.asDestination(batch, row);
    batch.quirks[row] = QUIRK_QUOTES_PACKET;
    event.destination.asQuoted(batch, row);
    batch.quotedProtocol[row] = event.protocol;
    batch.quotedSourcePort[row] = event.sourcePort < 0 ? NO_PORT : event.sourcePort;
    batch.quotedDestinationPort[row] = event.destinationPort < 0 ? NO_PORT : event.destinationPort;
  }
}
