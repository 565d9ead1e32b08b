/** What it may mean: the competing hypotheses, and the matrix of hypotheses and evidence (Heuer, Psychology of Intelligence Analysis, ch. 8). */
import type { Assessment, Hypothesis } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { horizonWords, probabilityWords, refsBySentence } from "../note-words.ts";
import { percent } from "../quantity.ts";
import { HYPOTHESIS_TITLES } from "../wording.ts";
import { html, type Html } from "./markup.ts";
import { scrollTable } from "./plot.ts";
import { bar } from "./port-zero.ts";

/** Hypotheses shown with all their evidence; the rest are in the matrix. */
const IN_FULL = 4;
const WORTH_SHOWING = 0.03;

type Lean = "for" | "against" | "missing";
const MARKS: Readonly<Record<Lean, { readonly style: string; readonly glyph: string; readonly words: string }>> = {
  for: { style: "yes", glyph: "+", words: "speaks for" },
  against: { style: "no", glyph: "−", words: "speaks against" },
  missing: { style: "gap", glyph: "?", words: "missing" },
};

export function readingsSection(report: Report): Html | null {
  const { hypotheses } = report.assessment;
  if (hypotheses.length === 0) return null;
  const full = hypotheses.filter((hypothesis, index) => index === 0 || (index < IN_FULL && hypothesis.probability >= WORTH_SHOWING));
  return html`<section id="readings" aria-labelledby="readings-h">
    <h2 id="readings-h">What it may mean</h2>
    <p class="lead">Competing readings of the same findings, most probable first. Words for probability are those of ICD 203.</p>
    <div class="card">${full.map(reading)}</div>
    ${matrix(hypotheses, refsBySentence(report.assessment))} ${turns(report.assessment)}
  </section>`;
}

/** What turns the judgement, and what would help most. */
function turns({ strongestAgainst, flip, missing }: Assessment): Html | null {
  if (strongestAgainst === null && flip === null && missing.length === 0) return null;
  return html`<div class="card">
    <h3>What could change it</h3>
    <ul>
      ${strongestAgainst === null ? null : html`<li>Strongest against: ${strongestAgainst.ref}: ${strongestAgainst.sentence}</li>`}
      <li>
        ${
          flip === null
            ? "No single piece of evidence turns it."
            : `Without ${flip.ref}, ${HYPOTHESIS_TITLES[flip.to]} leads (${percent(flip.probability)}): ${flip.sentence}`
        }
      </li>
      ${missing.map(
        ({ what, bits, couldLead }) =>
          html`<li>
            Missing: ${what} (${bits < 0.01 ? "under 0.01" : bits.toFixed(2)}
            bit)${couldLead === null ? null : `; may bring ${HYPOTHESIS_TITLES[couldLead]} ahead`}
          </li>`,
      )}
    </ul>
  </div>`;
}

export function outlookSection({ assessment: { outlook } }: Report): Html | null {
  if (outlook.length === 0) return null;
  const titles = ["What", "Within", "Chance", "Base rate", "Source"].map((text) => ({ text }));
  const rows = outlook.map((one) => [one.what, horizonWords(one), probabilityWords(one), one.baseRate, one.source]);
  return html`<section id="outlook" aria-labelledby="outlook-h">
    <h2 id="outlook-h">What comes next</h2>
    <p class="lead">Should the leading reading be right. Numbers are those of the sources, with what they do not say beside them.</p>
    <div class="card">${scrollTable("What comes next, how likely and on whose word", titles, rows)}</div>
  </section>`;
}

function reading(hypothesis: Hypothesis): Html {
  const rows = (["for", "against", "missing"] as const).filter((lean) => hypothesis[lean].length > 0);
  return html`<article class="reading">
    <header>
      <b>${percent(hypothesis.probability)}</b>
      <h3>${HYPOTHESIS_TITLES[hypothesis.id]}<span class="quiet">, ${hypothesis.words}</span></h3>
      ${bar(hypothesis.probability)}
    </header>
    <dl>
      ${rows.map(
        (lean) =>
          html`<dt>${lean}</dt>
            ${hypothesis[lean].map((line) => html`<dd>${line}</dd>`)}`,
      )}
    </dl>
  </article>`;
}

function matrix(hypotheses: readonly Hypothesis[], refs: ReadonlyMap<string, string>): Html | null {
  const evidence = new Map<string, Map<Hypothesis, Lean>>();
  for (const lean of ["for", "against", "missing"] as const) {
    for (const hypothesis of hypotheses) {
      for (const line of hypothesis[lean]) {
        const row = evidence.get(line) ?? new Map<Hypothesis, Lean>();
        row.set(hypothesis, lean);
        evidence.set(line, row);
      }
    }
  }
  if (evidence.size === 0) return null;
  const columns = hypotheses.filter((hypothesis) => hypothesis.for.length + hypothesis.against.length + hypothesis.missing.length > 0);
  return html`<div class="card">
    <h3>Hypotheses and evidence</h3>
    <p class="note">
      A row is one piece of evidence, a column one hypothesis: <span class="yes" aria-hidden="true">+</span> speaks for it,
      <span class="no" aria-hidden="true">−</span> against it, <span class="gap" aria-hidden="true">?</span> would help and is missing.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Hypotheses and evidence">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Evidence</th>
            ${columns.map(
              (hypothesis) =>
                html`<th scope="col"><span>${HYPOTHESIS_TITLES[hypothesis.id]}, ${percent(hypothesis.probability)}</span></th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${[...evidence].map(
            ([line, leans]) =>
              html`<tr${refs.has(line) ? html` id="${refs.get(line) ?? ""}"` : null}>
                <th scope="row">${refs.has(line) ? `${refs.get(line)}: ${line}` : line}</th>
                ${columns.map((hypothesis) => cell(leans.get(hypothesis)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function cell(lean: Lean | undefined): Html {
  if (lean === undefined) return html`<td></td>`;
  const { style, glyph, words } = MARKS[lean];
  return html`<td><span class="${style}" aria-hidden="true">${glyph}</span><span class="hidden">${words}</span></td>`;
}
