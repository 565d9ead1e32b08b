import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { medianRun, timedRun } from "./timed-run.ts";

const folder = mkdtempSync(join(tmpdir(), "timed-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a timed run", () => {
  test.skipIf(!existsSync("/usr/bin/time"))("tells the memory of the program, not of who started it (skipped without GNU time)", () => {
    const hold = (megabytes: number): number =>
      timedRun([process.execPath, "-e", `Buffer.alloc(${megabytes}e6, 1)`], folder).peakMegabytes ?? 0;
    const grown = hold(300) - hold(1);
    expect(grown).toBeGreaterThan(200);
    expect(grown).toBeLessThan(400);
  });

  test("a program that fails, or is not there, is told", () => {
    expect(() => timedRun([process.execPath, "-e", "process.exit(3)"], folder)).toThrow("ended with 3");
    expect(() => timedRun([process.execPath, "-e", "process.exit(3)"], folder, [0, 3])).not.toThrow();
    expect(() => timedRun(["no-such-program-here"], folder)).toThrow(/no-such-program-here/);
  });

  test("the median has as many on either side, or one more below", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (times) => {
        const { seconds } = medianRun(times.map((time) => ({ seconds: time, processorSeconds: null, peakMegabytes: null })));
        expect(times.filter((time) => time < seconds).length).toBeLessThanOrEqual(times.length / 2);
        expect(times.filter((time) => time > seconds).length).toBeLessThanOrEqual(times.length / 2);
      }),
    );
    expect(() => medianRun([])).toThrow(RangeError);
  });
});
