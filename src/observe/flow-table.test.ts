/** The table of conversations against a plain map: the same whatever the order, and bounded. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ObservationBatch } from "../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_PSH } from "../model/protocol.ts";
import { EntryBlock } from "./entry-block.ts";
import { putFlowRow } from "./flow-rows.ts";
import type { Flow, FlowEnd } from "./flow-table.ts";
import { FlowTable } from "./flow-table.ts";

interface Segment {
  readonly protocol: number;
  readonly family: 4 | 6;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly payload: number;
  readonly ttl: number;
  readonly packets: number;
  readonly time: number;
}

const address = fc.constantFrom(0, 1, 0x0a000001, 0xffffffff);
const port = fc.constantFrom(0, 53, 40_000, 65_535);
const segments = fc.array(
  fc.record({
    protocol: fc.constantFrom(PROTOCOL_TCP, PROTOCOL_UDP),
    family: fc.constantFrom<4 | 6>(4, 4, 6),
    source: address,
    destination: address,
    sourcePort: port,
    destinationPort: port,
    flags: fc.constantFrom(TCP_ACK, TCP_ACK | TCP_PSH, TCP_FIN | TCP_ACK),
    payload: fc.constantFrom(0, 0, 5),
    ttl: fc.nat(255),
    packets: fc.integer({ min: 1, max: 3 }),
    time: fc.integer({ min: -1000, max: 1000 }),
  }),
  { maxLength: 80 },
);

/** All that the table tells, ends in order: as text, since the objects are reused. */
function told(flow: Flow): string {
  const end = (one: FlowEnd): string =>
    `${one.address}:${one.port} ${one.packets === 0 ? "silent" : `${one.packets} from ${one.first} flags ${one.flags.toString(16)} data ${one.data} ttl ${one.ttl}`}`;
  return `${flow.protocol}/${flow.family6 ? 6 : 4} ${end(flow.low)} | ${end(flow.high)} to ${flow.last}`;
}

function tableOf(all: readonly Segment[], chunk = 50, maxSlots = 1 << 12): { table: FlowTable; ended: string[] } {
  const ended: string[] = [];
  const table = new FlowTable(maxSlots, (flow) => ended.push(told(flow)));
  const batch = new ObservationBatch(chunk);
  const block = new EntryBlock(2 * chunk);
  for (let from = 0; from < all.length; from += chunk) {
    const part = all.slice(from, from + chunk);
    for (const [row, one] of part.entries()) {
      batch.time[row] = one.time;
      batch.family[row] = one.family;
      batch.protocol[row] = one.protocol;
      batch.source[row] = one.source;
      batch.destination[row] = one.destination;
      batch.sourcePort[row] = one.sourcePort;
      batch.destinationPort[row] = one.destinationPort;
      batch.tcpFlags[row] = one.flags;
      batch.payload[row] = one.payload;
      batch.ttl[row] = one.ttl;
      batch.packets[row] = one.packets;
    }
    block.length = 0;
    for (let row = 0; row < part.length; row++) putFlowRow(block, batch, row);
    table.add(block);
  }
  return { table, ended };
}

function flowsOf(all: readonly Segment[], chunk = 50): string[] {
  const { table, ended } = tableOf(all, chunk);
  table.end();
  expect(table.size).toBe(0);
  expect(table.endedEarly).toBe(0);
  return ended.sort();
}

/** The same by plain maps. */
function modelOf(all: readonly Segment[]): string[] {
  interface End {
    packets: number;
    first: number;
    union: number;
    common: number;
    data: boolean;
    ttl: number;
  }
  const flows = new Map<string, { key: Segment; ends: [End, End]; last: number }>();
  for (const one of all) {
    const isLow = one.source < one.destination || (one.source === one.destination && one.sourcePort <= one.destinationPort);
    const low = isLow
      ? one
      : { ...one, source: one.destination, sourcePort: one.destinationPort, destination: one.source, destinationPort: one.sourcePort };
    const name = [one.protocol, one.family, low.source, low.sourcePort, low.destination, low.destinationPort].join();
    const none = (): End => ({ packets: 0, first: Number.POSITIVE_INFINITY, union: 0, common: 0xffff, data: false, ttl: 0 });
    const flow = flows.get(name) ?? { key: low, ends: [none(), none()], last: Number.NEGATIVE_INFINITY };
    const end = flow.ends[isLow ? 0 : 1];
    end.packets += one.packets;
    end.first = Math.min(end.first, one.time);
    end.union |= one.flags;
    end.common &= one.flags;
    end.data ||= one.payload > 0;
    end.ttl = Math.max(end.ttl, one.ttl);
    flow.last = Math.max(flow.last, one.time);
    flows.set(name, flow);
  }
  return [...flows.values()]
    .map(({ key, ends, last }) => {
      const end = (which: 0 | 1): FlowEnd => {
        const { packets, first, union, common, data, ttl } = ends[which];
        return {
          address: which === 0 ? key.source : key.destination,
          port: which === 0 ? key.sourcePort : key.destinationPort,
          packets,
          first,
          flags: (common << 16) | union,
          data,
          denied: false,
          ttl,
        };
      };
      return told({ protocol: key.protocol, family6: key.family === 6, low: end(0), high: end(1), last });
    })
    .sort();
}

describe("conversations", () => {
  test("are what plain maps make of them", () => {
    fc.assert(
      fc.property(segments, (all) => {
        expect(flowsOf(all)).toEqual(modelOf(all));
      }),
      { numRuns: 150 },
    );
  });

  test("come out the same in any order and in batches of any size", () => {
    fc.assert(
      fc.property(segments, fc.integer({ min: 1, max: 30 }), (all, chunk) => {
        const forward = flowsOf(all);
        expect(flowsOf([...all].reverse(), chunk)).toEqual(forward);
        expect(flowsOf([...all].sort((a, b) => a.time - b.time))).toEqual(forward);
      }),
      { numRuns: 60 },
    );
  });

  test("merged from two tables are those of one pass", () => {
    fc.assert(
      fc.property(segments, segments, (left, right) => {
        const one = flowsOf([...left, ...right]);
        for (const [first, second] of [
          [left, right],
          [right, left],
        ] as const) {
          const { table, ended } = tableOf(first);
          table.merge(tableOf(second).table);
          table.end();
          expect(ended.sort()).toEqual(one);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("are each handed on once as the table grows", () => {
    const all = Array.from({ length: 20_000 }, (_, i) => datagram(i, i));
    const { table, ended } = tableOf(all, 1000, 1 << 15);
    expect(ended).toEqual([]);
    expect(table.size).toBe(20_000);
    table.end();
    expect(new Set(ended).size).toBe(20_000);
  });
});

describe("a full table", () => {
  test("ends the idlest conversations early, counts them, and keeps its size", () => {
    const { table, ended } = tableOf(
      Array.from({ length: 50_000 }, (_, i) => datagram(i, i)),
      500,
    );
    expect(table.size).toBeLessThanOrEqual(0.75 * (1 << 12));
    expect(table.endedEarly).toBe(ended.length);
    expect(ended.length + table.size).toBe(50_000);
    const lastEnded = Math.max(...ended.map((text) => Number(text.split(" to ")[1])));
    expect(lastEnded).toBeLessThan(49_000);
    table.end();
    expect(new Set(ended).size).toBe(50_000);
  });

  test("gets room even where no clock tells idle from busy", () => {
    for (const timeOf of [() => 7, (i: number) => -i]) {
      const { table, ended } = tableOf(
        Array.from({ length: 20_000 }, (_, i) => datagram(i, timeOf(i))),
        500,
      );
      table.end();
      expect(new Set(ended.map((text) => text.split(" to ")[0]?.split(" from ")[0])).size).toBe(20_000);
    }
  });

  test("keeps a conversation that goes on", () => {
    const all: Segment[] = [];
    for (let i = 0; i < 30_000; i++) {
      all.push(datagram(i, i));
      if (i % 50 === 0) all.push({ ...datagram(0x7fffffff, i), payload: 5 });
    }
    const { table, ended } = tableOf(all, 500);
    table.end();
    expect(ended.filter((text) => text.includes("2147483647:40000 600 "))).toHaveLength(1);
  });
});

/** A UDP datagram of source number `i`. */
function datagram(i: number, time: number): Segment {
  return {
    protocol: PROTOCOL_UDP,
    family: 4,
    source: i,
    destination: 0xc0000201,
    sourcePort: 40_000,
    destinationPort: 53,
    flags: 0,
    payload: 0,
    ttl: 64,
    packets: 1,
    time,
  };
}
