import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { SERIES_GROUPS } from "../../model/series.ts";
import type { WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import { judgedNovember2013, november2013 } from "../incident/incident.fixture.ts";
import { renderWatchEvent } from "./watch-event-json.ts";
import { watchEventProblem } from "./watch-event-schema.ts";
import { watchScreen, type WatchView } from "./watch-screen.ts";

const NOW = Date.UTC(2013, 10, 2, 1, 6) / 1000;

const HEALTH: WatchHealth = {
  sources: [
    {
      name: "flows",
      sensor: "edge",
      place: "127.0.0.1:2055",
      health: "fine",
      records: 900_000,
      recordsPerSecond: 1204,
      lost: 0,
      unrecognised: 0,
    },
    {
      name: "firewall",
      sensor: "edge",
      place: "/var/log/kern.log",
      health: "fine",
      records: 9000,
      recordsPerSecond: 3.4,
      lost: 12,
      unrecognised: 0,
    },
    {
      name: "a source with a very long name indeed",
      sensor: "default",
      place: null,
      health: "no such file or directory",
      records: 0,
      recordsPerSecond: 0,
      lost: 0,
      unrecognised: 0,
    },
  ],
  store: { place: "/var/lib/precursor/history", isUp: true, reason: null },
  intel: { feeds: 3, amiss: [], reason: null },
  spool: { batches: 0, bytes: 0, dropped: 0, reason: null },
  lag: 0,
  futureRows: 0,
  lateRows: 0,
  refused: 0,
  unlookedPackets: 0,
  clock: null,
  silent: [],
  troubles: [],
};

const quiet = Array.from({ length: 47 }, (_, i) => 15 + ((i * 7) % 9));
const INTERVAL: Extract<WatchEvent, { type: "interval" }> = {
  type: "interval",
  time: NOW - 360,
  sensors: ["edge"],
  reference: ["edge"],
  packets: 4000,
  sources: 380,
  portZeroSources: 103,
  series: 90,
  isLearning: false,
  openIncidents: 1,
  top: [
    { name: "group/port-zero", recent: [...quiet, 103], expected: 19.2, high: 34, isLearning: false },
    ...SERIES_GROUPS.slice(1).map((name) => ({
      name: `group/${name}`,
      recent: [...quiet.slice(1), null, 21],
      expected: 19,
      high: 40,
      isLearning: false,
    })),
    ...Array.from({ length: 12 }, (_, port) => ({
      name: `tcp/destination/${port}`,
      recent: [1, 0, 2],
      expected: null,
      high: null,
      isLearning: true,
    })),
  ],
};
const VIEW: WatchView = { now: NOW, health: HEALTH, interval: INTERVAL, incidents: [november2013()], message: null };

describe("the watch on a terminal", () => {
  test("of 80 × 24 shows sources, series with what is expected, and the open incident", () => {
    const lines = watchScreen(VIEW, { height: 24, width: 80 });
    expect(lines).toMatchInlineSnapshot(`
      [
        "precursor watch  3 sources · 1,207 records/s · store up     2013-11-02 01:06:00Z",
        "  flows                  edge         1,204/s 127.0.0.1:2055",
        "  firewall               edge             3/s lost 12 /var/log/kern.log",
        "! a source with a very … default          0/s no such file or directory",
        "",
        "SERIES  sources in the five minutes from 01:00Z, 1 of 1 sensors",
        "  group/port-zero        ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂█    103  expected 19, to 34",
        "  group/unassigned       ▄▄▄▅▅▄▄▅▅▄▄▄▅▅▄▄▅▅▄▄▄▅ ▅     21  expected 19, to 40",
        "  group/privileged       ▄▄▄▅▅▄▄▅▅▄▄▄▅▅▄▄▅▅▄▄▄▅ ▅     21  expected 19, to 40",
        "  group/all              ▄▄▄▅▅▄▄▅▅▄▄▄▅▅▄▄▅▅▄▄▄▅ ▅     21  expected 19, to 40",
        "  tcp/destination/0                           ▅▁█      2  learning",
        "  tcp/destination/1                           ▅▁█      2  learning",
        "  tcp/destination/2                           ▅▁█      2  learning",
        "  tcp/destination/3                           ▅▁█      2  learning",
        "  tcp/destination/4                           ▅▁█      2  learning",
        "  tcp/destination/5                           ▅▁█      2  learning",
        "  tcp/destination/6                           ▅▁█      2  learning",
        "  tcp/destination/7                           ▅▁█      2  learning",
        "  tcp/destination/8                           ▅▁█      2  learning",
        "  tcp/destination/9                           ▅▁█      2  learning",
        "  tcp/destination/10                          ▅▁█      2  learning",
        "",
        "INCIDENTS  1 open",
        "  20131102T0100Z-tcp-source-0 closed: 101 sources, 5.3 times the expected, 97 o…",
      ]
    `);
  });

  test("tells what an open incident means, what to do and who sends, where there is room", () => {
    const lines = watchScreen({ ...VIEW, incidents: [judgedNovember2013()] }, { height: 24, width: 100 });
    expect(lines.slice(lines.findIndex((line) => line.startsWith("INCIDENTS")))).toMatchInlineSnapshot(`
      [
        "INCIDENTS  1 open",
        "  20131102T0100Z-tcp-source-0 closed: 101 sources, 5.3 times the expected, 97 of 100 sensors; 1 mor…",
        "    critical, confidence moderate: Almost certainly reconnaissance for an attack on TCP/445: 101 so…",
        "    precursor block --port-zero --incident 20131102T0100Z-tcp-source-0 --for nftables",
        "    93.174.93.175 AS29073 Ecatel, NL; on 1 list, 1 independent against it: CINS Army (attacker, 201…",
        "",
      ]
    `);
    const many = watchScreen({ ...VIEW, incidents: [judgedNovember2013(), november2013()] }, { height: 16, width: 80 });
    expect(many.length).toBeLessThanOrEqual(16);
  });

  test("never has more lines or columns than there are, and leaves room for incidents", () => {
    for (const height of [10, 24, 60]) {
      for (const width of [60, 80, 200]) {
        const many = {
          ...VIEW,
          health: { ...HEALTH, sources: Array.from({ length: 40 }, () => HEALTH.sources[2]!), futureRows: 7, clock: "the clock jumped" },
        };
        const lines = watchScreen({ ...many, message: "config read again" }, { height, width, colour: true });
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(width);
        if (height >= 24) expect(lines.join("\n")).toContain("INCIDENTS");
      }
    }
  });

  test("says what is amiss", () => {
    const health = {
      ...HEALTH,
      store: { place: "http://db:8123", isUp: false, reason: "does not answer" },
      spool: { batches: 7, bytes: 9_000_000, dropped: 3, reason: null },
      lag: 900,
    };
    const text = watchScreen({ ...VIEW, health }, { height: 24, width: 120 }).join("\n");
    expect(text).toMatch(/store away · 7 wait \(9 MB\) · 15 min behind/);
    expect(text).toContain("! store: does not answer; 3 observations found no room");
  });

  test("is plain where it has to be: no colour, no glyphs beyond ASCII, nothing that an attacker named", () => {
    const named = { ...HEALTH, sources: [{ ...HEALTH.sources[0]!, name: "\u001B[31mred" }] };
    const text = watchScreen({ ...VIEW, health: named }, { height: 24, width: 80, ascii: true }).join("\n");
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(watchScreen(VIEW, { height: 24, width: 80 }).join("")).not.toContain("\u001B");
    expect(watchScreen(VIEW, { height: 24, width: 80, colour: true }).join("")).toContain("\u001B[");
  });
});

test("events as JSON are lines that the published schema takes", () => {
  const events: WatchEvent[] = [
    { type: "started", time: NOW, version: "0.1.0", health: HEALTH },
    INTERVAL,
    { type: "incident", time: NOW, change: "opened", isAlert: true, incident: november2013() },
    { type: "incident", time: NOW, change: "closed", isAlert: false, incident: judgedNovember2013() },
    { type: "health", time: NOW, health: { ...HEALTH, lag: 0.5 } },
    { type: "reload", time: NOW, started: ["a"], stopped: [], kept: 1, changed: [], needsRestart: [], error: null },
    { type: "stopped", time: NOW, reason: "terminated" },
  ];
  for (const event of events) {
    const line = renderWatchEvent(event);
    expect(line.endsWith("}\n")).toBe(true);
    expect(line.trimEnd()).not.toContain("\n");
    expect(watchEventProblem(JSON.parse(line))).toBeNull();
  }
  expect(watchEventProblem({ type: "incident", time: "x" })).not.toBeNull();
});
