/** The head of the screen: severity, confidence, the judgement in a sentence, the input it stands on and its course over time. */
import type { Severity } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { inputWords } from "../limits.ts";
import { counted, duration, per, short, timeSpan } from "../quantity.ts";
import { coarsen, sparkline, totalBins } from "../timeline-bins.ts";
import { inputName, SEVERITY_PHRASES } from "../wording.ts";
import type { Screen, Style } from "./screen.ts";

const BADGES: Readonly<Record<Severity, Style>> = {
  none: ["bold", "green", "inverse"],
  low: ["bold", "blue", "inverse"],
  medium: ["bold", "yellow", "inverse"],
  high: ["bold", "red", "inverse"],
  critical: ["bold", "magenta", "inverse"],
};

export function writeBottomLine(screen: Screen, report: Report): void {
  const { severity, confidence, summary, tooEarly } = report.assessment;
  const sure = `confidence ${confidence}${tooEarly ? ", too early to tell" : ""}`;
  screen.line(
    [
      { text: ` ${severity.toUpperCase()} `, style: BADGES[severity] },
      { text: `  ${SEVERITY_PHRASES[severity]} · ${sure}`, style: "bold" },
    ],
    [{ text: `precursor ${report.version}`, style: "dim" }],
  );
  screen.blank();
  screen.paragraph(summary, { indent: 0, style: "bold", maxLines: 6 });
  screen.blank();
  screen.line([{ text: `${inputName(report)} · ${inputWords(report)}`, style: "dim" }]);
  const { firstSeen, lastSeen } = report.input;
  if (firstSeen === null || lastSeen === null) return;
  const senders = counted(report.senderCount, "sender");
  screen.line([{ text: `${timeSpan(firstSeen, lastSeen, "→")} · ${duration(lastSeen - firstSeen)} · ${senders}`, style: "dim" }]);
  writeCourse(screen, report);
}

function writeCourse(screen: Screen, report: Report): void {
  const { bins, factor } = coarsen(totalBins(report.timeline), screen.width - 40);
  if (bins.length < 2) return;
  const peak = Math.max(...bins);
  if (!(peak > 0)) return;
  const each = per(report.timeline.binSeconds * factor);
  screen.line([
    { text: sparkline(bins, screen.ascii), style: "cyan" },
    { text: `  peak ${short(peak)} packets per ${each}`, style: "dim" },
  ]);
}
