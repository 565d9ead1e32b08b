/** Series as a page that needs nothing else: what was out of the ordinary first, then a figure a series. */
import type { Uptick } from "../../model/incident.ts";
import { html, type Html } from "../html/markup.ts";
import { pageText } from "../html/page.ts";
import { scrollTable } from "../html/plot.ts";
import { count, dateTime } from "../quantity.ts";
import { seriesFigure, upticksInWords } from "./series-figure.ts";
import type { SeriesPlot } from "./series-plot.ts";
import { recordWords } from "./uptick-words.ts";

/** Figures of a page, at most: those with upticks first. The rest are counted. */
const MOST_FIGURES = 40;

export interface SeriesPageParts {
  /** What the page is of: a file's name, a port. */
  readonly title: string;
  readonly plots: readonly SeriesPlot[];
  /** A sentence or two of what was read and how. */
  readonly lead: string;
  readonly version: string;
  readonly madeAt: number;
}

/** A whole HTML document. Everything from an input is escaped on its way in. */
export function seriesPage({ title, plots, lead, version, madeAt }: SeriesPageParts): string {
  const upticks = plots.flatMap((plot) => plot.upticks).toSorted((a, b) => b.start - a.start);
  const shown = plots.toSorted((a, b) => b.upticks.length - a.upticks.length).slice(0, MOST_FIGURES);
  const left = plots.length - shown.length;
  return pageText({
    title: `${upticksInWords(plots)} · ${title}`,
    skipTo: "the upticks",
    links: [
      ["upticks", "Upticks"],
      ["series", "Series"],
    ],
    body: html`<section id="upticks" aria-labelledby="upticks-h">
        <h1 id="upticks-h"><span class="h1-phrase">${title}</span></h1>
        <p class="summary">${upticks.length === 0 ? "Nothing was out of the ordinary." : `${upticksInWords(plots)}.`}</p>
        <p class="input">${lead}</p>
        ${upticks.length === 0 ? null : uptickTable(upticks)}
      </section>
      <section id="series" aria-labelledby="series-h">
        <h2 id="series-h">Series</h2>
        ${shown.map((plot, index) => seriesFigure(plot, `series-${index}`))}
        ${left > 0 ? html`<p class="note">${count(left)} more series are not drawn.</p>` : null}
      </section>`,
    version,
    madeAt,
  });
}

function uptickTable(upticks: readonly Uptick[]): Html {
  return html`<div class="card">
    ${scrollTable(
      "Upticks",
      [
        { text: "Series" },
        { text: "Kind" },
        { text: "From (UTC)" },
        { text: "To" },
        { text: "Peak", number: true },
        { text: "Expected", number: true },
        { text: "p", number: true },
        { text: "Record" },
      ],
      upticks.map((uptick) => [
        uptick.series,
        uptick.kind,
        dateTime(uptick.start),
        uptick.end === null ? "going on" : dateTime(uptick.end),
        count(uptick.peak),
        uptick.expected < 10 ? uptick.expected.toFixed(1) : count(uptick.expected),
        uptick.pValue.toExponential(0),
        recordWords(uptick) ?? "–",
      ]),
    )}
  </div>`;
}
