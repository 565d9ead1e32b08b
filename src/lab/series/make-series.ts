/**
 * Makes a series of counts with known truth: negative binomial around level × hour of day × day of week × slow drift × events, as counts of
 * unsolicited sources are (over-dispersed; diurnal and weekly through the people behind the machines). The model is that of Noufaily et al.
 * 2013 (doi 10.1002/sim.5595), with hours added and a random drift in place of a linear trend.
 */
import type { Random } from "../random.ts";
import { eventCourse, type EventCourse, type SeriesEvent } from "./series-event.ts";

const HOUR = 3600;
const DAY = 86_400;
/** 1970-01-01 was a Thursday; weeks here begin on Monday. */
const EPOCH_WEEKDAY = 3;

/** Everything that decides a series but the luck of the draw. */
export interface SeriesPlan {
  /** Seconds a bucket, dividing a day. */
  readonly bucket: number;
  /** Seconds since 1970, at midnight UTC. */
  readonly start: number;
  readonly days: number;
  /** Mean count of a bucket, over a week without drift or events. */
  readonly level: number;
  /** Of the negative binomial: variance is mean + mean² / size. */
  readonly size: number;
  /** Strength of the daily wave exp(s · cos): 0 none, 1 a ratio of 7 between peak and trough, 1.5 of 20. */
  readonly hourly: number;
  /** UTC hour of the daily peak. */
  readonly peakHour: number;
  /** Seven factors, Monday first; their mean is made 1. */
  readonly weekdays: readonly number[];
  /** Of the logarithm of the level: its standard deviation, and the days after which it has forgotten to 1/e. */
  readonly drift: number;
  readonly driftDays: number;
  /** Part of the buckets that are missing, here and there. */
  readonly missing: number;
  readonly events: readonly SeriesEvent[];
}

/** A series with its truth. All arrays have one element a bucket. */
export interface MadeSeries {
  readonly plan: SeriesPlan;
  /** Seconds since 1970 at which the bucket starts. */
  readonly times: Float64Array;
  /** Counts; NaN where nobody looked. */
  readonly values: Float64Array;
  /** True mean, events included: what was drawn from. */
  readonly mean: Float64Array;
  /** True mean of the ordinary: without surges, ramps, shifts and glitches; a new level for good counts as ordinary once it is old. */
  readonly expected: Float64Array;
}

/** The same plan and an equal stream give the same series. */
export function makeSeries(plan: SeriesPlan, random: Random): MadeSeries {
  const { bucket, start, events } = plan;
  const length = Math.floor((plan.days * DAY) / bucket);
  const perDay = DAY / bucket;
  const shape = dayShapes(plan);
  const drift = driftByDay(plan, random.fork());
  const eventRandom = random.fork();
  const courses = events.map((event): EventCourse => eventCourse(event, bucket, eventRandom));
  const draws = random.fork();
  const lost = random.fork();
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  const mean = new Float64Array(length);
  const expected = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const time = start + at * bucket;
    times[at] = time;
    const day = Math.floor(at / perDay);
    const within = (at % perDay) / perDay;
    const level = (drift[day] ?? 0) * (1 - within) + (drift[day + 1] ?? 0) * within;
    const ordinary = plan.level * Math.exp(level) * shape(time);
    let actual = ordinary;
    let known = ordinary;
    for (const course of courses) {
      actual *= course.actual(time);
      known *= course.expected(time);
    }
    mean[at] = actual;
    expected[at] = known;
    const count = draws.negativeBinomial(actual, plan.size);
    values[at] = lost.chance(plan.missing) || isInGap(events, time) ? Number.NaN : count;
  }
  return { plan, times, values, mean, expected };
}

/** Day of the week of a moment, 0 for Monday. */
export function weekdayOf(time: number): number {
  return (Math.floor(time / DAY) + EPOCH_WEEKDAY) % 7;
}

function isInGap(events: readonly SeriesEvent[], time: number): boolean {
  return events.some((event) => event.kind === "gap" && time >= event.start && time < event.end);
}

/** Hour of day × day of week as a function of time, with mean 1 over a week. Clock changes move its hours. */
function dayShapes(plan: SeriesPlan): (time: number) => number {
  const { bucket, hourly, peakHour, weekdays } = plan;
  const meanWeekday = weekdays.reduce((sum, factor) => sum + factor, 0) / weekdays.length;
  const changes = plan.events.filter(({ kind }) => kind === "clock-change").map(({ start }) => start);
  const wave = (hours: number): number => Math.exp(hourly * Math.cos((2 * Math.PI * (hours - peakHour)) / 24));
  const slots = Math.round(DAY / bucket);
  const waves = Array.from({ length: slots }, (_, slot) => (bucket < DAY ? wave(((slot + 0.5) * bucket) / HOUR) : 1));
  const meanWave = waves.reduce((sum, value) => sum + value, 0) / slots;
  return (time) => {
    const ahead = changes.filter((change) => time >= change).length * HOUR;
    const local = time + (bucket < DAY ? ahead : 0);
    return (((waves[Math.floor((local % DAY) / bucket)] ?? 1) / meanWave) * (weekdays[weekdayOf(local)] ?? 1)) / meanWeekday;
  };
}

/** Logarithm of the drift at each midnight: an Ornstein-Uhlenbeck process, so that its mean factor is 1 and neighbours are alike. */
function driftByDay({ days, drift, driftDays }: SeriesPlan, random: Random): number[] {
  const kept = Math.exp(-1 / driftDays);
  let state = random.normal();
  return Array.from({ length: days + 2 }, () => {
    const now = drift * state - (drift * drift) / 2;
    state = kept * state + Math.sqrt(1 - kept * kept) * random.normal();
    return now;
  });
}
