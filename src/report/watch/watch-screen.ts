/** A running watch on one screen of a terminal: sources with their rates and losses, series with their past, incidents that are open. */
import type { Incident } from "../../model/incident.ts";
import type { WatchedSeries, WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import type { RenderOptions } from "../options.ts";
import { reputationWords } from "../reputation-words.ts";
import { networkWords } from "../wording.ts";
import { count, dateTime, duration, octets, short } from "../quantity.ts";
import { Screen, type Span } from "../text/screen.ts";
import { sparkLine } from "./spark-line.ts";

/** Lines for sources at most, of incidents at least and at most. */
const MOST_SOURCES = 6;
const LEAST_SERIES = 4;
const MOST_INCIDENTS = 6;
/** Lines of what one incident means: the bottom line, a command, sources. */
const MOST_NAMED = 3;
const JUDGEMENT_LINES = 2 + MOST_NAMED;
/** A heading and the empty line above it. */
const HEADING_LINES = 2;
const NAME_WIDTH = 22;
const NUMBERS_WIDTH = 30;
const MOST_SPARK = 48;

export interface WatchView {
  /** Seconds since 1970. */
  readonly now: number;
  readonly health: WatchHealth;
  readonly interval: Extract<WatchEvent, { type: "interval" }> | null;
  readonly incidents: readonly Incident[];
  /** The last thing that happened, for people. */
  readonly message: string | null;
}

/** Lines of a screen, not more than `height`. */
export function watchScreen(view: WatchView, { height, ...options }: RenderOptions & { readonly height: number }): string[] {
  const screen = new Screen(options);
  const { health, interval, incidents, message, now } = view;
  heading(screen, health, now);
  trouble(screen, health);
  const sources = health.sources.slice(0, MOST_SOURCES);
  for (const { name, sensor, place, health: state, recordsPerSecond, lost } of sources) {
    const isFine = state === "fine";
    screen.line(
      [
        { text: isFine ? "  " : "! ", style: "red" },
        { text: padded(name, NAME_WIDTH), style: "bold" },
        { text: ` ${padded(sensor, 10)} `, style: "dim" },
        { text: `${short(recordsPerSecond).padStart(7)}/s ` },
        { text: lost === 0 ? "" : `lost ${short(lost)} `, style: "yellow" },
        isFine ? { text: place ?? "", style: "dim" } : { text: state, style: "red" },
      ],
      [],
    );
  }
  if (health.sources.length > sources.length)
    screen.line([{ text: `  ${health.sources.length - sources.length} more sources`, style: "dim" }]);

  const used = screen.length;
  const wanted = Math.max(1, Math.min(MOST_INCIDENTS, incidents.length) + (incidents.some(isJudged) ? JUDGEMENT_LINES : 0));
  const last = message === null ? 0 : 1;
  seriesLines(screen, interval, Math.max(LEAST_SERIES, height - used - 2 * HEADING_LINES - wanted - last));
  incidentLines(screen, incidents, Math.max(1, height - screen.length - HEADING_LINES - last));
  if (message !== null) screen.line([{ text: message, style: "dim" }]);
  return screen.toString().split("\n").slice(0, height);
}

function heading(screen: Screen, { sources, store, spool, lag }: WatchHealth, now: number): void {
  const rate = sources.reduce((sum, { recordsPerSecond }) => sum + recordsPerSecond, 0);
  const waiting = spool.batches === 0 ? "" : ` · ${count(spool.batches)} wait (${octets(spool.bytes)})`;
  screen.line(
    [
      { text: "precursor watch", style: ["bold", "cyan"] },
      { text: `  ${sources.length === 1 ? "one source" : `${sources.length} sources`} · ${short(rate)} records/s · store ` },
      store.isUp ? { text: "up", style: "green" } : { text: "away", style: ["bold", "red"] },
      { text: `${waiting}${lag < 600 ? "" : ` · ${duration(lag)} behind`}` },
    ],
    [{ text: `${dateTime(now)}Z`, style: "dim" }],
  );
}

function trouble(screen: Screen, { silent, store, intel, spool, futureRows, clock, refused }: WatchHealth): void {
  const told = [
    store.reason === null ? null : `store: ${store.reason}`,
    spool.reason === null ? null : `spool: ${spool.reason}`,
    spool.dropped === 0 ? null : `${count(spool.dropped)} observations found no room`,
    silent.length === 0 ? null : `silent: ${silent.join(", ")}`,
    clock,
    futureRows === 0 ? null : `${count(futureRows)} records of the future were left out`,
    intel.reason === null ? null : `feeds: ${intel.reason}`,
    intel.amiss.length === 0 ? null : `${count(intel.amiss.length)} of ${count(intel.feeds)} feeds amiss`,
    refused === 0 ? null : `${count(refused)} series were too many`,
  ].filter((text) => text !== null);
  if (told.length > 0) screen.line([{ text: `! ${told.join("; ")}`, style: "yellow" }]);
}

function seriesLines(screen: Screen, interval: WatchView["interval"], room: number): void {
  if (interval === null) {
    screen.heading("series", "the first five minutes are not over yet");
    return;
  }
  const learning = interval.isLearning ? "; learning what is ordinary" : "";
  const gap = interval.sensors.length === 0 ? "no sensor was alive" : `${interval.sensors.length} of ${interval.reference.length} sensors`;
  screen.heading("series", `sources in the five minutes from ${dateTime(interval.time).slice(11, 16)}Z, ${gap}${learning}`);
  const width = Math.min(MOST_SPARK, screen.width - NAME_WIDTH - NUMBERS_WIDTH - 4);
  for (const series of interval.top.slice(0, Math.max(1, room))) screen.line(seriesSpans(series, width, screen.ascii));
}

function seriesSpans({ name, recent, expected, high }: WatchedSeries, width: number, ascii: boolean): Span[] {
  const now = recent.at(-1) ?? null;
  const isHigh = now !== null && high !== null && now > high;
  const band = expected === null || high === null ? "learning" : `expected ${few(expected)}, to ${few(high)}`;
  return [
    { text: `  ${padded(name, NAME_WIDTH)} ` },
    ...sparkLine(recent, high, width, ascii),
    { text: ` ${(now === null ? "gap" : short(now)).padStart(6)}`, ...(isHigh ? { style: ["bold", "red"] as const } : {}) },
    { text: `  ${band}`, style: "dim" },
  ];
}

/** A line each, newest first; where there is room, what the newest mean, what to do about them, and who sends. */
function incidentLines(screen: Screen, incidents: readonly Incident[], room: number): void {
  screen.heading("incidents", incidents.length === 0 ? "none is open" : `${count(incidents.length)} open`);
  const shown = incidents.toSorted((a, b) => b.openedAt - a.openedAt).slice(0, Math.max(1, room));
  let spare = room - shown.length;
  for (const incident of shown) {
    screen.line(incidentSpans(incident));
    for (const spans of judgementLines(incident).slice(0, Math.max(0, spare))) {
      screen.line(spans);
      spare--;
    }
  }
}

function isJudged({ judgement }: Incident): boolean {
  return judgement !== undefined && judgement !== null;
}

function incidentSpans({ id, phase, sources, sensors, sensorsAlive, leading, others }: Incident): Span[] {
  const times = leading.expected > 0 ? `, ${few(leading.peak / leading.expected)} times the expected` : "";
  const more = others.length === 0 ? "" : `; ${others.length} more series`;
  return [
    { text: `  ${id} `, style: ["bold", "red"] },
    { text: `${phase}: ${count(sources)} sources${times}, ${sensors} of ${sensorsAlive} sensors${more}` },
  ];
}

function judgementLines({ judgement, notJudged }: Incident): Span[][] {
  if (judgement === undefined || judgement === null) return notJudged === undefined ? [] : [[{ text: `    ${notJudged}`, style: "dim" }]];
  const { severity, confidence, bottomLine, actions, sources } = judgement;
  const lines: Span[][] = [[{ text: `    ${severity}, confidence ${confidence}: `, style: "bold" }, { text: bottomLine }]];
  const command = actions.flatMap(({ commands }) => commands)[0];
  if (command !== undefined) lines.push([{ text: `    ${command}`, style: "cyan" }]);
  for (const { address, labels } of sources.slice(0, MOST_NAMED)) {
    const { acknowledged, reputation } = labels;
    const words = [
      networkWords(labels),
      acknowledged === null ? null : `${acknowledged.status} research: ${acknowledged.organisation}`,
      reputation === null ? null : reputationWords(reputation),
    ];
    lines.push([{ text: `    ${address} ` }, { text: words.filter((word) => word !== null).join("; "), style: "dim" }]);
  }
  return lines;
}

function few(value: number): string {
  return value >= 10 ? short(value) : value.toFixed(1).replace(/\.0$/, "");
}

function padded(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
