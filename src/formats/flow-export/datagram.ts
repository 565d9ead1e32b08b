/** Flow-export datagrams of any version, told apart by their first octets: what listeners, captures and bare files hand their payloads to. */
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { heldBackOf } from "./held-back.ts";
import { IpfixDecoder } from "./ipfix.ts";
import { FixedDecoder, NETFLOW_1, NETFLOW_5, NETFLOW_7 } from "./netflow5.ts";
import { NetFlow9Decoder } from "./netflow9.ts";
import { SflowDecoder } from "./sflow.ts";
import {
  EXPORT_IPFIX,
  EXPORT_NETFLOW_1,
  EXPORT_NETFLOW_5,
  EXPORT_NETFLOW_7,
  EXPORT_NETFLOW_9,
  EXPORT_SFLOW_5,
  EXPORT_SFLOW_OLD,
  type ExportOutput,
  exportVersion,
  noteFault,
  type VersionDecoder,
} from "./version.ts";

/** How the decoder of each version is made, once a datagram of it comes. A new version adds itself here. */
const MAKERS: ReadonlyMap<number, (output: ExportOutput) => VersionDecoder> = new Map([
  [EXPORT_NETFLOW_1, (output: ExportOutput): VersionDecoder => new FixedDecoder(output, NETFLOW_1)],
  [EXPORT_NETFLOW_5, (output): VersionDecoder => new FixedDecoder(output, NETFLOW_5)],
  [EXPORT_NETFLOW_7, (output): VersionDecoder => new FixedDecoder(output, NETFLOW_7)],
  [EXPORT_NETFLOW_9, (output): VersionDecoder => new NetFlow9Decoder(output)],
  [EXPORT_IPFIX, (output): VersionDecoder => new IpfixDecoder(output)],
  [EXPORT_SFLOW_5, (output): VersionDecoder => new SflowDecoder(output)],
  [EXPORT_SFLOW_OLD, (output): VersionDecoder => new SflowDecoder(output)],
]);

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
      noteFault(this.output, NOT_FLOW_EXPORT, at);
      return false;
    }
    decoder.datagram(this.#view, at, bytes.byteOffset + end, exporter, receivedAt);
    return true;
  }

  /** No further input comes: what still waits for a template is counted as lost to this one. */
  finish(): void {
    heldBackOf(this.output.memory).giveUp(this.output.stats);
  }

  #make(version: number): VersionDecoder | null {
    const maker = MAKERS.get(version);
    if (maker === undefined) return null;
    const decoder = maker(this.output);
    this.#decoders.set(version, decoder);
    return decoder;
  }
}
