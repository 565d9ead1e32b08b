/** Which sources act as one, and what ties them; and whether sources are who they seem to be. */
import type { Campaign } from "../../model/campaign.ts";
import type { Report } from "../../model/report.ts";
import { campaignFacts, campaignMembers, campaignsHeadline, spoofingSentences } from "../campaign-words.ts";
import { count } from "../quantity.ts";
import { capital } from "../wording.ts";
import { html, type Html } from "./markup.ts";

const SHOWN_MEMBERS = 12;

/** Null where no sources act as one. */
export function campaignsSection(report: Report, limit: number): Html | null {
  if (report.campaignsTotal === 0) return null;
  const shown = report.campaigns.slice(0, limit);
  const more = report.campaignsTotal - shown.length;
  return html`<section id="campaigns" aria-labelledby="campaigns-h">
    <h2 id="campaigns-h">Who acts together</h2>
    <p class="lead">${capital(campaignsHeadline(report))}.</p>
    <div class="card">${shown.map(campaignEntry)}</div>
    ${more > 0 ? html`<p class="note">… and ${count(more)} more; <code>--format json</code> lists them.</p>` : null}
  </section>`;
}

function campaignEntry(campaign: Campaign): Html {
  return html`<article class="reading">
    <header>
      <b>${campaign.id}</b>
      <h3>${campaignMembers(campaign, SHOWN_MEMBERS)}</h3>
    </header>
    <p>${campaignFacts(campaign).join(" · ")}</p>
    <ul>
      ${campaign.ties.map(({ sentence }) => html`<li>${capital(sentence)}.</li>`)}
    </ul>
  </article>`;
}

/** Null where nothing can be told. */
export function spoofingNote(report: Report): Html | null {
  const sentences = spoofingSentences(report);
  return sentences.length === 0 ? null : html`${sentences.map((sentence) => html`<p class="note">${sentence}</p>`)}`;
}
