/** What to do now with rules to copy, and what the report cannot tell. */
import type { Advice } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { limits } from "../limits.ts";
import { count, octets } from "../quantity.ts";
import { html, type Html, trusted } from "./markup.ts";
import { scrollTable } from "./plot.ts";

/** Inputs in the table; a folder may hold thousands. */
const INPUT_ROWS = 50;
/** Between rules; a line break inside a rule is shown as an escape. */
const LINE = trusted("\n");

export function adviceSection(report: Report): Html | null {
  if (report.advice.length === 0) return null;
  return html`<section id="advice" aria-labelledby="advice-h">
    <h2 id="advice-h">What to do now</h2>
    <p class="lead">In this order, each with its reason.</p>
    <ol class="todo" role="list">
      ${report.advice.map(item)}
    </ol>
  </section>`;
}

export function limitsSection(report: Report): Html {
  const { sources } = report.input;
  const rows = sources
    .slice(0, INPUT_ROWS)
    .map((source) => [
      html`<span class="mono">${source.name}</span>`,
      source.format,
      count(source.records),
      octets(source.bytes),
      source.damage === null ? "none" : html`<span class="serious">${source.damage.reason}, at octet ${count(source.damage.offset)}</span>`,
    ]);
  const number = true;
  const titles = [{ text: "Input" }, { text: "Format" }, { text: "Records", number }, { text: "Size", number }, { text: "Damage" }];
  const more = sources.length - rows.length;
  return html`<section id="limits" aria-labelledby="limits-h">
    <h2 id="limits-h">What this cannot tell</h2>
    <p class="lead">What was read and what was not, how old the lists are, what was guessed.</p>
    <div class="card">
      <dl class="limits">
        ${limits(report).map(({ topic, words, serious }) => html`<dt${serious ? html` class="serious"` : null}>${topic}</dt><dd>${words}</dd>`)}
      </dl>
    </div>
    ${
      rows.length > 0
        ? html`<div class="card">
            <h3>Inputs</h3>
            ${scrollTable("Inputs", titles, rows)}${more > 0 ? html`<p class="note">… and ${count(more)} more.</p>` : null}
          </div>`
        : null
    }
  </section>`;
}

function item(advice: Advice, index: number): Html {
  const rules =
    advice.rules.length === 0
      ? null
      : html`<div class="rule">
          <pre tabindex="0" role="region" aria-label="Rules of step ${index + 1}">
${advice.rules.map((rule, line) => html`${line > 0 ? LINE : null}${rule}`)}</pre>
          <button type="button" class="copy needs-js">Copy</button>
        </div>`;
  return html`<li class="card">
    <h3>${advice.action}</h3>
    <p>${advice.reason}</p>
    ${rules}
  </li>`;
}
