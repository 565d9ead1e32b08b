/** Lists of assets: both forms say the same, every problem has its line, and no text makes the reader fail otherwise. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../model/errors.ts";
import { readAssets } from "./asset-file.ts";
import { ASSETS_EXAMPLE } from "./asset-shape.ts";
import { assetSummary } from "./asset-summary.ts";

const CSV = `# ours
name,networks,sector,role,services,exposure
web,192.0.2.0/26 2001:db8:1::/48,retail,web,tcp/80;tcp/443,live
plant,198.51.100.0/24,energy,control,,
unused,203.0.113.0/24,retail,,,dark
`;

function problems(text: string, path: string): readonly string[] {
  try {
    readAssets(text, path);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("the example and the same as CSV are one list", () => {
  expect(readAssets(CSV, "a.csv")).toEqual(readAssets(ASSETS_EXAMPLE, "a.yaml"));
});

test("what is wrong is told with its line, and what may have been meant", () => {
  expect(problems("name,networks,secter\nweb,192.0.2.0/24,x\n", "a.csv")).toEqual(['a.csv:1: "secter" is not known: did you mean sector?']);
  expect(problems("name,networks\nweb,192.0.2.0/24\nmail,192.0.2.0/33\n", "a.csv").join()).toMatch(/^a\.csv:3: networks\[0\]: an address/);
  expect(problems("assets:\n  - name: web\n    network: [192.0.2.0/24]\n", "a.yaml").join()).toMatch(
    /a\.yaml:3: .*did you mean networks\?/,
  );
  expect(problems('name,networks\n"web,192.0.2.0/24\n', "a.csv")).toEqual(["a.csv:2: a quote that begins here is not closed"]);
  expect(problems("", "a.yaml")).toHaveLength(1);
});

test("of equal networks the first keeps it; within others the most specific has it", () => {
  const { assets, notes } = readAssets("name,networks\na,192.0.2.0/24\nb,192.0.2.16/28\nc,192.0.2.0/24\n", "a.csv");
  expect(notes).toEqual(["a.csv:4: 192.0.2.0/24 belongs to a already; a keeps it"]);
  expect(assetSummary(assets).join("\n")).toMatch(
    /256 IPv4 addresses[^]*c holds no address[^]*192\.0\.2\.16\/28 of b lies in 192\.0\.2\.0\/24 of a: b has it/,
  );
});

test("any text is a list or a problem", () => {
  const cell = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("192.0.2.0/24", '"', "\n", ",", "name", "networks", "tcp/80"));
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), fc.constantFrom("a.csv", "a.yaml"), (cells, path) => {
      problems(cells.join(path === "a.csv" ? "," : ""), path);
    }),
  );
});
