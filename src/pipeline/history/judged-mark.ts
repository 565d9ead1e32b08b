/** How far a judge has come, kept in the store: only there does it say something that there is no incident. */
import type { Store } from "../../store/store.ts";

/** While it catches up with the past, that is kept so often, milliseconds. */
const MARK_MS = 60_000;

export class JudgedMark {
  readonly #history: Pick<Store, "markJudged">;
  /** Where this judge began, and how far the store knows of it; seconds since 1970. */
  #from: number | null = null;
  #until = 0;
  #markedAt = performance.now();

  constructor(history: Pick<Store, "markJudged">) {
    this.#history = history;
  }

  /** The first time counts. */
  begin(from: number): void {
    this.#from ??= from;
  }

  /** Judging is between `from` and `to` now; kept at once where it `rests`. @throws StoreError */
  async reach(to: number, rests: boolean): Promise<void> {
    const now = performance.now();
    if (this.#from === null || to <= Math.max(this.#from, this.#until) || (!rests && now - this.#markedAt < MARK_MS)) return;
    this.#markedAt = now;
    await this.#history.markJudged({ from: this.#from, to });
    this.#until = to;
  }
}
