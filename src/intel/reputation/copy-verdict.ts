/** Whether a copy of a feed that has just come may replace the last good one: from plain numbers, so that it can be replayed and tested. */

/** Per cent of its networks that a copy must have lost against the last good one to be refused: broken feeds are mostly cut or empty answers. */
export const SHRUNK_BY_PERCENT = 90;
/** Seconds that a stated date may lie ahead: clocks differ, and some publishers write local time without its zone (up to 14 hours). */
export const FUTURE_TOLERANCE = 14 * 3600;
/** Of all IPv4 addresses, the share from which a list is not about anybody in particular; the whole of the largest public lists is below 5 %. */
export const WIDEST_SHARE = 0.25;
/** Of lines and values, the share that no reader understood from which the whole is not believed to be the feed. */
export const MOST_UNPARSED = 0.5;

export interface CopyFacts {
  /** Why it is no feed at all (from the reader), or null. */
  readonly refused: string | null;
  /** Entries that were read, before the guards. */
  readonly entries: number;
  readonly foreign: number;
  readonly unparsed: number;
  /** Networks that are left; those that were left of the last good copy, null where there is none; and those that the guards took out. */
  readonly kept: number;
  readonly lastKept: number | null;
  readonly guarded: number;
  /** IPv4 addresses that what is left covers, copies counted twice. */
  readonly addresses4: number;
  /** Seconds since 1970. `dataDate` is what the copy states of itself, or null. */
  readonly dataDate: number | null;
  readonly now: number;
  /** Seconds after which the data are too old to be relied on. */
  readonly staleAfter: number;
}

/** `accept-stale`: good, but older than it should be; it is no better than the last good copy where that is newer. */
export type CopyVerdict =
  | { readonly verdict: "accept" }
  | { readonly verdict: "accept-stale"; readonly reason: string }
  | { readonly verdict: "refuse"; readonly reason: string };

export function judgeCopy(facts: CopyFacts): CopyVerdict {
  const reason = refusal(facts);
  if (reason !== null) return { verdict: "refuse", reason };
  const { dataDate, now, staleAfter } = facts;
  if (dataDate === null || !isStale(dataDate, now, staleAfter)) return { verdict: "accept" };
  return { verdict: "accept-stale", reason: `dates itself ${dayOf(dataDate)}, which is ${ageWords(now - dataDate)} ago` };
}

/** Whether data of a date are too old; of an unknown date they are not. */
export function isStale(date: number | null, now: number, staleAfter: number | null): boolean {
  return date !== null && staleAfter !== null && now - date > staleAfter;
}

function refusal(facts: CopyFacts): string | null {
  const { refused, entries, foreign, unparsed, kept, lastKept, guarded, addresses4, dataDate, now } = facts;
  if (refused !== null) return refused;
  if (entries === 0) return foreign > 0 ? `holds no address among ${foreign} entries of other kinds` : "holds no address";
  if (unparsed > MOST_UNPARSED * (entries + foreign + unparsed))
    return `cannot be read for the most part: ${unparsed} of ${entries + foreign + unparsed} lines`;
  if (kept === 0) return `all of its ${guarded} networks must not be acted upon`;
  // In whole numbers: 1 of 10 is exactly 90 % less
  if (lastKept !== null && 100 * kept <= (100 - SHRUNK_BY_PERCENT) * lastKept)
    return `shrank from ${lastKept} networks to ${kept}, by ${Math.floor(100 * (1 - kept / lastKept))} %`;
  if (dataDate !== null && dataDate > now + FUTURE_TOLERANCE) return `dates itself ${dayOf(dataDate)}, which is in the future`;
  const share = addresses4 / 2 ** 32;
  return share > WIDEST_SHARE ? `covers ${Math.round(100 * share)} % of all IPv4 addresses` : null;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function ageWords(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
