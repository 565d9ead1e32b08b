/** Fields between commas, without quoting, as pf's filterlog writes them: where each begins and ends in the line's own octets. */
import { parseInteger } from "../text/fields.ts";

const COMMA = 44;
/** Fields that are looked at; filterlog's longest record has 29. */
const MOST = 40;

/** The fields of the line split last. */
export class FilterlogFields {
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  /** Field `i` is `bytes[starts[i], starts[i + 1] - 1)`. */
  readonly #starts: Int32Array = new Int32Array(MOST + 1);

  split(bytes: Uint8Array, start: number, end: number): void {
    const starts = this.#starts;
    this.bytes = bytes;
    starts[0] = start;
    let count = 0;
    for (let i = start; i < end && count < MOST - 1; i++) if (bytes[i] === COMMA) starts[++count] = i + 1;
    starts[++count] = end + 1;
    this.count = count;
  }

  start(field: number): number {
    return this.#starts[field]!;
  }

  end(field: number): number {
    return this.#starts[field + 1]! - 1;
  }

  /** The unsigned integer in a field; below 0 where it holds anything else, or there is no such field. */
  integer(field: number): number {
    return field < this.count ? parseInteger(this.bytes, this.#starts[field]!, this.#starts[field + 1]! - 1) : -1;
  }

  /** The first octet of a field, 0 where it is empty or there is no such field. */
  first(field: number): number {
    return field < this.count && this.end(field) > this.start(field) ? this.bytes[this.start(field)]! : 0;
  }

  /** Whether a field begins with these octets. */
  startsWith(field: number, word: Uint8Array): boolean {
    if (field >= this.count || this.end(field) - this.start(field) < word.length) return false;
    const start = this.start(field);
    for (let i = 0; i < word.length; i++) if (this.bytes[start + i] !== word[i]) return false;
    return true;
  }
}
