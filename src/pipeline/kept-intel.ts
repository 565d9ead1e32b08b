/**
 * Who is asking, for a process that goes on: feeds and databases stay open, and are opened anew where `precursor intel update` has put
 * others in their place, or where the user says so. What cannot be opened is told, and what was open before stays in use.
 */
import { readLibrary } from "../intel/feeds/library.ts";
import { openFeeds } from "../intel/feeds/open-feeds.ts";
import { Intel } from "../intel/index.ts";
import { PrecursorError } from "../model/errors.ts";
import type { FeedState } from "../model/reputation.ts";

/** Whether an update has been made is looked at so often at most, seconds. */
const LOOK_SECONDS = 10;
/** Feeds grow old while they are open: what counts as fresh is decided anew so often, seconds. */
const AGE_SECONDS = 3600;

export interface IntelSetting {
  /** The folder of reputation feeds; null to use none. One that does not exist is no error. */
  readonly folder: string | null;
  /** Paths of users' own MaxMind DBs. */
  readonly databases: readonly string[];
}

export interface OpenedIntel {
  readonly intel: Intel;
  readonly feeds: readonly FeedState[];
}

export class KeptIntel {
  /** Why what is in use is not what there is now; null where it is. */
  trouble: string | null = null;
  #setting: IntelSetting;
  readonly #now: () => number;
  #opened: OpenedIntel | null = null;
  /** Of the library that is open: it rises with each update. */
  #generation: number | null = null;
  #openedAt = -Infinity;
  #lookedAt = -Infinity;

  /** Opens nothing yet. @param now seconds since 1970 */
  constructor(setting: IntelSetting, now: () => number = () => Date.now() / 1000) {
    this.#setting = setting;
    this.#now = now;
  }

  /** What there is to look up in, looked at for changes first. Never throws: see {@link trouble}. */
  use(): OpenedIntel {
    const now = this.#now();
    if (this.#opened !== null && Math.abs(now - this.#lookedAt) < LOOK_SECONDS) return this.#opened;
    this.#lookedAt = now;
    try {
      const { folder } = this.#setting;
      const generation = folder === null ? null : (readLibrary(folder)?.generation ?? null);
      const isCurrent = this.#opened !== null && generation === this.#generation && Math.abs(now - this.#openedAt) < AGE_SECONDS;
      if (!isCurrent) this.#open(now);
      this.trouble = null;
    } catch (error) {
      if (!(error instanceof PrecursorError)) throw error;
      this.trouble = error.message;
    }
    return (this.#opened ??= { intel: Intel.open(), feeds: [] });
  }

  /** Goes over to other places; all is opened anew at the next use. */
  reload(setting: IntelSetting): void {
    this.#setting = setting;
    this.#openedAt = -Infinity;
    this.#lookedAt = -Infinity;
  }

  close(): void {
    this.#opened?.intel.close();
    this.#opened = null;
  }

  #open(now: number): void {
    const { folder, databases } = this.#setting;
    const { reputation, feeds, generation } = openFeeds(folder, now);
    const intel = Intel.open({ reputation, databases });
    this.close();
    this.#opened = { intel, feeds };
    this.#generation = generation;
    this.#openedAt = now;
  }
}
