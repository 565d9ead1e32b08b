/** Incidents on a terminal: a line each, or one with all that is known of it. */
import type { Assessment } from "../../model/assessment.ts";
import type { Incident } from "../../model/incident.ts";
import { notePart } from "../note-words.ts";
import type { RenderOptions } from "../options.ts";
import { count, counted, dateTime, duration, percent, timeSpan } from "../quantity.ts";
import { recordWords, uptickSentence } from "../series/uptick-words.ts";
import { Screen } from "../text/screen.ts";
import { HYPOTHESIS_TITLES, SEVERITY_PHRASES } from "../wording.ts";

/** A table, newest first; the id tells when it opened and of which series. */
export function renderIncidentList(incidents: readonly Incident[], options: RenderOptions = {}): string {
  const screen = new Screen(options);
  if (incidents.length === 0) {
    screen.line([{ text: "No incidents." }]);
    return screen.toString();
  }
  screen.table(
    [
      { title: "id" },
      { title: "phase" },
      { title: "peak", align: "right" },
      { title: "expected", align: "right" },
      { title: "sources", align: "right" },
      { title: "sensors", align: "right" },
      { title: "with it", shrinkTo: 8 },
    ],
    incidents.map(({ id, phase, leading, others, sources, sensors, sensorsAlive, acknowledgedBy }) => [
      id,
      acknowledgedBy === null ? phase : `${phase}, seen`,
      count(leading.peak),
      few(leading.expected),
      count(sources),
      `${count(sensors)} of ${count(sensorsAlive)}`,
      others.map(({ series }) => series).join(" "),
    ]),
    0,
  );
  return screen.toString();
}

/** One incident: what rose, when, who saw it, what it may mean where that could be judged, and its timeline. */
export function renderIncident(incident: Incident, judgement: Assessment | null, options: RenderOptions = {}): string {
  const { id, phase, openedAt, closedAt, updatedAt, leading, others, acknowledgedBy, timeline } = incident;
  const screen = new Screen(options);
  screen.heading("incident", id);
  const record = recordWords(leading);
  const times = few(leading.peak / Math.max(leading.expected, 1e-9));
  screen.paragraph(
    `${leading.series} rose to ${count(leading.peak)} where ${few(leading.expected)} were to be expected, ${leading.expected > 0 ? `${times} times as many` : "where there was nothing"}${record === null ? "" : `: ${record}`}.`,
  );
  const last = closedAt ?? updatedAt;
  screen.paragraph(
    `It is ${phase}${acknowledgedBy === null ? "" : `, and ${acknowledgedBy} has seen it`}. ${timeSpan(openedAt, last)} (${duration(last - openedAt)}).`,
  );
  screen.paragraph(
    `At its peak: ${counted(incident.sources, "source")} in ${counted(incident.networks, "network")} and ${counted(incident.asns, "autonomous system")}, towards ${counted(incident.targets, "target")}; ${count(incident.sensors)} of ${counted(incident.sensorsAlive, "sensor")} saw it.`,
  );
  screen.heading("series", counted(others.length + 1, "series", "series"));
  for (const uptick of [leading, ...others]) screen.paragraph(uptickSentence(uptick), { mark: { text: "·", style: "dim" } });
  if (judgement !== null) writeJudgement(screen, judgement);
  screen.heading("timeline", counted(timeline.length, "entry", "entries"));
  for (const { time, kind, text, by } of timeline) {
    screen.paragraph(`${kind}${by === null ? "" : ` by ${by}`}${text === "" ? "" : `: ${text}`}`, {
      mark: { text: dateTime(time), style: "dim" },
    });
  }
  return screen.toString();
}

/** The note but for what to do: no rules come from what a store holds alone. */
function writeJudgement(screen: Screen, judgement: Assessment): void {
  const { severity, confidence, hypotheses } = judgement;
  screen.heading("judgement", `${severity}: ${SEVERITY_PHRASES[severity]}, confidence ${confidence}; from what the store holds`);
  for (const part of ["bottom-line", "why", "next"] as const) {
    const sentences = notePart(judgement, part).map(({ text }) => text);
    if (sentences.length > 0) screen.paragraph(sentences.join(" "), part === "bottom-line" ? { style: "bold" } : {});
  }
  const weighed = hypotheses.slice(0, 4).map((one) => `${HYPOTHESIS_TITLES[one.id]} ${percent(one.probability)}`);
  screen.pieces(weighed, { mark: { text: "Readings:", style: "dim" }, style: "dim" });
}

/** Small numbers keep a digit. */
function few(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : count(value);
}
