/** A line of a Zeek log written as JSON (`LogAscii::use_json=T`): there is no header, so its members tell which log it is of. */
import { startsWith } from "../text/fields.ts";
import {
  JSON_ABSENT,
  JSON_ARRAY,
  JSON_CUT,
  JSON_NULL,
  JSON_NUMBER,
  JSON_STRING,
  JSON_TRUE,
  JsonFields,
  type JsonPath,
} from "../text/json-fields.ts";
import { COLUMNS, CONN_STATE, type ConnectionRows, HISTORY, ORIG_H, PROTO, RESP_H, TS } from "./connection.ts";
import {
  CONN,
  FILTER_MARK,
  FIRST_WEAK_MARK,
  LOADED_SCRIPTS,
  LOG_REASONS,
  LOG_TABLE,
  MARK_LOGS,
  MARK_MEMBERS,
  NOTE_MARK,
  OTHER_LOG,
} from "./log-names.ts";

const NOT_A_LOG = "JSON line without the members of a Zeek log";

/** Members that some shippers write as an object of their own: `"id": { "orig_h": … }`. */
const NESTED: readonly (readonly [column: (typeof COLUMNS)[number], path: JsonPath])[] = [
  ["id.orig_h", ["id", "orig_h"]],
  ["id.orig_p", ["id", "orig_p"]],
  ["id.resp_h", ["id", "resp_h"]],
  ["id.resp_p", ["id", "resp_p"]],
];
const FIRST_NESTED = COLUMNS.length;
/** Of the Corelight and json-streaming-logs packages: which log the line is of. */
const LOG_PATH = FIRST_NESTED + NESTED.length;
const UID = LOG_PATH + 1;
const NAME = UID + 1;
const INIT = NAME + 1;
const FIRST_MARK = INIT + 1;
const PATHS: readonly JsonPath[] = [...COLUMNS, ...NESTED.map(([, path]) => path), "_path", "uid", "name", "init", ...MARK_MEMBERS];
/** Members that only conn.log has; one of them and the five-tuple make a connection. */
const CONN_ONLY = [CONN_STATE, HISTORY, ...(["orig_pkts", "orig_ip_bytes", "missed_bytes"] as const).map((name) => COLUMNS.indexOf(name))];
const NESTED_COLUMNS = NESTED.map(([column]) => COLUMNS.indexOf(column));
const TUNNEL_PARENTS = COLUMNS.indexOf("tunnel_parents");
/** An array without members, brackets and all, is no longer. */
const EMPTY_ARRAY = 2;

const CAPITAL_C = 67;
const COLON = 58;

const SCRIPT_ENDS = [".zeek", ".bro"].map((end) => new TextEncoder().encode(end));

/** Reads lines into the fields of a {@link ConnectionRows}. */
export class JsonLog {
  /** Why the line read last is passed over where it is of another log, or null. */
  otherLog: string | null = null;
  readonly #fields = new JsonFields(PATHS);
  readonly #rows: ConnectionRows;

  constructor(rows: ConnectionRows) {
    this.#rows = rows;
  }

  /** Reads a line and writes its rows where it is a connection. Null, or why it could not be read. */
  read(bytes: Uint8Array, start: number, end: number): string | null {
    this.otherLog = null;
    const fields = this.#fields;
    const fault = fields.scan(bytes, start, end);
    if (fault !== null) return fault;
    const { kinds } = fields;
    if (kinds[LOG_PATH] === JSON_STRING && !fields.is(LOG_PATH, CONN)) {
      const log = LOG_TABLE.find(bytes, fields.starts[LOG_PATH]!, fields.ends[LOG_PATH]!);
      this.otherLog = log < 0 ? OTHER_LOG : LOG_REASONS[log]!;
      return null;
    }
    this.#take();
    if (isConnection(kinds)) return this.#rows.write(bytes);
    const mark = markOf(fields, bytes);
    if (mark >= 0) this.otherLog = LOG_REASONS[mark]!;
    else if (isSomeLog(fields, bytes)) this.otherLog = OTHER_LOG;
    else return NOT_A_LOG;
    return null;
  }

  /** Whether a line, whole or cut, is of a log of Zeek. */
  static recognises(bytes: Uint8Array, start: number, end: number): boolean {
    const fields = new JsonFields(PATHS);
    const fault = fields.scan(bytes, start, end);
    if (fault !== null && fault !== JSON_CUT) return false;
    if (isScript(fields, bytes)) return fault === null;
    return fields.kinds[TS] !== JSON_ABSENT && isSomeLog(fields, bytes);
  }

  /** Hands the places of the fields on; those of a nested `id` where there are no others. */
  #take(): void {
    const { kinds } = this.#fields;
    for (let column = 0; column < COLUMNS.length; column++) this.#takeOne(column, column);
    for (let i = 0; i < NESTED_COLUMNS.length; i++) {
      const column = NESTED_COLUMNS[i]!;
      if (kinds[column] === JSON_ABSENT) this.#takeOne(column, FIRST_NESTED + i);
    }
    const { starts, ends } = this.#rows;
    if (kinds[TUNNEL_PARENTS] === JSON_ARRAY && ends[TUNNEL_PARENTS]! - starts[TUNNEL_PARENTS]! <= EMPTY_ARRAY) ends[TUNNEL_PARENTS] = 0;
  }

  #takeOne(column: number, slot: number): void {
    const { kinds, starts, ends } = this.#fields;
    const isSet = kinds[slot] !== JSON_ABSENT && kinds[slot] !== JSON_NULL;
    this.#rows.starts[column] = isSet ? starts[slot]! : 0;
    this.#rows.ends[column] = isSet ? ends[slot]! : 0;
  }
}

function isConnection(kinds: Uint8Array): boolean {
  if (kinds[PROTO] !== JSON_STRING || (kinds[ORIG_H] !== JSON_STRING && kinds[FIRST_NESTED] !== JSON_STRING)) return false;
  if (kinds[RESP_H] !== JSON_STRING && kinds[FIRST_NESTED + 2] !== JSON_STRING) return false;
  for (const column of CONN_ONLY) if (kinds[column] !== JSON_ABSENT) return true;
  return false;
}

/** Whether time is there, and with it Zeek's identifier of a connection, the ends of one, or a member that only a log of Zeek has. */
function isSomeLog(fields: JsonFields, bytes: Uint8Array): boolean {
  const { kinds } = fields;
  const time = kinds[TS];
  if (time !== JSON_NUMBER && time !== JSON_STRING) return false;
  if (kinds[UID] === JSON_STRING && isUid(bytes, fields.starts[UID]!, fields.ends[UID]!)) return true;
  if (kinds[ORIG_H] === JSON_STRING || kinds[FIRST_NESTED] === JSON_STRING) return true;
  for (let mark = 0; mark < FIRST_WEAK_MARK; mark++) if (kinds[FIRST_MARK + mark] !== JSON_ABSENT) return true;
  if (kinds[INIT] === JSON_TRUE && kinds[FIRST_MARK + FILTER_MARK] === JSON_STRING) return true;
  const note = FIRST_MARK + NOTE_MARK;
  return kinds[note] === JSON_STRING && isScoped(bytes, fields.starts[note]!, fields.ends[note]!);
}

/** `C` and up to 18 letters and digits more, 96 bits in base 62. */
function isUid(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12 || end - start > 24 || bytes[start] !== CAPITAL_C) return false;
  for (let i = start; i < end; i++) {
    const letter = bytes[i]! | 0x20;
    if (!((bytes[i]! >= 48 && bytes[i]! <= 57) || (letter >= 97 && letter <= 122))) return false;
  }
  return true;
}

/** Whether a word has the scope that names of notices have: `Scan::Port_Scan`. */
function isScoped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start + 1; i + 2 < end; i++) if (bytes[i] === COLON && bytes[i + 1] === COLON) return true;
  return false;
}

function markOf(fields: JsonFields, bytes: Uint8Array): number {
  if (isScript(fields, bytes)) return LOADED_SCRIPTS;
  if (fields.kinds[TS] === JSON_ABSENT) return -1;
  for (let i = 0; i < MARK_LOGS.length; i++) if (fields.kinds[FIRST_MARK + i] !== JSON_ABSENT) return MARK_LOGS[i]!;
  return -1;
}

/** loaded_scripts.log is a list of files and has nothing else, not even times. */
function isScript(fields: JsonFields, bytes: Uint8Array): boolean {
  if (fields.kinds[NAME] !== JSON_STRING || fields.kinds[TS] !== JSON_ABSENT) return false;
  const end = fields.ends[NAME]!;
  return SCRIPT_ENDS.some((suffix) => end - fields.starts[NAME]! > suffix.length && startsWith(bytes, end - suffix.length, end, suffix));
}
