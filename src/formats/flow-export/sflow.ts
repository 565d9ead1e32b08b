/**
 * sFlow version 5 (sflow.org: sflow_version_5.txt, sflow_drops.txt): packets that a switch picked one in N of, or that it dropped, each with
 * the first octets of its header, which our packet decoders read as they read a capture. A later fragment is one there, and has no ports.
 */
import { hashIPv6 } from "../../model/address.ts";
import {
  ICMP_TYPE_UNKNOWN,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  type ObservationBatch,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, TCP_PSH } from "../../model/protocol.ts";
import { FrameDecoder } from "../capture/frames.ts";
import { commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { linkTypeOf, NO_LINK_TYPE } from "./sflow-header-protocol.ts";
import { SflowSequences } from "./sflow-sequences.ts";
import { type ExportOutput, noteFault, type VersionDecoder } from "./version.ts";

const VERSION_5 = 5;
const ADDRESS_UNKNOWN = 0;
const ADDRESS_IPV4 = 1;
const ADDRESS_IPV6 = 2;
/** Formats of samples, enterprise 0. */
const SAMPLE_FLOW = 1;
const SAMPLE_COUNTERS = 2;
const SAMPLE_FLOW_EXPANDED = 3;
const SAMPLE_COUNTERS_EXPANDED = 4;
const SAMPLE_DISCARDED = 5;
/** Octets before a sample's records. */
const FLOW_FIXED = 32;
const FLOW_EXPANDED_FIXED = 44;
const DISCARDED_FIXED = 32;
/** Formats of records in a sample, enterprise 0. */
const RECORD_RAW_HEADER = 1;
const RECORD_IPV4 = 3;
const RECORD_IPV6 = 4;
const RAW_HEADER_FIXED = 16;
const IPV4_OCTETS = 32;
const IPV6_OCTETS = 56;
/** `output_format`: the packet was discarded, and the value tells why. */
const OUTPUT_DISCARDED = 1;
/** Streams of numbers: datagrams, and samples by kind; mixed into the key of their source. */
const STREAM_DATAGRAMS = 0x5f10;
const STREAM_DISCARDED = 0x5f15;
/** An uptime that steps by more than this is another agent's or a restart, milliseconds. */
const MOST_UPTIME_STEP = 86_400_000;
/** Agents of bare datagrams whose uptime is followed. */
const MOST_CLOCKS = 4096;
/** IPv4 and TCP headers with all the options there can be in an acknowledgement without data, octets. */
const BARE_ACK = 80;
const TCP_IP_HEADERS = 40;
const UDP_IP_HEADERS = 28;

const OLD_VERSION = "sFlow datagram of version 2 or 4: only version 5 is read";
const CUT_DATAGRAM = "sFlow datagram cut in its header";
const BAD_AGENT = "sFlow datagram with an agent address of an unknown kind";
const CUT_SAMPLES = "sFlow datagram that ends before its last sample";
const SHORT_SAMPLE = "sFlow sample shorter than its fixed part";
const CUT_RECORDS = "sFlow sample that ends before its last record";
const BAD_HEADER = "sFlow sampled header longer than its record";
const COUNTERS = "sFlow counters sample";
const OTHER_SAMPLE = "sFlow sample of another kind";
const NO_PACKET = "sFlow sample without a packet header";
const OTHER_PROTOCOL = "sFlow sampled header of a protocol not decoded";
const LOST_DATAGRAMS = "sFlow datagrams";
const LOST_SAMPLES = "sFlow samples";
const LOST_DROPS = "sFlow samples that the agent dropped";

interface UptimeClock {
  last: number;
  elapsed: number;
}

/** Decodes sFlow datagrams. */
export class SflowDecoder implements VersionDecoder {
  readonly #output: ExportOutput;
  readonly #frames: FrameDecoder;
  readonly #sequences: SflowSequences = new SflowSequences();
  /** Uptimes of the agents of bare datagrams, by agent. */
  readonly #clocks: Map<number, UptimeClock> = new Map();
  #agent = 0;
  #subAgent = 0;
  #time = 0;

  constructor(output: ExportOutput) {
    this.#output = output;
    this.#frames = new FrameDecoder(output.writer, output.stats);
  }

  /** Samples have the time at which the datagram came; a datagram from nobody knows where has `receivedAt` and what its agent's uptime grew by. */
  datagram(view: DataView, start: number, end: number, exporter: string, receivedAt: number): void {
    let at = start + 8;
    if (end < at) return this.#fault(CUT_DATAGRAM, start);
    if (view.getUint32(start) !== VERSION_5) {
      this.#output.stats.records++;
      this.#output.stats.miss(OLD_VERSION);
      return;
    }
    const addressType = view.getUint32(start + 4);
    const addressOctets = addressType === ADDRESS_IPV4 ? 4 : addressType === ADDRESS_IPV6 ? 16 : 0;
    if (addressOctets === 0 && addressType !== ADDRESS_UNKNOWN) return this.#fault(BAD_AGENT, start);
    if (end - at < addressOctets + 16) return this.#fault(CUT_DATAGRAM, start);
    this.#agent = 0;
    if (addressOctets === 4) this.#agent = view.getUint32(at);
    else if (addressOctets === 16) {
      this.#agent = hashIPv6(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
    }
    at += addressOctets;
    this.#subAgent = view.getUint32(at);
    this.#sequences.note(this.#agent, this.#subAgent, STREAM_DATAGRAMS, view.getUint32(at + 4), 0);
    if (this.#sequences.missing > 0) this.#output.stats.lose(LOST_DATAGRAMS, this.#sequences.missing);
    this.#time = exporter === "" ? receivedAt + this.#uptime(view.getUint32(at + 8)) : receivedAt;
    this.#samples(view, at + 16, end, view.getUint32(at + 12));
    this.#frames.tally();
  }

  #samples(view: DataView, start: number, end: number, count: number): void {
    const { stats } = this.#output;
    let at = start;
    for (let i = 0; i < count; i++) {
      if (end - at < 8) return this.#fault(CUT_SAMPLES, at);
      const format = view.getUint32(at);
      const body = at + 8;
      const length = view.getUint32(at + 4);
      if (length > end - body) return this.#fault(CUT_SAMPLES, at);
      const stop = body + length;
      if (format === SAMPLE_FLOW) this.#flow(view, body, stop);
      else if (format === SAMPLE_FLOW_EXPANDED) this.#flowExpanded(view, body, stop);
      else if (format === SAMPLE_DISCARDED) this.#discarded(view, body, stop);
      else {
        stats.records++;
        stats.skip(format === SAMPLE_COUNTERS || format === SAMPLE_COUNTERS_EXPANDED ? COUNTERS : OTHER_SAMPLE);
      }
      at = stop;
    }
  }

  /** Number, source, rate, pool, drops, input, output (its format in the upper two bits), records. */
  #flow(view: DataView, at: number, stop: number): void {
    if (stop - at < FLOW_FIXED) return this.#fault(SHORT_SAMPLE, at);
    this.#note(view.getUint32(at + 4), view.getUint32(at), view.getUint32(at + 16));
    const discarded = view.getUint32(at + 24) >>> 30 === OUTPUT_DISCARDED;
    this.#records(view, at + FLOW_FIXED, stop, view.getUint32(at + 28), view.getUint32(at + 8), discarded);
  }

  /** The same with a word for each of source class, source index, and format and value of input and output. */
  #flowExpanded(view: DataView, at: number, stop: number): void {
    if (stop - at < FLOW_EXPANDED_FIXED) return this.#fault(SHORT_SAMPLE, at);
    this.#note((view.getUint32(at + 4) << 24) ^ view.getUint32(at + 8), view.getUint32(at), view.getUint32(at + 20));
    const discarded = view.getUint32(at + 32) === OUTPUT_DISCARDED;
    this.#records(view, at + FLOW_EXPANDED_FIXED, stop, view.getUint32(at + 40), view.getUint32(at + 12), discarded);
  }

  /** Number, source class and index, drops, input, output, reason, records: one packet that was dropped, not sampled. */
  #discarded(view: DataView, at: number, stop: number): void {
    if (stop - at < DISCARDED_FIXED) return this.#fault(SHORT_SAMPLE, at);
    const source = (view.getUint32(at + 4) << 24) ^ view.getUint32(at + 8);
    this.#note(source ^ Math.imul(STREAM_DISCARDED, 0x9e3779b1), view.getUint32(at), view.getUint32(at + 12));
    this.#records(view, at + DISCARDED_FIXED, stop, view.getUint32(at + 28), 1, true);
  }

  #note(source: number, sequence: number, drops: number): void {
    const sequences = this.#sequences;
    sequences.note(this.#agent, this.#subAgent, source, sequence, drops);
    if (sequences.missing > 0) this.#output.stats.lose(LOST_SAMPLES, sequences.missing);
    if (sequences.dropped > 0) this.#output.stats.lose(LOST_DROPS, sequences.dropped);
  }

  /** Finds the packet among a sample's records: its raw header, or else the fields that the agent read from it. */
  #records(view: DataView, start: number, stop: number, count: number, rate: number, discarded: boolean): void {
    const { stats } = this.#output;
    stats.records++;
    let rawAt = -1;
    let rawEnd = 0;
    let fieldsAt = -1;
    let six = false;
    let at = start;
    for (let i = 0; i < count; i++) {
      const length = stop - at < 8 ? 0xffffffff : view.getUint32(at + 4);
      if (length > stop - at - 8) return noteFault(this.#output, CUT_RECORDS, at);
      const format = view.getUint32(at);
      at += 8;
      if (format === RECORD_RAW_HEADER && length >= RAW_HEADER_FIXED) {
        rawAt = at;
        rawEnd = at + length;
        break;
      }
      if ((format === RECORD_IPV4 && length >= IPV4_OCTETS) || (format === RECORD_IPV6 && length >= IPV6_OCTETS)) {
        fieldsAt = at;
        six = format === RECORD_IPV6;
      }
      at += length;
    }
    let row = -1;
    if (rawAt >= 0) row = this.#rawHeader(view, rawAt, rawEnd);
    else if (fieldsAt >= 0) row = this.#fields(view, fieldsAt, six);
    else stats.skip(NO_PACKET);
    if (row < 0) return;
    const { batch } = this.#output.writer;
    batch.time[row] = this.#time;
    batch.action[row] = discarded ? ACTION_DENIED : ACTION_UNKNOWN;
    if (rate > 1) {
      batch.packets[row] = rate;
      stats.noteSampling(rate);
    }
    commitRow(this.#output.writer);
  }

  /** Header protocol, length on the wire, octets stripped before or behind, octets kept, and these. */
  #rawHeader(view: DataView, at: number, end: number): number {
    const { stats } = this.#output;
    const held = view.getUint32(at + 12);
    if (held > end - at - RAW_HEADER_FIXED) {
      noteFault(this.#output, BAD_HEADER, at);
      return -1;
    }
    const linkType = linkTypeOf(view.getUint32(at));
    if (linkType === NO_LINK_TYPE) {
      stats.skip(OTHER_PROTOCOL);
      return -1;
    }
    const length = view.getUint32(at + 4);
    const stripped = view.getUint32(at + 8);
    return this.#frames.decodeOne(view, linkType, at + RAW_HEADER_FIXED, held, stripped < length ? length - stripped : length);
  }

  /** Length, protocol, addresses, ports, TCP flags, and type of service (or priority). */
  #fields(view: DataView, at: number, six: boolean): number {
    const { writer } = this.#output;
    const row = startRow(writer);
    const { batch } = writer;
    const length = view.getUint32(at);
    const protocol = view.getUint32(at + 4) & 0xff;
    let rest = at + 16;
    if (six) {
      setSource6(batch, row, view.getUint32(at + 8), view.getUint32(at + 12), view.getUint32(at + 16), view.getUint32(at + 20));
      setDestination6(batch, row, view.getUint32(at + 24), view.getUint32(at + 28), view.getUint32(at + 32), view.getUint32(at + 36));
      rest = at + 40;
    } else {
      batch.source[row] = view.getUint32(at + 8);
      batch.destination[row] = view.getUint32(at + 12);
    }
    batch.protocol[row] = protocol;
    batch.bytes[row] = length;
    batch.tos[row] = view.getUint32(rest + 12);
    setTransport(batch, row, protocol, view.getUint32(rest), view.getUint32(rest + 4), view.getUint32(rest + 8) & 0xff, length);
    return row;
  }

  /** Seconds by which the uptime of the agent at hand grew since its first datagram. */
  #uptime(uptime: number): number {
    const key = this.#agent ^ Math.imul(this.#subAgent, 0x9e3779b1);
    let clock = this.#clocks.get(key);
    if (clock === undefined) {
      if (this.#clocks.size >= MOST_CLOCKS) this.#clocks.clear();
      clock = { last: uptime, elapsed: 0 };
      this.#clocks.set(key, clock);
    }
    const step = (uptime - clock.last) >>> 0;
    if (step < MOST_UPTIME_STEP) clock.elapsed += step;
    clock.last = uptime;
    return clock.elapsed / 1000;
  }

  #fault(reason: string, at: number): void {
    this.#output.stats.records++;
    noteFault(this.#output, reason, at);
  }
}

/** Ports and flags as an agent tells them: it may have read them from a later fragment, and prints 0 for what it did not look at. */
function setTransport(
  batch: ObservationBatch,
  row: number,
  protocol: number,
  from: number,
  to: number,
  flags: number,
  length: number,
): void {
  batch.grade[row] = GRADE_UNCONFIRMED;
  if (hasPorts(protocol)) {
    if (from <= 0xffff && to <= 0xffff) {
      batch.sourcePort[row] = from;
      batch.destinationPort[row] = to;
    } else batch.grade[row] = GRADE_PLACEHOLDER;
  }
  if (protocol === PROTOCOL_TCP) {
    batch.tcpFlags[row] = flags === 0 ? FLAGS_UNKNOWN : flags;
    if (length > BARE_ACK || ((flags & TCP_PSH) !== 0 && length > TCP_IP_HEADERS)) batch.payload[row] = length - TCP_IP_HEADERS;
  } else if (protocol === PROTOCOL_UDP) {
    batch.tcpFlags[row] = 0;
    if (length > UDP_IP_HEADERS) batch.payload[row] = length - UDP_IP_HEADERS;
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    // Nobody agrees where type and code go in these records; 255 is a type that nobody sends.
    batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
    batch.icmpCode[row] = 255;
  }
}
