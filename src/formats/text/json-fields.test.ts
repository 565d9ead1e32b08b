import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  JSON_ABSENT,
  JSON_ARRAY,
  JSON_BROKEN,
  JSON_CUT,
  JSON_ESCAPED,
  JSON_FALSE,
  JSON_NOT_AN_OBJECT,
  JSON_NULL,
  JSON_NUMBER,
  JSON_OBJECT,
  JSON_STRING,
  JSON_TOO_DEEP,
  JSON_TRUE,
  JsonFields,
  type JsonPath,
} from "./json-fields.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const FLOW = '{"ts":1.5,"src_ip":"192.0.2.1","flow":{"pkts":3,"x":[{"pkts":9}],"end":"a\\"b"},"tcp":{"syn":true,"rst":false},"n":null}';

/** Kind and text of each path. */
function fieldsOf(text: string, paths: readonly JsonPath[]): unknown {
  const bytes = encode(`##${text}##`);
  const fields = new JsonFields(paths);
  const fault = fields.scan(bytes, 2, bytes.length - 2);
  if (fault !== null) return fault;
  return paths.map((_, slot) => {
    const kind = fields.kinds[slot];
    return kind === JSON_ABSENT ? null : [kind, new TextDecoder().decode(bytes.subarray(fields.starts[slot], fields.ends[slot]))];
  });
}

test("members are found where they stand, at any depth, whatever else is around them", () => {
  expect(fieldsOf(FLOW, ["ts", "src_ip", ["flow", "pkts"], ["flow", "end"], ["flow", "x"], ["tcp", "syn"], ["tcp", "rst"], "n"])).toEqual([
    [JSON_NUMBER, "1.5"],
    [JSON_STRING, "192.0.2.1"],
    [JSON_NUMBER, "3"],
    [JSON_ESCAPED, 'a\\"b'],
    [JSON_ARRAY, '[{"pkts":9}]'],
    [JSON_TRUE, "true"],
    [JSON_FALSE, "false"],
    [JSON_NULL, "null"],
  ]);
  expect(fieldsOf(FLOW, ["pkts", ["flow", "ts"], ["tcp", "sy"], "flo"])).toEqual([null, null, null, null]);
  expect(fieldsOf(' { "tcp" : { } , "a" : [ ] , "flow" : { "pkts" : 7 } } ', [["flow", "pkts"], "tcp", "a"])).toEqual([
    [JSON_NUMBER, "7"],
    [JSON_OBJECT, "{ }"],
    [JSON_ARRAY, "[ ]"],
  ]);
});

test("a dot in a key is part of it, and an object can be wanted together with its members", () => {
  const paths = ["id.orig_h", ["id", "orig_h"], "id"] as const;
  expect(fieldsOf('{"id.orig_h":"a"}', paths)).toEqual([[JSON_STRING, "a"], null, null]);
  expect(fieldsOf('{"id":{"orig_h":"b"}}', paths)).toEqual([null, [JSON_STRING, "b"], [JSON_OBJECT, '{"orig_h":"b"}']]);
});

test("a key that begins like another is another", () => {
  expect(fieldsOf('{"name":1,"named":2,"nam":3}', ["named", "name", "nam"])).toEqual([
    [JSON_NUMBER, "2"],
    [JSON_NUMBER, "1"],
    [JSON_NUMBER, "3"],
  ]);
  expect(fieldsOf('{"a":{"bc":1}}', [["a", "b"], ["a", "bc"], "ab"])).toEqual([null, [JSON_NUMBER, "1"], null]);
});

test("of a key that comes twice the last counts", () => {
  expect(fieldsOf('{"a":1,"b":2,"a":"3"}', ["a"])).toEqual([[JSON_STRING, "3"]]);
});

test("a line leaves nothing to the next", () => {
  const fields = new JsonFields(["a", "b"]);
  expect(fields.scan(encode('{"a":1,"b":2}'), 0, 13)).toBeNull();
  expect(fields.scan(encode('{"b":2}'), 0, 7)).toBeNull();
  expect([...fields.kinds]).toEqual([JSON_ABSENT, JSON_NUMBER]);
});

test("values as numbers, words and text", () => {
  const text = '{"i":42,"s":"42","f":-1.25e3,"w":"flow","e":"tab\\t \\u00e9 \\ud83d\\ude00 \\ud83d \\/ \\\\","big":12345678901234567890}';
  const bytes = encode(text);
  const fields = new JsonFields(["i", "s", "f", "w", "e", "big", "none"]);
  expect(fields.scan(bytes, 0, bytes.length)).toBeNull();
  expect([0, 1, 2, 3, 5, 6].map((slot) => fields.integer(slot))).toEqual([42, 42, -1, -1, -1, -1]);
  expect([0, 1, 2, 3, 5, 6].map((slot) => fields.number(slot))).toEqual([
    42,
    42,
    -1250,
    Number.NaN,
    12_345_678_901_234_560_000,
    Number.NaN,
  ]);
  expect([fields.is(3, encode("flow")), fields.is(3, encode("flo")), fields.is(3, encode("flows")), fields.is(0, encode("42"))]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const target = new Uint8Array(64);
  expect(new TextDecoder().decode(target.subarray(0, fields.text(4, target)))).toBe("tab\t é 😀 \ufffd / \\");
  expect(fields.text(4, new Uint8Array(6))).toBe(5);
  expect(fields.text(0, target)).toBe(-1);
});

describe("lines that are no JSON object", () => {
  test.each([
    ["", JSON_NOT_AN_OBJECT],
    ["[1]", JSON_NOT_AN_OBJECT],
    ["Nov  2 01:00:00 host", JSON_NOT_AN_OBJECT],
    ["{", JSON_CUT],
    ['{"a"', JSON_CUT],
    ['{"a":', JSON_CUT],
    ['{"a":tr', JSON_CUT],
    ['{"a":-', JSON_CUT],
    ['{"a":"x\\', JSON_CUT],
    ['{"a":[1,{"b":2}', JSON_CUT],
    ['{"a":1}}', JSON_BROKEN],
    ['{"a":1} x', JSON_BROKEN],
    ['{"a":1,}', JSON_BROKEN],
    ['{"a":[1,]}', JSON_BROKEN],
    ['{,"a":1}', JSON_BROKEN],
    ['{"a" 1}', JSON_BROKEN],
    ["{a:1}", JSON_BROKEN],
    ['{"a":nul}', JSON_BROKEN],
    ['{"a":01}', JSON_BROKEN],
    ['{"a":1]', JSON_BROKEN],
    ['{"a":"\\x"}', JSON_BROKEN],
    ['{"a":"\\u00g0"}', JSON_BROKEN],
    ['{"a":"line\tend"}', JSON_BROKEN],
    [`{"a":${"[".repeat(65)}`, JSON_TOO_DEEP],
  ])("%s", (text, reason) => {
    expect(fieldsOf(text, ["a"])).toBe(reason);
  });
});

test("what JSON.parse takes is taken, and what it refuses is refused", () => {
  const piece = fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"b"', '"', "\\", "1", "-0.5e1", "true", "null", " ", "u00e9");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = `{"a":${pieces.join("")}`;
      const taken = typeof fieldsOf(text, ["a", ["a", "b"]]) !== "string";
      expect(taken).toBe(parses(text));
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.jsonValue(), (others, value) => {
      const record = { ...others, wanted: value };
      const bytes = encode(JSON.stringify(record));
      const fields = new JsonFields(["wanted", ["deep", "er"]]);
      expect(fields.scan(bytes, 0, bytes.length)).toBeNull();
      const quotes = typeof value === "string" ? 1 : 0;
      const text = new TextDecoder().decode(bytes.subarray(fields.starts[0]! - quotes, fields.ends[0]! + quotes));
      expect(text).toBe(JSON.stringify(value));
    }),
  );
});

test("hostile octets never throw", () => {
  const fields = new JsonFields(["a", ["b", "c"]]);
  const octet = fc.constantFrom(...encode('{}[]",:\\u0123abetrulfsn -.\n'), 0, 0xff);
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 60 }), (octets) => {
      const bytes = Uint8Array.from([123, ...octets]);
      const fault = fields.scan(bytes, 0, bytes.length);
      expect(fault === null || fault.length > 0).toBe(true);
      if (fault === null) fields.text(0, new Uint8Array(4));
    }),
    { numRuns: 3000 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
