/**
 * Connections of a Cisco ASA: `Built inbound TCP connection 7 for outside:A/p (A/p) to inside:B/p (B/p)` (302013, UDP 302015) and
 * `Teardown TCP connection 7 for outside:A/p to inside:B/p duration 0:00:30 bytes 0 SYN Timeout` (302014, UDP 302016).
 *
 * - **Built** is the packet that opened the connection: one row of one packet, a SYN for TCP. `inbound` says that the first end sent it,
 *   `outbound` that the second did (Cisco, document 116149).
 * - **Teardown** is the rest: the opener's direction and, where the reason or the octets tell that it sent something, the other's. The packet
 *   that Built counted is left out; a few tens of thousands of built connections are remembered for this, and for who opened. Where Built was
 *   not seen, whoever spoke to a port below 1024 opened; where neither or both did, flags are not told.
 * - `bytes` sums up the data of both directions without saying which: it stands as `payload` of the opener's row, so that sums are right. How
 *   many packets is not told: rows count the least that their flags need.
 * - Addresses are the real ones, not those after translation, which Teardown does not print.
 */
import { ACTION_ALLOWED, FLAGS_UNKNOWN, GRADE_CONFIRMED, GRADE_UNCONFIRMED, RECORD_FLOW } from "../../model/observation.ts";
import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { clampCount, commitRow } from "../record-row.ts";
import { ascii, NOT_A_NUMBER, startsWith } from "../text/fields.ts";
import { type Endpoint, startBetween } from "./cisco-endpoint.ts";
import { EndpointPair } from "./cisco-pair.ts";
import { BROKEN, MIXED } from "./cisco-reasons.ts";
import type { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes } from "./reader.ts";

/** Built connections that are remembered; one that meets another's place is forgotten. 5 octets each. */
const REMEMBERED = 1 << 16;
/** Seconds after which a connection without data must have been established: an embryonic one is given up after 30 by default. */
const ESTABLISHED_AFTER = 60;
/** Ports below are those of services. */
const PRIVILEGED = 1024;
/** How much later than the opener's direction the other's begins, seconds: the record does not tell. */
const AFTER = 1e-6;

const BUILT = ascii("Built ");
const INBOUND = ascii("inbound ");
const OUTBOUND = ascii("outbound ");
const CONNECTION = ascii("connection ");
const FOR = ascii("for ");
const TO = ascii(" to ");
const DURATION = ascii("duration ");
const BYTES = ascii("bytes ");
const FINS = ascii("TCP FINs");
const RESET = ascii("TCP Reset");
/** Reasons for which no handshake was completed. */
const NEVER_OPEN = ["SYN Timeout", "SYN Control", "TCP Invalid SYN", "Invalid SYN", "Flow terminated by TCP Intercept"].map(ascii);
const FROM = ascii(" from ");
const MINUS = 45;
const COLON = 58;
const LETTER_I = 73;
const LETTER_O = 79;

/** Who opened a connection, or closed it. */
const UNKNOWN = 0;
const FIRST = 1;
const SECOND = 2;

const HANDSHAKE = TCP_SYN | TCP_ACK;

/** Reads messages about connections of one input. */
export class AsaConnections {
  /** The ends as they stand in the message: the second is not always who was asked. */
  readonly #ends: EndpointPair = new EndpointPair();
  /** What identifies a connection, and who opened it; made when the first is built. */
  #keys: Uint32Array | null = null;
  #openers: Uint8Array | null = null;
  /** FNV-1a of the digits of the connection's number. */
  #number = 0;

  built(text: CiscoText, protocol: number, envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    text.take(BUILT);
    const opener = text.take(INBOUND) ? FIRST : text.take(OUTBOUND) ? SECOND : UNKNOWN;
    if (opener === UNKNOWN) {
      notes.fault(BROKEN);
      return;
    }
    if (!this.#readEnds(text, notes)) return;
    const from = opener === FIRST ? this.#ends.from : this.#ends.to;
    const row = startBetween(writer, from, opener === FIRST ? this.#ends.to : this.#ends.from, protocol);
    if (row < 0 || writer.batch.sourcePort[row]! < 0) {
      if (row < 0) notes.skip(MIXED);
      else notes.fault(BROKEN);
      return;
    }
    this.#remember(this.#key(protocol), opener);
    const { batch } = writer;
    batch.time[row] = envelope.time;
    batch.action[row] = ACTION_ALLOWED;
    batch.grade[row] = GRADE_UNCONFIRMED;
    if (protocol === PROTOCOL_TCP) batch.tcpFlags[row] = TCP_SYN;
    commitRow(writer);
  }

  tornDown(text: CiscoText, protocol: number, envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    if (!this.#readEnds(text, notes)) return;
    const duration = text.seek(DURATION) ? readDuration(text) : NOT_A_NUMBER;
    const octets = text.integerBehind(BYTES);
    if (duration < 0 || octets < 0 || this.#ends.from.port < 0 || this.#ends.to.port < 0) {
      notes.fault(BROKEN);
      return;
    }
    text.spaces();
    const remembered = this.#recall(this.#key(protocol));
    const told = remembered === UNKNOWN ? this.#openerByPorts() : remembered;
    const opener = told === UNKNOWN ? FIRST : told;
    const built = remembered !== UNKNOWN;
    let flags = 0;
    let answerFlags = 0;
    if (protocol === PROTOCOL_TCP) {
      const closer = this.#closer(text);
      flags = openerFlags(text, closer === UNKNOWN ? UNKNOWN : closer === opener ? FIRST : SECOND, octets, duration);
      answerFlags = flags >>> 16;
      flags &= 0xffff;
    }
    const from = opener === FIRST ? this.#ends.from : this.#ends.to;
    const to = opener === FIRST ? this.#ends.to : this.#ends.from;
    const time = Math.max(0, envelope.time - duration);
    const packets = (protocol === PROTOCOL_TCP ? leastOfOpener(flags) : 1) - (built ? 1 : 0);
    const unsure = protocol === PROTOCOL_TCP && told === UNKNOWN;
    if (!write(writer, from, to, protocol, unsure ? FLAGS_UNKNOWN : flags, packets, octets, time, duration)) {
      notes.skip(MIXED);
      return;
    }
    // Of UDP nothing tells whether it was answered.
    if (answerFlags === 0) return;
    const answers = leastOfAnswerer(answerFlags);
    write(writer, to, from, protocol, unsure ? FLAGS_UNKNOWN : answerFlags, answers, 0, time + AFTER, duration);
  }

  /** `… connection 7 for I:A/p … to J:B/p …`; tells `notes` where that is not what stands there. */
  #readEnds(text: CiscoText, notes: LineNotes): boolean {
    if (!text.seek(CONNECTION)) {
      notes.fault(BROKEN);
      return false;
    }
    const digits = text.at;
    text.at = text.wordEnd();
    this.#number = hash(text.bytes, digits, text.at);
    if (!text.seek(FOR)) {
      notes.fault(BROKEN);
      return false;
    }
    return this.#ends.second(text, notes, this.#ends.from.readNamed(text), TO, true);
  }

  #openerByPorts(): number {
    const first = this.#ends.from.port < PRIVILEGED;
    const second = this.#ends.to.port < PRIVILEGED;
    return first === second ? UNKNOWN : second ? FIRST : SECOND;
  }

  /**
   * Who reset the connection: `TCP Reset-O from outside`. Where the interface is not told or both ends are on it, O is the less trusted side,
   * which stands first.
   */
  #closer(text: CiscoText): number {
    const { bytes, at, end } = text;
    if (!startsWith(bytes, at, end, RESET)) return UNKNOWN;
    const behind = at + RESET.length;
    const letter = behind + 1 < end && bytes[behind] === MINUS ? bytes[behind + 1] : 0;
    const bySide = letter === LETTER_O ? FIRST : letter === LETTER_I ? SECOND : UNKNOWN;
    if (!startsWith(bytes, behind + 2, end, FROM)) return bySide;
    const name = behind + 2 + FROM.length;
    const first = isNamed(bytes, name, end, this.#ends.from);
    return first === isNamed(bytes, name, end, this.#ends.to) ? bySide : first ? FIRST : SECOND;
  }

  #key(protocol: number): number {
    const first = this.#ends.from;
    const second = this.#ends.to;
    let key = Math.imul(this.#number ^ ((first.port << 16) | second.port), 0x9e3779b1);
    key = Math.imul((key ^ (key >>> 15)) + word(first), 0x85ebca6b);
    key = Math.imul((key ^ (key >>> 13)) + word(second) + protocol, 0xc2b2ae35);
    return (key ^ (key >>> 16)) >>> 0;
  }

  #remember(key: number, opener: number): void {
    const keys = (this.#keys ??= new Uint32Array(REMEMBERED));
    const openers = (this.#openers ??= new Uint8Array(REMEMBERED));
    const slot = key % REMEMBERED;
    keys[slot] = key;
    openers[slot] = opener;
  }

  /** Who opened the connection, and forgets it: a number comes again after a restart. */
  #recall(key: number): number {
    const slot = key % REMEMBERED;
    if (this.#keys === null || this.#openers === null || this.#keys[slot] !== key) return UNKNOWN;
    const opener = this.#openers[slot]!;
    this.#openers[slot] = UNKNOWN;
    return opener;
  }
}

/**
 * Flags of the opener's direction, and above them (shifted by 16) those of the other, 0 where it sent nothing that the record tells of.
 * @param closer FIRST where the opener reset the connection, SECOND where the other end did.
 */
function openerFlags(text: CiscoText, closer: number, octets: number, duration: number): number {
  const { bytes, at, end } = text;
  for (const reason of NEVER_OPEN) if (startsWith(bytes, at, end, reason)) return TCP_SYN;
  if (startsWith(bytes, at, end, FINS)) return (HANDSHAKE | TCP_FIN) * 0x10001;
  const established = octets > 0 || duration > ESTABLISHED_AFTER;
  if (closer === FIRST) return (established ? HANDSHAKE | TCP_RST : TCP_SYN | TCP_RST) | (HANDSHAKE << 16);
  if (closer === SECOND) return established ? HANDSHAKE | ((HANDSHAKE | TCP_RST) << 16) : TCP_SYN | ((TCP_RST | TCP_ACK) << 16);
  return established ? HANDSHAKE * 0x10001 : TCP_SYN;
}

/** The fewest packets of the opener: its SYN, and one more where there is more than that. */
function leastOfOpener(flags: number): number {
  return flags === TCP_SYN ? 1 : 2;
}

/** The fewest packets of the other end: its SYN+ACK and one that closes, or a lone RST. */
function leastOfAnswerer(flags: number): number {
  return (flags & TCP_SYN) !== 0 && (flags & (TCP_FIN | TCP_RST)) !== 0 ? 2 : 1;
}

function write(
  writer: ObservationWriter,
  from: Endpoint,
  to: Endpoint,
  protocol: number,
  flags: number,
  packets: number,
  payload: number,
  time: number,
  duration: number,
): boolean {
  const row = startBetween(writer, from, to, protocol);
  if (row < 0) return false;
  const { batch } = writer;
  batch.record[row] = RECORD_FLOW;
  batch.time[row] = time;
  batch.duration[row] = duration;
  batch.tcpFlags[row] = flags;
  batch.packets[row] = packets;
  batch.payload[row] = clampCount(payload);
  batch.action[row] = ACTION_ALLOWED;
  if (batch.grade[row] === GRADE_CONFIRMED) batch.grade[row] = GRADE_UNCONFIRMED;
  commitRow(writer);
  return true;
}

/** `92:24:20` in seconds, or NOT_A_NUMBER. */
function readDuration(text: CiscoText): number {
  const hours = text.integer();
  const minutes = text.bytes[text.at++] === COLON ? text.integer() : NOT_A_NUMBER;
  const seconds = text.bytes[text.at++] === COLON ? text.integer() : NOT_A_NUMBER;
  return hours < 0 || hours > 0xffff || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59
    ? NOT_A_NUMBER
    : 3600 * hours + 60 * minutes + seconds;
}

/** Whether the interface's name stands at `bytes[at…]`. */
function isNamed(bytes: Uint8Array, at: number, end: number, { nameStart, nameEnd }: Endpoint): boolean {
  const length = nameEnd - nameStart;
  if (length === 0 || end - at < length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[nameStart + i]) return false;
  return true;
}

function word({ address: { family, four, six } }: Endpoint): number {
  return family === 4 ? four : six[0]! ^ Math.imul(six[1]!, 31) ^ Math.imul(six[2]!, 961) ^ Math.imul(six[3]!, 29_791);
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return value;
}
