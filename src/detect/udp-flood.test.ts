/** UDP floods by bots are told from clients of what is gone, from collectors inside, and from scans of one host's ports. */
import { describe, expect, test } from "vitest";
import { CLASS_SERVED, CLASS_UDP, OUTCOME_ANSWERED } from "../model/activity.ts";
import { ActivityBuilder, addresses, HOME, onHost, range } from "./activity-builder.fixture.ts";
import type { ContactRow } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const TARGET = "192.0.2.10";
const BOTS = addresses("11.0.0.1", 50, 104_729);

function crowd(contacts: readonly ContactRow[], row: { packets: number; last: number }, sources = BOTS): ActivityBuilder {
  const builder = new ActivityBuilder().add("192.0.2.80", CLASS_SERVED, [["8.8.4.4", 443]]);
  for (const source of sources) builder.add(source, CLASS_UDP, contacts, row);
  return builder;
}

describe("UDP floods", () => {
  test("bots upon one port of a host that answers none of them", () => {
    const { floods, scans } = detect(crowd([[TARGET, 443]], { packets: 400, last: 60 }).activity, { home: HOME });
    expect(floods).toMatchObject([{ target: TARGET, transport: "udp", ports: [443], sources: 50, packets: 20_000 }]);
    expect(scans).toEqual([]);
  });

  test("those that go through the ports of the host scan nothing", () => {
    const { floods, scans } = detect(crowd(onHost(TARGET, range(2000, 400)), { packets: 400, last: 60 }).activity, { home: HOME });
    expect(floods).toMatchObject([{ target: TARGET, sources: 50 }]);
    expect(scans).toEqual([]);
  });

  test("one source that goes through the ports of a host does", () => {
    const one = BOTS.slice(0, 1);
    const { floods, scans } = detect(crowd(onHost(TARGET, range(2000, 400)), { packets: 400, last: 3 }, one).activity, { home: HOME });
    expect(floods).toEqual([]);
    expect(scans).toMatchObject([{ source: one[0], kind: "vertical" }]);
  });

  test("clients that are answered, those of a service that is gone, and senders inside are none", () => {
    const floodsOf = (builder: ActivityBuilder): unknown => detect(builder.activity, { home: HOME }).floods;
    expect(floodsOf(crowd([[TARGET, 443, OUTCOME_ANSWERED]], { packets: 400, last: 60 }))).toEqual([]);
    const clocks = addresses("11.0.0.1", 7000, 104_729);
    expect(floodsOf(crowd([[TARGET, 123]], { packets: 56, last: 3600 }, clocks))).toEqual([]);
    expect(floodsOf(crowd([[TARGET, 514]], { packets: 400, last: 60 }, addresses("192.0.2.20", 50)))).toEqual([]);
  });

  test("strays to thousands of hosts before them hide no flood", () => {
    const builder = crowd([], { packets: 1, last: 1 }, []);
    for (const [at, source] of addresses("12.0.0.1", 5000, 7919).entries())
      builder.add(source, CLASS_UDP, [[`198.18.${at >>> 8}.${at & 255}`, 4000 + at]], { packets: 2, last: 60 });
    for (const source of BOTS) builder.add(source, CLASS_UDP, [[TARGET, 443]], { packets: 400, last: 60 });
    expect(detect(builder.activity, { home: HOME }).floods).toMatchObject([{ target: TARGET, sources: 50 }]);
  });

  test("where nobody is seen to answer, answers may go another way", () => {
    const builder = new ActivityBuilder();
    for (const source of BOTS) builder.add(source, CLASS_UDP, [[TARGET, 443]], { packets: 400, last: 60 });
    expect(detect(builder.activity, { home: HOME }).floods).toEqual([]);
  });
});
