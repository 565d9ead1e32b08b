/** What reading came to, a line each for standard error: what was damaged, odd or unreadable; with --verbose, all of it. */
import { type InputSource, isQuiet, type ReportInput } from "../model/report.ts";
import { scaled } from "./progress.ts";

/** What of a report these lines tell. */
export type Reading = Pick<
  ReportInput,
  "sources" | "records" | "skipped" | "encapsulations" | "lost" | "live" | "unreadable" | "passedOver"
>;

export interface NoteOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** What was done with the records, for the last line: "assessed". */
  readonly done: string;
  readonly seconds: number;
}

/** Lines for standard error; none where all went well and nobody asked. */
export function readingNotes(input: Reading, { quiet, verbose, done, seconds }: NoteOptions): string[] {
  const notes = input.unreadable.map((line) => `precursor: ${line}`);
  if (!quiet || input.sources.some(isUseless)) notes.push(...damageLines(input, done), ...oddLines(input));
  if (!quiet) notes.push(...quietLines(input));
  if (!quiet && !verbose && input.passedOver.length > 0) notes.push(passedOverLine(input.passedOver));
  if (verbose) notes.push(...verboseLines(input, done, seconds));
  return notes;
}

function passedOverLine(names: readonly string[]): string {
  const [first = ""] = names;
  if (names.length === 1) return `precursor: ${first}: empty, or of no format that Precursor reads: passed over`;
  return `precursor: ${names.length} files of folders are empty or of no format that Precursor reads, and were passed over: ${first} and others (--verbose names them)`;
}

/** Live sources that heard nothing: no fault, and worth a word where one was expected to. */
function quietLines({ live }: Reading): string[] {
  return live.filter(isQuiet).map(({ name, place }) => `precursor: ${name}: nothing came while it was read (${place})`);
}

/** Nothing of the input could be used: as bad as one that cannot be opened. */
export function isUseless({ damage, records }: InputSource): boolean {
  return damage !== null && records === 0;
}

function damageLines({ sources }: Reading, done: string): string[] {
  return sources.flatMap(({ name, damage, records }) =>
    damage === null
      ? []
      : [`precursor: ${name}: damaged at octet ${damage.offset}: ${damage.reason}; ${doneBefore(records, done)} (E_INPUT_DAMAGED)`],
  );
}

function doneBefore(records: number, done: string): string {
  if (records === 0) return "no record could be read";
  return records === 1 ? `the 1 record before it was ${done}` : `the ${records} records before it were ${done}`;
}

/** Inputs that are likely something else than they were read as. */
function oddLines({ sources }: Reading): string[] {
  return sources.flatMap(({ name, format, unparsed, records, looksLike, faults }) => {
    if (looksLike === null) return [];
    const [first] = faults;
    const where = first === undefined ? "" : ` (first at ${first.unit} ${first.at}: ${first.reason})`;
    const share = `${unparsed} of ${records} records do not parse as ${format}${where}`;
    return [`precursor: ${name}: ${share}: the input ${looksLike}; --input-format names another`];
  });
}

function verboseLines({ sources, records, skipped, encapsulations, lost, passedOver }: Reading, done: string, seconds: number): string[] {
  const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
  const lines = [
    ...sources.flatMap(sourceLines),
    ...passedOver.map((name) => `precursor: ${name}: passed over: empty, or of no format that Precursor reads`),
  ];
  if (Object.keys(lost).length > 0) lines.push(`precursor: lost on the way: ${listed(lost)}`);
  if (Object.keys(skipped).length > 0) lines.push(`precursor: skipped: ${listed(skipped)}`);
  if (Object.keys(encapsulations).length > 0) lines.push(`precursor: stripped: ${listed(encapsulations)}`);
  lines.push(`precursor: ${done} in ${seconds.toFixed(1)} s: ${scaled(records / seconds, "records")}/s, ${scaled(bytes / seconds, "B")}/s`);
  return lines;
}

function sourceLines({ name, format, records, bytes, faults, unparsed, sampled }: InputSource): string[] {
  const lines = [`precursor: ${name}: ${format}, ${records} records, ${scaled(bytes, "B")}`];
  for (const { at, unit, reason } of faults) lines.push(`precursor: ${name}: ${unit} ${at}: ${reason}`);
  if (unparsed > faults.length) lines.push(`precursor: ${name}: ${unparsed - faults.length} further records that do not parse`);
  if (sampled !== null) {
    const factor = sampled.least === sampled.greatest ? `1 in ${sampled.least}` : `1 in ${sampled.least} to 1 in ${sampled.greatest}`;
    lines.push(`precursor: ${name}: ${sampled.records} records sampled ${factor}`);
  }
  return lines;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}
