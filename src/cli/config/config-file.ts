/** `precursor.yaml` read and checked: every problem with its line, column, path and what is allowed there. */
import { dirname, resolve } from "node:path";
import { ConfigError } from "../../model/errors.ts";
import { parseLiveSource } from "../../sources/live/parse.ts";
import { compileFilter } from "../../observe/filter/index.ts";
import { namedFormat } from "../../pipeline/format-choice.ts";
import { type ConfigFile, configShape, keysAt } from "./config-schema.ts";
import { checkYaml } from "./yaml-check.ts";

/** A config with its defaults, its paths made whole, and where each value stands. */
export interface ReadConfig {
  readonly path: string;
  readonly file: ConfigFile;
  /** An error about the value at a path of keys and indices, with its line. */
  readonly problemAt: (path: readonly PropertyKey[], message: string) => ConfigError;
}

/**
 * The config in the text of a file.
 * @param path the file's, for messages and for the paths in it, which are relative to its folder
 * @throws ConfigError with all that is wrong
 */
export function readConfig(text: string, path: string): ReadConfig {
  const { value, say } = checkYaml(text, path, configShape, keysAt);
  const file = wholePaths(value, dirname(path));
  const problems = problemsOfSources(file).map(({ where, message }) => say(where, message));
  if (problems.length > 0) throw new ConfigError(path, problems);
  return { path, file, problemAt: (where, message) => new ConfigError(path, [say(where, message)]) };
}

function wholePaths(file: ConfigFile, folder: string): ConfigFile {
  const whole = (path: string): string => resolve(folder, path);
  const { store, state, sources, assets, intel } = file;
  return {
    ...file,
    ...(state === undefined ? {} : { state: whole(state) }),
    ...(store !== undefined && !isUrl(store) ? { store: whole(store) } : {}),
    ...(assets === undefined ? {} : { assets: whole(assets) }),
    intel: { ...intel, ...(intel.folder === undefined ? {} : { folder: whole(intel.folder) }), mmdb: intel.mmdb.map(whole) },
    sources: sources.map((source) => ({
      ...source,
      ...(source.mapping === undefined ? {} : { mapping: whole(source.mapping) }),
    })),
  };
}

/** Whether a store is named by its address, not by its folder. */
function isUrl(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
}

/** What the rooms that read sources say of them. */
function problemsOfSources(file: ConfigFile): { readonly where: readonly PropertyKey[]; readonly message: string }[] {
  const problems: { readonly where: readonly PropertyKey[]; readonly message: string }[] = [];
  const { store } = file;
  if (store !== undefined && isUrl(store) && !(/^https?:/i.test(store) && URL.canParse(store)))
    problems.push({ where: ["store"], message: "a folder, or an address that begins with http:// or https://" });
  const names = new Map<string, number>();
  const check = (where: readonly PropertyKey[], look: () => unknown): void => {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push({ where, message: error.message });
    }
  };
  for (const [index, { uri, format, filter, name = uri, mapping }] of file.sources.entries()) {
    check(["sources", index, "uri"], () => parseLiveSource(uri, { stateFolder: null, fromStart: false, follow: true }));
    if (format !== undefined && (format !== "mapped" || mapping === undefined))
      check(["sources", index, "format"], () => namedFormat(format));
    if (filter !== undefined) check(["sources", index, "filter"], () => compileFilter(filter));
    const before = names.get(name);
    if (before !== undefined)
      problems.push({ where: ["sources", index], message: `is named '${name}' like sources[${before}]; give it a name of its own` });
    names.set(name, index);
  }
  return problems;
}
