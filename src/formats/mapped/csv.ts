/** CSV and its kin (RFC 4180: quotes, line ends in them), each record's wanted cells found in its octets. */
import { type Decoder, DecodeStats } from "../format.ts";
import { startsWith } from "../text/fields.ts";
import { MAX_LINE } from "../text/lines.ts";
import { MAPPED_FIELDS, type Mapping } from "./mapping.ts";
import { type MappedRecord, SKIP_NO_PACKETS } from "./record.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const QUOTE = 34;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

const TOO_LONG = "mapped record longer than 256 KiB (a quote that is not closed?)";
const OPEN_QUOTE = "mapped record with a quote that is not closed";
const TOO_FEW = "mapped record with fewer columns than the mapping needs";
/** Where the header lacks a column that the mapping names, nothing can be read. */
export const NO_SUCH_COLUMN = "the header lacks a column that the mapping names";

/** A column that is wanted, and the fields that it gives. */
interface Wanted {
  readonly column: number;
  readonly fields: readonly number[];
}

export class CsvDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #mapping: Mapping;
  readonly #record: MappedRecord;
  readonly #separator: number;
  readonly #comment: Uint8Array;
  #wanted: readonly Wanted[] | null;
  #line = 0;
  #offset = 0;
  /** Inside a record that is too long: what comes up to its line's end is thrown away. */
  #skipping = false;
  /** Octets of the record at hand that were looked at and do not end it, and whether a quote is open behind them. */
  #seen = 0;
  #isOpen = false;
  readonly #cell = { start: 0, end: 0, next: 0 };
  /** The buffer that came last, and the same as a Buffer, whose search is memchr(3). */
  #bytes: Uint8Array = new Uint8Array(0);
  #octets: Buffer = Buffer.alloc(0);

  constructor(mapping: Mapping, record: MappedRecord) {
    this.#mapping = mapping;
    this.#record = record;
    this.#separator = mapping.separator.charCodeAt(0);
    this.#comment = new TextEncoder().encode(mapping.comment);
    this.#wanted = mapping.hasHeader ? null : wantedColumns(mapping, []);
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    const used = this.#read(bytes, start, end, false);
    this.#offset += used;
    return used;
  }

  end(bytes: Uint8Array, start: number, end: number): void {
    this.#read(bytes, start, end, true);
  }

  #read(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const octets = this.#octets;
    let at = start;
    // Of the next quote, looked for once and not for every record: most tables have none.
    let quote = -1;
    while (at < end) {
      if (this.stats.damage !== null) return end - start;
      if (this.#skipping) {
        const newline = octets.indexOf(NEWLINE, at);
        if (newline < 0 || newline >= end) return end - start;
        this.#skipping = false;
        this.#line++;
        at = newline + 1;
        continue;
      }
      const limit = Math.min(end, at + MAX_LINE);
      const from = at + this.#seen;
      if (quote < from) quote = placeOf(octets, QUOTE, from, end);
      const stop = this.#recordEnd(bytes, from, limit, quote);
      this.#seen = stop < 0 ? limit - at : 0;
      if (stop >= 0) {
        this.#whole(bytes, at, stop, start);
        at = stop + 1;
      } else if (end - at >= MAX_LINE) {
        this.stats.records++;
        this.stats.fault(TOO_LONG, this.#line + 1, "line");
        this.#skipping = true;
        this.#seen = 0;
        this.#isOpen = false;
        at = limit;
      } else if (isLast) {
        if (this.#isOpen) {
          this.stats.records++;
          this.stats.fault(OPEN_QUOTE, this.#line + 1, "line");
        } else this.#whole(bytes, at, end, start);
        return end - start;
      } else return at - start;
    }
    return at - start;
  }

  /** Offset of the line end behind the record at hand, looked for in `bytes[from, end)`, or -1. The next quote is at `quote`. */
  #recordEnd(bytes: Uint8Array, from: number, end: number, quote: number): number {
    if (!this.#isOpen) {
      const newline = placeOf(this.#octets, NEWLINE, from, end);
      if (quote >= newline) return newline === end ? -1 : newline;
    }
    let isOpen = this.#isOpen;
    for (let at = isOpen ? from : quote; at < end; at++) {
      const octet = bytes[at];
      if (octet === QUOTE) isOpen = !isOpen;
      else if (octet === NEWLINE && !isOpen) {
        this.#isOpen = false;
        return at;
      }
    }
    this.#isOpen = isOpen;
    return -1;
  }

  /** Reads the record `bytes[from, to)`, its end of line taken off. */
  #whole(bytes: Uint8Array, from: number, to: number, base: number): void {
    this.#line++;
    const line = this.#line;
    let start = from;
    let end = to;
    if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
    if (line === 1 && BYTE_ORDER_MARK.every((octet, i) => bytes[start + i] === octet)) start += BYTE_ORDER_MARK.length;
    const octets = this.#octets;
    for (let i = octets.indexOf(NEWLINE, start); i >= 0 && i < end; i = octets.indexOf(NEWLINE, i + 1)) this.#line++;
    if (end === start) return;
    if (this.#comment.length > 0 && startsWith(bytes, start, end, this.#comment)) return;
    if (this.#wanted === null) {
      this.#wanted = wantedColumns(this.#mapping, this.#names(bytes, start, end));
      if (this.#wanted === null) this.stats.damage = { offset: this.#offset + from - base, reason: NO_SUCH_COLUMN };
      return;
    }
    this.stats.records++;
    const fault = this.#cells(bytes, start, end, this.#wanted);
    if (fault === SKIP_NO_PACKETS) this.stats.skip(fault);
    else if (fault !== null) this.stats.fault(fault, line, "line");
  }

  #cells(bytes: Uint8Array, start: number, end: number, wanted: readonly Wanted[]): string | null {
    const cell = this.#cell;
    const record = this.#record;
    record.begin();
    cell.next = start;
    let column = -1;
    for (const { column: target, fields } of wanted) {
      while (column < target) {
        if (cell.next > end) return TOO_FEW;
        this.#nextCell(bytes, end);
        column++;
      }
      for (const field of fields) record.text(field, bytes, cell.start, cell.end);
    }
    return record.finish();
  }

  /** Finds the cell at `cell.next`; `cell.next` is beyond `end` once there are no more. */
  #nextCell(bytes: Uint8Array, end: number): void {
    const cell = this.#cell;
    const separator = this.#separator;
    let at = cell.next;
    if (separator === BLANK) while (at < end && bytes[at] === BLANK) at++;
    if (at < end && bytes[at] === QUOTE) {
      cell.start = at + 1;
      at++;
      // A doubled quote is one of the cell; no value that is read holds any.
      while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
      cell.end = Math.min(at, end);
      while (at < end && bytes[at] !== separator) at++;
    } else {
      cell.start = at;
      while (at < end && bytes[at] !== separator) at++;
      cell.end = at;
    }
    cell.next = at + 1;
  }

  #names(bytes: Uint8Array, start: number, end: number): string[] {
    const names: string[] = [];
    const cell = this.#cell;
    cell.next = start;
    while (cell.next <= end) {
      this.#nextCell(bytes, end);
      names.push(new TextDecoder().decode(bytes.subarray(cell.start, cell.end)).trim());
    }
    return names;
  }
}

/** Offset of the next `octet` in `octets[start, end)`, or `end`. */
function placeOf(octets: Buffer, octet: number, start: number, end: number): number {
  const at = octets.indexOf(octet, start);
  return at < 0 || at > end ? end : at;
}

/** The columns that the mapping names, in their order; null where the header `names` lacks one. */
export function wantedColumns(mapping: Mapping, names: readonly string[]): readonly Wanted[] | null {
  const fields = new Map<number, number[]>();
  for (const [field, { place }] of mapping.fields) {
    if (place.kind === "constant") continue;
    const column = place.kind === "number" ? place.number - 1 : names.indexOf(place.kind === "name" ? place.name : place.keys.join("."));
    if (column < 0) return null;
    const known = fields.get(column) ?? [];
    known.push(MAPPED_FIELDS.indexOf(field));
    fields.set(column, known);
  }
  return [...fields].sort(([a], [b]) => a - b).map(([column, own]) => ({ column, fields: own }));
}
