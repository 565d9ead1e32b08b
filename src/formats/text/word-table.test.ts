import fc from "fast-check";
import { expect, test } from "vitest";
import { ascii, NOT_A_NUMBER } from "./fields.ts";
import { WordTable } from "./word-table.ts";

const TABLE = new WordTable([
  ["tcp", 6],
  ["udp", 17],
  ["icmp6", 58],
  ["ip", 0],
]);

function find(text: string): number {
  const bytes = ascii(`<${text}>`);
  return TABLE.find(bytes, 1, bytes.length - 1);
}

test("words are found in any case", () => {
  expect(["tcp", "TCP", "Udp", "ICMP6", "ip"].map(find)).toEqual([6, 6, 17, 58, 0]);
});

test("others are not", () => {
  expect(["", "t", "tc", "tcpp", "icmp", "tcp ", "\u0054cq"].map(find)).toEqual(new Array<number>(7).fill(NOT_A_NUMBER));
  expect(new WordTable([]).find(ascii("tcp"), 0, 3)).toBe(NOT_A_NUMBER);
});

test("a table answers as a map does", () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,8}$/), { maxLength: 80 });
  fc.assert(
    fc.property(words, fc.array(fc.stringMatching(/^[a-z0-9-]{0,8}$/)), (known, asked) => {
      const table = new WordTable(known.map((word, i) => [word, i]));
      for (const word of [...known, ...asked]) {
        expect(table.find(ascii(word), 0, word.length)).toBe(known.indexOf(word));
      }
    }),
  );
});
