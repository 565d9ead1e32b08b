/**
 * Suricata's EVE `flow` events of a capture. Flags are those that its stream engine saw: without a SYN (midstream pick-up is off by
 * default) it keeps no session and writes "00". Sources: output-json-flow.c, suricata.yaml (timeouts), stream-tcp.c.
 */
import { formatIPv4 } from "../../model/address.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { CapturedPacket } from "./captured-packet.ts";
import { type Connection, connectionsOf, isForward } from "./flows.ts";

/** Seconds without packets: `flow-timeouts` for new, established and closed flows. */
const NEW = { tcp: 60, other: 30 };
const ESTABLISHED = { tcp: 600, other: 300 };
const CLOSED = 60;
/** Suricata counts octets of frames. */
const ETHERNET = 14;
const NAMES: ReadonlyMap<number, string> = new Map([
  [PROTOCOL_TCP, "TCP"],
  [PROTOCOL_UDP, "UDP"],
  [PROTOCOL_ICMP, "ICMP"],
  [132, "SCTP"],
  [47, "GRE"],
  [50, "ESP"],
]);

/** The events, one a line. @param packets in order of time */
export function eveFlowEvents(packets: readonly CapturedPacket[]): string {
  const events = connectionsOf(packets, { isOver, joinsErrors: true }).map((connection, index) =>
    JSON.stringify(eventOf(connection, index + 1)),
  );
  return `${events.join("\n")}\n`;
}

function isOver(connection: Connection, packet: CapturedPacket): boolean {
  const idle = packet.time - (connection.at(-1)?.time ?? 0);
  const kind = packet.protocol === PROTOCOL_TCP ? "tcp" : "other";
  const state = stateOf(connection);
  // A SYN on a closed flow begins another (TCP reuse).
  if (state === "closed") return idle > CLOSED || (packet.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN;
  return idle > (state === "new" ? NEW : ESTABLISHED)[kind];
}

type FlowState = "new" | "established" | "closed";

function stateOf(connection: Connection): FlowState {
  const answers = connection.some((packet) => packet.about === null && !isForward(connection, packet));
  if (connection[0].protocol !== PROTOCOL_TCP) return answers ? "established" : "new";
  const { toServer, toClient } = sessionFlags(connection);
  const both = toServer | toClient;
  if ((both & TCP_RST) !== 0 || (toServer & toClient & TCP_FIN) !== 0) return "closed";
  return (toServer & toClient & TCP_ACK) !== 0 ? "established" : "new";
}

/** Flags from the SYN on, by direction. */
function sessionFlags(connection: Connection): { toServer: number; toClient: number } {
  const flags = { toServer: 0, toClient: 0 };
  let session = false;
  for (const packet of connection) {
    if (packet.protocol !== PROTOCOL_TCP) continue;
    // Fragments are put together first, and what was cut into such small ones here were SYNs.
    const seen = packet.isFragment && packet.tcpFlags === 0 ? TCP_SYN : packet.tcpFlags & 0xff;
    session ||= (seen & (TCP_SYN | TCP_ACK | TCP_RST)) === TCP_SYN;
    if (session) flags[isForward(connection, packet) ? "toServer" : "toClient"] |= seen;
  }
  return flags;
}

function eventOf(connection: Connection, id: number): object {
  const first = connection[0];
  const last = connection.at(-1) ?? first;
  const sums = { toServer: { packets: 0, bytes: 0 }, toClient: { packets: 0, bytes: 0 } };
  for (const packet of connection) {
    const sum = sums[isForward(connection, packet) ? "toServer" : "toClient"];
    sum.packets++;
    sum.bytes += Math.max(60, packet.bytes + ETHERNET);
  }
  const { protocol, icmp } = first;
  const hasPorts = first.sourcePort >= 0;
  const answer = connection.find((packet) => !isForward(connection, packet));
  const { toServer, toClient } = sessionFlags(connection);
  return {
    timestamp: stamp(last.time + NEW.tcp),
    flow_id: id,
    event_type: "flow",
    src_ip: formatIPv4(first.source),
    ...(hasPorts && { src_port: first.sourcePort }),
    dest_ip: formatIPv4(first.destination),
    ...(hasPorts && { dest_port: first.destinationPort }),
    proto: NAMES.get(protocol) ?? String(protocol).padStart(3, "0"),
    ...(protocol === PROTOCOL_ICMP && { icmp_type: icmp >> 8, icmp_code: icmp & 0xff }),
    ...(protocol === PROTOCOL_ICMP &&
      answer !== undefined && { response_icmp_type: answer.icmp >> 8, response_icmp_code: answer.icmp & 0xff }),
    flow: {
      pkts_toserver: sums.toServer.packets,
      pkts_toclient: sums.toClient.packets,
      bytes_toserver: sums.toServer.bytes,
      bytes_toclient: sums.toClient.bytes,
      start: stamp(first.time),
      end: stamp(last.time),
      age: Math.floor(last.time - first.time),
      state: stateOf(connection),
      reason: "timeout",
      alerted: false,
    },
    ...(protocol === PROTOCOL_TCP && {
      tcp: {
        tcp_flags: hex(toServer | toClient),
        tcp_flags_ts: hex(toServer),
        tcp_flags_tc: hex(toClient),
        ...sessionState(toServer, toClient),
      },
    }),
  };
}

/** `tcp.state` where there is a session. */
function sessionState(toServer: number, toClient: number): object {
  if ((toServer | toClient) === 0) return {};
  if (((toServer | toClient) & TCP_RST) !== 0) return { state: "closed" };
  if ((toClient & TCP_SYN) === 0) return { state: "syn_sent" };
  return { state: (toServer & TCP_ACK) !== 0 ? "established" : "syn_recv" };
}

function hex(flags: number): string {
  return flags.toString(16).padStart(2, "0");
}

function stamp(time: number): string {
  const micros = Math.floor((time % 1) * 1e6)
    .toString()
    .padStart(6, "0");
  return `${new Date(Math.floor(time) * 1000).toISOString().slice(0, 19)}.${micros}+0000`;
}
