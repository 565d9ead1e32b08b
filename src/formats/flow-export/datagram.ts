/** Flow-export datagrams of any version, told apart by their first octets: what listeners, captures and bare files hand their payloads to. */
import type { DecodeStats, ObservationWriter } from "../format.ts";

/** What {@link exportVersion} says of octets that begin no flow-export datagram. */
export const EXPORT_NONE = 0;
export const EXPORT_NETFLOW_1 = 1;
export const EXPORT_NETFLOW_5 = 5;
export const EXPORT_NETFLOW_7 = 7;
export const EXPORT_NETFLOW_9 = 9;
export const EXPORT_IPFIX = 10;
/** sFlow v5 has no version number of its own range: its word 5 begins with two zero octets (sflow.org, sFlow version 5, §5). */
export const EXPORT_SFLOW_5 = 0x5f105;

/** Where decoders of datagrams put what they read. */
export interface ExportOutput {
  readonly writer: ObservationWriter;
  readonly stats: DecodeStats;
  /** What outlives the input (`DecodeContext.memory`): templates, samplers, clocks of exporters. */
  readonly memory: Map<string, unknown>;
  /** Octets of the input before `bytes[0]` (of the buffer at hand): faults tell their place as `place + position`. */
  place: number;
}

/** Decodes the datagrams of one version. It never throws; it counts records, faults and losses in `output.stats`. */
export interface VersionDecoder {
  /**
   * Decodes the whole datagram at `[at, end)` of `view`, which spans a whole ArrayBuffer.
   * @param exporter the address it came from, as text: the key of the exporter's state; "" where nobody knows
   * @param receivedAt seconds since 1970 by the clock of whoever received it
   */
  datagram(view: DataView, at: number, end: number, exporter: string, receivedAt: number): void;
  /** The input is over: counts what was held back in vain. */
  finish?(): void;
}

/** The version of the datagram that begins at `at`, by its first octets (four are enough), or EXPORT_NONE. */
export function exportVersion(view: DataView, at: number, end: number): number {
  if (end - at < 4) return EXPORT_NONE;
  const version = view.getUint16(at);
  switch (version) {
    case EXPORT_NETFLOW_1:
    case EXPORT_NETFLOW_5:
    case EXPORT_NETFLOW_7:
    case EXPORT_NETFLOW_9:
    case EXPORT_IPFIX:
      return version;
    case 0:
      return view.getUint16(at + 2) === 5 ? EXPORT_SFLOW_5 : EXPORT_NONE;
    default:
      return EXPORT_NONE;
  }
}

/** How the decoder of each version is made, once a datagram of it comes. A new version adds itself here. */
const MAKERS: ReadonlyMap<number, (output: ExportOutput) => VersionDecoder> = new Map();

const NOT_FLOW_EXPORT = "not a flow-export datagram (version unknown)";

/** Decodes datagrams of all versions, mixed as they come, from any number of exporters. */
export class ExportDatagramDecoder {
  readonly output: ExportOutput;
  readonly #decoders: Map<number, VersionDecoder> = new Map();
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(writer: ObservationWriter, stats: DecodeStats, memory: Map<string, unknown> = new Map()) {
    this.output = { writer, stats, memory, place: 0 };
  }

  /**
   * Decodes the datagram that fills `bytes[start, end)`; whether it was of a version known here (else it is counted as a fault).
   * @param exporter the address it came from, as text; "" where nobody knows
   * @param receivedAt seconds since 1970
   */
  datagram(bytes: Uint8Array, start: number, end: number, exporter: string, receivedAt: number): boolean {
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const at = bytes.byteOffset + start;
    const version = exportVersion(this.#view, at, bytes.byteOffset + end);
    const decoder = this.#decoders.get(version) ?? this.#make(version);
    if (decoder === null) {
      this.output.stats.records++;
      this.output.stats.fault(NOT_FLOW_EXPORT, this.output.place + start, "octet");
      return false;
    }
    decoder.datagram(this.#view, at, bytes.byteOffset + end, exporter, receivedAt);
    return true;
  }

  /** The input is over: what was held back for want of a template is counted. */
  finish(): void {
    for (const decoder of this.#decoders.values()) decoder.finish?.();
  }

  #make(version: number): VersionDecoder | null {
    const maker = MAKERS.get(version);
    if (maker === undefined) return null;
    const decoder = maker(this.output);
    this.#decoders.set(version, decoder);
    return decoder;
  }
}
