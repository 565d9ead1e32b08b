import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expandInputs } from "./expand.ts";

const root = mkdtempSync(join(tmpdir(), "precursor-expand-"));
const at = (...parts: string[]): string => join(root, ...parts);
beforeAll(() => {
  for (const folder of ["day", "day/sensor-2", "day/sensor-10", "empty", "only-links", "circle"])
    mkdirSync(at(folder), { recursive: true });
  const files = ["day/c.pcap10", "day/c.pcap2", "day/c.pcap", "day/.hidden", "day/sensor-10/x", "day/sensor-2/x", "circle/one"];
  for (const file of files) writeFileSync(at(file), file);
  symlinkSync(at("day/c.pcap"), at("only-links/again"));
  linkSync(at("day/c.pcap2"), at("only-links/hard"));
  symlinkSync(at("circle"), at("circle/back"));
  execFileSync("mkfifo", [at("day/pipe")]);
});
afterAll(() => rmSync(root, { recursive: true }));

describe("folders", () => {
  test("are walked to the bottom, numbers in names in order, hidden names and pipes left out", () => {
    const { paths, problems } = expandInputs([at("day")]);
    const expected = ["day/c.pcap", "day/c.pcap2", "day/c.pcap10", "day/sensor-2/x", "day/sensor-10/x"];
    expect(paths).toEqual(expected.map((path) => at(path)));
    expect(problems).toEqual([]);
  });
  test("that link to themselves end", () => {
    expect(expandInputs([at("circle")])).toEqual({ paths: [at("circle/one")], found: new Set([at("circle/one")]), problems: [] });
  });
  test("without files are told", () => {
    const { paths, problems } = expandInputs([at("empty")]);
    expect(paths).toEqual([]);
    expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
      ["E_INPUT_EMPTY", `${at("empty")}: the folder holds no files`],
    ]);
  });
  test("without read rights are told", (context) => {
    if (process.getuid?.() === 0) return context.skip("root may read everything");
    mkdirSync(at("secret"), { mode: 0 });
    expect(expandInputs([at("secret")]).problems[0]?.message).toContain("the folder cannot be read: permission denied");
  });
});

describe("named files", () => {
  test("keep the order given, and come once, whatever link or folder leads to them", () => {
    const { paths, problems } = expandInputs([at("day/c.pcap2"), "-", at("only-links"), at("day"), "-", at("day/c.pcap")]);
    const expected = ["day/c.pcap2", "-", "only-links/again", "day/c.pcap10", "day/sensor-2/x", "day/sensor-10/x"];
    expect(paths).toEqual(expected.map((path) => (path === "-" ? path : at(path))));
    expect(problems).toEqual([]);
  });
  test("may be pipes", () => {
    expect(expandInputs([at("day/pipe")]).paths).toEqual([at("day/pipe")]);
  });
  test("that are missing are told, and the rest stays", () => {
    const { paths, problems } = expandInputs([at("nowhere"), at("day/c.pcap")]);
    expect(paths).toEqual([at("day/c.pcap")]);
    expect(problems[0]?.message).toBe(`${at("nowhere")}: no such file or directory`);
  });
});
