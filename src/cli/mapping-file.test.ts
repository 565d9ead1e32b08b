import { describe, expect, test } from "vitest";
import { UsageError } from "../model/errors.ts";
import { readMapping } from "./mapping-file.ts";

const WHOLE = `# a firewall's own CSV
records: csv
separator: ";"
comment: "#"
missing: ["-", "NULL"]
utcOffset: "-05:30"
record: packet
grade: confirmed
fields:
  time: { column: when, unit: "%d.%m.%Y %H:%M:%S" }
  source: src
  destination: { column: dst }
  sourcePort: 7
  protocol: { value: 6 }
  tcpFlags: { column: flags, flags: hex }
  action: { column: verdict, denied: [DROP, 0, false] }
`;

test("a whole mapping, with defaults where it says nothing", () => {
  const mapping = readMapping(WHOLE, "fw.yaml");
  expect(mapping).toMatchObject({
    records: "csv",
    separator: ";",
    hasHeader: true,
    comment: "#",
    missing: ["-", "NULL"],
    utcOffset: -(5 * 3600 + 30 * 60),
    record: "packet",
    grade: "confirmed",
  });
  expect(mapping.fields.get("time")).toMatchObject({ place: { kind: "name", name: "when" }, unit: { pattern: "%d.%m.%Y %H:%M:%S" } });
  expect(mapping.fields.get("sourcePort")).toMatchObject({ place: { kind: "number", number: 7 }, unit: "s", flags: "auto" });
  expect(mapping.fields.get("protocol")?.place).toEqual({ kind: "constant", text: "6" });
  expect(mapping.fields.get("tcpFlags")?.flags).toBe("hex");
  expect(mapping.fields.get("action")).toMatchObject({ denied: ["drop", "0", "false"], allowed: expect.arrayContaining(["accept"]) });
});

test("JSON and Parquet by name or path, TSV by its separator", () => {
  const fields = "fields:\n  time: { path: [event, ts], unit: ms }\n  source: id.orig_h\n  destination: id.resp_h\n  protocol: proto\n";
  expect(readMapping(`records: json\n${fields}`, "m").fields.get("time")).toMatchObject({
    place: { kind: "path", keys: ["event", "ts"] },
    unit: "ms",
  });
  expect(readMapping(`records: parquet\n${fields}`, "m").records).toBe("parquet");
  const tsv = readMapping("records: tsv\nheader: false\nfields: { time: 1, source: 2, destination: 3, protocol: { value: udp } }\n", "m");
  expect(tsv).toMatchObject({ records: "csv", separator: "\t", hasHeader: false });
  expect(
    readMapping("records: csv\nseparator: whitespace\nfields: { time: a, source: b, destination: c, protocol: d }\n", "m").separator,
  ).toBe(" ");
});

describe("what is wrong is said with its line", () => {
  const changed = (from: string, to: string): string => WHOLE.replace(from, to);
  test.each([
    [changed("records: csv", "records: xml"), /^m\.yaml:2: records: /],
    [changed("  source: src\n", ""), /^m\.yaml:10: fields lacks source$/],
    [changed("  source: src", "  sauce: src"), /^m\.yaml:11: fields\.sauce: /],
    [changed('unit: "%d.%m.%Y %H:%M:%S"', 'unit: "%d %H"'), /^m\.yaml:10: fields\.time\.unit: it needs a year/],
    [changed('unit: "%d.%m.%Y %H:%M:%S"', "unit: hours"), /^m\.yaml:10: fields\.time\.unit: use s, ms, us, ns, iso, or a pattern/],
    [changed("sourcePort: 7", "sourcePort: 0"), /^m\.yaml:13: fields\.sourcePort: /],
    [
      changed("protocol: { value: 6 }", "protocol: { value: 6, column: p }"),
      /^m\.yaml:14: fields\.protocol: give one of column, path and value/,
    ],
    [changed("protocol: { value: 6 }", "protocol: {}"), /^m\.yaml:14: fields\.protocol: give one of/],
    [changed("grade: confirmed", "grade: sure"), /^m\.yaml:8: grade: /],
    [changed('utcOffset: "-05:30"', "utcOffset: CET"), /^m\.yaml:6: utcOffset: hours and minutes/],
    [changed('separator: ";"', 'separator: ";;"'), /^m\.yaml:3: separator: one character/],
    [changed("record: packet", "record: packet\nextra: 1"), /^m\.yaml:8: extra: /],
    [changed("destination: { column: dst }", "destination: { path: [dst] }"), /^m\.yaml:12: destination: a path is of JSON/],
    [changed("records: csv", "records: json"), /^m\.yaml:13: sourcePort: JSON has no columns by number$/],
    [changed('comment: "#"', "header: false"), /^m\.yaml:10: time: without a header/],
    ["records: csv\nfields: [\n", /^m\.yaml:\d+: /],
    ["records: csv\nrecords: csv\n", /^m\.yaml:2: /],
    ["", /^m\.yaml:1: the file: /],
    ["just words", /^m\.yaml:1: the file: /],
    ["a: &a [1]\nb: [*a, *a]\n", /^m\.yaml:/],
  ])("%#", (text, message) => {
    expect(() => readMapping(text, "m.yaml")).toThrow(UsageError);
    expect(() => readMapping(text, "m.yaml")).toThrow(message);
  });
});
