/** Campaigns and forged sources for programs. */
import type { z } from "zod";
import type { Campaign } from "../model/campaign.ts";
import type { Spoofing } from "../model/spoofing.ts";
import type { campaignShape, spoofingShape } from "./campaign-schema.ts";
import { isoTime } from "./quantity.ts";

export function campaignJson(campaign: Campaign): z.infer<typeof campaignShape> {
  return {
    ...campaign,
    members: [...campaign.members],
    ports: [...campaign.ports],
    firstSeen: isoTime(campaign.firstSeen),
    lastSeen: isoTime(campaign.lastSeen),
    ties: campaign.ties.map((tie) => ({ ...tie })),
  };
}

export function spoofingJson(spoofing: Spoofing): z.infer<typeof spoofingShape> {
  return { ...spoofing, evidence: spoofing.evidence.map((item) => ({ ...item })) };
}
