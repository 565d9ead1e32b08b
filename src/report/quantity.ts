/** Numbers, shares, times and durations as people read them: thousands separators, units, UTC. */

/** The years 0000 to 9999, in seconds since 1970: what RFC 3339 can write. Hostile timestamps are clamped to them. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/** 1234567 → "1,234,567". */
export function count(value: number): string {
  if (!Number.isFinite(value)) return "?";
  // By hand: the first number that Intl formats costs 40 ms of loading its tables.
  const digits = BigInt(Math.round(Math.abs(value))).toString();
  const grouped = digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return value < 0 && digits !== "0" ? `-${grouped}` : grouped;
}

/** A number with its noun: counted(1, "scan") → "1 scan", counted(2, "scan") → "2 scans". */
export function counted(value: number, singular: string, plural: string = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** Large numbers for axes and narrow cells: 12345 → "12.3 k". */
export function short(value: number): string {
  if (value < 10_000) return count(value);
  for (const [size, unit] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (value >= size) {
      const scaled = value / size;
      return `${scaled < 99.95 ? trimZero(scaled.toFixed(1)) : scaled.toFixed(0)} ${unit}`;
    }
  }
  return count(value);
}

/** Part of a whole in percent; what is not nothing never prints as 0 %, and what is not all never as 100 %. */
export function share(part: number, whole: number): string {
  if (!(whole > 0)) return "–";
  return percent(part / whole);
}

/** 0.713 → "71 %". */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return "?";
  if (fraction > 0 && fraction < 0.01) return "<1 %";
  if (fraction < 1 && fraction > 0.99) return ">99 %";
  return `${Math.round(fraction * 100)} %`;
}

/** Octets in decimal units: 1390000000 → "1.4 GB". */
export function octets(value: number): string {
  if (value < 1000) return `${count(value)} B`;
  for (const [size, unit] of [
    [1e12, "TB"],
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ] as const) {
    if (value >= size) return `${trimZero((value / size).toFixed(1))} ${unit}`;
  }
  return `${count(value)} B`;
}

/** ISO 8601 in UTC with milliseconds, as JSON carries it. */
export function isoTime(seconds: number): string {
  const clamped = Number.isFinite(seconds) ? Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, seconds)) : 0;
  return new Date(Math.round(clamped * 1000)).toISOString();
}

/** "2013-11-02 01:00:00", always UTC; the caller says so once. */
export function dateTime(seconds: number): string {
  return isoTime(Math.floor(seconds)).replace("T", " ").replace(".000Z", "");
}

/** The span of two times; the second date is left out where it is the first's. */
export function timeSpan(first: number, last: number, arrow: string = "–"): string {
  const from = dateTime(first);
  const to = dateTime(last);
  if (from === to) return `${from} UTC`;
  const sameDay = from.slice(0, -8) === to.slice(0, -8);
  return `${from} ${arrow} ${sameDay ? to.slice(-8) : to} UTC`;
}

/** A length of time in its two largest units: 10800 → "3 h", 93784 → "1 d 2 h", 0.25 → "250 ms". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  if (seconds < 0.0005) return "0 s";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${trimZero(seconds.toFixed(1))} s`;
  let left = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, unit] of [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const) {
    const whole = Math.floor(left / size);
    left -= whole * size;
    if (whole > 0) parts.push(`${count(whole)} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** A length of time after "per": 1 → "second", 60 → "minute", 120 → "2 min". */
export function per(seconds: number): string {
  return UNITS.get(seconds) ?? duration(seconds);
}

const UNITS: ReadonlyMap<number, string> = new Map([
  [1, "second"],
  [60, "minute"],
  [3600, "hour"],
  [86_400, "day"],
]);

function trimZero(text: string): string {
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}
