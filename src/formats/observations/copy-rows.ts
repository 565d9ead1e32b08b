/** Rows of one batch copied to another, column by column. */
import type { ObservationBatch } from "../../model/observation.ts";

type Column = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Every column of a batch, and how many of its elements a row has. */
function columnsOf(batch: ObservationBatch): readonly { readonly name: string; readonly array: Column; readonly width: number }[] {
  const columns: { name: string; array: Column; width: number }[] = [];
  for (const [name, value] of Object.entries(batch)) {
    if (!ArrayBuffer.isView(value) || value instanceof DataView) continue;
    // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the views of a batch are typed arrays of these kinds
    columns.push({ name, array: value as Column, width: name.endsWith("6") ? 4 : 1 });
  }
  return columns;
}

/** Copies rows from one batch into another, whose columns it knows. */
export class RowCopier {
  readonly #from: ObservationBatch;
  #to: ObservationBatch | null = null;
  readonly #sources: ReturnType<typeof columnsOf>;
  #targets: ReturnType<typeof columnsOf> = [];

  constructor(from: ObservationBatch) {
    this.#from = from;
    this.#sources = columnsOf(from);
  }

  /** Copies `count` rows from row `at` of the batch this was made for behind the last row of `to`, which has room for them. */
  append(to: ObservationBatch, at: number, count: number): void {
    if (to !== this.#to) {
      this.#to = to;
      this.#targets = columnsOf(to);
    }
    for (let i = 0; i < this.#sources.length; i++) {
      const { array, width } = this.#sources[i]!;
      this.#targets[i]!.array.set(array.subarray(at * width, (at + count) * width), to.length * width);
    }
    to.length += count;
  }

  get from(): ObservationBatch {
    return this.#from;
  }
}
