/** How many terminal columns a text takes, and cutting and wrapping by columns. Source: Unicode UAX #11 (East Asian Width), reduced to whole blocks. */

/** Wide blocks: Hangul Jamo, CJK, Hangul, compatibility and full-width forms, emoji, CJK extensions. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;
/** Where a line may end: a figure keeps its per cent sign. */
const BREAKS = / (?!%)/;
const PLAIN = /^[\x20-\x7e]*$/;

/** Columns of a text without control characters. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** The text cut to `columns`, with `ellipsis` where something was cut. */
export function truncate(text: string, columns: number, ellipsis: string = "…"): string {
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  if (room < 0) return head(text, columns);
  return head(text, room).trimEnd() + ellipsis;
}

/** The text cut to `columns` from its beginning, with `ellipsis` in front where something was cut: the end of a path says most. */
export function truncateStart(text: string, columns: number, ellipsis: string = "…"): string {
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  const kept: string[] = [];
  let used = 0;
  for (const character of Array.from(text).toReversed()) {
    used += characterWidth(character);
    if (used > room) break;
    kept.push(character);
  }
  return ellipsis + kept.toReversed().join("");
}

/** Lines of at most `columns`, broken at spaces; a longer word is broken where it must be. Never empty. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(1, columns);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(BREAKS).filter((part) => part !== "")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) <= room) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (displayWidth(line) > room) {
      const cut = head(line, room);
      lines.push(cut);
      line = line.slice(cut.length);
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

function head(text: string, columns: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    const width = characterWidth(character);
    if (used + width > columns && (taken !== "" || columns <= 0)) break;
    taken += character;
    used += width;
  }
  return taken;
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
