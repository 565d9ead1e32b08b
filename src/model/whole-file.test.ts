import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeWholeFile } from "./whole-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-whole-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("takes the place of what was there, with its mode, and leaves nothing beside", () => {
  const path = join(folder, "state");
  writeWholeFile(path, new TextEncoder().encode("first, and longer"), 0o600);
  writeWholeFile(path, new TextEncoder().encode("second"), 0o600);
  expect(readFileSync(path, "utf8")).toBe("second");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["state"]);
});

test("where it cannot stand at its place, nothing is left behind", () => {
  const path = join(folder, "taken");
  mkdirSync(join(path, "inside"), { recursive: true });
  expect(() => writeWholeFile(path, new Uint8Array(3), 0o600)).toThrow(/rename/);
  expect(readdirSync(folder)).toEqual(["taken"]);
});
