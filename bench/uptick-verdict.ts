/** What is right and wrong about the events that a method told of one series. */
import type { LabSeries } from "../src/lab/series/series-families.ts";
import { duty, RAMP_GRACE, type SeriesEvent } from "../src/lab/series/series-event.ts";
import type { ToldEvent } from "./uptick-alarms.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;
/** A second event this long after a change for good tells it again, seconds. */
const TOLD_AGAIN = 28 * DAY;
/** An event this soon after a true one has ended is its echo, seconds. */
const ECHO = 2 * DAY;

/** One true event that had to be found, and how it was. */
export interface Finding {
  readonly event: SeriesEvent;
  /** Events told of it; 0 where it was missed. */
  readonly told: number;
  /** From the start of the first bucket of it to the end of the one at which it was told, buckets less one: 0 is at once. Null where missed. */
  readonly delay: number | null;
}

/** Why an event is false: the nearest thing that the series had. */
export type FalseCause =
  | "echo"
  | "new level"
  | "after a gap"
  | "holiday"
  | "clock change"
  | "weekly peak"
  | "monthly peak"
  | "fall"
  | "told before"
  | "noise";

export interface FalseEvent extends ToldEvent {
  readonly cause: FalseCause;
}

/** All that is to be said about a method on one series. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly falseEvents: readonly FalseEvent[];
  /** Judged time in which somebody looked, years. */
  readonly years: number;
}

/** Bucket's part of the reading is the delay: a method that looks once a day tells at the end of the day. */
export function judge({ plan, judgedFrom }: Pick<LabSeries, "plan" | "judgedFrom">, events: readonly ToldEvent[]): Verdict {
  const judged = events.filter(({ told, end }) => told > judgedFrom && end > judgedFrom);
  const wanted = plan.events.filter(({ kind, start }) => duty(kind) === "find" && start >= judgedFrom);
  const findings = wanted.map((event): Finding => {
    const hits = judged.filter((one) => tells(one, event));
    const first = hits.reduce((least, { told }) => Math.min(least, told), Infinity);
    const again = event.kind === "shift" ? judged.filter((one) => isAgain(one, event)).length : 0;
    const delay = hits.length === 0 ? null : Math.max(0, (first - event.start) / plan.bucket - 1);
    return { event, told: hits.length === 0 ? 0 : hits.length + again, delay };
  });
  const innocent = judged.filter(
    (one) =>
      !wanted.some((event) => tells(one, event)) &&
      !plan.events.some((event) => (duty(event.kind) === "may tell" || isPast(event, judgedFrom)) && overlaps(one, event)),
  );
  const falseEvents = innocent.map((one) => ({ ...one, cause: causeOf(one, plan.events) }));
  const end = plan.start + plan.days * DAY;
  const gaps = plan.events
    .filter(({ kind }) => kind === "gap")
    .reduce((sum, gap) => sum + Math.max(0, Math.min(gap.end, end) - Math.max(gap.start, judgedFrom)), 0);
  return { findings, falseEvents, years: (end - judgedFrom - gaps) / YEAR };
}

/** Detected: the told event overlaps the true one, and was told when that had begun. */
function tells(one: ToldEvent, event: SeriesEvent): boolean {
  return one.told > event.start && overlaps(one, event);
}

function overlaps(one: ToldEvent, event: SeriesEvent): boolean {
  return one.start < lastMoment(event) && one.end > event.start;
}

function lastMoment({ kind, end }: SeriesEvent): number {
  return kind === "ramp" ? end + RAMP_GRACE : end;
}

/** A surge in the time of learning that is still told of when that is over. */
function isPast({ kind, start }: SeriesEvent, judgedFrom: number): boolean {
  return duty(kind) === "find" && start < judgedFrom;
}

function isAgain(one: ToldEvent, event: SeriesEvent): boolean {
  return one.start >= event.end && one.start < event.start + TOLD_AGAIN;
}

function causeOf(one: ToldEvent, events: readonly SeriesEvent[]): FalseCause {
  const within = (event: SeriesEvent, after: number): boolean => one.start < event.end + after && one.end > event.start;
  const near = (kinds: readonly SeriesEvent["kind"][], after: number): boolean =>
    events.some((event) => kinds.includes(event.kind) && within(event, after));
  if (near(["peak"], 0)) return isWeekly(events.filter(({ kind }) => kind === "peak")) ? "weekly peak" : "monthly peak";
  if (events.some((event) => duty(event.kind) === "find" && one.told <= event.start && overlaps(one, event))) return "told before";
  if (near(["surge", "ramp", "glitch"], ECHO)) return "echo";
  if (near(["clock-change"], 14 * DAY)) return "clock change";
  if (near(["holiday"], ECHO)) return "holiday";
  if (near(["gap"], DAY)) return "after a gap";
  if (near(["ramp", "shift"], TOLD_AGAIN)) return "new level";
  return near(["fall"], TOLD_AGAIN) ? "fall" : "noise";
}

function isWeekly([first, second]: readonly SeriesEvent[]): boolean {
  return first !== undefined && second !== undefined && second.start - first.start === 7 * DAY;
}
