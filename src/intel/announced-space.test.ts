/** Announced space, read in pieces: lines across their edges, numbers within names, and files that are none. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { announcedSpace } from "./announced-space.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every line counts once, wherever a piece ends; a number in a name is none; the last line needs no newline", () => {
  const path = join(folder, "asn.csv");
  // Beyond two mebioctets, in lines of varied length: pieces end inside them.
  const lines = Array.from({ length: 60_000 }, (_, i) => {
    const start = `10.${i >>> 8}.${i & 255}.0`;
    return `${start},10.${i >>> 8}.${i & 255}.255,${i % 7 === 0 ? 64_512 : 64_513},"Net ${"x".repeat(i % 11)} ,64512, Ltd"`;
  });
  writeFileSync(path, lines.join("\n"));
  const sevenths = Math.ceil(60_000 / 7);
  expect(announcedSpace(path, [64_512, 64_513, 64_514, 64_512])).toEqual(
    new Map([
      [64_512, sevenths * 256],
      [64_513, (60_000 - sevenths) * 256],
    ]),
  );
});

test("a line longer than a piece, an empty file and a missing one give nothing", () => {
  const path = join(folder, "long.csv");
  writeFileSync(path, `${"x".repeat(3 << 20)}\n10.0.0.0,10.0.0.255,64512,"Net"\n`);
  expect(announcedSpace(path, [64_512])).toEqual(new Map([[64_512, 256]]));
  writeFileSync(path, "");
  expect(announcedSpace(path, [64_512])).toEqual(new Map());
  expect(announcedSpace(join(folder, "none.csv"), [64_512])).toEqual(new Map());
});
