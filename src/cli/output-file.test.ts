import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OutputError } from "../model/errors.ts";
import { checkOutputPath, writeOutputFile } from "./output-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("writeOutputFile", () => {
  test("writes a new file, and replaces one with its mode kept", () => {
    const path = join(folder, "report.html");
    writeOutputFile(path, "one");
    expect(readFileSync(path, "utf8")).toBe("one");
    chmodSync(path, 0o640);
    writeOutputFile(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(["report.html"]);
  });

  test("follows a link and leaves it a link", () => {
    const target = join(folder, "target.txt");
    const link = join(folder, "link.txt");
    writeFileSync(target, "old");
    symlinkSync(target, link);
    writeOutputFile(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("new");
  });

  test("writes devices in place, and never renames over them", () => {
    writeOutputFile("/dev/null", "gone");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(() => writeOutputFile("/dev/full", "x")).toThrow(/no space left/);
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  test("a folder, a missing folder and a file as folder are refused, before and at writing", () => {
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "file"), "");
    for (const [path, reason] of [
      ["sub", /is a folder/],
      ["none/report.html", /the folder does not exist/],
      ["file/report.html", /part of the path is not a folder/],
      [`${"n".repeat(300)}.html`, /too long/],
    ] as const) {
      expect(() => checkOutputPath(join(folder, path)), path).toThrow(reason);
      expect(() => writeOutputFile(join(folder, path), "x"), path).toThrow(OutputError);
    }
    expect(readdirSync(folder).sort()).toEqual(["file", "sub"]);
  });

  test("on a full disk the old file stays whole and nothing else is left", (context) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status !== 0) context.skip("mounting a small disk needs root");
    try {
      const path = join(disk, "report.html");
      writeOutputFile(path, "old");
      expect(() => writeOutputFile(path, "x".repeat(200_000))).toThrow(/no space left on the device/);
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(disk)).toEqual(["report.html"]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});
