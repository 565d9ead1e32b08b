/** `precursor assess`: captures in, a judgement out. */
import type { Command } from "commander";
import { parseIPv4, parseIPv6, parseNetwork } from "../model/address.ts";
import { FilterError, UsageError } from "../model/errors.ts";
import type { InputSource, Report } from "../model/report.ts";
import { compileFilter } from "../observe/filter/index.ts";
import { ASSESS_DEFAULTS, type AssessOptions } from "../pipeline/assess-options.ts";
import { addExamples } from "./examples.ts";
import { DetailedError, pointAt } from "./failure.ts";
import { parseMoment } from "./moment.ts";
import { ProgressLine, scaled } from "./progress.ts";
import { addReportOptions, chooseFormat, exitCodeOf, parseWhole, printReport, type ReportFlags } from "./report-output.ts";
import { writeError } from "./terminal.ts";

/** More threads than any machine that reads captures has cores to spare. */
const MAX_THREADS = 64;

/** Some input, or all of them, could not be read. */
const EXIT_UNREADABLE = 2;

interface AssessFlags extends ReportFlags {
  readonly home?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly filter?: string;
  readonly inputFormat?: string;
  readonly explain?: string;
  readonly threads: number;
  readonly verbose?: true;
  readonly quiet?: true;
  readonly progress?: true;
}

export function addAssessCommand(program: Command): void {
  const command = program
    .command("assess")
    .description("Assess captures: who probes, how, with which tool, whom, what it means and what to do.")
    .argument("[inputs...]", "files, folders, or - for standard input; several are read as one")
    .option("--home <cidr...>", "networks that you defend; guessed, and said so, where not given")
    .option("--since <time>", "leave out what is before: ISO 8601 (UTC where no offset is given) or seconds since 1970", parseMoment)
    .option("--until <time>", "leave out what is at or after", parseMoment)
    .option("--filter <expr>", "assess only packets that match, in tcpdump's words and some more (docs/filter.md)")
    .option("--explain <source>", "show, for one address, every class of packets that led to its label")
    .option("--input-format <name>", "read every input as this format (precursor formats lists them) instead of recognising it");
  addReportOptions(command)
    .option("--threads <n>", "threads that decode; 0 decides by size", (text) => parseWhole(text, 0, MAX_THREADS), 0)
    .option("--progress", "show progress also where standard error is no terminal")
    .option("-v, --verbose", "tell on standard error what was read, skipped and how fast")
    .option("-q, --quiet", "nothing on standard error but errors")
    .action(assessInputs);
  addExamples(
    command,
    [
      ["precursor assess capture.pcap", "One capture, on one screen."],
      ["precursor assess /var/captures --home 192.0.2.0/24 -o report.html", "All captures of a folder, as one page with plots."],
      ["tcpdump -i eth0 -c 100000 -w - | precursor assess -", "From standard input."],
      ["precursor assess a.pcap.zst --filter 'portzero or dst port 445' --since 2013-11-02T01:00", "Only a part of it."],
      ["precursor assess a.pcap --explain 93.174.93.175", "Why this address has its label."],
      ["precursor assess a.pcap --format json --fail-on high > report.json", "For programs; exit code 1 where it is high or critical."],
    ],
    [
      "--home takes several networks; put inputs before it, or -- between them.",
      "Where some inputs cannot be read, the others are assessed, the report is printed, and the exit code is 2.",
    ],
  );
}

async function assessInputs(inputs: readonly string[], flags: AssessFlags): Promise<void> {
  const options = assessOptions(inputs, flags);
  if (options.filter !== null) checkFilter(options.filter);
  const format = chooseFormat(flags);
  if (options.explain !== null && format === "html") throw new UsageError("--explain prints text, md or json, not html");
  if (options.inputs.includes("-") && process.stdin.isTTY) throw new UsageError("standard input is a terminal: pipe a capture into it");
  const { assess } = await import("../pipeline/assess.ts");
  const line = showsProgress(flags) ? new ProgressLine(process.stderr) : null;
  // Also where a signal ends the program.
  process.once("exit", () => line?.clear());
  const started = performance.now();
  let result;
  try {
    result = await assess({ ...options, onProgress: line === null ? null : (progress) => line.show(progress) });
  } finally {
    line?.clear();
  }
  const { report, explanation } = result;
  const { sources } = report.input;
  const useless = sources.some(isUseless);
  const notes = [...unreadableLines(report), ...(flags.quiet === true && !useless ? [] : [...damageLines(report), ...oddLines(report)])];
  if (flags.verbose === true) notes.push(...readingLines(report, (performance.now() - started) / 1000));
  process.exitCode = useless ? EXIT_UNREADABLE : exitCodeOf(report, flags.failOn);
  if (notes.length > 0) await writeError(`${notes.join("\n")}\n`);
  if (!sources.every(isUseless)) await printReport(report, explanation, format, flags);
}

/** The pipeline's options from the command line. Throws UsageError. */
export function assessOptions(inputs: readonly string[], flags: AssessFlags): AssessOptions {
  const { home, others } = splitHome(flags.home ?? []);
  const all = [...inputs, ...others];
  if (all.length === 0) throw new UsageError("no input: name a capture, a folder, or - for standard input");
  const since = flags.since ?? null;
  const until = flags.until ?? null;
  if (since !== null && until !== null && since >= until)
    throw new UsageError("--since is not before --until: nothing is left between them");
  const explain = flags.explain ?? null;
  if (explain !== null && parseIPv4(explain) === null && parseIPv6(explain) === null) {
    throw new UsageError(`--explain takes an IPv4 or IPv6 address, not '${explain}'`);
  }
  if (flags.quiet === true && flags.verbose === true) throw new UsageError("--quiet and --verbose exclude each other");
  return {
    inputs: all,
    home,
    since,
    until,
    filter: flags.filter ?? null,
    inputFormat: flags.inputFormat ?? null,
    explain,
    threads: flags.threads,
    limit: flags.limit ?? ASSESS_DEFAULTS.limit,
    onProgress: null,
  };
}

/**
 * `--home` takes all words that follow it, so `--home 10.0.0.0/8 capture.pcap` would swallow the capture: what does not look like a
 * network is an input. Values may be joined with commas.
 */
function splitHome(values: readonly string[]): { home: readonly string[]; others: readonly string[] } {
  const home: string[] = [];
  const others: string[] = [];
  for (const value of values) {
    const parts = value.split(",").filter((part) => part !== "");
    if (parts.length > 0 && parts.every((part) => parseNetwork(part) !== null)) home.push(...parts);
    else if (/^[\d.]+(?:\/\d*)?$|^[\da-f]*:[\da-f:.]*(?:\/\d*)?$/i.test(value) && value !== "." && value !== "..") {
      throw new UsageError(`--home takes networks such as 192.0.2.0/24, not '${value}'`);
    } else others.push(value);
  }
  if (values.length > 0 && home.length === 0) throw new UsageError(`--home takes networks such as 192.0.2.0/24, not '${values[0] ?? ""}'`);
  return { home, others };
}

function showsProgress(flags: AssessFlags): boolean {
  if (flags.quiet === true) return false;
  return flags.progress === true || process.stderr.isTTY;
}

/** Refuses a filter that does not parse before anything is read, with a mark under the place where it breaks. */
function checkFilter(filter: string): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new DetailedError(error, `--filter, column ${error.position + 1}: ${error.message}`, pointAt(filter, error.position));
  }
}

function unreadableLines(report: Report): string[] {
  return report.input.unreadable.map((line) => `precursor: ${line}`);
}

/** Nothing of the input could be used: as bad as one that cannot be opened. */
function isUseless({ damage, records }: InputSource): boolean {
  return damage !== null && records === 0;
}

function assessedBefore(records: number): string {
  if (records === 0) return "no record could be read";
  return records === 1 ? "the 1 record before it was assessed" : `the ${records} records before it were assessed`;
}

function damageLines(report: Report): string[] {
  return report.input.sources.flatMap(({ name, damage, records }) =>
    damage === null
      ? []
      : [`precursor: ${name}: damaged at octet ${damage.offset}: ${damage.reason}; ${assessedBefore(records)} (E_INPUT_DAMAGED)`],
  );
}

/** What a run without --verbose must know too: inputs that are likely something else than they were read as. */
function oddLines(report: Report): string[] {
  return report.input.sources.flatMap(({ name, format, unparsed, records, looksLike, faults }) => {
    if (looksLike === null) return [];
    const [first] = faults;
    const where = first === undefined ? "" : ` (first at ${first.unit} ${first.at}: ${first.reason})`;
    return [
      `precursor: ${name}: ${unparsed} of ${records} records do not parse as ${format}${where}: the input ${looksLike}; --input-format names another`,
    ];
  });
}

function readingLines(report: Report, seconds: number): string[] {
  const { sources, records, skipped, encapsulations, lost } = report.input;
  const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  const lines = sources.map(
    ({ name, format, records, bytes }) => `precursor: ${name}: ${format}, ${records} records, ${scaled(bytes, "B")}`,
  );
  for (const { name, faults, unparsed, sampled } of sources) {
    for (const { at, unit, reason } of faults) lines.push(`precursor: ${name}: ${unit} ${at}: ${reason}`);
    if (unparsed > faults.length) lines.push(`precursor: ${name}: ${unparsed - faults.length} further records that do not parse`);
    if (sampled !== null)
      lines.push(`precursor: ${name}: ${sampled.records} records sampled 1 in ${sampled.least} to 1 in ${sampled.greatest}`);
  }
  if (Object.keys(lost).length > 0) lines.push(`precursor: lost on the way: ${listed(lost)}`);
  if (Object.keys(skipped).length > 0) lines.push(`precursor: skipped: ${listed(skipped)}`);
  if (Object.keys(encapsulations).length > 0) lines.push(`precursor: stripped: ${listed(encapsulations)}`);
  lines.push(
    `precursor: assessed in ${seconds.toFixed(1)} s: ${scaled(records / seconds, "records")}/s, ${scaled(bytes / seconds, "B")}/s`,
  );
  return lines;
}
