/** `precursor uptick`: any series in, what was out of the ordinary out. */
import { basename } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import packageManifest from "../../package.json" with { type: "json" };
import { UsageError } from "../model/errors.ts";
import type { UptickResult } from "../pipeline/uptick.ts";
import { addExamples } from "./examples.ts";
import { parseDuration } from "./moment.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";

const FORMATS = ["text", "json", "csv", "html"] as const;
type UptickFormat = (typeof FORMATS)[number];
/** Lines of a chart in the terminal. */
const CHART_HEIGHT = 10;
/** Charts in the terminal, at most: those with events first. */
const MOST_CHARTS = 20;
/** More false events than this a year are no alarm but noise. */
const MOST_FALSE_EVENTS = 1000;
const EXIT_FOUND = 1;

interface UptickFlags extends TextFlags {
  readonly bucket?: number;
  readonly fillZero?: true;
  readonly minCount: number;
  readonly falseEventsAYear: number;
  readonly plot?: true;
  readonly failOnEvent?: true;
  readonly quiet?: true;
}

export function addUptickCommand(program: Command): void {
  const command = program
    .command("uptick")
    .description("Find what was out of the ordinary in any series of counts: surges, ramps, shifts, each with its record.")
    .argument("<file>", "a table with the columns time, value and, for several, series; compressed or not; - for standard input")
    .option("--bucket <time>", "how long a value stands for, as in 5m, 1h or 1d; finer rows are added up (default: found)", parseBucket)
    .option("--fill-zero", "a bucket without a row had nothing; otherwise it is a gap, of which nothing is known")
    .option("--min-count <n>", "fewer than this in a window are no event", (text) => parseNumber(text, 0, 1e12), 5)
    .option(
      "--false-events-a-year <n>",
      "false events that are put up with, a series and year",
      (text) => parseNumber(text, 1e-6, MOST_FALSE_EVENTS),
      0.5,
    )
    .option("--plot", "draw each series in the terminal, with what was to be expected")
    .option("--fail-on-event", "exit with 1 where there is an event")
    .option("-q, --quiet", "nothing on standard error but errors")
    .action(printUpticks);
  addTextOptions(command, FORMATS);
  addExamples(
    command,
    [
      ["precursor uptick counts.csv", "A sentence for each event: when, how far, how surely, the highest since when."],
      ["precursor uptick counts.csv.gz --plot", "The same with a chart of each series."],
      ["precursor uptick counts.csv -o upticks.html", "As one page with plots."],
      ["zcat counts.csv.gz | precursor uptick - --bucket 1h --format json", "From standard input, by the hour, for programs."],
      ["precursor uptick counts.csv --fail-on-event -q > /dev/null || echo look", "In a script."],
    ],
    [
      "time is ISO 8601, a date, or seconds or milliseconds since 1970; value is a number from zero on, empty where there was none.",
      "A verdict uses only what came before it, as if the table were live. docs/upticks.md tells how it is reached.",
    ],
  );
}

async function printUpticks(input: string, flags: UptickFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  if (flags.plot === true && format !== "text") throw new UsageError(`--plot draws in text, not in ${format}; html has plots of its own`);
  const { findUpticks } = await import("../pipeline/uptick.ts");
  const result = await findUpticks({
    input,
    bucketSeconds: flags.bucket ?? null,
    fillZero: flags.fillZero === true,
    minCount: flags.minCount,
    falseEventsAYear: flags.falseEventsAYear,
    keepPoints: flags.plot === true || format === "html",
  });
  await printText(await render(result, format, input, flags), flags);
  if (flags.quiet !== true && format !== "text" && result.notes.length > 0) {
    const { escapeControls } = await import("../report/escape.ts");
    await writeError(result.notes.map((note) => `precursor: ${escapeControls(`${input}: ${note}`)}\n`).join(""));
  }
  if (flags.failOnEvent === true && result.events.length > 0) process.exitCode = EXIT_FOUND;
}

async function render(result: UptickResult, format: UptickFormat, input: string, flags: UptickFlags): Promise<string> {
  if (format === "html") {
    const { seriesPage } = await import("../report/series/series-page.ts");
    return seriesPage({
      title: input === "-" ? "standard input" : basename(input),
      plots: result.plots,
      lead: ["Each value is compared with what was to be expected before it came.", ...result.notes.map((note) => `${note}.`)].join(" "),
      version: packageManifest.version,
      madeAt: Date.now() / 1000,
    });
  }
  const { renderUpticksCsv, renderUpticksJson, renderUpticksText } = await import("../report/series/uptick-list.ts");
  if (format === "json") return renderUpticksJson(result);
  if (format === "csv") return renderUpticksCsv(result);
  return `${flags.plot === true ? await charts(result, flags) : ""}${renderUpticksText(result)}`;
}

async function charts(result: UptickResult, flags: UptickFlags): Promise<string> {
  const { terminalChart } = await import("../report/series/terminal-chart.ts");
  const options = { ...textLook(flags), height: CHART_HEIGHT };
  const shown = result.plots.toSorted((a, b) => b.upticks.length - a.upticks.length).slice(0, MOST_CHARTS);
  const left = result.plots.length - shown.length;
  const drawn = shown.map((plot) => `${terminalChart(plot, options).join("\n")}\n\n`).join("");
  return left > 0 ? `${drawn}${left} more series are not drawn.\n\n` : drawn;
}

function parseBucket(text: string): number {
  const seconds = parseDuration(text);
  if (seconds < 1 || !Number.isInteger(seconds)) throw new InvalidArgumentError("Write whole seconds or more, such as 5m, 1h or 1d.");
  return seconds;
}

function parseNumber(text: string, least: number, most: number): number {
  const number = /^\d+(?:\.\d+)?(?:e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new InvalidArgumentError(`A number from ${least} to ${most} is expected.`);
  return number;
}
