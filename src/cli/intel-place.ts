/** Where reputation feeds are kept: `--intel`, else PRECURSOR_INTEL, else a folder beside that of history. */
import { join } from "node:path";
import type { Command } from "commander";
import { dataFolder } from "./store-place.ts";

const DESCRIPTION = "the folder of reputation feeds (default: PRECURSOR_INTEL, else one of yours)";

/** Adds `--intel` and `--no-intel`, for commands that use feeds where there are some. */
export function addIntelOptions(command: Command): Command {
  return command.option("--intel <folder>", DESCRIPTION).option("--no-intel", "use no reputation feeds");
}

/** Adds `--intel` alone, for commands about feeds. */
export function addIntelOption(command: Command): Command {
  return command.option("--intel <folder>", DESCRIPTION);
}

/** The folder, or null for `--no-intel`. `intel` is true where nothing was said, false for `--no-intel`. */
export function intelFolder({ intel }: { readonly intel?: string | boolean }, environment: NodeJS.ProcessEnv = process.env): string | null {
  return intel === false ? null : intelPlace(typeof intel === "string" ? intel : undefined, environment);
}

export function intelPlace(folder: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const named = folder ?? environment["PRECURSOR_INTEL"] ?? "";
  return named === "" ? join(dataFolder(environment), "intel") : named;
}
