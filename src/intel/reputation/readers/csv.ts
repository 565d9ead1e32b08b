/**
 * Tables of fields with a delimiter (RFC 4180, with quotes), comments from "#" as abuse.ch writes them: the column of addresses is named,
 * numbered or found, the delimiter guessed. "address:port" counts by its address.
 */
import { latin1 } from "./line-reader.ts";
import type { ReadingBuilder, ReadingOptions } from "./reading.ts";
import { dateInComment } from "./stated-date.ts";

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
/** Commas first: the others win only where they part more. */
const DELIMITERS = [44, 59, 9, 124];
/** Rows that are looked at to find delimiter and column. */
const LOOKED_AT = 50;
/** Fields of a row that are noted; an address further right is not found. */
const MOST_FIELDS = 256;
/** Names of the column of addresses, best first, letters and digits only. */
const NAMES = [
  "ip",
  "ipaddress",
  "address",
  "addr",
  "cidr",
  "network",
  "netblock",
  "subnet",
  "prefix",
  "iprange",
  "range",
  "ipv4",
  "ipv6",
  "srcip",
  "sourceip",
  "src",
  "dstip",
  "host",
  "ioc",
  "iocvalue",
  "indicator",
  "value",
];
const STARTS = ["start", "first", "startip", "ipstart", "firstip", "rangestart", "from", "ipfrom", "begin"];
const ENDS = ["end", "last", "endip", "ipend", "lastip", "rangeend", "to", "ipto"];

/** Field boundaries of the row read last. */
class Row {
  readonly starts = new Int32Array(MOST_FIELDS);
  readonly ends = new Int32Array(MOST_FIELDS);
  count = 0;
  line = 1;
  #next = 0;
  #nextLine = 1;

  /** Reads the row at the current place; false at the end. Quotes are taken off; doubled ones inside are left: no address has any. */
  read(bytes: Uint8Array, delimiter: number): boolean {
    if (this.#next >= bytes.length) return false;
    let i = this.#next;
    this.line = this.#nextLine;
    this.count = 0;
    for (;;) {
      while (bytes[i] === SPACE) i++;
      let start = i;
      let end = i;
      if (bytes[i] === QUOTE) {
        start = ++i;
        // A quote that is never closed would swallow the rest: within a line it ends with the line
        while (i < bytes.length && bytes[i] !== NEWLINE && (bytes[i] !== QUOTE || bytes[i + 1] === QUOTE)) i += bytes[i] === QUOTE ? 2 : 1;
        end = Math.min(i, bytes.length);
        while (i < bytes.length && bytes[i] !== delimiter && bytes[i] !== NEWLINE && bytes[i] !== RETURN) i++;
      } else {
        while (i < bytes.length && bytes[i] !== delimiter && bytes[i] !== NEWLINE && bytes[i] !== RETURN) i++;
        end = i;
        while (end > start && bytes[end - 1] === SPACE) end--;
      }
      if (this.count < MOST_FIELDS) {
        this.starts[this.count] = start;
        this.ends[this.count++] = end;
      }
      if (i >= bytes.length || bytes[i] !== delimiter) break;
      i++;
    }
    if (bytes[i] === RETURN && bytes[i + 1] === NEWLINE) i++;
    this.#next = i + 1;
    this.#nextLine++;
    return true;
  }

  text(bytes: Uint8Array, field: number): string {
    return field < this.count ? latin1(bytes, this.starts[field]!, Math.min(this.ends[field]!, this.starts[field]! + 64)) : "";
  }
}

export function readCsv(bytes: Uint8Array, builder: ReadingBuilder, options: ReadingOptions): void {
  const plan = planOf(bytes, builder, options);
  if (typeof plan === "string") {
    builder.refused = plan;
    return;
  }
  const row = new Row();
  const { delimiter, column, endColumn } = plan;
  let isHead = true;
  while (row.read(bytes, delimiter)) {
    const first = row.starts[0]!;
    if (isIgnored(bytes, row)) {
      if (bytes[first] === HASH && builder.dataDate === null) {
        const stop = bytes.indexOf(NEWLINE, first);
        builder.dataDate = dateInComment(latin1(bytes, first, Math.min(stop < 0 ? bytes.length : stop, first + 200)));
      }
      continue;
    }
    if (column >= row.count) builder.fault(first, row.line, `no column ${column}`);
    else if (endColumn !== null) {
      if (!(isHead && plan.hasHead)) takeRange(bytes, row, column, endColumn, builder);
    } else if (!takeField(bytes, row.starts[column]!, row.ends[column]!, builder)) {
      // The head is a row of names
      if (!(isHead && plan.hasHead)) builder.other(bytes, row.starts[column]!, row.ends[column]!, first, row.line);
    }
    isHead = false;
  }
}

interface Plan {
  readonly delimiter: number;
  readonly column: number;
  readonly endColumn: number | null;
  readonly hasHead: boolean;
}

function planOf(bytes: Uint8Array, builder: ReadingBuilder, options: ReadingOptions): Plan | string {
  const delimiter = delimiterOf(bytes);
  const row = new Row();
  let head: string[] | null = null;
  let commented: string[] | null = null;
  const addresses = new Uint32Array(MOST_FIELDS);
  for (let seen = 0; seen < LOOKED_AT && row.read(bytes, delimiter);) {
    const names = Array.from({ length: row.count }, (_, field) => nameOf(row.text(bytes, field)));
    if (isIgnored(bytes, row)) {
      // abuse.ch writes the names as the last comment
      if (row.count > 1 && seen === 0) commented = names;
      continue;
    }
    let found = 0;
    for (let field = 0; field < row.count; field++) {
      if (!isAddress(bytes, row.starts[field]!, row.ends[field]!, builder)) continue;
      addresses[field] = addresses[field]! + 1;
      found++;
    }
    if (seen++ === 0 && found === 0) head = names;
  }
  const names = head ?? commented ?? [];
  const place = (wanted: string | number): number => (typeof wanted === "number" ? wanted : names.indexOf(nameOf(wanted)));
  const hasHead = head !== null;
  if (options.column !== undefined) {
    const column = place(options.column);
    const endColumn = options.endColumn === undefined ? null : place(options.endColumn);
    if (column < 0 || (endColumn !== null && endColumn < 0))
      return `has no column ${JSON.stringify(column < 0 ? options.column : options.endColumn)}; it has ${names.join(", ") || "no names"}`;
    return { delimiter, column, endColumn, hasHead };
  }
  const start = names.findIndex((name) => STARTS.includes(name));
  const end = names.findIndex((name) => ENDS.includes(name));
  if (start >= 0 && end >= 0 && addresses[start]! > 0 && addresses[end]! > 0) return { delimiter, column: start, endColumn: end, hasHead };
  for (const name of NAMES) {
    const column = names.indexOf(name);
    if (column >= 0 && addresses[column]! > 0) return { delimiter, column, endColumn: null, hasHead };
  }
  let column = 0;
  for (let field = 1; field < MOST_FIELDS; field++) if (addresses[field]! > addresses[column]!) column = field;
  return { delimiter, column, endColumn: null, hasHead };
}

/** The delimiter that parts the first rows into most fields, quotes heeded. */
function delimiterOf(bytes: Uint8Array): number {
  let best = DELIMITERS[0]!;
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const row = new Row();
    let fields = 0;
    for (let seen = 0; seen < LOOKED_AT && row.read(bytes, delimiter);) {
      if (isIgnored(bytes, row)) continue;
      fields += row.count;
      seen++;
    }
    if (fields > most) {
      most = fields;
      best = delimiter;
    }
  }
  return best;
}

function isIgnored(bytes: Uint8Array, row: Row): boolean {
  return bytes[row.starts[0]!] === HASH || (row.count === 1 && row.starts[0] === row.ends[0]);
}

function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function isAddress(bytes: Uint8Array, at: number, end: number, builder: ReadingBuilder): boolean {
  return end > at && builder.scanner.scan(bytes, bytes[at] === OPEN ? at + 1 : at, end) >= 0;
}

/** Takes a field that is an address, a network, a range, or an address with a port. */
function takeField(bytes: Uint8Array, at: number, end: number, builder: ReadingBuilder): boolean {
  const isBracketed = bytes[at] === OPEN;
  const next = builder.scanner.scan(bytes, isBracketed ? at + 1 : at, end);
  if (next < 0) return false;
  const code = next < end ? bytes[next]! : SPACE;
  if (isBracketed ? code !== CLOSE : code !== SPACE && code !== COLON) return false;
  builder.take();
  return true;
}

function takeRange(bytes: Uint8Array, row: Row, column: number, endColumn: number, builder: ReadingBuilder): void {
  const { scanner } = builder;
  const at = row.starts[column]!;
  const fail = (): void => builder.other(bytes, at, row.ends[column]!, row.starts[0]!, row.line);
  if (scanner.address(bytes, at, row.ends[column]!) < 0) return fail();
  if (endColumn >= row.count) return builder.fault(row.starts[0]!, row.line, `no column ${endColumn}`);
  // Both ends as one text, read as any range
  const text = latin1(bytes, at, row.ends[column]!).trim();
  const joined = new TextEncoder().encode(`${text}-${latin1(bytes, row.starts[endColumn]!, row.ends[endColumn]!).trim()}`);
  if (joined.length <= 128 && scanner.scan(joined, 0, joined.length) === joined.length && scanner.isRange) builder.take();
  else builder.fault(row.starts[0]!, row.line, scanner.fault ?? "no range");
}
