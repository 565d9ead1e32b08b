/**
 * Frames to rows: plain ones by the fast path of `plain-frames.ts`, the rest by peeling header after header.
 * A container format (pcap, pcapng, a sampled header in a flow record) only finds where frames stand and lists them in a run.
 */
import { ACTION_UNKNOWN } from "../../model/observation.ts";
import { PROTOCOL_UDP } from "../../model/protocol.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { startRow } from "../record-row.ts";
import {
  Dissection,
  ENCAP_DOT1Q,
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
import { peelEthernet, peelEtherType, peelLink, peelLlc, peelPpp } from "./link.ts";
import { linkTypeName } from "./link-names.ts";
import { FrameRun, PlainFrames } from "./plain-frames.ts";
import { peelTunnel } from "./tunnel.ts";

/** Lengths on the wire beyond this are a lie; the limit keeps positions in V8's small integers. */
const MAX_WIRE = 0x1fffffff;
/** Link types without a name that are counted apart; more go under one key. */
const MAX_UNNAMED = 16;
const OTHER_LINKS = -1;
const UDP_HEADER = 8;

/** Who takes the frames that a container finds: rows are made of them, or of what they carry. */
export interface FrameConsumer {
  readonly run: FrameRun;
  /**
   * Decodes and empties the run. `view` spans the whole ArrayBuffer that the frames stand in.
   * @param origin offset in the input of the view's first octet; below 0 where that was never part of it.
   */
  decode(view: DataView, origin: number): void;
  /** Brings the maps of the stats up to date. */
  tally(): void;
}

/** Decodes runs of frames into a writer's batches, and counts what it skipped and stripped. */
export class FrameDecoder implements FrameConsumer {
  readonly run: FrameRun = new FrameRun();
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #state: Dissection;
  readonly #plain: PlainFrames = new PlainFrames();
  readonly #skipped: Float64Array = new Float64Array(SKIP_REASONS.length);
  readonly #stripped: Float64Array = new Float64Array(ENCAPSULATIONS.length);
  readonly #unknownLinks: Map<number, number> = new Map();
  #unnamed = 0;
  /** Where the payload that {@link udpPayload} found ends, as far as it was kept, and how many octets of it were sent. */
  payloadEnd = 0;
  payloadLength = 0;

  constructor(writer: ObservationWriter, stats: DecodeStats) {
    this.#writer = writer;
    this.#stats = stats;
    this.#state = new Dissection(writer.batch);
  }

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

  /**
   * Decodes the frame `[at, at + held)` alone into the row that `startRow` gives, and returns that row, or -1 where there is nothing to
   * observe. For records that hold one frame: the caller corrects the row, commits it (or not) and counts the record.
   */
  decodeOne(view: DataView, linkType: number, at: number, held: number, wire: number): number {
    const row = startRow(this.#writer);
    this.#state.batch = this.#writer.batch;
    this.#state.view = view;
    return this.#dissect(row, linkType, at, held, wire) ? row : -1;
  }

  /** Where the UDP payload of the frame that `decodeOne` read begins, or -1 where it has none; `payloadEnd` tells where it ends. */
  udpPayload(): number {
    const d = this.#state;
    const at = d.transportAt;
    if (d.protocol !== PROTOCOL_UDP || at === NO_TRANSPORT || d.end - at < UDP_HEADER) return -1;
    const length = d.view.getUint16(at + 4);
    const stop = length >= UDP_HEADER && at + length < d.wireEnd ? at + length : d.wireEnd;
    this.payloadEnd = stop < d.end ? stop : d.end;
    this.payloadLength = stop - at - UDP_HEADER;
    return at + UDP_HEADER;
  }

  tally(): void {
    this.#stripped[ENCAP_DOT1Q] = this.#stripped[ENCAP_DOT1Q]! + this.#plain.tags;
    this.#plain.tags = 0;
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
    const { run } = this;
    const batch = this.#state.batch;
    const plain = this.#plain;
    plain.clear(batch, batch.length, batch.length + to - from);
    for (let i = from; i < to; i++) {
      i = plain.decode(view, run, i, to, batch);
      if (i === to) break;
      const row = batch.length;
      if (this.#dissect(row, run.linkType[i]!, run.at[i]!, run.captured[i]!, run.wire[i]!)) {
        batch.time[row] = run.time[i]!;
        batch.action[row] = this.#state.action;
        batch.length = row + 1;
      }
    }
  }

  /** Peels one frame down to its innermost IP header and writes that row. Returns whether there was one. */
  #dissect(row: number, linkType: number, start: number, held: number, wire: number): boolean {
    const d = this.#state;
    d.at = start;
    d.end = start + held;
    d.wireEnd = start + (wire < held ? held : wire > MAX_WIRE ? MAX_WIRE : wire);
    d.tunnels = 0;
    d.action = ACTION_UNKNOWN;
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
            return true;
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
      return false;
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
    return true;
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

function linkReason(linkType: number): string {
  if (linkType === OTHER_LINKS) return "other link types not decoded";
  const name = linkTypeName(linkType);
  return `link type ${linkType}${name === null ? "" : ` (${name})`} not decoded`;
}
