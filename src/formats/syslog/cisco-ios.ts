/**
 * Access lists of Cisco IOS, IOS XE and IOS XR: `%SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(0) -> 198.51.100.2(0), 1 packet`.
 * Texts by Cisco's system message guides (SEC, IPV6_ACL, FMANFP, ACL-IPV4_ACL) and "Understanding Access Control List Logging".
 *
 * What the ports prove: where no entry of a list looks behind the IP header, IOS reads no ports and prints `(0)` for both, and so it does for
 * later fragments. **Both (0)** is therefore a placeholder. As soon as one port is another number the header was read, and both ports stand in the
 * same four octets of it: an entry for destination port 80 logs the source port, which it does not test, as well
 * (`list test denied tcp 10.10.10.2(24667) -> 10.10.10.1(80)`). So a **(0) beside a real port** was on the wire: confirmed.
 *
 * The first packet is logged at once, the rest of its flow in sums every five minutes (or every so many packets), without saying since when.
 */
import {
  ICMP_TYPE_UNKNOWN,
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  NO_PORT,
  type ObservationBatch,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { clampCount, commitRow } from "../record-row.ts";
import { ascii, startsWith } from "../text/fields.ts";
import { Endpoint, startBetween } from "./cisco-endpoint.ts";
import { readNexus } from "./cisco-nexus.ts";
import { forgetPorts } from "./cisco-placeholder.ts";
import { BROKEN, MIXED, NAMED, NO_DESTINATION, NO_PROTOCOL } from "./cisco-reasons.ts";
import { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes, MessageKind, MessageReader } from "./reader.ts";

const PERCENT = 37;
const OPEN = 40;
const COMMA = 44;
const SLASH = 47;
const COLON = 58;
const SPACE = 32;
const CLOSE = 41;
/** How far into a message IOS XR's own tag may stand, behind `RP/0/RP0/CPU0:Oct 7 07:19:43.630 UTC: ipv4_acl_mgr[310]: `. */
const TAG_WITHIN = 128;
/** Longest tag: `%ACL-IPV4_ACL-6-IPACCESSLOGSP`. */
const LONGEST_TAG = 48;

const ACCESS_LOG = ascii("ACCESSLOG");
const NEXUS = ascii("%ACLLOG-");
const LIST = ascii("list ");
const ARROW = ascii("->");
const PACKETS = ascii(", ");
const DENIED = ascii("den");
const PERMITTED = ascii("permit");
/** Mnemonics by what stands behind ACCESSLOG. */
const STANDARD = ascii("S");
const RATE_LIMITED = ascii("RL");
const MISSED = ascii("missed ");
const LOST_UNIT = "Cisco IOS access list packets";
const UNLOGGED = "Cisco IOS: packets that went unlogged (rate limit)";

class IosReader implements MessageReader {
  readonly #text: CiscoText = new CiscoText();
  readonly #from: Endpoint = new Endpoint();
  readonly #to: Endpoint = new Endpoint();
  /** Set by recognises: where the tag ends, and where the mnemonic's end (behind ACCESSLOG) begins; below 0 for a Nexus. */
  #tagEnd = 0;
  #kind = 0;

  recognises(envelope: Envelope): boolean {
    const { bytes, message, end } = envelope;
    const limit = end - message < TAG_WITHIN ? end : message + TAG_WITHIN;
    let at = message;
    while (at < limit && bytes[at] !== PERCENT) at++;
    if (at === limit) return false;
    let stop = at;
    const last = end - at < LONGEST_TAG ? end : at + LONGEST_TAG;
    while (stop < last && bytes[stop] !== COLON && bytes[stop] !== SPACE) stop++;
    this.#tagEnd = stop;
    if (startsWith(bytes, at, stop, NEXUS)) {
      this.#kind = -1;
      return true;
    }
    for (let i = at; i < stop; i++) {
      if (!startsWith(bytes, i, stop, ACCESS_LOG)) continue;
      this.#kind = i + ACCESS_LOG.length;
      return true;
    }
    return false;
  }

  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    text.open(envelope.bytes, this.#tagEnd, envelope.end);
    if (this.#kind < 0) readNexus(text, this.#from, this.#to, envelope, writer, notes);
    else if (this.#isKind(RATE_LIMITED)) this.#unlogged(notes);
    else if (this.#isKind(STANDARD)) notes.skip(NO_DESTINATION);
    else this.#entry(envelope, writer, notes);
  }

  /** `access-list logging rate-limited or missed 18 packets`. */
  #unlogged(notes: LineNotes): void {
    const packets = this.#text.integerBehind(MISSED);
    notes.skip(UNLOGGED);
    if (packets > 0) notes.lose(LOST_UNIT, packets);
  }

  #isKind(word: Uint8Array): boolean {
    return this.#tagEnd - this.#kind === word.length && startsWith(this.#text.bytes, this.#kind, this.#tagEnd, word);
  }

  /** `list 101 denied tcp A(p) -> B(p), 1 packet`. */
  #entry(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    if (!text.seek(LIST)) {
      notes.fault(BROKEN);
      return;
    }
    text.at = text.wordEnd();
    text.spaces();
    const action = text.take(DENIED) ? ACTION_DENIED : text.take(PERMITTED) ? ACTION_ALLOWED : ACTION_UNKNOWN;
    if (action === ACTION_UNKNOWN) {
      notes.fault(BROKEN);
      return;
    }
    text.at = text.wordEnd();
    text.spaces();
    const protocol = text.protocol();
    // 0 is printed where a list tests addresses alone
    if (protocol <= 0) {
      notes.skip(NO_PROTOCOL);
      return;
    }
    const first = readEnd(text, this.#from);
    if (!text.seek(ARROW)) {
      notes.fault(BROKEN);
      return;
    }
    text.spaces();
    const second = readEnd(text, this.#to);
    if (!first || !second) {
      notes.skip(NAMED);
      return;
    }
    const row = startBetween(writer, this.#from, this.#to, protocol);
    if (row < 0) {
      notes.skip(MIXED);
      return;
    }
    const { batch } = writer;
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) readTypeAndCode(text, batch, row);
    else if (hasPorts(protocol) && this.#from.port <= 0 && this.#to.port <= 0) forgetPorts(batch, row);
    const packets = text.integerBehind(PACKETS);
    if (packets < 0) {
      notes.fault(BROKEN);
      return;
    }
    batch.time[row] = envelope.time;
    batch.action[row] = action;
    batch.packets[row] = clampCount(packets);
    if (packets !== 1) batch.record[row] = RECORD_FLOW;
    commitRow(writer);
  }
}

/** `A(p)`, `A`, and IOS XE's `00-00-5E-00-53-23 A(p)`; whether it is an address. Moves behind the port. */
function readEnd(text: CiscoText, endpoint: Endpoint): boolean {
  const { bytes, end } = text;
  endpoint.port = NO_PORT;
  for (let words = 0; words < 2; words++) {
    let i = text.at;
    while (i < end && bytes[i] !== OPEN && bytes[i] !== SPACE && bytes[i] !== COMMA) i++;
    const read = endpoint.address.read(bytes, text.at, i);
    text.at = i;
    if (read) {
      if (i < end && bytes[i] === OPEN) {
        text.at = i + 1;
        const port = text.integer();
        if (port >= 0 && port <= 0xffff && bytes[text.at] === CLOSE && text.at < end) endpoint.port = port;
        else text.at = i;
      }
      return true;
    }
    text.spaces();
  }
  return false;
}

/** ` (3/4)`, `(3/4)`. */
function readTypeAndCode(text: CiscoText, batch: ObservationBatch, row: number): void {
  batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
  const back = text.at;
  text.spaces();
  if (text.at >= text.end || text.bytes[text.at] !== OPEN) {
    text.at = back;
    return;
  }
  text.at++;
  const type = text.integer();
  if (type < 0 || type > 255 || text.at >= text.end || text.bytes[text.at] !== SLASH) return;
  text.at++;
  const code = text.integer();
  if (code < 0 || code > 255) return;
  batch.icmpType[row] = type;
  batch.icmpCode[row] = code;
}

export const CISCO_IOS: MessageKind = { name: "cisco-ios", reader: () => new IosReader() };
