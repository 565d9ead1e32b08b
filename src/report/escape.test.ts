import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeControls, escapeHtml, escapeJson, escapeMarkdown, markdownCode } from "./escape.ts";

describe("escaping", () => {
  test("shows controls instead of sending them", () => {
    expect(escapeControls("a\u001b[31m\n\u202e")).toBe("a\\x1b[31m\\n\\u{202e}");
    expect(escapeHtml(`<a href="x">&'`)).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  });

  test("near miss: ordinary words in any script are left alone", () => {
    for (const text of ["Précurseur 漢字 🙂", "445 (microsoft-ds)", "AS29073 Ecatel, NL"]) {
      expect(escapeControls(text)).toBe(text);
      expect(escapeMarkdown(text)).toBe(text);
    }
  });

  test("breaks mentions, references and links in Markdown", () => {
    expect(escapeMarkdown("@admin #12 http://x www.x")).toBe("@&#8203;admin #&#8203;12 http:&#8203;//x www&#8203;.x");
    expect(markdownCode("a`b")).toBe("`` a`b ``");
    expect(markdownCode("a\\|b")).toBe("a\\\\\\|b");
  });

  test("property: JSON keeps its value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(escapeJson(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
