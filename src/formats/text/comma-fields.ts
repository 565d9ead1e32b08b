/** Where the fields of a line stand that commas separate, as tools print them that never quote. */

const COMMA = 44;
const SPACE = 32;
/** Fields of one line that are noted; more are passed over. */
export const MOST_FIELDS = 256;

/** The fields of the line split last. One object is reused for all lines. */
export class CommaFields {
  /** Offsets in the buffer, spaces around a field taken off. */
  readonly starts: Int32Array = new Int32Array(MOST_FIELDS);
  readonly ends: Int32Array = new Int32Array(MOST_FIELDS);

  /** Notes where the first `most` fields (MOST_FIELDS at most) of `bytes[start, end)` stand; returns how many there are of them. */
  split(bytes: Uint8Array, start: number, end: number, most: number): number {
    let count = 0;
    let at = start;
    while (count < most) {
      while (at < end && bytes[at] === SPACE) at++;
      let stop = at;
      while (stop < end && bytes[stop] !== COMMA) stop++;
      const next = stop + 1;
      while (stop > at && bytes[stop - 1] === SPACE) stop--;
      this.starts[count] = at;
      this.ends[count++] = stop;
      if (next > end) break;
      at = next;
    }
    return count;
  }
}

/** Longest header that is read, octets. */
const LONGEST_HEADER = 4096;

/**
 * The column of each field in the header `bytes[start, end)`, by the names that `fields` knows (others are passed over), -1 for those that
 * it lacks; null where it lacks one of `needed`, or a name is no name.
 */
export function columnsOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: ReadonlyMap<string, number>,
  count: number,
  needed: readonly number[],
): Int16Array | null {
  if (end - start > LONGEST_HEADER) return null;
  const names = new TextDecoder("latin1").decode(bytes.subarray(start, end)).split(",");
  if (names.length > MOST_FIELDS) return null;
  const columns = new Int16Array(count).fill(-1);
  for (const [column, name] of names.entries()) {
    const trimmed = name.trim();
    if (trimmed !== "" && !/^[A-Za-z0-9_-]+$/.test(trimmed)) return null;
    const field = fields.get(trimmed);
    if (field !== undefined && columns[field] === -1) columns[field] = column;
  }
  return needed.every((field) => columns[field]! >= 0) ? columns : null;
}
