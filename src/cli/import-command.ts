/** `precursor import`: history from files, old and new. */
import type { Command } from "commander";
import { parseNetwork } from "../model/address.ts";
import { UsageError } from "../model/errors.ts";
import { DEFAULT_SENSOR } from "../model/history.ts";
import type { Imported } from "../pipeline/history/import.ts";
import type { Store } from "../store/store.ts";
import { addExamples } from "./examples.ts";
import { splitHome } from "./home-option.ts";
import {
  addInputOptions,
  addReadingOptions,
  checkInputs,
  inputChoice,
  type InputFlags,
  mappingOf,
  showsProgress,
} from "./input-options.ts";
import { ProgressLine } from "./progress.ts";
import { isUseless, readingNotes } from "./reading-notes.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption, type StoreFlags, storePlace } from "./store-place.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";

const FORMATS = ["text", "json"] as const;
/** Some input could not be read. */
const EXIT_UNREADABLE = 2;
const MAX_THREADS = 64;
/** Letters, digits and what stands between them in names of hosts and interfaces. */
const SENSOR = /^[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,62}$/u;

interface ImportFlags extends InputFlags, StoreFlags, TextFlags {
  readonly sensor: string;
  readonly home?: readonly string[];
  readonly assets?: string;
  readonly threads: number;
}

export function addImportCommand(program: Command): void {
  const command = program
    .command("import")
    .description("Fill history from files, old and new, so that there are baselines on the first day.")
    .argument("[inputs...]", "files, folders, or - for standard input, in any order of time")
    .option("--sensor <name>", "whose observations they are", parseSensor, DEFAULT_SENSOR)
    .option("--home <cidr...>", "networks that you defend: only what goes to them and comes from others counts")
    .option("--assets <file>", "a list of what your networks hold (docs/assets.md); they are home where --home is not given")
    .action(importInputs);
  addStoreOption(addInputOptions(command));
  addTextOptions(command, FORMATS).option(
    "--threads <n>",
    "threads that decode; 0 decides by size",
    (text) => parseWhole(text, 0, MAX_THREADS),
    0,
  );
  addReadingOptions(command);
  addExamples(
    command,
    [
      ["precursor import /var/captures --home 192.0.2.0/24", "All captures of a folder."],
      [
        "precursor import flows-2013/ --sensor border --store /srv/history",
        "Flow records of a year, as another sensor's, to another place.",
      ],
      ["zcat old/*.gz | precursor import - --input-format netfilter", "From standard input."],
    ],
    [
      "The same file again adds nothing, and an interrupted import may be run again: each part is known by the content of its file.",
      "Of files that overlap, packets are counted twice where they do, sources and targets once (docs/history.md).",
    ],
  );
}

function parseSensor(text: string): string {
  if (!SENSOR.test(text)) throw new UsageError(`--sensor takes a name of letters, digits and . _ : @ / -, not '${text}'`);
  return text;
}

async function importInputs(named: readonly string[], flags: ImportFlags): Promise<void> {
  const { home, others } = splitHome(flags.home ?? []);
  const inputs = [...named, ...others];
  const choice = inputChoice(inputs, flags);
  checkInputs(inputs, choice.filter);
  const format = formatOf(flags, FORMATS);
  const mapping = await mappingOf(flags);
  const held =
    flags.assets === undefined
      ? []
      : (await import("./assets/asset-file.ts")).loadAssets(flags.assets).assets.flatMap(({ networks }) => networks);
  const place = storePlace(flags);
  const { importHistory } = await import("../pipeline/history/import.ts");
  const { openStore, placeName } = await import("../store/open-store.ts");
  // Opened by the import, at the first observation.
  const stores: Store[] = [];
  const line = showsProgress(flags) ? new ProgressLine(process.stderr) : null;
  process.once("exit", () => line?.clear());
  let imported;
  try {
    const given = home.flatMap((text) => parseNetwork(text) ?? []);
    const networks = given.length > 0 ? given : held;
    const onProgress = line === null ? null : line.show.bind(line);
    const { sensor, threads } = flags;
    imported = await importHistory({ inputs, ...choice, mapping, sensor, home: networks, targets: [], threads, onProgress }, async () => {
      const store = await openStore(place);
      stores.push(store);
      return store;
    });
  } finally {
    line?.clear();
    for (const store of stores) await store.close();
  }
  await printImported(imported, placeName(place), format, flags);
}

async function printImported(imported: Imported, place: string, format: string, flags: ImportFlags): Promise<void> {
  const { summary, inputs, twins, seconds, passedOver } = imported;
  const unreadable = imported.unreadable.map((error) => `${error.message} (${error.code})`);
  const reading = {
    sources: summary.sources,
    records: summary.sources.reduce((sum, source) => sum + source.records, 0),
    skipped: Object.fromEntries(summary.skipped),
    encapsulations: Object.fromEntries(summary.encapsulations),
    lost: Object.fromEntries(summary.lost),
    unreadable,
    live: [],
    passedOver,
  };
  const notes = readingNotes(reading, { quiet: flags.quiet === true, verbose: flags.verbose === true, done: "imported", seconds });
  if (notes.length > 0) await writeError(`${notes.join("\n")}\n`);
  const report = { store: place, sensor: flags.sensor, inputs, twins, unreadable, passedOver, seconds };
  const { renderImportJson, renderImportText } = await import("../report/imported.ts");
  await printText(format === "json" ? renderImportJson(report) : renderImportText(report, textLook(flags)), flags);
  if (unreadable.length > 0 || summary.sources.some(isUseless)) process.exitCode = EXIT_UNREADABLE;
}
