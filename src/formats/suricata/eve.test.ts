import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_PSH, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { PCAP } from "../capture/pcap.ts";
import { type Decoded, decodeWhole, type Row } from "../decode-whole.ts";
import { SURICATA_EVE } from "./eve.ts";
import { event, EVENTS, flow, INPUTS, type Members, stamp } from "./inputs.fixture.ts";

const SAMPLES = new URL("../../../../shared/samples/", import.meta.url);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (...lines: readonly string[]): Decoded => decodeWhole(SURICATA_EVE, encode(lines.join("\n")));
const brief = (row: Row): unknown => [row.source, row.sourcePort, row.destination, row.destinationPort, row.tcpFlags, row.packets];
const ALLOWED = { alert: { action: "allowed" }, direction: "to_server" };

test("events become rows: flows in both directions, packets once", () => {
  const { rows, stats } = decode(...EVENTS);
  expect(rows.map(brief)).toEqual([
    ["192.0.2.1", 40_000, "198.51.100.9", 445, TCP_SYN, 1],
    ["198.51.100.9", 445, "192.0.2.1", 40_000, TCP_RST | TCP_ACK, 1],
    ["192.0.2.1", 40_000, "198.51.100.9", 445, TCP_SYN, 1],
    ["192.0.2.1", 0, "198.51.100.9", 445, TCP_SYN, 2],
    ["192.0.2.1", 40_000, "198.51.100.9", 445, TCP_SYN, 0],
    ["2001:db8::1", NO_PORT, "2001:db8::9", NO_PORT, FLAGS_UNKNOWN, 1],
    ["2001:db8::9", NO_PORT, "2001:db8::1", NO_PORT, FLAGS_UNKNOWN, 1],
    ["192.0.2.1", 40_000, "198.51.100.9", 53, FLAGS_UNKNOWN, 2],
    ["192.0.2.1", NO_PORT, "198.51.100.9", NO_PORT, FLAGS_UNKNOWN, 1],
  ]);
  expect(rows[0]).toMatchObject({
    time: 1_383_354_002,
    duration: 0.5,
    record: RECORD_FLOW,
    grade: GRADE_CONFIRMED,
    bytes: 46,
    payload: 0,
    action: ACTION_UNKNOWN,
  });
  expect(rows[1]?.time).toBeCloseTo(1_383_354_002.000001, 6);
  expect(rows[1]?.time).toBeGreaterThan(1_383_354_002);
  expect(rows[2]).toMatchObject({
    time: 1_383_354_004.5,
    record: RECORD_PACKET,
    action: ACTION_DENIED,
    grade: GRADE_CONFIRMED,
    bytes: 44,
    payload: 0,
    ttl: 243,
    tos: 8,
    ipId: 54_321,
    window: 1024,
    sequence: 4_000_000_000,
  });
  expect(rows[4]?.action).toBe(ACTION_DENIED);
  expect(rows.slice(5, 7).map((row) => [row.protocol, row.icmpType, row.bytes])).toEqual([
    [PROTOCOL_ICMPV6, 128, 104],
    [PROTOCOL_ICMPV6, 129, 104],
  ]);
  expect(rows[7]).toMatchObject({ protocol: PROTOCOL_UDP, ttl: 64, bytes: 112, payload: 56, duration: 0.25 });
  expect(rows[8]).toMatchObject({ grade: GRADE_PLACEHOLDER, record: RECORD_PACKET });
  expect(stats).toMatchObject({ records: EVENTS.length, unparsed: 0 });
  expect(Object.fromEntries(stats.skipped)).toEqual({
    "Suricata stats event: no packets of its own": 1,
    "Suricata dns event: no packets of its own": 1,
    "Suricata alert: its flow event counts its packet": 1,
  });
});

describe("flows", () => {
  const only = (members: Members, tcp: readonly [string, string] = ["02", "14"], answers: number = 1): readonly Row[] =>
    decode(flow(3, 1, answers, tcp, members)).rows;

  test("what the device did", () => {
    const action = (name: string): number | undefined => only({ flow: { pkts_toserver: 1, start: stamp(1), action: name } })[0]?.action;
    expect(["drop", "accept", "pass", "odd"].map(action)).toEqual([ACTION_DENIED, ACTION_ALLOWED, ACTION_ALLOWED, ACTION_UNKNOWN]);
  });

  test("flags that the stream engine did not keep are unknown, never none", () => {
    expect(only({ tcp: { tcp_flags: "00", tcp_flags_ts: "00", tcp_flags_tc: "00" } }).map((row) => row.tcpFlags)).toEqual([
      FLAGS_UNKNOWN,
      FLAGS_UNKNOWN,
    ]);
    expect(only({ tcp: undefined }).map((row) => row.tcpFlags)).toEqual([FLAGS_UNKNOWN, FLAGS_UNKNOWN]);
  });

  test("data shows in PSH, or in packets longer than headers are", () => {
    const payload = (flags: string, bytes: number): unknown =>
      only({ flow: { pkts_toserver: 2, bytes_toserver: bytes, start: stamp(1) }, tcp: { tcp_flags_ts: flags } }).map((row) => row.payload);
    expect(payload("12", 132)).toEqual([0]);
    expect(payload("1a", 200)).toEqual([92]);
    expect(payload("10", 3000)).toEqual([2892]);
  });

  test("errors that came back for UDP, or for a SYN, are what they are: not answers", () => {
    const state = { pkts_toserver: 1, pkts_toclient: 1, bytes_toserver: 42, bytes_toclient: 70, start: stamp(1), state: "new" };
    const [probe, error] = only({ proto: "UDP", flow: state, tcp: undefined });
    expect(probe).toMatchObject({ protocol: PROTOCOL_UDP, payload: 0, bytes: 28 });
    expect(error).toMatchObject({
      protocol: PROTOCOL_ICMP,
      icmpType: 3,
      sourcePort: NO_PORT,
      bytes: 56,
      source: "198.51.100.9",
      destination: "192.0.2.1",
      quoted: { destination: "198.51.100.9", protocol: PROTOCOL_UDP, sourcePort: 40_000, destinationPort: 445 },
    });
    expect(only({ proto: "UDP", flow: { ...state, state: "established" }, tcp: undefined })[1]).toMatchObject({
      protocol: PROTOCOL_UDP,
      sourcePort: 445,
    });
    const syn = { tcp_flags_ts: "02", tcp_flags_tc: "00", state: "syn_sent" };
    expect(only({ flow: state, tcp: syn })[1]).toMatchObject({ protocol: PROTOCOL_ICMP, quoted: { protocol: PROTOCOL_TCP } });
    expect(only({ flow: state, tcp: { ...syn, tcp_flags_tc: "14" } })[1]).toMatchObject({
      protocol: PROTOCOL_TCP,
      tcpFlags: TCP_RST | TCP_ACK,
    });
  });

  test("flow and netflow events of one flow count once, whichever comes first", () => {
    const netflow = (from: string, to: string): string =>
      event("netflow", 4, {
        src_ip: from,
        dest_ip: to,
        netflow: { pkts: 1, bytes: 60, start: stamp(1), end: stamp(1) },
        tcp: { tcp_flags: "02" },
      });
    const both = [netflow("192.0.2.1", "198.51.100.9"), netflow("198.51.100.9", "192.0.2.1")];
    expect(decode(flow(3, 1, 1, ["02", "14"]), ...both).rows).toHaveLength(2);
    expect(decode(...both, flow(3, 1, 1, ["02", "14"])).rows.map((row) => row.packets)).toEqual([1, 1]);
  });

  test("VLAN tags are no octets of IP; a transport of another number is read, one without a name passed over", () => {
    expect(only({ vlan: [105, 7] })[0]?.bytes).toBe(38);
    expect(only({ proto: "099", src_port: undefined, dest_port: undefined })[0]).toMatchObject({
      protocol: 99,
      sourcePort: NO_PORT,
      grade: GRADE_CONFIRMED,
    });
    expect(only({ src_port: undefined })[0]).toMatchObject({ sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER });
    expect(decode(flow(3, 1, 1, ["02", "14"], { proto: "carrier-pigeon" }))).toMatchObject({ rows: [], stats: { unparsed: 0 } });
  });
});

describe("alerts", () => {
  test("several on a packet, and on packets of a flow, count nothing that the flow event counts", () => {
    const { rows } = decode(
      event("alert", 1, ALLOWED),
      event("alert", 1, ALLOWED),
      event("alert", 2, ALLOWED),
      flow(3, 5, 0, ["1a", "00"]),
    );
    expect(rows.map(brief)).toEqual([["192.0.2.1", 40_000, "198.51.100.9", 445, TCP_SYN | TCP_ACK | TCP_PSH, 5]]);
  });

  test("blocked: the flow is denied", () => {
    expect(decode(event("alert", 1, { alert: { action: "blocked" } }), flow(3, 1, 0, ["02", "00"])).rows.map((row) => row.action)).toEqual([
      ACTION_DENIED,
    ]);
  });

  test("without a flow event they are rows of their own, after two minutes of the log or at its end", () => {
    const late = decode(
      event("alert", 1, { ...ALLOWED, src_port: 0 }),
      event("alert", 1.5, { ...ALLOWED, src_port: 0 }),
      event("alert", 200, { ...ALLOWED, flow_id: 9 }),
    );
    expect(late.rows.map((row) => [row.time - 1_383_354_000, row.sourcePort, row.packets, row.record, row.grade])).toEqual([
      [1, 0, 2, RECORD_FLOW, GRADE_CONFIRMED],
      [200, 40_000, 1, RECORD_PACKET, GRADE_CONFIRMED],
    ]);
  });

  test("where flows are not logged they wait no more; a flow event that comes all the same counts the rest", () => {
    const first = Array.from({ length: 40 }, (_, i) => event("alert", 500 * i, { ...ALLOWED, flow_id: i }));
    const lines = [...first, event("alert", 20_000, ALLOWED), flow(20_001, 3, 0, ["02", "00"])];
    expect(
      decode(...lines)
        .rows.slice(-2)
        .map((row) => [row.tcpFlags, row.packets]),
    ).toEqual([
      [FLAGS_UNKNOWN, 1],
      [TCP_SYN, 2],
    ]);
  });

  test("one on an answer is no probe by whoever answered", () => {
    const back = { src_ip: "198.51.100.9", src_port: 0, dest_ip: "192.0.2.1", dest_port: 40_000, alert: { action: "allowed" } };
    expect(decode(event("alert", 1, { ...back, direction: "to_client" })).rows).toEqual([]);
    expect(decode(event("alert", 1, { ...ALLOWED, dest_port: 0 }), event("alert", 2, back)).rows.map((row) => row.destinationPort)).toEqual(
      [0],
    );
  });

  test("memory is bounded: thousands of flows with alerts push out the oldest", () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => event("alert", 1, { ...ALLOWED, flow_id: i + 1, src_port: i }));
    const { rows } = decode(...lines);
    expect(rows.map((row) => row.sourcePort)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });
});

describe("packets that were not decoded", () => {
  const BROKEN = { flow_id: undefined, proto: "UDP", src_port: 0, dest_port: 0 };

  test("zeros of a packet without a flow are placeholders; other ports are told without proof", () => {
    expect(decode(event("alert", 1, { ...BROKEN, ...ALLOWED })).rows[0]).toMatchObject({ sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER });
    expect(decode(event("alert", 1, { ...BROKEN, src_port: 5, ...ALLOWED })).rows[0]).toMatchObject({
      sourcePort: 5,
      destinationPort: 0,
      grade: GRADE_UNCONFIRMED,
    });
  });

  test("all events about one are one row", () => {
    const anomaly = { anomaly: { type: "decode", event: "decoder.udp.len_invalid" } };
    const { rows } = decode(
      event("anomaly", 1, { ...BROKEN, ...anomaly }),
      event("alert", 1, { ...BROKEN, ...ALLOWED }),
      event("anomaly", 2, { ...BROKEN, ...anomaly }),
    );
    expect(rows).toHaveLength(2);
  });

  test("an anomaly never has ports; one within a flow has no packet of its own; one below IP is passed over", () => {
    const decodeType = { anomaly: { type: "decode" } };
    expect(decode(event("anomaly", 1, { flow_id: undefined, ...decodeType })).rows[0]).toMatchObject({
      sourcePort: NO_PORT,
      grade: GRADE_PLACEHOLDER,
    });
    expect(decode(event("anomaly", 1, { anomaly: { type: "stream" } })).rows).toEqual([]);
    expect(decode(event("anomaly", 1, { src_ip: undefined, dest_ip: undefined, ...decodeType })).stats).toMatchObject({
      unparsed: 0,
      records: 1,
    });
  });
});

describe("drops", () => {
  const drop = (members: Members): Members => ({ drop: { len: 44, ttl: 64, ...members } });

  test("ports are those of a header only where more of it is printed", () => {
    const row = (members: Members): Row | undefined =>
      decode(event("drop", 1, { flow_id: undefined, src_port: 0, dest_port: 0, ...members })).rows[0];
    expect(row(drop({ tcpseq: 1, syn: true }))).toMatchObject({
      sourcePort: 0,
      destinationPort: 0,
      grade: GRADE_CONFIRMED,
      tcpFlags: TCP_SYN,
    });
    expect(row(drop({}))).toMatchObject({ sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER, tcpFlags: FLAGS_UNKNOWN, action: ACTION_DENIED });
    expect(row({ proto: "UDP", ...drop({ udplen: 24 }) })).toMatchObject({ sourcePort: 0, grade: GRADE_CONFIRMED, payload: 16 });
    expect(row({ src_ip: "2001:db8::1", dest_ip: "2001:db8::2", ...drop({ tcpseq: 1, hoplimit: 9, tc: 4 }) })).toMatchObject({
      bytes: 84,
      ttl: 9,
      tos: 4,
    });
  });

  test("an alert about the same packet, before or after, adds nothing", () => {
    const alert = event("alert", 1, { alert: { action: "blocked" } });
    const dropped = event("drop", 1, drop({ tcpseq: 1, syn: true }));
    for (const lines of [
      [alert, dropped],
      [dropped, alert],
    ]) {
      expect(decode(...lines).rows.map((row) => [row.packets, row.tcpFlags])).toEqual([[1, TCP_SYN]]);
      expect(decode(...lines, flow(3, 2, 1, ["06", "12"])).rows.map((row) => row.packets)).toEqual([1, 1, 1]);
    }
  });
});

test("lines that do not parse are faults of their line", () => {
  const good = event("flow", 1);
  const { stats } = decode(
    "{",
    good.replace("2013", "nope"),
    event("flow", 1, { src_ip: "x" }),
    event("flow", 1, { dest_ip: "::1" }),
    event("flow", 1, { src_port: 70_000 }),
    '{"a":1}',
  );
  expect(stats.unparsed).toBe(6);
  expect(stats.faults.map(({ at, reason }) => [at, reason])).toEqual([
    [1, "JSON cut before its end"],
    [2, "Suricata event without a time"],
    [3, "Suricata event without two addresses of one family"],
    [4, "Suricata event without two addresses of one family"],
    [5, "Suricata event with a port that is none"],
  ]);
  expect([...decode(event("\u001b[31mevil", 1)).stats.skipped.keys()]).toEqual(["Suricata event of another kind: no packets of its own"]);
});

test("recognised from a first line that is cut; near misses are not", () => {
  for (const { bytes } of INPUTS) expect(SURICATA_EVE.recognises(bytes)).toBe(true);
  expect(SURICATA_EVE.recognises(encode(event("flow", 1).slice(0, 110)))).toBe(true);
  const misses = [
    "",
    "{}",
    '{"timestamp":"yesterday","event_type":"flow"}',
    '{"timestamp":"2013-11-02T01:00:00Z","event_type":"login","user":"a"}',
    '{"ts":1,"event_type":"flow"}',
    "11/02/2013-01:00:00.5  [**] [1:1:1] x [**]",
  ];
  for (const text of misses) expect([text, SURICATA_EVE.recognises(encode(text))]).toEqual([text, false]);
});

describe.skipIf(!existsSync(SAMPLES))("samples", () => {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, SAMPLES)));
  const eve = (name: string): Decoded => decodeWhole(SURICATA_EVE, read(`suricata-eve/${name}.eve.json`));
  /** Packets of every pair of ends, as told. */
  const talks = (rows: readonly Row[]): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const row of rows) {
      const key = [row.protocol, row.source, row.sourcePort, row.destination, row.destinationPort, row.icmpType].join(" ");
      counts.set(key, (counts.get(key) ?? 0) + row.packets);
    }
    return counts;
  };
  const live = [
    "hping_port_walk",
    "hping_syn_p0",
    "masscan_p0_80_23",
    "nmap_ack",
    "nmap_connect",
    "nmap_fin",
    "nmap_sweep_p0_23_445",
    "nmap_syn_p0_1-100",
    "nmap_udp_p0",
    "zmap_p443",
  ];

  test.each([...live.map((name) => ["pcap-scanners-live", name]), ["pcap-scans", "445_scan"], ["pcap-scans", "port_scan"]])(
    "%s/%s: the same packets between the same ends as in the capture",
    (folder, name) => {
      const capture = decodeWhole(PCAP, read(`${folder}/${name}.pcap`));
      expect(talks(eve(name).rows)).toEqual(talks(capture.rows));
    },
  );

  test("broken packets with zeros for ports: 25 of them, none of port zero", () => {
    const { rows } = eve("fuzz-2006-06-26-2594");
    expect(rows.filter((row) => row.grade === GRADE_PLACEHOLDER)).toHaveLength(25);
    expect(rows.filter((row) => row.sourcePort === 0 || row.destinationPort === 0)).toEqual([]);
  });

  test("all are recognised and read without a fault", () => {
    for (const name of readdirSync(new URL("suricata-eve/", SAMPLES))) {
      const bytes = read(`suricata-eve/${name}`);
      expect([name, SURICATA_EVE.recognises(bytes.subarray(0, 200))]).toEqual([name, true]);
      expect(decodeWhole(SURICATA_EVE, bytes).stats.unparsed).toBe(0);
    }
  });
});

if (!existsSync(SAMPLES)) console.warn("Suricata samples are absent: not compared");
