/** HTML from template literals in which everything interpolated is escaped unless it is HTML already: a forgotten escape cannot happen. */
import { escapeHtml } from "../escape.ts";

/** A piece of HTML that is safe to place as it is. Made by `html` only, or by `trusted` from a constant of ours. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Html | string | number | null | readonly Piece[];

/** html`<b>${name}</b>`: strings and numbers are escaped, pieces and lists of pieces placed, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Html {
  let text = parts[0] ?? "";
  for (const [index, value] of values.entries()) text += flatten(value) + (parts[index + 1] ?? "");
  return new Html(text);
}

/** Constant text of ours: style and script. Never for anything that holds input. */
export function trusted(text: string): Html {
  return new Html(text);
}

function flatten(piece: Piece): string {
  if (piece === null) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string") return escapeHtml(piece);
  if (typeof piece === "number") return String(piece);
  return piece.map(flatten).join("");
}
