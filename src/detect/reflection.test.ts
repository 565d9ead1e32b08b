/** Answers of abused services upon one host, and answers that only look like them. */
import { describe, expect, test } from "vitest";
import { CLASS_UDP } from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import { ActivityBuilder, addresses, HOME, onHost, range } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const TARGET = "192.0.2.10";

function answers(senders: number, fragments: number, targets: readonly string[] = [TARGET]): Activity {
  const builder = new ActivityBuilder();
  for (const [index, sender] of addresses("11.0.0.1", senders, 65_537).entries())
    builder.add(sender, CLASS_UDP, onHost(targets[index % targets.length] as string, range(40_000, 30)), {
      packets: 60,
      servicePortPackets: 60,
      last: 90,
    });
  const { activity } = builder;
  return { ...activity, portZero: { ...activity.portZero, excluded: { fragments, icmp: 0, placeholder: 0 } } };
}

describe("reflection", () => {
  test("many senders from service ports, in fragments, upon a host that did not ask", () => {
    const { scans, backscatter, backscatterTotal } = detect(answers(40, 5000), { home: HOME });
    expect(scans).toEqual([]);
    expect(backscatterTotal).toBe(40);
    expect(backscatter[0]).toMatchObject({ transport: "udp", peers: 1, packets: 60, qualifies: true });
  });

  test("a resolver's or QUIC's answers seen from one side come whole", () => {
    expect(detect(answers(40, 20), { home: HOME }).backscatter).toEqual([]);
  });

  test("datagrams larger than any packet were in fragments, which the sensor put together", () => {
    const activity = { ...answers(40, 0), totals: new Map([["reassembled", 2400]]) };
    expect(detect(activity, { home: HOME }).backscatter).toHaveLength(40);
  });

  test("a few senders, or many hosts that get answers, are no attack on one", () => {
    expect(detect(answers(5, 5000), { home: HOME }).backscatter).toEqual([]);
    expect(detect(answers(40, 5000, addresses("192.0.2.10", 20)), { home: HOME }).backscatter).toEqual([]);
  });

  test("amplifiers that are aimed at a whole network are no victims", () => {
    const builder = new ActivityBuilder();
    const hosts = addresses("192.0.2.16", 16).map((host) => [host, 80] as const);
    for (const sender of addresses("11.0.0.1", 40, 65_537))
      builder.add(sender, CLASS_UDP, hosts, { packets: 800, amplifierPackets: 800, servicePortPackets: 800, last: 100 });
    const { backscatter, scans } = detect(builder.activity, { home: HOME });
    expect(scans).toEqual([]);
    expect(backscatter).toHaveLength(40);
    expect(backscatter.every(({ isReflector }) => isReflector)).toBe(true);
  });

  test("amplifiers' ports give it away where answers come whole, if they come fast and from outside", () => {
    const crowd = (senders: number, packets: number, first = "11.0.0.1"): Activity => {
      const builder = new ActivityBuilder();
      for (const sender of addresses(first, senders, first === "11.0.0.1" ? 65_537 : 1))
        builder.add(sender, CLASS_UDP, onHost(TARGET, [80]), { packets, amplifierPackets: packets, last: 100 });
      return builder.activity;
    };
    expect(detect(crowd(40, 100), { home: HOME }).backscatter).toHaveLength(40);
    expect(detect(crowd(40, 5), { home: HOME }).backscatter).toEqual([]);
    expect(detect(crowd(5, 1000), { home: HOME }).backscatter).toEqual([]);
    expect(detect(crowd(40, 100, "192.0.2.20"), { home: HOME }).backscatter).toEqual([]);
    // A tenth of the rate does where there are hundreds of them.
    expect(detect(crowd(400, 1), { home: HOME }).backscatter).toHaveLength(400);
  });
});
