/** sFlow: samples become packet rows with the sampling rate as their count; gaps, discards and hostile datagrams. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ethernet, vlan } from "../../lab/frame.ts";
import { fragmentIPv4, icmpPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import {
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  ObservationBatch,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_PSH, TCP_SYN } from "../../model/protocol.ts";
import { type Row, rowOf } from "../decode-whole.ts";
import { DecodeStats, ObservationWriter } from "../format.ts";
import { ExportDatagramDecoder } from "./datagram.ts";
import { NOT_SFLOW, SFLOW_NEEDS_MORE, sflowEnd } from "./sflow-extent.ts";
import {
  block,
  countersSample,
  discardedSample,
  expandedSample,
  flowSample,
  ipv4Fields,
  join,
  rawHeader,
  sflowDatagram,
  words,
} from "./sflow.fixture.ts";

const NOW = 1_383_354_000;
const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const SYN = { sourcePort: 0, destinationPort: 445, flags: TCP_SYN };
const FRAME = ethernet(tcpPacket(ENDS, SYN));

interface Decoded {
  readonly rows: readonly Row[];
  readonly stats: DecodeStats;
}

function decode(datagrams: readonly Uint8Array[], exporter = "192.0.2.9", capacity = 8): Decoded {
  const rows: Row[] = [];
  const writer = new ObservationWriter(new ObservationBatch(capacity), (batch) => {
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    batch.length = 0;
    return batch;
  });
  const stats = new DecodeStats();
  const decoder = new ExportDatagramDecoder(writer, stats);
  for (const [i, bytes] of datagrams.entries()) decoder.datagram(bytes, 0, bytes.length, exporter, exporter === "" ? NOW : NOW + i);
  decoder.finish();
  writer.flush();
  return { rows, stats };
}

const one = (sample: Uint8Array): Decoded => decode([sflowDatagram({}, [sample])]);

describe("a sampled header", () => {
  test("is read as a capture reads it, and counts for as many packets as the rate says", () => {
    const { rows, stats } = one(flowSample({ rate: 1000 }, [rawHeader(FRAME)]));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      time: NOW,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      sourcePort: 0,
      destinationPort: 445,
      tcpFlags: TCP_SYN,
      bytes: 40,
      packets: 1000,
      grade: GRADE_CONFIRMED,
      record: RECORD_PACKET,
      action: ACTION_UNKNOWN,
    });
    expect(stats).toMatchObject({ records: 1, sampled: { records: 1, least: 1000, greatest: 1000 } });
  });

  test("of an expanded sample, of other protocols, behind other records, and cut short, says the same", () => {
    const packet = tcpPacket(ENDS, { ...SYN, payload: new Uint8Array(900) });
    const frame = vlan(ethernet(packet), 12);
    const extended = block(1001, words(1, 2, 3, 4));
    const { rows, stats } = decode([
      sflowDatagram({ agent: [0x20010db8, 0, 0, 1] }, [
        expandedSample({ rate: 64 }, [extended, rawHeader(frame.subarray(0, 64), 1, frame.length + 4)]),
        flowSample({}, [rawHeader(packet.subarray(0, 40), 11, packet.length, 0)]),
        flowSample({}, [rawHeader(join([words(0x00003140), packet.subarray(0, 40)]), 13, packet.length + 4, 0)]),
        flowSample({}, [rawHeader(join([Uint8Array.of(0xff, 3, 0, 0x21), packet.subarray(0, 40)]), 7, packet.length + 4, 0)]),
      ]),
    ]);
    expect(rows.map((row) => [row.sourcePort, row.destinationPort, row.bytes, row.payload, row.packets])).toEqual([
      [0, 445, 940, 900, 64],
      [0, 445, 940, 900, 1],
      [0, 445, 940, 900, 1],
      [0, 445, 940, 900, 1],
    ]);
    expect(stats.encapsulations.get("802.1Q")).toBe(1);
  });

  test("of a later fragment has no ports, where older decoders read them from its data", () => {
    const parts = fragmentIPv4(udpPacket(ENDS, { sourcePort: 53, destinationPort: 4444, payload: new Uint8Array(90) }), 64);
    const { rows } = decode([
      sflowDatagram(
        {},
        parts.map((part) => flowSample({}, [rawHeader(ethernet(part))])),
      ),
    ]);
    expect(rows.map((row) => [row.fragment, row.sourcePort, row.destinationPort])).toEqual([
      [FRAGMENT_FIRST, 53, 4444],
      [FRAGMENT_LATER, NO_PORT, NO_PORT],
    ]);
  });

  test("of something that is no packet, or of a protocol not known here, is counted and gives no row", () => {
    const { rows, stats } = decode([
      sflowDatagram({}, [
        flowSample({}, [rawHeader(ethernet(new Uint8Array(46), undefined, undefined, 0x88cc))]),
        flowSample({}, [rawHeader(FRAME, 8)]),
        flowSample({}, []),
        flowSample({}, [block(1001, words(1, 2, 3, 4))]),
        block((4413 << 12) | 1, words(1, 2)),
        countersSample(1),
      ]),
    ]);
    expect(rows).toEqual([]);
    expect(stats).toMatchObject({ records: 6, unparsed: 0 });
    expect(Object.fromEntries(stats.skipped)).toEqual({
      "not IP (LLDP)": 1,
      "sFlow sampled header of a protocol not decoded": 1,
      "sFlow sample without a packet header": 2,
      "sFlow sample of another kind": 1,
      "sFlow counters sample": 1,
    });
  });
});

describe("the fields that an agent read itself", () => {
  test("are unconfirmed, and used only where there is no header", () => {
    const fields = ipv4Fields(60, 6, 0xc0000201, 0xc6336402, 0, 445, TCP_SYN, 0);
    const { rows } = decode([
      sflowDatagram({}, [flowSample({ rate: 10 }, [fields]), flowSample({}, [fields, rawHeader(ethernet(icmpPacket(ENDS, 8, 0, 1)))])]),
    ]);
    expect(rows[0]).toMatchObject({ sourcePort: 0, destinationPort: 445, tcpFlags: TCP_SYN, packets: 10, bytes: 60, payload: 0 });
    expect(rows[0]).toMatchObject({ grade: GRADE_UNCONFIRMED, record: RECORD_PACKET });
    expect(rows[1]).toMatchObject({ protocol: 1, icmpType: 8, grade: GRADE_CONFIRMED });
  });

  test("never give ports to ICMP, nor a NULL scan to an agent that leaves flags out", () => {
    const { rows } = decode([
      sflowDatagram({}, [
        flowSample({}, [ipv4Fields(84, 1, 1, 2, 3, 0, 0, 0)]),
        flowSample({}, [ipv4Fields(1500, 6, 1, 2, 3, 80, 0, 0)]),
        flowSample({}, [ipv4Fields(52, 6, 1, 2, 3, 80, TCP_ACK | TCP_PSH, 0)]),
        flowSample({}, [ipv4Fields(100, 17, 1, 2, 70_000, 80, 0, 0)]),
        flowSample({}, [block(4, words(100, 17, 0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2, 0, 53, 0, 0))]),
      ]),
    ]);
    expect(rows.map((row) => [row.protocol, row.sourcePort, row.destinationPort, row.tcpFlags, row.payload, row.grade])).toEqual([
      [1, NO_PORT, NO_PORT, FLAGS_UNKNOWN, 0, GRADE_UNCONFIRMED],
      [6, 3, 80, FLAGS_UNKNOWN, 1460, GRADE_UNCONFIRMED],
      [6, 3, 80, TCP_ACK | TCP_PSH, 12, GRADE_UNCONFIRMED],
      [17, NO_PORT, NO_PORT, 0, 72, GRADE_PLACEHOLDER],
      [17, 0, 53, 0, 72, GRADE_UNCONFIRMED],
    ]);
    expect(rows[4]).toMatchObject({ family: 6, source: "2001:db8::1", destination: "2001:db8::2" });
  });
});

test("a packet that the device dropped says so, in each of the three ways to write it", () => {
  const { rows } = decode([
    sflowDatagram({}, [
      discardedSample({}, 258, [rawHeader(FRAME)]),
      flowSample({ output: 0x40000101, rate: 5 }, [rawHeader(FRAME)]),
      expandedSample({ outputFormat: 1, output: 257, rate: 5 }, [rawHeader(FRAME)]),
      flowSample({ output: 0x80000003, rate: 5 }, [rawHeader(FRAME)]),
    ]),
  ]);
  expect(rows.map((row) => [row.action, row.packets])).toEqual([
    [ACTION_DENIED, 1],
    [ACTION_DENIED, 5],
    [ACTION_DENIED, 5],
    [ACTION_UNKNOWN, 5],
  ]);
});

describe("gaps in sequence numbers", () => {
  const datagram = (sequence: number, sample: number, more: { agent?: number; subAgent?: number; drops?: number } = {}): Uint8Array =>
    sflowDatagram({ sequence, agent: [more.agent ?? 1], subAgent: more.subAgent ?? 0 }, [
      flowSample({ sequence: sample, drops: more.drops ?? 0 }, [rawHeader(FRAME)]),
    ]);

  test("are losses, of datagrams and of samples, by agent and part of it", () => {
    const { stats } = decode([
      datagram(10, 100),
      datagram(11, 101),
      datagram(14, 111),
      datagram(500, 7, { agent: 2 }),
      datagram(900, 7, { subAgent: 3 }),
      datagram(501, 9, { agent: 2 }),
    ]);
    expect(Object.fromEntries(stats.lost)).toEqual({ "sFlow datagrams": 2, "sFlow samples": 10 });
  });

  test("are none where an agent starts again, a datagram is late, or numbers wrap", () => {
    const { stats } = decode([
      datagram(0xfffffffe, 5),
      datagram(0xffffffff, 6),
      datagram(0, 8),
      datagram(1, 7),
      datagram(2, 9),
      datagram(1_000_000_000, 1),
      datagram(1_000_000_001, 10),
      datagram(1, 11),
      datagram(2, 12),
    ]);
    expect(Object.fromEntries(stats.lost)).toEqual({ "sFlow samples": 1 });
  });

  test("and drops that the agent tells are counted once", () => {
    const { stats } = decode([datagram(1, 1, { drops: 7 }), datagram(2, 2, { drops: 9 }), datagram(3, 3, { drops: 9 })]);
    expect(Object.fromEntries(stats.lost)).toEqual({ "sFlow samples that the agent dropped": 2 });
  });
});

test("bare datagrams are as far apart as their agent's uptime, from when the input was written", () => {
  const at = (agent: number, uptime: number): Uint8Array => sflowDatagram({ agent: [agent], uptime }, [flowSample({}, [rawHeader(FRAME)])]);
  const { rows } = decode([at(1, 5000), at(1, 7500), at(2, 0xfffffff0), at(2, 984), at(1, 100)], "");
  expect(rows.map((row) => row.time - NOW)).toEqual([0, 2.5, 0, 1, 2.5]);
});

describe("a datagram that is not sound", () => {
  test("of versions 2 and 4 is told, not read", () => {
    const { stats } = decode([words(2, 1, 0x0a000001, 1, 1, 0), words(4, 1, 0x0a000001, 1, 1, 0)]);
    expect(stats).toMatchObject({ records: 2, unparsed: 0 });
    expect(stats.skipped.get("sFlow datagram of version 2 or 4: only version 5 is read")).toBe(2);
  });

  test("keeps what came before the damage, and is counted once", () => {
    const whole = sflowDatagram({ samples: 0xffffffff }, [flowSample({}, [rawHeader(FRAME)]), flowSample({}, [rawHeader(FRAME)])]);
    expect(decode([whole])).toMatchObject({ rows: { length: 2 }, stats: { unparsed: 1, records: 3 } });
    for (let length = 4; length < whole.length; length++) {
      const { rows, stats } = decode([whole.slice(0, length)]);
      expect(stats.unparsed).toBe(1);
      expect(rows.length).toBe(length < 28 + 40 + 24 + 56 ? 0 : 1);
    }
    const faults = decode([
      sflowDatagram({}, [block(1, words(1, 2))]),
      sflowDatagram({}, [flowSample({}, [block(1, words(1, 60, 0, 200))])]),
      words(5, 3, 1, 1, 1, 1, 1, 1),
    ]).stats.faults;
    expect(faults.map((fault) => fault.reason)).toEqual([
      "sFlow sample shorter than its fixed part",
      "sFlow sampled header longer than its record",
      "sFlow datagram with an agent address of an unknown kind",
    ]);
  });

  test("never throws, whatever octets it is made of", () => {
    const whole = sflowDatagram({}, [flowSample({}, [rawHeader(FRAME)]), discardedSample({}, 1, [ipv4Fields(60, 6, 1, 2, 3, 4, 5, 6)])]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const mutant = whole.slice();
        for (const [at, octet] of changes) mutant[at] = octet;
        for (const row of decode([mutant], "x", 1).rows)
          expect((row.sourcePort === NO_PORT) === (row.destinationPort === NO_PORT)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test("where a datagram ends is told by its samples, and by nothing that is none", () => {
  const whole = sflowDatagram({}, [flowSample({}, [rawHeader(FRAME)]), countersSample(1)]);
  const two = join([whole, whole]);
  const end = (bytes: Uint8Array, at = 0): number => sflowEnd(new DataView(bytes.buffer), at, bytes.length);
  expect(end(two)).toBe(whole.length);
  expect(end(two, whole.length)).toBe(two.length);
  for (let length = 0; length < whole.length; length++) expect(end(whole.slice(0, length))).toBe(SFLOW_NEEDS_MORE);
  for (const noise of [words(5, 9, 1, 1, 1, 1), words(5, 1, 1, 1, 1, 1, 70_000), words(5, 1, 1, 1, 1, 1, 1, 99, 16)]) {
    expect(end(noise)).toBe(NOT_SFLOW);
  }
});
