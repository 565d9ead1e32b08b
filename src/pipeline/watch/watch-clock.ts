/**
 * The time up to which intervals may be judged: the wall clock, but not what a clock that jumped says at once. A clock that runs ahead for
 * a moment would close intervals that have not been; one that goes back makes nothing be judged twice.
 */

/** What the two clocks may differ by, seconds: slewing and suspended processes are no jump. */
const JUMP = 30;
/** A jump ahead is believed once it has lasted for so long, seconds. */
const BELIEVED_AFTER = 600;
/** What the clock did is told for so long, seconds. */
const TOLD_FOR = 3600;
/** Jumps ahead of less than this are believed at once, seconds. */
const SMALL = 3600;

export interface Clocks {
  /** Seconds since 1970. */
  readonly wall: () => number;
  /** Seconds of a clock that nobody sets. */
  readonly steady: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { wall: () => Date.now() / 1000, steady: () => performance.now() / 1000 };

export class WatchClock {
  readonly #clocks: Clocks;
  #wall: number;
  #steady: number;
  /** Since when the wall clock has been far ahead of what is believed, by the steady clock. */
  #aheadSince: number | null = null;
  #trouble: string | null = null;
  #troubleAt = Number.NEGATIVE_INFINITY;

  constructor(clocks: Clocks = SYSTEM_CLOCKS) {
    this.#clocks = clocks;
    this.#wall = clocks.wall();
    this.#steady = clocks.steady();
  }

  /** What the clock did of late, for people; null where nothing. */
  get trouble(): string | null {
    return this.#clocks.steady() - this.#troubleAt < TOLD_FOR ? this.#trouble : null;
  }

  /** The time that is believed, seconds since 1970. */
  now(): number {
    const wall = this.#clocks.wall();
    const steady = this.#clocks.steady();
    const expected = this.#wall + (steady - this.#steady);
    const jump = wall - expected;
    if (jump > SMALL) {
      this.#aheadSince ??= steady;
      if (steady - this.#aheadSince < BELIEVED_AFTER) {
        this.#tell(`the clock jumped ahead by ${lengthOf(jump)}; judging goes on by the old one for ${lengthOf(BELIEVED_AFTER)}`, steady);
        return expected;
      }
    }
    if (Math.abs(jump) > JUMP) this.#tell(`the clock jumped ${jump > 0 ? "ahead" : "back"} by ${lengthOf(Math.abs(jump))}`, steady);
    else if (this.#aheadSince !== null) this.#tell("the clock had jumped ahead, and came back", steady);
    this.#aheadSince = null;
    this.#wall = wall;
    this.#steady = steady;
    return wall;
  }

  #tell(trouble: string, steady: number): void {
    this.#trouble = trouble;
    this.#troubleAt = steady;
  }
}

function lengthOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
