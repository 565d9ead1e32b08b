/** A config file from disk, and the places that hold where it names none. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "../../model/errors.ts";
import { systemReason } from "../../sources/file.ts";
import { type ReadConfig, readConfig } from "./config-file.ts";
import type { ConfigFile } from "./config-schema.ts";

/** What commands look for where no file is named. */
export const CONFIG_NAME = "precursor.yaml";
/** A config is a page of text; what is larger is something else. */
const MOST_BYTES = 4 << 20;

/** @throws ConfigError */
export function loadConfig(path: string): ReadConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(path, [`${path}: ${systemReason(error)}`]);
  }
  if (text.length > MOST_BYTES) throw new ConfigError(path, [`${path}: is too large for a config file`]);
  return readConfig(text, path);
}

/** The folder of what outlives a run: named, systemd's (systemd.exec(5)), the system's for root, or the user's own (XDG base directories). */
export function statePlace(file: Pick<ConfigFile, "state">, environment: Readonly<Record<string, string | undefined>>): string {
  if (file.state !== undefined) return file.state;
  const given = environment["STATE_DIRECTORY"]?.split(":")[0] ?? "";
  if (given !== "") return join(given, "watch");
  if (process.getuid?.() === 0) return "/var/lib/precursor/watch";
  const base = environment["XDG_STATE_HOME"] ?? "";
  return resolve(base === "" ? join(homedir(), ".local", "state") : base, "precursor", "watch");
}
