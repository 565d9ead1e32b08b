/** What campaigns and the reality of sources read like, the same in every output. */
import type { Campaign } from "../model/campaign.ts";
import type { LabelledScan, Report } from "../model/report.ts";
import type { Spoofing, SpoofingVerdict } from "../model/spoofing.ts";
import { portList } from "./port-name.ts";
import { count, counted, timeSpan } from "./quantity.ts";

const SUBJECTS: Readonly<Record<Spoofing["subject"], string>> = { scans: "scans", "port-zero": "port zero", floods: "floods" };
const VERDICTS: Readonly<Record<SpoofingVerdict, string>> = {
  real: "real",
  "partly-spoofed": "real in part, forged in part: never block by address alone",
  spoofed: "forged: do not block by address, and lay nothing to whoever owns one",
  "cannot-tell": "real or forged, which cannot be told",
};

/** "2 groups of sources act as one". */
export function campaignsHeadline({ campaigns, campaignsTotal }: Report): string {
  const members = campaigns.reduce((sum, { memberCount }) => sum + memberCount, 0);
  return `${counted(campaignsTotal, "group")} of sources ${campaignsTotal === 1 ? "acts" : "act"} as one, ${counted(members, "source")} in all`;
}

/** Who: the first members and how many more. */
export function campaignMembers({ members, memberCount }: Campaign, shown: number): string {
  const rest = memberCount - Math.min(shown, members.length);
  return `${members.slice(0, shown).join(", ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}

/** What is asked for, of how many, and what an analyst would otherwise overlook. */
export function campaignSubject(campaign: Campaign): string[] {
  return [
    `${portList(campaign.ports, campaign.portCount, campaign.transport, 4)} ${campaign.transport.toUpperCase()}`,
    counted(campaign.targetCount, "target"),
    ...(campaign.tool === null ? [] : [campaign.tool]),
    ...(campaign.portZero ? ["port zero"] : []),
    ...(campaign.isHidden ? ["hidden: each member alone stays under every threshold"] : []),
  ];
}

/** The same with packets and times. */
export function campaignFacts(campaign: Campaign): string[] {
  return [...campaignSubject(campaign), counted(campaign.packets, "packet"), timeSpan(campaign.firstSeen, campaign.lastSeen, "→")];
}

/** By campaign, its scans among those listed; each scan once. */
export function scansOfCampaigns(report: Report): Map<LabelledScan, Campaign> {
  const campaignOf = new Map<string, Campaign>();
  for (const campaign of report.campaigns)
    for (const member of campaign.members) if (!campaignOf.has(member)) campaignOf.set(member, campaign);
  const found = new Map<LabelledScan, Campaign>();
  for (const scan of report.scans) {
    const campaign = campaignOf.get(scan.source);
    if (campaign !== undefined) found.set(scan, campaign);
  }
  return found;
}

/** Those of the sentences below that speak of forged sources. */
export function forgedSentences({ spoofing }: Report): string[] {
  return spoofingSentences({ spoofing: spoofing.filter(({ verdict }) => verdict === "spoofed" || verdict === "partly-spoofed") });
}

/** One sentence a body of traffic of which anything can be told, with the strongest evidence; that of either side where it is not decided. */
export function spoofingSentences({ spoofing }: Pick<Report, "spoofing">): string[] {
  return spoofing
    .filter(({ evidence }) => evidence.length > 0)
    .map(({ subject, sources, verdict, evidence }) => {
      const isDecided = verdict === "real" || verdict === "spoofed";
      const sides = (isDecided ? [verdict] : ["real", "spoofed"]).map((side) => evidence.find(({ leans }) => leans === side));
      const why = sides.filter((item) => item !== undefined).map(({ sentence }) => sentence);
      return `${sources === 1 ? "The source" : `The ${count(sources)} sources`} of ${SUBJECTS[subject]} ${sources === 1 ? "is" : "are"} ${VERDICTS[verdict]}. ${why.map((sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`).join(" ")}`;
    });
}
