/** What the program loads before it knows what it is asked: parsers of YAML and checkers of shapes took half of a start. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Packages that commands load when they need them. */
const HEAVY = ["zod", "yaml", "@clickhouse/client", "chdb", "@platformatic/kafka"];
/** Imports and re-exports of values, at the beginning of a line; those of types alone leave nothing behind. */
const IMPORTS = /^(?:import|export)\s+(?!type\b)[^;]*?from "([^"]+)"/gm;

/** Packages that a file of ours imports before it runs, by way of others too. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [new URL(entry, import.meta.url).href];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url) || !url.endsWith(".ts")) continue;
    seen.add(url);
    for (const [, name = ""] of readFileSync(new URL(url), "utf8").matchAll(IMPORTS)) {
      if (name.startsWith(".")) waiting.push(new URL(name, url).href);
      else packages.add(name);
    }
  }
  return packages;
}

test.each([
  ["the command line", "./main.ts"],
  ["an assessment", "../pipeline/assess.ts"],
  ["a report", "../report/index.ts"],
  ["the decoding thread", "../pipeline/decode-worker.ts"],
])("%s loads none of the packages that few runs need", (_, entry) => {
  const packages = packagesOf(entry);
  expect(packages.size).toBeGreaterThan(0);
  expect(HEAVY.filter((name) => packages.has(name))).toEqual([]);
});

test("near miss: a check of configs loads two of them", () => {
  const packages = packagesOf("./config/load-config.ts");
  expect(HEAVY.filter((name) => packages.has(name))).toEqual(["zod", "yaml"]);
});
