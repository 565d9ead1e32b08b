/** `precursor assets`: an example of a list of assets, and a check of one. */
import { Argument, type Command } from "commander";
import { ConfigError, UsageError } from "../model/errors.ts";
import { escapeControls } from "../report/escape.ts";
import { addExamples } from "./examples.ts";
import { writeError, writeOutput } from "./terminal.ts";

const ACTIONS = ["init", "check"] as const;
const EXIT_WRONG = 2;

export function addAssetsCommand(program: Command): void {
  const command = program
    .command("assets")
    .description("Begin a list of what your networks hold, or check it.")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .argument("[file]", "the list, YAML or CSV (docs/assets.md)")
    .action(async (action: (typeof ACTIONS)[number], file: string | undefined) => {
      if (action === "check") return check(file);
      const { ASSETS_EXAMPLE } = await import("./assets/asset-shape.ts");
      return writeOutput(ASSETS_EXAMPLE);
    });
  addExamples(
    command,
    [
      ["precursor assets init > assets.yaml", "A commented example to begin with."],
      ["precursor assets check assets.yaml", "What it holds, how large each sector is, and every problem with its line."],
      ["precursor assess capture.pcap --assets assets.yaml", "Whom the scans meant, tested against what each sector exposes."],
    ],
    [],
  );
}

async function check(file: string | undefined): Promise<void> {
  if (file === undefined) throw new UsageError("assets check: name the file");
  const [{ loadAssets }, { assetSummary }] = await Promise.all([import("./assets/asset-file.ts"), import("./assets/asset-summary.ts")]);
  try {
    const { assets, notes } = loadAssets(file);
    await writeOutput(`${[`${file}: fine`, ...assetSummary(assets), ...notes].map(escapeControls).join("\n")}\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await writeError(error.problems.map((problem) => `precursor: ${problem} (${error.code})\n`).join(""));
    process.exitCode = EXIT_WRONG;
  }
}
