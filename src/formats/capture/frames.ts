/**
 * Frames to rows: a straight fast path for Ethernet, IPv4 without options or fragments, TCP and UDP, and the peeling loop for the rest.
 * A container format (pcap, pcapng, a sampled header in a flow record) only finds where frames stand and lists them in a run.
 */
import { FRAGMENT_NONE, QUIRK_DONT_FRAGMENT, QUIRK_EVIL_BIT, QUIRK_RESERVED_BITS, QUIRK_URGENT_POINTER } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import {
  Dissection,
  ENCAPSULATIONS,
  LAYER_ARP,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FAILED,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_PPP,
  MAX_LAYERS,
  MAX_TUNNELS,
  SKIP_BAD_IP_VERSION,
  SKIP_CUT_IP,
  SKIP_LINK_TYPE,
  SKIP_REASONS,
  SKIP_TOO_DEEP,
} from "./dissection.ts";
import { enterIPv4, enterIPv6, NO_TRANSPORT, writeArp, writeIPv4, writeIPv6 } from "./ip.ts";
import { LINK_ETHERNET, peelEthernet, peelEtherType, peelLink, peelLlc, peelPpp } from "./link.ts";
import { linkTypeName } from "./link-names.ts";
import { areRoutineOptions, hashOptions, readOptions } from "./tcp-options.ts";
import { RESERVED_FLAGS } from "./transport.ts";
import { mayBeTunnel, peelTunnel } from "./tunnel.ts";

/** Frames in a run: as many as rows in a batch. */
export const RUN_FRAMES = 2048;
/** Lengths on the wire beyond this are a lie; the limit keeps positions in V8's small integers. */
const MAX_WIRE = 0x1fffffff;
/** Link types without a name that are counted apart; more go under one key. */
const MAX_UNNAMED = 16;
const OTHER_LINKS = -1;

const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
/** The first three octets of interest of a plain frame: EtherType IPv4, version 4, header length 5. */
const PLAIN_IPV4 = 0x080045;

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

/** Decodes runs of frames into a writer's batches, and counts what it skipped and stripped. */
export class FrameDecoder {
  readonly run: FrameRun = new FrameRun();
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #state: Dissection;
  readonly #skipped: Float64Array = new Float64Array(SKIP_REASONS.length);
  readonly #stripped: Float64Array = new Float64Array(ENCAPSULATIONS.length);
  readonly #unknownLinks: Map<number, number> = new Map();
  #unnamed = 0;

  constructor(writer: ObservationWriter, stats: DecodeStats) {
    this.#writer = writer;
    this.#stats = stats;
    this.#state = new Dissection(writer.batch);
  }

  /** Decodes and empties the run. `view` spans the whole ArrayBuffer that the frames stand in. */
  decode(view: DataView): void {
    const { run } = this;
    const total = run.length;
    let index = 0;
    while (index < total) {
      let batch = this.#writer.batch;
      if (batch.length >= batch.capacity) {
        this.#writer.flush();
        batch = this.#writer.batch;
      }
      const room = batch.capacity - batch.length;
      const stop = total - index < room ? total : index + room;
      this.#state.batch = batch;
      this.#state.view = view;
      this.#decodeInto(view, index, stop);
      index = stop;
    }
    run.length = 0;
    if (this.#writer.batch.length >= this.#writer.batch.capacity) this.#writer.flush();
    this.#stats.records += total;
  }

  /** Brings the maps of the stats up to date. */
  tally(): void {
    for (let id = 0; id < this.#skipped.length; id++) {
      if (this.#skipped[id]! > 0 && id !== SKIP_LINK_TYPE) this.#stats.skipped.set(SKIP_REASONS[id]!, this.#skipped[id]!);
    }
    for (const [linkType, count] of this.#unknownLinks) this.#stats.skipped.set(linkReason(linkType), count);
    for (let id = 0; id < this.#stripped.length; id++) {
      if (this.#stripped[id]! > 0) this.#stats.encapsulations.set(ENCAPSULATIONS[id]!, this.#stripped[id]!);
    }
  }

  /** The frames `[from, to)` of the run, for which the batch has room. */
  #decodeInto(view: DataView, from: number, to: number): void {
    const { at: starts, captured, wire, time: times, linkType } = this.run;
    const batch = this.#state.batch;
    const {
      time,
      source,
      destination,
      sourcePort,
      destinationPort,
      sequence,
      acknowledgement,
      optionsHash,
      bytes,
      payload,
      protocol,
      tcpFlags,
      window,
      mss,
      ipId,
      quirks,
      urgent,
      family,
      ttl,
      options,
      tos,
    } = batch;
    let row = batch.length;
    // Columns that are nearly always zero are cleared for all rows at once, which costs less than a store in each.
    const last = row + to - from;
    batch.fragment.fill(FRAGMENT_NONE, row, last);
    batch.grade.fill(0, row, last);
    batch.icmpType.fill(0, row, last);
    batch.icmpCode.fill(0, row, last);
    batch.quotedProtocol.fill(0, row, last);
    batch.tunnels.fill(0, row, last);
    optionsHash.fill(0, row, last);
    mss.fill(0, row, last);
    urgent.fill(0, row, last);
    options.fill(0, row, last);

    for (let i = from; i < to; i++) {
      const at = starts[i]!;
      const held = captured[i]!;
      time[row] = times[i]!;
      if (held >= ETHERNET_HEADER + IPV4_HEADER + 8 && linkType[i] === LINK_ETHERNET) {
        const ip = at + ETHERNET_HEADER;
        const first = view.getUint32(at + 12);
        const fragmentWord = view.getUint32(ip + 6);
        // Neither more-fragments nor an offset.
        if (first >>> 8 === PLAIN_IPV4 && (fragmentWord & 0x3fff0000) === 0) {
          const lengthWord = view.getUint32(ip + 2);
          const length = lengthWord >>> 16;
          const transport = fragmentWord & 0xff;
          const l4 = ip + IPV4_HEADER;
          if (transport === PROTOCOL_TCP && length >= 40 && held >= ETHERNET_HEADER + 40) {
            const word = view.getUint32(l4 + 12);
            const headerLength = (word >>> 28) * 4;
            if (headerLength >= 20 && length - IPV4_HEADER >= headerLength && held - ETHERNET_HEADER - IPV4_HEADER >= headerLength) {
              const ports = view.getUint32(l4);
              const flags = (word >>> 16) & 0xfff;
              const pointer = view.getUint16(l4 + 18);
              let quirk = ipQuirks(fragmentWord);
              if ((flags & RESERVED_FLAGS) !== 0) quirk |= QUIRK_RESERVED_BITS;
              if (pointer !== 0) {
                urgent[row] = pointer;
                if ((flags & TCP_URG) === 0) quirk |= QUIRK_URGENT_POINTER;
              }
              source[row] = view.getUint32(ip + 12);
              destination[row] = view.getUint32(ip + 16);
              sourcePort[row] = ports >>> 16;
              destinationPort[row] = ports & 0xffff;
              sequence[row] = view.getUint32(l4 + 4);
              acknowledgement[row] = view.getUint32(l4 + 8);
              bytes[row] = length;
              payload[row] = length - IPV4_HEADER - headerLength;
              protocol[row] = PROTOCOL_TCP;
              tcpFlags[row] = flags;
              window[row] = word;
              ipId[row] = lengthWord;
              quirks[row] = quirk;
              family[row] = 4;
              ttl[row] = fragmentWord >>> 8;
              tos[row] = first;
              if (headerLength > 20) {
                const optionsEnd = l4 + headerLength;
                const found = readOptions(view, l4 + 20, optionsEnd);
                options[row] = found;
                mss[row] = found >>> 8;
                if ((flags & (TCP_SYN | TCP_ACK | TCP_URG)) !== TCP_ACK || !areRoutineOptions(view, l4 + 20)) {
                  optionsHash[row] = hashOptions(view, l4 + 20, optionsEnd);
                }
              }
              row++;
              continue;
            }
          } else if (transport === PROTOCOL_UDP && length >= 28) {
            const ports = view.getUint32(l4);
            if (!mayBeTunnel(ports >>> 16, ports & 0xffff)) {
              source[row] = view.getUint32(ip + 12);
              destination[row] = view.getUint32(ip + 16);
              sourcePort[row] = ports >>> 16;
              destinationPort[row] = ports & 0xffff;
              sequence[row] = 0;
              acknowledgement[row] = 0;
              bytes[row] = length;
              payload[row] = length - IPV4_HEADER - 8;
              protocol[row] = PROTOCOL_UDP;
              tcpFlags[row] = 0;
              window[row] = 0;
              ipId[row] = lengthWord;
              quirks[row] = ipQuirks(fragmentWord);
              family[row] = 4;
              ttl[row] = fragmentWord >>> 8;
              tos[row] = first;
              row++;
              continue;
            }
          }
        }
      }
      row += this.#dissect(row, linkType[i]!, at, held, wire[i]!);
    }
    batch.length = row;
  }

  /** Peels one frame down to its innermost IP header and writes that row. Returns 1, or 0 where there was nothing to observe. */
  #dissect(row: number, linkType: number, start: number, held: number, wire: number): number {
    const d = this.#state;
    d.at = start;
    d.end = start + held;
    d.wireEnd = start + (wire < held ? held : wire > MAX_WIRE ? MAX_WIRE : wire);
    d.tunnels = 0;
    d.strict = false;
    d.pathLength = 0;
    let layer = peelLink(d, linkType);
    // The last good IP header, to come back to where what is inside it cannot be read.
    let family = 0;
    let at = 0;
    let end = 0;
    let wireEnd = 0;
    let protocol = 0;
    let transportAt = 0;
    let pathLength = 0;
    let tunnels = 0;
    for (let count = 0; layer !== LAYER_DONE && layer !== LAYER_FAILED; count++) {
      if (count >= MAX_LAYERS) {
        layer = d.fail(SKIP_TOO_DEEP);
        break;
      }
      switch (layer) {
        case LAYER_ETHERNET:
          layer = peelEthernet(d);
          break;
        case LAYER_ETHERTYPE:
          layer = peelEtherType(d);
          break;
        case LAYER_LLC:
          layer = peelLlc(d);
          break;
        case LAYER_PPP:
          layer = peelPpp(d);
          break;
        case LAYER_ARP:
          layer = writeArp(d, row);
          if (layer === LAYER_DONE) {
            this.#countPath(d.pathLength);
            return 1;
          }
          break;
        case LAYER_IP: {
          if (d.at >= d.end) {
            layer = d.fail(SKIP_CUT_IP);
            break;
          }
          const nibble = d.view.getUint8(d.at) >>> 4;
          layer = nibble === 4 ? LAYER_IPV4 : nibble === 6 ? LAYER_IPV6 : d.fail(SKIP_BAD_IP_VERSION);
          break;
        }
        default: {
          const six = layer === LAYER_IPV6;
          layer = six ? enterIPv6(d) : enterIPv4(d);
          if (layer === LAYER_FAILED) break;
          family = six ? 6 : 4;
          at = d.at;
          end = d.end;
          wireEnd = d.wireEnd;
          protocol = d.protocol;
          transportAt = d.transportAt;
          pathLength = d.pathLength;
          tunnels = d.tunnels;
          if (transportAt !== NO_TRANSPORT && tunnels < MAX_TUNNELS) {
            layer = peelTunnel(d);
            if (layer !== LAYER_DONE) d.tunnels = tunnels + 1;
          }
        }
      }
    }
    if (family === 0) {
      this.#skip(d.reason, linkType);
      return 0;
    }
    d.at = at;
    d.end = end;
    d.wireEnd = wireEnd;
    d.protocol = protocol;
    d.transportAt = transportAt;
    d.tunnels = tunnels;
    if (family === 4) writeIPv4(d, row);
    else writeIPv6(d, row);
    this.#countPath(pathLength);
    return 1;
  }

  #countPath(length: number): void {
    const { path } = this.#state;
    for (let i = 0; i < length; i++) this.#stripped[path[i]!] = this.#stripped[path[i]!]! + 1;
  }

  #skip(reason: number, linkType: number): void {
    this.#skipped[reason] = this.#skipped[reason]! + 1;
    if (reason !== SKIP_LINK_TYPE) return;
    let key = linkType;
    if (!this.#unknownLinks.has(key) && linkTypeName(key) === null && ++this.#unnamed > MAX_UNNAMED) key = OTHER_LINKS;
    this.#unknownLinks.set(key, (this.#unknownLinks.get(key) ?? 0) + 1);
  }
}

/** Quirks of the IPv4 flags, from the word that begins with them. */
function ipQuirks(fragmentWord: number): number {
  return ((fragmentWord & 0x40000000) !== 0 ? QUIRK_DONT_FRAGMENT : 0) | (fragmentWord < 0x80000000 ? 0 : QUIRK_EVIL_BIT);
}

function linkReason(linkType: number): string {
  if (linkType === OTHER_LINKS) return "other link types not decoded";
  const name = linkTypeName(linkType);
  return `link type ${linkType}${name === null ? "" : ` (${name})`} not decoded`;
}
