import { expect, test } from "vitest";
import { LineDecoder, MAX_LINE } from "./lines.ts";

class Collector extends LineDecoder {
  readonly lines: string[] = [];

  protected line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const text = new TextDecoder().decode(bytes.subarray(start, end));
    this.lines.push(`${this.lineNumber} ${text.length > 10 ? text.length : text}`);
  }
}

/** Reads a text, `step` octets at a time. */
function read(text: string, step: number): Collector {
  const bytes = new TextEncoder().encode(text);
  const collector = new Collector();
  let at = 0;
  for (let end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
    at += collector.push(bytes, at, end);
    if (end === bytes.length) break;
  }
  collector.end(bytes, at, bytes.length);
  return collector;
}

test("lines end in LF or CR LF, the last one with nothing; blank ones count in numbers, and a byte-order mark is none of them", () => {
  expect(read("\ufeffa\r\n\n\r\nb\nc", 100).lines).toEqual(["1 a", "4 b", "5 c"]);
  expect(read("", 1).lines).toEqual([]);
});

test("a line that is too long is counted once, however it comes, and the next one is read", () => {
  for (const length of [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 3 * MAX_LINE]) {
    for (const tail of ["\nb\n", "\r\nb", ""]) {
      const text = `a\n${"x".repeat(length)}${tail}`;
      const whole = read(text, text.length);
      for (const step of [1000, 65_536, MAX_LINE, MAX_LINE + 2]) {
        const parts = read(text, step);
        expect(parts.lines).toEqual(whole.lines);
        expect(parts.stats).toEqual(whole.stats);
      }
      const isLong = length + (tail.startsWith("\r") ? 1 : 0) >= MAX_LINE;
      expect(whole.stats.faults).toEqual(isLong ? [{ at: 2, unit: "line", reason: "line longer than 256 KiB" }] : []);
      expect(whole.stats.records).toBe(tail === "" ? 2 : 3);
    }
  }
});
