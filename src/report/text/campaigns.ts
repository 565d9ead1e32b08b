/** Which sources act as one, and what ties them most; and whether sources are forged. */
import type { Report } from "../../model/report.ts";
import { campaignMembers, campaignsHeadline, campaignSubject, forgedSentences } from "../campaign-words.ts";
import { count } from "../quantity.ts";
import type { Screen } from "./screen.ts";

const SHOWN_MEMBERS = 1;
/** Lines of a campaign: the other ties stand in the other outputs and with --explain. */
const LINES = 2;

export function writeCampaigns(screen: Screen, report: Report, limit: number): void {
  if (report.campaignsTotal === 0) return;
  screen.heading("Campaigns", campaignsHeadline(report));
  const shown = report.campaigns.slice(0, limit);
  for (const campaign of shown) {
    const [tie] = campaign.ties;
    const tied = tie === undefined ? "" : `; ${tie.sentence}`;
    screen.paragraph(`${campaignMembers(campaign, SHOWN_MEMBERS)}: ${campaignSubject(campaign).join(", ")}${tied}`, {
      lead: { text: campaign.id, style: "bold" },
      maxLines: LINES,
    });
  }
  const more = report.campaignsTotal - shown.length;
  if (more > 0) screen.paragraph(`… and ${count(more)} more; --format json lists them`, { style: "dim" });
}

/** Said only where sources are forged, which changes what may be done; other outputs say it of all. */
export function writeSpoofing(screen: Screen, report: Report): void {
  for (const sentence of forgedSentences(report)) screen.paragraph(sentence, { maxLines: 2 });
}
