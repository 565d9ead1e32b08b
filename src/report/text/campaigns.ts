/** Which sources act as one, and what ties them; and whether sources are who they seem to be. */
import type { Report } from "../../model/report.ts";
import { campaignFacts, campaignMembers, campaignsHeadline, spoofingSentences } from "../campaign-words.ts";
import { count } from "../quantity.ts";
import type { Screen } from "./screen.ts";

const SHOWN_MEMBERS = 3;
const SHOWN_TIES = 3;

export function writeCampaigns(screen: Screen, report: Report, limit: number): void {
  if (report.campaignsTotal === 0) return;
  screen.heading("Campaigns", campaignsHeadline(report));
  const shown = report.campaigns.slice(0, limit);
  for (const campaign of shown) {
    screen.paragraph(`${campaignMembers(campaign, SHOWN_MEMBERS)}: ${campaignFacts(campaign).join(" · ")}`, {
      lead: { text: campaign.id, style: "bold" },
      maxLines: 3,
    });
    for (const { sentence } of campaign.ties.slice(0, SHOWN_TIES))
      screen.paragraph(sentence, { indent: 4, mark: { text: "·" }, maxLines: 2 });
  }
  const more = report.campaignsTotal - shown.length;
  if (more > 0) screen.paragraph(`… and ${count(more)} more; --format json lists them`, { style: "dim" });
}

/** Whether the sources are real: a sentence for each body of traffic that shows anything. */
export function writeSpoofing(screen: Screen, report: Report): void {
  for (const sentence of spoofingSentences(report)) screen.paragraph(sentence, { maxLines: 3 });
}
