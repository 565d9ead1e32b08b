/** Families of lab series: what each one is there to try, and how its plans are drawn. */
import { Random } from "../random.ts";
import { makeSeries, weekdayOf, type MadeSeries, type SeriesPlan } from "./make-series.ts";
import { SURGE_SHAPES, type SeriesEvent, type SurgeShape } from "./series-event.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export const SURGE_FACTORS = [3, 5, 30] as const;
/** Hours. */
export const SURGE_DURATIONS = [1, 3, 6, 12, 24] as const;
/** Days that a ramp takes, that a shift is news, and between one lasting change and the next. */
const RAMP_DAYS = 10;
const SHIFT_NEWS_DAYS = 14;
const BETWEEN_CHANGES_DAYS = 60;
/** In one series, or the long ones would decide everything. */
const MOST_SURGES = 20;
/** Counts of a bucket, and sizes of the negative binomial: from heavy over-dispersion to near Poisson. */
const LEVELS = [0.05, 10_000] as const;
const SIZES = [1, 200] as const;
/** 2021-01-04, a Monday; series begin within two years after it. */
const FIRST_DAY = Date.UTC(2021, 0, 4) / 1000;

export const SERIES_FAMILIES = [
  "surges",
  "ramps",
  "shifts",
  "gaps",
  "quiet",
  "near-zero",
  "weekly-peaks",
  "holidays",
  "clock-change",
  "glitches",
  "november-2013",
  "patch-days",
] as const;
export type SeriesFamily = (typeof SERIES_FAMILIES)[number];
/** Families that no method without a calendar can be right about: told apart. */
export const HARD_FAMILIES: readonly SeriesFamily[] = ["patch-days"];

/** One series of the catalogue. */
export interface LabSeries {
  /** Family, bucket, number and seed: `surges-1h-3@7`. */
  readonly name: string;
  readonly family: SeriesFamily;
  readonly plan: SeriesPlan;
  /** Seconds since 1970: what comes before is for learning, what happens there counts for nothing. */
  readonly judgedFrom: number;
  make(): MadeSeries;
}

type BucketName = "5m" | "1h" | "1d";
const BUCKETS: Readonly<Record<BucketName, number>> = { "5m": 5 * MINUTE, "1h": HOUR, "1d": DAY };

/** How many of each family and bucket a seed has. */
const COUNTS: readonly (readonly [family: SeriesFamily, bucket: BucketName, count: number])[] = [
  ["surges", "5m", 20],
  ["surges", "1h", 30],
  ["surges", "1d", 12],
  ["ramps", "5m", 4],
  ["ramps", "1h", 6],
  ["ramps", "1d", 6],
  ["shifts", "5m", 4],
  ["shifts", "1h", 6],
  ["shifts", "1d", 4],
  ["gaps", "5m", 4],
  ["gaps", "1h", 4],
  ["quiet", "5m", 12],
  ["quiet", "1h", 12],
  ["quiet", "1d", 8],
  ["near-zero", "5m", 4],
  ["near-zero", "1h", 4],
  ["near-zero", "1d", 2],
  ["weekly-peaks", "5m", 2],
  ["weekly-peaks", "1h", 4],
  ["holidays", "1h", 3],
  ["holidays", "1d", 3],
  ["clock-change", "5m", 2],
  ["clock-change", "1h", 4],
  ["glitches", "5m", 3],
  ["glitches", "1h", 3],
  ["november-2013", "1h", 2],
  ["patch-days", "1h", 3],
  ["patch-days", "1d", 3],
];

/** All series of a seed, planned but not made yet; each has its own stream, so that one can be made without the others. */
export function seriesCatalogue(seed: number): LabSeries[] {
  const random = new Random(seed);
  return COUNTS.flatMap(([family, bucket, count]) =>
    Array.from({ length: count }, (_, index) => planned(`${family}-${bucket}-${index + 1}@${seed}`, family, bucket, random.fork())),
  );
}

function planned(name: string, family: SeriesFamily, bucket: BucketName, random: Random): LabSeries {
  const days = random.pick(HISTORY_DAYS[bucket]);
  const base = basePlan(BUCKETS[bucket], lasting(family) ? Math.max(days, MIN_LASTING_DAYS) : days, random);
  const plan = FAMILY_PLANS[family](base, base.start + learningDays(base) * DAY, random);
  const luck = random.word();
  return { name, family, plan, judgedFrom: plan.start + learningDays(plan) * DAY, make: () => makeSeries(plan, new Random(luck)) };
}

/** Days of history: 30 to three years; five-minute series end earlier, or they would be most of the work. */
const HISTORY_DAYS: Readonly<Record<BucketName, readonly number[]>> = {
  "5m": [30, 60, 90, 180],
  "1h": [30, 90, 365, 730, 1096],
  "1d": [180, 365, 730, 1096],
};
const MIN_LASTING_DAYS = 120;

function lasting(family: SeriesFamily): boolean {
  return family === "ramps" || family === "shifts";
}

/** Four weeks, or half of what there is; days need longer to be many. */
function learningDays({ bucket, days }: SeriesPlan): number {
  return bucket === DAY ? 60 : Math.min(28, Math.floor(days / 2));
}

function basePlan(bucket: number, days: number, random: Random): SeriesPlan {
  const weekend = 0.4 + 0.8 * random.uniform();
  return {
    bucket,
    start: FIRST_DAY + random.integer(0, 730) * DAY,
    days,
    level: logUniform(LEVELS, random),
    size: logUniform(SIZES, random),
    hourly: random.uniform() * 1.2,
    peakHour: random.uniform() * 24,
    weekdays: Array.from({ length: 7 }, (_, day) => (day >= 5 ? weekend : 1) * (0.95 + 0.1 * random.uniform())),
    drift: random.uniform() * 0.3,
    driftDays: 20 + 40 * random.uniform(),
    missing: 0,
    events: [],
  };
}

type Planner = (base: SeriesPlan, judgedFrom: number, random: Random) => SeriesPlan;

const FAMILY_PLANS: Readonly<Record<SeriesFamily, Planner>> = {
  surges: withSurges,
  ramps: (base, from, random) => {
    const plateau = random.chance(0.5);
    const starts = spread(base, from, RAMP_DAYS, plateau ? 2 * BETWEEN_CHANGES_DAYS : BETWEEN_CHANGES_DAYS, random);
    const events = starts.flatMap((start): SeriesEvent[] => {
      const end = start + RAMP_DAYS * DAY;
      const ramp: SeriesEvent = { kind: "ramp", start, end, factor: 3, plateau };
      // What rose comes down again some time, or a few plateaus would leave the range of counts
      const fallen = end + BETWEEN_CHANGES_DAYS * DAY;
      return plateau ? [ramp, { kind: "fall", start: fallen, end: fallen + SHIFT_NEWS_DAYS * DAY, factor: 1 / 3 }] : [ramp];
    });
    return withEvents(base, events);
  },
  shifts: (base, from, random) => {
    // Up and down in turn, or counts would leave the range after some of them
    let up = random.chance(0.5);
    const events = spread(base, from, SHIFT_NEWS_DAYS, BETWEEN_CHANGES_DAYS, random).map((start): SeriesEvent => {
      const factor = 2 + 2 * random.uniform();
      up = !up;
      return up
        ? { kind: "shift", start, end: start + SHIFT_NEWS_DAYS * DAY, factor }
        : { kind: "fall", start, end: start + SHIFT_NEWS_DAYS * DAY, factor: 1 / factor };
    });
    return withEvents(base, events);
  },
  gaps: (base, from, random) => {
    const gaps = spread(base, base.start, 3, 10, random).map((start): SeriesEvent => {
      const hours = random.pick([1, 6, 24, 72]);
      return { kind: "gap", start, end: start + hours * HOUR, factor: 0 };
    });
    const surges = withSurges(base, from, random).events;
    const seen = surges.filter(({ start, end }) => gaps.every((gap) => gap.end <= start || gap.start >= end));
    return { ...base, missing: 0.005, events: [...gaps, ...seen].sort((a, b) => a.start - b.start) };
  },
  quiet: (base) => base,
  "near-zero": (base, _from, random) => ({ ...base, level: logUniform([0.002, 0.3], random), size: logUniform([1, 20], random) }),
  "weekly-peaks": (base, _from, random) => {
    const [weekday, hour, hours] = [random.integer(0, 6), random.integer(0, 23), random.integer(1, 3)];
    const factor = 5 + 15 * random.uniform();
    const peaks = daysOf(base).filter((day) => weekdayOf(day) === weekday);
    return withEvents(
      { ...base, level: Math.max(1, base.level) },
      peaks.map((day) => ({ kind: "peak", start: day + hour * HOUR, end: day + (hour + hours) * HOUR, factor })),
    );
  },
  holidays: (base, _from, random) => {
    const holidays = daysOf(base).filter(() => random.chance(10 / 365));
    return withEvents(
      base,
      holidays.map((day) => ({ kind: "holiday", start: day, end: day + DAY, factor: 0.3 + 0.4 * random.uniform() })),
    );
  },
  "clock-change": (base, from, random) => {
    const changes = spread(base, from, 1, 180, random).slice(0, 1);
    return withEvents(
      { ...base, hourly: 1 + 0.5 * random.uniform() },
      changes.map((start) => ({ kind: "clock-change", start, end: start + DAY, factor: 1 })),
    );
  },
  glitches: (base, from, random) =>
    withEvents(
      base,
      spread(base, from, 1, 12, random).map((day) => {
        const start = day + random.integer(0, DAY / base.bucket - 1) * base.bucket;
        return { kind: "glitch", start, end: start + base.bucket, factor: 100 };
      }),
    ),
  // Cisco TRAC, 2013-11-02: sensors that log TCP source port zero, under 20 all year, five-fold for three hours
  "november-2013": (base) => {
    const start = Date.UTC(2013, 10, 2, 1) / 1000;
    return {
      ...base,
      start: Date.UTC(2012, 10, 5) / 1000,
      days: 390,
      level: 15,
      size: 100,
      hourly: 0.1,
      drift: 0.05,
      events: [{ kind: "surge", start, end: start + 3 * HOUR, factor: 5, shape: "square" }],
    };
  },
  // The second Tuesday of each month, from 17:00 UTC on
  "patch-days": (base, _from, random) => {
    const factor = 4 + 4 * random.uniform();
    const patchDays = daysOf(base).filter((day) => weekdayOf(day) === 1 && Math.ceil(new Date(day * 1000).getUTCDate() / 7) === 2);
    const [from, to] = base.bucket === DAY ? [0, 24] : [17, 23];
    return withEvents(
      base,
      patchDays.map((day) => ({ kind: "peak", start: day + from * HOUR, end: day + to * HOUR, factor })),
    );
  },
};

/** Surges over all the judged time, each factor with each duration as often, and in half of the series one or two in the time of learning. */
function withSurges(base: SeriesPlan, from: number, random: Random): SeriesPlan {
  const events: SeriesEvent[] = [];
  if (random.chance(0.5)) {
    const learning = (from - base.start) / DAY;
    for (const part of random.chance(0.5) ? [0.7] : [0.3, 0.8]) {
      events.push(
        surgeAt(base.start + Math.floor(part * learning) * DAY, random.pick(SURGE_FACTORS), random.pick(SURGE_DURATIONS), random),
      );
    }
  }
  // A series of days shows a surge of a day, and hardly a shorter one
  const durations = base.bucket === DAY ? [24] : SURGE_DURATIONS;
  const kinds = random.shuffle(SURGE_FACTORS.flatMap((factor) => durations.map((hours) => ({ factor, hours }))));
  const between = Math.max(base.bucket === DAY ? 30 : 8, base.days / MOST_SURGES);
  spread(base, from, 2, between, random).forEach((day, index) => {
    const { factor, hours } = kinds[index % kinds.length] ?? { factor: 5, hours: 24 };
    const start = base.bucket === DAY ? day : day + random.integer(0, DAY / base.bucket - 1) * base.bucket;
    events.push(surgeAt(start, factor, hours, random));
  });
  return withEvents(base, events);
}

function surgeAt(start: number, factor: number, hours: number, random: Random): SeriesEvent {
  const shape: SurgeShape = random.pick(SURGE_SHAPES);
  return { kind: "surge", start, end: start + hours * HOUR, factor, shape };
}

/** Midnights at which events of `days` begin, from `from` on, with at least `between` days from one's start to the next. */
function spread(base: SeriesPlan, from: number, days: number, between: number, random: Random): number[] {
  const end = base.start + base.days * DAY;
  const starts: number[] = [];
  let next = from + random.integer(1, 5) * DAY;
  while (next + days * DAY <= end) {
    starts.push(next);
    next += Math.ceil(between * (1 + 0.5 * random.uniform())) * DAY;
  }
  return starts;
}

function daysOf({ start, days }: SeriesPlan): number[] {
  return Array.from({ length: days }, (_, day) => start + day * DAY);
}

function withEvents(plan: SeriesPlan, events: readonly SeriesEvent[]): SeriesPlan {
  return { ...plan, events };
}

function logUniform([low, high]: readonly [number, number], random: Random): number {
  return low * (high / low) ** random.uniform();
}
