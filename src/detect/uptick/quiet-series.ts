/**
 * Series of which hardly anything is seen: a few numbers each, until there is enough to follow one closely. Most of the 262,144 series
 * of a network are such for ever.
 */

/** Half-life of the count by which it is told whether a series is still quiet, seconds. */
const HALF_LIFE = 7 * 86_400;
/** So many counts within about a day, or this many within about a week, and it is followed closely; more a week where many are followed. */
const BUSY_DAY = 5;
const BUSY_WEEK = 7;
const BUSY_WEEK_CROWDED = 20;
const DAY_LIFE = 43_200;
const FIRST = 64;
const WORDS = 6;

/** What is known of a quiet series: first bucket, counts so far, highest value and its bucket. */
export interface QuietPast {
  readonly first: number;
  readonly total: number;
  readonly highest: number;
  readonly highestBucket: number;
}

export class QuietSeries {
  /** Six words a series: first and last bucket, total, decayed by week, by day, highest; the bucket of the highest is beside them. */
  words: Float64Array<ArrayBuffer> = new Float64Array(FIRST * (WORDS + 1));
  owners: Int32Array<ArrayBuffer> = new Int32Array(FIRST);
  length = 0;
  /** Words a series. */
  readonly stride: number = WORDS + 1;
  readonly #bucketSeconds: number;

  constructor(bucketSeconds: number) {
    this.#bucketSeconds = bucketSeconds;
  }

  /** Adds a series, and answers with its place. */
  add(series: number, past: QuietPast, bucket: number): number {
    if (this.length === this.owners.length) this.#grow(2 * this.length);
    const place = this.length++;
    this.owners[place] = series;
    this.words.set([past.first, bucket, past.total, 0, 0, past.highest, past.highestBucket], place * (WORDS + 1));
    return place;
  }

  /** Takes in a value; true where the series is to be followed closely from now on. @param isCrowded whether many are. */
  put(place: number, bucket: number, value: number, isCrowded: boolean): boolean {
    const { words } = this;
    const at = place * (WORDS + 1);
    const seconds = (bucket - words[at + 1]!) * this.#bucketSeconds;
    const week = words[at + 3]! * 0.5 ** (seconds / HALF_LIFE) + value;
    const day = words[at + 4]! * 0.5 ** (seconds / DAY_LIFE) + value;
    if (week >= (isCrowded ? BUSY_WEEK_CROWDED : BUSY_WEEK) || day >= BUSY_DAY) return true;
    words[at + 1] = bucket;
    words[at + 2]! += value;
    words[at + 3] = week;
    words[at + 4] = day;
    if (value > words[at + 5]!) {
      words[at + 5] = value;
      words[at + 6] = bucket;
    }
    return false;
  }

  past(place: number): QuietPast {
    const at = place * (WORDS + 1);
    return {
      first: this.words[at]!,
      total: this.words[at + 2]!,
      highest: this.words[at + 5]!,
      highestBucket: this.words[at + 6]!,
    };
  }

  /** Makes room for what was restored. */
  adopt(length: number): void {
    this.#grow(Math.max(FIRST, length));
    this.length = length;
  }

  #grow(room: number): void {
    const words = new Float64Array(room * this.stride);
    words.set(this.words.subarray(0, this.length * this.stride));
    this.words = words;
    const owners = new Int32Array(room);
    owners.set(this.owners.subarray(0, this.length));
    this.owners = owners;
  }

  /** Removes a series; the last one takes its place. Answers with the number of the series that moved, or −1. */
  remove(place: number): number {
    const last = --this.length;
    if (place === last) return -1;
    this.words.copyWithin(place * (WORDS + 1), last * (WORDS + 1), (last + 1) * (WORDS + 1));
    this.owners[place] = this.owners[last]!;
    return this.owners[place];
  }
}
