import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type LocalServer, serve } from "../intel/web/local-server.fixture.ts";
import { INTEL_SCHEMA } from "../report/intel/intel-schema.ts";
import { inProcess } from "./in-process.fixture.ts";

const LIST = Array.from({ length: 50 }, (_, number) => `45.155.205.${number}\n`).join("");
const SCHEMA = z.fromJSONSchema(INTEL_SCHEMA);

let folder: string;
let server: LocalServer;
let answer: RequestListener;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-intel-"));
  answer = (_, response) => response.end(LIST);
  server = await serve((incoming, response) => answer(incoming, response));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

type Run = Awaited<ReturnType<typeof inProcess>>;
const intel = async (...args: string[]): Promise<Run> => inProcess(["intel", ...args], folder, { PRECURSOR_INTEL: join(folder, "intel") });

function configure(more = ""): void {
  mkdirSync(join(folder, "intel"), { recursive: true });
  writeFileSync(
    join(folder, "intel", "feeds.yaml"),
    `feeds:\n  - id: ours\n    urls: ["${server.url}/list.txt?key=secret"]\n    kind: attacker\n    trust: 0.9\n${more}`,
  );
}

function parsed(run: Run): Record<string, unknown> {
  const value = JSON.parse(run.stdout) as Record<string, unknown>;
  expect(() => SCHEMA.parse(value)).not.toThrow();
  return value;
}

test("a feed is fetched, listed, checked and looked up, and a bad one is told without taking the good one's place", async () => {
  configure();
  const dry = await intel("update", "ours", "--dry-run");
  expect(dry.stdout).toContain(`${server.url}/list.txt\n`);
  expect(dry.stdout).not.toContain("secret");
  expect(server.requests).toHaveLength(0);

  expect((await intel("update", "ours")).stdout).toMatch(/^ours {2}new +50 entries\n1 feed: 1 new; 690 B read/);
  expect(parsed(await intel("update", "ours", "--format", "json"))["updates"]).toMatchObject([{ feed: "ours", outcome: "not-due" }]);
  expect((await intel("list")).stdout).toMatch(/ours +attacker +50 +– +\S+ s +0\.90 +fine +not stated/);
  expect(await intel("check")).toMatchObject({ status: 0, stdout: "The feed is fine.\n" });
  expect((await intel("lookup", "9.9.9.9")).stdout).toMatch(/guarded +.*resolver.*: never blocked/);
  const lookup = await intel("lookup", "45.155.205.7", "10.0.0.1");
  expect(lookup.stdout).toMatch(
    /reputation +1 list names it; 1 independent voice against it\n +ours attacker, as 45\.155\.205\.7; trust 0\.90, fetched/,
  );
  expect(lookup.stdout).toMatch(/country +[A-Z]{2}: where the address is registered\. That says little/);

  answer = (_, response) => response.end("<!doctype html><html>Please sign in</html>");
  expect(await intel("update", "ours", "--force")).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^ours {2}kept .*the last good\s+copy stays: 50\s+entries/s) as string,
  });
  const check = await intel("check");
  expect(check.status).toBe(1);
  expect(check.stdout).toMatch(/^! ours is kept as it was: what came last was not used: .*\n1 of 1 feed is not fine\.\n$/s);
  expect(parsed(await intel("check", "--format", "json"))).toMatchObject({
    fine: false,
    feeds: [{ feed: "ours", condition: "kept", entries: 50 }],
  });
  expect((await intel("lookup", "45.155.205.7")).stdout).toMatch(/trust 0\.90, fetched .*, kept/);

  const table = readdirSync(join(folder, "intel")).find((name) => name.startsWith("table.")) ?? "";
  writeFileSync(join(folder, "intel", table), "damaged");
  expect(await intel("check")).toMatchObject({ status: 2, stderr: expect.stringMatching(/E_INTEL_TABLE/) as string });
  answer = (_, response) => response.end(LIST);
  expect((await intel("update", "ours")).stdout).toMatch(/^ours {2}unchanged/);
  expect(await intel("check")).toMatchObject({ status: 0 });
});

test("a damaged index is told with the way out, which keeps the copies and fetches what is chosen", async () => {
  configure('  - {id: gone, urls: ["http://127.0.0.1:9/list.txt"], kind: spam}\n');
  const list = join(folder, "gone.txt");
  writeFileSync(list, LIST);
  expect((await intel("update", "ours")).status).toBe(0);
  expect((await intel("update", "gone", "--from", list)).status).toBe(0);
  writeFileSync(join(folder, "intel", "index.json"), '{"schema": "precur');
  for (const args of [["check"], ["list"], ["update"], ["lookup", "45.155.205.7"]])
    expect(await intel(...args)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/index\.json is damaged: .*intel update --force makes it anew.*E_INTEL_LIBRARY/s) as string,
    });
  const mended = await intel("update", "ours", "gone", "--force");
  expect(mended.stderr).toMatch(/index\.json is damaged: .*\n.*put aside as index\.damaged\.json; kept from their copies: gone, ours;/);
  expect(mended.stdout).toMatch(/^ours {2}unchanged +50.*\ngone {2}kept .*the\s+last\s+good\s+copy\s+stays:\s+50\s+entries/s);
  expect((await intel("lookup", "45.155.205.7")).stdout).toMatch(/2 lists name it/);
  expect(readFileSync(join(folder, "intel", "index.damaged.json"), "utf8")).toBe('{"schema": "precur');
  expect(readdirSync(join(folder, "intel", "copies"))).toHaveLength(2);
});

test("without a library nothing fails, and nothing is fetched", async () => {
  expect(await intel("check")).toMatchObject({ status: 0 });
  expect((await intel()).stdout).toMatch(/^FEEDS {2}none is in .*\nNOT FETCHED {2}\d+ feeds/);
  expect((await intel("lookup", "45.155.205.7")).stdout).toMatch(/no feed is at hand: precursor intel update fetches them/);
  expect(parsed(await intel("lookup", "45.155.205.7", "--format", "json"))).toMatchObject({ lookups: [{ reputation: null }], states: [] });
  expect(parsed(await intel("list", "--format", "json"))["feeds"]).toHaveLength(27);
  expect(readdirSync(folder)).toEqual([]);
});

describe("feeds from files", () => {
  test("are known by name, by what their publisher calls them, or as the user says", async () => {
    configure();
    const files = join(folder, "files");
    mkdirSync(files);
    writeFileSync(join(files, "ours.netset.gz"), gzipSync(LIST));
    writeFileSync(join(files, "ci-badguys.txt"), LIST);
    writeFileSync(join(files, "README"), "not a feed");
    const run = await intel("update", "--from", files, `tor-exits=${join(files, "ci-badguys.txt")}`);
    expect(run.stderr).toBe(`precursor: ${join(files, "README")}: named like no feed, and passed over\n`);
    expect(run.stdout).toContain("3 feeds: 3 new");
    const listed = await intel("list");
    expect(listed.stdout).toMatch(/cins-army: .*tor-exits 100 %/);
    // Three names, one list: one voice, and an anonymiser's
    expect((await intel("lookup", "45.155.205.7")).stdout).toMatch(/3 lists name it; 1 independent voice against it/);
    expect((await intel("update", "cins-army", "--from", join(files, "ours.netset.gz"))).stdout).toMatch(/^cins-army {2}unchanged/);
    expect(server.requests).toEqual([]);
  });

  test("what is none, or not there, is told", async () => {
    configure();
    writeFileSync(join(folder, "bomb.gz"), gzipSync(new Uint8Array(3 << 20)));
    writeFileSync(join(folder, "x.txt"), LIST);
    expect(await intel("update", "--from", "nothing.txt")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/E_INPUT_UNREADABLE/) as string,
    });
    expect(await intel("update", "--from", "x.txt")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no file there is named like a feed/) as string,
    });
    expect((await intel("update", "--from", "ous=x.txt")).stderr).toMatch(/did you mean ours\?/);
    expect(await intel("update", "ours", "--from", "bomb.gz", "--max-megabytes", "2")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/E_INPUT_DAMAGED/) as string,
    });
    expect(readdirSync(join(folder, "intel"))).toEqual(["feeds.yaml"]);
  });
});

describe("the command line", () => {
  test.each<[string[], RegExp]>([
    [["update", "cins-arm"], /did you mean cins-army\?.*E_USAGE/],
    [["update", "quiet"], /quiet has no address to fetch it from/],
    [["update", "greensnow"], /disabled in feeds\.yaml/],
    [["lookup", "1.2.3"], /is no IPv4 or IPv6 address/],
    [["lookup", "1.2.3.4", "--online", "virustotal"], /greynoise, abuseipdb, dshield/],
    [["nonsense"], /E_USAGE/],
  ])("%j is refused with the reason", async (args, reason) => {
    configure("  - {id: quiet, kind: spam}\ndisable: [greensnow]\n");
    const run = await intel(...args);
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(reason);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("an update beside another is refused", async () => {
    configure();
    const { Library } = await import("../intel/feeds/library.ts");
    const held = Library.open(join(folder, "intel"));
    expect(await intel("update", "ours")).toMatchObject({ status: 2, stderr: expect.stringMatching(/E_INTEL_LOCKED/) as string });
    held.close();
  });
});

test("services are asked where --online says so, which is told, with keys that are not", async () => {
  writeKeyed();
  answer = (incoming, response) => {
    const isAbuse = incoming.url?.startsWith("/api/v2/check") === true;
    response.end(
      JSON.stringify(
        isAbuse
          ? { data: { abuseConfidenceScore: 90, totalReports: 4 } }
          : { ip: "45.155.205.7", noise: true, riot: false, classification: "malicious", name: "unknown", last_seen: "2026-11-20" },
      ),
    );
  };
  const run = await intel("lookup", "45.155.205.7", "10.0.0.1", "--online", "greynoise,abuseipdb", "--format", "json");
  expect(run.stderr.split("\n").filter((line) => line !== "")).toEqual([
    `precursor: asking 127.0.0.1:${server.port} about 1 address`,
    `precursor: asking 127.0.0.1:${server.port} about 1 address`,
  ]);
  expect(run.stdout + run.stderr).not.toContain("top-secret");
  expect(parsed(run)["lookups"]).toMatchObject([
    {
      online: [
        { service: "greynoise", verdict: "malicious", asked: true },
        { service: "abuseipdb", score: 90, verdict: "malicious" },
      ],
    },
    { online: [{ asked: false, reason: "not asked: it is nobody's on the Internet" }, { asked: false }] },
  ]);
  expect(server.requests.map(({ headers }) => String(headers["key"])).toSorted()).toEqual(["top-secret-file", "top-secret-yaml"]);
  expect(server.requests.every(({ headers }) => headers["user-agent"]?.includes("me@example.org"))).toBe(true);
  // A second run remembers, asks nobody, and says nothing
  const again = await intel("lookup", "45.155.205.7", "--online", "greynoise,abuseipdb");
  expect(again.stderr).toBe("");
  expect(again.stdout).toMatch(
    /greynoise +malicious: seen scanning the Internet; classed as malicious \(last seen 2026-11-20\);\s+remembered/,
  );
  expect(server.requests).toHaveLength(2);
});

function writeKeyed(): void {
  mkdirSync(join(folder, "intel"));
  writeFileSync(join(folder, "intel", "key"), "top-secret-file\n");
  writeFileSync(
    join(folder, "intel", "feeds.yaml"),
    `contact: me@example.org
online:
  greynoise: { url: "${server.url}", key: top-secret-yaml }
  abuseipdb: { url: "${server.url}", keyFile: key }
`,
  );
}
