/** One column of a row group, value after value, with no more than one page of it in memory. */
import type { Chunk, Leaf } from "./metadata.ts";
import { readPageHeader } from "./page-header.ts";
import { PageValues } from "./page-values.ts";
import { ParquetFault, ThriftReader } from "./thrift.ts";

/** Goes through a chunk of a file in memory. Before the first {@link next} it stands on no value. */
export class ColumnCursor {
  readonly leaf: Leaf;
  readonly values: PageValues;
  /** Whether the row at hand has a value; then it is `values.number(index)` or the octets there. */
  isPresent = false;
  /** Place of the value at hand among the present ones of its page. */
  index = -1;
  readonly #reader: ThriftReader;
  #row = 0;
  #rows = 0;

  constructor(file: Uint8Array, leaf: Leaf, chunk: Chunk) {
    this.leaf = leaf;
    this.values = new PageValues(leaf, chunk.codec);
    this.#reader = new ThriftReader(file, chunk.start, chunk.start + chunk.length);
  }

  /** Steps to the next row. @throws ParquetFault where there is none, or where its page is damaged. */
  next(): void {
    if (this.#row >= this.#rows) this.#nextPage();
    const { values } = this;
    this.isPresent = !values.hasNulls || values.present[this.#row] === 1;
    if (this.isPresent) this.index++;
    this.#row++;
  }

  #nextPage(): void {
    const reader = this.#reader;
    for (;;) {
      if (reader.at >= reader.end) throw new ParquetFault("Parquet column that ends before its rows");
      const header = readPageHeader(reader);
      const start = reader.at;
      if (header.compressed > reader.end - start) throw new ParquetFault("Parquet page that goes beyond its column");
      reader.at = start + header.compressed;
      if (!this.values.page(header, reader.bytes, start)) continue;
      this.#rows = this.values.count;
      this.#row = 0;
      this.index = -1;
      return;
    }
  }
}
