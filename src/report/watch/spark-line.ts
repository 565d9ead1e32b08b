/** A series in one row of a terminal: a block an interval, coloured where it left the band of what is ordinary. */
import type { Span } from "../text/screen.ts";

const BLOCKS = "▁▂▃▄▅▆▇█";
const ASCII_BLOCKS = "_.-:=+*#";
const GAP = " ";

/** The last `width` values; all heights are of `most`, the top of the band stands in it. */
export function sparkLine(recent: readonly (number | null)[], high: number | null, width: number, ascii: boolean): Span[] {
  const values = recent.slice(-width);
  const blocks = ascii ? ASCII_BLOCKS : BLOCKS;
  const most = Math.max(1, high ?? 0, ...values.map((value) => value ?? 0));
  const spans: Span[] = [{ text: GAP.repeat(width - values.length) }];
  for (const value of values) {
    const block = value === null ? GAP : (blocks[Math.min(blocks.length - 1, Math.floor((value / most) * blocks.length))] ?? GAP);
    if (value !== null && high !== null && value > high) spans.push({ text: block, style: ["bold", "red"] });
    else spans.push({ text: block, style: "cyan" });
  }
  return joined(spans);
}

/** Neighbours of one style as one span. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last !== undefined && String(last.style) === String(span.style)) all[all.length - 1] = { ...last, text: last.text + span.text };
    else all.push(span);
  }
  return all;
}
