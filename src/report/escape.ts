/**
 * Makes text that came from an input harmless where it is shown: terminal, Markdown, HTML.
 * Sources: CWE-150 (escape sequences), CVE-2021-42574 (bidirectional controls), CommonMark 0.31 §2.4, GFM §6.9 (autolinks), HTML §13.1.2.
 */

/** Controls, format characters (bidirectional overrides, zero-width), surrogates, private use, line and paragraph separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
/** What JSON leaves as it is although a terminal would act on it. C0 is escaped by JSON.stringify already. */
const JSON_LEFT_RAW = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Text on one line in which every control and invisible character stands as a visible escape: ESC becomes `\x1b`. */
export function escapeControls(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0a) return "\\n";
    if (code === 0x0d) return "\\r";
    if (code === 0x09) return "\\t";
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** Text for an HTML element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return escapeControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * Text for a Markdown paragraph or table cell: markup, entities, mentions (`@name`), issue references (`#12`) and bare links do nothing.
 * Mentions and references are recognised after Markdown is parsed, so only a zero-width space (as an entity) breaks them.
 */
export function escapeMarkdown(text: string): string {
  return escapeControls(text)
    .replace(/[\\`*_[\]<>|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replace(/#(?=\d)/g, "#&#8203;")
    .replaceAll("@", "@&#8203;")
    .replace(/\b(https?|ftp):\/\//gi, "$1:&#8203;//")
    .replace(/\bwww\./gi, "www&#8203;.")
    .replace(/^(\s*)([-+#]|\d+[.)])(?=\s|$)/, "$1\\$2");
}

/**
 * Text as a Markdown code span, also inside a table cell; the fence is longer than any run of backticks within (CommonMark §6.1).
 * A backslash before a pipe would end the cell whatever is done to it, so text with both is escaped without code.
 */
export function markdownCode(text: string): string {
  if (text.includes("|") && escapeControls(text).includes("\\")) return escapeMarkdown(text);
  const visible = escapeControls(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...(visible.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || visible.trim() === "" ? " " : "";
  return `${fence}${pad}${visible}${pad}${fence}`;
}

/** JSON text in which what a terminal might act on stands as `\uXXXX`: the same value when parsed. */
export function escapeJson(json: string): string {
  return json.replace(JSON_LEFT_RAW, (character) => {
    let escaped = "";
    for (let i = 0; i < character.length; i++) escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    return escaped;
  });
}
