import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { november2013Capture } from "../../lab/index.ts";
import type { HistoryBatch, Members } from "../../model/history.ts";
import { openStore } from "../../store/open-store.ts";
import { assess, ASSESS_DEFAULTS, type AssessResult } from "../assess.ts";
import { Judge } from "./judge.ts";
import { MadeHistory, type MadeSensor } from "./made-history.fixture.ts";
import { pastOf } from "./past-of-input.ts";

const DAY = 86_400;
/** 2 November 2013, 01:00 UTC, three hours; the capture runs from midnight to five. */
const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;
const FIRST = SPIKE - 370 * DAY;
const SENSORS: readonly MadeSensor[] = Array.from({ length: 20 }, (_, index) => ({
  name: `sensor-${index + 1}`,
  weight: 1,
  // A year is long: all but three join for the last month, and are known by then.
  isAlive: (time) => index < 3 || time >= SPIKE - 30 * DAY,
}));

let folder = "";
/** A year of many sensors, judged as a replay does, in a real store. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-past-"));
  const history = new MadeHistory(SENSORS, [{ from: SPIKE, to: SPIKE + 3 * 3600, sources: 4 * 19, packets: 0 }]);
  await new Judge(history).judge(FIRST, SPIKE + DAY, () => undefined);
  const store = await openStore({ kind: "folder", path: folder });
  try {
    for (const { name, isAlive } of SENSORS) {
      const alive = [FIRST, SPIKE, SPIKE + 3600].filter((time) => isAlive?.(time) ?? true);
      await store.write(liveness(name, alive), `liveness of ${name}`);
    }
    for (const incident of history.saved.values()) await store.saveIncident(incident);
    for (const range of history.marks) await store.markJudged(range);
  } finally {
    await store.close();
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function judged(store: string | null, bytes = november2013Capture({ scale: 0.3 }).bytes): Promise<AssessResult> {
  return assess({
    ...ASSESS_DEFAULTS,
    store: store === null ? null : { kind: "folder", path: store },
    memory: new Map([["2013-11-02.pcap", bytes]]),
  });
}

describe("2 November 2013 with a year of history in many sensors", () => {
  test("gives the reading that took analysts days", async () => {
    const { report } = await judged(folder);
    const { assessment, advice, past } = report;
    const note = assessment.note.map(({ text }) => text).join(" ");
    expect(assessment.hypotheses[0]?.id).toBe("vulnerability-search");
    expect(assessment.severity).toMatch(/high|critical/);
    expect(note).toMatch(/^(Very likely|Almost certainly) reconnaissance for an attack on TCP\/445/);
    expect(note).toMatch(
      /It is the highest in all 37\d days of history: [\d,]+ sources of TCP from port 0 in five minutes, where \d+ are usual\./,
    );
    expect(note).toMatch(/(All|\d+ of) \d+ sensors see it\./);
    expect(note).toContain("No research scanner explains it.");
    expect(note).toContain("Whether a sector is meant cannot be known");
    expect(note).toContain("It is not DDoS (almost no chance).");
    expect(note).toContain("likely compromised or rented hosts: where they are registered");
    expect(note).not.toContain("there is no history");
    expect(assessment.missing.map(({ what }) => what).join()).not.toMatch(/history|other sensors/);
    expect(advice[0]?.rules.join("\n")).toContain("tcp sport 0");
    expect(past).toMatchObject({ isJudged: true, sensorsAlive: 20 });
    expect(assessment.steps).toContainEqual(expect.objectContaining({ kind: "evidence", id: "history-record" }));
    expect(assessment.steps).toContainEqual(expect.objectContaining({ kind: "evidence", id: "sensors-many", overlaps: "history" }));
  });

  test("near miss: without it, history and others are what is missing", async () => {
    const { report } = await judged(null);
    expect(report.past).toBeNull();
    // Hosts of one hoster alone decide which reading leads: history would tell how grave it is, and the summary says that it is not there.
    expect(report.assessment.summary).toContain("no history and no other sensor to compare with");
  });
});

describe("the past of an input", () => {
  const sensor = { sensor: "a", firstSeen: 1000, lastSeen: 900_000, intervals: 10, observations: 10, lost: 0 };
  const history = (times: readonly { from: number; to: number }[]): Parameters<typeof pastOf>[0] => ({
    sensors: () => Promise.resolve([sensor]),
    incidents: () => Promise.resolve([]),
    judged: () => Promise.resolve(times),
  });

  test("is judged where a judge went through its time, though nothing was ever out of the ordinary", async () => {
    const whole = await pastOf(history([{ from: 900, to: 900_300 }]), 3000, 6000);
    expect(whole).toMatchObject({ since: 1000, until: 6300, isJudged: true, judged: { since: 900, until: 900_300 }, incidents: [] });
    // A running watch has not judged the last intervals yet
    expect(await pastOf(history([{ from: 900, to: 5700 }]), 3000, 6000)).toMatchObject({ isJudged: true });
    expect(await pastOf(history([{ from: 900, to: 900_300 }]), 899_000, 2_000_000)).toMatchObject({ until: 900_300, isJudged: true });
  });
  test("near miss: where judging ended before it, began in its midst, or never was, it is not", async () => {
    expect(await pastOf(history([]), 3000, 6000)).toMatchObject({ isJudged: false, judged: null });
    expect(await pastOf(history([{ from: 900, to: 3000 }]), 3000, 6000)).toMatchObject({ isJudged: false, judged: { until: 3000 } });
    expect(await pastOf(history([{ from: 900, to: 5100 }]), 3000, 6000)).toMatchObject({ isJudged: false });
    expect(await pastOf(history([{ from: 4500, to: 900_000 }]), 3000, 6000)).toMatchObject({ isJudged: false });
  });
  test("is nothing where history begins after it, or is empty", async () => {
    expect(await pastOf(history([]), 0, 300)).toBeNull();
    expect(await pastOf({ ...history([]), sensors: () => Promise.resolve([]) }, 3000, 6000)).toBeNull();
  });
});

function liveness(sensor: string, intervals: readonly number[]): HistoryBatch {
  const none = new Float64Array(0);
  const words = new Uint32Array(0);
  const members: Members = { offsets: new Uint32Array(1), values: words };
  return {
    sensor,
    activity: {
      length: 0,
      interval: words,
      source: new Uint8Array(0),
      asn: words,
      transport: new Uint16Array(0),
      port: new Int32Array(0),
      technique: new Uint8Array(0),
      packets: none,
      sourcePortZero: none,
      targets: words,
    },
    series: {
      length: 0,
      interval: words,
      series: words,
      packets: none,
      members: { sources: members, networks: members, asns: members, targets: members },
    },
    targetGroups: [],
    liveness: intervals.map((interval) => ({ interval, observations: 1, lost: 0, folded: 0 })),
  };
}
