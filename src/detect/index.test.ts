/** Kinds of scan with their near misses, home, evidence, and what holds for any activity. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLASS_CONVERSED, CLASS_RECEIVED, CLASS_SYN, OUTCOME_ANSWERED, OUTCOME_REFUSED } from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { ActivityBuilder, addresses, HOME, onHost, onPort, range, SCANNER, withHosts } from "./activity-builder.fixture.ts";
import { detect, MAXIMUM_FINDINGS } from "./index.ts";

function scansOf(activity: Activity): readonly Scan[] {
  return detect(activity, { home: HOME }).scans;
}

describe("kinds of scan and their near misses", () => {
  test("nine dark hosts on 445 are a horizontal scan (Zeek's verdict), six are none", () => {
    const [scan] = scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("192.0.2.10", 9), 445)).activity);
    expect(scan).toMatchObject({
      source: SCANNER,
      kind: "horizontal",
      technique: "syn",
      ports: [445],
      targetCount: 9,
      darkTargetCount: 9,
      spoofable: true,
    });
    expect(scan?.outcomes).toEqual({ answered: 0, refused: 0, unreachable: 0, silent: 9 });
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("192.0.2.10", 6), 445)).activity)).toEqual([]);
  });

  test("of records that cannot show answers, nothing is called silent or dark", () => {
    const { activity } = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("192.0.2.10", 9), 445));
    const { scans, targets } = detect(activity, { home: HOME, showsOutcomes: false });
    expect(targets).toMatchObject({ count: 9, dark: 0 });
    expect(scans).toMatchObject([{ darkTargetCount: 0, outcomes: { silent: 9 } }]);
    expect(scans[0]?.evidence.join()).toContain("no answer is recorded");
    expect(scans[0]?.evidence.join()).not.toMatch(/silen|never seen/);
    expect(scansOf(activity)[0]?.evidence.join()).toMatch(/all met with silence.*9 of 9 targets were never seen sending/);
  });

  test("five closed low ports of a host are a vertical scan, four are none", () => {
    const scan = (ports: number[]): readonly Scan[] =>
      scansOf(
        withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(SCANNER, CLASS_SYN, onHost("192.0.2.7", ports, OUTCOME_REFUSED)).activity,
      );
    expect(scan([21, 22, 23, 25, 80])).toMatchObject([{ kind: "vertical", portCount: 5, targetCount: 1, darkTargetCount: 0 }]);
    expect(scan([21, 22, 23, 25])).toEqual([]);
  });

  test("many hosts by many ports are a block, many hosts by few ports a strobe", () => {
    const hosts = addresses("192.0.2.1", 40);
    const block = hosts.slice(0, 20).flatMap((host) => onHost(host, range(100, 25)));
    const strobe = hosts.flatMap((host) => onHost(host, [22, 80, 443]));
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, block).activity)).toMatchObject([{ kind: "block", contactCount: 500 }]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, strobe).activity)).toMatchObject([
      { kind: "strobe", portCount: 3, targetCount: 40 },
    ]);
  });

  test("live hosts that keep silent need Zeek's 25, ten do once three are dark", () => {
    const live = addresses("192.0.2.1", 30);
    const of = (targets: string[]): number =>
      scansOf(withHosts(new ActivityBuilder(), live).add(SCANNER, CLASS_SYN, onPort(targets, 5900)).activity).length;
    expect(of(live.slice(0, 25))).toBe(1);
    expect(of(live.slice(0, 24))).toBe(0);
    expect(of([...live.slice(0, 7), ...addresses("192.0.2.100", 3)])).toBe(1);
    expect(of([...live.slice(0, 7), ...addresses("192.0.2.100", 2)])).toBe(0);
  });

  test("minutes between probes make it slow, seconds do not", () => {
    const contacts = onPort(addresses("192.0.2.1", 31), 22);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { last: 30 * 600 }).activity)).toMatchObject([{ slow: true }]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { last: 30 * 20 }).activity)).toMatchObject([{ slow: false }]);
  });

  test("port zero: three packets to one host are a probe, one is a stray", () => {
    const of = (packets: number): readonly Scan[] =>
      scansOf(
        new ActivityBuilder().add(SCANNER, CLASS_SYN, [["192.0.2.7", 0, OUTCOME_REFUSED]], { packets, portZeroPackets: packets }).activity,
      );
    expect(of(20)).toMatchObject([{ kind: "vertical", ports: [0], portZero: true }]);
    expect(of(1)).toEqual([]);
  });
});

describe("home", () => {
  test("is guessed from private ranges that take part, else from what is probed most, and says so", () => {
    const inside = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("10.1.2.3", 20), 22));
    expect(detect(inside.activity, { home: [] }).home).toEqual({ networks: ["10.0.0.0/8"], guessed: true });
    const dark = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(addresses("44.1.2.3", 20), 22))
      .add("10.0.0.1", CLASS_SYN, [["44.1.2.4", 22]]);
    expect(detect(dark.activity, { home: [] }).home).toEqual({ networks: ["44.1.2.0/24"], guessed: true });
    expect(detect(dark.activity, { home: HOME }).home).toEqual({ networks: ["192.0.2.0/24", "198.18.0.0/15"], guessed: false });
  });
});

describe("evidence and order", () => {
  test("sentences carry the numbers", () => {
    const contacts = [...onHost("192.0.2.7", range(1, 48), OUTCOME_REFUSED), ...onHost("192.0.2.7", [80, 443], OUTCOME_ANSWERED)];
    const [scan] = scansOf(
      withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(SCANNER, CLASS_SYN, contacts, { last: 0.4, tools: { nmap: 50 } }).activity,
    );
    expect(scan?.evidence).toContain("50 ports of one host in 0.4 s; 48 refused, 2 answered");
    expect(scan?.evidence).toContain("Nmap's mark, its window and option layout, in 50 of 50 packets");
    expect(scan?.evidence).toContain("2 answered connections left half-open");
  });

  test("the heaviest come first, the list is bounded and the total is not", () => {
    const builder = new ActivityBuilder();
    const targets = addresses("192.0.2.1", 40);
    for (let source = 0; source < MAXIMUM_FINDINGS + 500; source++)
      builder.add(
        `100.${source >> 16}.${(source >> 8) & 255}.${source & 255}`,
        CLASS_SYN,
        onPort(targets.slice(0, source < 3 ? 40 : 9), 23),
        { first: source * 100 },
      );
    const { scans, scansTotal } = detect(builder.activity, { home: HOME });
    expect(scans).toHaveLength(MAXIMUM_FINDINGS);
    expect(scansTotal).toBe(MAXIMUM_FINDINGS + 500);
    expect(scans.slice(0, 3).map((scan) => scan.targetCount)).toEqual([40, 40, 40]);
  });
});

describe("any activity", () => {
  const contact = fc.tuple(
    fc.integer({ min: 0, max: 300 }).map((host) => addresses("192.0.1.200", 1, 0).concat(addresses("192.0.2.0", 301))[host] as string),
    fc.nat(65_535),
    fc.nat(31),
  );
  const source = fc.record({
    address: fc.integer({ min: 0, max: 40 }).map((host) => `100.0.0.${host}`),
    trafficClass: fc.constantFrom(...range(1, 22), CLASS_RECEIVED, CLASS_CONVERSED),
    contacts: fc.array(contact, { maxLength: 80 }),
    scale: fc.constantFrom(1, 1, 2, 64),
    seconds: fc.nat(100_000),
    packets: fc.nat(5000),
  });

  test("gives outcomes that add up, bounded lists and the same findings in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(source, { maxLength: 30, selector: (row) => `${row.address} ${row.trafficClass}` }), (rows) => {
        const build = (order: typeof rows): Activity => {
          const builder = new ActivityBuilder();
          for (const row of order)
            builder.add(row.address, row.trafficClass, row.contacts, {
              scale: row.scale,
              last: row.seconds,
              packets: Math.max(row.packets, row.contacts.length),
              portZeroPackets: row.packets % 7,
            });
          return builder.activity;
        };
        const found = detect(build(rows), { home: HOME });
        for (const { outcomes, contactCount, ports, members, darkTargetCount, targetCount } of found.scans) {
          expect(outcomes.answered + outcomes.refused + outcomes.unreachable + outcomes.silent).toBe(contactCount);
          expect(Math.min(outcomes.answered, outcomes.refused, outcomes.unreachable, outcomes.silent)).toBeGreaterThanOrEqual(0);
          expect(Math.max(ports.length, members.length)).toBeLessThanOrEqual(100);
          expect(darkTargetCount).toBeLessThanOrEqual(targetCount);
        }
        expect(detect(build(rows.toReversed()), { home: HOME })).toEqual(found);
      }),
      { numRuns: 150 },
    );
  });
});
