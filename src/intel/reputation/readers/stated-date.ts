/** The date that a feed states of itself, in the forms that feeds write. */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Seconds since 1970 of 1990 and 2200: what lies outside is no date of a feed. */
const EARLIEST = 631_152_000;
const LATEST = 7_258_118_400;

/** Names before a date in a comment, as the feeds write them (Spamhaus, FireHOL, abuse.ch, ipsum, DShield, blocklist authors). */
const LABEL =
  /(?:last[-_ ]?(?:modified|updated?|change|generated)|updated(?:[-_ ]at)?|generated(?:[-_ ](?:at|on))?|this file date|creation date|created|timestamp|date)[^0-9a-z]{1,8}(?:on |at )?(.{8,60})/i;

/** Seconds since 1970 from a comment's text that names a date, or null. */
export function dateInComment(text: string): number | null {
  const match = LABEL.exec(text);
  return match === null ? null : parseStatedDate(match[1] ?? "");
}

/** Seconds since 1970 of a date at the start of a text: RFC 3339 and what is like it, RFC 1123, date(1). Without a zone it is UTC. */
export function parseStatedDate(text: string): number | null {
  const iso =
    /^\W{0,2}(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ,-]{1,2}(\d{2})[:-](\d{2})(?:[:-](\d{2}))?(?:[.,]\d{1,9})?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/.exec(
      text,
    );
  if (iso !== null) return secondsOf(iso[1], Number(iso[2]), iso[3], iso[4], iso[5], iso[6], iso[7]);
  // Tue, 24 Nov 2026 12:00:00 GMT
  const mail =
    /^\W{0,2}(?:[A-Za-z]{3,9},? )?\s?(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4})(?:[ ,]+(\d{2}):(\d{2})(?::(\d{2}))?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/.exec(
      text,
    );
  if (mail !== null) return secondsOf(mail[3], monthOf(mail[2]), mail[1], mail[4], mail[5], mail[6], mail[7]);
  // Tue Nov 24 12:00:00 UTC 2026
  const unix = /^\W{0,2}(?:[A-Za-z]{3} )?([A-Za-z]{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (?:([A-Z]{3,4}|[+-]\d{4}) )?(\d{4})/.exec(
    text,
  );
  if (unix !== null) return secondsOf(unix[7], monthOf(unix[1]), unix[2], unix[3], unix[4], unix[5], unix[6]);
  return null;
}

/** Seconds since 1970 of a number of seconds or milliseconds, or of a text; null where it is none. */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value === "string") return /^\d{10}(?:\d{3})?$/.test(value) ? parseTimestamp(Number(value)) : parseStatedDate(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return within(value > 1e11 ? Math.floor(value / 1000) : Math.floor(value));
}

/** MISP's `version` of a warninglist: 20260811, 2026081110 or 26081010 (year, month, day, hour) are dates; a small number is not. */
export function dateOfVersion(version: unknown): number | null {
  const text = typeof version === "number" || typeof version === "string" ? String(version) : "";
  const long = /^(20\d{2})(\d{2})(\d{2})(\d{2})?$/.exec(text);
  const asLong = long === null ? null : secondsOf(long[1], Number(long[2]), long[3], long[4] ?? "00", "00", "00", "Z");
  if (asLong !== null) return asLong;
  const short = /^(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  return short === null ? null : secondsOf(`20${short[1] ?? ""}`, Number(short[2]), short[3], short[4], "00", "00", "Z");
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? "").toLowerCase()) + 1;
}

type Part = string | undefined;

function secondsOf(year: Part, month: number, day: Part, hour: Part, minute: Part, second: Part, zone: Part): number | null {
  const days = Number(day);
  const hours = Number(hour ?? 0);
  const time = Date.UTC(Number(year), month - 1, days, hours, Number(minute ?? 0), Number(second ?? 0));
  if (month < 1 || month > 12 || days < 1 || hours > 23 || new Date(time).getUTCDate() !== days) return null;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  const shift = offset === null ? 0 : (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 3600 + Number(offset[3]) * 60);
  return within(time / 1000 - shift);
}

function within(seconds: number): number | null {
  return seconds >= EARLIEST && seconds < LATEST ? seconds : null;
}
