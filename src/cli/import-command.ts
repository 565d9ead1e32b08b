/** `precursor import`: history from files, old and new. */
import type { Command } from "commander";
import { parseNetwork } from "../model/address.ts";
import { UsageError } from "../model/errors.ts";
import { shieldStandardInput } from "../model/standard-input.ts";
import { DEFAULT_SENSOR } from "../model/history.ts";
import type { Imported } from "../pipeline/history/import.ts";
import type { Store } from "../store/store.ts";
import { MOST_TARGET_GROUPS } from "../observe/recorder/series-columns.ts";
import type { TargetGroup } from "../observe/recorder/interval-recorder.ts";
import type { watchSetting } from "./config/watch-setting.ts";
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
  readonly config?: string;
  readonly sensor?: string;
  readonly target?: readonly TargetGroup[];
  readonly home?: readonly string[];
  readonly assets?: string;
  readonly threads: number;
}

export function addImportCommand(program: Command): void {
  const command = program
    .command("import")
    .description("Fill history from files, old and new, so that there are baselines on the first day.")
    .argument("[inputs...]", "files, folders, or - for standard input, in any order of time")
    .option("--sensor <name>", `whose observations they are (default: the config's, else "${DEFAULT_SENSOR}")`, parseSensor)
    .option("-c, --config <file>", "take home, targets, sensor and store from this config file, as precursor watch does")
    .option(
      "--target <name=cidr,...>",
      "keep apart how these networks of yours are probed, as targets in the config; may be given again",
      addTarget,
    )
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
      [
        "precursor import /var/captures --config precursor.yaml",
        "As precursor watch would have recorded it: its networks, target groups and sensor.",
      ],
      ["zcat old/*.gz | precursor import - --input-format netfilter", "From standard input."],
    ],
    [
      "The same file again adds nothing, packed or not, and an interrupted import may be run again; of a file that has grown, what is new is added.",
      "What several files of one import have in common counts once (docs/history.md).",
    ],
  );
}

function parseSensor(text: string): string {
  if (!SENSOR.test(text)) throw new UsageError(`--sensor takes a name of letters, digits and . _ : @ / -, not '${text}'`);
  return text;
}

/** `--target servers=192.0.2.0/28,198.51.100.7` */
function addTarget(text: string, before: readonly TargetGroup[] = []): readonly TargetGroup[] {
  const [, name = "", list = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  const networks = list.split(",").map(parseNetwork);
  if (!SENSOR.test(name) || !networks.every((network) => network !== null))
    throw new UsageError(`--target takes a name and networks such as servers=192.0.2.0/28,198.51.100.7, not '${text}'`);
  return [...before.filter((group) => group.name !== name), { name, networks }];
}

/** Groups of the config, and those of the command line, which go before them. */
function mergedTargets(config: readonly TargetGroup[], named: readonly TargetGroup[]): readonly TargetGroup[] {
  const all = [...config.filter(({ name }) => named.every((group) => group.name !== name)), ...named];
  if (all.length > MOST_TARGET_GROUPS) throw new UsageError(`${all.length} groups of targets: ${MOST_TARGET_GROUPS} can be kept apart`);
  return all;
}

async function settingOf(path: string): Promise<ReturnType<typeof watchSetting>> {
  const [{ loadConfig }, setting] = await Promise.all([import("./config/load-config.ts"), import("./config/watch-setting.ts")]);
  return setting.watchSetting(loadConfig(path), { sources: [] });
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
  const config = flags.config === undefined ? null : await settingOf(flags.config);
  const place = flags.store === undefined && config !== null ? config.store : storePlace(flags);
  const sensor = flags.sensor ?? config?.sensor ?? DEFAULT_SENSOR;
  const targets = mergedTargets(config?.targets ?? [], flags.target ?? []);
  const { importHistory } = await import("../pipeline/history/import.ts");
  const { openHistory, openStore, placeName } = await import("../store/open-store.ts");
  // The store is opened while standard input is read, maybe by another thread: by then that has to have moved
  if (place.kind === "folder") shieldStandardInput();
  // Opened by the import, at the first observation.
  const stores: Store[] = [];
  const line = showsProgress(flags) ? new ProgressLine(process.stderr) : null;
  process.once("exit", () => line?.clear());
  let imported;
  try {
    const given = home.flatMap((text) => parseNetwork(text) ?? []);
    const networks = given.length > 0 ? given : held.length > 0 ? held : (config?.home ?? []);
    const onProgress = line === null ? null : line.show.bind(line);
    const { threads } = flags;
    imported = await importHistory(
      { inputs, ...choice, mapping, sensor, home: networks, targets, threads, onProgress },
      {
        openKnown: () => openHistory(place),
        open: async () => {
          const store = await openStore(place);
          stores.push(store);
          return store;
        },
      },
    );
  } finally {
    line?.clear();
    for (const store of stores) await store.close();
  }
  await printImported(imported, { place: placeName(place), sensor }, format, flags);
}

async function printImported(
  imported: Imported,
  { place, sensor }: { readonly place: string; readonly sensor: string },
  format: string,
  flags: ImportFlags,
): Promise<void> {
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
  const report = { store: place, sensor, inputs, twins, unreadable, passedOver, seconds };
  const { renderImportJson, renderImportText } = await import("../report/imported.ts");
  await printText(format === "json" ? renderImportJson(report) : renderImportText(report, textLook(flags)), flags);
  if (unreadable.length > 0 || summary.sources.some(isUseless)) process.exitCode = EXIT_UNREADABLE;
}
