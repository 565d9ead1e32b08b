import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FollowedFile } from "./followed-file.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-followed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const next = (file: FollowedFile): string => Buffer.from(file.next(false)).toString();

test("a file that is cut while it is read, and grows as long again, is told from one that stays", () => {
  const path = join(folder, "log");
  writeFileSync(path, "3\n");
  const file = new FollowedFile(path);
  expect([next(file), file.wasCut()]).toEqual(["3\n", false]);
  // What copytruncate and a writer do between two readings
  writeFileSync(path, "4\n");
  expect([next(file), file.wasCut()]).toEqual(["", true]);
  file.rewind();
  expect([next(file), file.wasCut()]).toEqual(["4\n", false]);
  appendFileSync(path, "5\n");
  expect([next(file), file.wasCut()]).toEqual(["5\n", false]);
  file.close();
});
