/** One feed fetched from its publisher: only what changed, and not before it is due. */
import { type GetOptions, httpGet } from "../web/http-get.ts";
import { shownUrl } from "../web/shown-url.ts";
import type { Feed } from "./feed.ts";
import type { CopyRecord, FeedRecord } from "./library-index.ts";
import { unpack } from "./unpack.ts";

/** Octets of one file at most, as sent and unpacked: the largest feed of the catalogue has 5 MB. */
export const MAX_FILE_OCTETS = 256 * 2 ** 20;
/** A server may ask us to wait; for longer than this it is asked again all the same. */
const LONGEST_WAIT = 7 * 86_400;
/** Asked of servers that say "too many requests" without saying for how long: DShield's own rule. */
const DEFAULT_WAIT = 300;

/** A file of a feed that came, or that is as it was. */
export type FetchedFile =
  | { readonly octets: Uint8Array; readonly from: string; readonly etag: string | null; readonly lastModified: string | null }
  | { readonly unchanged: CopyRecord };

export type FetchOutcome =
  | { readonly kind: "fetched"; readonly files: readonly FetchedFile[]; readonly missing: readonly string[] }
  | { readonly kind: "unchanged" }
  | { readonly kind: "not-due"; readonly dueAt: number; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string; readonly notBefore: number | null };

/** When a feed may be fetched again, seconds since 1970; 0 where at once. */
export function dueAt(feed: Feed, record: FeedRecord | undefined): number {
  if (record === undefined) return 0;
  const last = Math.max(record.fetchedAt ?? 0, record.checkedAt ?? 0);
  // What failed is tried again when asked: it cost the publisher little
  return record.refusal !== null || record.copies.length === 0 ? 0 : last + feed.refresh;
}

export async function fetchFeed(
  feed: Feed,
  record: FeedRecord | undefined,
  options: Omit<GetOptions, "maxOctets" | "headers"> & { readonly force: boolean; readonly now: number; readonly maxOctets?: number },
): Promise<FetchOutcome> {
  const { force, now, maxOctets = MAX_FILE_OCTETS } = options;
  const wait = record?.notBefore ?? 0;
  if (wait > now) return { kind: "not-due", dueAt: wait, reason: "its publisher asked to wait" };
  const due = dueAt(feed, record);
  if (!force && due > now) return { kind: "not-due", dueAt: due, reason: "fetched not long ago" };
  const files: FetchedFile[] = [];
  const missing: string[] = [];
  for (const url of feed.urls) {
    const from = shownUrl(url);
    const before = force ? undefined : record?.copies.find((copy) => copy.from === from);
    const headers = conditions(before);
    const answer = await httpGet(url, { ...options, maxOctets, headers });
    if (answer.kind === "failed") return { kind: "failed", reason: `${from}: ${answer.reason}`, notBefore: null };
    const { status, body, retryAfter } = answer;
    if (status === 304 && before !== undefined && Object.keys(headers).length > 0) {
      files.push({ unchanged: before });
      continue;
    }
    // Of a collection, files come and go
    if ((status === 404 || status === 410) && feed.urls.length > 1) {
      missing.push(from);
      continue;
    }
    if (status !== 200) {
      const asksToWait = status === 429 || (status === 503 && retryAfter !== null);
      const seconds = Math.min(LONGEST_WAIT, retryAfter ?? DEFAULT_WAIT);
      const until = asksToWait ? now + seconds : null;
      return {
        kind: "failed",
        reason: `${from}: ${statusWords(status)}${asksToWait ? `: asked to wait ${seconds} s` : ""}`,
        notBefore: until,
      };
    }
    const unpacked = unpack(body, maxOctets);
    if ("refused" in unpacked) return { kind: "failed", reason: `${from}: ${unpacked.refused}`, notBefore: null };
    files.push({ octets: unpacked.octets, from, etag: answer.headers.etag ?? null, lastModified: answer.headers["last-modified"] ?? null });
  }
  if (missing.length * 2 > feed.urls.length)
    return {
      kind: "failed",
      reason: `${missing.length} of ${feed.urls.length} files are not there: ${missing[0] ?? ""}, …`,
      notBefore: null,
    };
  const isSame = missing.length === 0 && files.length === record?.copies.length && files.every((file) => "unchanged" in file);
  return isSame ? { kind: "unchanged" } : { kind: "fetched", files, missing };
}

function conditions(before: CopyRecord | undefined): Record<string, string> {
  const { etag, lastModified } = before ?? { etag: null, lastModified: null };
  return {
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
  };
}

function statusWords(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return `the server refuses (${status})`;
    case 404:
      return "is not there (404)";
    case 410:
      return "is gone for good (410)";
    case 429:
      return "too many requests (429)";
    default:
      return `the server answers with status ${status}`;
  }
}
