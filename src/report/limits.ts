/** What a report cannot tell and why: skipped records, damage, forgotten counts, lists and their ages, guesses. Nothing fails silently. */
import type { Report } from "../model/report.ts";
import { count, counted, octets } from "./quantity.ts";

/** A line of the footer: what it is about, and the words. `serious` where records or counts were lost. */
export interface Limit {
  readonly topic: string;
  readonly words: string;
  readonly serious: boolean;
}

/** A list older than this is called old: registrations and scanners' addresses move within months. Days. */
const OLD_AFTER_DAYS = 180;
const DAY = 86_400;

/** All limits of a report, the serious ones first. */
export function limits(report: Report): Limit[] {
  const { input } = report;
  const lines: Limit[] = [];
  for (const line of input.unreadable) lines.push({ topic: "Not read", words: line, serious: true });
  for (const source of input.sources) {
    if (source.damage === null) continue;
    const at = `${source.name}: damaged at octet ${count(source.damage.offset)}, ${source.damage.reason}`;
    lines.push({ topic: "Damage", words: `${at}; the ${counted(source.records, "record")} before it count.`, serious: true });
  }
  const { sources, contacts, flows } = report.forgotten;
  if (sources + contacts + flows > 0) {
    const parts = [
      sources > 0 ? counted(sources, "source") : "",
      contacts > 0 ? counted(contacts, "contact") : "",
      flows > 0 ? counted(flows, "flow") : "",
    ].filter((part) => part !== "");
    lines.push({ topic: "Forgotten", words: `${parts.join(", ")} while tables were full; counts are lower bounds.`, serious: true });
  }
  const skipped = Object.entries(input.skipped).sort(([, a], [, b]) => b - a);
  if (skipped.length > 0) {
    const total = skipped.reduce((all, [, records]) => all + records, 0);
    const reasons = listed(skipped);
    lines.push({ topic: "Skipped", words: `${counted(total, "record")} of ${count(input.records)}: ${reasons}.`, serious: false });
  }
  const stripped = Object.entries(input.encapsulations).sort(([, a], [, b]) => b - a);
  if (stripped.length > 0) lines.push({ topic: "Tunnels", words: `looked inside ${listed(stripped)}.`, serious: false });
  lines.push({ topic: "Home", words: homeWords(report), serious: false });
  if (report.lists.length > 0) {
    const ages = report.lists.map((entry) => `${entry.list} (${listAge(entry.date, report.madeAt)})`);
    lines.push({ topic: "Lists", words: `a country is where an address is registered. Used: ${ages.join(", ")}.`, serious: false });
  } else lines.push({ topic: "Lists", words: "none were used: no networks, no acknowledged scanners.", serious: false });
  return lines;
}

/** How old a list was when the report was made: "2026-06-17, 160 days old". */
export function listAge(date: string | null, madeAt: number): string {
  if (date === null) return "date unknown";
  const then = Date.parse(date) / 1000;
  if (!Number.isFinite(then)) return date;
  const days = Math.floor((madeAt - then) / DAY);
  if (days < 0) return date;
  return `${date}, ${counted(days, "day")} old${days > OLD_AFTER_DAYS ? ": outdated" : ""}`;
}

/** What was read, for the head of the report: files, records, octets. */
export function inputWords(report: Report): string {
  const { sources, records } = report.input;
  const bytes = sources.reduce((all, source) => all + source.bytes, 0);
  return `${counted(records, "record")}, ${octets(bytes)}`;
}

function homeWords(report: Report): string {
  const { networks, guessed } = report.home;
  if (networks.length === 0) return "unknown: no network stands out as the defended one; say which with --home CIDR.";
  const shown = networks.slice(0, 4).join(", ");
  const more = networks.length > 4 ? ` and ${count(networks.length - 4)} more` : "";
  return guessed ? `${shown}${more}, guessed from the traffic; say which with --home CIDR.` : `${shown}${more}, as given.`;
}

function listed(entries: readonly (readonly [string, number])[]): string {
  const parts = entries.slice(0, 6).map(([name, records]) => `${name} ${count(records)}`);
  if (entries.length > 6) parts.push(`and ${counted(entries.length - 6, "more reason")}`);
  return parts.join(", ");
}
