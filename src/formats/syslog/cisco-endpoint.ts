/** One end of what a Cisco message is about: `outside:192.0.2.1/443(LOCAL\user)`, `192.0.2.1/443`, `outside/192.0.2.1(443)`. */
import { FLAGS_UNKNOWN, GRADE_PLACEHOLDER, NO_PORT } from "../../model/observation.ts";
import { hasPorts, PROTOCOL_DCCP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { startRow } from "../record-row.ts";
import { AddressField } from "../text/address-field.ts";
import { ascii, parseInteger, startsWith } from "../text/fields.ts";
import { CISCO_SERVICES } from "./cisco-services.ts";
import type { CiscoText } from "./cisco-text.ts";

const SPACE = 32;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const TYPE = ascii("type ");
/** Longest name of an interface (48 octets), with a prefix. */
const LONGEST_NAME = 128;

/** How an end was read. */
export const END_READ = 0;
/** A name stands for the address, as the `names` and `name` commands of ASA have it: nobody here can tell which address. */
export const END_NAMED = 1;
export const END_BROKEN = 2;

/** The end read last. */
export class Endpoint {
  readonly address: AddressField = new AddressField();
  /** NO_PORT where none is told. */
  port = NO_PORT;
  /** The interface is `bytes[nameStart, nameEnd)`; empty where none is told. */
  nameStart = 0;
  nameEnd = 0;

  /** Reads `192.0.2.1/443` or `192.0.2.1`, and passes over what is said of a user. Returns END_…. */
  readPlain(text: CiscoText): number {
    this.nameStart = this.nameEnd = text.at;
    return this.#host(text, text.at);
  }

  /** Reads `interface:address/port`, where the interface may have spaces (`NP Identity Ifc`), a prefix (`v1:outside`), or be missing. */
  readNamed(text: CiscoText): number {
    const { bytes, end } = text;
    const start = text.at;
    if (this.address.read(bytes, start, hostEnd(text, start)) && this.address.family === 4) return this.readPlain(text);
    const limit = end - start < LONGEST_NAME ? end : start + LONGEST_NAME;
    let colon = start;
    while (colon < limit && bytes[colon] !== COLON) colon++;
    if (colon === limit) return this.readPlain(text);
    this.nameStart = start;
    this.nameEnd = colon;
    const problem = this.#host(text, colon + 1);
    if (problem !== END_NAMED) return problem;
    const stop = hostEnd(text, colon + 1);
    for (let second = colon + 1; second < stop; second++) {
      if (bytes[second] !== COLON) continue;
      this.nameEnd = second;
      return this.#host(text, second + 1);
    }
    return problem;
  }

  /** Reads `interface/address(port)` and passes over a user. */
  readSlashed(text: CiscoText): number {
    const { bytes, end } = text;
    let i = text.at;
    while (i < end && bytes[i] !== SLASH) i++;
    this.nameStart = text.at;
    this.nameEnd = i;
    const start = i + 1;
    while (i < end && bytes[i] !== OPEN && bytes[i] !== SPACE) i++;
    if (i >= end || bytes[i] !== OPEN || start >= i) return END_BROKEN;
    const named = !this.address.read(bytes, start, i);
    const digits = i + 1;
    while (i < end && bytes[i] !== CLOSE) i++;
    this.port = portOf(bytes, digits, i);
    if (i >= end || this.port < 0) return END_BROKEN;
    text.at = i + 1;
    passParentheses(text);
    return named ? END_NAMED : END_READ;
  }

  #host(text: CiscoText, start: number): number {
    const { bytes, end } = text;
    const stop = hostEnd(text, start);
    let named = !this.address.read(bytes, start, stop);
    // The end of a sentence, or what a colon introduces
    if (named && stop > start && (bytes[stop - 1] === DOT || bytes[stop - 1] === COLON)) named = !this.address.read(bytes, start, stop - 1);
    this.port = NO_PORT;
    text.at = stop;
    if (stop === start) return END_BROKEN;
    if (stop < end && bytes[stop] === SLASH) {
      let i = stop + 1;
      while (i < end && bytes[i] !== SPACE && bytes[i] !== OPEN && bytes[i] !== COMMA && bytes[i] !== CLOSE) i++;
      text.at = i;
      if (i > stop + 1 && bytes[i - 1] === DOT) i--;
      this.port = portOf(bytes, stop + 1, i);
      if (this.port < 0) return named ? END_NAMED : END_BROKEN;
    }
    passParentheses(text);
    return named ? END_NAMED : END_READ;
  }
}

/**
 * Begins a row about a packet from one end to the other: addresses, protocol (ICMP in its version), ports where the protocol has some,
 * flags unknown. Without both ports they are placeholders. Returns the row, or -1 where the ends are of two families.
 */
export function startBetween(writer: ObservationWriter, from: Endpoint, to: Endpoint, protocol: number): number {
  const { family } = from.address;
  if (family !== to.address.family) return -1;
  const row = startRow(writer);
  const { batch } = writer;
  from.address.asSource(batch, row);
  to.address.asDestination(batch, row);
  batch.protocol[row] = protocol === PROTOCOL_ICMP && family === 6 ? PROTOCOL_ICMPV6 : protocol;
  const flagged = protocol === PROTOCOL_TCP || protocol === PROTOCOL_SCTP || protocol === PROTOCOL_DCCP;
  batch.tcpFlags[row] = flagged ? FLAGS_UNKNOWN : 0;
  if (!hasPorts(protocol)) return row;
  if (from.port >= 0 && to.port >= 0) {
    batch.sourcePort[row] = from.port;
    batch.destinationPort[row] = to.port;
  } else batch.grade[row] = GRADE_PLACEHOLDER;
  return row;
}

/** Moves over `(192.0.2.1/443)`, `(LOCAL\user)`, ` (user)`, but not over `(type 8, code 0)`. */
export function passParentheses(text: CiscoText): void {
  const { bytes, end } = text;
  for (;;) {
    const at = bytes[text.at] === SPACE ? text.at + 1 : text.at;
    if (at >= end || bytes[at] !== OPEN || startsWith(bytes, at + 1, end, TYPE)) return;
    let i = at + 1;
    while (i < end && bytes[i] !== CLOSE) i++;
    if (i >= end) return;
    text.at = i + 1;
  }
}

function hostEnd(text: CiscoText, start: number): number {
  const { bytes, end } = text;
  let i = start;
  while (i < end && bytes[i] !== SPACE && bytes[i] !== SLASH && bytes[i] !== OPEN && bytes[i] !== COMMA) i++;
  return i;
}

/** A port by its number or by ASA's name for it; below 0 where it is neither. */
function portOf(bytes: Uint8Array, start: number, end: number): number {
  const port = parseInteger(bytes, start, end);
  if (port >= 0) return port <= 0xffff ? port : -2;
  const service = CISCO_SERVICES.find(bytes, start, end);
  return service >= 0 ? service : -2;
}
