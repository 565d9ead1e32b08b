/** The head of the screen: severity, confidence, the judgement in a sentence, the input it stands on and its course over time. */
import type { Severity } from "../../model/assessment.ts";
import type { Timeline } from "../../model/activity.ts";
import type { NoteSentence } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { isEvidence, notePart } from "../note-words.ts";
import { inputWords } from "../limits.ts";
import { counted, duration, short, timeSpan } from "../quantity.ts";
import { coarsen, sparkline, totalBins } from "../timeline-bins.ts";
import { inputNameParts, SEVERITY_PHRASES } from "../wording.ts";
import { displayWidth, truncateStart } from "./display-width.ts";
import type { Screen, Span, Style } from "./screen.ts";

/** A course of fewer bins, or of single packets, shows nothing. */
const FEWEST_BINS = 8;

/** "  peak 12.3 M in 12 min 48 s" and a margin. */
const PEAK_COLUMNS = 28;
const ENOUGH_COLUMNS = 20;
/** Lines of the note that leave room for the rest on one screen; the other formats have all of it. */
const BOTTOM_LINES = 6;
const WHY_LINES = 7;
const NEXT_LINES = 3;

const BADGES: Readonly<Record<Severity, Style>> = {
  none: ["bold", "green", "inverse"],
  low: ["bold", "blue", "inverse"],
  medium: ["bold", "yellow", "inverse"],
  high: ["bold", "red", "inverse"],
  critical: ["bold", "magenta", "inverse"],
};

export function writeBottomLine(screen: Screen, report: Report): void {
  const { severity, confidence, tooEarly } = report.assessment;
  const sure = `confidence ${confidence}${tooEarly ? ", too early to tell" : ""}`;
  screen.line(
    [
      { text: ` ${severity.toUpperCase()} `, style: BADGES[severity] },
      { text: `  ${SEVERITY_PHRASES[severity]} · ${sure}`, style: "bold" },
    ],
    [{ text: `precursor ${report.version}`, style: "dim" }],
  );
  writeNote(screen, report);
  screen.blank();
  screen.line([{ text: inputLine(screen, report), style: "dim" }]);
  const { firstSeen, lastSeen } = report.input;
  if (firstSeen === null || lastSeen === null) return;
  writeTime(screen, report.timeline, `${timeSpan(firstSeen, lastSeen, "→")} · ${duration(lastSeen - firstSeen)}`);
}

/** The bottom line, why, and what comes next; what to do has a section of its own. */
function writeNote(screen: Screen, { assessment }: Report): void {
  screen.sentences(notePart(assessment, "bottom-line").map(cited), { style: "bold", maxLines: BOTTOM_LINES });
  const why = notePart(assessment, "why").map(cited);
  if (why.length > 0) screen.sentences(why, { mark: { text: "Why ", style: "bold" }, maxLines: WHY_LINES });
  const next = notePart(assessment, "next").map(({ text }) => text);
  if (next.length > 0) screen.sentences(next, { mark: { text: "Next", style: "bold" }, maxLines: NEXT_LINES });
}

/** A sentence with the evidence that it stands on, "[E1 E2]", which --explain-judgement lists. */
function cited({ text, leadsTo }: NoteSentence): string {
  const refs = leadsTo.filter(isEvidence);
  return refs.length === 0 ? text : `${text} [${refs.join(" ")}]`;
}

/** The input's name and size; of a long name the end is kept. */
function inputLine(screen: Screen, report: Report): string {
  const [before, name, after] = inputNameParts(report).map((part) => screen.clean(part));
  const rest = `${after ?? ""} · ${inputWords(report)}, ${counted(report.senderCount, "sender")}`;
  const room = screen.width - displayWidth(`${before ?? ""}${screen.clean(rest)}`);
  return `${before ?? ""}${truncateStart(name ?? "", Math.max(20, room), screen.clean("…"))}${rest}`;
}

/** When, with the course of it beside, or below where there is no room. */
function writeTime(screen: Screen, timeline: Timeline, when: string): void {
  const time = { text: when, style: "dim" } as const;
  const total = totalBins(timeline);
  const course = (columns: number): Span[] | null => {
    const { bins, factor } = coarsen(total, columns);
    const peak = Math.max(...bins);
    if (bins.length < FEWEST_BINS || !(peak > 1)) return null;
    return [
      { text: sparkline(bins, screen.ascii), style: "cyan" },
      { text: `  peak ${short(peak)} in ${duration(timeline.binSeconds * factor)}`, style: "dim" },
    ];
  };
  const beside = screen.width - displayWidth(screen.clean(when)) - PEAK_COLUMNS;
  const spans = course(beside >= ENOUGH_COLUMNS ? beside : screen.width - PEAK_COLUMNS);
  if (spans === null) screen.line([time]);
  else if (beside >= ENOUGH_COLUMNS) screen.line([time, { text: "  " }, ...spans]);
  else {
    screen.line([time]);
    screen.line(spans);
  }
}
