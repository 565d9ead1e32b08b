/** From a report to where the user wants it: format, place, colour, exit code. Shared by `assess` and `demo`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SEVERITIES, type Severity } from "../model/assessment.ts";
import { UsageError } from "../model/errors.ts";
import type { Explanation } from "../model/explanation.ts";
import type { Report } from "../model/report.ts";
import type { ReportFormat } from "../report/options.ts";
import { formatOf, printText, textLook } from "./text-output.ts";

const FORMATS = ["text", "md", "json", "html"] as const satisfies readonly ReportFormat[];
export interface ReportFlags {
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly limit?: number;
  readonly color: boolean;
  readonly ascii?: true;
  readonly failOn?: Severity;
}

/** Adds the options that say how the report is printed. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-f, --format <format>",
        "text for people, md for tickets, json for programs, html for a page; by default what the name of --output ends in, else text",
      ).choices(FORMATS),
    )
    .option("-o, --output <file>", "write the report to a file, whole or not at all; - is standard output")
    .option(
      "--limit <n>",
      "rows in the lists of scans and victims (default: what fits in text, 10 in md, 200 in html, 1000 in json)",
      parseLimit,
    )
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 where the severity is this or above").choices(
        SEVERITIES.filter((severity) => severity !== "none"),
      ),
    )
    .option("--no-color", "never colour; otherwise only on a terminal, or as NO_COLOR and FORCE_COLOR say")
    .option("--ascii", "no characters beyond ASCII in text");
}

/** The format that flags ask for. Throws where the output's place cannot be written to, before any work is done. */
export function chooseFormat(flags: ReportFlags): ReportFormat {
  return formatOf(flags, FORMATS);
}

/** Prints the report, or in its place the explanation of one address. */
export async function printReport(
  report: Report,
  explanation: Explanation | null,
  format: ReportFormat,
  flags: ReportFlags,
): Promise<void> {
  const text = explanation === null ? await renderReport(report, format, flags) : await renderExplained(explanation, format, flags);
  await printText(text, flags);
}

/** Prints how the judgement came about, as text, or as text in a fence for Markdown. */
export async function printJudgement({ assessment }: Report, format: ReportFormat, flags: ReportFlags): Promise<void> {
  const { renderJudgement } = await import("../report/judgement-steps.ts");
  const isFenced = format === "md";
  const text = renderJudgement(assessment, isFenced ? { ...textLook(flags), colour: false } : textLook(flags));
  await printText(isFenced ? `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n` : text, flags);
}

/** 0, or 1 where the severity is at or above `failOn`, or 2 where some input could not be read. */
export function exitCodeOf(report: Report, failOn: Severity | undefined): 0 | 1 | 2 {
  if (report.input.unreadable.length > 0) return 2;
  if (failOn === undefined) return 0;
  return SEVERITIES.indexOf(report.assessment.severity) >= SEVERITIES.indexOf(failOn) ? 1 : 0;
}

/** A whole number from `minimum` to `maximum`. */
export function parseWhole(text: string, minimum: number, maximum: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (number < minimum || number > maximum) throw new InvalidArgumentError(`A whole number from ${minimum} to ${maximum} is expected.`);
  return number;
}

function parseLimit(text: string): number {
  return parseWhole(text, 1, 1_000_000);
}

async function renderReport(report: Report, format: ReportFormat, flags: ReportFlags): Promise<string> {
  const { render } = await import("../report/index.ts");
  const limit = flags.limit === undefined ? {} : { limit: flags.limit };
  return render(report, format, { ...textLook(flags), ...limit });
}

async function renderExplained(explanation: Explanation, format: ReportFormat, flags: ReportFlags): Promise<string> {
  if (format === "html") throw new UsageError("--explain prints text, md or json");
  if (format === "json") return JSON.stringify({ schema: "precursor.explanation/1", ...explanation }, null, 2);
  const { renderExplanation } = await import("../report/explanation.ts");
  const text = renderExplanation(explanation, format === "md" ? { ...textLook(flags), colour: false } : textLook(flags));
  return format === "md" ? `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n` : text;
}
