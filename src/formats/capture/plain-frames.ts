/**
 * The fast path: Ethernet (one 802.1Q tag allowed), IPv4 without options or fragments, TCP and UDP: most frames of most captures.
 *
 * One loop without calls: V8 then keeps what it knows of the columns from row to row. Filling a few columns at a time in several loops
 * was measured to be no faster. TCP options, which need a loop of their own, are read afterwards.
 */
import {
  ACTION_UNKNOWN,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  type ObservationBatch,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  QUIRK_RESERVED_BITS,
  QUIRK_URGENT_POINTER,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { LINK_ETHERNET } from "./link.ts";
import { areRoutineOptions, hashOptions, readOptions } from "./tcp-options.ts";
import { RESERVED_FLAGS } from "./transport.ts";
import { mayBeTunnel } from "./tunnel.ts";

/** Frames in a run: as many as rows in a batch. */
export const RUN_FRAMES = 2048;

const ETHERNET_HEADER = 14;
const TAG = 4;
const ETHERTYPE_TAG = 0x8100;
const IPV4_HEADER = 20;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
/** EtherType IPv4, version 4, header length 5. */
const PLAIN_IPV4 = 0x080045;
/** More fragments, and the offset, in a word that begins with the IPv4 flags. */
const FRAGMENT_BITS = 0x3fff0000;

/** Frames that a container found in one buffer. */
export class FrameRun {
  length = 0;
  /** Start of the frame, octets from the start of the buffer's ArrayBuffer. */
  readonly at: Int32Array = new Int32Array(RUN_FRAMES);
  /** Octets kept, and octets on the wire. */
  readonly captured: Int32Array = new Int32Array(RUN_FRAMES);
  readonly wire: Uint32Array = new Uint32Array(RUN_FRAMES);
  /** Seconds since 1970. */
  readonly time: Float64Array = new Float64Array(RUN_FRAMES);
  readonly linkType: Int32Array = new Int32Array(RUN_FRAMES);
}

/** Decodes the plain frames at the front of a range, and then the TCP options of those that have some. */
export class PlainFrames {
  /** Tags stripped so far. */
  tags = 0;
  /** Rows whose options are to be read: row, and where the TCP header begins. */
  readonly #optionRow: Int32Array = new Int32Array(RUN_FRAMES);
  readonly #optionAt: Int32Array = new Int32Array(RUN_FRAMES);

  /** Sets the columns that nearly always hold one value, for all rows at once: cheaper than a store in each. */
  clear(batch: ObservationBatch, from: number, to: number): void {
    batch.family.fill(4, from, to);
    batch.fragment.fill(FRAGMENT_NONE, from, to);
    batch.grade.fill(GRADE_CONFIRMED, from, to);
    batch.icmpType.fill(0, from, to);
    batch.icmpCode.fill(0, from, to);
    batch.quotedProtocol.fill(0, from, to);
    batch.tunnels.fill(0, from, to);
    batch.optionsHash.fill(0, from, to);
    batch.mss.fill(0, from, to);
    batch.urgent.fill(0, from, to);
    batch.options.fill(0, from, to);
    batch.packets.fill(1, from, to);
    batch.duration.fill(0, from, to);
    batch.record.fill(RECORD_PACKET, from, to);
    batch.action.fill(ACTION_UNKNOWN, from, to);
  }

  /**
   * Writes rows for the frames `[from, to)` of the run until one is not plain, and returns its index (or `to`).
   * The batch must have room for all, cleared.
   */
  decode(view: DataView, run: FrameRun, from: number, to: number, batch: ObservationBatch): number {
    const { at: starts, captured, time: times, linkType } = run;
    const { time, source, destination, sourcePort, destinationPort, sequence, acknowledgement, bytes, payload } = batch;
    const { protocol, tcpFlags, window, ipId, quirks, urgent, ttl, tos } = batch;
    const optionRow = this.#optionRow;
    const optionAt = this.#optionAt;
    let withOptions = 0;
    let tags = 0;
    let row = batch.length;
    let i = from;
    for (; i < to; i++) {
      const at = starts[i]!;
      let held = captured[i]! - ETHERNET_HEADER;
      if (held < IPV4_HEADER + UDP_HEADER || linkType[i] !== LINK_ETHERNET) break;
      let ip = at + ETHERNET_HEADER;
      let first = view.getUint32(at + 12);
      let tag = 0;
      if (first >>> 16 === ETHERTYPE_TAG) {
        held -= TAG;
        if (held < IPV4_HEADER + UDP_HEADER) break;
        first = view.getUint32(at + 12 + TAG);
        ip += TAG;
        tag = 1;
      }
      const fragmentWord = view.getUint32(ip + 6);
      if (first >>> 8 !== PLAIN_IPV4 || (fragmentWord & FRAGMENT_BITS) !== 0) break;
      const lengthWord = view.getUint32(ip + 2);
      const length = lengthWord >>> 16;
      const transport = fragmentWord & 0xff;
      const l4 = ip + IPV4_HEADER;
      const ports = view.getUint32(l4);
      let quirk = ((fragmentWord & 0x40000000) !== 0 ? QUIRK_DONT_FRAGMENT : 0) | (fragmentWord < 0x80000000 ? 0 : QUIRK_EVIL_BIT);
      if (transport === PROTOCOL_TCP) {
        if (held < IPV4_HEADER + TCP_HEADER) break;
        const word = view.getUint32(l4 + 12);
        const headerLength = (word >>> 28) * 4;
        if (headerLength < TCP_HEADER || length - IPV4_HEADER < headerLength || held - IPV4_HEADER < headerLength) break;
        const flags = (word >>> 16) & 0xfff;
        const pointer = view.getUint16(l4 + 18);
        if ((flags & RESERVED_FLAGS) !== 0) quirk |= QUIRK_RESERVED_BITS;
        if (pointer !== 0) {
          urgent[row] = pointer;
          if ((flags & TCP_URG) === 0) quirk |= QUIRK_URGENT_POINTER;
        }
        if (headerLength > TCP_HEADER) {
          optionRow[withOptions] = row;
          optionAt[withOptions++] = l4;
        }
        sequence[row] = view.getUint32(l4 + 4);
        acknowledgement[row] = view.getUint32(l4 + 8);
        payload[row] = length - IPV4_HEADER - headerLength;
        tcpFlags[row] = flags;
        window[row] = word;
      } else if (transport === PROTOCOL_UDP) {
        if (length < IPV4_HEADER + UDP_HEADER || mayBeTunnel(ports >>> 16, ports & 0xffff)) break;
        sequence[row] = 0;
        acknowledgement[row] = 0;
        payload[row] = length - IPV4_HEADER - UDP_HEADER;
        tcpFlags[row] = 0;
        window[row] = 0;
      } else break;
      time[row] = times[i]!;
      source[row] = view.getUint32(ip + 12);
      destination[row] = view.getUint32(ip + 16);
      sourcePort[row] = ports >>> 16;
      destinationPort[row] = ports & 0xffff;
      bytes[row] = length;
      protocol[row] = transport;
      ipId[row] = lengthWord;
      quirks[row] = quirk;
      ttl[row] = fragmentWord >>> 8;
      tos[row] = first;
      tags += tag;
      row++;
    }
    batch.length = row;
    this.tags += tags;
    if (withOptions > 0) this.#readOptions(view, batch, withOptions);
    return i;
  }

  #readOptions(view: DataView, batch: ObservationBatch, count: number): void {
    const { options, mss, optionsHash, tcpFlags } = batch;
    for (let i = 0; i < count; i++) {
      const row = this.#optionRow[i]!;
      const tcp = this.#optionAt[i]!;
      const at = tcp + TCP_HEADER;
      const end = tcp + (view.getUint8(tcp + 12) >>> 4) * 4;
      const found = readOptions(view, at, end);
      options[row] = found;
      mss[row] = found >>> 8;
      if ((tcpFlags[row]! & (TCP_SYN | TCP_ACK | TCP_URG)) !== TCP_ACK || !areRoutineOptions(view, at)) {
        optionsHash[row] = hashOptions(view, at, end);
      }
    }
  }
}
