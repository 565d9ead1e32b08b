/** What a report cannot tell and why: skipped records, damage, forgotten counts, lists and their ages, guesses. Nothing fails silently. */
import { isQuiet, type LiveInput, type Report } from "../model/report.ts";
import { feedLimits, feedsInShort } from "./feed-limits.ts";
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
/** Inputs named in a brief list. */
const NAMED = 3;
/** Sources are mostly other people's machines. */
const COUNTRY_CAVEAT = "A country is where an address is registered, not who sends: it has no weight here.";
const READ_FAILURES: ReadonlyMap<string, string> = new Map([
  ["E_INPUT_UNKNOWN", "of no known format"],
  ["E_INPUT_EMPTY", "empty"],
  ["E_INPUT_DAMAGED", "damaged"],
]);

/** All limits of a report, the serious ones first. `brief` counts what would be a long list. */
export function limits(report: Report, { brief = false }: { brief?: boolean } = {}): Limit[] {
  const { input } = report;
  const lines: Limit[] = [...notRead(input.unreadable, brief), ...damaged(input.sources, brief)];
  const { sources, contacts, flows } = report.forgotten;
  if (sources + contacts + flows > 0) {
    const parts = [
      sources > 0 ? counted(sources, "source") : "",
      contacts > 0 ? counted(contacts, "contact") : "",
      flows > 0 ? counted(flows, "conversation") : "",
    ].filter((part) => part !== "");
    const words = `the tables were full, and ${parts.join(", ")} had to give way, the quietest first; counts are lower bounds.`;
    lines.push({ topic: "Forgotten", words, serious: true });
  }
  lines.push(...keeping(input));
  if (input.passedOver.length > 0) {
    const words = `${counted(input.passedOver.length, "file")} of folders, empty or of no known format.`;
    lines.push({ topic: "Passed by", words, serious: false });
  }
  const implausible = input.totals["implausible-time"] ?? 0;
  if (implausible > 0) {
    const words = `${counted(implausible, "packet")} had a time more than five years from the first packet's (a broken clock, damage, or inputs of different years); ${implausible === 1 ? "it counts" : "they count"} at the time of the packet before.`;
    lines.push({ topic: "Times", words, serious: true });
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
  lines.push({ topic: "Lists", words: listWords(report, brief), serious: false });
  const names = nameWords(report, brief);
  if (names !== null) lines.push({ topic: "Names", words: names.words, serious: names.failed });
  lines.push(...feedLimits(report.feeds, brief));
  return lines;
}

/** What the records are not: whole, parsed, unsampled, or able to prove their ports. */
function keeping({ sources, lost, live, troubles }: Report["input"]): Limit[] {
  const lines: Limit[] = [];
  for (const { name, unparsed, records, looksLike } of sources) {
    if (looksLike === null) continue;
    lines.push({
      topic: "Odd input",
      words: `${name}: ${count(unparsed)} of ${counted(records, "record")} did not parse; it ${looksLike}.`,
      serious: true,
    });
  }
  for (const source of live) lines.push(...liveLines(source));
  for (const words of troubles) lines.push({ topic: "Live", words: `${words}.`, serious: true });
  const replaced = sources.filter(({ anonymised }) => anonymised).map(({ name }) => name);
  if (replaced.length > 0) {
    const more = replaced.length > NAMED ? ` and ${count(replaced.length - NAMED)} more` : "";
    const words = `the addresses of ${replaced.slice(0, NAMED).join(", ")}${more} were replaced: no network, country or acknowledged scanner is named.`;
    lines.push({ topic: "Anonymous", words, serious: false });
  }
  const missing = Object.entries(lost).filter(([, records]) => records > 0);
  if (missing.length > 0)
    lines.push({ topic: "Lost", words: `${listed(missing)}, as sequence numbers or their senders' own counts tell.`, serious: true });
  const sampled = sources.flatMap((source) => (source.sampled === null ? [] : [source.sampled]));
  if (sampled.length > 0) {
    const least = Math.min(...sampled.map((one) => one.least));
    const greatest = Math.max(...sampled.map((one) => one.greatest));
    const factor = least === greatest ? `1 in ${count(greatest)}` : `1 in ${count(least)} to 1 in ${count(greatest)}`;
    const words = `${factor} packets; packets are scaled up, and sources, targets and ports that were missed stay missed.`;
    lines.push({ topic: "Sampled", words, serious: false });
  }
  const unproven = [...new Set(sources.filter(({ proves }) => !proves.portsOnTheWire).map(({ format }) => format))];
  if (unproven.length > 0) {
    const words = `${unproven.slice(0, NAMED).join(", ")} records cannot tell port zero from a later fragment: it is counted as unconfirmed.`;
    lines.push({ topic: "Ports", words, serious: false });
  }
  return lines;
}

/** What a live source lost or could not make sense of. */
function liveLines(source: LiveInput): Limit[] {
  const { name, health, droppedByKernel, droppedByUs, unrecognised, forgottenSenders } = source;
  const parts = [
    health === "fine" ? "" : health,
    droppedByKernel > 0 ? `${count(droppedByKernel)} dropped by the kernel, for nobody took them in time` : "",
    droppedByUs > 0 ? `${count(droppedByUs)} refused as too long or too many` : "",
    unrecognised.records > 0 ? `${counted(unrecognised.records, "record")} of no known format` : "",
    forgottenSenders > 0 ? `${counted(forgottenSenders, "sender")} forgotten to make room` : "",
  ].filter((part) => part !== "");
  if (parts.length > 0) return [{ topic: "Live", words: `${name}: ${parts.join("; ")}.`, serious: true }];
  return isQuiet(source) ? [{ topic: "Live", words: `${name}: nothing came while it was read.`, serious: false }] : [];
}

/** Inputs that could not be read: each by name, or counted by reason where `brief` and more than three. */
function notRead(unreadable: readonly string[], brief: boolean): Limit[] {
  if (!brief || unreadable.length <= NAMED) return unreadable.map((words) => ({ topic: "Not read", words, serious: true }));
  const byReason = new Map<string, number>();
  for (const line of unreadable) {
    const reason = READ_FAILURES.get(/\((E_[A-Z_]+)\)$/.exec(line)?.[1] ?? "") ?? "unreadable";
    byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  const reasons = [...byReason].map(([reason, inputs]) => `${count(inputs)} ${reason}`).join(", ");
  const words = `${counted(unreadable.length, "input")}: ${reasons}. Standard error and the other formats name each.`;
  return [{ topic: "Not read", words, serious: true }];
}

function damaged(sources: Report["input"]["sources"], brief: boolean): Limit[] {
  const lines = sources.flatMap(({ name, damage, records }) => {
    if (damage === null) return [];
    const at = `${name}: damaged at octet ${count(damage.offset)}, ${damage.reason}`;
    return [{ topic: "Damage", words: `${at}; the ${counted(records, "record")} before it count.`, serious: true }];
  });
  if (!brief || lines.length <= NAMED) return lines;
  const words = `${counted(lines.length - NAMED, "further input")} end early. Standard error and the other formats name each.`;
  return [...lines.slice(0, NAMED), { topic: "Damage", words, serious: true }];
}

/** Lists by their date. Where `brief`: names without the publisher's, and an age only where it is too high. */
function listWords({ lists, feeds, madeAt }: Report, brief: boolean): string {
  if (lists.length === 0) return "none were used: no networks, no acknowledged scanners.";
  const byAge = new Map<string, string[]>();
  for (const { list, date, settled } of lists) {
    const bare = settled === true || (brief && !isOld(date, madeAt));
    const age = bare ? (date ?? "unknown date") : listAge(date, madeAt);
    byAge.set(age, [...(byAge.get(age) ?? []), brief ? list.replace(/^@[^/]+\/|^precursor /, "") : list]);
  }
  if (brief) return `${[...byAge].map(([age, names]) => `${names.join(", ")} of ${age}`).join("; ")}; ${feedsInShort(feeds)}.`;
  const used = [...byAge].map(([age, names]) => `${names.join(", ")} (${age})`);
  return `${used.join("; ")}. ${COUNTRY_CAVEAT}`;
}

/** What DNS was asked, or would be: only where a name would bear on an acknowledged scanner. */
function nameWords({ names, scans, portZeroLabels }: Report, brief: boolean): { readonly words: string; readonly failed: boolean } | null {
  if (names === undefined || names === null) {
    const labels = [...scans.map((scan) => scan.labels), ...portZeroLabels.values()];
    const claimed = labels.filter(({ acknowledged }) => acknowledged !== null).length;
    if (claimed === 0 || brief) return null;
    return {
      words: `${counted(claimed, "finding")} of acknowledged scanners by lists alone; --resolve would ask DNS whether names bear them out.`,
      failed: false,
    };
  }
  const { servers, asked, named, confirmed, failed, leftOut } = names;
  const parts = [
    `${count(confirmed)} lead back to their address`,
    `${count(named - confirmed)} do not and count for nothing`,
    failed > 0 ? `${counted(failed, "question")} failed` : "",
    leftOut > 0 ? `${counted(leftOut, "source")} left out` : "",
  ].filter((part) => part !== "");
  return { words: `DNS (${servers.join(", ")}) was asked for ${counted(asked, "source")}: ${parts.join(", ")}.`, failed: failed > 0 };
}

/** How old a list was when the report was made: "2026-06-17, 160 days old". */
export function listAge(date: string | null, madeAt: number): string {
  if (date === null) return "date unknown";
  const then = Date.parse(date) / 1000;
  if (!Number.isFinite(then)) return date;
  const days = Math.floor((madeAt - then) / DAY);
  if (days < 0) return date;
  if (days === 0) return `${date}, today`;
  return `${date}, ${counted(days, "day")} old${days > OLD_AFTER_DAYS ? ": outdated" : ""}`;
}

function isOld(date: string | null, madeAt: number): boolean {
  return date !== null && (madeAt - Date.parse(date) / 1000) / DAY > OLD_AFTER_DAYS;
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
  if (entries.length > 6) parts.push(`${count(entries.length - 6)} more kinds`);
  return parts.join(", ");
}
