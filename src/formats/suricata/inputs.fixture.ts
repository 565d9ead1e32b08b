/** EVE events as Suricata writes them, with addresses for documentation. */
import type { FormatInput } from "../conformance.fixture.ts";
import { SURICATA_EVE } from "./eve.ts";

/** Members of an event; `undefined` leaves one out. */
export type Members = Record<string, unknown>;

/** An event on 2 November 2013, `second` seconds past one o'clock, between 192.0.2.1:40000 and 198.51.100.9:445 on TCP where `members` do not say otherwise. */
export function event(type: string, second: number, members: Members = {}): string {
  const common = { src_ip: "192.0.2.1", src_port: 40_000, dest_ip: "198.51.100.9", dest_port: 445, proto: "TCP" };
  return JSON.stringify({ timestamp: stamp(second), flow_id: 1_755_937_185_236_459, event_type: type, ...common, ...members });
}

/** `second` as Suricata writes it, microseconds and all. */
export function stamp(second: number): string {
  return new Date((1_383_354_000 + second) * 1000).toISOString().replace("Z", "000+0000");
}

/** A flow event of that many packets of 60 octets each way; `tcp` are its flags to the server and to the client. */
export function flow(second: number, toServer: number, toClient: number, tcp: readonly [string, string], members: Members = {}): string {
  return event("flow", second, {
    flow: {
      pkts_toserver: toServer,
      pkts_toclient: toClient,
      bytes_toserver: 60 * toServer,
      bytes_toclient: 60 * toClient,
      start: stamp(second - 1),
      end: stamp(second - 0.5),
      age: 0,
      state: toClient > 0 ? "closed" : "new",
      reason: "timeout",
      alerted: false,
    },
    tcp: { tcp_flags: tcp[0], tcp_flags_ts: tcp[0], tcp_flags_tc: tcp[1], syn: true, state: "closed" },
    ...members,
  });
}

const PORT_ZERO = { src_port: 0, flow_id: 2 };
const DROPPED = {
  flow_id: 3,
  drop: {
    len: 44,
    tos: 8,
    ttl: 243,
    ipid: 54_321,
    tcpseq: 4_000_000_000,
    tcpack: 0,
    tcpwin: 1024,
    syn: true,
    ack: false,
    psh: false,
    rst: false,
    urg: false,
    fin: false,
    tcpres: 0,
    tcpurgp: 0,
    reason: "rules",
  },
};

/** A refused probe, an alert whose flow follows, a drop whose flow follows, a ping, events of applications, netflow, an anomaly. */
export const EVENTS: readonly string[] = [
  event("stats", 0, { src_ip: undefined, dest_ip: undefined, flow_id: undefined, stats: { uptime: 5, decoder: { pkts: 7 } } }),
  flow(3, 1, 1, ["02", "14"]),
  event("alert", 4, { ...PORT_ZERO, alert: { action: "allowed", signature: 'port \\ "zero"', severity: 3 }, direction: "to_server" }),
  event("drop", 4.5, DROPPED),
  event("dns", 5, { proto: "UDP", dest_port: 53, dns: { type: "query", rrname: "a.example" } }),
  flow(6, 2, 0, ["02", "00"], PORT_ZERO),
  flow(7, 1, 0, ["02", "00"], { flow_id: 3 }),
  event("flow", 8, {
    flow_id: 4,
    src_ip: "2001:db8::1",
    dest_ip: "2001:db8::9",
    src_port: undefined,
    dest_port: undefined,
    proto: "IPv6-ICMP",
    icmp_type: 128,
    icmp_code: 0,
    response_icmp_type: 129,
    response_icmp_code: 0,
    flow: {
      pkts_toserver: 1,
      pkts_toclient: 1,
      bytes_toserver: 118,
      bytes_toclient: 118,
      start: stamp(7.5),
      end: stamp(7.6),
      state: "established",
    },
  }),
  event("netflow", 9, {
    flow_id: 5,
    proto: "UDP",
    dest_port: 53,
    netflow: { pkts: 2, bytes: 140, start: stamp(8.5), end: stamp(8.75), age: 0, min_ttl: 64, max_ttl: 64 },
  }),
  event("anomaly", 10, {
    flow_id: undefined,
    src_port: 0,
    dest_port: 0,
    proto: "UDP",
    anomaly: { type: "decode", event: "decoder.udp.hlen_invalid" },
  }),
];

const octets = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\n")}\n`);

export const INPUTS: readonly FormatInput[] = [
  { name: "Suricata EVE", format: SURICATA_EVE, bytes: octets(...EVENTS) },
  {
    name: "Suricata EVE, alerts only",
    format: SURICATA_EVE,
    bytes: octets(...[1, 2, 3].map((id) => event("alert", id, { flow_id: id, alert: { action: "blocked" } }))),
  },
];
