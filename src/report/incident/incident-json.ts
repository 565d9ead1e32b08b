/** Incidents for programs: `precursor.incidents/1`. */
import type { Assessment } from "../../model/assessment.ts";
import type { Incident, IncidentJudgement, IncidentManners } from "../../model/incident.ts";
import { escapeJson } from "../escape.ts";
import { assessmentJson } from "../json.ts";
import { labelsJson } from "../labels-json.ts";
import { isoTime } from "../quantity.ts";
import { uptickJson } from "../series/uptick-json.ts";
import type { IncidentJson, IncidentsJson } from "./incident-schema.ts";

/** Indented JSON with a newline at the end; safe to print on a terminal. @param judgements by id, of those that were judged */
export function renderIncidentsJson(incidents: readonly Incident[], judgements: ReadonlyMap<string, Assessment> = new Map()): string {
  const whole: IncidentsJson = {
    schema: "precursor.incidents/1",
    incidents: incidents.map((incident) => {
      const judgement = judgements.get(incident.id);
      return judgement === undefined ? incidentJson(incident) : { ...incidentJson(incident), assessment: assessmentJson(judgement) };
    }),
  };
  return `${escapeJson(JSON.stringify(whole, null, 2))}\n`;
}

/** An incident as a plain value. */
export function incidentJson(incident: Incident): IncidentJson {
  const { openedAt, updatedAt, closedAt, leading, others, timeline, judgement, alertedSize: _, ...rest } = incident;
  return {
    ...rest,
    openedAt: isoTime(openedAt),
    updatedAt: isoTime(updatedAt),
    closedAt: maybeTime(closedAt),
    leading: uptickJson(leading),
    others: others.map(uptickJson),
    ...(judgement === undefined || judgement === null ? {} : { judgement: judgementJson(judgement) }),
    timeline: timeline.map(({ time, ...entry }) => ({ time: isoTime(time), ...entry })),
  };
}

function judgementJson({ until, actions, sources, ...rest }: IncidentJudgement): NonNullable<IncidentJson["judgement"]> {
  return {
    ...rest,
    until: isoTime(until),
    actions: actions.map(({ commands, ...action }) => ({ ...action, commands: [...commands] })),
    sources: sources.map(({ labels, manners, ...source }) => ({
      ...source,
      ...labelsJson(labels),
      manners: manners === null ? null : { ...manners, tools: plainCounts(manners.tools), beyond: [...manners.beyond] },
    })),
  };
}

function plainCounts(tools: IncidentManners["tools"]): Record<string, number> {
  return Object.fromEntries(Object.entries(tools).map(([tool, packets]) => [tool, packets]));
}

function maybeTime(seconds: number | null): string | null {
  return seconds === null ? null : isoTime(seconds);
}
