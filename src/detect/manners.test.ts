import { describe, expect, test } from "vitest";
import {
  CLASS_CONVERSED,
  CLASS_FIN,
  CLASS_SYN,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
} from "../model/activity.ts";
import { ActivityBuilder, type ContactRow, type SourceRow } from "./activity-builder.fixture.ts";
import { mannersOf } from "./manners.ts";

const SOURCE = "162.142.125.7";
const SPOKEN = OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA;

function contacts(many: number, port: number, outcome = 0): ContactRow[] {
  return Array.from({ length: many }, (_, i) => [`192.0.2.${i % 250}`, port + Math.floor(i / 250), outcome] as const);
}

function beyond(trafficClass: number, rows: readonly ContactRow[], row: SourceRow = {}): string {
  return mannersOf(new ActivityBuilder().add(SOURCE, trafficClass, rows, row).activity, SOURCE, false).beyond.join("; ");
}

describe("beyond scanning is", () => {
  test.each([
    ["Mirai's mark", CLASS_SYN, contacts(40, 23), { tools: { mirai: 40 } }, /carries mirai's mark in 40 packets/],
    ["odd flags", CLASS_TCP_ODD, contacts(4, 80), {}, /TCP flags that no stack sends/],
    ["tiny fragments", CLASS_TINY_FRAGMENT, contacts(4, 80), {}, /tiny fragments/],
    ["stealth", CLASS_FIN, contacts(20, 80), {}, /slip past simple filters/],
    ["a flood", CLASS_UDP, contacts(2, 53), { packets: 90_000, last: 60 }, /sent 90,000 packets to 2 services, which is a flood/],
    ["password guessing", CLASS_SYN, contacts(2, 22, SPOKEN), { packets: 400, last: 600 }, /opened 400 connections to 2 services/],
    ["source port zero", CLASS_SYN, contacts(50, 445), { portZeroPackets: 50 }, /sends from TCP port zero \(50 packets\)/],
  ])("%s", (_, trafficClass, rows, row, words) => expect(beyond(trafficClass, rows, row)).toMatch(words));
});

describe("near misses: scanning is", () => {
  test.each([
    ["a sweep with banners", CLASS_SYN, contacts(500, 22, SPOKEN), { packets: 1100 }],
    ["one packet with a mark by chance", CLASS_SYN, contacts(500, 80), { tools: { mirai: 1 } }],
    ["ZMap's own mark", CLASS_SYN, contacts(500, 80), { tools: { zmap: 500 } }],
    ["ZMap 4.0.0's port zero", CLASS_SYN, contacts(50, 0), { portZeroPackets: 50 }],
    ["a stray broken packet", CLASS_TCP_ODD, contacts(1, 80), {}],
    ["a ping every eleven minutes for a month", CLASS_UDP, contacts(1, 7), { packets: 3927, last: 2_592_000 }],
    ["a client that browses", CLASS_CONVERSED, contacts(5, 443, SPOKEN), { packets: 90_000 }],
    ["a look at SSH every day of a month", CLASS_SYN, contacts(1, 22, SPOKEN), { packets: 31, last: 2_592_000 }],
    ["many connections to a web server", CLASS_SYN, contacts(2, 443, SPOKEN), { packets: 400, last: 600 }],
  ])("%s", (_, trafficClass, rows, row) => expect(beyond(trafficClass, rows, row)).toBe(""));

  test("an address that was never seen has no manners, good or bad", () => {
    const { activity } = new ActivityBuilder().add(SOURCE, CLASS_SYN, contacts(5, 80));
    expect(mannersOf(activity, "9.9.9.9", true)).toEqual({ spoofable: true, tools: new Map(), beyond: [] });
    expect(mannersOf(activity, "(c0ffee)", true).beyond).toEqual([]);
  });
});
