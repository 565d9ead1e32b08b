/** What is read, and which part of it: the options that `assess` and `convert` share. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { Mapping } from "../formats/mapped/mapping.ts";
import { FilterError, UsageError } from "../model/errors.ts";
import { compileFilter } from "../observe/filter/index.ts";
import { DetailedError, pointAt } from "./failure.ts";
import { parseMoment } from "./moment.ts";
import { systemReason } from "../sources/file.ts";

export interface InputFlags {
  readonly since?: number;
  readonly until?: number;
  readonly filter?: string;
  readonly inputFormat?: string;
  readonly mapping?: string;
  readonly verbose?: true;
  readonly quiet?: true;
  readonly progress?: true;
}

/** What the pipeline needs of the flags. */
export interface InputChoice {
  readonly since: number | null;
  readonly until: number | null;
  readonly filter: string | null;
  readonly inputFormat: string | null;
}

export function addInputOptions(command: Command): Command {
  return command
    .option("--since <time>", "leave out what is before: ISO 8601 (UTC where no offset is given) or seconds since 1970", parseMoment)
    .option("--until <time>", "leave out what is at or after", parseMoment)
    .option("--filter <expr>", "take only packets that match, in tcpdump's words and some more (docs/filter.md)")
    .option("--input-format <name>", "read every input as this format (precursor formats lists them) instead of recognising it")
    .option("--mapping <file>", "a YAML file that tells what the columns of a CSV, JSON lines or Parquet input are (docs/mapping.md)");
}

export function addReadingOptions(command: Command): Command {
  return command
    .option("--progress", "show progress also where standard error is no terminal")
    .option("-v, --verbose", "tell on standard error what was read, skipped and how fast")
    .option("-q, --quiet", "nothing on standard error but errors");
}

/** Checks the flags against one another. Throws UsageError. */
export function inputChoice(inputs: readonly string[], flags: InputFlags): InputChoice {
  if (inputs.length === 0) throw new UsageError("no input: name a file, a folder, or - for standard input");
  const since = flags.since ?? null;
  const until = flags.until ?? null;
  if (since !== null && until !== null && since >= until)
    throw new UsageError("--since is not before --until: nothing is left between them");
  if (flags.quiet === true && flags.verbose === true) throw new UsageError("--quiet and --verbose exclude each other");
  return { since, until, filter: flags.filter ?? null, inputFormat: flags.inputFormat ?? null };
}

/** Refuses what cannot be read anyway, before anything is. */
export function checkInputs(inputs: readonly string[], filter: string | null): void {
  if (filter !== null) checkFilter(filter);
  if (inputs.includes("-") && process.stdin.isTTY) throw new UsageError("standard input is a terminal: pipe something into it");
}

/** A filter that does not parse, with a mark under the place where it breaks. */
function checkFilter(filter: string): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new DetailedError(error, `--filter, column ${error.position + 1}: ${error.message}`, pointAt(filter, error.position));
  }
}

/** The mapping of `--mapping`, or null. Throws UsageError with the line that is wrong. */
export async function mappingOf({ mapping }: InputFlags): Promise<Mapping | null> {
  if (mapping === undefined) return null;
  let text: string;
  try {
    text = readFileSync(mapping, "utf8");
  } catch (error) {
    throw new UsageError(`--mapping ${mapping}: ${systemReason(error)}`);
  }
  const { readMapping } = await import("./mapping-file.ts");
  return readMapping(text, mapping);
}

export function showsProgress(flags: InputFlags): boolean {
  if (flags.quiet === true) return false;
  return flags.progress === true || process.stderr.isTTY;
}
