/**
 * How time is cut: buckets, in which values come; blocks of an hour, in which the detector learns; days; and the windows over which it
 * sums. Several windows at once find short steep surges and long weak ones (scan statistics: Glaz, Naus, Wallenstein 2001).
 */

const HOUR = 3600;
const DAY = 86_400;
export const YEAR = 365.25 * DAY;
const DAYS_A_WEEK = 7;
/** 1 January 1970 was a Thursday; days of the week are counted from Monday. */
const EPOCH_DAY_OF_WEEK = 3;

/** The latest `length` buckets (fine) or blocks (coarse, the current one counted as it stands). */
export interface Window {
  readonly fine: boolean;
  readonly length: number;
  readonly buckets: number;
  /**
   * It is learned from when so many buckets of a block have passed, and again after as many. Neighbouring sums share nearly all of their
   * buckets, so that one in a quarter of a length tells what all would; those of blocks are whole at a block's end.
   */
  readonly lesson: number;
}

/** What is learned of windows as a bucket ends. */
export interface Lessons {
  /** A window each: buckets since its last lesson, 0 where none is due. */
  readonly buckets: readonly number[];
  /** Windows up to the last of which a lesson is due. */
  readonly windows: number;
  readonly isBlockEnd: boolean;
}

/** Two neighbouring places in the week and how far between their middles a bucket is. */
export interface Moment {
  readonly bucket: number;
  readonly slot: number;
  readonly day: number;
  readonly nextSlot: number;
  readonly nextDay: number;
  readonly fraction: number;
}

export class Calendar {
  readonly bucketSeconds: number;
  readonly blockSeconds: number;
  readonly daySeconds: number;
  /** Buckets of a block, blocks and buckets of a day. */
  readonly blockBuckets: number;
  readonly dayBlocks: number;
  readonly dayBuckets: number;
  /** Shortest first. */
  readonly windows: readonly Window[];
  /** Indices of the windows that are a block and a day long. */
  readonly blockWindow: number;
  readonly dayWindow: number;
  /** By the place of a bucket in its block. */
  readonly #lessons: readonly Lessons[];
  /** The latest, by the place of their bucket in a day: all series ask of the same few. */
  readonly #moments: (Moment | undefined)[] = [];

  /** @param bucketSeconds a second or more. */
  constructor(bucketSeconds: number) {
    this.bucketSeconds = bucketSeconds;
    this.blockSeconds = Math.max(HOUR, bucketSeconds);
    this.daySeconds = Math.max(DAY, bucketSeconds);
    this.blockBuckets = Math.max(1, Math.round(this.blockSeconds / bucketSeconds));
    this.dayBlocks = Math.max(1, Math.round(this.daySeconds / this.blockSeconds));
    this.dayBuckets = this.blockBuckets * this.dayBlocks;
    this.windows = windowsOf(this.blockBuckets, this.dayBlocks);
    this.blockWindow = this.windows.findIndex((window) => window.buckets === this.blockBuckets);
    this.dayWindow = this.windows.findIndex((window) => window.buckets === this.dayBuckets);
    this.#lessons = Array.from({ length: this.blockBuckets }, (_, place) => lessonsOf(this.windows, place, this.blockBuckets));
  }

  lessonsAt(bucket: number): Lessons {
    const place = bucket % this.blockBuckets;
    return this.#lessons[place < 0 ? place + this.blockBuckets : place]!;
  }

  bucketAt(time: number): number {
    return Math.floor(time / this.bucketSeconds);
  }

  /** Seconds since 1970 at which a bucket begins. */
  timeOf(bucket: number): number {
    return bucket * this.bucketSeconds;
  }

  blockOf(bucket: number): number {
    return Math.floor((bucket * this.bucketSeconds) / this.blockSeconds);
  }

  firstBucketOf(block: number): number {
    return Math.ceil((block * this.blockSeconds) / this.bucketSeconds);
  }

  dayOfBlock(block: number): number {
    return Math.floor((block * this.blockSeconds) / this.daySeconds);
  }

  slotOfBlock(block: number): number {
    return Math.floor((block * this.blockSeconds - this.dayOfBlock(block) * this.daySeconds) / this.blockSeconds);
  }

  /** 0 to 6 from Monday; always 0 where a day is longer than one. */
  dayOfWeek(day: number): number {
    if (this.daySeconds > DAY) return 0;
    return (((day + EPOCH_DAY_OF_WEEK) % DAYS_A_WEEK) + DAYS_A_WEEK) % DAYS_A_WEEK;
  }

  /** Where in the week the middle of a bucket is. */
  momentOf(bucket: number): Moment {
    const place = Math.abs(bucket % this.dayBuckets);
    const known = this.#moments[place];
    if (known?.bucket === bucket) return known;
    return (this.#moments[place] = this.#computeMoment(bucket));
  }

  #computeMoment(bucket: number): Moment {
    const middle = ((bucket + 0.5) * this.bucketSeconds) / this.blockSeconds - 0.5;
    const block = Math.floor(middle);
    return {
      bucket,
      slot: this.slotOfBlock(block),
      day: this.dayOfWeek(this.dayOfBlock(block)),
      nextSlot: this.slotOfBlock(block + 1),
      nextDay: this.dayOfWeek(this.dayOfBlock(block + 1)),
      fraction: middle - block,
    };
  }
}

function windowsOf(blockBuckets: number, dayBlocks: number): readonly Window[] {
  const windows: Window[] = [];
  const add = (fine: boolean, length: number): void => {
    const buckets = fine ? length : length * blockBuckets;
    if (buckets > (windows.at(-1)?.buckets ?? 0))
      windows.push({ fine, length, buckets, lesson: fine ? Math.max(1, length >> 2) : blockBuckets });
  };
  if (blockBuckets > 1) for (const length of [1, 3, blockBuckets]) if (length <= blockBuckets) add(true, length);
  if (dayBlocks === 1) for (const length of [1, 3, 7]) add(false, length);
  else
    for (const length of [1, 3, Math.round(dayBlocks / 4), Math.round(dayBlocks / 2), dayBlocks])
      if (length <= dayBlocks) add(false, length);
  return windows;
}

function lessonsOf(windows: readonly Window[], place: number, blockBuckets: number): Lessons {
  const buckets = windows.map(({ lesson }) => ((place + 1) % lesson === 0 ? lesson : 0));
  return { buckets, windows: buckets.findLastIndex((one) => one > 0) + 1, isBlockEnd: place === blockBuckets - 1 };
}
