/** Files that hold feeds: which feed each is, by its name or as the user says, and what is in it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Feed } from "../intel/feeds/feed.ts";
import { unpack } from "../intel/feeds/unpack.ts";
import type { GivenFiles } from "../intel/feeds/update.ts";
import { InputError, UsageError } from "../model/errors.ts";
import { systemReason } from "../sources/file.ts";
import { unknownFeed } from "./config/feeds-file.ts";

/** Files in a folder at most: a wrong folder is not read whole. */
const MOST_FILES = 10_000;

export interface FilesOfFeeds {
  /** Paths by feed. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** Files that are named like no feed. */
  readonly passedOver: readonly string[];
}

/** @param words paths, or FEED=PATH; a folder stands for the files in it @throws UsageError, InputError */
export function filesOfFeeds(words: readonly string[], feeds: ReadonlyMap<string, Feed>): FilesOfFeeds {
  const given = new Map<string, string[]>();
  const passedOver: string[] = [];
  const add = (feed: string, path: string): void => {
    given.set(feed, [...(given.get(feed) ?? []), path]);
  };
  for (const word of words) {
    const named = /^([a-z0-9][a-z0-9-]*)=(.+)$/.exec(word);
    const [, id, place = word] = named ?? [];
    if (id !== undefined && !feeds.has(id)) throw new UsageError(`--from ${word}: ${unknownFeed(id, feeds)}`);
    for (const path of filesAt(place)) {
      const feed = id ?? feedOfName(basename(path), feeds);
      if (feed === null) passedOver.push(path);
      else add(feed, path);
    }
  }
  return { given, passedOver };
}

/** The octets of each file, unpacked. @throws InputError */
export function readGiven(given: FilesOfFeeds["given"], maxOctets: number): GivenFiles[] {
  return [...given].map(([feed, paths]) => ({
    feed,
    files: paths.map((path) => {
      const { size, mtimeMs } = looked(path, () => statSync(path));
      if (size > maxOctets)
        throw new InputError("E_INPUT_UNREADABLE", path, `${size} octets, where ${maxOctets} are allowed: --max-megabytes`);
      const unpacked = unpack(
        looked(path, () => readFileSync(path)),
        maxOctets,
      );
      if ("refused" in unpacked) throw new InputError("E_INPUT_DAMAGED", path, unpacked.refused);
      return { name: path, octets: unpacked.octets, modified: Math.floor(mtimeMs / 1000) };
    }),
  }));
}

function filesAt(place: string): string[] {
  if (!looked(place, () => statSync(place)).isDirectory()) return [place];
  const entries = looked(place, () => readdirSync(place, { withFileTypes: true }));
  if (entries.length > MOST_FILES) throw new UsageError(`--from ${place}: more than ${MOST_FILES} files`);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => join(place, name))
    .sort();
}

/** "cins-army.txt.gz" and "ci-badguys.txt" are both of cins-army: its id, or the name that its publisher gives the file. */
function feedOfName(name: string, feeds: ReadonlyMap<string, Feed>): string | null {
  const plain = name.replace(/\.gz$/i, "");
  const stem = plain.replace(/\.[^.]*$/, "");
  for (const id of [plain, stem]) if (feeds.has(id)) return id;
  const matches = [...feeds.values()].filter(({ urls }) => urls.some((url) => basename(new URL(url).pathname) === plain));
  return matches.length === 1 ? (matches[0]?.id ?? null) : null;
}

function looked<Result>(path: string, look: () => Result): Result {
  try {
    return look();
  } catch (error) {
    throw new InputError("E_INPUT_UNREADABLE", path, systemReason(error), error);
  }
}
