/** What the input alone cannot hold: history, other sensors, reputation feeds, and sources that act as one. */
import { ramp } from "../found.ts";
import type { Facts } from "../facts.ts";
import { agree, count, date, percent, plural, seriesWords } from "../words.ts";
import type { EvidenceItem } from "./item.ts";

/** Days of history from which its silence, or a record in it, says something, and all that it can. */
const LEAST_DAYS = 7;
const ENOUGH_DAYS = 60;
/** Sensors from which it can be told whether others see the same. */
const FEWEST_SENSORS = 3;
/** Sources from which a share of them on feeds is a share. */
const FEWEST_ASKED = 3;
/** Different networks from which sources that rise are new hosts everywhere, not one's own. */
const FEWEST_NETWORKS = 20;
/** Members from which sources that act as one are more than one person with two addresses. */
const FEWEST_MEMBERS = 5;

export const BEYOND: readonly EvidenceItem[] = [
  {
    id: "reputation-hostile",
    strength: ({ reputation: { asked, agreed } }) => (asked >= FEWEST_ASKED ? ramp(agreed / asked, 0.1, 0.6) : 0),
    sentence: ({ reputation: { asked, agreed } }) =>
      `${count(agreed)} of ${plural(asked, "source")} ${agree(agreed, "is", "are")} on at least two reputation feeds that are independent of each other.`,
  },
  {
    id: "reputation-clean",
    strength: ({ reputation: { feeds, asked, named } }) =>
      asked >= FEWEST_ASKED ? ramp(feeds, 1, 4) * (1 - ramp(named / asked, 0, 0.1)) * ramp(asked, 0, 10) : 0,
    sentence: ({ reputation: { feeds, asked, named } }) =>
      `${named === 0 ? "None" : count(named)} of ${plural(asked, "source")} ${named > 1 ? "are" : "is"} on any of ${plural(feeds, "reputation feed")}: no known attackers, as far as feeds know.`,
  },
  {
    id: "history-record",
    strength: ({ past }) =>
      past !== null && past.uptick?.record?.rank === 1 ? ramp(past.days, LEAST_DAYS, ENOUGH_DAYS) * (past.isSpecific ? 1 : 0.5) : 0,
    sentence: historySentence,
  },
  {
    id: "history-uptick",
    strength: ({ past }) => (past !== null && past.uptick !== null ? ramp(past.days, 1, LEAST_DAYS) * (past.isSpecific ? 1 : 0.5) : 0),
    sentence: historySentence,
  },
  {
    id: "history-quiet",
    strength: ({ past, scans, portZero }) =>
      past?.isJudged === true && past.uptick === null && (scans.count > 0 || portZero.strong > 0)
        ? ramp(past.days, LEAST_DAYS, ENOUGH_DAYS)
        : 0,
    sentence: ({ past }) =>
      `Nothing of this was out of the ordinary in ${plural(past?.days ?? 0, "day")} of history: it is what such ports get.`,
  },
  {
    id: "new-sources-rise",
    strength: ({ past, concentration }) => {
      const incident = past?.incident ?? null;
      if (incident === null || concentration.chance < 1e-3 || incident.networks < FEWEST_NETWORKS) return 0;
      const steady = past?.uptick?.kind === "ramp" || incident.phase === "growing" ? 1 : 0.4;
      return steady * ramp(incident.networks / Math.max(1, incident.sources), 0.4, 0.8) * ramp(incident.networks, FEWEST_NETWORKS, 100);
    },
    sentence: ({ past }) =>
      `Sources rise in ${plural(past?.incident?.networks ?? 0, "network")} at once, as where hosts are taken over everywhere.`,
  },
  {
    id: "sensors-many",
    strength: ({ past }) => {
      const incident = past?.incident ?? null;
      if (past === null || incident === null || !past.isSpecific || incident.sensorsAlive < FEWEST_SENSORS) return 0;
      return incident.sensors >= 2 ? ramp(incident.sensors / incident.sensorsAlive, 0.1, 0.5) : 0;
    },
    sentence: sensorsSentence,
  },
  {
    id: "sensors-one",
    strength: ({ past }) => {
      const incident = past?.incident ?? null;
      return past !== null && incident !== null && past.isSpecific && incident.sensors === 1 ? ramp(incident.sensorsAlive, 2, 6) : 0;
    },
    sentence: sensorsSentence,
  },
  {
    id: "campaign",
    strength: ({ campaigns, scans }) =>
      campaigns === null
        ? 0
        : ramp(campaigns.largest.memberCount, FEWEST_MEMBERS - 1, 20) * ramp(campaigns.members / Math.max(1, scans.sources), 0.1, 0.6),
    sentence: ({ campaigns }) =>
      `${plural(campaigns?.members ?? 0, "source")} ${agree(campaigns?.count ?? 0, "act as one", `act as ${count(campaigns?.count ?? 0)}`)}: ${tie(campaigns)}`,
  },
  {
    id: "campaign-hidden",
    strength: ({ campaigns, scans }) =>
      campaigns === null ? 0 : ramp(campaigns.hiddenMembers, FEWEST_MEMBERS - 1, 20) * (1 - ramp(scans.sources, 20, 200) / 2),
    sentence: ({ campaigns }) =>
      `${plural(campaigns?.hiddenMembers ?? 0, "source")} share a scan so that each stays under every threshold: that takes a plan.`,
  },
];

/** "Highest of all 365 days of history: 98 sources in five minutes where 19 are usual." */
function historySentence({ past }: Facts): string {
  const { uptick, days } = past ?? {};
  if (uptick === undefined || uptick === null) return "History shows it.";
  const { record } = uptick;
  const rank =
    record === null || record.rank > 1
      ? "Out of the ordinary"
      : record.ofAll
        ? `The highest of all ${plural(days ?? 0, "day")} of history`
        : `The highest since ${date(record.since)}`;
  return `${rank}: ${plural(uptick.peak, "source")} ${seriesWords(uptick.series)} in five minutes, where ${count(uptick.expected)} ${agree(uptick.expected, "is", "are")} usual.`;
}

function sensorsSentence({ past }: Facts): string {
  const incident = past?.incident ?? null;
  const [seen, alive] = [incident?.sensors ?? 0, incident?.sensorsAlive ?? 0];
  return seen === 1
    ? `Only one of ${plural(alive, "sensor")} sees it.`
    : `${count(seen)} of ${plural(alive, "sensor")} see it (${percent(seen / Math.max(1, alive))}): it is not meant for one of them.`;
}

function tie(campaigns: Facts["campaigns"]): string {
  const [first] = campaigns?.largest.ties ?? [];
  return first === undefined ? "what ties them stands with the campaign." : lower(first.sentence);
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
