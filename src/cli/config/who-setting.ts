/** Who is asking and what is asked, of a config file: feeds, databases and assets, each looked at before anything begins. */
import { UserDatabase } from "../../intel/user-database.ts";
import { type Network, parseNetwork } from "../../model/address.ts";
import type { Asset } from "../../model/asset.ts";
import { DatabaseError } from "../../model/errors.ts";
import type { IntelSetting } from "../../pipeline/kept-intel.ts";
import { loadAssets } from "../assets/asset-file.ts";
import { intelFolder } from "../intel-place.ts";
import type { ReadConfig } from "./config-file.ts";

export interface WhoSetting {
  readonly intel: IntelSetting;
  readonly assets: readonly Asset[];
  /** As the config names it; empty where it does not. */
  readonly home: readonly Network[];
}

/** @throws ConfigError where a database is none, or the assets do not fit */
export function whoSetting(config: ReadConfig | null): WhoSetting {
  if (config === null) return { intel: { folder: intelFolder({}), databases: [] }, assets: [], home: [] };
  const { file, problemAt } = config;
  const { enabled, folder, mmdb } = file.intel;
  for (const [index, path] of mmdb.entries()) {
    const problem = databaseProblem(path);
    if (problem !== null) throw problemAt(["intel", "mmdb", index], problem);
  }
  return {
    intel: { folder: enabled ? intelFolder(folder === undefined ? {} : { intel: folder }) : null, databases: mmdb },
    assets: file.assets === undefined ? [] : loadAssets(file.assets).assets,
    home: networksOf(file.home),
  };
}

export function networksOf(texts: readonly string[]): Network[] {
  return texts.flatMap((text) => parseNetwork(text) ?? []);
}

/** Why a file is no database, or null. */
function databaseProblem(path: string): string | null {
  try {
    return new UserDatabase(path).list === "" ? `${path}: has no name` : null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return error.message;
  }
}
