/** Inputs to observations: opens each source, recognises its format, and lets its decoder fill batches. One input's trouble never stops the others. */
import { statSync } from "node:fs";
import { heldBackOf } from "../formats/flow-export/held-back.ts";
import { type Decoder, type DecodeStats, type Format, HEAD_BYTES, type ObservationWriter } from "../formats/format.ts";
import { FORMATS } from "../formats/index.ts";
import { InputError } from "../model/errors.ts";
import type { InputSource } from "../model/report.ts";
import { STANDARD_INPUT } from "../sources/file.ts";
import { type SourceSpec, openSource } from "../sources/open.ts";
import type { ByteReader } from "../sources/reader.ts";
import { FormatChoice, type ReadOptions } from "./format-choice.ts";
import { looksLike, OPENING_BYTES, unknownReason } from "./odd-input.ts";

/** Octets read at a time: large enough for few system calls, small enough to stay in the cache while it is decoded. */
const READ_BYTES = 1 << 20;

/** What reading came to. */
export interface ReadSummary {
  readonly sources: InputSource[];
  readonly lost: Map<string, number>;
  readonly skipped: Map<string, number>;
  readonly encapsulations: Map<string, number>;
  /** Inputs that could not be read at all. */
  readonly unreadable: InputError[];
}

/** Gets octets as stored and records so far, over all inputs, after each read; a promise makes reading wait for it. */
export type ReadProgress = (bytes: number, records: number) => Promise<void> | null;

/** Reads inputs one after another into a writer. */
export class InputReader {
  readonly summary: ReadSummary = { sources: [], lost: new Map(), skipped: new Map(), encapsulations: new Map(), unreadable: [] };
  readonly #writer: ObservationWriter;
  readonly #onProgress: ReadProgress;
  readonly #buffer: Uint8Array;
  readonly #choice: FormatChoice;
  /** What decoders keep from one input to the next: templates of flow exporters come in files of their own. */
  readonly #memory = new Map<string, unknown>();
  /** Inputs whose counts are not final: some of their records wait for a template, which a later input may hold. By place in the summary. */
  readonly #waiting = new Map<number, DecodeStats>();
  #known = 0;
  #bytesBefore = 0;
  #recordsBefore = 0;

  /** @throws UsageError where the format has no such name. */
  constructor(writer: ObservationWriter, options: ReadOptions, onProgress: ReadProgress) {
    this.#writer = writer;
    this.#choice = new FormatChoice(options);
    this.#onProgress = onProgress;
    this.#buffer = new Uint8Array(READ_BYTES + 2 * Math.max(...FORMATS.map((format) => format.maxRecord)));
  }

  /** Reads one input to its end. Trouble goes into the summary. Rows of its first `known` octets, decompressed, are thrown away. */
  async read(spec: SourceSpec, known = 0): Promise<void> {
    this.#known = known;
    let reader: ByteReader | null = null;
    try {
      reader = await openSource(spec);
      await this.#readOpen(reader, writtenAt(spec));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.summary.unreadable.push(error);
    } finally {
      await reader?.close();
    }
  }

  /** All inputs have been read: what still waits for a template is counted as lost. */
  finish(): ReadSummary {
    const { summary } = this;
    heldBackOf(this.#memory).giveUp();
    for (const [index, stats] of this.#waiting) {
      this.#addCounts(stats);
      summary.sources[index] = { ...summary.sources[index]!, ...countsOf(stats) };
    }
    this.#waiting.clear();
    return summary;
  }

  async #readOpen(reader: ByteReader, written: number): Promise<void> {
    const buffer = this.#buffer;
    let end = 0;
    // A pipe that stays open is judged by what has come; a file by all of its head.
    const enough = reader.size === null ? OPENING_BYTES : HEAD_BYTES;
    while (end < enough) {
      const count = await reader.read(buffer, end);
      if (count === 0) break;
      end += count;
    }
    const head = buffer.subarray(0, Math.min(end, HEAD_BYTES));
    const format = this.#choice.of(head);
    if (format === null) throw new InputError("E_INPUT_UNKNOWN", reader.name, reader.damage?.reason ?? unknownReason(head));
    const opening = head.slice(0, OPENING_BYTES);
    const decoder = format.decoder(this.#writer, { writtenAt: written, memory: this.#memory });
    await this.#decode(reader, decoder, end);
    this.#settle(reader, decoder, format, opening);
  }

  async #decode(reader: ByteReader, decoder: Decoder, filled: number): Promise<void> {
    const buffer = this.#buffer;
    let start = 0;
    let end = filled;
    for (;;) {
      if (this.#known > 0) start = this.#learn(decoder, start, end);
      if (this.#known === 0) start += decoder.push(buffer, start, end);
      const pause = this.#onProgress(this.#bytesBefore + reader.bytesRead, this.#recordsBefore + decoder.stats.records);
      if (pause !== null) await pause;
      if (start > 0) {
        buffer.copyWithin(0, start, end);
        end -= start;
        start = 0;
      }
      if (end === buffer.length) break;
      const read = reader.read(buffer, end);
      const count = typeof read === "number" ? read : await read;
      if (count === 0) break;
      end += count;
    }
    decoder.end(buffer, start, end);
  }

  /** Decodes what is known already, for what comes behind it; returns where it stopped. */
  #learn(decoder: Decoder, start: number, end: number): number {
    const length = Math.min(this.#known, end - start);
    let used = 0;
    this.#writer.mute(() => {
      used = decoder.push(this.#buffer, start, start + length);
    });
    // A record that goes on behind it is not known
    this.#known = length === this.#known ? 0 : this.#known - used;
    return start + used;
  }

  #settle(reader: ByteReader, decoder: Decoder, format: Format, opening: Uint8Array): void {
    // No batch holds rows of two inputs: their clocks may be years apart.
    this.#writer.flush();
    const { stats } = decoder;
    const { summary } = this;
    if (heldBackOf(this.#memory).holds(stats)) this.#waiting.set(summary.sources.length, stats);
    else this.#addCounts(stats);
    this.#bytesBefore += reader.bytesRead;
    this.#recordsBefore += stats.records;
    summary.sources.push({
      name: reader.name,
      format: [format.name, ...reader.compression].join("+"),
      bytes: reader.bytesRead,
      damage: reader.damage ?? stats.damage,
      looksLike: looksLike(opening, format, stats),
      proves: format.proves,
      ...countsOf(stats),
    });
  }

  #addCounts(stats: DecodeStats): void {
    addCounts(this.summary.skipped, stats.skipped);
    addCounts(this.summary.encapsulations, stats.encapsulations);
    addCounts(this.summary.lost, stats.lost);
  }
}

function countsOf({
  records,
  foreign,
  unparsed,
  faults,
  sampled,
  isAnonymised: anonymised,
}: DecodeStats): Pick<InputSource, "records" | "foreign" | "unparsed" | "faults" | "sampled" | "anonymised"> {
  return { records, foreign, unparsed, faults, anonymised, sampled: sampled.records === 0 ? null : { ...sampled } };
}

function addCounts(to: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count);
}

/** Seconds since 1970 when a file was last written to; now for what is no file. */
function writtenAt(spec: SourceSpec): number {
  const stat = typeof spec === "string" && spec !== STANDARD_INPUT ? statSync(spec, { throwIfNoEntry: false }) : undefined;
  return (stat?.isFile() === true ? stat.mtimeMs : Date.now()) / 1000;
}
