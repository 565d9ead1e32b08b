/** Frames to the flow-export datagrams they carry. Our packet decoders find the payload, whatever the link, tags and tunnels before it. */
import { formatIPv4, formatIPv6 } from "../../model/address.ts";
import { FRAGMENT_NONE, type ObservationBatch } from "../../model/observation.ts";
import { type FrameConsumer, FrameDecoder } from "../capture/frames.ts";
import { FrameRun } from "../capture/plain-frames.ts";
import { ExportDatagramDecoder } from "../flow-export/datagram.ts";
import { isExportDatagram } from "../flow-export/plausible.ts";
import { EXPORT_NONE, exportVersion, noteFault } from "../flow-export/version.ts";
import { DecodeStats, type ObservationWriter } from "../format.ts";

/** Exporters whose address is kept as text. */
const MOST_NAMES = 4096;

const NOT_FLOW = "packet that is no flow-export datagram";
const FRAGMENT = "fragment of a datagram: flow export is read from whole ones";
const CUT = "flow-export datagram cut by the capture";

/** Takes the frames of a capture and decodes the flow-export datagrams among them. */
export class FlowFrames implements FrameConsumer {
  readonly run: FrameRun = new FrameRun();
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #packets: FrameDecoder;
  readonly #datagrams: ExportDatagramDecoder;
  /** Ports to which a sound datagram has gone: what else goes there and looks like one is a damaged one. */
  readonly #collectors: Uint8Array = new Uint8Array(65_536);
  readonly #names: Map<number, string> = new Map();
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(writer: ObservationWriter, stats: DecodeStats, memory: Map<string, unknown>) {
    this.#writer = writer;
    this.#stats = stats;
    // What the packets around the datagrams are is of no interest: their reasons go nowhere.
    this.#packets = new FrameDecoder(writer, new DecodeStats());
    this.#datagrams = new ExportDatagramDecoder(writer, stats, memory);
  }

  decode(view: DataView, origin: number): void {
    const { run } = this;
    if (this.#bytes.buffer !== view.buffer) this.#bytes = new Uint8Array(view.buffer);
    this.#datagrams.output.place = origin;
    for (let i = 0; i < run.length; i++) {
      const row = this.#packets.decodeOne(view, run.linkType[i]!, run.at[i]!, run.captured[i]!, run.wire[i]!);
      const at = row < 0 ? -1 : this.#packets.udpPayload();
      if (at >= 0 && this.#writer.batch.fragment[row] === FRAGMENT_NONE) this.#payload(view, row, at, run.time[i]!);
      else this.#skip(row >= 0 && this.#writer.batch.fragment[row] !== FRAGMENT_NONE ? FRAGMENT : NOT_FLOW);
    }
    run.length = 0;
  }

  tally(): void {}

  /** Decodes the payload at `at` of the packet that stands in the (uncommitted) row. */
  #payload(view: DataView, row: number, at: number, time: number): void {
    const { batch } = this.#writer;
    const end = this.#packets.payloadEnd;
    const port = batch.destinationPort[row]!;
    if (exportVersion(view, at, end) === EXPORT_NONE) return this.#skip(NOT_FLOW);
    if (isExportDatagram(view, at, end)) this.#collectors[port] = 1;
    else if (this.#collectors[port] === 0) return this.#skip(NOT_FLOW);
    if (end - at < this.#packets.payloadLength) {
      this.#stats.records++;
      noteFault(this.#datagrams.output, CUT, at);
      return;
    }
    this.#datagrams.datagram(this.#bytes, at, end, this.#nameOf(batch, row), time);
  }

  /** The exporter's address as text. */
  #nameOf(batch: ObservationBatch, row: number): string {
    const { source6 } = batch;
    if (batch.family[row] === 6) return formatIPv6(source6[4 * row]!, source6[4 * row + 1]!, source6[4 * row + 2]!, source6[4 * row + 3]!);
    const word = batch.source[row]!;
    let name = this.#names.get(word);
    if (name === undefined) {
      if (this.#names.size >= MOST_NAMES) this.#names.clear();
      name = formatIPv4(word);
      this.#names.set(word, name);
    }
    return name;
  }

  #skip(reason: string): void {
    this.#stats.records++;
    this.#stats.skip(reason);
  }
}
