import { describe, expect, test } from "vitest";
import type { QualityCase } from "./quality-cases.ts";
import { addScore, emptyScore, scoreSources } from "./quality-score.ts";

const CASE: QualityCase = {
  name: "case",
  origin: "lab",
  capture: () => new Uint8Array(0),
  scans: [{ sources: ["192.0.2.1", "192.0.2.2"], techniques: ["syn"], kind: "distributed", tool: null }],
  mayReport: new Set(["192.0.2.9"]),
  victims: ["198.51.100.1"],
  portZero: [0, 0, 0, 0, 0, 0],
  reading: null,
  home: [],
};

describe("accused sources", () => {
  test("any member of a distributed scan counts as found, what is unclear counts neither way", () => {
    expect(scoreSources(CASE, [["192.0.2.2"], ["192.0.2.9"]])).toMatchObject({ scans: 1, found: 1, falseAlarms: 0, mistakes: [] });
  });
  test("the innocent are false alarms, victims worse", () => {
    const score = scoreSources(CASE, [["203.0.113.1"], ["198.51.100.1"]]);
    expect(score).toMatchObject({ found: 0, falseAlarms: 2, victimsAccused: 1 });
    expect(score.mistakes).toContain("198.51.100.1 is called a scanner and is a victim");
  });
  test("a case without a scan is disturbed once, whatever the number of alarms", () => {
    const quiet = { ...CASE, scans: [] };
    const total = emptyScore();
    addScore(total, scoreSources(quiet, [["203.0.113.1"], ["203.0.113.2"]]));
    addScore(total, scoreSources(quiet, []));
    expect(total).toMatchObject({ quietCases: 2, disturbed: 1, falseAlarms: 2 });
  });
});
