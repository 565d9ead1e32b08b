import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Intel } from "../../intel/index.ts";
import { emptyTruth, historyBatches } from "../../lab/history/make-history.ts";
import type { Incident } from "../../model/incident.ts";
import { openStore } from "../../store/open-store.ts";
import type { SourceTotal, Store } from "../../store/store.ts";
import { type AskedStore, type IncidentContext, judgeIncident } from "./judge-incident.ts";

/** The three hours of 2 November 2013 in a darknet of three sensors. */
const START = Date.UTC(2013, 10, 2, 1) / 1000;
const RECORD = { rank: 1, since: START - 365 * 86_400, ofAll: true };

/** Nothing but what comes along is looked up. */
const nobody: IncidentContext = { intel: Intel.open(), feeds: [], home: [] };
afterAll(() => nobody.intel.close());

function incident(series: string, overrides: Partial<Incident> = {}): Incident {
  return {
    id: `20131102T0100Z-${series.replaceAll("/", "-")}`,
    phase: "closed",
    openedAt: START,
    updatedAt: START + 3 * 3600,
    closedAt: START + 3 * 3600,
    leading: {
      series,
      kind: "surge",
      start: START,
      end: START + 3 * 3600,
      peakTime: START,
      peak: 60,
      expected: 12,
      pValue: 1e-20,
      record: RECORD,
    },
    others: [],
    sources: 60,
    networks: 50,
    asns: 30,
    targets: 700,
    sensors: 3,
    sensorsAlive: 3,
    alertedSize: 60,
    acknowledgedBy: null,
    timeline: [],
    ...overrides,
  };
}

describe("an incident of a real store", () => {
  let folder = "";
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "precursor-judged-"));
    store = await openStore({ kind: "folder", path: folder });
    const plan = { seed: 1, from: START, to: START + 3600, every: 1, intervalsPerBatch: 12 };
    let number = 0;
    for (const batch of historyBatches(plan, emptyTruth())) await store.write(batch, `batch ${number++}`);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("of source port zero is judged by who sent it, how and whereto, and by its place in history", async () => {
    const judged = (await judgeIncident(store, incident("tcp/source/0"), nobody))?.assessment;
    const text = judged?.note.map((sentence) => sentence.text).join(" ") ?? "";
    expect(judged?.hypotheses.map(({ id }) => id).slice(0, 2)).toContain("vulnerability-search");
    expect(text).toContain("60 sources of TCP from port 0 in five minutes, where 12 are usual.");
    expect(text).toContain("All 3 sensors see it.");
    expect(judged?.severity).not.toBe("none");
    expect(judged?.confidence).not.toBe("high");
  });
  test("near miss: of what nobody sent, or no series, there is no judgement", async () => {
    expect(await judgeIncident(store, incident("tcp/source/0", { openedAt: START - 86_400, closedAt: START - 80_000 }), nobody)).toBeNull();
    expect(await judgeIncident(store, incident("no/such/series"), nobody)).toBeNull();
  });
});

describe("what a store holds of sources", () => {
  const total = (index: number): SourceTotal => ({
    source: `${20 + 2 * index}.6.1.7`,
    asn: index,
    packets: 40,
    targets: 30,
    sensors: 2,
    firstSeen: START,
    lastSeen: START + 60,
  });
  const answering = (technique: string): AskedStore => ({
    topSources: () => Promise.resolve(Array.from({ length: 30 }, (_, index) => total(index))),
    activityOf: () => Promise.resolve([{ time: START, sensor: "a", transport: 6, port: 23, technique, packets: 40, targets: 30 }]),
    sensors: () =>
      Promise.resolve([{ sensor: "a", firstSeen: START - 1e6, lastSeen: START + 1e4, intervals: 9, observations: 9, lost: 0 }]),
    incidents: () => Promise.resolve([]),
    judged: () => Promise.resolve([]),
  });
  test("answers that nobody asked for are backscatter, never scans", async () => {
    const judged = (await judgeIncident(answering("backscatter"), incident("tcp/destination/23"), nobody))?.assessment;
    expect(judged?.hypotheses[0]?.id).toBe("backscatter");
    expect(judged?.severity).toBe("low");
  });
  test("many sources of a worm's port in as many networks are that", async () => {
    const judged = (await judgeIncident(answering("tcp-syn"), incident("tcp/destination/23"), nobody))?.assessment;
    expect(judged?.hypotheses[0]?.id).toBe("worm-or-botnet");
  });
});
