/** Words of estimative probability (ICD 203, Analytic Standards, 2015) and numbers as people read them. */

/** [upper bound, words] of ICD 203's table; below 1 and above 99 per cent its outer words serve. */
const ESTIMATIVE_WORDS: readonly (readonly [below: number, words: string])[] = [
  [0.05, "almost no chance"],
  [0.2, "very unlikely"],
  [0.45, "unlikely"],
  [0.55, "roughly even chance"],
  [0.8, "likely"],
  [0.95, "very likely"],
];

/** The estimative words of a probability between 0 and 1. */
export function estimativeWords(probability: number): string {
  return ESTIMATIVE_WORDS.find(([below]) => probability < below)?.[1] ?? "almost certain";
}

/** 24118 → "24,118". */
export function count(value: number): string {
  // By hand: the first number that toLocaleString formats costs 40 ms of loading its tables.
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** "1 source", "412 sources", "2 addresses". */
export function plural(value: number, noun: string, many: string = `${noun}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? noun : many}`;
}

/** The verb that agrees with a number: `agree(1, "uses", "use")` is "uses". */
export function agree(value: number, one: string, many: string): string {
  return Math.round(value) === 1 ? one : many;
}

/** 0.934 → "93 %"; never 0 % or 100 % of what is only nearly so. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  if (share < 1 && share > 0.99) return "over 99 %";
  return `${Math.round(share * 100)} %`;
}

/** 42 → "42 seconds", 5400 → "1.5 hours". */
export function duration(seconds: number): string {
  if (seconds < 1) return "less than a second";
  if (seconds < 120) return plural(seconds, "second");
  if (seconds < 7200) return plural(seconds / 60, "minute");
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1).replace(/\.0$/, "")} hours`;
  return `${(seconds / 86_400).toFixed(1).replace(/\.0$/, "")} days`;
}

/** Seconds since 1970 → "2013-11-02". */
export function date(seconds: number): string {
  return Number.isFinite(seconds) && Math.abs(seconds) < 8e12 ? new Date(seconds * 1000).toISOString().slice(0, 10) : "an unknown day";
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? "";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** "tcp/source/0" → "of TCP from port 0", "tcp/destination/445" → "to TCP/445", "group/port-zero" → "of port zero". */
export function seriesWords(name: string): string {
  const [first = "", second = "", port] = name.split("/");
  if (first === "group") return GROUP_WORDS[second] ?? `of ${second}`;
  return second === "source" ? `of ${first.toUpperCase()} from port ${port ?? ""}` : `to ${first.toUpperCase()}/${port ?? ""}`;
}

const GROUP_WORDS: Readonly<Record<string, string>> = {
  "port-zero": "of port zero",
  unassigned: "to ports that nobody has",
  privileged: "to ports below 1024",
  all: "of all kinds",
};

/** Whom a reflection flood is aimed at. */
export function aimedWords(targets: readonly string[]): string {
  return targets.length === 0 ? "a few addresses" : listed(targets);
}
