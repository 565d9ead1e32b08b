import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Random } from "../lab/random.ts";
import { groupSeriesNumber, portSeriesNumber } from "../model/series.ts";
import { HISTORY_SCHEMA } from "../report/series/history-schema.ts";
import { november2013 } from "../report/incident/incident.fixture.ts";
import { batchOf, type SeriesRow } from "../store/batches.fixture.ts";
import { openStore } from "../store/open-store.ts";
import { inProcess } from "./in-process.fixture.ts";

const DAY = 86_400;
const HOUR = 3600;
const END = Date.UTC(2013, 10, 4) / 1000;
const EVENT = Date.UTC(2013, 10, 2, 1) / 1000;
/** Days of history: what a band needs, and two weeks to be sure of it. */
const DAYS = 20;

let folder: string;
let store: string;
const precursor = (...args: string[]) => inProcess(args, folder, { PRECURSOR_STORE: store });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-history-"));
  store = join(folder, "history");
  const random = new Random(2013);
  const opened = await openStore({ kind: "folder", path: store });
  const rows: SeriesRow[] = [];
  // One interval an hour is enough: an hour has the sources of its intervals.
  for (let time = END - DAYS * DAY; time < END; time += HOUR) {
    const isEvent = time >= EVENT && time < EVENT + 3 * HOUR;
    for (const [series, mean] of [
      [portSeriesNumber("tcp", "source", 0), 19],
      [groupSeriesNumber("all"), 190],
    ] as const) {
      const count = Math.round(mean * (0.8 + 0.4 * random.uniform()) * (isEvent && mean < 100 ? 5 : 1));
      const sources = Array.from({ length: count }, () => random.word());
      const networks = sources.map((source) => source >>> 8);
      rows.push({ interval: time, series, packets: 3 * count, sources, networks, asns: [64_496], targets: [1, 2, 3] });
    }
  }
  const ecatel = {
    interval: EVENT,
    source: 0x5daedaf,
    asn: 29_073,
    transport: 6,
    port: 445,
    technique: "tcp-syn",
    packets: 12,
    sourcePortZero: 12,
    targets: 9,
  } as const;
  await opened.write(batchOf("lisbon", rows, [ecatel]), "all of it");
  await opened.saveIncident({ ...november2013(), phase: "growing", closedAt: null });
  await opened.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("history", () => {
  test("a series: chart, and the hours that were out of the ordinary, with their record", async () => {
    const { status, stdout } = await precursor("history", "tcp/source/0", "--last", "5d", "--resolution", "1h");
    expect(status).toBe(0);
    expect(stdout).toContain("tcp/source/0: sources per hour");
    expect(stdout).toMatch(/surge from 2013-11-02 01:00:00 to 2013-11-02 04:00:00, peak \d+ at .*highest of all 18 days seen/);
  });

  test("a port is both transports and roles, of which those without anything are left out", async () => {
    const { stdout } = await precursor("history", "0", "--format", "json");
    expect(JSON.parse(stdout).series.map((one: { series: string }) => one.series)).toEqual(["tcp/source/0"]);
  });

  test("JSON and CSV have all measures, gaps are no rows", async () => {
    const { stdout } = await precursor("history", "tcp/source/0", "--last", "1d", "--resolution", "1h", "--format", "csv");
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toBe("time,series,packets,sources,networks,asns,targets,sensors,alive,expected,low,high");
    expect(lines).toHaveLength(25);
  });

  test("without a subject: sensors, incidents, movers, sources", async () => {
    const { stdout } = await precursor("history");
    expect(stdout).toContain("lisbon");
    expect(stdout).toContain("20131102T0100Z-tcp-source-0");
    expect(stdout).toContain("5.218.237.175");
  });

  test("a network, and one that was never here", async () => {
    expect((await precursor("history", "5.218.237.0/24")).stdout).toMatch(/tcp-syn +445 +12 +9 +lisbon/);
    expect((await precursor("history", "203.0.113.7")).stdout).toContain("203.0.113.7: nothing in that time");
  });

  test("whatever is asked, JSON is what the schema says", async () => {
    const schema = z.fromJSONSchema(HISTORY_SCHEMA);
    for (const what of [[], ["tcp/source/0"], ["5.218.237.0/24"]]) {
      const { stdout } = await precursor("history", ...what, "--format", "json");
      expect(() => schema.parse(JSON.parse(stdout)), what.join("")).not.toThrow();
    }
  });

  test("a page", async () => {
    const { stdout } = await precursor("history", "port-zero", "--format", "html");
    expect(stdout).toContain("<!doctype html>");
  });

  test("what cannot be asked is one clear line", async () => {
    for (const [args, problem] of [
      [["history", "70000"], /ports are 0 to 65535/],
      [["history", "--format", "csv"], /csv is of a port or a series/],
      [["history", "0", "--since", "2013-11-03", "--until", "2013-11-02"], /--since is not before --until/],
      [["history", "nonsense"], /a port .* is expected/],
      [["history", "--store", join(folder, "absent")], /absent: no history here yet/],
    ] as const) {
      const { status, stdout, stderr } = await precursor(...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(problem);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
  });
});

describe("incidents", () => {
  test("listed, shown by the beginning of the id, acknowledged, noted, closed", async () => {
    expect((await precursor("incidents", "--open")).stdout).toContain("20131102T0100Z-tcp-source-0");
    expect((await precursor("incidents", "ack", "20131102", "--by", "bea")).status).toBe(0);
    await precursor("incidents", "note", "20131102", "asked", "the", "provider", "--by", "bea");
    const { stdout } = await precursor("incidents", "show", "20131102");
    expect(stdout).toMatch(/acknowledged by bea/);
    expect(stdout).toMatch(/note by bea: asked the provider/);
    await precursor("incidents", "close", "20131102", "--by", "bea");
    expect((await precursor("incidents", "--open")).stdout).toBe("No incidents.\n");
  });

  test("an id that nobody has is one clear line", async () => {
    const { status, stderr } = await precursor("incidents", "show", "2014");
    expect(status).toBe(2);
    expect(stderr).toBe("precursor: no incident has the id 2014 (E_USAGE)\n");
  });
});

describe("backtest", () => {
  test("a list that is not there is one clear line", async () => {
    const { status, stderr } = await precursor("backtest", "--disclosures", "absent.csv");
    expect({ status, stderr }).toEqual({ status: 2, stderr: "precursor: --disclosures absent.csv: no such file or directory (E_USAGE)\n" });
  });

  test("against the store", async () => {
    writeFileSync(join(folder, "disclosures.csv"), "date,product,port\n2013-11-03,SMB,445\n2013-09-01,SMB,445\n");
    const { stdout } = await precursor("backtest", "--disclosures", "disclosures.csv", "--days", "7", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ schema: "precursor.backtest/1", judged: 1, outside: 1, preceded: 0 });
  });
});

test("a store that another process holds is read, and annotated, through that process", async () => {
  const holder = await openStore({ kind: "folder", path: store });
  try {
    expect((await precursor("history", "tcp/source/0", "--last", "1d")).stdout).toContain("tcp/source/0: sources");
    expect((await precursor("incidents", "note", "20131102", "while", "held", "--by", "bea")).status).toBe(0);
    expect((await holder.incident("20131102T0100Z-tcp-source-0"))!.timeline.map(({ text }) => text)).toContain("while held");
  } finally {
    await holder.close();
  }
});
