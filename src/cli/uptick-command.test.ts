import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { upticksShape } from "../report/series/uptick-schema.ts";
import { inProcess } from "./in-process.fixture.ts";

const HOUR = 3600;
const START = Date.UTC(2013, 8, 2) / 1000;
const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;

/** Two months of about 19 sensors an hour, then five-fold for three hours; a second series without. */
function table(end: number): string {
  const lines = ["time,series,value"];
  for (let time = START; time < end; time += HOUR) {
    const sensors = 15 + (((time / HOUR) * 7919) % 9);
    const iso = new Date(time * 1000).toISOString();
    lines.push(`${iso},tcp/source/0,${time >= SPIKE && time < SPIKE + 3 * HOUR ? 5 * sensors : sensors}`, `${iso},udp/source/0,${sensors}`);
  }
  return `${lines.join("\n")}\n`;
}

describe("precursor uptick", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "precursor-uptick-"));
    writeFileSync(join(folder, "counts.csv"), table(SPIKE + 20 * HOUR));
    writeFileSync(join(folder, "counts.csv.gz"), gzipSync(table(SPIKE + 20 * HOUR)));
    writeFileSync(join(folder, "cut.csv"), table(SPIKE + 2 * HOUR));
    writeFileSync(join(folder, "quiet.csv"), table(SPIKE));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("tells the spike in one readable line", async () => {
    const { status, stdout } = await inProcess(["uptick", "counts.csv"], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^tcp\/source\/0: surge from 2013-11-02 01:00:00 to 2013-11-02 04:00:00, peak \d+ at 2013-11-02 0\d:00:00, expected \d+ \(p [\de-]+\), highest of all 61 days seen \(since 2013-09-02\)\n\n1 event: 2 series by the hour, 2,9\d\d values\.\n$/,
    );
  });

  test("prints JSON of the published shape, compressed or not, from a file or not", async () => {
    const { stdout } = await inProcess(["uptick", "counts.csv.gz", "-f", "json"], folder);
    const value = upticksShape.parse(JSON.parse(stdout));
    expect(value.events).toHaveLength(1);
    expect(value).toMatchObject({ bucketSeconds: HOUR, series: [{ series: "tcp/source/0", events: 1 }, { events: 0 }], notes: [] });
    expect(value.events[0]).toMatchObject({
      series: "tcp/source/0",
      kind: "surge",
      start: "2013-11-02T01:00:00.000Z",
      end: "2013-11-02T04:00:00.000Z",
      record: { rank: 1, since: "2013-09-02T00:00:00.000Z", ofAll: true },
    });
    const plain = await inProcess(["uptick", "counts.csv", "-f", "json"], folder);
    expect(plain.stdout).toBe(stdout);
  });

  test("an event that goes on has no end", async () => {
    const { stdout } = await inProcess(["uptick", "cut.csv", "-f", "json"], folder);
    expect(upticksShape.parse(JSON.parse(stdout)).events).toMatchObject([{ start: "2013-11-02T01:00:00.000Z", end: null }]);
    const text = await inProcess(["uptick", "cut.csv"], folder);
    expect(text.stdout).toContain("still going on");
  });

  test("exits with 1 on events where asked, and with 0 where there is none", async () => {
    expect((await inProcess(["uptick", "counts.csv", "--fail-on-event", "-q"], folder)).status).toBe(1);
    const quiet = await inProcess(["uptick", "quiet.csv", "--fail-on-event"], folder);
    expect(quiet.status).toBe(0);
    expect(quiet.stdout).toMatch(/^Nothing was out of the ordinary: 2 series by the hour/);
  });

  test("draws, writes pages and CSV", async () => {
    const plot = await inProcess(["uptick", "counts.csv", "--plot"], folder);
    expect(plot.stdout).toContain("▲");
    expect(plot.stdout).toContain("tcp/source/0: value per hour");
    expect((await inProcess(["uptick", "counts.csv", "-o", "page.html"], folder)).status).toBe(0);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*tcp\/source\/0[\s\S]*<\/html>\n$/);
    const csv = await inProcess(["uptick", "counts.csv", "-f", "csv"], folder);
    expect(csv.stdout.split("\n")).toHaveLength(3);
  });

  test("adds up finer rows, fills zeros, and names bad rows", async () => {
    writeFileSync(join(folder, "bad.csv"), "time,value\n2013-11-02T00:00:00Z,1\nnever,2\n2013-11-02T01:00:00Z,3\n2013-11-02T00:30:00Z,4\n");
    const { stdout } = await inProcess(["uptick", "bad.csv", "--bucket", "1h", "--fill-zero", "-f", "json"], folder);
    const value = upticksShape.parse(JSON.parse(stdout));
    expect(value.series).toMatchObject([{ buckets: 2, learning: true }]);
    expect(value.notes).toEqual([
      "1 row left out: line 3: no time (ISO 8601, or seconds or milliseconds since 1970)",
      "1 row out of order, put in order",
    ]);
  });

  test("what cannot be read is one line, and leaves no file", async () => {
    writeFileSync(join(folder, "other.csv"), "a,b\n1,2\n");
    writeFileSync(join(folder, "empty.csv"), "time,value\n");
    for (const [args, message] of [
      [
        ["uptick", "other.csv", "-o", "no.html"],
        "other.csv: the header has no column named time; time,series,value is expected (E_INPUT_UNKNOWN)",
      ],
      [["uptick", "empty.csv"], "empty.csv: has a header and no rows (E_INPUT_EMPTY)"],
      [["uptick", "absent.csv"], "(E_INPUT_UNREADABLE)"],
      [["uptick", "counts.csv", "--bucket", "soon"], "(E_USAGE)"],
      [["uptick", "counts.csv", "--plot", "-f", "json"], "(E_USAGE)"],
    ] as const) {
      const { status, stdout, stderr } = await inProcess(args, folder);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
    expect(existsSync(join(folder, "no.html"))).toBe(false);
  });
});
