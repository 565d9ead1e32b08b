/** The versions of flow-export datagrams, and what the decoder of each one is given and gives. */
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
/** sFlow v2 and v4, which are told apart so that they can be named. */
export const EXPORT_SFLOW_OLD = 0x5f104;

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
    case 0: {
      const word = view.getUint16(at + 2);
      return word === 5 ? EXPORT_SFLOW_5 : word === 2 || word === 4 ? EXPORT_SFLOW_OLD : EXPORT_NONE;
    }
    default:
      return EXPORT_NONE;
  }
}

/** Where decoders of datagrams put what they read. */
export interface ExportOutput {
  readonly writer: ObservationWriter;
  /** Of the input in which the records at hand stood. */
  stats: DecodeStats;
  /** What outlives the input (`DecodeContext.memory`): templates, samplers, clocks of exporters, data that waits for its template. */
  readonly memory: Map<string, unknown>;
  /** Offset in the input of the first octet of the view at hand; below 0 where that was never part of it. Faults add it to their place. */
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
}

/** Counts a record (or datagram, set, template) at position `at` of the view that did not parse. */
export function noteFault(output: ExportOutput, reason: string, at: number): void {
  output.stats.fault(reason, Math.max(0, output.place + at), "octet");
}
