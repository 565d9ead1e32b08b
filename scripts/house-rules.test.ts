import { describe, expect, test } from "vitest";
import { checkHouse } from "./house-rules.ts";

const problemsOf = (path: string, text: string): readonly string[] => checkHouse(new Map([[path, text]])).problems;

describe("who may import whom", () => {
  test.for([
    ["src/detect/scan.ts", `import type { Activity } from "../model/activity.ts";`],
    [
      "src/detect/scan.ts",
      `import { hyperLogLog } from "../sketch/hyper-log-log.ts"; import { x } from "./port-zero.ts"; import { binomial } from "../stats/tails.ts";`,
    ],
    ["src/detect/deep/scan.ts", `import { x } from "../scan.ts";`],
    ["src/detect/scan.test.ts", `import { event } from "../lab/event.ts";`],
    ["scripts/fuzz.ts", `import { FORMAT_INPUTS } from "../src/formats/conformance.fixture.ts";`],
    ["src/detect/scan.fixture.ts", `import { event } from "../lab/event.ts";`],
    ["src/pipeline/assess.ts", `import { pcap } from "../formats/pcap.ts"; import { open } from "../sources/open.ts";`],
    ["src/cli/main.ts", `import { assess } from "../pipeline/assess.ts"; import pkg from "../../package.json" with { type: "json" };`],
    ["src/index.ts", `export { assess } from "./pipeline/assess.ts";`],
    ["bench/speed.ts", `import { assess } from "../src/pipeline/assess.ts";`],
    ["src/detect/scan.ts", `// import { x } from "../intel/asn.ts";\nconst text = 'import { x } from "../intel/asn.ts"';`],
  ] as const)("%s: %s", ([path, text]) => {
    expect(problemsOf(path, text)).toEqual([]);
  });

  test.for([
    ["src/detect/scan.ts", `import { asn } from "../intel/asn.ts";`, "detect/ may not import intel/ (src/intel/asn.ts)"],
    ["src/detect/scan.ts", `import type { A } from "../observe/table.ts";`, "detect/ may not import observe/"],
    ["src/detect/scan.ts", `export { a } from "../observe/table.ts";`, "detect/ may not import observe/"],
    ["src/detect/scan.ts", `const a = await import("../observe/table.ts");`, "detect/ may not import observe/"],
    ["src/detect/scan.ts", `import {\n  a,\n  b,\n} from "../observe/table.ts";`, "src/detect/scan.ts:4: detect/ may not import"],
    ["src/formats/pcap.ts", `import { run } from "../pipeline/run.ts";`, "formats/ may not import pipeline/"],
    ["src/formats/pcap.test.ts", `import { run } from "../pipeline/run.ts";`, "formats/ may not import pipeline/"],
    ["src/model/a.ts", `import { tail } from "../stats/tail.ts";`, "model/ may not import stats/"],
    ["src/pipeline/run.ts", `import { main } from "../cli/main.ts";`, "pipeline/ may not import cli/"],
    ["src/report/html.ts", `import { x } from "../../scripts/x.ts";`, "not part of the program"],
    ["src/report/html.ts", `import { x } from "./page.fixture.ts";`, "which is for tests"],
    ["src/report/html.ts", `import { readFileSync } from "fs";`, `import "node:fs"`],
    ["src/kitchen/knife.ts", ``, "no room of the house"],
  ] as const)("not %s: %s", ([path, text, problem]) => {
    expect(problemsOf(path, text)).toEqual([expect.stringContaining(problem)]);
  });
});

describe("names and lengths", () => {
  test.for([
    "src/detect/utils.ts",
    "src/detect/helpers.test.ts",
    "src/detect/common/a.ts",
    "src/model/types.ts",
    "src/report/HtmlPage.ts",
    "src/a_b.ts",
  ])("not %s", (path) => {
    expect(problemsOf(path, "")).toHaveLength(1);
  });
  test("vitest.config.ts and hyper-log-log.test.ts are fine", () => {
    expect(problemsOf("vitest.config.ts", "export default {};")).toEqual([]);
    expect(problemsOf("src/sketch/hyper-log-log.test.ts", "")).toEqual([]);
  });
  test("400 lines are fine, 401 are mentioned, 451 fail, tests and tables of data may be longer", () => {
    const tree = (path: string, lines: number) => checkHouse(new Map([[path, "//\n".repeat(lines)]]));
    expect(tree("src/a.ts", 400)).toEqual({ problems: [], warnings: [] });
    expect(tree("src/a.ts", 401)).toEqual({ problems: [], warnings: ["src/a.ts: 401 lines; think of splitting it"] });
    expect(tree("src/a.ts", 451).problems).toHaveLength(1);
    expect(tree("src/a.test.ts", 900)).toEqual({ problems: [], warnings: [] });
    expect(tree("src/evidence-table.ts", 900).problems).toEqual([]);
  });
});

describe("a port is never tested by truthiness", () => {
  test.for([
    "if (port) count++;",
    "if (!port) return;",
    "if (packet.sourcePort) count++;",
    "if (!batch.destinationPort[row]) return;",
    "const shown = port ? String(port) : none;",
    "const shown = scan.port || fallback;",
    "return destinationPort && lookup(destinationPort);",
    "if (known && sourcePort) count++;",
    "while (nextPort) step();",
    "if (ports[0]) count++;",
    "const known = !!contact.port;",
    "const known = Boolean(port);",
    "if (entry?.port && other) count++;",
  ])("not %s", (line) => {
    expect(problemsOf("src/detect/scan.ts", line)).toEqual(["src/detect/scan.ts:1: a port tested by truthiness; 0 is a port"]);
  });
  test.for([
    "if (port === 0) count++;",
    "if (port !== NO_PORT && other) count++;",
    "if (sourcePort === 0 || destinationPort === 0) count++;",
    "if (other && port > 0) count++;",
    "if (!report) return;",
    "if (transport) count++;",
    "if (hasPort && x) count++;",
    "const ports = singlePort ? 1 : portCount;",
    "if (!hasPorts(protocol)) return;",
    "if (!import.meta.main) run();",
    "const shown = port ?? fallback;",
    "interface A { port?: number }",
    "const shown = entry.port?.toString();",
    "if (a === port && b) count++;",
    "const text = 'if (port) x';",
    "// if (port) x",
    "const ports = low && high ? a : b;",
    "const key = transport << 16 | port;",
    "const shown = isZero(port) ? a : b;",
    'const pattern = /!port|"/;',
  ])("%s", (line) => {
    expect(problemsOf("src/detect/scan.ts", line)).toEqual([]);
  });
});

describe("what the language offers and the house does not use", () => {
  test.for([
    "export enum Kind { A }",
    "const enum Kind { A }",
    "let a: any;",
    "const a = b as any;",
    "let a: Array<any>;",
    "export default 1;",
    "export { a as default };",
  ])("not %s", (line) => {
    expect(problemsOf("src/detect/scan.ts", line)).toHaveLength(1);
  });
  test.for(["const many = any(a, b);", "expect.any(Number);", "const text = `as any`;", "/* let a: any */", "const enumerate = 1;"])(
    "%s",
    (line) => {
      expect(problemsOf("src/detect/scan.ts", line)).toEqual([]);
    },
  );
});
