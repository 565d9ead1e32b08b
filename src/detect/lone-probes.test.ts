/** What is in no scan is counted: sources, packets, services; what comes to something, from inside or as an answer is not. */
import { describe, expect, test } from "vitest";
import { CLASS_SYN, CLASS_UDP, OUTCOME_ANSWERED, OUTCOME_DATA } from "../model/activity.ts";
import type { LoneProbes } from "../model/finding.ts";
import { ActivityBuilder, addresses, HOME, onPort } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const HOST = "192.0.2.10";
const SOURCES = addresses("11.0.0.1", 200, 104_729);

/** One source comes a minute: faster, it would be a flood. */
function minute(at: number): { readonly first: number; readonly last: number } {
  return { first: at * 60, last: at * 60 + 3 };
}

function loneOf(builder: ActivityBuilder): LoneProbes {
  return detect(builder.activity, { home: HOME }).loneProbes;
}

describe("lone probes", () => {
  test("a worm, as one host sees it", () => {
    const builder = new ActivityBuilder();
    for (const [at, source] of SOURCES.entries())
      builder.add(source, CLASS_SYN, [[HOST, at % 4 === 0 ? 139 : 445]], { packets: 3, ...minute(at) });
    expect(detect(builder.activity, { home: HOME }).scans).toEqual([]);
    expect(loneOf(builder)).toEqual({
      sources: 200,
      packets: 600,
      miraiSources: 0,
      services: [
        { transport: "tcp", port: 445, sources: 150 },
        { transport: "tcp", port: 139, sources: 50 },
      ],
    });
  });

  test("Mirai's mark is counted", () => {
    const builder = new ActivityBuilder();
    for (const [at, source] of SOURCES.entries())
      builder.add(source, CLASS_SYN, [[HOST, 23]], { packets: 2, tools: { mirai: 2 }, ...minute(at) });
    expect(loneOf(builder)).toMatchObject({ sources: 200, miraiSources: 200 });
  });

  test("peers of file sharing come to no service that is sought", () => {
    const builder = new ActivityBuilder();
    for (const [at, source] of SOURCES.entries())
      builder.add(source, at % 2 === 0 ? CLASS_SYN : CLASS_UDP, [[HOST, at % 2 === 0 ? 6881 : 40_123]], minute(at));
    expect(loneOf(builder)).toMatchObject({ sources: 200, services: [] });
  });

  test("clients that are answered, hosts inside, answers and scans are none", () => {
    const none = { sources: 0, packets: 0, services: [] };
    expect(loneOf(new ActivityBuilder().add("11.0.0.1", CLASS_SYN, [[HOST, 443, OUTCOME_ANSWERED | OUTCOME_DATA]]))).toMatchObject(none);
    expect(loneOf(new ActivityBuilder().add("192.0.2.77", CLASS_SYN, [["9.9.9.9", 443]]))).toMatchObject(none);
    const answer = new ActivityBuilder().add("9.9.9.9", CLASS_UDP, [[HOST, 40_000]], { servicePortPackets: 1 });
    expect(loneOf(answer)).toMatchObject(none);
    const amplified = new ActivityBuilder().add("9.9.9.9", CLASS_UDP, [[HOST, 80]], { packets: 40, amplifierPackets: 40 });
    expect(loneOf(amplified)).toMatchObject(none);
    expect(loneOf(new ActivityBuilder().add("11.0.0.1", CLASS_SYN, onPort(addresses("192.0.2.1", 60), 445)))).toMatchObject(none);
  });
});
