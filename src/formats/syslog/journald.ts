/**
 * journald's JSON (`journalctl -o json`, an entry a line): its fields written one after another as octets, so that an envelope can point
 * into them as into a line of syslog. Names: systemd.journal-fields(7).
 */
import { NOT_A_NUMBER, parseInteger } from "../text/fields.ts";
import { JSON_ABSENT, JSON_ARRAY, JSON_STRING, JsonFields } from "../text/json-fields.ts";

const PATHS = ["MESSAGE", "__REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_PID"];
const MESSAGE = 0;
const REALTIME = 1;
const HOSTNAME = 2;
const IDENTIFIER = 3;
const PROCESS = 4;

const ZERO = 48;
const COLON = 58;
const OPEN = 91;
const OPEN_BRACE = 123;
/** The year 9999 and then some. */
const MOST_SECONDS = 253e9;
/** Octets of host, program and message that are kept: firewalls write a few hundred. */
const MOST_TEXT = 1 << 16;

/** One entry at a time; its fields are valid until the next {@link JournalEntry.read}. */
export class JournalEntry {
  /** Host, program, `[` or `:`, and message, without gaps. */
  readonly bytes = new Uint8Array(MOST_TEXT);
  hostEnd = 0;
  programEnd = 0;
  /** Where the message begins and ends. */
  message = 0;
  end = 0;
  /** Seconds since 1970 UTC when the journal took it. */
  time = 0;
  readonly #fields = new JsonFields(PATHS);

  /** Whether the line `bytes[start, end)` is an entry of the journal. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (start >= end || bytes[start] !== OPEN_BRACE) return false;
    const fields = this.#fields;
    if (fields.scan(bytes, start, end) !== null) return false;
    // Without the journal's own stamp, microseconds in a string, it is somebody else's JSON
    if (fields.kinds[REALTIME] !== JSON_STRING) return false;
    const stampEnd = fields.ends[REALTIME]!;
    const seconds = parseInteger(bytes, fields.starts[REALTIME]!, stampEnd - 6);
    const microseconds = parseInteger(bytes, stampEnd - 6, stampEnd);
    if (seconds < 0 || seconds > MOST_SECONDS || microseconds < 0) return false;
    this.time = seconds + microseconds / 1e6;
    this.hostEnd = this.#text(HOSTNAME, 0);
    this.programEnd = this.#text(IDENTIFIER, this.hostEnd);
    this.message = this.programEnd;
    // As in a line of syslog: a bracket behind the name of a process of its own
    if (this.message < MOST_TEXT) this.bytes[this.message++] = fields.kinds[PROCESS] === JSON_ABSENT ? COLON : OPEN;
    this.end =
      fields.kinds[MESSAGE] === JSON_ARRAY
        ? this.#octets(bytes, fields.starts[MESSAGE]!, fields.ends[MESSAGE]!)
        : this.#text(MESSAGE, this.message);
    return true;
  }

  #text(slot: number, at: number): number {
    const length = this.#fields.text(slot, at === 0 ? this.bytes : this.bytes.subarray(at));
    return length === NOT_A_NUMBER ? at : at + length;
  }

  /** A message that is not UTF-8 stands as `[73,78,61]`. */
  #octets(bytes: Uint8Array, start: number, end: number): number {
    let to = this.message;
    let value = NOT_A_NUMBER;
    for (let at = start + 1; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) value = value < 0 ? digit : 10 * value + digit;
      else if (value >= 0) {
        if (to < MOST_TEXT) this.bytes[to++] = value;
        value = NOT_A_NUMBER;
      }
    }
    return to;
  }
}
