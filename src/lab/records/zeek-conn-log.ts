/**
 * Zeek's conn.log of a capture, with `history` and `conn_state` as Zeek writes them. Sources: scripts/base/protocols/conn/main.zeek,
 * TCPSessionAdapter.cc (letters, `^` where the ends were swapped), init-bare.zeek (timeouts).
 */
import { formatIPv4 } from "../../model/address.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { CapturedPacket } from "./captured-packet.ts";
import { type Connection, connectionsOf, isForward } from "./flows.ts";

/** tcp_attempt_delay, tcp_reset_delay, tcp_close_delay, tcp_inactivity_timeout, udp_ and icmp_inactivity_timeout, seconds. */
const ATTEMPT = 5;
const AFTER_RESET = 0.1;
const AFTER_CLOSE = 5;
const TCP_IDLE = 300;
const OTHER_IDLE = 60;
/** Ports that Zeek's analyzers register (`likely_server_ports`), those of them that matter here. */
const LIKELY_SERVERS = new Set([
  21, 22, 23, 25, 53, 67, 80, 88, 110, 123, 137, 139, 143, 161, 389, 443, 445, 465, 514, 587, 993, 995, 3306, 3389, 5060, 5353, 5355, 8080,
]);

const HEADER = [
  "#separator \\x09",
  "#set_separator\t,",
  "#empty_field\t(empty)",
  "#unset_field\t-",
  "#path\tconn",
  "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tip_proto",
];

/** The log. @param packets in order of time */
export function zeekConnLog(packets: readonly CapturedPacket[]): string {
  const lines = connectionsOf(packets, { isOver, joinsErrors: false }).map(lineOf);
  return `${[...HEADER, ...lines].join("\n")}\n`;
}

function isOver(connection: Connection, packet: CapturedPacket): boolean {
  const first = connection[0];
  const last = connection.at(-1) ?? first;
  const idle = packet.time - last.time;
  if (packet.protocol !== PROTOCOL_TCP) return idle > OTHER_IDLE;
  if (connection.some(({ tcpFlags }) => (tcpFlags & TCP_RST) !== 0)) return idle > AFTER_RESET;
  const closed = new Set(connection.filter(({ tcpFlags }) => (tcpFlags & TCP_FIN) !== 0).map((one) => isForward(connection, one)));
  if (closed.size === 2) return idle > AFTER_CLOSE;
  if (connection.every((one) => isForward(connection, one))) return packet.time - first.time > ATTEMPT;
  return idle > TCP_IDLE;
}

interface Side {
  packets: number;
  ipBytes: number;
  payload: number;
  flags: number;
}

function lineOf(connection: Connection, index: number): string {
  const first = connection[0];
  const swapped = isSwapped(first);
  const history = new Set<string>(swapped ? ["^"] : []);
  const sides: { orig: Side; resp: Side } = { orig: emptySide(), resp: emptySide() };
  let last = first.time;
  for (const packet of connection) {
    const fromOriginator = isForward(connection, packet) !== swapped;
    const side = fromOriginator ? sides.orig : sides.resp;
    side.packets++;
    side.ipBytes += packet.bytes;
    side.payload += packet.payload;
    last = Math.max(last, packet.time);
    for (const letter of packet.protocol === PROTOCOL_TCP ? tcpLetters(packet, side) : packet.payload > 0 ? "d" : "")
      history.add(fromOriginator ? letter.toUpperCase() : letter);
    side.flags |= flagsSeen(packet);
  }
  const { orig, resp } = sides;
  const { protocol, icmp } = first;
  const ends = [
    formatIPv4(swapped ? first.destination : first.source),
    protocol === PROTOCOL_ICMP ? icmp >> 8 : Math.max(0, swapped ? first.destinationPort : first.sourcePort),
    formatIPv4(swapped ? first.source : first.destination),
    protocol === PROTOCOL_ICMP ? counterpart(icmp) : Math.max(0, swapped ? first.sourcePort : first.destinationPort),
  ];
  const name =
    protocol === PROTOCOL_TCP ? "tcp" : protocol === PROTOCOL_UDP ? "udp" : protocol === PROTOCOL_ICMP ? "icmp" : "unknown_transport";
  const lasted = connection.length > 1;
  return [
    first.time.toFixed(6),
    `C${index.toString(36).padStart(17, "0")}`,
    // Zeek knows the ports of no other transport.
    ...(name === "unknown_transport" ? [ends[0], 0, ends[2], 0] : ends),
    name,
    "-",
    lasted ? (last - first.time).toFixed(6) : "-",
    lasted ? orig.payload : "-",
    lasted ? resp.payload : "-",
    stateOf(protocol, orig, resp),
    "-",
    "-",
    0,
    [...history].join("") || "-",
    orig.packets,
    orig.ipBytes,
    resp.packets,
    resp.ipBytes,
    "-",
    protocol,
  ].join("\t");
}

function emptySide(): Side {
  return { packets: 0, ipBytes: 0, payload: 0, flags: 0 };
}

/** Flags as Zeek sees them: it puts fragments together, and what was cut into such small ones here were SYNs. */
function flagsSeen({ tcpFlags, isFragment, protocol }: CapturedPacket): number {
  return isFragment && protocol === PROTOCOL_TCP && tcpFlags === 0 ? TCP_SYN : tcpFlags;
}

/** Whether Zeek takes the sender of the first packet for the one who answers (WantConnection of TCPAnalyzer and of UDPAnalyzer). */
function isSwapped({ protocol, tcpFlags, sourcePort, destinationPort }: CapturedPacket): boolean {
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return false;
  if (protocol === PROTOCOL_TCP && (tcpFlags & TCP_SYN) !== 0) return (tcpFlags & TCP_ACK) !== 0;
  return LIKELY_SERVERS.has(sourcePort) && !LIKELY_SERVERS.has(destinationPort);
}

/** TCPSessionAdapter::DeliverPacket's letters of one packet; `side` is that of its sender before it. */
function tcpLetters(packet: CapturedPacket, side: Side): string {
  const flags = flagsSeen(packet);
  let letters = "";
  const syn = (flags & TCP_SYN) !== 0;
  const odd = (flags & (TCP_FIN | TCP_RST)) !== 0;
  if (syn && odd) letters += "q";
  else if (syn) letters += (flags & TCP_ACK) !== 0 ? "h" : "s";
  else if ((flags & TCP_FIN) !== 0 && (flags & TCP_RST) !== 0) letters += "i";
  else if ((flags & TCP_RST) !== 0) letters += "r";
  else if ((flags & TCP_FIN) !== 0) letters += "f";
  // A pure ACK; data and its ACK give D, and A only where no ACK was before.
  if (!syn && (flags & (TCP_ACK | TCP_RST)) === TCP_ACK && (side.flags & TCP_ACK) === 0) letters += "a";
  if (packet.payload > 0) letters += "d";
  return letters;
}

/** `determine_service` and `conn_state` of main.zeek. */
function stateOf(protocol: number, orig: Side, resp: Side): string {
  if (protocol === PROTOCOL_UDP) return orig.packets > 0 ? (resp.packets > 0 ? "SF" : "S0") : "SHR";
  if (protocol !== PROTOCOL_TCP) return "OTH";
  const has = (side: Side, flag: number): boolean => (side.flags & flag) !== 0;
  const inactive = (side: Side): boolean => !has(side, TCP_SYN);
  if (has(resp, TCP_RST)) {
    if (has(orig, TCP_SYN) && inactive(resp)) return "REJ";
    return inactive(orig) ? "RSTRH" : "RSTR";
  }
  if (has(orig, TCP_RST)) return inactive(resp) ? "RSTOS0" : "RSTO";
  if (has(orig, TCP_FIN) && has(resp, TCP_FIN)) return "SF";
  if (has(orig, TCP_FIN)) return inactive(resp) ? "SH" : "S2";
  if (has(resp, TCP_FIN)) return inactive(orig) ? "SHR" : "S3";
  if (has(orig, TCP_SYN) && resp.packets === 0) return "S0";
  return has(orig, TCP_SYN) && has(resp, TCP_SYN) ? "S1" : "OTH";
}

/** What Zeek writes for the port of the one who is asked: the answer's type, or the code (ICMP4_counterpart). */
function counterpart(icmp: number): number {
  const type = icmp >> 8;
  const pairs: Readonly<Record<number, number>> = { 8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17 };
  return pairs[type] ?? icmp & 0xff;
}
