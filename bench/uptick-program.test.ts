import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seriesCatalogue } from "../src/lab/series/series-families.ts";
import { keepSeries, runProgram } from "./uptick-program.ts";

const SHORT = seriesCatalogue(1).filter(({ family, plan }) => family === "gaps" && plan.days === 30 && plan.bucket === 3600);
const NODE = `"${process.execPath}"`;

describe("another program in our place", () => {
  test("reads the series as CSV, without the values that are missing; its events come back with times in seconds", () => {
    const [one] = seriesCatalogue(1).filter(({ family, plan }) => family === "gaps" && plan.bucket === 3600);
    expect(one).toBeDefined();
    const script = `const lines = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\\n");
      const [time, series] = lines[1].split(",");
      console.log(JSON.stringify({ events: [{ series, start: time, end: null }, { series, start: 86400 * lines.length, end: 0 }] }))`;
    const answer = runProgram(`${NODE} -e '${script}'`, [one!]);
    const { start, days, bucket } = one!.plan;
    const seen = one!.make().values.filter((value) => !Number.isNaN(value)).length;
    const first = one!.make().values.findIndex((value) => !Number.isNaN(value));
    const from = start + first * bucket;
    expect(answer).toEqual(
      new Map([
        [
          one!.name,
          [
            { start: from, end: start + days * 86_400, told: from + bucket },
            { start: 86_400 * (seen + 1), end: 86_400 * (seen + 1) + bucket, told: 86_400 * (seen + 1) + bucket },
          ],
        ],
      ]),
    );
  });
  test("that fails, prints something else, or speaks of other series, is a sentence", () => {
    expect(runProgram("false", SHORT)).toMatch(/not JSON/);
    expect(runProgram(`${NODE} -e 'console.error("no such option"); process.exit(2)'`, SHORT)).toBe("no such option");
    expect(runProgram(`${NODE} -e 'console.log(JSON.stringify({ events: [{ series: "x", start: 0, end: 1 }] }))'`, SHORT)).toMatch(
      /tells of x/,
    );
  });
});

test("series are left in a folder with their truth", () => {
  const folder = mkdtempSync(join(tmpdir(), "precursor-keep-"));
  try {
    const some = seriesCatalogue(1).filter(({ name }) => name.startsWith("quiet-1d"));
    keepSeries(folder, some);
    for (const { name } of some) expect(existsSync(join(folder, `${name}.csv`))).toBe(true);
    expect(readFileSync(join(folder, `${some[0]!.name}.csv`), "utf8")).toMatch(
      /^time,series,value\n\d{4}-\d\d-\d\dT00:00:00Z,quiet-1d-1@1,\d+\n/,
    );
    expect(JSON.parse(readFileSync(join(folder, "truth.json"), "utf8"))).toHaveLength(some.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
