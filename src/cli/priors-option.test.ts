import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UsageError } from "../model/errors.ts";
import { parsePriors } from "./priors-option.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-priors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("--priors", () => {
  test("takes a list, a YAML file and a JSON file alike", () => {
    const given = { research: 0.2, "worm-or-botnet": 0.1 };
    expect(parsePriors("research=0.2, worm-or-botnet=0.1")).toEqual(given);
    expect(parsePriors(file("a.yaml", "research: 0.2\nworm-or-botnet: 0.1\n"))).toEqual(given);
    expect(parsePriors(file("a.json", JSON.stringify(given)))).toEqual(given);
  });
  test.each([
    ["reserch=0.2", "did you mean research?"],
    ["research", "ENOENT"],
    ["research=", "write hypothesis=probability"],
    ["research=0.2=3", "write hypothesis=probability"],
    ["research=1", "above 0 and below 1"],
    ["research=0", "above 0 and below 1"],
    ["research=NaN", "write hypothesis=probability"],
    ["research=0.2,research=0.3", "given twice"],
    ["research=0.6,ddos=0.5", "leave room below 1"],
  ])("%s is refused in words", (given, words) => {
    expect(() => parsePriors(given)).toThrow(UsageError);
    expect(() => parsePriors(given)).toThrow(words);
  });
  test.each([
    ["empty", "", "expected a hypothesis"],
    ["of something else", "- 1\n- 2\n", "expected a hypothesis"],
    ["broken", "{ research: ", "--priors"],
    ["of nothing", "{}", "names no hypothesis"],
    ["too long", `# ${"x".repeat(70_000)}`, "too long"],
  ])("a file that is %s is refused in words", (name, text, words) => {
    expect(() => parsePriors(file(`${name}.yaml`, text))).toThrow(words);
  });
  test("a folder is no file", () => {
    expect(() => parsePriors(folder)).toThrow(UsageError);
  });
});
