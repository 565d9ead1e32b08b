/**
 * The packet of a Linux netfilter log line, `SRC=… DST=… LEN=… PROTO=TCP SPT=…`, read into plain numbers. The order and the words are
 * those of the kernel's net/netfilter/nf_log_syslog.c; an ICMP error holds another one in brackets.
 */
import { FLAGS_UNKNOWN, FRAGMENT_FIRST, FRAGMENT_LATER, FRAGMENT_NONE, NO_PORT } from "../../model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_CWR,
  TCP_ECE,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import { hexDigit, NOT_A_NUMBER, parseIPv4At, parseIPv6At } from "../text/fields.ts";

import { EXPANDED_LENGTH, readExpandedIPv6 } from "./expanded-ipv6.ts";
import * as field from "./netfilter-keys.ts";
import { ETHERNET_MAC, isEthernetHeader, quoteEnd, tokenEnd } from "./netfilter-tokens.ts";
import { protocolNamed } from "../text/protocol-words.ts";

const SPACE = 32;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const ZERO = 48;
const COLON = 58;
const EQUALS = 61;
const OPEN = 91;
const CLOSE = 93;
const SMALL_X = 120;

/** No protocol has been named. */
const NO_PROTOCOL = -1;

const BAD_ADDRESS = "netfilter: an address does not parse";
const BAD_NUMBER = "netfilter: a number does not parse";
const BAD_PROTOCOL = "netfilter: unknown protocol name";

/** One packet's fields, reused from line to line. 32-bit values are kept signed: typed arrays wrap them back. */
export class NetfilterPacket {
  /** 4 or 6. */
  sourceFamily = 4;
  destinationFamily = 4;
  hasSource = false;
  hasDestination = false;
  source = 0;
  destination = 0;
  readonly source6 = new Uint32Array(4);
  readonly destination6 = new Uint32Array(4);
  length = 0;
  tos = 0;
  ttl = 0;
  id = 0;
  dontFragment = false;
  evil = false;
  fragment: number = FRAGMENT_NONE;
  ipOptions = false;
  protocol: number = NO_PROTOCOL;
  /** Not even the transport header was there: `INCOMPLETE [8 bytes]`. */
  incomplete = false;
  sourcePort: number = NO_PORT;
  destinationPort: number = NO_PORT;
  sequence = 0;
  acknowledgement = 0;
  flags: number = FLAGS_UNKNOWN;
  window = 0;
  urgent = 0;
  /** The last field of the transport was there (URGP, UDP's LEN, CODE): the line was not cut before it. */
  whole = false;
  icmpType = 0;
  icmpCode = 0;
  /** Octets in `tcpOptions`, or -1 where they were not logged. */
  tcpOptionsLength = -1;
  readonly tcpOptions = new DataView(new ArrayBuffer(40));
  /** Where a quoted packet begins, behind its bracket, or -1. */
  quoteAt = -1;
  /** Where reading stopped: the end, or behind the bracket that closes a quote. */
  stoppedAt = 0;
  /** A bracket closed it. */
  closed = false;
  /** Why the line does not parse, or null. */
  problem: string | null = null;
  #at = 0;

  /** Reads fields from `at` up to `end`, or to the closing bracket of a quote. Unknown ones are passed over. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.#reset();
    let at = start;
    while (at < end) {
      if (bytes[at] === SPACE) {
        at++;
        continue;
      }
      if (bytes[at] === CLOSE) {
        this.closed = true;
        at++;
        break;
      }
      at = this.#field(bytes, at, end);
    }
    this.stoppedAt = at;
  }

  get isArp(): boolean {
    return this.protocol === PROTOCOL_ARP;
  }

  #reset(): void {
    this.hasSource = this.hasDestination = false;
    this.length = this.tos = this.ttl = this.id = 0;
    this.dontFragment = this.evil = this.ipOptions = this.incomplete = this.whole = this.closed = false;
    this.fragment = FRAGMENT_NONE;
    this.protocol = NO_PROTOCOL;
    this.sourcePort = this.destinationPort = NO_PORT;
    this.sequence = this.acknowledgement = this.window = this.urgent = this.icmpType = this.icmpCode = 0;
    this.flags = FLAGS_UNKNOWN;
    this.tcpOptionsLength = -1;
    this.quoteAt = -1;
    this.problem = null;
  }

  /** Reads the field at `at` and returns where it ends. */
  #field(bytes: Uint8Array, at: number, end: number): number {
    // What stands behind the end must not be read: it counts as a space
    const near = end - at < 4;
    const a = bytes[at]!;
    const b = near && at + 1 >= end ? SPACE : bytes[at + 1]!;
    const c = near && at + 2 >= end ? SPACE : bytes[at + 2]!;
    const d = near ? SPACE : bytes[at + 3]!;
    this.#at = at + 4;
    switch (field.four(a, b, c, d === CLOSE ? SPACE : d)) {
      case field.SRC:
        return this.#address(bytes, at + 4, end, true);
      case field.DST:
        return this.#address(bytes, at + 4, end, false);
      case field.LEN:
        if (this.protocol < 0) this.length = this.#decimal(bytes, at + 4, end, 0xffffffff);
        else {
          // UDP's own length, which is known without it
          this.#decimal(bytes, at + 4, end, 0xffff);
          this.whole = true;
        }
        break;
      case field.TOS:
        this.tos |= this.#hexadecimal(bytes, at + 4, end, 0xff);
        break;
      case field.PREC:
        this.tos |= this.#hexadecimal(bytes, at + 5, end, 0xff);
        break;
      case field.TTL:
        this.ttl = this.#decimal(bytes, at + 4, end, 0xff);
        break;
      case field.HOPL: // HOPLIMIT=
        this.ttl = this.#decimal(bytes, at + 9, end, 0xff);
        break;
      case field.PROT:
        return this.#protocol(bytes, at + 6, end);
      case field.SPT:
        this.sourcePort = this.#decimal(bytes, at + 4, end, 0xffff);
        break;
      case field.DPT:
        this.destinationPort = this.#decimal(bytes, at + 4, end, 0xffff);
        break;
      case field.SEQ: {
        const sequence = this.#decimal(bytes, at + 4, end, 0xffffffff);
        if (this.protocol === PROTOCOL_TCP) this.sequence = sequence | 0;
        else this.sequence |= sequence & 0xffff;
        break;
      }
      case field.ACK_NUMBER:
        this.acknowledgement = this.#decimal(bytes, at + 4, end, 0xffffffff) | 0;
        break;
      case field.WIND: // WINDOW=
        this.window = this.#decimal(bytes, at + 7, end, 0xffff);
        break;
      case field.RES:
        // The four bits between header length and CWR, shifted left by two
        this.flags = (this.#hexadecimal(bytes, at + 4, end, 0xff) << 6) & 0xf00;
        break;
      case field.URGP:
        this.urgent = this.#decimal(bytes, at + 5, end, 0xffff);
        this.whole = true;
        break;
      case field.SYN:
        return this.#flag(TCP_SYN, at);
      case field.ACK:
        return this.#flag(TCP_ACK, at);
      case field.FIN:
        return this.#flag(TCP_FIN, at);
      case field.RST:
        return this.#flag(TCP_RST, at);
      case field.PSH:
        return this.#flag(TCP_PSH, at);
      case field.URG:
        return this.#flag(TCP_URG, at);
      case field.ECE:
        return this.#flag(TCP_ECE, at);
      case field.CWR:
        return this.#flag(TCP_CWR, at);
      case field.OPT:
        return this.#options(bytes, at + 4, end);
      case field.TYPE:
        this.icmpType = this.#decimal(bytes, at + 5, end, 0xff);
        break;
      case field.CODE:
        this.icmpCode = this.#decimal(bytes, at + 5, end, 0xff);
        this.whole = true;
        break;
      case field.FRAG:
        // In units of 8 octets (IPv4) or in octets (IPv6), without the flag for more
        if (this.#decimal(bytes, at + 5, end, 0xffff) > 0) this.fragment = FRAGMENT_LATER;
        break;
      case field.INCO: // INCOMPLETE, of an IPv6 fragment header: more fragments follow
        if (at + 11 < end && bytes[at + 11] === OPEN) this.incomplete = true;
        else if (this.fragment === FRAGMENT_NONE) this.fragment = FRAGMENT_FIRST;
        return tokenEnd(bytes, at, end);
      case field.MAC:
        return isEthernetHeader(bytes, at, end) ? at + ETHERNET_MAC : tokenEnd(bytes, at, end);
      case field.ARP:
        this.protocol = PROTOCOL_ARP;
        this.whole = true;
        return at + 3;
      case field.OPCO: // OPCODE=
        this.icmpType = this.#decimal(bytes, at + 7, end, 0xffff) & 0xff;
        break;
      case field.IPSR: // IPSRC=
        return this.#address(bytes, at + 6, end, true);
      case field.IPDS: // IPDST=
        return this.#address(bytes, at + 6, end, false);
      default:
        return this.#shortField(bytes, at, end, a, b, c);
    }
    return this.#at;
  }

  /** Fields whose names have fewer than three letters, and brackets. */
  #shortField(bytes: Uint8Array, at: number, end: number, a: number, b: number, c: number): number {
    switch (field.four(a, b, c === CLOSE ? SPACE : c, 0)) {
      case field.ID:
        if (this.protocol < 0) this.id = this.#decimal(bytes, at + 3, end, 0xffff);
        else this.sequence = this.#decimal(bytes, at + 3, end, 0xffffffff) << 16;
        return this.#at;
      case field.TC:
        this.tos = this.#decimal(bytes, at + 3, end, 0xff);
        return this.#at;
      case field.DF:
        this.dontFragment = true;
        return at + 2;
      case field.MF:
        if (this.fragment === FRAGMENT_NONE) this.fragment = FRAGMENT_FIRST;
        return at + 2;
      case field.CE:
        // The kernel's name for the reserved bit of the IPv4 flags
        this.evil = true;
        return at + 2;
      case field.IN:
        // The line begins anew: what came before was text of the prefix
        this.#reset();
        break;
      default:
        if (a === OPEN && b === 83 && c === 82) {
          // [SRC=
          if (this.quoteAt < 0) this.quoteAt = at + 1;
          return quoteEnd(bytes, at, end);
        }
    }
    return tokenEnd(bytes, at, end);
  }

  #flag(flag: number, at: number): number {
    if (this.protocol === PROTOCOL_TCP) this.flags = this.flags === FLAGS_UNKNOWN ? flag : this.flags | flag;
    return at + 3;
  }

  #address(bytes: Uint8Array, start: number, end: number, isSource: boolean): number {
    const words = isSource ? this.source6 : this.destination6;
    const expanded = start + EXPANDED_LENGTH;
    let stop = expanded;
    let word = NOT_A_NUMBER;
    let six = expanded < end && bytes[expanded] === SPACE && bytes[start + 4] === COLON && readExpandedIPv6(bytes, start, words);
    if (!six) {
      stop = tokenEnd(bytes, start, end);
      word = parseIPv4At(bytes, start, stop);
      six = word < 0;
      if (six && !parseIPv6At(bytes, start, stop, words)) {
        this.problem = BAD_ADDRESS;
        return stop;
      }
    }
    if (isSource) {
      this.source = word | 0;
      this.sourceFamily = six ? 6 : 4;
      this.hasSource = true;
    } else {
      this.destination = word | 0;
      this.destinationFamily = six ? 6 : 4;
      this.hasDestination = true;
    }
    return stop;
  }

  #protocol(bytes: Uint8Array, start: number, end: number): number {
    const stop = tokenEnd(bytes, start, end);
    const length = stop - start;
    if (length === 3 && bytes[start] === 84 && bytes[start + 1] === 67 && bytes[start + 2] === 80) this.protocol = PROTOCOL_TCP;
    else if (length === 3 && bytes[start] === 85 && bytes[start + 1] === 68 && bytes[start + 2] === 80) this.protocol = PROTOCOL_UDP;
    else if (length === 4 && bytes[start] === 73 && bytes[start + 1] === 67 && bytes[start + 3] === 80) this.protocol = PROTOCOL_ICMP;
    else if (length > 0 && bytes[start]! >= ZERO && bytes[start]! <= 57) this.protocol = this.#decimal(bytes, start, end, 0xff);
    else {
      this.protocol = protocolNamed(bytes, start, stop);
      if (this.protocol < 0) this.problem = BAD_PROTOCOL;
    }
    return stop;
  }

  /** `(020405B4)`; around IPv6 extension headers there are only the brackets, with fields between them. */
  #options(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end || bytes[start] !== OPEN_ROUND) return start;
    let at = start + 1;
    if (at < end && bytes[at] === SPACE) return at;
    let length = 0;
    for (; at + 1 < end && bytes[at] !== CLOSE_ROUND; at += 2) {
      const high = hexDigit(bytes[at]!);
      const low = hexDigit(bytes[at + 1]!);
      if (high < 0 || low < 0 || length >= 40) break;
      this.tcpOptions.setUint8(length++, (high << 4) | low);
    }
    if (this.protocol < 0) this.ipOptions = true;
    // A cut or damaged list of options tells less than none
    else if (at < end && bytes[at] === CLOSE_ROUND) this.tcpOptionsLength = length;
    return tokenEnd(bytes, at, end);
  }

  /** The number at `at`, up to `most`; leaves its end in #at. */
  #decimal(bytes: Uint8Array, start: number, end: number, most: number): number {
    let at = start;
    let value = 0;
    while (at < end) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9 || at - start > 10) break;
      value = value * 10 + digit;
      at++;
    }
    return this.#checked(bytes, start, at, end, value, most);
  }

  /** The same of a hexadecimal number, with `0x` or without. */
  #hexadecimal(bytes: Uint8Array, start: number, end: number, most: number): number {
    let at = start + 1 < end && bytes[start + 1] === SMALL_X ? start + 2 : start;
    const first = at;
    let value = 0;
    while (at < end && at - first < 8) {
      const digit = hexDigit(bytes[at]!);
      if (digit < 0) break;
      value = value * 16 + digit;
      at++;
    }
    return this.#checked(bytes, first, at, end, value, most);
  }

  #checked(bytes: Uint8Array, first: number, at: number, end: number, value: number, most: number): number {
    this.#at = at;
    if (at > first && value <= most && isLead(bytes[first - 1]!) && (at >= end || bytes[at] === SPACE || bytes[at] === CLOSE)) return value;
    this.problem = BAD_NUMBER;
    this.#at = tokenEnd(bytes, at, end);
    return 0;
  }
}

/** What may stand before a number: `=`, `:` of FRAG, `x` of 0x. */
function isLead(code: number): boolean {
  return code === EQUALS || code === COLON || code === SMALL_X;
}
