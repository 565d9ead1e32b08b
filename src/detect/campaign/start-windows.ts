/**
 * Same start and stop: a scan statistic (Naus 1965; Kulldorff 1997) over the first times of a group, in windows of several widths. How many
 * were to be expected is the most that three nulls say: all other suspects' starts in the same moments (so that the hours of the day, a
 * gap in the capture or its beginning tie nobody), an even spread, and the group's own busy windows. Those that stop together too are
 * told from strangers that happened to begin then.
 */
import { logNegativeBinomialTail } from "../../stats/negative-binomial-tail.ts";
import { FEWEST_MEMBERS } from "./grouping.ts";
import type { Population } from "./population.ts";

/** Widths of windows in seconds, each about four times the one before. */
export const WIDTHS: readonly number[] = [1, 4, 15, 60, 240, 900, 3600, 14_400];
/** Windows longer than this share of the time read tell no moment. */
const WIDEST_SHARE = 0.05;
/** Starts above what was to be expected: below, a quarter or more of the window are strangers. */
const LEAST_EXCESS = 4;
/** Rates of starts vary by this much (variance over squared mean), whatever the three nulls say. */
const DISPERSION = 0.1;
/** Share of a group's windows that may be as busy as the null. */
const BUSY_QUANTILE = 0.95;
/** Share of a window's suspects that must stop together for the others to be left out, and within which time. */
const STOPPING_SHARE = 0.5;
/** Strangers to be expected, as a share of a window's suspects, that are worth no loss of members. */
const FEW_STRANGERS = 0.03;
const STOP_SHARE_OF_DURATION = 0.15;
const LEAST_STOP_WIDTH = 2;

export interface StartWindow {
  /** Members of the group that began in the window (and stopped together). */
  readonly members: readonly number[];
  /** Suspects that agree in the key, with those that began at other times. */
  readonly of: number;
  /** Strangers to be expected among them. */
  readonly expected: number;
  /** log10 of the chance of so many. */
  readonly logChance: number;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** When most of the members stopped, and how many those are. */
  readonly stop: { readonly from: number; readonly to: number; readonly members: number } | null;
}

/** Windows in which a group begins together, the least likely first, no member in two. */
export function startWindows(group: Uint32Array, population: Population): StartWindow[] {
  const { first } = population.suspects;
  const members = group.filter((at) => !population.isStartCensored(at));
  members.sort((a, b) => first[a]! - first[b]! || a - b);
  if (members.length < FEWEST_MEMBERS || population.span <= 0) return [];
  const starts = Float64Array.from(members, (at) => first[at]!);
  const found = WIDTHS.filter((width) => width <= WIDEST_SHARE * population.span).flatMap((width) => scan(starts, width, population));
  const taken = new Uint8Array(members.length);
  return found
    .toSorted((a, b) => a.logChance - b.logChance || a.begin - b.begin || a.end - b.end)
    .flatMap((core) => {
      const { begin, end, expected } = widen(core, found);
      const free: number[] = [];
      for (let i = begin; i < end; i++) if (taken[i] === 0) free.push(members[i]!);
      if (2 * free.length < end - begin || free.length < FEWEST_MEMBERS) return [];
      taken.fill(1, begin, end);
      return withStop(free, members.length, expected, population);
    });
}

interface Found {
  readonly begin: number;
  readonly end: number;
  readonly expected: number;
  readonly logChance: number;
}

/** The widest of the windows around one whose further members are as few strangers. */
function widen(core: Found, found: readonly Found[]): Found {
  let widest = core;
  for (const around of found) {
    if (around.begin > widest.begin || around.end < widest.end) continue;
    const more = around.end - around.begin - (widest.end - widest.begin);
    if (more > 0 && more >= LEAST_EXCESS * (around.expected - widest.expected)) widest = around;
  }
  return widest;
}

/** The windows of one width that are unlikelier than their neighbours. */
function scan(starts: Float64Array, width: number, population: Population): Found[] {
  const count = starts.length;
  const others = population.suspects.length - count;
  const even = (count * width) / population.span;
  const busy = busyWindow(starts, width, population);
  const found: Found[] = [];
  let end = 0;
  let reached = 0;
  for (let begin = 0; begin < count; begin++) {
    while (end < count && starts[end]! <= starts[begin]! + width) end++;
    // A window that ends where the one before did holds less.
    if (end === reached || end - begin < FEWEST_MEMBERS) continue;
    reached = end;
    const here = end - begin;
    const strangers = Math.max(0, population.startsWithin(starts[begin]!, starts[begin]! + width) - here);
    const expected = Math.max(even, busy, others > 0 ? (count * strangers) / others : 0);
    if (here < LEAST_EXCESS * expected) continue;
    const logChance = logNegativeBinomialTail(here, expected, DISPERSION) / Math.LN10;
    const last = found.at(-1);
    // Of windows that overlap, the unlikeliest.
    if (last !== undefined && begin < last.end) {
      if (logChance < last.logChance) found[found.length - 1] = { begin, end, expected, logChance };
    } else found.push({ begin, end, expected, logChance });
  }
  return found;
}

/** Starts in a window that the busiest twentieth of a group's windows reach. */
function busyWindow(starts: Float64Array, width: number, population: Population): number {
  const windows = Math.ceil(population.span / width);
  const allowed = (1 - BUSY_QUANTILE) * windows;
  // Where fewer windows hold anything, most are empty.
  if (starts.length <= allowed) return 0;
  const counts: number[] = [];
  let window = -1;
  for (const start of starts) {
    const at = Math.floor((start - population.start) / width);
    if (at === window) counts[counts.length - 1]!++;
    else counts.push(1);
    window = at;
  }
  counts.sort((a, b) => b - a);
  return counts[Math.ceil(allowed)] ?? 0;
}

/** Narrows a window to those that stop together, where they are most and there are strangers to be told apart. */
function withStop(members: readonly number[], of: number, expected: number, population: Population): StartWindow {
  const { first, last, length } = population.suspects;
  const whole = windowOf(members, of, expected, null, population);
  const stopping = members.filter((at) => !population.isStopCensored(at)).toSorted((a, b) => last[a]! - last[b]! || a - b);
  const durations = stopping.map((at) => last[at]! - first[at]!).toSorted((a, b) => a - b);
  const width = Math.max(LEAST_STOP_WIDTH, STOP_SHARE_OF_DURATION * (durations[durations.length >>> 1] ?? 0));
  let best: readonly number[] = [];
  for (let begin = 0, end = 0; begin < stopping.length; begin++) {
    while (end < stopping.length && last[stopping[end]!]! <= last[stopping[begin]!]! + width) end++;
    if (end - begin > best.length) best = stopping.slice(begin, end);
  }
  if (best.length < FEWEST_MEMBERS || best.length < STOPPING_SHARE * members.length) return whole;
  const kept = best.map((at) => last[at]! - first[at]!);
  const alike = population.durationsWithin(Math.min(...kept), Math.max(...kept)) - best.length;
  const share = Math.min(1, (Math.max(0, alike) + 1) / Math.max(1, length - best.length));
  const stop = { from: last[best[0]!]!, to: last[best.at(-1)!]!, members: best.length };
  if (expected <= FEW_STRANGERS * members.length) return { ...whole, stop };
  const narrowed = windowOf(best, of, expected * share, stop, population);
  // Where nearly all last as long, nobody is left out.
  return narrowed.logChance < whole.logChance ? narrowed : whole;
}

function windowOf(
  members: readonly number[],
  of: number,
  expected: number,
  stop: StartWindow["stop"],
  { suspects }: Population,
): StartWindow {
  const starts = members.map((at) => suspects.first[at]!);
  return {
    members,
    of,
    expected,
    logChance: logNegativeBinomialTail(members.length, expected, DISPERSION) / Math.LN10,
    from: Math.min(...starts),
    to: Math.max(...starts),
    stop,
  };
}
