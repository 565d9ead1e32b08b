/** A screen of text being written: spans with a style, wrapped paragraphs, tables. The only place that emits an escape sequence. */
import { styleText } from "node:util";
import type { RenderOptions } from "../options.ts";
import { escapeControls } from "../escape.ts";
import { displayWidth, truncate, wrap } from "./display-width.ts";

export type Style = Parameters<typeof styleText>[0];
/** A piece of a line; its text may come from an input, for it is escaped when the line is written. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Columns never shrink below this; those without it keep their natural width. */
  readonly shrinkTo?: number;
  readonly style?: Style;
  /** A cell too long for the column stands on a line of its own with the rest beneath: for addresses, which must not be cut. */
  readonly own?: boolean;
}

const DEFAULT_WIDTH = 100;
const GAP = 2;
/** What glyphs of ours become in ASCII; anything else beyond ASCII becomes a visible escape. */
const ASCII_GLYPHS: ReadonlyMap<string, string> = new Map([
  ["…", "..."],
  ["–", "-"],
  ["—", "-"],
  ["→", "->"],
  ["·", "|"],
  ["×", "x"],
  ["−", "-"],
  ["▸", ">"],
  ["≥", ">="],
  ["≤", "<="],
  ["█", "#"],
  ["░", "."],
  ["─", "-"],
  ["✓", "ok"],
  ["“", '"'],
  ["”", '"'],
  ["’", "'"],
  ["“", '"'],
]);

export class Screen {
  readonly width: number;
  readonly ascii: boolean;
  readonly #colour: boolean;
  readonly #lines: string[] = [];
  /** How many lines there were after the last heading. */
  #afterHeading = -1;

  constructor(options: RenderOptions) {
    this.width = Math.min(200, Math.max(60, options.width ?? DEFAULT_WIDTH));
    this.ascii = options.ascii ?? false;
    this.#colour = options.colour ?? false;
  }

  /** Text with controls made visible, in ASCII where asked for. */
  clean(text: string): string {
    const visible = escapeControls(text);
    if (!this.ascii) return visible;
    return visible.replace(/[^\x20-\x7e]/gu, (glyph) => {
      const known = ASCII_GLYPHS.get(glyph);
      return known ?? `\\u{${(glyph.codePointAt(0) ?? 0).toString(16)}}`;
    });
  }

  /** One line, cut at the edge of the screen; `right` stands at that edge where there is room. */
  line(spans: readonly Span[], right: readonly Span[] = []): void {
    const cleaned = this.#fit(
      spans.map((span) => ({ ...span, text: this.clean(span.text) })),
      this.width,
    );
    const rightCleaned = right.map((span) => ({ ...span, text: this.clean(span.text) }));
    const used = widthOf(cleaned);
    const rightWidth = widthOf(rightCleaned);
    if (right.length === 0 || used + GAP + rightWidth > this.width) return this.#emit(cleaned);
    return this.#emit([...cleaned, { text: " ".repeat(this.width - used - rightWidth) }, ...rightCleaned]);
  }

  blank(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.#lines.push("");
  }

  /** A section's heading: its name in capitals, then what it comes to. Sections that are a heading and no more stand close. */
  heading(name: string, rest: string): void {
    if (this.#lines.length !== this.#afterHeading) this.blank();
    const title = name.toUpperCase();
    const [first = "", ...more] = wrap(this.clean(rest), this.width - title.length - GAP);
    this.#emit([{ text: title, style: ["bold", "cyan"] }, { text: "  " }, { text: first, style: "bold" }]);
    for (const line of more) this.#emit([{ text: " ".repeat(title.length + GAP) }, { text: line, style: "bold" }]);
    this.#afterHeading = this.#lines.length;
  }

  /** A wrapped paragraph behind a first-line mark, after a `lead` of its own style; at most `maxLines` lines, the last of them cut. */
  paragraph(
    text: string,
    {
      indent = 2,
      mark = null,
      lead = null,
      style,
      maxLines = 100,
    }: { indent?: number; mark?: Span | null; lead?: Span | null; style?: Style; maxLines?: number } = {},
  ): void {
    const markText = mark === null ? "" : `${this.clean(mark.text)} `;
    const leadText = lead === null ? "" : this.clean(lead.text);
    const room = this.width - indent - displayWidth(markText);
    const all = wrap(`${leadText} ${this.clean(text)}`, room);
    const shown = all.slice(0, maxLines);
    const last = shown.length - 1;
    if (all.length > shown.length) shown[last] = truncate(`${shown[last] ?? ""} ${all[maxLines] ?? ""}`, room, this.clean("…"));
    let leading = leadText.replaceAll(" ", "").length;
    for (const [index, line] of shown.entries()) {
      const margin = index === 0 ? markText : " ".repeat(displayWidth(markText));
      const split = endOfLetters(line, leading);
      leading -= line.slice(0, split).replaceAll(" ", "").length;
      const spans = [styled(line.slice(0, split), lead?.style), styled(line.slice(split), style)];
      this.#emit([{ text: " ".repeat(indent) }, styled(margin, mark?.style), ...spans]);
    }
  }

  /** As many whole sentences as fit in `maxLines` lines behind the mark; the first always, and cut where it is too long alone. */
  sentences(sentences: readonly string[], { mark = null, style, maxLines }: { mark?: Span | null; style?: Style; maxLines: number }): void {
    const room = this.width - (mark === null ? 0 : displayWidth(this.clean(mark.text)) + 1);
    let shown = sentences.length;
    while (shown > 1 && wrap(this.clean(sentences.slice(0, shown).join(" ")), room).length > maxLines) shown--;
    this.paragraph(sentences.slice(0, shown).join(" "), { indent: 0, mark, maxLines, ...(style === undefined ? {} : { style }) });
  }

  /** As many of the pieces as fit one line behind the mark, the rest counted. */
  pieces(pieces: readonly string[], { mark, style, more = 0 }: { mark: Span; style?: Style; more?: number }): void {
    const room = this.width - 2 - displayWidth(this.clean(mark.text)) - 1;
    const text = (shown: number): string => {
      const rest = pieces.length - shown + more;
      return this.clean([...pieces.slice(0, shown), ...(rest > 0 ? [`${rest} more`] : [])].join(" · "));
    };
    let shown = pieces.length;
    while (shown > 1 && displayWidth(text(shown)) > room) shown--;
    this.paragraph(text(shown), { mark, maxLines: 1, ...(style === undefined ? {} : { style }) });
  }

  /** A line that is never cut or wrapped, so that it can be copied: for rules. */
  verbatim(text: string, indent: number, style?: Style): void {
    this.#emit([{ text: " ".repeat(indent) }, styled(this.clean(text), style)]);
  }

  /** A table without lines: titles dim, columns apart by two spaces; shrinkable columns give way to fit. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], indent: number = 2): void {
    const cells = rows.map((row) => row.map((cell) => this.clean(cell)));
    const widths = this.#columnWidths(columns, cells, indent);
    this.#row(
      columns,
      columns.map((column) => this.clean(column.title)),
      widths,
      indent,
      "dim",
    );
    for (const row of cells) this.#row(columns, row, widths, indent);
  }

  /** Lines so far. */
  get length(): number {
    return this.#lines.length;
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[], indent: number): number[] {
    const widths = columns.map((column, index) => {
      const cells = rows.map((row) => displayWidth(row[index] ?? ""));
      const fitting = column.own === true ? cells.filter((width) => width <= (column.shrinkTo ?? width)) : cells;
      return Math.max(displayWidth(column.title), ...fitting);
    });
    const room = this.width - indent - GAP * (columns.length - 1);
    // The last column gives way first: remarks before ports, ports before names.
    let excess = total(widths) - room;
    for (let index = columns.length - 1; index >= 0 && excess > 0; index--) {
      const spare = Math.max(0, (widths[index] ?? 0) - (columns[index]?.shrinkTo ?? Number.POSITIVE_INFINITY));
      const given = Math.min(spare, excess);
      widths[index] = (widths[index] ?? 0) - given;
      excess -= given;
    }
    return widths;
  }

  #row(columns: readonly Column[], row: readonly string[], widths: readonly number[], indent: number, style?: Style): void {
    const spans: Span[] = [{ text: " ".repeat(indent) }];
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      let cell = row[index] ?? "";
      if (column.own === true && displayWidth(cell) > width) {
        this.#emit(this.#fit([{ text: " ".repeat(indent) }, styled(cell, style ?? column.style)], this.width));
        cell = "";
      }
      cell = truncate(cell, width, this.clean("…"));
      const pad = " ".repeat(Math.max(0, width - displayWidth(cell)));
      if (index > 0) spans.push({ text: " ".repeat(GAP) });
      if (column.align === "right") spans.push({ text: pad }, styled(cell, style ?? column.style));
      else spans.push(styled(cell, style ?? column.style), { text: pad });
    }
    this.#emit(this.#fit(spans, this.width));
  }

  #fit(spans: readonly Span[], width: number): Span[] {
    const fitted: Span[] = [];
    let left = width;
    for (const span of spans) {
      const text = truncate(span.text, left, this.clean("…"));
      fitted.push({ ...span, text });
      left -= displayWidth(text);
      if (text !== span.text) break;
    }
    return fitted;
  }

  #emit(spans: readonly Span[]): void {
    const full = spans.filter((span) => span.text !== "");
    while (full.length > 0 && full.at(-1)?.text.trim() === "" && full.at(-1)?.style === undefined) full.pop();
    const line = full
      .map(({ text, style }) => (this.#colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text))
      .join("");
    this.#lines.push(line.trimEnd());
  }
}

/** Where the first `letters` characters that are no spaces end. */
function endOfLetters(line: string, letters: number): number {
  let end = 0;
  for (let seen = 0; end < line.length && seen < letters; end++) if (line[end] !== " ") seen++;
  return end;
}

function styled(text: string, style: Style | undefined): Span {
  return style === undefined ? { text } : { text, style };
}

function widthOf(spans: readonly Span[]): number {
  return total(spans.map((span) => displayWidth(span.text)));
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
