import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compileFilter } from "../observe/filter/index.ts";
import { completionScript } from "./completion-command.ts";
import { buildProgram } from "./program.ts";
import { referencePages } from "./reference.ts";

function page(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

describe("the reference pages", () => {
  test.each([...referencePages(buildProgram())])("%s is current (node scripts/make-docs.ts)", (path, text) => {
    expect(page(path)).toBe(text);
  });

  test("every example and every test in docs/filter.md is of the language", () => {
    const text = page("docs/filter.md");
    const examples = (/```filter\n(.*?)```/s.exec(text)?.[1] ?? "").trim().split("\n");
    expect(examples.length).toBeGreaterThan(5);
    const table = text.split("## Tests")[1]?.split("## Joining")[0] ?? "";
    const cells = table.split("\n").flatMap((line) => /^\| (`.*?) \| /.exec(line.replaceAll("\\|", "¦"))?.[1] ?? []);
    const tests = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? "").replaceAll("¦", "|")));
    expect(tests.length).toBeGreaterThan(50);
    for (const expression of [...examples, ...tests]) expect(() => compileFilter(expression), expression).not.toThrow();
  });

  test("every command line that the documentation shows is one", () => {
    const pages = ["README.md", ...readdirSync(new URL("../../docs", import.meta.url)).map((name) => `docs/${name}`)].filter((name) =>
      name.endsWith(".md"),
    );
    const lines = pages
      .filter((path) => existsSync(new URL(`../../${path}`, import.meta.url)))
      .flatMap((path) => page(path).split("\n"))
      .flatMap(
        (line) =>
          /(?:^|[|$] |npx )\s*(?:npx )?precursor ((?:assess|convert|demo|schema|formats|completion|watch|replay|config|help)\b.*)$/.exec(
            line,
          )?.[1] ?? [],
      )
      .filter((line) => !line.includes("[") && !line.includes("…"));
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) {
      const program = buildProgram();
      for (const command of program.commands) command.action(() => {});
      const words = [...line.replace(/\s[|>#)].*$/, "").matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
        (match) => match[1] ?? match[2] ?? match[3] ?? "",
      );
      if (words[0] === "help") continue;
      expect(() => program.parse(words, { from: "user" }), line).not.toThrow();
    }
  });

  test("every command has examples, and every option a description", () => {
    for (const command of buildProgram().commands) {
      for (const option of command.options) expect(option.description, option.flags).not.toBe("");
      expect(page("docs/cli.md")).toContain(`## precursor ${command.name()}\n`);
    }
  });
});

describe("completion", () => {
  const folder = mkdtempSync(join(tmpdir(), "precursor-completion-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.skipIf(!has("bash"))("bash completes commands, options and their values", () => {
    const script = completionScript(buildProgram(), "bash");
    const complete = (words: string[]): string[] => {
      const ask = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _precursor; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const run = spawnSync("bash", ["--norc", "-c", ask], { encoding: "utf8" });
      expect(run.stderr).toBe("");
      return run.stdout.trim().split("\n");
    };
    expect(complete(["precursor", "as"])).toEqual(["assess", "assets"]);
    expect(complete(["precursor", "assess", "--form"])).toEqual(["--format"]);
    expect(complete(["precursor", "assess", "-f", ""])).toEqual(["text", "md", "json", "html"]);
    expect(complete(["precursor", "assess", "--fail-on", "h"])).toEqual(["high"]);
    expect(complete(["precursor", "completion", "z"])).toEqual(["zsh"]);
    expect(complete(["precursor", "help", "de"])).toEqual(["demo"]);
  });

  test.skipIf(!has("zsh"))("zsh reads its script", () => {
    const run = spawnSync("zsh", ["-n"], { input: completionScript(buildProgram(), "zsh"), encoding: "utf8" });
    expect([run.status, run.stderr]).toEqual([0, ""]);
  });

  test.skipIf(!has("fish"))("fish reads its script", () => {
    // It takes no socket for a script, which a test's standard input is
    const path = join(folder, "precursor.fish");
    writeFileSync(path, completionScript(buildProgram(), "fish"));
    const run = spawnSync("fish", ["--no-execute", path], { encoding: "utf8" });
    expect([run.status, run.stderr]).toEqual([0, ""]);
  });
});
