import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLines } from "./messages.fixture.ts";
import { ASA_MESSAGES, FILTERLOG_RECORDS, IOS_MESSAGES } from "./other-inputs.fixture.ts";

const LINES = [
  ...FILTERLOG_RECORDS.map((record) => `Nov  2 01:02:03 fw filterlog[1]: ${record}`),
  ...ASA_MESSAGES.map((message) => `Nov  2 01:02:03 fw : ${message}`),
  ...IOS_MESSAGES.map((message) => `Nov  2 01:02:03 fw : ${message}`),
];
/** What parsers look for, in places where they do not expect it. */
const PIECES = [
  " ",
  "/",
  ":",
  "(",
  ")",
  ",",
  ".",
  "-> ",
  "0",
  "99999999999999999999",
  "type ",
  "list ",
  "bytes ",
  "::",
  "\t",
  "\u00fc",
  "%",
];

test("every line, however cut or damaged, gives rows or one reason", () => {
  const damage = fc.record({
    line: fc.constantFrom(...LINES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.integer({ min: 0, max: 12 }),
    piece: fc.constantFrom("", ...PIECES),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(damage, ({ line, at, drop, piece, cut }) => {
      const place = Math.floor(at * line.length);
      const damaged = line.slice(0, place) + piece + (cut ? "" : line.slice(place + drop));
      if (damaged === "") return;
      const { rows, stats } = decodeLines(damaged);
      const reasons = [...stats.skipped.values()].reduce((sum, count) => sum + count, 0);
      expect(reasons, damaged).toBe(rows.length > 0 ? 0 : 1);
      expect(rows.length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 6000 },
  );
});

test("reasons come from a table", () => {
  const { stats } = decodeLines(...LINES.map((line) => line.replaceAll(/\d/g, "\u001b[31m")));
  for (const reason of stats.skipped.keys()) expect(reason).toMatch(/^[\x20-\x7e]+$/);
});

test("a long line of one kind of octet is soon over", () => {
  const lines = [...PIECES, "("].flatMap((piece) =>
    ["%ASA-6-302014: Teardown TCP connection 7 for ", "%ASA-4-106023: Deny tcp src ", "%SEC-6-IPACCESSLOGP: list "].map(
      (start) => `Nov  2 01:02:03 fw : ${start}${piece.repeat(200_000 / piece.length)}`,
    ),
  );
  // What looked at a line again for each of its octets would not be over before the test's time is
  expect(decodeLines(...lines).rows).toEqual([]);
});
