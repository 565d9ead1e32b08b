/** What plots share: two sizes for wide and narrow screens, the figure around them with a table beside, classes of a logarithmic scale. */
import { count } from "../quantity.ts";
import { html, type Html, type Piece } from "./markup.ts";

/** Units of the drawing, which is shown at most at its own size. */
export interface PlotSize {
  readonly name: "wide" | "narrow";
  readonly width: number;
}
export const PLOT_SIZES: readonly PlotSize[] = [
  { name: "wide", width: 1000 },
  { name: "narrow", width: 420 },
];

/** Classes of colour of a heat map. */
export const HEAT_CLASSES = 6;

export interface FigureParts {
  readonly id: string;
  readonly title: string;
  readonly caption: Piece;
  readonly plots: readonly Html[];
  readonly legend: Html | null;
  readonly table: Html;
  /** The table stands beside the drawing, always shown, where the drawing leaves room for it. */
  readonly beside?: boolean;
}

/** A figure: heading, drawing, legend, and the same numbers as a table for those who do not see it. */
export function figure({ id, title, caption, plots, legend, table, beside = false }: FigureParts): Html {
  if (beside) {
    return html`<figure id="${id}" class="card">
      <figcaption>
        <h3>${title}</h3>
        <p>${caption}</p>
      </figcaption>
      <div class="beside">
        <div>${plots}${legend}</div>
        <div>${table}</div>
      </div>
    </figure>`;
  }
  return html`<figure id="${id}" class="card">
    <figcaption>
      <h3>${title}</h3>
      <p>${caption}</p>
    </figcaption>
    ${plots} ${legend}
    <details class="alt">
      <summary>The same as a table</summary>
      ${table}
    </details>
  </figure>`;
}

/** An SVG with its name and description; `size` picks on which screens it is shown. */
export function drawing(
  id: string,
  size: PlotSize["name"] | "both",
  viewBox: readonly [number, number],
  title: string,
  description: string,
  body: Piece,
): Html {
  const [width, height] = viewBox;
  return html`<svg class="plot ${size}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-${size}-t ${id}-${size}-d">
    <title id="${id}-${size}-t">${title}</title>
    <desc id="${id}-${size}-d">${description}</desc>
    ${body}
  </svg>`;
}

/** A table that scrolls by itself where it is wider than the screen, reachable by keyboard. */
export function scrollTable(
  label: string,
  titles: readonly { text: string; number?: boolean }[],
  rows: readonly (readonly Piece[])[],
): Html {
  const isNumber = (index: number): Piece => (titles[index]?.number === true ? html` class="n"` : null);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${titles.map((title, index) => html`<th scope="col" ${isNumber(index)}>${title.text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => (index === 0 ? html`<th scope="row" ${isNumber(index)}>${cell}</th>` : html`<td${isNumber(index)}>${cell}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The class 1 to HEAT_CLASSES of a value on a logarithmic scale up to `most`; 0 where there is nothing. */
export function heatClass(value: number, most: number): number {
  if (!(value > 0)) return 0;
  if (!(most > 1)) return HEAT_CLASSES;
  return Math.min(HEAT_CLASSES, Math.max(1, Math.ceil((Math.log(value) / Math.log(most)) * HEAT_CLASSES - 1e-9)));
}

/** The legend of the scale: swatches with the numbers they stand for. */
export function heatLegend(most: number, unit: string): Html {
  const edge = (index: number): number => (most > 1 ? Math.floor(most ** (index / HEAT_CLASSES)) : 1);
  const entries = [];
  for (let index = 1; index <= HEAT_CLASSES; index++) {
    const from = index === 1 ? 1 : edge(index - 1) + 1;
    const to = edge(index);
    if (to < from && index < HEAT_CLASSES) continue;
    entries.push(
      html`<li>
        <svg viewBox="0 0 12 12" aria-hidden="true"><rect class="h${index}" width="12" height="12" rx="2" /></svg
        >${from >= to ? count(to) : `${count(from)}–${count(to)}`}
      </li>`,
    );
  }
  return html`<ul class="legend" aria-label="Scale">
    ${entries}
    <li class="unit">${unit}</li>
  </ul>`;
}
