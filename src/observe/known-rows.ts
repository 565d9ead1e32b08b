/**
 * Rows that an earlier input of a run had too: rotated captures begin with what the one before ended with, and copies overlap. What several
 * inputs have in common counts once, and what one input has twice counts twice: the union of multisets. A row is known by a fingerprint of 64
 * bits of what it says; of many rows, those of the last million or two.
 */
import type { ObservationBatch } from "../model/observation.ts";
import type { RowFilter } from "./filter/compile.ts";
import { keepRows } from "./filter/keep-rows.ts";

/** Rows of a generation. When it is full it becomes the one before, and that one is forgotten. */
const GENERATION_ROWS = 1 << 20;
/** Words a place: fingerprint (low, high), number of the input, how often earlier inputs had it (upper half) and how often this one. */
const WORDS = 4;
const MOST = 0xffff;

export class KnownRows implements RowFilter {
  readonly text = "rows that no earlier input had";
  /** Rows of the input at hand that were left out. */
  leftOut = 0;
  readonly #rows: number;
  /** So that nobody can foresee which rows are taken for one another. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #input = 0;
  #now: Uint32Array;
  #before: Uint32Array;
  #used = 0;
  readonly #time = new Float64Array(1);
  readonly #timeWords = new Uint32Array(this.#time.buffer);
  readonly #words = new Uint32Array(20);
  #low = 0;
  #high = 0;

  constructor(rows = GENERATION_ROWS) {
    this.#rows = rows;
    this.#now = new Uint32Array(2 * WORDS * rows);
    this.#before = new Uint32Array(2 * WORDS * rows);
  }

  /** Another input begins. */
  next(): void {
    this.#input++;
    this.leftOut = 0;
  }

  /** Leaves out the rows that earlier inputs had. Where no time is finer than seconds, equal rows may be different packets: all stay. */
  leaveOut(batch: ObservationBatch): void {
    if (hasFineTimes(batch)) keepRows(batch, this, null, null);
  }

  /** Whether a row counts: false where earlier inputs had it as often. */
  matches(batch: ObservationBatch, row: number): boolean {
    this.#fingerprint(batch, row);
    const at = this.#placeOf();
    const now = this.#now;
    const counts = now[at + 3]!;
    let before = counts >>> 16;
    let here = counts & MOST;
    if (now[at + 2] !== this.#input) {
      before = Math.max(before, here);
      here = 0;
      now[at + 2] = this.#input;
    }
    if (here < MOST) here++;
    now[at + 3] = ((before << 16) | here) >>> 0;
    if (here > before) return true;
    this.leftOut++;
    return false;
  }

  /** The place of the fingerprint among those of now, with what is known of it. */
  #placeOf(): number {
    let at = this.#find(this.#now);
    if (this.#now[at + 2] !== 0) return at;
    if (this.#used >= this.#rows) {
      [this.#now, this.#before] = [this.#before, this.#now];
      this.#now.fill(0);
      this.#used = 0;
      at = this.#find(this.#now);
    }
    const old = this.#find(this.#before);
    const now = this.#now;
    now[at] = this.#low;
    now[at + 1] = this.#high;
    now[at + 2] = this.#before[old + 2] === 0 ? this.#input : this.#before[old + 2]!;
    now[at + 3] = this.#before[old + 3]!;
    this.#used++;
    return at;
  }

  /** Where the fingerprint is, or would be put. */
  #find(table: Uint32Array): number {
    const mask = table.length / WORDS - 1;
    for (let place = this.#low & mask; ; place = (place + 1) & mask) {
      const at = WORDS * place;
      if (table[at + 2] === 0 || (table[at] === this.#low && table[at + 1] === this.#high)) return at;
    }
  }

  /** Two multiply-xorshift chains with the constants of MurmurHash3's finaliser (Appleby, 2011) over what the row says. */
  #fingerprint(batch: ObservationBatch, row: number): void {
    const words = this.#words;
    this.#time[0] = batch.time[row]!;
    words[0] = this.#timeWords[0]!;
    words[1] = this.#timeWords[1]!;
    words[2] = (batch.sourcePort[row]! << 16) ^ batch.destinationPort[row]!;
    words[3] = (batch.protocol[row]! << 16) | batch.tcpFlags[row]!;
    words[4] = batch.sequence[row]!;
    words[5] = batch.acknowledgement[row]!;
    words[6] = batch.bytes[row]!;
    words[7] = batch.packets[row]!;
    words[8] = (batch.ipId[row]! << 16) | (batch.ttl[row]! << 8) | batch.fragment[row]!;
    words[9] = (batch.icmpType[row]! << 24) | (batch.icmpCode[row]! << 16) | (batch.record[row]! << 8) | batch.action[row]!;
    words[10] = batch.source[row]!;
    words[11] = batch.destination[row]!;
    let length = 12;
    if (batch.family[row] === 6) {
      for (let word = 4 * row; word < 4 * row + 4; word++) {
        words[length++] = batch.source6[word]!;
        words[length++] = batch.destination6[word]!;
      }
    }
    let low = this.#seed | 0;
    let high = ~low;
    for (let at = 0; at < length; at++) {
      const word = words[at]!;
      low = Math.imul(low ^ word, 0x85ebca6b);
      low ^= low >>> 13;
      high = Math.imul((high + word) | 0, 0xc2b2ae35);
      high ^= high >>> 16;
      low = (low + high) | 0;
    }
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }
}

function hasFineTimes({ length, time }: ObservationBatch): boolean {
  for (let row = 0; row < length; row++) if (time[row]! % 1 !== 0) return true;
  return false;
}
