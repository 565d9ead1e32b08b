/**
 * Argus flows as text: the `.binetflow` files of the CTU data sets, and what `ra -c ,` prints with a header. Sources: ra(1), and what argus
 * 3.0.8 prints for captures of known content. Times are the local time of whoever ran ra, or seconds since 1970 (`ra -u`), which is better;
 * dates are read as UTC.
 */
import { FLAGS_UNKNOWN, FRAGMENT_LATER, GRADE_PLACEHOLDER, GRADE_UNCONFIRMED, NO_PORT, RECORD_FLOW } from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_UDP_LITE, TCP_SYN } from "../../model/protocol.ts";
import { payloadOf } from "../flow-export/payload.ts";
import type { Format, ObservationWriter } from "../format.ts";
import { icmpAnswerTo } from "../icmp-answer.ts";
import { clampCount, commitRow, startRow } from "../record-row.ts";
import { AddressField } from "../text/address-field.ts";
import { CommaFields } from "../text/comma-fields.ts";
import { hexDigit, NOT_A_NUMBER, parseDecimal, parseInteger } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { LineDecoder, MAX_LINE, someLine } from "../text/lines.ts";
import { protocolWord } from "../text/protocol-words.ts";
import { WordTable } from "../text/word-table.ts";
import {
  BYTES,
  DESTINATION,
  DESTINATION_BYTES,
  DESTINATION_DATA,
  DESTINATION_PACKETS,
  DESTINATION_PORT,
  DESTINATION_TOS,
  DESTINATION_TTL,
  DIRECTION,
  DURATION,
  FIELDS,
  FLAGS,
  NEEDED,
  PACKETS,
  PROTOCOL,
  SOURCE,
  SOURCE_BYTES,
  SOURCE_DATA,
  SOURCE_PACKETS,
  SOURCE_PORT,
  SOURCE_TOS,
  SOURCE_TTL,
  START,
  STATE,
  readHeader,
} from "./columns.ts";
import { TcpState } from "./tcp-state.ts";

/** Protocols that Argus names and IP does not: what it finds inside UDP, and what is no IP. */
const ARP = 256;
const MANAGEMENT = 257;
const NOT_IP = 258;
const ARGUS_PROTOCOLS: WordTable = new WordTable([
  ["rtp", PROTOCOL_UDP],
  ["rtcp", PROTOCOL_UDP],
  ["udt", PROTOCOL_UDP],
  ["arp", ARP],
  ["rarp", ARP],
  ["man", MANAGEMENT],
  ["llc", NOT_IP],
  ["stp", NOT_IP],
  ["ether", NOT_IP],
  ["unas", NOT_IP],
  ["loop", NOT_IP],
  ["lldp", NOT_IP],
  ["ipx", NOT_IP],
  ["ipx/spx", NOT_IP],
  ["dsap", NOT_IP],
  ["cdp", NOT_IP],
  ["eapol", NOT_IP],
]);

/** Octets of an Ethernet header, which Argus counts. */
const ETHERNET_HEADER = 14;
const LEAST_PACKET = 20;
/** Octets of IPv4 and TCP headers with all options: larger packets have data. */
const BARE = 80;
/** By how much the answer is later than what it answers, seconds: Argus tells one time for both. */
const ANSWER_DELAY = 1e-6;
const LESS = 60;
const GREATER = 62;
const QUESTION = 63;
const SLASH = 47;
const HYPHEN = 45;
const ZERO = 48;
const NINE = 57;
const LETTER_X = 120;
const LETTER_F = 70;
const SMALL_F = 102;

const FEW_COLUMNS = "Argus line with fewer columns than its header";
const NO_DATE = "Argus time without a date: run ra -u";
const BAD_PROTOCOL = "Argus line of an unknown protocol";
const SKIP_ARP = "not IP (ARP)";
const SKIP_MANAGEMENT = "Argus management record";
const SKIP_NOT_IP = "Argus flow that is not IP";
const SKIP_NO_PACKETS = "flow record without packets";

/** Argus flows as text. */
export const BINETFLOW: Format = {
  name: "binetflow",
  title: "Argus flows as text (binetflow, ra -c ,)",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: MAX_LINE,
  recognises: (head) => {
    let is = false;
    someLine(head, (start, end) => {
      is = readHeader(head, start, end) !== null;
      return true;
    });
    return is;
  },
  decoder: (writer) => new BinetflowDecoder(writer),
};

/** One side's share of a flow. */
class Side {
  readonly address: AddressField = new AddressField();
  port: number = NO_PORT;
  packets = 0;
  bytes = 0;
  /** Octets of data, or -1 where not told. */
  data: number = NOT_A_NUMBER;
  flags: number = FLAGS_UNKNOWN;
  tos = 0;
  ttl = 0;
  icmpType = 0;
}

class BinetflowDecoder extends LineDecoder {
  readonly #writer: ObservationWriter;
  readonly #fields: CommaFields = new CommaFields();
  readonly #state: TcpState = new TcpState();
  readonly #source: Side = new Side();
  readonly #destination: Side = new Side();
  #columns: Int16Array = new Int16Array(FIELDS).fill(-1);
  /** Columns that a line must have, and those that are looked at. */
  #needs = Number.POSITIVE_INFINITY;
  #most = 0;
  #protocol = 0;
  #icmpCode = 0;
  #isFragment = false;

  constructor(writer: ObservationWriter) {
    super();
    this.#writer = writer;
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    // Flows begin with a digit or a space.
    if (bytes[start]! > NINE) {
      const columns = readHeader(bytes, start, end);
      if (columns !== null) {
        this.#columns = columns;
        // The last columns are left out where they are empty: only what every flow has must be there.
        this.#needs = 1 + NEEDED.reduce<number>((most, field) => Math.max(most, columns[field]!), 0);
        this.#most = 1 + columns.reduce((most, column) => Math.max(most, column), 0);
        return;
      }
    }
    this.stats.records++;
    const count = this.#fields.split(bytes, start, end, this.#most);
    if (count < this.#needs) return this.fault(FEW_COLUMNS);
    for (let column = count; column < this.#most; column++) {
      this.#fields.starts[column] = end;
      this.#fields.ends[column] = end;
    }
    this.#flow(bytes);
  }

  #flow(bytes: Uint8Array): void {
    const { starts, ends } = this.#fields;
    const columns = this.#columns;
    const source = this.#source;
    const destination = this.#destination;
    const protocol = this.#readProtocol(bytes);
    if (protocol < 0) return this.fault(BAD_PROTOCOL);
    if (protocol > 255) return this.stats.skip(protocol === ARP ? SKIP_ARP : protocol === MANAGEMENT ? SKIP_MANAGEMENT : SKIP_NOT_IP);
    this.#protocol = protocol;
    if (
      !source.address.read(bytes, starts[columns[SOURCE]!]!, ends[columns[SOURCE]!]!) ||
      !destination.address.read(bytes, starts[columns[DESTINATION]!]!, ends[columns[DESTINATION]!]!) ||
      source.address.family !== destination.address.family
    ) {
      return this.stats.skip(SKIP_NOT_IP);
    }
    const time = readTime(bytes, starts[columns[START]!]!, ends[columns[START]!]!);
    if (time < 0) return this.fault(NO_DATE);
    this.#readCounts(bytes);
    if (source.packets === 0 && destination.packets === 0) return this.stats.skip(SKIP_NO_PACKETS);
    const column = columns[DIRECTION]!;
    const from = column < 0 ? 0 : starts[column]!;
    const to = column < 0 ? 0 : ends[column]!;
    this.#readPorts(bytes);
    this.#readFlags(bytes, to === from || !holds(bytes, from, to, QUESTION));
    const duration = Math.max(0, this.#decimal(bytes, DURATION));
    // `<-` and `<?` point at who began; `->`, `<->`, `?>` and the rest leave that to the order of the addresses.
    const isReversed = to > from && bytes[from] === LESS && bytes[to - 1] !== GREATER;
    const opener = isReversed ? destination : source;
    const other = isReversed ? source : destination;
    if (opener.packets > 0) this.#row(opener, other, time, duration);
    if (other.packets > 0) this.#row(other, opener, opener.packets > 0 ? time + ANSWER_DELAY : time, duration);
  }

  #readProtocol(bytes: Uint8Array): number {
    const { starts, ends } = this.#fields;
    const column = this.#columns[PROTOCOL]!;
    const special = ARGUS_PROTOCOLS.find(bytes, starts[column]!, ends[column]!);
    return special >= 0 ? special : protocolWord(bytes, starts[column]!, ends[column]!);
  }

  /** Packets and octets of each side; where the line has them for both together, halves of the packets, as octets tell. */
  #readCounts(bytes: Uint8Array): void {
    const source = this.#source;
    const destination = this.#destination;
    const total = this.#integer(bytes, PACKETS);
    const octets = this.#integer(bytes, BYTES);
    source.bytes = this.#integer(bytes, SOURCE_BYTES);
    destination.bytes = this.#integer(bytes, DESTINATION_BYTES);
    if (source.bytes < 0) source.bytes = octets < 0 ? 0 : octets - Math.max(0, destination.bytes);
    if (destination.bytes < 0) destination.bytes = octets - source.bytes;
    source.bytes = Math.max(0, source.bytes);
    destination.bytes = Math.max(0, destination.bytes);
    source.packets = this.#integer(bytes, SOURCE_PACKETS);
    destination.packets = this.#integer(bytes, DESTINATION_PACKETS);
    if (source.packets < 0 && destination.packets < 0) {
      const packets = Math.max(total, source.bytes + destination.bytes > 0 ? 1 : 0, 0);
      if (destination.bytes === 0) source.packets = packets;
      else if (source.bytes === 0) source.packets = 0;
      else source.packets = Math.max(1, Math.round(packets / 2));
      destination.packets = packets - source.packets;
    } else if (source.packets < 0) source.packets = Math.max(0, total - destination.packets);
    else if (destination.packets < 0) destination.packets = Math.max(0, total - source.packets);
    if (source.packets === 0) source.bytes = 0;
    if (destination.packets === 0) destination.bytes = 0;
    source.bytes = withoutEthernet(source);
    destination.bytes = withoutEthernet(destination);
    source.data = this.#integer(bytes, SOURCE_DATA);
    destination.data = this.#integer(bytes, DESTINATION_DATA);
    source.tos = Math.max(0, this.#integer(bytes, SOURCE_TOS)) & 0xff;
    destination.tos = Math.max(0, this.#integer(bytes, DESTINATION_TOS)) & 0xff;
    source.ttl = Math.max(0, this.#integer(bytes, SOURCE_TTL)) & 0xff;
    destination.ttl = Math.max(0, this.#integer(bytes, DESTINATION_TTL)) & 0xff;
  }

  #readPorts(bytes: Uint8Array): void {
    const source = this.#source;
    const destination = this.#destination;
    source.port = this.#port(bytes, SOURCE_PORT);
    destination.port = this.#port(bytes, DESTINATION_PORT);
    const column = this.#columns[FLAGS]!;
    const from = column < 0 ? 0 : this.#fields.starts[column]!;
    const to = column < 0 ? 0 : this.#fields.ends[column]!;
    // `F` or `f` among the flags: fragments, which Argus keeps as flows of their own and prints with ports 0.
    const hasFragments = holds(bytes, from, to, LETTER_F) || holds(bytes, from, to, SMALL_F);
    this.#isFragment = hasFragments && source.port <= 0 && destination.port <= 0;
    this.#icmpCode = 0;
    if (this.#protocol !== PROTOCOL_ICMP && this.#protocol !== PROTOCOL_ICMPV6) return;
    // In IPv4 `0x0103` is type 3, code 1; in IPv6 type and code stand apart, as decimal numbers.
    const isHex = this.#isHex(bytes, SOURCE_PORT);
    const word =
      source.port < 0 ? 0xffff : isHex ? source.port : (Math.min(0xff, Math.max(0, destination.port)) << 8) | (source.port & 0xff);
    const type = word & 0xff;
    this.#icmpCode = word >>> 8;
    source.icmpType = type;
    // A record of both has the request's type; one of the answer alone its own.
    destination.icmpType = source.packets > 0 ? icmpAnswerTo(type, this.#protocol) : type;
  }

  #readFlags(bytes: Uint8Array, isWhole: boolean): void {
    const source = this.#source;
    const destination = this.#destination;
    const protocol = this.#protocol;
    source.flags = FLAGS_UNKNOWN;
    destination.flags = FLAGS_UNKNOWN;
    if (protocol === PROTOCOL_UDP || protocol === PROTOCOL_UDP_LITE) {
      source.flags = 0;
      destination.flags = 0;
    }
    const column = this.#columns[STATE]!;
    if (protocol !== PROTOCOL_TCP || column < 0 || this.#isFragment) return;
    const hasData = source.bytes > BARE * source.packets || destination.bytes > BARE * destination.packets;
    const state = this.#state;
    const answered = source.packets > 0 && destination.packets > 0;
    state.read(bytes, this.#fields.starts[column]!, this.#fields.ends[column]!, answered, hasData, isWhole);
    source.flags = state.source;
    destination.flags = state.destination;
    // Some files made from Zeek's logs count packets of an answer that their state denies. The state is what was observed; counts were filled in.
    if (state.isUnanswered && source.packets > 0) destination.packets = 0;
  }

  #payload(side: Side): number {
    // A side that only ever asked to begin has sent no data, whatever made its packets large.
    if (side.packets === 0 || (this.#protocol === PROTOCOL_TCP && side.flags === TCP_SYN)) return 0;
    if (side.data >= 0) return side.data < side.bytes ? side.data : side.bytes;
    return payloadOf(this.#protocol, side.address.family === 6, side.packets, side.bytes, side.flags);
  }

  #row(from: Side, to: Side, time: number, duration: number): void {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const protocol = this.#protocol;
    from.address.asSource(batch, row);
    to.address.asDestination(batch, row);
    batch.record[row] = RECORD_FLOW;
    batch.time[row] = time;
    batch.duration[row] = duration;
    batch.protocol[row] = protocol;
    batch.grade[row] = GRADE_UNCONFIRMED;
    batch.tcpFlags[row] = from.flags;
    batch.tos[row] = from.tos;
    batch.ttl[row] = from.ttl;
    if (this.#isFragment) batch.fragment[row] = FRAGMENT_LATER;
    else if (hasPorts(protocol)) {
      if (from.port >= 0 && to.port >= 0) {
        batch.sourcePort[row] = from.port;
        batch.destinationPort[row] = to.port;
      } else batch.grade[row] = GRADE_PLACEHOLDER;
    } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      batch.icmpType[row] = from.icmpType;
      batch.icmpCode[row] = this.#icmpCode;
    }
    batch.packets[row] = clampCount(from.packets);
    batch.bytes[row] = clampCount(from.bytes);
    batch.payload[row] = clampCount(this.#payload(from));
    commitRow(this.#writer);
  }

  /** The non-negative integer in the column of a field, or NOT_A_NUMBER. */
  #integer(bytes: Uint8Array, field: number): number {
    const column = this.#columns[field]!;
    return column < 0 ? NOT_A_NUMBER : parseInteger(bytes, this.#fields.starts[column]!, this.#fields.ends[column]!);
  }

  #decimal(bytes: Uint8Array, field: number): number {
    const column = this.#columns[field]!;
    return column < 0 ? NOT_A_NUMBER : parseDecimal(bytes, this.#fields.starts[column]!, this.#fields.ends[column]!);
  }

  #isHex(bytes: Uint8Array, field: number): boolean {
    const column = this.#columns[field]!;
    const start = column < 0 ? 0 : this.#fields.starts[column]!;
    return column >= 0 && this.#fields.ends[column]! - start > 2 && bytes[start] === ZERO && bytes[start + 1] === LETTER_X;
  }

  /** A port, decimal or `0x` and hexadecimal; NO_PORT where there is none, or a service's name. */
  #port(bytes: Uint8Array, field: number): number {
    const column = this.#columns[field]!;
    if (column < 0) return NO_PORT;
    const end = this.#fields.ends[column]!;
    let value: number;
    if (this.#isHex(bytes, field)) {
      const start = this.#fields.starts[column]! + 2;
      if (end - start > 4) return NO_PORT;
      value = 0;
      for (let at = start; at < end; at++) {
        const digit = hexDigit(bytes[at]!);
        if (digit < 0) return NO_PORT;
        value = value * 16 + digit;
      }
    } else value = parseInteger(bytes, this.#fields.starts[column]!, end);
    return value >= 0 && value <= 0xffff ? value : NO_PORT;
  }
}

/** Octets of IP packets, where the count is of frames; one too small for that is taken as it is. */
function withoutEthernet(side: Side): number {
  const octets = side.bytes - side.packets * ETHERNET_HEADER;
  return octets >= side.packets * LEAST_PACKET ? octets : side.bytes;
}

function holds(bytes: Uint8Array, start: number, end: number, code: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === code) return true;
  return false;
}

/** Room for a date of which the separators are changed. */
const DATE = new Uint8Array(40);

/** `2019/04/04 16:24:47.672448`, the same with hyphens, or seconds since 1970; NOT_A_NUMBER for anything else. */
function readTime(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= 19 && length <= DATE.length && bytes[start + 4] === SLASH && bytes[start + 7] === SLASH) {
    for (let i = 0; i < length; i++) DATE[i] = bytes[start + i]!;
    DATE[4] = HYPHEN;
    DATE[7] = HYPHEN;
    return parseIsoTime(DATE, 0, length);
  }
  const time = parseIsoTime(bytes, start, end);
  return time >= 0 ? time : parseDecimal(bytes, start, end);
}
