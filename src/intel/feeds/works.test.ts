import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseNetwork } from "../../model/address.ts";
import { Reputation } from "../reputation/index.ts";
import { CATALOGUE } from "./catalogue.ts";
import type { Feed } from "./feed.ts";
import type { FeedBefore } from "./feed-works.ts";
import { feedWorks } from "./works.ts";

const SHARED = new URL("../../../../shared/intel/", import.meta.url);
const present = existsSync(SHARED);
/** 24 November 2026. */
const NOW = Date.UTC(2026, 10, 24) / 1000;
const WORKS = feedWorks([parseNetwork("93.184.216.0/24")!]);

function feed(id: string): Feed {
  const found = CATALOGUE.get(id);
  if (found === undefined) throw new Error(id);
  return found;
}

type Read = ReturnType<typeof WORKS.read>;

function read(id: string, text: string, before: FeedBefore | null = null): Read {
  return WORKS.read([new TextEncoder().encode(text)], feed(id), before, NOW);
}

describe.skipIf(!present)("real lists (skipped without ../shared/intel)", () => {
  test("collections of scanners are read whole, and name them", () => {
    const filesOf = (folder: string, wanted: RegExp): Uint8Array[] =>
      readdirSync(new URL(folder, SHARED))
        .filter((name) => wanted.test(name))
        .map((name) => readFileSync(new URL(folder + name, SHARED)));
    const misp = WORKS.read(filesOf("misp/", /scan/), feed("misp-scanners"), null, NOW);
    const filters = WORKS.read(filesOf("openfilters-internet-scanners/cidr/", /txt$/), feed("openfilters-scanners"), null, NOW);
    const resolvers = WORKS.read(filesOf("misp/", /public-dns/), feed("misp-public-dns"), null, NOW);
    for (const one of [misp, filters, resolvers]) expect(one.refused).toBeNull();
    expect(misp.entries).toBeGreaterThan(1000);
    expect(filters.entries).toBeGreaterThan(1000);
    const parts = [misp, filters, resolvers].map((one, index) => ({
      feed: feed(["misp-scanners", "openfilters-scanners", "misp-public-dns"][index] ?? ""),
      read: one,
      fetchedAt: NOW,
    }));
    const { table, overlap } = WORKS.compile(parts);
    const reputation = Reputation.from(table, "table", NOW);
    const label = reputation.label("162.142.125.33");
    expect(label?.hits.map(({ kind }) => kind)).toContain("acknowledged");
    expect(label?.independent).toBe(0);
    expect(reputation.label("8.8.8.8")?.hits).toMatchObject([{ feed: "misp-public-dns", kind: "resolver" }]);
    expect(overlap["openfilters-scanners"]?.["misp-scanners"]).toBeGreaterThan(0.01);
  });
});

test("each form that publishers of the catalogue use is read", () => {
  const drop =
    '{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}\n{"type":"metadata","timestamp":1795500000,"size":99,"records":1,"copyright":"(c) 2026 The Spamhaus Project SLU","terms":"https://www.spamhaus.org/drop/terms/"}\n';
  expect(read("spamhaus-drop", drop)).toMatchObject({ refused: null, entries: 1, dataDate: 1_795_500_000 });
  const block =
    "#\n# DShield.org Recommended Block List\n# updated: Mon, 23 Nov 2026 22:00:00 +0000\n#\nStart\tEnd\tNetblock\tAttacks\tName\tCountry\temail\n93.174.93.0\t93.174.93.255\t24\t3098\tECATEL\tNL\tabuse@example.org\n";
  expect(read("dshield-block", block)).toMatchObject({ refused: null, entries: 1 });
  expect(
    read(
      "dshield-intelfeed",
      '[{"ip":"93.174.93.175","description":"dshieldssh"},{"ip":"2a02::1","description":"x"},{"domain":"a.example"}]',
    ),
  ).toMatchObject({
    refused: null,
    entries: 2,
  });
  const plane =
    "# dataplane.org\n# ASN  |  ASname  |  ipaddr  |  lastseen  |  category\n29073       |  ECATEL                          |  93.174.93.175  |  2026-11-23 22:00:01  |  sshpwauth\n";
  expect(read("dataplane", plane)).toMatchObject({ refused: null, entries: 1 });
  const turris =
    '# For the terms of use see https://view.sentinel.turris.cz/greylist-data/LICENSE.txt\nAddress,Tags\n93.174.93.175,"telnet,haas"\n93.174.93.176,"smtp"\n';
  expect(read("turris-greylist", turris)).toMatchObject({ refused: null, entries: 2 });
  const blist = "# IP\t\t\t# Last Reported\t\tCount\tID\n93.174.93.175\t\t# 2026-11-23 22:00:01\t\t3\t1234567\n";
  expect(read("bruteforceblocker", blist)).toMatchObject({ refused: null, entries: 1 });
  const trails = "# Copyright (c) 2014-2026 Maltrail developers\n\n# Reference: https://example.org\n93.174.93.175 # census\n2a02::1\n";
  expect(read("maltrail-mass-scanner", trails)).toMatchObject({ refused: null, entries: 2 });
  expect(read("firehol-level1", "#\n# firehol_level1\n#\n0.0.0.0/8\n10.0.0.0/8\n93.174.93.0/24\n")).toMatchObject({
    entries: 1,
    guarded: 2,
  });
});

test("a list that is empty at times may be, another may not", () => {
  const head = "# abuse.ch Feodo Tracker Botnet C2 IP Blocklist (recommended)\n# Last updated: 2026-11-23 22:00:00 UTC\n# END 0 entries\n";
  expect(read("feodo-tracker", head)).toMatchObject({ refused: null, entries: 0 });
  expect(read("cins-army", "# nothing\n").refused).toMatch(/no address/);
});

test("poison is taken out and counted, never acted upon", () => {
  const poison = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "::/0",
    "10.0.0.0/8",
    "192.168.1.1",
    "127.0.0.1",
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "fe80::/10",
  ];
  const list = read("cins-army", [...poison, "45.155.205.99"].join("\n"));
  expect(list).toMatchObject({ refused: null, entries: 1, guarded: poison.length });
  const reputation = Reputation.from(WORKS.compile([{ feed: feed("cins-army"), read: list, fetchedAt: NOW }]).table, "table", NOW);
  for (const address of ["10.1.2.3", "192.168.1.1", "8.8.8.8", "93.184.216.34", "203.119.1.1", "2a02::1"])
    expect(reputation.label(address)).toBeNull();
  expect(reputation.label("45.155.205.99")).toMatchObject({ independent: 1, hits: [{ feed: "cins-army", network: "45.155.205.99" }] });
  expect(read("cins-army", poison.join("\n")).refused).toMatch(/must not be acted upon/);
});

describe("what is no list to be relied on is refused, with the reason", () => {
  const good = Array.from({ length: 200 }, (_, number) => `45.155.${number}.9`).join("\n");
  const before = { entries: 200, dataDate: null };

  test.each<[string, string, RegExp]>([
    ["a web page", "<!DOCTYPE html><html><body>Please sign in</body></html>", /page|HTML/i],
    ["a list shrunk by nine tenths", good.split("\n").slice(0, 20).join("\n"), /shrank from 200 networks to 20/],
    ["a list from the future", `# Last updated: 2027-03-01 00:00:00 UTC\n${good}`, /future/],
    ["nothing", "", /empty|no address/],
    ["words", "the quick brown fox\n".repeat(50), /no address|cannot be read/],
  ])("%s", (_, text, reason) => {
    expect(read("cins-army", text, before).refused).toMatch(reason);
  });

  test("an old list takes no newer one's place; as the first it is used, and known as old", () => {
    const old = `# Last updated: 2026-10-01 00:00:00 UTC\n${good}`;
    expect(read("cins-army", old, { entries: 200, dataDate: NOW - 86_400 }).refused).toMatch(/2026-10-01/);
    expect(read("cins-army", old)).toMatchObject({ refused: null, dataDate: Date.UTC(2026, 9, 1) / 1000 });
  });

  test("a bad file in a collection is named", () => {
    const files = [good, "<html>"].map((text) => new TextEncoder().encode(text));
    expect(WORKS.read(files, feed("openfilters-scanners"), null, NOW).refused).toMatch(/^file 2 of 2: /);
  });
});

test("the catalogue is whole: ids, addresses, terms, trust, and parts that exist", () => {
  expect(CATALOGUE.size).toBeGreaterThanOrEqual(25);
  for (const one of CATALOGUE.values()) {
    expect(one.id).toMatch(/^[a-z0-9-]+$/);
    expect(one.urls.length).toBeGreaterThan(0);
    for (const url of [...one.urls, one.page]) expect(new URL(url).protocol).toBe("https:");
    expect(one.trust > 0 && one.trust <= 1).toBe(true);
    expect([one.licence, one.trustReason, one.name].every((text) => text.length > 2)).toBe(true);
    expect(one.refresh).toBeGreaterThanOrEqual(3600);
    expect(one.staleAfter).toBeGreaterThan(one.refresh);
    for (const part of one.madeOf) expect([part, CATALOGUE.has(part)]).toEqual([part, true]);
    expect(one.read === null || /^\d{4}-\d{2}-\d{2}$/.test(one.read)).toBe(true);
  }
});
