/** A config file from disk. */
import { readFileSync } from "node:fs";
import { ConfigError } from "../../model/errors.ts";
import { systemReason } from "../../sources/file.ts";
import { type ReadConfig, readConfig } from "./config-file.ts";

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
