/**
 * Linux netfilter log lines: what `iptables -j LOG`, nftables' `log`, ufw, firewalld, Shorewall, and devices built on them write through
 * the kernel (net/netfilter/nf_log_syslog.c) or ulogd. Each line is one packet, its ports read from a real header: later fragments print
 * `FRAG:` and no ports.
 */
import { hashIPv6 } from "../../model/address.ts";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  NO_PORT,
  type ObservationBatch,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  QUIRK_IP_OPTIONS,
  QUIRK_QUOTES_PACKET,
  QUIRK_RESERVED_BITS,
  QUIRK_TINY_FRAGMENT,
  QUIRK_URGENT_POINTER,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import { areRoutineOptions, hashOptions, readOptions } from "../capture/tcp-options.ts";
import type { ObservationWriter } from "../format.ts";
import { commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { ascii, startsWith } from "../text/fields.ts";
import type { Envelope } from "./envelope.ts";
import { actionOfPrefix } from "./log-prefix.ts";
import { NetfilterPacket } from "./netfilter-packet.ts";
import type { LineNotes, MessageKind, MessageReader } from "./reader.ts";
import { leastTcpPayload } from "./tcp-payload.ts";

const NOT_IP = "netfilter: not an IP packet";
const UFW_AUDIT = "netfilter: ufw audit, before any rule judged the packet";
const CUT_LINE = "netfilter: line cut before the end of the packet";
const MIXED_FAMILIES = "netfilter: addresses of two families";

/** The kernel's prefix has at most 127 octets (NF_LOG_PREFIXLEN); program, uptime and rule names of devices come before it. */
const MOST_PREFIX = 256;
/** An interface's name has at most 15 octets (IFNAMSIZ); some devices write longer ones. */
const MOST_INTERFACE = 32;
/** ufw logs all new connections (its own host's too) so, at its levels above low, and those it then drops or lets in once more. */
const AUDITS = ["[UFW AUDIT] ", "[UFW AUDIT INVALID] "].map(ascii);
const KERNEL = ascii("kernel");
const ULOGD = ascii("ulogd");
/** Octets of an ARP packet for IPv4 on Ethernet. */
const ARP_BYTES = 28;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

const SPACE = 32;
const EQUALS = 61;
const LETTER_I = 73;
const LETTER_N = 78;
const OPEN = 91;
const CLOSE = 93;

export const NETFILTER: MessageKind = { name: "netfilter", reader: () => new NetfilterReader() };

class NetfilterReader implements MessageReader {
  readonly #packet = new NetfilterPacket();
  readonly #quote = new NetfilterPacket();
  /** Where `IN=` stands in the line recognised last. */
  #anchor = -1;

  recognises(envelope: Envelope): boolean {
    this.#anchor = anchorOf(envelope);
    return this.#anchor >= 0;
  }

  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const { bytes, end } = envelope;
    if (isAudit(bytes, envelope.tag, this.#anchor)) return notes.skip(UFW_AUDIT);
    const packet = this.#packet;
    packet.read(bytes, fieldsAt(bytes, this.#anchor, end), end);
    if (packet.problem !== null) return notes.fault(packet.problem);
    if (!packet.hasSource && packet.protocol < 0) return notes.skip(NOT_IP);
    if (!packet.hasSource || !packet.hasDestination || packet.protocol < 0 || isCut(packet)) return notes.fault(CUT_LINE);
    if (packet.sourceFamily !== packet.destinationFamily) return notes.fault(MIXED_FAMILIES);
    const row = startRow(writer);
    const { batch } = writer;
    batch.time[row] = envelope.time;
    batch.action[row] = actionOfPrefix(bytes, envelope.isProgram(KERNEL) ? envelope.message : envelope.tag, this.#anchor);
    writePacket(batch, row, packet);
    if (packet.quoteAt >= 0) this.#writeQuote(batch, row, bytes, end);
    commitRow(writer);
  }

  /** The packet that an ICMP error quotes. Eight octets of a TCP header are not enough for the kernel to print its ports. */
  #writeQuote(batch: ObservationBatch, row: number, bytes: Uint8Array, end: number): void {
    const quote = this.#quote;
    quote.read(bytes, this.#packet.quoteAt, end);
    const same = quote.sourceFamily === quote.destinationFamily && quote.sourceFamily === batch.family[row];
    if (!quote.closed || quote.problem !== null || quote.protocol < 0 || !quote.hasSource || !quote.hasDestination || !same) return;
    if (quote.destinationFamily === 6) {
      const words = quote.destination6;
      batch.quotedDestination6.set(words, 4 * row);
      batch.quotedDestination[row] = hashIPv6(words[0]!, words[1]!, words[2]!, words[3]!);
    } else batch.quotedDestination[row] = quote.destination;
    batch.quotedProtocol[row] = quote.protocol;
    const ports = hasPorts(quote.protocol) && quote.sourcePort >= 0 && quote.destinationPort >= 0;
    batch.quotedSourcePort[row] = ports ? quote.sourcePort : NO_PORT;
    batch.quotedDestinationPort[row] = ports ? quote.destinationPort : NO_PORT;
    batch.quirks[row] = batch.quirks[row]! | QUIRK_QUOTES_PACKET;
  }
}

/** Where the kernel's `IN=… OUT=` begins, or -1 where the line is not its own. */
function anchorOf(envelope: Envelope): number {
  const { bytes } = envelope;
  const last = Math.min(envelope.end, envelope.message + MOST_PREFIX) - 8;
  for (let at = envelope.message; at <= last; at++) {
    if (bytes[at] !== LETTER_I || bytes[at + 1] !== LETTER_N || bytes[at + 2] !== EQUALS) continue;
    let stop = at + 3;
    const longest = Math.min(envelope.end, stop + MOST_INTERFACE);
    while (stop < longest && bytes[stop] !== SPACE) stop++;
    // " OUT="
    if (stop + 4 >= envelope.end || bytes[stop] !== SPACE || bytes[stop + 1] !== 79 || bytes[stop + 4] !== EQUALS) continue;
    if (bytes[stop + 2] !== 85 || bytes[stop + 3] !== 84) continue;
    return isKernels(envelope, at) ? at : -1;
  }
  return -1;
}

/** Where the fields begin behind `IN=… OUT=…`. */
function fieldsAt(bytes: Uint8Array, anchor: number, end: number): number {
  let at = anchor;
  for (let spaces = 0; at < end && spaces < 2; at++) if (bytes[at] === SPACE) spaces++;
  return at;
}

/**
 * Whether the kernel may have written the line, and not a program that repeats what a stranger sent (`sshd[1]: Invalid user IN=…`).
 * What looks like a program's name may be the rule's prefix: then it has no process id, and the packet or a word in capitals follows.
 */
function isKernels(envelope: Envelope, anchor: number): boolean {
  const { bytes, programStart, programEnd } = envelope;
  if (programEnd === programStart || envelope.isProgram(KERNEL) || envelope.isProgram(ULOGD)) return true;
  if (bytes[programEnd] === OPEN) return false;
  if (anchor === envelope.message) return true;
  const first = bytes[envelope.message]!;
  return first === OPEN || (first >= 65 && first <= 90);
}

function isAudit(bytes: Uint8Array, start: number, anchor: number): boolean {
  if (anchor < 2 || bytes[anchor - 2] !== CLOSE) return false;
  return AUDITS.some((words) => anchor - words.length >= start && startsWith(bytes, anchor - words.length, anchor, words));
}

/** Whether the line ends before the last field of its transport: a number cut short would be another number. */
function isCut(packet: NetfilterPacket): boolean {
  if (packet.whole || packet.incomplete || packet.fragment === FRAGMENT_LATER) return false;
  const { protocol } = packet;
  if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6 || protocol === PROTOCOL_TCP) return true;
  return protocol === PROTOCOL_UDP || protocol === PROTOCOL_UDP_LITE;
}

function writePacket(batch: ObservationBatch, row: number, packet: NetfilterPacket): void {
  if (packet.sourceFamily === 4) {
    batch.source[row] = packet.source;
    batch.destination[row] = packet.destination;
  } else {
    const { source6, destination6 } = packet;
    setSource6(batch, row, source6[0]!, source6[1]!, source6[2]!, source6[3]!);
    setDestination6(batch, row, destination6[0]!, destination6[1]!, destination6[2]!, destination6[3]!);
  }
  const { protocol, fragment } = packet;
  batch.protocol[row] = protocol;
  batch.bytes[row] = packet.isArp ? ARP_BYTES : packet.length;
  batch.tos[row] = packet.tos;
  batch.ttl[row] = packet.ttl;
  batch.ipId[row] = packet.id;
  batch.fragment[row] = fragment;
  let quirks = 0;
  if (packet.dontFragment) quirks |= QUIRK_DONT_FRAGMENT;
  if (packet.evil) quirks |= QUIRK_EVIL_BIT;
  if (packet.ipOptions) quirks |= QUIRK_IP_OPTIONS;
  const room = packet.length - (packet.sourceFamily === 4 ? IPV4_HEADER : IPV6_HEADER);
  batch.payload[row] = room > 0 && !packet.isArp ? room : 0;
  const transport = fragment !== FRAGMENT_LATER && !packet.incomplete;
  if (hasPorts(protocol)) {
    const told = transport && packet.sourcePort >= 0 && packet.destinationPort >= 0;
    if (told) {
      batch.sourcePort[row] = packet.sourcePort;
      batch.destinationPort[row] = packet.destinationPort;
    }
    // The kernel prints no ports of SCTP and DCCP, and none of a header that is not whole
    batch.grade[row] = told || fragment === FRAGMENT_LATER ? GRADE_CONFIRMED : GRADE_PLACEHOLDER;
  }
  if (protocol === PROTOCOL_TCP) {
    if (transport) quirks |= writeTcp(batch, row, packet, room);
    else if (fragment === FRAGMENT_FIRST) quirks |= QUIRK_TINY_FRAGMENT;
    if (fragment !== FRAGMENT_LATER && !transport) batch.payload[row] = 0;
  } else {
    if (protocol !== PROTOCOL_SCTP && protocol !== PROTOCOL_DCCP) batch.tcpFlags[row] = 0;
    if (transport) writeDatagram(batch, row, packet, room);
  }
  batch.quirks[row] = quirks;
}

/** Returns the quirks of the TCP header. */
function writeTcp(batch: ObservationBatch, row: number, packet: NetfilterPacket, room: number): number {
  const { flags, tcpOptionsLength } = packet;
  let quirks = 0;
  batch.tcpFlags[row] = flags;
  batch.sequence[row] = packet.sequence;
  batch.acknowledgement[row] = packet.acknowledgement;
  batch.window[row] = packet.window;
  batch.urgent[row] = packet.urgent;
  if (flags !== FLAGS_UNKNOWN && (flags & 0xe00) !== 0) quirks |= QUIRK_RESERVED_BITS;
  if (packet.urgent !== 0 && (flags & TCP_URG) === 0) quirks |= QUIRK_URGENT_POINTER;
  if (tcpOptionsLength > 0) {
    const found = readOptions(packet.tcpOptions, 0, tcpOptionsLength);
    batch.options[row] = found & 0xff;
    batch.mss[row] = found >>> 8;
    const plainAck = (flags & (TCP_SYN | TCP_ACK | TCP_URG)) === TCP_ACK;
    if (!plainAck || tcpOptionsLength < 4 || !areRoutineOptions(packet.tcpOptions, 0)) {
      batch.optionsHash[row] = hashOptions(packet.tcpOptions, 0, tcpOptionsLength);
    }
  }
  batch.payload[row] = leastTcpPayload(room, flags, tcpOptionsLength);
  return quirks;
}

function writeDatagram(batch: ObservationBatch, row: number, packet: NetfilterPacket, room: number): void {
  const { protocol } = packet;
  if (packet.isArp) batch.icmpType[row] = packet.icmpType;
  else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
    batch.icmpType[row] = packet.icmpType;
    batch.icmpCode[row] = packet.icmpCode;
    batch.sequence[row] = packet.sequence;
    batch.payload[row] = room > 8 ? room - 8 : 0;
  } else if (hasPorts(protocol)) batch.payload[row] = room > 8 ? room - 8 : 0;
}
