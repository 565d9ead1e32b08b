/** What a user named on the command line, as an ordered list of files: folders are walked, twins dropped. */
import { type BigIntStats, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../model/errors.ts";
import { STANDARD_INPUT, systemReason } from "./file.ts";

/** Digits are compared as numbers, so that `tcpdump -C`'s capture.pcap2 comes before capture.pcap10. Made for the first folder: that takes 10 ms. */
let byName: Intl.Collator | null = null;

export interface ExpandedInputs {
  /** Paths in reading order, as the user began them; "-" stays as it is. */
  readonly paths: readonly string[];
  /** Those of them that nobody named: files of folders. */
  readonly found: ReadonlySet<string>;
  /** What was named or found and cannot be read, one error each. */
  readonly problems: readonly InputError[];
}

/**
 * Expands paths. Named files come in the order given; the files of a folder, and of all folders in it, in the order of their names. A file
 * that is named twice, or reached by two links, is taken once. In folders, names that begin with a dot and what is not a file are passed
 * over. Nothing is opened: a file without read rights fails when it is.
 */
export function expandInputs(named: readonly string[]): ExpandedInputs {
  const walk: Walk = { paths: [], found: new Set(), problems: [], seen: new Set() };
  for (const path of named) {
    if (path === STANDARD_INPUT) {
      if (!walk.seen.has(path)) walk.paths.push(path);
      walk.seen.add(path);
      continue;
    }
    const stat = statOrProblem(walk, path);
    if (stat === null || isTwin(walk, stat)) continue;
    if (!stat.isDirectory()) {
      walk.paths.push(path);
      continue;
    }
    const filesBefore = walk.paths.length;
    const problemsBefore = walk.problems.length;
    const twins = walkFolder(walk, path);
    if (walk.paths.length === filesBefore && walk.problems.length === problemsBefore && twins === 0) {
      walk.problems.push(new InputError("E_INPUT_EMPTY", path, "the folder holds no files"));
    }
  }
  return { paths: walk.paths, found: walk.found, problems: walk.problems };
}

interface Walk {
  readonly paths: string[];
  readonly found: Set<string>;
  readonly problems: InputError[];
  /** Device and inode of everything taken. */
  readonly seen: Set<string>;
}

/** Returns how many files were passed over because they had been taken. */
function walkFolder(walk: Walk, root: string): number {
  let twins = 0;
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      walk.problems.push(new InputError("E_INPUT_UNREADABLE", folder, `the folder cannot be read: ${systemReason(error)}`, error));
      continue;
    }
    names = names.filter((name) => !name.startsWith("."));
    byName ??= new Intl.Collator("en", { numeric: true });
    const { compare } = byName;
    names.sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
    const folders: string[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const stat = statOrProblem(walk, path);
      if (stat === null || !(stat.isFile() || stat.isDirectory())) continue;
      if (isTwin(walk, stat)) twins++;
      else if (stat.isDirectory()) folders.push(path);
      else {
        walk.paths.push(path);
        walk.found.add(path);
      }
    }
    waiting.push(...folders.reverse());
  }
  return twins;
}

function statOrProblem(walk: Walk, path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    walk.problems.push(new InputError("E_INPUT_UNREADABLE", path, systemReason(error), error));
    return null;
  }
}

/** Remembers the file, and tells whether it was known: also ends folders that link to themselves. */
function isTwin(walk: Walk, stat: BigIntStats): boolean {
  const identity = `${stat.dev}:${stat.ino}`;
  if (walk.seen.has(identity)) return true;
  walk.seen.add(identity);
  return false;
}
