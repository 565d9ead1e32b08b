/** The history of one input in parts, each with a token. The same input under the same options gives the same parts, to the last bit. */
import { createHash } from "node:crypto";
import type { HistoryBatch, Members } from "../../model/history.ts";
import type { ImportedInput } from "../../model/imported.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { INTERVAL_SECONDS } from "../../model/series.ts";
import { timeExtremes } from "../../observe/plausible-times.ts";
import { type RecordOptions, SensorRecorder } from "./record.ts";

/** A sensor that recorded nothing for longer was not there, or some clock is wrong, seconds: a day has its quiet hours. */
const LONGEST_SILENCE = 86_400;
/** Seed of what has no token before it is over. */
const PLAIN_SEED = 1;

/** A part on its way to the store. `ended`: the last of its input. */
export interface RecordedPart {
  readonly batch: HistoryBatch;
  readonly token: string;
  readonly ended: { readonly input: Omit<ImportedInput, "knownIntervals" | "added">; readonly intervals: ReadonlySet<number> } | null;
}

export interface RecordedInput {
  readonly name: string;
  /** Of its content and how it is read; null where that is not known beforehand. */
  readonly token: string | null;
  /** Octets at its beginning that history has, and whose rows do not come. */
  readonly knownBytes: number;
}

/** Records one input. */
export class InputRecording {
  readonly #name: string;
  readonly #knownBytes: number;
  readonly #token: string | null;
  readonly #recorder: SensorRecorder;
  readonly #hand: (part: RecordedPart) => void;
  #parts = 0;
  #shared = 0;
  #seriesRows = 0;
  #activityRows = 0;
  #folded = 0;
  readonly #intervals = new Set<number>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** @param hand gets the parts. */
  constructor({ name, token, knownBytes }: RecordedInput, sensor: string, options: RecordOptions, hand: (part: RecordedPart) => void) {
    this.#name = name;
    this.#knownBytes = knownBytes;
    this.#token = token;
    this.#recorder = new SensorRecorder(sensor, options, token === null ? PLAIN_SEED : Number.parseInt(token.slice(0, 8), 16));
    this.#hand = hand;
  }

  observe(batch: ObservationBatch): void {
    if (this.#recorder.isFull) this.#part(false);
    this.#recorder.observe(batch);
    const [first, last] = timeExtremes(batch);
    if (first < this.#first) this.#first = first;
    if (last > this.#last) this.#last = last;
  }

  /** The input is over. @param lost records that are known to be lost; they are put to its last interval. @param shared left out before. */
  end(lost: number, shared: number): void {
    this.#shared = shared;
    this.#fill();
    if (lost > 0) this.#recorder.lose(this.#last, lost);
    this.#part(true);
  }

  /** A sensor that saw nothing for five minutes, or for hours, in the midst of a file was alive. */
  #fill(): void {
    let before = Number.NaN;
    for (const seen of [...this.#intervals, ...this.#recorder.openIntervals].sort((a, b) => a - b)) {
      if (seen - before <= LONGEST_SILENCE) {
        for (let interval = before + INTERVAL_SECONDS; interval < seen; interval += INTERVAL_SECONDS) {
          if (this.#recorder.isFull) this.#part(false);
          this.#recorder.touch(interval);
        }
      }
      before = seen;
    }
  }

  #part(isLast: boolean): void {
    const batch = this.#recorder.take();
    this.#seriesRows += batch.series.length;
    this.#activityRows += batch.activity.length;
    for (const { interval, folded } of batch.liveness) {
      this.#folded += folded;
      this.#intervals.add(interval);
    }
    const token = this.#token === null ? tokenOf(batch) : `${this.#token}/${this.#parts}`;
    this.#parts++;
    const ended = isLast ? { input: this.#told(), intervals: this.#intervals } : null;
    this.#hand({ batch, token: `import/${token}`, ended });
  }

  #told(): Omit<ImportedInput, "knownIntervals" | "added"> {
    const { observations, own, elsewhere, unconfirmedPortZero, timeless, implausibleTimes } = this.#recorder;
    return {
      name: this.#name,
      knownBytes: this.#knownBytes,
      shared: this.#shared,
      observations,
      firstSeen: Number.isFinite(this.#first) ? this.#first : null,
      lastSeen: Number.isFinite(this.#last) ? this.#last : null,
      intervals: this.#intervals.size,
      parts: this.#parts,
      seriesRows: this.#seriesRows,
      activityRows: this.#activityRows,
      folded: this.#folded,
      own,
      elsewhere,
      unconfirmedPortZero,
      timeless,
      implausibleTimes,
    };
  }
}

/** A token of all that is in a batch. */
function tokenOf({ sensor, activity, series, targetGroups, liveness }: HistoryBatch): string {
  const hash = createHash("sha256").update(JSON.stringify([sensor, liveness]));
  const { length: _, ...columns } = activity;
  for (const column of Object.values(columns)) hash.update(column);
  for (const column of [series.interval, series.series, series.packets]) hash.update(column);
  for (const { offsets, values } of Object.values<Members>(series.members)) hash.update(offsets).update(values);
  for (const { interval, group, series: one, packets, sources, targets } of targetGroups)
    hash
      .update(JSON.stringify([interval, group, one, packets]))
      .update(sources)
      .update(targets);
  return hash.digest("hex");
}
