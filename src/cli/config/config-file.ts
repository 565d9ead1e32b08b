/** `precursor.yaml` read and checked: every problem with its line, column, path and what is allowed there. */
import { dirname, resolve } from "node:path";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ConfigError } from "../../model/errors.ts";
import { parseLiveSource } from "../../sources/live/parse.ts";
import { compileFilter } from "../../observe/filter/index.ts";
import { namedFormat } from "../../pipeline/format-choice.ts";
import { type ConfigFile, configShape, keysAt } from "./config-schema.ts";
import { nearestWord } from "./did-you-mean.ts";

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const fault = document.errors[0];
  if (fault !== undefined) throw new ConfigError(path, [`${lineAt(fault.pos[0])}: ${fault.message.replace(/\s+/g, " ")}`]);
  /** Where a value stands, or the nearest that is there; of an unknown key the key itself. */
  const placeOf = (where: readonly PropertyKey[], isKey: boolean): string => {
    if (isKey) {
      const parent: unknown = where.length === 1 ? document.contents : document.getIn(where.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === where.at(-1)) : undefined;
      if (isNode(pair?.key) && pair.key.range) return lineAt(pair.key.range[0]);
    }
    for (let length = where.length; length > 0; length--) {
      const node: unknown = document.getIn(where.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return lineAt(0);
  };
  const say = (where: readonly PropertyKey[], message: string, isKey = false): string =>
    `${placeOf(where, isKey)}: ${pathText(where)}: ${message}`;

  const parsed = configShape.safeParse(valueOf(document, path) ?? {});
  if (!parsed.success) {
    // A key that is mistyped is why the right one is missing
    const isTypo = ({ code }: z.core.$ZodIssue): number => (code === "unrecognized_keys" ? 0 : 1);
    const issues = parsed.error.issues.toSorted((a, b) => isTypo(a) - isTypo(b));
    throw new ConfigError(
      path,
      issues.flatMap((issue) => problemsOf(issue).map(({ where, message, isKey }) => say(where, message, isKey))),
    );
  }
  const file = wholePaths(parsed.data, dirname(path));
  const problems = problemsOfSources(file).map(({ where, message }) => say(where, message));
  if (problems.length > 0) throw new ConfigError(path, problems);
  return { path, file, problemAt: (where, message) => new ConfigError(path, [say(where, message)]) };
}

/** `sources[1].uri`. */
export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}

interface Problem {
  readonly where: readonly PropertyKey[];
  readonly message: string;
  readonly isKey: boolean;
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function valueOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigError(path, [`${path}:1:1: ${error instanceof Error ? error.message : "the file cannot be read"}`]);
  }
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path) ?? [];
    return issue.keys.map((key) => {
      const near = nearestWord(key, known);
      const hint = near === null ? `allowed are ${known.join(", ")}` : `did you mean ${near}?`;
      return { where: [...issue.path, key], message: `no such key: ${hint}`, isKey: true };
    });
  }
  if (issue.code === "invalid_union") {
    // Of several ways that a value could have been right, that which came furthest tells most
    const all = issue.errors.flat();
    const inner = all.find((one) => one.code === "unrecognized_keys") ?? all.find((one) => one.path.length > 0);
    if (inner !== undefined) return problemsOf({ ...inner, path: [...issue.path, ...inner.path] });
  }
  if (issue.code === "invalid_key") return [{ where: issue.path, message: issue.issues[0]?.message ?? issue.message, isKey: true }];
  return [{ where: issue.path, message: plain(issue), isKey: false }];
}

/** What is allowed, without zod's own words where it has none for people. */
function plain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is missing or of the wrong kind: ${KINDS[issue.expected] ?? issue.expected} is expected`;
    case "too_small":
      return issue.origin === "string" ? "has too few characters" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  record: "a map of names",
};

function wholePaths(file: ConfigFile, folder: string): ConfigFile {
  const whole = (path: string): string => resolve(folder, path);
  const { store, state, sources } = file;
  return {
    ...file,
    ...(state === undefined ? {} : { state: whole(state) }),
    ...(store !== undefined && !isUrl(store) ? { store: whole(store) } : {}),
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
