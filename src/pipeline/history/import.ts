/**
 * History from files, old and new: each input is recorded apart, cut in parts where the recorder is full, and each part has a token of the
 * input's content, so that what a store has taken in it does not take again, be it after an interrupt or by mistake.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Mapping } from "../../formats/mapped/mapping.ts";
import { UsageError } from "../../model/errors.ts";
import type { ImportedInput } from "../../model/imported.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { expandInputs } from "../../sources/expand.ts";
import { STANDARD_INPUT } from "../../sources/file.ts";
import type { Store } from "../../store/store.ts";
import type { Progress } from "../observe-inputs.ts";
import { readBatches } from "../observe-inputs.ts";
import { type Unread, withoutPassedOver } from "../passed-over.ts";
import type { ReadSummary } from "../read-inputs.ts";
import { InputRecording, type RecordedPart } from "./input-recording.ts";
import type { RecordOptions } from "./record.ts";

/** Rises when other rows count, or parts are cut elsewhere: old tokens must not stand for new parts. */
const RULES = 1;

export interface ImportOptions extends RecordOptions {
  readonly inputs: readonly string[];
  readonly sensor: string;
  readonly since: number | null;
  readonly until: number | null;
  readonly filter: string | null;
  readonly inputFormat: string | null;
  readonly mapping: Mapping | null;
  /** 0: decide by the size of the input. */
  readonly threads: number;
  readonly onProgress: ((progress: Progress) => void) | null;
}

export interface Imported extends Unread {
  readonly summary: ReadSummary;
  /** Inputs of which anything was chosen, in the order in which they were read. */
  readonly inputs: readonly ImportedInput[];
  /** Files with the same content as one before them, which were not read. */
  readonly twins: readonly string[];
  readonly seconds: number;
}

/** What an import needs of a store. */
export type ImportStore = Pick<Store, "importBatch" | "sensors" | "aliveIntervals">;

/**
 * Reads inputs into a store, which is opened at the first observation: what cannot be read leaves no empty history behind. Inputs that
 * cannot be read are in the result; where none can, the first error is thrown.
 * @throws UsageError, FilterError, InputError, StoreError
 */
export async function importHistory(options: ImportOptions, openStore: () => Promise<ImportStore>): Promise<Imported> {
  const started = performance.now();
  const { paths, found, problems } = expandInputs(options.inputs);
  if (paths.length === 0) throw problems[0] ?? new UsageError("no input: name a file, a folder, or - for standard input");
  const { files, twins } = await tokensOf(paths, options);
  const writing = new HistoryWriting(options, files, openStore);
  const { filter, since, until, inputFormat, mapping, threads, onProgress } = options;
  const summary = await readBatches(
    {
      specs: files.map(({ path }) => path),
      choice: { filter, since, until },
      reading: { format: inputFormat, mapping },
      threads,
      onProgress,
    },
    writing,
  );
  const errors = [...problems, ...summary.unreadable];
  if (summary.sources.length === 0 && errors[0] !== undefined) throw errors[0];
  const inputs = await writing.finish([...summary.lost.values()].reduce((sum, count) => sum + count, 0));
  const seconds = (performance.now() - started) / 1000;
  return { summary, inputs, twins, seconds, ...withoutPassedOver(errors, found) };
}

interface TokenFile {
  readonly path: string;
  /** Null for what cannot be read twice: its parts are known by what is in them. */
  readonly token: string | null;
}

/** Files with their tokens; those whose content was named before are left out. */
async function tokensOf(paths: readonly string[], options: ImportOptions): Promise<{ files: TokenFile[]; twins: string[] }> {
  const { sensor, home, targets, since, until, filter, inputFormat, mapping } = options;
  const how = JSON.stringify([RULES, sensor, home, targets, since, until, filter, inputFormat, mapping]);
  const files: TokenFile[] = [];
  const twins: string[] = [];
  const known = new Set<string>();
  for (const path of paths) {
    const content = path === STANDARD_INPUT ? null : await contentHash(path);
    const token = content === null ? null : createHash("sha256").update(`${content} ${how}`).digest("hex");
    if (token !== null && known.has(token)) twins.push(path);
    else files.push({ path, token });
    if (token !== null) known.add(token);
  }
  return { files, twins };
}

/** Hash and length of a file as it is stored; null where it cannot be read, which whoever reads it will say. */
async function contentHash(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const octets = chunk as Uint8Array;
      hash.update(octets);
      length += octets.length;
    }
  } catch {
    return null;
  }
  return `${hash.digest("hex")} ${length}`;
}

/** Takes batches, input after input, and writes what is recorded while reading waits. */
class HistoryWriting {
  readonly #options: ImportOptions;
  readonly #files: readonly TokenFile[];
  readonly #openStore: () => Promise<ImportStore>;
  #opening: Promise<ImportStore> | null = null;
  #recording: InputRecording | null = null;
  #input = -1;
  /** Parts that wait for the store. */
  readonly #waiting: RecordedPart[] = [];
  #writing: Promise<void> | null = null;
  readonly #inputs: ImportedInput[] = [];
  /** Intervals that history had of the sensor before, and its observations so far. */
  #before: ReadonlySet<number> | null = null;
  #observations = 0;

  constructor(options: ImportOptions, files: readonly TokenFile[], openStore: () => Promise<ImportStore>) {
    this.#options = options;
    this.#files = files;
    this.#openStore = openStore;
  }

  take(batch: ObservationBatch, input: number): void {
    if (input !== this.#input) {
      this.#end(0);
      this.#input = input;
      const { path, token } = this.#files[input]!;
      this.#recording = new InputRecording(path, token, this.#options.sensor, this.#options, (part) => this.#waiting.push(part));
    }
    this.#recording?.observe(batch);
  }

  /** One write is under way while the next part is recorded; two are not. A store that cannot be had is told before much is read for it. */
  pause(): Promise<void> | null {
    if (this.#opening === null && this.#recording !== null) return this.#store().then(() => undefined);
    return this.#waiting.length === 0 ? null : this.#write();
  }

  async finish(lost: number): Promise<readonly ImportedInput[]> {
    this.#end(lost);
    await this.#write();
    await this.#writing;
    return this.#inputs;
  }

  #end(lost: number): void {
    this.#recording?.end(lost);
    this.#recording = null;
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.#before ??= await this.#aliveBefore();
    for (let part = this.#waiting.shift(); part !== undefined; part = this.#waiting.shift()) {
      await this.#writing;
      this.#writing = this.#writePart(part);
      // Its failure is told where it is waited for.
      this.#writing.catch(() => {});
    }
  }

  #store(): Promise<ImportStore> {
    this.#opening ??= this.#openStore();
    return this.#opening;
  }

  async #writePart({ batch, token, ended }: RecordedPart): Promise<void> {
    await (await this.#store()).importBatch(batch, token);
    if (ended === null) return;
    const observations = await this.#observationsOfSensor();
    let knownIntervals = 0;
    for (const interval of ended.intervals) if (this.#before?.has(interval) === true) knownIntervals++;
    this.#inputs.push({ ...ended.input, knownIntervals, added: observations - this.#observations });
    this.#observations = observations;
  }

  async #aliveBefore(): Promise<ReadonlySet<number>> {
    this.#observations = await this.#observationsOfSensor();
    const alive = await (await this.#store()).aliveIntervals(ALL_TIMES);
    return new Set(alive.flatMap(({ interval, sensors }) => (sensors.includes(this.#options.sensor) ? [interval] : [])));
  }

  async #observationsOfSensor(): Promise<number> {
    const sensors = await (await this.#store()).sensors(ALL_TIMES);
    return sensors.find(({ sensor }) => sensor === this.#options.sensor)?.observations ?? 0;
  }
}

const ALL_TIMES = { from: 0, to: 2 ** 32 - 1 };
