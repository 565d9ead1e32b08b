import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeCapture } from "./make-capture.ts";

const TCPDUMP = spawnSync("tcpdump", ["--version"]).error === undefined;
const folder = mkdtempSync(join(tmpdir(), "make-capture-"));
afterAll(() => rmSync(folder, { recursive: true }));

function lines(path: string, filter: string): number {
  const { stdout } = spawnSync("tcpdump", ["-nn", "-t", "-r", path, filter], { encoding: "latin1", maxBuffer: 1 << 28 });
  return stdout.split("\n").filter((line) => line.startsWith("IP")).length;
}

describe.each([false, true])("a made capture, mixed: %s", (mixed) => {
  const path = join(folder, `${mixed}.pcap`);
  const plan = { path, bytes: 6e6, sources: 10_000, seed: 3, mixed };

  test.skipIf(!TCPDUMP)("holds what it says, as tcpdump counts (skipped without tcpdump)", () => {
    const counts = makeCapture(plan);
    expect(statSync(path).size).toBe(counts.bytes);
    expect(lines(path, "ip")).toBe(counts.packets);
    expect(lines(path, "tcp port 0 or udp port 0")).toBe(counts.portZero);
    expect(lines(path, "ip[6:2] & 0x1fff != 0")).toBe(counts.laterFragments);
  });

  test("is the same for the same seed", () => {
    makeCapture(plan);
    const first = readFileSync(path);
    makeCapture(plan);
    expect(readFileSync(path).equals(first)).toBe(true);
    makeCapture({ ...plan, seed: 4 });
    expect(readFileSync(path).equals(first)).toBe(false);
  });
});
