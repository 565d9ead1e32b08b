/** Floods are told from scans, from noise, and from busy or broken servers. */
import { describe, expect, test } from "vitest";
import {
  CLASS_ICMP_REQUEST,
  CLASS_SERVED,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_UDP,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
} from "../model/activity.ts";
import { ActivityBuilder, addresses, HOME } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const TARGET = "192.0.2.10";
const SOURCES = addresses("11.0.0.1", 2000, 104_729);

/** Every source sends once to one port; two minutes all in all. */
function crowd(outcome = 0, row: { stackPackets?: number; seconds?: number; trafficClass?: number } = {}): ActivityBuilder {
  const builder = new ActivityBuilder();
  const seconds = row.seconds ?? 120;
  SOURCES.forEach((source, index) => {
    const at = (index / SOURCES.length) * seconds;
    builder.add(source, row.trafficClass ?? CLASS_SYN, [[TARGET, 80, outcome]], {
      first: at,
      last: at,
      stackPackets: row.stackPackets ?? 0,
    });
  });
  return builder;
}

describe("floods", () => {
  test("forged SYNs upon one port are a flood, and neither scans nor a distributed scan nor backscatter", () => {
    const answers = SOURCES.map((source) => [source, 80] as const);
    const activity = crowd(OUTCOME_ANSWERED).add(TARGET, CLASS_SYN_ACK_SENT, answers, { packets: 4000, last: 120 }).activity;
    const { scans, floods, backscatter } = detect(activity, { home: HOME });
    expect(scans).toEqual([]);
    expect(backscatter).toEqual([]);
    expect(floods).toMatchObject([{ target: TARGET, transport: "tcp", technique: "syn", ports: [80], sources: 2000, packets: 2000 }]);
    expect(floods[0]?.evidence.join()).toContain("none of it came to anything");
  });

  test("of records without headers, clients of a server that is down show by asking again", () => {
    const builder = new ActivityBuilder();
    for (const [index, source] of SOURCES.entries()) {
      const at = index / 20;
      builder.add(source, CLASS_SYN, [[TARGET, 80, 0]], { first: at, last: at + 3, packets: 3, ttlMin: 0, ttlMax: 0 });
    }
    expect(detect(builder.activity, { home: HOME }).floods).toEqual([]);
  });

  test("one sampled SYN that stands for a thousand is none", () => {
    const activity = new ActivityBuilder().add("11.0.0.1", CLASS_SYN, [[TARGET, 25, 0]], { first: 1, last: 1, packets: 1000 }).activity;
    expect(detect(activity, { home: HOME }).floods).toHaveLength(1);
    expect(detect(activity, { home: HOME, sampling: 1000 }).floods).toEqual([]);
    expect(detect(activity, { home: HOME, greatestSampling: 1000 }).floods).toEqual([]);
  });

  test("clients are none: those that hold conversations, and those of a server that is down", () => {
    const used = OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA;
    expect(detect(crowd(used, { stackPackets: 1 }).activity, { home: HOME }).floods).toEqual([]);
    expect(detect(crowd(0, { stackPackets: 1 }).activity, { home: HOME }).floods).toEqual([]);
    expect(detect(crowd(OUTCOME_ANSWERED, { stackPackets: 1 }).activity, { home: HOME }).floods).toEqual([]);
  });

  test("SYNs like a client's that are answered and left alone are forged, where others are seen to go on", () => {
    const builder = crowd(OUTCOME_ANSWERED, { stackPackets: 1 }).add(TARGET, CLASS_SERVED, [["203.0.113.9", 80]]);
    expect(detect(builder.activity, { home: HOME }).floods).toMatchObject([{ target: TARGET, sources: SOURCES.length }]);
  });

  test("the noise of a day upon one address is none", () => {
    expect(detect(crowd(0, { seconds: 86_400 }).activity, { home: HOME }).floods).toEqual([]);
  });

  test("noise that comes to the neighbours too is none, however fast", () => {
    const builder = new ActivityBuilder();
    const targets = addresses("192.0.2.1", 20);
    SOURCES.forEach((source, index) =>
      builder.add(source, CLASS_SYN, [[targets[index % 20] as string, 23]], { first: index / 100, last: index / 100 }),
    );
    expect(detect(builder.activity, { home: HOME }).floods).toEqual([]);
  });

  test("UDP to a port that its host does not serve, and pings", () => {
    const live = (builder: ActivityBuilder): ActivityBuilder => builder.add(TARGET, CLASS_SERVED, [["203.0.113.9", 443]]);
    expect(detect(live(crowd(0, { trafficClass: CLASS_UDP, seconds: 20 })).activity, { home: HOME }).floods).toMatchObject([
      { transport: "udp" },
    ]);
    expect(detect(crowd(0, { trafficClass: CLASS_UDP, seconds: 20 }).activity, { home: HOME }).floods).toEqual([]);
    expect(
      detect(crowd(OUTCOME_ANSWERED, { trafficClass: CLASS_ICMP_REQUEST, seconds: 20 }).activity, { home: HOME }).floods,
    ).toMatchObject([{ transport: "icmp", ports: [] }]);
  });

  test("two sources that flood one host are one flood, by two; and beside a crowd they are part of its", () => {
    const heavy = (builder: ActivityBuilder): ActivityBuilder =>
      builder
        .add("203.0.113.7", CLASS_SYN, [[TARGET, 80]], { packets: 5000, first: 10, last: 20, flagsUntold: 1, ttlMin: 0, ttlMax: 0 })
        .add("203.0.113.8", CLASS_SYN, [[TARGET, 443]], { packets: 3000, first: 5, last: 15, flagsUntold: 1, ttlMin: 0, ttlMax: 0 });
    const { floods } = detect(heavy(new ActivityBuilder()).activity, { home: HOME });
    expect(floods).toMatchObject([{ technique: "tcp-unknown", ports: [80, 443], sources: 2, packets: 8000, firstSeen: 5, lastSeen: 20 }]);
    expect(floods[0]?.evidence).toEqual([
      "2 sources sent 8,000 TCP packets to 2 ports in 15 s, the most by 203.0.113.7, and held no conversation",
    ]);
    expect(detect(heavy(crowd()).activity, { home: HOME }).floods).toMatchObject([{ target: TARGET, sources: 2002, packets: 10_000 }]);
  });

  test("floods upon two hosts are two", () => {
    const builder = new ActivityBuilder()
      .add("203.0.113.7", CLASS_SYN, [[TARGET, 80]], { packets: 5000, last: 10 })
      .add("203.0.113.7", CLASS_SYN, [["192.0.2.11", 80]], { packets: 5000, last: 10 });
    expect(detect(builder.activity, { home: HOME }).floods).toHaveLength(2);
  });

  test("one source floods by itself where its SYNs are of its own making", () => {
    const one = (stackPackets: number): ActivityBuilder =>
      new ActivityBuilder().add("203.0.113.7", CLASS_SYN, [[TARGET, 80, OUTCOME_ANSWERED]], { packets: 5000, last: 10, stackPackets });
    expect(detect(one(0).activity, { home: HOME })).toMatchObject({ scans: [], floods: [{ sources: 1, packets: 5000 }] });
    expect(detect(one(5000).activity, { home: HOME }).floods).toEqual([]);
  });
});
