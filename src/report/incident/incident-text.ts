/** Incidents on a terminal: a line each, or one with all that is known of it. */
import type { Assessment } from "../../model/assessment.ts";
import type { Incident, IncidentJudgement, IncidentManners, IncidentSource } from "../../model/incident.ts";
import { notePart } from "../note-words.ts";
import type { RenderOptions } from "../options.ts";
import { count, counted, dateTime, duration, percent, timeSpan } from "../quantity.ts";
import { reputationWords } from "../reputation-words.ts";
import { recordWords, uptickSentence } from "../series/uptick-words.ts";
import { Screen } from "../text/screen.ts";
import { HYPOTHESIS_TITLES, networkWords, SEVERITY_PHRASES } from "../wording.ts";

/** Sources listed with what is known of them; JSON has more. */
const SHOWN_SOURCES = 8;

/** A table, newest first; the id tells when it opened and of which series. */
export function renderIncidentList(incidents: readonly Incident[], options: RenderOptions = {}): string {
  const screen = new Screen(options);
  if (incidents.length === 0) {
    screen.line([{ text: "No incidents." }]);
    return screen.toString();
  }
  const isJudged = incidents.some(({ judgement }) => judgement !== undefined && judgement !== null);
  screen.table(
    [
      { title: "id" },
      { title: "phase" },
      { title: "peak", align: "right" },
      { title: "expected", align: "right" },
      { title: "sources", align: "right" },
      { title: "sensors", align: "right" },
      ...(isJudged ? ([{ title: "severity" }] as const) : []),
      { title: "with it", shrinkTo: 8 },
    ],
    incidents.map(({ id, phase, leading, others, sources, sensors, sensorsAlive, acknowledgedBy, judgement }) => [
      id,
      acknowledgedBy === null ? phase : `${phase}, seen`,
      count(leading.peak),
      few(leading.expected),
      count(sources),
      `${count(sensors)} of ${count(sensorsAlive)}`,
      ...(isJudged ? [judgement?.severity ?? ""] : []),
      others.map(({ series }) => series).join(" "),
    ]),
    0,
  );
  return screen.toString();
}

/** One incident: what rose, when, who saw it, and where that could be judged what it means, what to do and who sent it; its timeline. */
export function renderIncident(incident: Incident, assessment: Assessment | null, options: RenderOptions = {}): string {
  const { id, phase, openedAt, closedAt, updatedAt, leading, others, acknowledgedBy, timeline, judgement = null, notJudged } = incident;
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
  if (judgement !== null) {
    writeJudgement(screen, judgement, assessment);
    writeActions(screen, judgement);
    writeSources(screen, judgement);
  } else if (notJudged !== undefined) {
    screen.heading("judgement", "none");
    screen.paragraph(`${notJudged.charAt(0).toUpperCase()}${notJudged.slice(1)}.`);
  }
  screen.heading("timeline", counted(timeline.length, "entry", "entries"));
  for (const { time, kind, text, by } of timeline) {
    screen.paragraph(`${kind}${by === null ? "" : ` by ${by}`}${text === "" ? "" : `: ${text}`}`, {
      mark: { text: dateTime(time), style: "dim" },
    });
  }
  return screen.toString();
}

/** The bottom line and, where the store still has what it stands on, why and what comes next. */
function writeJudgement(screen: Screen, judgement: IncidentJudgement, assessment: Assessment | null): void {
  const { severity, confidence, bottomLine } = judgement;
  screen.heading("judgement", `${severity}: ${SEVERITY_PHRASES[severity]}, confidence ${confidence}; from what the store holds`);
  screen.paragraph(bottomLine, { style: "bold" });
  if (assessment === null) return;
  for (const part of ["why", "next"] as const) {
    const sentences = notePart(assessment, part).map(({ text }) => text);
    if (sentences.length > 0) screen.paragraph(sentences.join(" "));
  }
  const weighed = assessment.hypotheses.slice(0, 4).map((one) => `${HYPOTHESIS_TITLES[one.id]} ${percent(one.probability)}`);
  screen.pieces(weighed, { mark: { text: "Readings:", style: "dim" }, style: "dim" });
}

function writeActions(screen: Screen, { actions }: IncidentJudgement): void {
  if (actions.length === 0) return;
  screen.heading("what to do", "");
  for (const [index, { action, reason, commands }] of actions.entries()) {
    screen.paragraph(reason, { mark: { text: `${index + 1}.`, style: "bold" }, lead: { text: action, style: "bold" }, style: "dim" });
    for (const command of commands) screen.verbatim(command, 5, "cyan");
  }
}

function writeSources(screen: Screen, { sources }: IncidentJudgement): void {
  if (sources.length === 0) return;
  screen.heading("sources", `those that sent most, ${count(Math.min(SHOWN_SOURCES, sources.length))} of them`);
  for (const source of sources.slice(0, SHOWN_SOURCES)) {
    screen.paragraph(sourceWords(source), { mark: { text: "·", style: "dim" }, lead: { text: `${source.address}:`, style: "bold" } });
  }
}

/** "marks of masscan; may be forged". */
function mannersWords({ spoofable, tools, beyond }: IncidentManners): string {
  const marks = Object.keys(tools);
  const parts = [
    marks.length === 0 ? null : `marks of ${marks.join(", ")}`,
    spoofable ? "may be forged" : "completed exchanges",
    ...beyond.map((predicate) => `it ${predicate}`),
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** "4,031 packets to 830 targets, 20 sensors; AS202425 IP Volume inc, NL; claimed research: …; on 3 lists, 2 independent against it: …". */
function sourceWords({ packets, targets, sensors, labels, manners }: IncidentSource): string {
  const { acknowledged, reputation } = labels;
  const parts = [
    `${counted(packets, "packet")} to ${counted(targets, "target")}, ${counted(sensors, "sensor")}`,
    networkWords(labels),
    manners === null ? null : mannersWords(manners),
    acknowledged === null ? null : `${acknowledged.status} research: ${acknowledged.organisation} (${acknowledged.reason})`,
    reputation === null ? null : reputationWords(reputation),
  ];
  return `${parts.filter((part) => part !== null).join("; ")}.`;
}

/** Small numbers keep a digit. */
function few(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : count(value);
}
