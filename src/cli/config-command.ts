/** `precursor config`: an example to begin with, a check of all that is wrong, and what is in force. */
import { writeFileSync } from "node:fs";
import { Argument, type Command } from "commander";
import { ConfigError, OutputError } from "../model/errors.ts";
import { CONFIG_EXAMPLE } from "./config/config-example.ts";
import { CONFIG_NAME, statePlace } from "./config/config-place.ts";
import { addExamples } from "./examples.ts";
import { intelPlace } from "./intel-place.ts";
import { writeFailureReason } from "./output-file.ts";
import { storePlace } from "./store-place.ts";
import { writeError, writeOutput } from "./terminal.ts";

const ACTIONS = ["init", "check", "show"] as const;
type Action = (typeof ACTIONS)[number];
const EXIT_WRONG = 2;

export function addConfigCommand(program: Command): void {
  const command = program
    .command("config")
    .description("Begin a config file for watch, check it, or show what is in force.")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .argument("[file]", `the config file (${CONFIG_NAME} where none is named; init prints to standard output)`)
    .action(async (action: Action, file: string | undefined) => {
      switch (action) {
        case "init":
          return initialise(file);
        case "check":
          return check(file ?? CONFIG_NAME);
        case "show":
          return show(file ?? CONFIG_NAME);
      }
    });
  addExamples(
    command,
    [
      ["precursor config init precursor.yaml", "A commented example to begin with."],
      ["precursor config check precursor.yaml", "Every problem with its line and column; exit code 2 where there is one."],
      ["precursor config show precursor.yaml", "What is in force, defaults filled in and passwords hidden."],
    ],
    ["docs/config.md has all keys; precursor schema config prints a JSON Schema with which editors complete and check."],
  );
}

async function initialise(file: string | undefined): Promise<void> {
  if (file === undefined || file === "-") return writeOutput(CONFIG_EXAMPLE);
  try {
    writeFileSync(file, CONFIG_EXAMPLE, { flag: "wx", mode: 0o640 });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw new OutputError(file, exists ? "is there already; it was not touched" : writeFailureReason(error), error);
  }
  await writeError(`${file} written: name your sources in it, then precursor config check ${file}\n`);
}

async function check(path: string): Promise<void> {
  try {
    const { loadConfig } = await import("./config/load-config.ts");
    const config = loadConfig(path);
    const { file } = config;
    const { whoSetting } = await import("./config/who-setting.ts");
    whoSetting(config);
    await writeOutput(`${path}: fine, ${file.sources.length === 1 ? "one source" : `${file.sources.length} sources`}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await writeError(error.problems.map((problem) => `precursor: ${problem} (${error.code})\n`).join(""));
    process.exitCode = EXIT_WRONG;
  }
}

async function show(path: string): Promise<void> {
  const [{ loadConfig }, { showConfig }] = await Promise.all([import("./config/load-config.ts"), import("./config/config-view.ts")]);
  const { file } = loadConfig(path);
  const place = storePlace(file.store === undefined ? {} : { store: file.store });
  const store = place.kind === "folder" ? place.path : (file.store ?? place.url);
  await writeOutput(showConfig(file, { store, state: statePlace(file, process.env), intel: intelPlace(file.intel.folder) }));
}
