/** Zeek's conn.log, in tab-separated form with its header or as JSON lines. Other logs of Zeek are known and told by name. */
import type { DecodeContext, Decoder, Format, ObservationWriter } from "../format.ts";
import { LineDecoder, MAX_LINE, someLine } from "../text/lines.ts";
import { isZeekHeader, LogColumns, UNREAD } from "./columns.ts";
import { COLUMNS, ConnectionRows } from "./connection.ts";
import { JsonLog } from "./json-log.ts";

const HASH = 35;
const OPEN_BRACE = 123;

const NO_HEADER = "Zeek line without a header (#fields) that tells its columns";
const LACKS_COLUMNS = "Zeek conn.log without ts, id.orig_h, id.resp_h or proto";
const OTHER_WIDTH = "Zeek line with more or fewer columns than its header";

class ZeekDecoder extends LineDecoder {
  readonly #rows: ConnectionRows;
  readonly #columns = new LogColumns();
  readonly #json: JsonLog;

  constructor(writer: ObservationWriter) {
    super();
    this.#rows = new ConnectionRows(writer, this.stats);
    this.#json = new JsonLog(this.#rows);
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes[start];
    if (first === HASH) {
      this.#columns.readHeader(bytes, start, end);
      return;
    }
    this.stats.records++;
    let fault: string | null;
    if (first === OPEN_BRACE) {
      fault = this.#json.read(bytes, start, end);
      if (this.#json.otherLog !== null) {
        this.stats.skip(this.#json.otherLog);
        return;
      }
    } else {
      const columns = this.#columns;
      if (columns.otherLog !== null) {
        this.stats.skip(columns.otherLog);
        return;
      }
      if (columns.width === 0 && !columns.guess(bytes, start, end)) fault = NO_HEADER;
      else if (!columns.complete) fault = LACKS_COLUMNS;
      else fault = this.#split(bytes, start, end) ? this.#rows.write(bytes) : OTHER_WIDTH;
    }
    if (fault !== null) this.fault(fault);
  }

  /** Notes where the columns that are read stand; whether there are as many as the header said. */
  #split(bytes: Uint8Array, start: number, end: number): boolean {
    const { separator, width, kinds, unset, empty } = this.#columns;
    const { starts, ends } = this.#rows;
    for (let kind = 0; kind < COLUMNS.length; kind++) {
      starts[kind] = 0;
      ends[kind] = 0;
    }
    const dash = unset.length === 1 ? unset[0]! : -1;
    let column = 0;
    let at = start;
    for (let i = start; i <= end; i++) {
      if (i < end && bytes[i] !== separator) continue;
      if (column >= width) return false;
      const kind = kinds[column]!;
      if (kind !== UNREAD) {
        const isUnset = (i - at === 1 && bytes[at] === dash) || (dash < 0 && reads(bytes, at, i, unset)) || reads(bytes, at, i, empty);
        if (!isUnset) {
          starts[kind] = at;
          ends[kind] = i;
        }
      }
      column++;
      at = i + 1;
    }
    return column === width;
  }
}

function reads(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Whether a head begins with a header, a line of a headerless conn.log, or a JSON line of some log of Zeek. */
function recognises(head: Uint8Array): boolean {
  let known = false;
  someLine(head, (start, end) => {
    known =
      head[start] === OPEN_BRACE
        ? JsonLog.recognises(head, start, end)
        : isZeekHeader(head, start, end) || new LogColumns().guess(head, start, end);
    return true;
  });
  return known;
}

export const ZEEK: Format = {
  name: "zeek",
  title: "Zeek conn.log (tab-separated or JSON)",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: MAX_LINE,
  recognises,
  decoder: (writer: ObservationWriter, _context: DecodeContext): Decoder => new ZeekDecoder(writer),
};
