/** Snapshots of one set of sensors, interval after interval: the store reads ahead by as much as it holds at once. */
import type { SeriesSnapshot } from "../../model/series.ts";
import type { Store } from "../../store/store.ts";

export class ReadAhead {
  /** What is read: names of the sensors, a line each. */
  readonly sensors: string;
  readonly #snapshots: AsyncIterator<SeriesSnapshot>;
  #next: SeriesSnapshot | null = null;
  #isOver = false;

  constructor(history: Pick<Store, "snapshots">, range: { readonly from: number; readonly to: number }, sensors: readonly string[]) {
    this.sensors = sensors.join("\n");
    this.#snapshots = history.snapshots(range, sensors)[Symbol.asyncIterator]();
  }

  /** That of a time, later than any asked for before; null where nothing came. @throws StoreError */
  async at(time: number): Promise<SeriesSnapshot | null> {
    while (!this.#isOver && (this.#next === null || this.#next.time < time)) {
      const { done, value } = await this.#snapshots.next();
      if (done === true) this.#isOver = true;
      else this.#next = value;
    }
    return this.#next?.time === time ? this.#next : null;
  }
}
