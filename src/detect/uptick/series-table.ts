/** The rows of all series that are followed closely: tables that grow by doubling, and reuse the rows of series that fell silent. */
import type { Layout } from "./layout.ts";

const FIRST_ROWS = 16;

export class SeriesTable {
  readonly layout: Layout;
  floats: Float32Array<ArrayBuffer>;
  doubles: Float64Array<ArrayBuffer>;
  shorts: Int16Array<ArrayBuffer>;
  /** Number of the series of each row, −1 where the row is free. */
  owners: Int32Array<ArrayBuffer>;
  /** Rows in use or free, from the start. */
  rows = 0;
  readonly #free: number[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
    this.floats = new Float32Array(FIRST_ROWS * layout.floats);
    this.doubles = new Float64Array(FIRST_ROWS * layout.doubles);
    this.shorts = new Int16Array(FIRST_ROWS * layout.weekHours);
    this.owners = new Int32Array(FIRST_ROWS);
  }

  get used(): number {
    return this.rows - this.#free.length;
  }

  /** An empty row for a series. */
  take(series: number): number {
    const row = this.#free.pop() ?? this.#append();
    this.owners[row] = series;
    return row;
  }

  /** Clears the row, for another series. */
  give(row: number): void {
    const { layout } = this;
    this.floats.fill(0, row * layout.floats, (row + 1) * layout.floats);
    this.doubles.fill(0, row * layout.doubles, (row + 1) * layout.doubles);
    this.shorts.fill(0, row * layout.weekHours, (row + 1) * layout.weekHours);
    this.owners[row] = -1;
    this.#free.push(row);
  }

  /** Makes room for what was restored; `free` as it stood. */
  adopt(rows: number, free: readonly number[]): void {
    const room = Math.max(FIRST_ROWS, rows);
    this.floats = new Float32Array(room * this.layout.floats);
    this.doubles = new Float64Array(room * this.layout.doubles);
    this.shorts = new Int16Array(room * this.layout.weekHours);
    this.owners = new Int32Array(room);
    this.rows = rows;
    this.#free.push(...free);
  }

  /** Rows that were given back, in the order in which they are taken again from the end. */
  get free(): readonly number[] {
    return this.#free;
  }

  #append(): number {
    if (this.rows === this.owners.length) {
      this.floats = grown(this.floats, new Float32Array(2 * this.floats.length));
      this.doubles = grown(this.doubles, new Float64Array(2 * this.doubles.length));
      this.shorts = grown(this.shorts, new Int16Array(2 * this.shorts.length));
      this.owners = grown(this.owners, new Int32Array(2 * this.owners.length));
    }
    return this.rows++;
  }
}

function grown<T extends Float32Array | Float64Array | Int16Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
