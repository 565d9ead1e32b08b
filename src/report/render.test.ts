import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../model/report.ts";
import { render } from "./index.ts";
import {
  PLAIN_INPUT,
  SAMPLE_REPORTS,
  artefactReport,
  emptyReport,
  hostileReport,
  novemberReport,
  ordinaryReport,
} from "./sample-report.fixture.ts";
import { displayWidth } from "./text/display-width.ts";

/** What a terminal may act on or not show: controls, format characters, lone surrogates, private use, separators. */
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const FORMATS = ["text", "md", "json", "html"] as const;

/** Lines that are not rules; rules are never wrapped, so that they can be copied. */
function wrappedLines(report: Report, text: string): string[] {
  const rules = new Set(report.advice.flatMap((advice) => advice.rules));
  return text.split("\n").filter((line) => !rules.has(line.trim()) && !line.includes("</pre>") && !line.startsWith("     \\x1b"));
}

describe("what was read is told as it was", () => {
  test("a scan by records without flags is TCP, and says so", () => {
    const base = ordinaryReport();
    const scans = novemberReport()
      .scans.slice(0, 1)
      .map((scan) => ({ ...scan, technique: "tcp-unknown" as const }));
    const report = { ...base, scans, scansTotal: 1 };
    expect(render(report, "md")).toMatch(/distributed TCP \|.*TCP flags not recorded/);
    expect(render(report, "text")).toContain("distributed TCP");
    expect(render(report, "html")).toContain("TCP flags not recorded");
  });

  test("a live source that heard nothing is named, and not called unreadable", () => {
    const base = emptyReport();
    const quiet = { name: "udp://:2055", place: "[::]:2055", health: "fine", bytes: 0, messages: 0, errors: 0, forgottenSenders: 0 };
    const live = [{ ...quiet, droppedByKernel: 0, droppedByUs: 0, unrecognised: { records: 0, bytes: 0 } }];
    const text = render({ ...base, input: { ...base.input, sources: [], live } }, "text");
    expect(text).toContain("udp://:2055, where nothing came");
    expect(text).toContain("udp://:2055: nothing came while it was read.");
    expect(text).not.toContain("no readable input");
  });
});

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

  test("fits one screen: 60 lines where everything happens at once, 24 where nothing is wrong", () => {
    const lines = (report: Report): number => render(report, "text").trimEnd().split("\n").length;
    expect(lines(novemberReport())).toBeLessThanOrEqual(60);
    expect(lines(ordinaryReport())).toBeLessThanOrEqual(30);
    for (const make of [emptyReport, artefactReport]) expect(lines(make())).toBeLessThanOrEqual(24);
  });

  test("near miss: evidence of two lines is wrapped, not cut, and a long name keeps its end", () => {
    const base = novemberReport();
    const [first, ...others] = base.assessment.hypotheses;
    if (first === undefined) throw new Error("the sample has no hypothesis");
    const evidence = `${"many words ".repeat(14)}and the point.`;
    const sources = base.input.sources.map((source) => ({ ...source, name: `/a/long/way/${"x".repeat(90)}/capture.pcap` }));
    const hypotheses = [{ ...first, for: [evidence] }, ...others];
    const text = render({ ...base, input: { ...base.input, sources }, assessment: { ...base.assessment, hypotheses } }, "text");
    expect(text.replaceAll(/\s+/g, " ")).toContain("words and the point.");
    expect(text).toMatch(/^….*x\/capture\.pcap \(pcap\) · [\d,]+ records, .* senders$/m);
  });

  test("long lists of troubles are counted, short ones named, and clocks gone wrong are told", () => {
    const base = emptyReport();
    const unreadable = Array.from({ length: 12 }, (_, index) => `f${index}: not a capture (E_INPUT_UNKNOWN)`);
    const input = { ...base.input, unreadable, totals: { "implausible-time": 3 } };
    const forgotten = { sources: 5, contacts: 0, flows: 1 };
    const text = render({ ...base, input, forgotten }, "text");
    expect(text).toContain("12 inputs: 12 of no known format.");
    expect(text).toContain("3 packets had a time more than five years from");
    expect(text).toContain("the tables were full, and 5 sources, 1 conversation had to give way");
    expect(render({ ...base, input }, "md")).toContain("f11: not a capture");
    expect(render({ ...base, input: { ...input, unreadable: unreadable.slice(0, 2) } }, "text")).toContain("f1: not a capture");
  });

  test("says what was cut and where the rest is", () => {
    expect(render(novemberReport(), "text")).toContain("… and 125 more; 2 are parts of C1 above; --format json lists all");
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
            sources: [{ ...PLAIN_INPUT, name: evil, format: evil, records: 1, bytes: 1, damage: { offset: 1, reason: evil } }],
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
