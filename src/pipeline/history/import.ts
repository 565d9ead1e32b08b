/**
 * History from files, old and new: each input is recorded apart, cut in parts where the recorder is full, and each part has a token of the
 * input's content, so that what a store has taken in it does not take again, be it after an interrupt or by mistake.
 */
import type { Mapping } from "../../formats/mapped/mapping.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { UsageError } from "../../model/errors.ts";
import type { ImportedInput } from "../../model/imported.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { KnownRows } from "../../observe/known-rows.ts";
import { expandInputs } from "../../sources/expand.ts";
import type { Store } from "../../store/store.ts";
import type { Progress } from "../observe-inputs.ts";
import { readBatches } from "../observe-inputs.ts";
import { type Unread, withoutPassedOver } from "../passed-over.ts";
import type { ReadSummary } from "../read-inputs.ts";
import { type FilePlan, planFiles } from "./import-ledger.ts";
import { InputRecording, type RecordedPart } from "./input-recording.ts";
import type { RecordOptions } from "./record.ts";

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
export type ImportStore = Pick<Store, "importBatch" | "importTokens" | "noteImports" | "sensors" | "aliveIntervals">;

export interface ImportHistory {
  /** The store as it is, to ask what it has, closed before the other is opened; null where there is none yet. */
  readonly openKnown: () => Promise<Pick<Store, "importTokens" | "close"> | null>;
  /** Opened at the first observation. */
  readonly open: () => Promise<ImportStore>;
}

/**
 * Reads inputs into a store, which is opened at the first observation: what cannot be read leaves no empty history behind. Inputs that
 * cannot be read are in the result; where none can, the first error is thrown.
 * @throws UsageError, FilterError, InputError, StoreError
 */
export async function importHistory(options: ImportOptions, history: ImportHistory): Promise<Imported> {
  const started = performance.now();
  const { paths, found, problems } = expandInputs(options.inputs);
  if (paths.length === 0) throw problems[0] ?? new UsageError("no input: name a file, a folder, or - for standard input");
  const { sensor, home, filter, since, until, inputFormat, mapping, threads, onProgress } = options;
  const how = { sensor, home, since, until, filter, inputFormat, mapping, fields: mapping === null ? [] : [...mapping.fields] };
  const known = await history.openKnown();
  const { files, twins } = await planFiles(paths, how, options.targets, known).finally(() => known?.close());
  const writing = new HistoryWriting(options, files, history.open);
  const summary = await readBatches(
    {
      specs: files.map(({ path }) => path),
      known: files.map(({ known }) => known),
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

/** Takes batches, input after input, and writes what is recorded while reading waits. */
class HistoryWriting {
  readonly #options: ImportOptions;
  readonly #files: readonly FilePlan[];
  readonly #openStore: () => Promise<ImportStore>;
  #opening: Promise<ImportStore> | null = null;
  #recording: InputRecording | null = null;
  #input = -1;
  /** Parts that wait for the store. */
  readonly #waiting: (RecordedPart & { readonly file: FilePlan })[] = [];
  #writing: Promise<void> | null = null;
  readonly #inputs: ImportedInput[] = [];
  /** Intervals that history had of the sensor before, and its observations so far. */
  #before: ReadonlySet<number> | null = null;
  #observations = 0;
  /** What earlier inputs had; null where there is but one. */
  readonly #rows: KnownRows | null;

  constructor(options: ImportOptions, files: readonly FilePlan[], openStore: () => Promise<ImportStore>) {
    this.#options = options;
    this.#files = files;
    this.#openStore = openStore;
    this.#rows = files.length > 1 ? new KnownRows() : null;
  }

  take(batch: ObservationBatch, input: number): void {
    if (input !== this.#input) {
      this.#end(0);
      this.#rows?.next();
      this.#input = input;
      const { path, partsToken, known } = this.#files[input]!;
      this.#recording = new InputRecording(
        { name: path, token: partsToken, knownBytes: known },
        this.#options.sensor,
        this.#options,
        (part) => {
          this.#waiting.push({ ...part, file: this.#files[input]! });
        },
      );
    }
    this.#rows?.leaveOut(batch);
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
    this.#recording?.end(lost, this.#rows?.leftOut ?? 0);
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

  async #writePart({ batch, token, ended, file }: RecordedPart & { readonly file: FilePlan }): Promise<void> {
    const store = await this.#store();
    const lacking = whatLacks(batch, file);
    if (lacking !== null) await store.importBatch(lacking, token);
    if (ended === null) return;
    if (file.marks.length > 0) await store.noteImports(file.marks);
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

/** Of a part, what history has not; null where it has all. */
function whatLacks(batch: HistoryBatch, { isNew, groups }: FilePlan): HistoryBatch | null {
  const targetGroups = batch.targetGroups.filter(({ group }) => groups.has(group));
  if (isNew) return { ...batch, targetGroups };
  if (targetGroups.length === 0) return null;
  return { ...batch, activity: { ...batch.activity, length: 0 }, series: { ...batch.series, length: 0 }, liveness: [], targetGroups };
}
