/** The text of a Cisco message, read from left to right: words as they come, numbers, protocols, TCP flags. */
import {
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
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
import { FLAGS_UNKNOWN } from "../../model/observation.ts";
import { ascii, NOT_A_NUMBER, parseInteger, startsWith } from "../text/fields.ts";
import { WordTable } from "../text/word-table.ts";

const SPACE = 32;
const COMMA = 44;
const ZERO = 48;

/** Names of protocols as ASA and IOS print them; "ip" and "ipv6", which name none, are not among them. */
const PROTOCOLS = new WordTable([
  ["icmp", PROTOCOL_ICMP],
  ["igmp", 2],
  ["ipinip", 4],
  ["tcp", PROTOCOL_TCP],
  ["egp", 8],
  ["igrp", 9],
  ["udp", PROTOCOL_UDP],
  ["dccp", PROTOCOL_DCCP],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["ahp", 51],
  ["icmp6", PROTOCOL_ICMPV6],
  ["icmpv6", PROTOCOL_ICMPV6],
  ["ipv6-icmp", PROTOCOL_ICMPV6],
  ["eigrp", 88],
  ["ospf", 89],
  ["nos", 94],
  ["pim", 103],
  ["pcp", 108],
  ["snp", 109],
  ["vrrp", 112],
  ["l2tp", 115],
  ["sctp", PROTOCOL_SCTP],
]);

const FLAGS = new WordTable([
  ["FIN", TCP_FIN],
  ["SYN", TCP_SYN],
  ["RST", TCP_RST],
  ["PSH", TCP_PSH],
  ["ACK", TCP_ACK],
  ["URG", TCP_URG],
  ["ECE", TCP_ECE],
  ["CWR", TCP_CWR],
  ["ECN", TCP_ECE],
]);
const ON = ascii("on ");
const PROTOCOL = ascii("protocol ");

/** A place in the text of one message. One object is reused for all. */
export class CiscoText {
  bytes: Uint8Array = new Uint8Array(0);
  /** What is read next, and where the text ends. */
  at = 0;
  end = 0;

  open(bytes: Uint8Array, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Moves behind `word` if it stands here; whether it does. */
  take(word: Uint8Array): boolean {
    if (!startsWith(this.bytes, this.at, this.end, word)) return false;
    this.at += word.length;
    return true;
  }

  /** Moves behind the next `word`; whether there is one. */
  seek(word: Uint8Array): boolean {
    const { bytes, end } = this;
    const first = word[0]!;
    const last = end - word.length;
    for (let i = this.at; i <= last; i++) {
      if (bytes[i] === first && startsWith(bytes, i, end, word)) {
        this.at = i + word.length;
        return true;
      }
    }
    return false;
  }

  /** Moves over spaces. */
  spaces(): void {
    while (this.at < this.end && this.bytes[this.at] === SPACE) this.at++;
  }

  /** Where the word that begins here ends: at a space, a comma or the end. */
  wordEnd(): number {
    let i = this.at;
    while (i < this.end && this.bytes[i] !== SPACE && this.bytes[i] !== COMMA) i++;
    return i;
  }

  /** Moves behind the digits that stand here and returns their number, or NOT_A_NUMBER where there is none. */
  integer(): number {
    let i = this.at;
    while (i < this.end && this.bytes[i]! >= ZERO && this.bytes[i]! <= ZERO + 9) i++;
    const value = parseInteger(this.bytes, this.at, i);
    this.at = i;
    return value;
  }

  /** Moves behind the next `word` and the number behind it, and returns that number, or NOT_A_NUMBER. */
  integerBehind(word: Uint8Array): number {
    return this.seek(word) ? this.integer() : NOT_A_NUMBER;
  }

  /** Moves behind `tcp`, `UDP`, `47` or `protocol 47` and the space that follows, and returns the protocol, or NOT_A_NUMBER. */
  protocol(): number {
    this.take(PROTOCOL);
    const end = this.wordEnd();
    let protocol = PROTOCOLS.find(this.bytes, this.at, end);
    if (protocol < 0) protocol = parseInteger(this.bytes, this.at, end);
    this.at = end;
    this.spaces();
    return protocol <= 255 ? protocol : NOT_A_NUMBER;
  }

  /** Reads `SYN ACK  on interface` up to `on`: none at all is a NULL packet, an unknown word (`INVALID`) says that they are not told. */
  tcpFlags(): number {
    let flags = 0;
    for (;;) {
      this.spaces();
      if (this.at >= this.end || startsWith(this.bytes, this.at, this.end, ON)) return flags;
      const end = this.wordEnd();
      const flag = FLAGS.find(this.bytes, this.at, end);
      if (flag < 0) return FLAGS_UNKNOWN;
      flags |= flag;
      this.at = end;
      if (this.at < this.end && this.bytes[this.at] === COMMA) this.at++;
    }
  }
}
