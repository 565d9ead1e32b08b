/**
 * What `nfdump -o csv` prints (and `csv-fast`, and `csv:` with a list of one's own): a header that names the columns, a line for each flow,
 * and of most versions a summary. Source: nfdump's output_csv.c of 1.6.25, 1.7.1 and 1.7.8. Times are the local time of whoever ran it, which
 * the text does not tell: they are read as UTC (run nfdump with TZ=UTC).
 */
import { ACTION_ALLOWED, ACTION_DENIED } from "../../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../model/protocol.ts";
import type { Format, ObservationWriter } from "../format.ts";
import { AddressField } from "../text/address-field.ts";
import { columnsOf, CommaFields } from "../text/comma-fields.ts";
import { ascii, NOT_A_NUMBER, parseDecimal, parseInteger, startsWith } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { LineDecoder, MAX_LINE, someLine } from "../text/lines.ts";
import { protocolWord } from "../text/protocol-words.ts";
import { flagLetters } from "./flag-letters.ts";
import { FlowRecordWriter } from "./flow-record.ts";
import { setAnswer } from "./record-v3.ts";

const DOT = 46;
const SUMMARY = ascii("Summary");
const NO_FLOWS = ascii("No matched flows");
/** Times above this are in milliseconds. */
const MILLISECONDS = 1e11;

const FIRST = 0;
const LAST = 1;
const DURATION = 2;
const SOURCE = 3;
const DESTINATION = 4;
const SOURCE_PORT = 5;
const DESTINATION_PORT = 6;
const PROTOCOL = 7;
const FLAGS = 8;
const STATUS = 9;
const TOS = 10;
const PACKETS = 11;
const BYTES = 12;
const OUT_PACKETS = 13;
const OUT_BYTES = 14;
const ICMP_TYPE = 15;
const ICMP_CODE = 16;
const TTL = 17;
const PF_ACTION = 18;
const FIELDS = 19;
/** Names that versions gave their columns; those not here are passed over. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ["ts", FIRST],
  ["firstSeen", FIRST],
  ["te", LAST],
  ["lastSeen", LAST],
  ["td", DURATION],
  ["duration", DURATION],
  ["sa", SOURCE],
  ["srcAddr", SOURCE],
  ["da", DESTINATION],
  ["dstAddr", DESTINATION],
  ["sp", SOURCE_PORT],
  ["srcPort", SOURCE_PORT],
  ["dp", DESTINATION_PORT],
  ["dstPort", DESTINATION_PORT],
  ["pr", PROTOCOL],
  ["proto", PROTOCOL],
  ["flg", FLAGS],
  ["flags", FLAGS],
  ["fwd", STATUS],
  ["fwdStatus", STATUS],
  ["stos", TOS],
  ["tos", TOS],
  ["srcTos", TOS],
  ["ipkt", PACKETS],
  ["packets", PACKETS],
  ["inPackets", PACKETS],
  ["ibyt", BYTES],
  ["bytes", BYTES],
  ["inBytes", BYTES],
  ["opkt", OUT_PACKETS],
  ["outPackets", OUT_PACKETS],
  ["obyt", OUT_BYTES],
  ["outBytes", OUT_BYTES],
  ["icmpTYpe", ICMP_TYPE],
  ["icmpType", ICMP_TYPE],
  ["icmpCode", ICMP_CODE],
  ["minTTL", TTL],
  ["pfAction", PF_ACTION],
]);
const NEEDED = [FIRST, SOURCE, DESTINATION, PROTOCOL] as const;

const FEW_COLUMNS = "nfdump CSV line with fewer columns than its header";
const BAD_TIME = "nfdump CSV line without a time";
const BAD_ADDRESS = "nfdump CSV line without two addresses";
const BAD_PROTOCOL = "nfdump CSV line of an unknown protocol";

/** Text of `nfdump -o csv`. */
export const NFDUMP_CSV: Format = {
  name: "nfdump-csv",
  title: "nfdump -o csv",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: MAX_LINE,
  recognises: beginsWithHeader,
  decoder: (writer) => new NfdumpCsvDecoder(writer),
};

/** Whether the first line with text in it is a header. */
function beginsWithHeader(head: Uint8Array): boolean {
  let is = false;
  someLine(head, (start, end) => {
    is = readHeader(head, start, end) !== null;
    return true;
  });
  return is;
}

function readHeader(bytes: Uint8Array, start: number, end: number): Int16Array | null {
  return columnsOf(bytes, start, end, NAMES, FIELDS, NEEDED);
}

class NfdumpCsvDecoder extends LineDecoder {
  readonly #flows: FlowRecordWriter;
  readonly #address: AddressField = new AddressField();
  /** Null before a header, and behind a summary. */
  #columns: Int16Array | null = null;
  #needs = 0;
  readonly #fields: CommaFields = new CommaFields();

  constructor(writer: ObservationWriter) {
    super();
    this.#flows = new FlowRecordWriter(writer, this.stats);
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    const first = bytes[start]!;
    // Flows begin with a digit, as a time, a count or a protocol's number does.
    if (first > 57) {
      const columns = readHeader(bytes, start, end);
      if (columns !== null) {
        this.#columns = columns;
        this.#needs = 1 + columns.reduce((most, column) => Math.max(most, column), 0);
        return;
      }
      if (startsWith(bytes, start, end, SUMMARY)) this.#columns = null;
    }
    if (this.#columns === null || startsWith(bytes, start, end, NO_FLOWS)) return;
    this.stats.records++;
    const reason = this.#flow(bytes, start, end, this.#columns);
    if (reason !== null) this.fault(reason);
  }

  #flow(bytes: Uint8Array, start: number, end: number, columns: Int16Array): string | null {
    if (this.#fields.split(bytes, start, end, this.#needs) < this.#needs) return FEW_COLUMNS;
    const { starts, ends } = this.#fields;
    const { record } = this.#flows;
    record.clear();
    const time = readTime(bytes, starts[columns[FIRST]!]!, ends[columns[FIRST]!]!);
    if (time < 0) return BAD_TIME;
    const address = this.#address;
    if (!address.read(bytes, starts[columns[SOURCE]!]!, ends[columns[SOURCE]!]!)) return BAD_ADDRESS;
    record.family = address.family;
    record.source = address.four;
    record.source6.set(address.six);
    if (!address.read(bytes, starts[columns[DESTINATION]!]!, ends[columns[DESTINATION]!]!)) return BAD_ADDRESS;
    if (address.family !== record.family) return BAD_ADDRESS;
    record.destination = address.four;
    record.destination6.set(address.six);
    const protocol = protocolWord(bytes, starts[columns[PROTOCOL]!]!, ends[columns[PROTOCOL]!]!);
    if (protocol < 0) return BAD_PROTOCOL;
    record.protocol = protocol;
    record.first = time;
    const duration = this.#decimal(bytes, columns[DURATION]!);
    const last = columns[LAST]! < 0 ? NOT_A_NUMBER : readTime(bytes, starts[columns[LAST]!]!, ends[columns[LAST]!]!);
    // The duration has milliseconds where times have only seconds.
    record.last = duration >= 0 ? time + duration : last > time ? last : time;
    const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
    record.sourcePort = this.#integer(bytes, columns[SOURCE_PORT]!, 0xffff);
    record.destinationPort = isIcmp ? this.#icmp(bytes, columns) : this.#integer(bytes, columns[DESTINATION_PORT]!, 0xffff);
    if (columns[FLAGS]! >= 0) record.tcpFlags = flagLetters(bytes, starts[columns[FLAGS]!]!, ends[columns[FLAGS]!]!);
    record.status = Math.max(0, this.#integer(bytes, columns[STATUS]!, 0xff));
    record.tos = Math.max(0, this.#integer(bytes, columns[TOS]!, 0xff));
    record.ttl = Math.max(0, this.#integer(bytes, columns[TTL]!, 0xff));
    record.packets = Math.max(0, this.#integer(bytes, columns[PACKETS]!));
    record.bytes = Math.max(0, this.#integer(bytes, columns[BYTES]!));
    const outPackets = this.#integer(bytes, columns[OUT_PACKETS]!);
    if (outPackets > 0) setAnswer(record, outPackets, Math.max(0, this.#integer(bytes, columns[OUT_BYTES]!)), false);
    if (columns[PF_ACTION]! >= 0) {
      const octet = bytes[starts[columns[PF_ACTION]!]!]!;
      if (octet === PASS) record.action = ACTION_ALLOWED;
      else if (octet === BLOCK) record.action = ACTION_DENIED;
    }
    this.#flows.write();
    return null;
  }

  #integer(bytes: Uint8Array, column: number, most = Number.MAX_SAFE_INTEGER): number {
    if (column < 0) return NOT_A_NUMBER;
    const value = parseInteger(bytes, this.#fields.starts[column]!, this.#fields.ends[column]!);
    return value <= most ? value : NOT_A_NUMBER;
  }

  #decimal(bytes: Uint8Array, column: number): number {
    return column < 0 ? NOT_A_NUMBER : parseDecimal(bytes, this.#fields.starts[column]!, this.#fields.ends[column]!);
  }

  /** Type × 256 + code: of columns of their own, `8.0` in the destination port, or already put together there. */
  #icmp(bytes: Uint8Array, columns: Int16Array): number {
    const type = this.#integer(bytes, columns[ICMP_TYPE]!, 0xff);
    const code = this.#integer(bytes, columns[ICMP_CODE]!, 0xff);
    if (type >= 0 && code >= 0) return type * 256 + code;
    const column = columns[DESTINATION_PORT]!;
    if (column < 0) return NOT_A_NUMBER;
    const start = this.#fields.starts[column]!;
    const end = this.#fields.ends[column]!;
    let dot = start;
    while (dot < end && bytes[dot] !== DOT) dot++;
    if (dot === end) return this.#integer(bytes, column, 0xffff);
    const before = parseInteger(bytes, start, dot);
    const behind = parseInteger(bytes, dot + 1, end);
    return before >= 0 && before <= 0xff && behind >= 0 && behind <= 0xff ? before * 256 + behind : NOT_A_NUMBER;
  }
}

/** First letters of pf's actions: `pass`, `block`. */
const PASS = 112;
const BLOCK = 98;

/** A date and time, or seconds or milliseconds since 1970; NOT_A_NUMBER for anything else. */
function readTime(bytes: Uint8Array, start: number, end: number): number {
  const time = parseIsoTime(bytes, start, end);
  if (time >= 0) return time;
  const number = parseDecimal(bytes, start, end);
  return number > MILLISECONDS ? number / 1000 : number;
}
