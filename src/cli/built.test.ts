import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { november2013Capture } from "../lab/index.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUNDLER = join(ROOT, "node_modules", "tsdown", "dist", "run.mjs");

/** Beside dist/, so that packages and files are found as they are from there. */
let folder = "";

function built(...args: readonly string[]): SpawnSyncReturns<string> {
  const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };
  return spawnSync(process.execPath, [join(folder, "cli.js"), ...args], { cwd: folder, encoding: "utf8", env, maxBuffer: 1 << 28 });
}

beforeAll(() => {
  folder = mkdtempSync(join(ROOT, ".tmp-built-"));
  const { status, stderr } = spawnSync(process.execPath, [BUNDLER, "--out-dir", folder], { cwd: ROOT, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  writeFileSync(join(folder, "event.pcap"), november2013Capture({ scale: 0.02 }).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the built program", () => {
  test("gives the same report with its decoding thread and without", () => {
    expect(existsSync(join(folder, "decode-worker.js"))).toBe(true);
    const [alone, threaded] = ["1", "2"].map((threads) => {
      const run = built("assess", "event.pcap", "-f", "json", "--threads", threads);
      expect([run.status, run.stderr]).toEqual([0, ""]);
      const { generator: _, madeAt: __, ...facts } = JSON.parse(run.stdout) as Record<string, unknown>;
      return facts;
    });
    expect(alone).toMatchObject({ schema: "precursor.report/1" });
    expect(threaded).toEqual(alone);
  });

  test("labels networks and prints a page: the data and the parts loaded late are found", () => {
    const report = JSON.parse(built("assess", "event.pcap", "-f", "json").stdout) as { scans: { network: unknown }[] };
    expect(report.scans.some(({ network }) => network !== null)).toBe(true);
    expect(built("assess", "event.pcap", "-f", "html").stdout).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(built("schema").stdout)).toMatchObject({ title: "precursor.report/1" });
  });

  test("what it cannot read, it says in one line, with the thread too", () => {
    for (const threads of ["1", "2"]) {
      const run = built("assess", "missing.pcap", "--threads", threads);
      expect([run.status, run.stdout]).toEqual([2, ""]);
      expect(run.stderr).toMatch(/^precursor: missing\.pcap: .+ \(E_[A-Z_]+\)\n$/);
    }
  });
});
