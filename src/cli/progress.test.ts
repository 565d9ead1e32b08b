import { describe, expect, test } from "vitest";
import { ProgressLine, progressText, scaled } from "./progress.ts";

class Recorder {
  readonly isTTY: boolean;
  readonly columns = 40;
  written = "";

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.written += text;
    return true;
  }
}

const HALF = { bytesDone: 500e6, bytesTotal: 1e9, records: 8e6, seconds: 4 };

describe("progress", () => {
  test("tells percent, records, rates and the time left", () => {
    expect(progressText(HALF)).toBe(" 50 %  8.00 M records  2.00 M records/s  125 MB/s  0:04 left");
  });

  test("where the size is not known it tells what was read", () => {
    expect(progressText({ ...HALF, bytesTotal: null })).toBe("500 MB  8.00 M records  2.00 M records/s  125 MB/s");
  });

  test("a file that grows while it is read is at most done", () => {
    expect(progressText({ ...HALF, bytesDone: 2e9 })).toContain("100 %");
    expect(progressText({ ...HALF, bytesDone: 2e9 })).toContain("0:00 left");
    expect(progressText({ bytesDone: 0, bytesTotal: 0, records: 0, seconds: 0 })).toBe("0 B  0 records");
  });

  test("shows nothing in the first two seconds, then one line that is rewritten and taken away", () => {
    const terminal = new Recorder(true);
    const line = new ProgressLine(terminal);
    line.show({ ...HALF, seconds: 1.9 });
    line.clear();
    expect(terminal.written).toBe("");
    line.show(HALF);
    line.show(HALF);
    line.clear();
    const lines = terminal.written.split("\r\u001B[K");
    expect(lines).toHaveLength(4);
    expect(lines[1]?.length).toBeLessThan(40);
    expect(lines[3]).toBe("");
    expect(terminal.written).not.toContain("\n");
  });

  test("in a log it adds a line now and then", () => {
    const log = new Recorder(false);
    const line = new ProgressLine(log);
    for (let seconds = 0; seconds < 20; seconds += 0.1) line.show({ ...HALF, seconds });
    line.clear();
    expect(log.written).not.toContain("\u001B");
    expect(log.written.trimEnd().split("\n")).toHaveLength(4);
  });

  test("scales with three digits", () => {
    expect(["0", "7", "999", "1000", "12345", "999499", "999500", "1e15", "1e21"].map((value) => scaled(Number(value), "B"))).toEqual([
      "0 B",
      "7 B",
      "999 B",
      "1.00 kB",
      "12.3 kB",
      "999 kB",
      "1.00 MB",
      "1.00 PB",
      "1000000 PB",
    ]);
  });
});
