/**
 * The index of a library of feeds: which files hold the copies and the table in use, and how each feed is. Its renaming into place is the one
 * moment at which anything changes; files that no index names are leftovers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FEED_KINDS, type FeedKind } from "../../model/reputation.ts";

export const INDEX_FILE = "index.json";
const SCHEMA = "precursor.intel-index/1";
const MENDED_BY = "precursor intel update --force makes it anew from the copies that are kept";

/** One file of a feed's last good copy, as it was fetched. */
export interface CopyRecord {
  /** Its name in `copies/`. */
  readonly file: string;
  /** Where from: an address, or "file NAME". */
  readonly from: string;
  readonly octets: number;
  readonly sha256: string;
  /** Validators of RFC 9110 §8.8, to ask for changes only. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Why what came last was not taken. Times are seconds since 1970. */
export interface RefusalRecord {
  readonly at: number;
  readonly reason: string;
}

export interface FeedRecord {
  /** The feed as the catalogue, or the user, described it when this was written: reading a library needs no catalogue. */
  readonly name: string;
  readonly kind: FeedKind;
  readonly licence: string;
  readonly staleAfter: number;
  readonly trust: number;
  /** False where the user disabled it: its copies stay, and are not in the table. */
  readonly used: boolean;
  readonly copies: readonly CopyRecord[];
  readonly entries: number;
  readonly guarded: number;
  readonly leftOut: string | null;
  /** When the copies were fetched; null where there are none. */
  readonly fetchedAt: number | null;
  /** When the publisher last said that they are current. */
  readonly checkedAt: number | null;
  readonly dataDate: number | null;
  readonly refusal: RefusalRecord | null;
  /** The publisher is not to be asked before this: Retry-After. */
  readonly notBefore: number | null;
}

export interface LibraryIndex {
  /** Grows with every change. */
  readonly generation: number;
  /** The compiled table's file, and a fingerprint of what it was compiled from; null before the first. */
  readonly table: { readonly file: string; readonly madeFrom: string } | null;
  readonly feeds: Readonly<Record<string, FeedRecord>>;
  /** Share of a feed's addresses that another one holds, too: overlap["a"]["b"]. */
  readonly overlap: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const EMPTY_INDEX: LibraryIndex = { generation: 0, table: null, feeds: {}, overlap: {} };

/** Of a feed that was never fetched. */
export const NOTHING_FETCHED = {
  copies: [],
  entries: 0,
  guarded: 0,
  leftOut: null,
  fetchedAt: null,
  checkedAt: null,
  dataDate: null,
  refusal: null,
  notBefore: null,
} as const satisfies Partial<FeedRecord>;

/** The index of a folder, or null where there is none. @throws SyntaxError where it is none of ours, and what reading throws. */
export function readIndex(folder: string): LibraryIndex | null {
  let text: string;
  try {
    text = readFileSync(join(folder, INDEX_FILE), "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
  const value = parsed(text);
  if (!isIndex(value)) throw new SyntaxError(`${INDEX_FILE} is not an index of feeds that this version knows; ${MENDED_BY}`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SyntaxError(`${INDEX_FILE} is damaged: ${error instanceof Error ? error.message : "no JSON"}; ${MENDED_BY}`, {
      cause: error,
    });
  }
}

export function indexText(index: LibraryIndex): string {
  return `${JSON.stringify({ schema: SCHEMA, ...index }, null, 1)}\n`;
}

function isIndex(value: unknown): value is LibraryIndex {
  if (!isObject(value) || value["schema"] !== SCHEMA || typeof value["generation"] !== "number") return false;
  const { table, feeds, overlap } = value;
  if (table !== null && !(isObject(table) && isPlainName(table["file"]) && typeof table["madeFrom"] === "string")) return false;
  return isObject(overlap) && isObject(feeds) && Object.values(feeds).every(isRecord);
}

function isRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { copies, entries, guarded, fetchedAt, checkedAt, dataDate, refusal, notBefore } = value;
  return (
    Array.isArray(copies) &&
    copies.every((copy) => isObject(copy) && isPlainName(copy["file"]) && typeof copy["from"] === "string") &&
    typeof entries === "number" &&
    typeof guarded === "number" &&
    (value["leftOut"] === null || typeof value["leftOut"] === "string") &&
    [fetchedAt, checkedAt, dataDate, notBefore].every((time) => time === null || typeof time === "number") &&
    typeof value["name"] === "string" &&
    typeof value["licence"] === "string" &&
    typeof value["staleAfter"] === "number" &&
    typeof value["trust"] === "number" &&
    FEED_KINDS.some((kind) => kind === value["kind"]) &&
    (refusal === null || (isObject(refusal) && typeof refusal["at"] === "number" && typeof refusal["reason"] === "string"))
  );
}

/** Names in an index are opened and removed: none may lead out of the folder. */
function isPlainName(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
