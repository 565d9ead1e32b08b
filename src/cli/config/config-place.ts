/** Where a config lies, and what outlives a run: apart from reading it, which loads a YAML parser and a checker that most runs need not. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ConfigFile } from "./config-schema.ts";

/** What commands look for where no file is named. */
export const CONFIG_NAME = "precursor.yaml";

/** The folder of what outlives a run: named, systemd's (systemd.exec(5)), the system's for root, or the user's own (XDG base directories). */
export function statePlace(file: Pick<ConfigFile, "state">, environment: Readonly<Record<string, string | undefined>>): string {
  if (file.state !== undefined) return file.state;
  const given = environment["STATE_DIRECTORY"]?.split(":")[0] ?? "";
  if (given !== "") return join(given, "watch");
  if (process.getuid?.() === 0) return "/var/lib/precursor/watch";
  const base = environment["XDG_STATE_HOME"] ?? "";
  return resolve(base === "" ? join(homedir(), ".local", "state") : base, "precursor", "watch");
}
