import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { terminalPicture } from "./terminal-picture.ts";

/** What the picture's text elements say, in order. */
const words = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, said]) => said ?? "");

describe("a terminal's text as a picture", () => {
  test("words keep their columns, colours and weight", () => {
    const svg = terminalPicture("\u001B[1mSource\u001B[22m  How\n\u001B[36m192.0.2.1\u001B[39m  \u001B[2mSYN\u001B[22m\n", "a table");
    expect(words(svg)).toEqual(["Source", "How", "192.0.2.1", "SYN"]);
    expect(svg).toContain('<text x="20" y="33.5" class="b" fill="#e6edf3" textLength="50.4"');
    expect(svg).toContain('<text x="87.2" y="33.5" fill="#e6edf3"');
    expect(svg).toContain('<text x="20" y="51.5" fill="#56d4dd"');
    expect(svg).toContain('<text x="112.4" y="51.5" fill="#9198a1"');
    expect(svg).toContain("<title>a table</title>");
  });

  test("inverse text has a ground of its colour, bars are drawn", () => {
    const svg = terminalPicture("\u001B[35;7m HIGH \u001B[27;39m ▄▄█░", "bars");
    expect(svg).toContain('<rect x="20" y="20" width="50.4" height="18" fill="#d2a8ff"/>');
    expect(svg).toContain('<rect class="k" x="78.8" y="29" width="16.8" height="9" fill="#e6edf3"/>');
    expect(svg).toContain('<rect class="k" x="95.6" y="20" width="8.4" height="18" fill="#e6edf3"/>');
    expect(svg).toContain('opacity="0.25"');
    expect(words(svg)).toEqual(["HIGH"]);
  });

  test("what it cannot draw, it refuses", () => {
    expect(() => terminalPicture("\u001B[2J", "cleared")).toThrow("not a colour");
    expect(() => terminalPicture("\u001B[5mblink", "blinking")).toThrow("does not know: 5");
    expect(() => terminalPicture("▛", "a corner")).toThrow("▛");
  });

  test("no text leaves its element", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "<", ">", "&", '"', " ", "\n") }), (text) => {
        const svg = terminalPicture(text, text);
        expect(svg.match(/<(?!\/?(?:svg|title|style|rect|text)\b)/g)).toBeNull();
      }),
    );
  });
});
