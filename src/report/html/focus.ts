/** Whom they meant, on the page. */
import type { Report } from "../../model/report.ts";
import { capital } from "../wording.ts";
import { whomWords } from "../whom.ts";
import { html, type Html } from "./markup.ts";

export function focusSection(report: Report): Html | null {
  const whom = whomWords(report);
  if (whom === null) return null;
  return html`<section id="focus" aria-labelledby="focus-h">
    <h2 id="focus-h">Whom</h2>
    <p class="lead">${capital(whom.title)}.</p>
    ${whom.sentences.map((sentence) => html`<p>${sentence}</p>`)}
  </section>`;
}
