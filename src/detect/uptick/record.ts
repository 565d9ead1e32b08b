/**
 * The exact record of one series in bounded memory: "highest in 412 days". Two lists: values that nothing later exceeded (a monotonic
 * stack: when was it last as high), and the highest of all, a day apart at least (how many were higher).
 */
import type { UptickRecord } from "../../model/incident.ts";
import { FALLING, HIGHEST } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Peaks nearer to one another than this are one, seconds. */
const APART = 86_400;

export class Records {
  readonly #table: SeriesTable;
  readonly #bucketSeconds: number;
  readonly #apart: number;

  constructor(table: SeriesTable, bucketSeconds: number) {
    this.#table = table;
    this.#bucketSeconds = bucketSeconds;
    this.#apart = Math.max(1, Math.floor(APART / bucketSeconds));
  }

  /** Remembers a value. Not for values of an event that is open, which would be compared with itself. */
  add(row: number, bucket: number, value: number): void {
    if (!(value > 0)) return;
    this.#addFalling(row, bucket, value);
    this.#addHighest(row, bucket, value);
  }

  /** How a value ranks in all that was added; null where it was higher within memory too often to tell. */
  rank(row: number, value: number): UptickRecord | null {
    const { doubles, layout } = this.#table;
    const at = row * layout.doubles;
    let since = -1;
    for (let i = 0; i < FALLING; i++) {
      const known = doubles[at + layout.falling + 2 * i]!;
      if (known === 0 || known < value) break;
      since = doubles[at + layout.falling + 2 * i + 1]!;
    }
    let rank = 1;
    while (rank <= HIGHEST && doubles[at + layout.highest + 2 * (rank - 1)]! > value) rank++;
    if (since < 0) return { rank: 1, since: doubles[at + layout.firstBucket]! * this.#bucketSeconds, ofAll: true };
    // Equal to the highest: not higher than all, though nothing is higher.
    if (rank > HIGHEST || value <= doubles[at + layout.fallingLost]!) return null;
    return { rank, since: since * this.#bucketSeconds, ofAll: false };
  }

  /** The list is falling: what is as low or lower than the new value is covered by it. Full, it loses its lowest, the latest. */
  #addFalling(row: number, bucket: number, value: number): void {
    const { doubles, layout } = this.#table;
    const at = row * layout.doubles + layout.falling;
    let length = 0;
    while (length < FALLING && doubles[at + 2 * length]! > value) length++;
    if (length === FALLING) {
      doubles[row * layout.doubles + layout.fallingLost] = Math.max(doubles[row * layout.doubles + layout.fallingLost]!, value);
      return;
    }
    doubles[at + 2 * length] = value;
    doubles[at + 2 * length + 1] = bucket;
    for (let i = length + 1; i < FALLING; i++) doubles[at + 2 * i] = 0;
    // What was lost is older than this and no higher, so it no longer matters.
    if (value >= doubles[row * layout.doubles + layout.fallingLost]!) doubles[row * layout.doubles + layout.fallingLost] = 0;
  }

  #addHighest(row: number, bucket: number, value: number): void {
    const { doubles, layout } = this.#table;
    const at = row * layout.doubles + layout.highest;
    if (value <= doubles[at + 2 * (HIGHEST - 1)]!) return;
    let place = HIGHEST - 1;
    for (let i = 0; i < HIGHEST; i++) {
      if (doubles[at + 2 * i]! > 0 && bucket - doubles[at + 2 * i + 1]! < this.#apart) {
        if (doubles[at + 2 * i]! >= value) return;
        place = i;
        break;
      }
    }
    for (; place > 0 && doubles[at + 2 * (place - 1)]! < value; place--) {
      doubles[at + 2 * place] = doubles[at + 2 * (place - 1)]!;
      doubles[at + 2 * place + 1] = doubles[at + 2 * (place - 1) + 1]!;
    }
    doubles[at + 2 * place] = value;
    doubles[at + 2 * place + 1] = bucket;
  }
}
