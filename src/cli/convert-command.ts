/** `precursor convert`: any input as our own compact observations, to keep, to share and to assess again. */
import { readFileSync, writeSync } from "node:fs";
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import { systemReason } from "../sources/file.ts";
import { addExamples } from "./examples.ts";
import {
  addInputOptions,
  addReadingOptions,
  checkInputs,
  inputChoice,
  type InputFlags,
  mappingOf,
  showsProgress,
} from "./input-options.ts";
import { checkOutputPath, openOutputFile } from "./output-file.ts";
import { ProgressLine, scaled } from "./progress.ts";
import { isUseless, readingNotes } from "./reading-notes.ts";
import { writeError } from "./terminal.ts";

/** Some input could not be read. */
const EXIT_UNREADABLE = 2;
/** Words shorter than this are guessed. */
const LEAST_PASSPHRASE = 12;

interface ConvertFlags extends InputFlags {
  readonly output: string;
  readonly anonymise?: true;
  readonly passphraseFile?: string;
}

export function addConvertCommand(program: Command): void {
  const command = program
    .command("convert")
    .description("Write any input as compact observations (Parquet), which every command reads back the same.")
    .argument("<inputs...>", "files, folders, or - for standard input; several become one")
    .requiredOption("-o, --output <file>", "the Parquet file, whole or not at all; - is standard output")
    .option("--anonymise", "replace every address by another, prefixes kept (Crypto-PAn), under a key that nobody keeps")
    .option("--passphrase-file <file>", "the key of --anonymise from the words in this file, so that several files fit together");
  addReadingOptions(addInputOptions(command)).action(convertInputs);
  addExamples(
    command,
    [
      ["precursor convert capture.pcap -o capture.parquet", "Keep what matters of a capture, in a fraction of its size."],
      ["precursor convert /var/log/flows --since 2013-11-02 -o day.parquet", "A day of flow records and logs as one file."],
      ["precursor convert capture.pcap --anonymise -o share.parquet", "For a bug report: addresses replaced, no payload kept."],
    ],
    [
      "Payloads and names are never kept. Times, ports and sizes stay as they are: whoever saw the same packets can match them.",
      "precursor assess reads the file as it reads what it was made of.",
    ],
  );
}

async function convertInputs(inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  const choice = inputChoice(inputs, flags);
  checkInputs(inputs, choice.filter);
  const mapping = await mappingOf(flags);
  if (flags.passphraseFile !== undefined && flags.anonymise !== true)
    throw new UsageError("--passphrase-file is of --anonymise: give both");
  const toStandardOutput = flags.output === "-";
  if (toStandardOutput && process.stdout.isTTY) throw new UsageError("standard output is a terminal: write to a file or a pipe");
  if (!toStandardOutput) checkOutputPath(flags.output);
  const key = flags.anonymise === true ? await anonymisationKey(flags.passphraseFile) : null;
  const { convert } = await import("../pipeline/convert.ts");
  const line = showsProgress(flags) ? new ProgressLine(process.stderr) : null;
  const file = toStandardOutput ? null : openOutputFile(flags.output);
  process.once("exit", () => {
    line?.clear();
    file?.abandon();
  });
  const started = performance.now();
  const onProgress = line === null ? null : line.show.bind(line);
  let converted;
  try {
    converted = await convert({ inputs, ...choice, mapping, key, onProgress }, (octets) =>
      file === null ? writeAll(octets) : file.write(octets),
    );
    if (converted.summary.sources.every(isUseless)) file?.abandon();
    else file?.commit();
  } catch (error) {
    file?.abandon();
    throw error;
  } finally {
    line?.clear();
  }
  const { summary, unreadable, passedOver, rows, octets } = converted;
  const reading = {
    sources: summary.sources,
    records: summary.sources.reduce((sum, source) => sum + source.records, 0),
    skipped: Object.fromEntries(summary.skipped),
    encapsulations: Object.fromEntries(summary.encapsulations),
    lost: Object.fromEntries(summary.lost),
    live: [],
    unreadable: unreadable.map((error) => `${error.message} (${error.code})`),
    passedOver,
  };
  const seconds = (performance.now() - started) / 1000;
  const notes = readingNotes(reading, { quiet: flags.quiet === true, verbose: flags.verbose === true, done: "converted", seconds });
  if (flags.verbose === true) notes.push(`precursor: ${flags.output}: ${rows} observations, ${scaled(octets, "B")}`);
  if (notes.length > 0) await writeError(`${notes.join("\n")}\n`);
  if (unreadable.length > 0 || summary.sources.some(isUseless)) process.exitCode = EXIT_UNREADABLE;
}

async function anonymisationKey(passphraseFile: string | undefined): Promise<Uint8Array> {
  const { keyOfPassphrase, randomKey } = await import("../formats/observations/crypto-pan.ts");
  if (passphraseFile === undefined) return randomKey();
  let words: string;
  try {
    words = readFileSync(passphraseFile, "utf8").trim();
  } catch (error) {
    throw new UsageError(`--passphrase-file ${passphraseFile}: ${systemReason(error)}`);
  }
  if (words.length < LEAST_PASSPHRASE)
    throw new UsageError(`--passphrase-file ${passphraseFile}: ${LEAST_PASSPHRASE} characters at least; fewer are guessed`);
  return keyOfPassphrase(words);
}

/** Standard output takes as much as it has room for. */
function writeAll(octets: Uint8Array): void {
  for (let at = 0; at < octets.length;) {
    try {
      at += writeSync(process.stdout.fd, octets, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
