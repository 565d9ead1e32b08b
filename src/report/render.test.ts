import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../model/report.ts";
import { render } from "./index.ts";
import { artefactReport, emptyReport, hostileReport, novemberReport, ordinaryReport, SAMPLE_REPORTS } from "./sample-report.ts";
import { displayWidth } from "./text/display-width.ts";

/** What a terminal may act on or not show: controls, format characters, lone surrogates, private use, separators. */
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const FORMATS = ["text", "md", "json", "html"] as const;

/** Lines that are not rules; rules are never wrapped, so that they can be copied. */
function wrappedLines(report: Report, text: string): string[] {
  const rules = new Set(report.advice.flatMap((advice) => advice.rules));
  return text.split("\n").filter((line) => !rules.has(line.trim()) && !line.includes("</pre>") && !line.startsWith("     \\x1b"));
}

describe("every sample report", () => {
  for (const [name, make] of SAMPLE_REPORTS) {
    for (const format of FORMATS) {
      test(`${name} as ${format} is what was reviewed`, async () => {
        const limit = format === "json" || format === "html" ? { limit: 12 } : {};
        await expect(render(make(), format, limit)).toMatchFileSnapshot(`golden/${name}.${format === "text" ? "txt" : format}`);
      });
    }
    test(`${name} fits 100 columns, and 72 when asked to`, () => {
      for (const width of [100, 72]) {
        const report = make();
        for (const line of wrappedLines(report, render(report, "text", { width }))) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
        }
      }
    });
    test(`${name} is plain ASCII when asked to be`, () => {
      expect(render(make(), "text", { ascii: true })).toMatch(/^[\x20-\x7e\n]*$/);
    });
  }
});

describe("text", () => {
  test("has escape sequences only when colours are asked for, and the same words either way", () => {
    const plain = render(novemberReport(), "text");
    const coloured = render(novemberReport(), "text", { colour: true });
    expect(plain).not.toContain("\u001b");
    expect(coloured).toContain("\u001b[");
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  test("an ordinary case fits one screen of 50 lines", () => {
    for (const make of [emptyReport, artefactReport, ordinaryReport])
      expect(render(make(), "text").split("\n").length).toBeLessThanOrEqual(51);
  });

  test("says what was cut and where the rest is", () => {
    expect(render(novemberReport(), "text")).toContain("… and 118 more; --format json lists all");
  });

  test("near miss: fragments alone are not on the wire, and UDP source zero weak", () => {
    expect(render(artefactReport(), "text")).toContain("PORT ZERO  not on the wire");
    expect(render(ordinaryReport(), "text")).toContain("PORT ZERO  on the wire, weak evidence");
  });
});

describe("hostile strings", () => {
  test("put nothing raw into any output", () => {
    const report = hostileReport();
    for (const format of FORMATS) {
      const text = render(report, format, format === "text" ? { colour: false } : {});
      expect(text.replaceAll("\n", "").match(RAW)?.[0], format).toBeUndefined();
    }
  });

  test("stay text in the page and in Markdown", () => {
    expect(render(hostileReport(), "html")).not.toContain("<script>alert");
    const markdown = render(hostileReport(), "md").replace(/^ {3}(`{3,})\n[\s\S]*?\n {3}\1$/gm, "");
    expect(markdown).not.toMatch(/(?<!\\)<script/);
    expect(markdown).not.toMatch(/@admin|(?<!&)#1\b/);
    expect(markdown).not.toMatch(/(?<!\\)\[x(?<!\\)\]\(/);
  });

  test("property: any string anywhere leaves no control in any output and keeps text within its columns", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (evil) => {
        const base = ordinaryReport();
        const report: Report = {
          ...base,
          input: {
            ...base.input,
            sources: [{ name: evil, format: evil, records: 1, bytes: 1, damage: { offset: 1, reason: evil } }],
            skipped: { [evil]: 1 },
          },
          assessment: { ...base.assessment, summary: evil },
          scans: base.scans.map((scan) => ({ ...scan, source: evil, evidence: [evil] })),
        };
        for (const format of FORMATS) expect(RAW.test(render(report, format).replaceAll("\n", "")), format).toBe(false);
        for (const line of render(report, "text").split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(100);
        expect(JSON.parse(render(report, "json"))).toMatchObject({ assessment: { summary: evil } });
      }),
      { numRuns: 60 },
    );
  });
});
