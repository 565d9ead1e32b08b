/**
 * A terminal's text with its colours (ECMA-48 SGR) as an SVG picture: a monospace grid in which every run stands where its column is, in any
 * font. Block elements (U+2580 to U+259F) are drawn, so that bars have no seams.
 */

/** Pixels of a cell, of the text in it, and around the grid; ten cells are 84 px, so that 100 columns fit a README. */
const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const FONT_SIZE = 14;
const BASELINE = 13.5;
const MARGIN = 20;

/** Light on dark, each with a contrast of 4.5 or more on the ground (WCAG 2.2 §1.4.3). */
const GROUND = "#0d1117";
const TEXT = "#e6edf3";
const DIM = "#9198a1";
const COLOURS: readonly string[] = ["#6e7681", "#ff7b72", "#3fb950", "#d29922", "#79c0ff", "#d2a8ff", "#56d4dd", "#e6edf3"];

interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** 0 to 7, or null for the terminal's own. */
  readonly colour: number | null;
}
const PLAIN: Style = { bold: false, dim: false, inverse: false, colour: null };

interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

/** The picture of a text with SGR sequences; `title` is read to those who do not see it. Other escape sequences throw an Error. */
export function terminalPicture(text: string, title: string): string {
  const lines = runsOf(text.trimEnd());
  const columns = Math.max(1, ...lines.map((runs) => Math.max(0, ...runs.map((run) => run.column + run.text.length))));
  const width = round(columns * CELL_WIDTH + 2 * MARGIN);
  const height = round(lines.length * CELL_HEIGHT + 2 * MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escape(title)}</title>
<style>text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}.b{font-weight:700}.k{shape-rendering:crispEdges}</style>
<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>
${lines.flatMap((runs, row) => runs.flatMap((run) => drawn(run, row))).join("\n")}
</svg>
`;
}

/** Each line's runs of one style, without those of spaces alone that would not be seen. */
function runsOf(text: string): Run[][] {
  let style = PLAIN;
  return text.split("\n").map((line) => {
    const runs: Run[] = [];
    let column = 0;
    // oxlint-disable-next-line no-control-regex
    for (const part of line.split(/(\u001B\[[\d;]*[A-Za-z])/)) {
      if (part.startsWith("\u001B")) style = restyled(style, part);
      else {
        if (part.trim() !== "" || (style.inverse && part !== "")) runs.push({ column, text: part, style });
        column += part.length;
      }
    }
    return runs;
  });
}

function restyled(style: Style, sequence: string): Style {
  if (!sequence.endsWith("m")) throw new Error(`not a colour: ${JSON.stringify(sequence)}`);
  return sequence
    .slice(2, -1)
    .split(";")
    .map(Number)
    .reduce<Style>((now, code) => {
      if (code === 0) return PLAIN;
      if (code === 1) return { ...now, bold: true };
      if (code === 2) return { ...now, dim: true };
      if (code === 7) return { ...now, inverse: true };
      if (code === 22) return { ...now, bold: false, dim: false };
      if (code === 27) return { ...now, inverse: false };
      if (code >= 30 && code <= 37) return { ...now, colour: code - 30 };
      if (code === 39) return { ...now, colour: null };
      throw new Error(`a style that the picture does not know: ${code}`);
    }, style);
}

/** A run as elements: its ground where it is inverse, its words where they stand, its blocks as rectangles. */
function drawn({ column, text, style }: Run, row: number): string[] {
  const own = style.colour === null ? (style.dim ? DIM : TEXT) : (COLOURS[style.colour] ?? TEXT);
  const fill = style.inverse ? GROUND : own;
  const x = (at: number): number => round(MARGIN + (column + at) * CELL_WIDTH);
  const top = MARGIN + row * CELL_HEIGHT;
  const elements: string[] = [];
  if (style.inverse)
    elements.push(`<rect x="${x(0)}" y="${top}" width="${round(text.length * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${own}"/>`);
  // Words apart where two or more spaces part them: a column then starts where it should, whatever the font
  for (const { 0: part, index } of text.matchAll(/[▀-▟]+|[^▀-▟ ]+(?: [^▀-▟ ]+)*/gu)) {
    if (/[▀-▟]/u.test(part)) elements.push(...blocks(part, x(index), top, fill));
    else {
      const length = round(part.length * CELL_WIDTH);
      const bold = style.bold ? ' class="b"' : "";
      elements.push(
        `<text x="${x(index)}" y="${round(top + BASELINE)}"${bold} fill="${fill}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escape(part)}</text>`,
      );
    }
  }
  return elements;
}

/** Lower eighths (U+2581 to U+2588) and shades (U+2591 to U+2593) as rectangles, neighbours of one kind as one. */
function blocks(text: string, left: number, top: number, fill: string): string[] {
  return [...text.matchAll(/(.)\1*/gu)].map(({ 0: run, 1: kind = "", index }) => {
    const code = kind.codePointAt(0) ?? 0;
    const shade = code >= 0x2591 && code <= 0x2593 ? (code - 0x2590) / 4 : 1;
    const height = shade < 1 ? CELL_HEIGHT : ((code - 0x2580) / 8) * CELL_HEIGHT;
    if (height <= 0 || code > 0x2593 || (shade === 1 && code > 0x2588)) throw new Error(`a block that the picture does not know: ${kind}`);
    const opacity = shade < 1 ? ` opacity="${shade}"` : "";
    return `<rect class="k" x="${round(left + index * CELL_WIDTH)}" y="${round(top + CELL_HEIGHT - height)}" width="${round(run.length * CELL_WIDTH)}" height="${round(height)}" fill="${fill}"${opacity}/>`;
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
