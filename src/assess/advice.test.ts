import { describe, expect, test } from "vitest";
import { assess } from "./index.ts";
import { input, labelled, detection, scan } from "./findings.fixture.ts";
import type { Scan } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import type { Past } from "../model/past.ts";

const DAY = 86_400;
const PRIVATE: AddressLabels["reserved"] = { name: "private-use", globallyReachable: false, list: "IANA", date: null };

/** Who is blocked of scans by these, each told of in a label. */
function blocked(scans: readonly Scan[], labels: readonly (readonly [string, AddressLabels])[]): readonly string[] {
  const { advice } = assess(input({ detection: detection([...scans]), labels: new Map(labels) }));
  return advice.find(({ block }) => (block?.sources.length ?? 0) > 0)?.block?.sources ?? [];
}

const heavy = (source: string, overrides: Partial<Scan> = {}): Scan =>
  scan({
    source,
    contactCount: 5000,
    targetCount: 250,
    spoofable: false,
    outcomes: { answered: 0, refused: 5000, unreachable: 0, silent: 0 },
    ...overrides,
  });
const known = (source: string, more: Partial<AddressLabels> = {}): readonly [string, AddressLabels] => [
  source,
  { ...labelled(64_500, "Somewhere"), ...more },
];

describe("the advice to block", () => {
  test("names those who were answered first, as the rules from a report do", () => {
    const answered = heavy("5.5.5.6", { contactCount: 60, outcomes: { answered: 3, refused: 57, unreachable: 0, silent: 0 } });
    expect(blocked([heavy("5.5.5.5"), answered], [known("5.5.5.5"), known("5.5.5.6")])).toEqual(["5.5.5.6", "5.5.5.5"]);
  });
  test("leaves a public resolver alone, whatever came in its name", () => {
    const labels = [known("8.8.8.8", { reliedUpon: "a public resolver (Google)" }), known("5.5.5.5")];
    expect(blocked([heavy("8.8.8.8"), heavy("5.5.5.5")], labels)).toEqual(["5.5.5.5"]);
  });
  test("leaves the members of distributed scans alone", () => {
    const shared = heavy("5.5.5.7", { kind: "distributed", members: ["5.5.5.7", "5.5.5.8"], memberCount: 2 });
    expect(blocked([shared, heavy("5.5.5.5")], [known("5.5.5.7"), known("5.5.5.5")])).toEqual(["5.5.5.5"]);
  });
  test("leaves one's own and those of whom nothing is known alone", () => {
    expect(blocked([heavy("192.88.98.7"), heavy("5.5.5.9"), heavy("5.5.5.5")], [known("192.88.98.7"), known("5.5.5.5")])).toEqual([
      "5.5.5.5",
    ]);
  });
});

describe("other advice", () => {
  test("names those inside who scan, and nobody else", () => {
    const { advice } = assess(
      input({ detection: detection([heavy("5.5.5.5"), heavy("10.0.0.7")]), labels: new Map([known("10.0.0.7", { reserved: PRIVATE })]) }),
    );
    const found = advice.find(({ action }) => action.startsWith("Find out what scans from the inside"));
    expect(found?.reason).toMatch(/^10\.0\.0\.7: /);
  });
  test("sends nobody to look where history has spoken", () => {
    const actions = (past: Past | null): string =>
      assess(input({ detection: detection([heavy("5.5.5.5")]), labels: new Map([known("5.5.5.5")]), past }))
        .advice.map(({ action }) => action)
        .join("\n");
    const judged = { since: 0, until: 90 * DAY };
    const past: Past = { ...judged, sensorsAlive: 1, isJudged: true, judged, incidents: [] };
    expect(actions(null)).toContain("Look for the same in older records");
    expect(actions({ ...past, isJudged: false, judged: null })).toContain("Look for the same in older records");
    expect(actions(past)).toContain("Ask other sites whether they see the same");
    expect(actions(past)).not.toContain("older records");
  });
});
