/** Whether sources are real: real captures first, then forgers of several habits beside the real thing that looks like it. */
import { describe, expect, test } from "vitest";
import { Random } from "../../lab/random.ts";
import { publicAddresses } from "../../lab/population.ts";
import { CLASS_CONVERSED, CLASS_SYN, OUTCOME_ANSWERED, OUTCOME_COMPLETED, OUTCOME_DATA } from "../../model/activity.ts";
import { formatIPv4 } from "../../model/address.ts";
import type { Spoofing } from "../../model/spoofing.ts";
import { ActivityBuilder, addresses, HOME, onPort, SCANNER } from "../activity-builder.fixture.ts";
import { detect } from "../index.ts";

const TARGETS = addresses("198.18.0.1", 40, 3);

function verdictsOf(builder: ActivityBuilder): readonly Spoofing[] {
  return detect(builder.activity, { home: HOME }).spoofing;
}

function scansOf(builder: ActivityBuilder): Spoofing | undefined {
  return verdictsOf(builder).find(({ subject }) => subject === "scans");
}

/** Scanners far apart; `ttl` gives each its lowest and highest. */
function scanners(ttl: (index: number) => readonly [number, number], sources = publicAddresses(new Random(9), 30)): ActivityBuilder {
  const builder = new ActivityBuilder();
  for (const [index, word] of sources.entries()) {
    const [ttlMin, ttlMax] = ttl(index);
    // Shares of their own, at moments of their own: neither decoys nor one scan.
    const targets = addresses(`198.18.${index}.1`, 30, 5);
    builder.add(formatIPv4(word), CLASS_SYN, onPort(targets, 445), { ttlMin, ttlMax, first: index * 700, last: index * 700 + 300 });
  }
  return builder;
}

/** SYNs from `sources` upon one host, one packet each, within a minute. */
function flood(sources: readonly number[], ttl: (index: number) => number): ActivityBuilder {
  const builder = new ActivityBuilder();
  for (const [index, word] of sources.entries()) {
    const time = (60 * index) / sources.length;
    builder.add(formatIPv4(word), CLASS_SYN, [["198.18.0.80", 80]], {
      packets: 1,
      first: time,
      last: time,
      ttlMin: ttl(index),
      ttlMax: ttl(index),
    });
  }
  return builder;
}

describe("scanners", () => {
  test("that finish handshakes are real", () => {
    const builder = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(TARGETS, 22, OUTCOME_ANSWERED | OUTCOME_COMPLETED));
    expect(scansOf(builder)).toMatchObject({ verdict: "real", evidence: [{ kind: "completed-handshakes", leans: "real" }] });
  });

  test("each with a path of its own are real, though nobody answered", () => {
    expect(scansOf(scanners((index) => [40 + (index % 20), 40 + (index % 20)]))).toMatchObject({ verdict: "real", sources: 30 });
  });

  test("all on one path are one forger", () => {
    const said = scansOf(scanners(() => [51, 51]));
    expect(said?.verdict).toBe("spoofed");
    expect(said?.evidence[0]).toMatchObject({ kind: "ttl-spread", leans: "spoofed" });
  });

  test("with a TTL that nothing has lowered are none for that: records are made so", () => {
    expect(scansOf(scanners(() => [64, 64]))?.verdict).toBe("cannot-tell");
  });

  test("whose TTL wavers, as Nmap's does, are on no one path", () => {
    expect(scansOf(scanners((index) => [31 + (index % 4), 53]))?.verdict).toBe("cannot-tell");
  });

  test("alone and without an answer: nobody can tell", () => {
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(TARGETS, 22)))).toMatchObject({
      verdict: "cannot-tell",
      evidence: [],
    });
  });

  test("with decoys are forged in part", () => {
    const builder = new ActivityBuilder();
    for (const source of addresses("41.0.0.1", 6, 5_000_000)) builder.add(source, CLASS_SYN, onPort(TARGETS, 445));
    expect(scansOf(builder)).toMatchObject({ verdict: "partly-spoofed", evidence: [{ kind: "decoys" }] });
  });

  test("that also converse are real for that", () => {
    const builder = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(TARGETS, 22))
      .add(SCANNER, CLASS_CONVERSED, [["198.18.0.1", 22, OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA]]);
    expect(scansOf(builder)?.verdict).toBe("real");
  });
});

describe("floods", () => {
  const random = new Random(4);
  const anywhere = Array.from({ length: 400 }, () => random.word());

  test("from addresses drawn at random are forged", () => {
    const said = verdictsOf(flood(anywhere, () => random.integer(1, 255))).find(({ subject }) => subject === "floods");
    expect(said?.verdict).toBe("spoofed");
    expect(said?.evidence.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["impossible-origins", "one-packet-sources", "ttl-spread"]),
    );
  });

  test("the same whatever the order", () => {
    const ttl = (index: number): number => 40 + (index % 9);
    const rows = anywhere.map((word, index) => ({ word, ttl: ttl(index) }));
    const build = (from: readonly { word: number; ttl: number }[]): readonly Spoofing[] => {
      const builder = new ActivityBuilder();
      for (const one of from)
        builder.add(formatIPv4(one.word), CLASS_SYN, [["198.18.0.80", 80]], {
          packets: 1,
          first: one.word % 60,
          last: one.word % 60,
          ttlMin: one.ttl,
          ttlMax: one.ttl,
        });
      return verdictsOf(builder);
    };
    expect(build(rows.toReversed())).toEqual(build(rows));
  });
});
