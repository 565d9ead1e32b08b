import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_MANNERS } from "../model/manners.ts";
import { takeFeeds } from "./feed-library.fixture.ts";
import { KeptIntel } from "./kept-intel.ts";

const SOURCE = "45.155.205.99";
const NOW = 1_795_500_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-kept-intel-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function hitsOf(kept: KeptIntel): readonly string[] {
  const { intel } = kept.use();
  return (intel.label(SOURCE, () => NO_MANNERS).reputation?.hits ?? []).map(({ feed }) => feed);
}

test("feeds that an update swaps are those that count from then on", () => {
  let now = NOW;
  const kept = new KeptIntel({ folder, databases: [] }, () => now);
  expect(hitsOf(kept)).toEqual([]);
  takeFeeds(folder, { "cins-army": `${SOURCE}\n1.2.3.4\n` }, NOW);
  now += 60;
  expect(hitsOf(kept)).toEqual(["cins-army"]);
  takeFeeds(folder, { "blocklist-de": `${SOURCE}\n5.6.7.8\n` }, NOW + 60);
  now += 60;
  expect(hitsOf(kept).toSorted()).toEqual(["blocklist-de", "cins-army"]);
  expect(kept.trouble).toBeNull();
  kept.close();
});

test("near miss: with feeds off, none is read, and after a reload they are", () => {
  takeFeeds(folder, { "cins-army": `${SOURCE}\n` }, NOW);
  const kept = new KeptIntel({ folder: null, databases: [] }, () => NOW);
  expect(hitsOf(kept)).toEqual([]);
  kept.reload({ folder, databases: [] });
  expect(hitsOf(kept)).toEqual(["cins-army"]);
  kept.close();
});

test("feeds grow old while they are open, and are known as stale", () => {
  let now = NOW;
  takeFeeds(folder, { "cins-army": `${SOURCE}\n` }, NOW);
  const kept = new KeptIntel({ folder, databases: [] }, () => now);
  expect(kept.use().feeds.map(({ condition }) => condition)).toEqual(["fine"]);
  now += 100 * 86_400;
  expect(kept.use().feeds.map(({ condition }) => condition)).toEqual(["stale"]);
  kept.close();
});

test("what is damaged, or no database, is told, and what was open stays in use", () => {
  let now = NOW;
  takeFeeds(folder, { "cins-army": `${SOURCE}\n` }, NOW);
  const kept = new KeptIntel({ folder, databases: [] }, () => now);
  expect(hitsOf(kept)).toEqual(["cins-army"]);
  const index = readFileSync(join(folder, "index.json"));
  writeFileSync(join(folder, "index.json"), "{");
  now += 60;
  expect(hitsOf(kept)).toEqual(["cins-army"]);
  expect(kept.trouble).toMatch(/index\.json is damaged/);
  writeFileSync(join(folder, "index.json"), index);
  kept.reload({ folder, databases: [join(folder, "none.mmdb")] });
  expect(hitsOf(kept)).toEqual(["cins-army"]);
  expect(kept.trouble).toContain("none.mmdb");
  kept.close();
});
