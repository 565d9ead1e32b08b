/** Bare files of flow-export datagrams, one behind the other: what `nc -lu 2055 > file`, collectors' test data and packet dumps hold. */
import { type Decoder, type DecodeContext, DecodeStats, type Format, HEAD_BYTES, type ObservationWriter } from "../format.ts";
import { ExportDatagramDecoder } from "./datagram.ts";
import { isExportDatagram, isExportHeader } from "./plausible.ts";
import { datagramLength, MOST_DATAGRAM, NEEDS_MORE, NO_DATAGRAM, paddingLength } from "./stream.ts";
import { EXPORT_IPFIX, EXPORT_NETFLOW_9, EXPORT_NONE, EXPORT_SFLOW_5, exportVersion } from "./version.ts";

/** Nobody knows who sent the datagrams of a file. */
const NOBODY = "";

/** The format of bare flow-export datagrams. */
export const FLOW_EXPORT: Format = {
  name: "flow-export",
  title: "NetFlow v1, v5, v7, v9, IPFIX and sFlow datagrams",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: 2 * MOST_DATAGRAM + 8,
  recognises,
  decoder: (writer, context) => new FlowExportDecoder(writer, context),
};

function recognises(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const end = head.length;
  const length = datagramLength(view, 0, end, end < HEAD_BYTES);
  if (length === NO_DATAGRAM) return false;
  if (length === NEEDS_MORE) return isExportHeader(view, 0, end);
  if (!isExportDatagram(view, 0, length)) return false;
  const padding = paddingLength(view, length, end);
  const next = length + padding;
  return padding < 0 || end - next < 4 || exportVersion(view, next, end) !== EXPORT_NONE;
}

class FlowExportDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #datagrams: ExportDatagramDecoder;
  readonly #writtenAt: number;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Octets of the input used by earlier calls. */
  #offset = 0;

  constructor(writer: ObservationWriter, context: DecodeContext) {
    this.#datagrams = new ExportDatagramDecoder(writer, this.stats, context.memory);
    this.#writtenAt = context.writtenAt;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    const used = this.#read(bytes, start, end, false);
    this.#offset += used;
    return used;
  }

  end(bytes: Uint8Array, start: number, end: number): void {
    if (this.stats.damage !== null) return;
    const used = this.#read(bytes, start, end, true);
    if (this.stats.damage !== null) return;
    if (!isZero(bytes, start + used, end)) {
      this.stats.damage = { offset: this.#offset + used, reason: "the input ends inside a datagram" };
    } else if (this.#offset + used === 0) this.stats.damage = { offset: 0, reason: "the input is empty" };
  }

  #read(bytes: Uint8Array, start: number, end: number, over: boolean): number {
    if (this.stats.damage !== null) return end - start;
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const view = this.#view;
    const from = bytes.byteOffset + start;
    const to = bytes.byteOffset + end;
    this.#datagrams.output.place = this.#offset - from;
    let at = from;
    for (;;) {
      const padding = paddingLength(view, at, to);
      at += padding < 0 ? -1 - padding : padding;
      if (padding < 0) break;
      const length = datagramLength(view, at, to, over);
      if (length === NEEDS_MORE) break;
      if (length === NO_DATAGRAM) {
        this.stats.damage = { offset: this.#offset + at - from, reason: "not a flow-export datagram" };
        return end - start;
      }
      this.#datagrams.datagram(bytes, at - bytes.byteOffset, at - bytes.byteOffset + length, NOBODY, this.#timeOf(view, at));
      at += length;
    }
    return at - from;
  }

  /** When the datagram was received: nobody wrote it down, so when it was sent. */
  #timeOf(view: DataView, at: number): number {
    switch (exportVersion(view, at, at + 4)) {
      case EXPORT_SFLOW_5:
        return this.#writtenAt;
      case EXPORT_IPFIX:
        return view.getUint32(at + 4);
      case EXPORT_NETFLOW_9:
        return view.getUint32(at + 8);
      default:
        return view.getUint32(at + 8) + view.getUint32(at + 12) / 1e9;
    }
  }
}

/** At most three zeros: the rest of padding. */
function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0) return false;
  return end - start < 4;
}
