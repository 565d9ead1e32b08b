import { describe, expect, test } from "vitest";
import { CLASS_SERVED, CLASS_SYN, CLASS_UDP, OUTCOME_ANSWERED, OUTCOME_REFUSED } from "../model/activity.ts";
import type { Persistence } from "../model/finding.ts";
import { ActivityBuilder, addresses, HOME, onPort } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const CLIENT = "11.0.0.1";
const HOURS = 6 * 3600;

function persistenceOf(builder: ActivityBuilder, sampling = 1): readonly Persistence[] {
  return detect(builder.activity, { home: HOME, sampling }).persistence;
}

describe("persistence", () => {
  test("one service of one host, asked for hours in vain", () => {
    const builder = new ActivityBuilder().add(CLIENT, CLASS_SYN, [["192.0.2.10", 8080]], { packets: 900, last: HOURS });
    expect(persistenceOf(builder)).toMatchObject([
      { source: CLIENT, targets: ["192.0.2.10"], ports: [8080], packets: 900, wasRefused: false, evidence: [/^900 tries in 6 hours/] },
    ]);
    expect(detect(builder.activity, { home: HOME }).scans).toEqual([]);
  });

  test("a refusal is in vain as well; an answer is not", () => {
    const asked = (outcome: number): readonly Persistence[] =>
      persistenceOf(new ActivityBuilder().add(CLIENT, CLASS_SYN, [["192.0.2.10", 8080, outcome]], { packets: 900, last: HOURS }));
    expect(asked(OUTCOME_REFUSED)).toMatchObject([{ wasRefused: true }]);
    expect(asked(OUTCOME_ANSWERED)).toEqual([]);
  });

  test("a question by UDP that is always answered, where answers would be seen or it was refused or dropped", () => {
    const ask = (port: number, outcome = 0): ActivityBuilder =>
      new ActivityBuilder().add(CLIENT, CLASS_UDP, [["192.0.2.10", port, outcome]], { packets: 900, last: HOURS });
    const talking = (builder: ActivityBuilder): ActivityBuilder => builder.add("192.0.2.80", CLASS_SERVED, [["9.9.9.9", 443]]);
    expect(persistenceOf(talking(ask(500)))).toMatchObject([{ source: CLIENT, transport: "udp", ports: [500], packets: 900 }]);
    expect(persistenceOf(ask(53, OUTCOME_REFUSED))).toMatchObject([{ ports: [53], wasRefused: true }]);
    expect(detect(ask(123).activity, { home: HOME, showsOutcomes: false }).persistence).toHaveLength(1);
    // One direction of a resolver's questions looks like this, and logs are sent without an answer.
    expect(persistenceOf(ask(53))).toEqual([]);
    expect(detect(ask(53).activity, { home: HOME }).persistenceTotal).toBe(0);
    expect(persistenceOf(talking(ask(514)))).toEqual([]);
    expect(persistenceOf(talking(ask(53, OUTCOME_ANSWERED)))).toEqual([]);
  });

  test("a stack's own retries, a scan, a message that wants no answer and a sampler's leavings are none", () => {
    expect(persistenceOf(new ActivityBuilder().add(CLIENT, CLASS_SYN, [["192.0.2.10", 8080]], { packets: 7, last: 130 }))).toEqual([]);
    const scan = onPort(addresses("192.0.2.1", 60), 445);
    expect(persistenceOf(new ActivityBuilder().add(CLIENT, CLASS_SYN, scan, { packets: 6000, last: HOURS }))).toEqual([]);
    expect(persistenceOf(new ActivityBuilder().add(CLIENT, CLASS_UDP, [["192.0.2.10", 514]], { packets: 900, last: HOURS }))).toEqual([]);
    const sampled = new ActivityBuilder().add(CLIENT, CLASS_SYN, [["192.0.2.10", 8080]], { packets: 900, last: HOURS });
    expect(persistenceOf(sampled, 10)).toEqual([]);
  });
});
