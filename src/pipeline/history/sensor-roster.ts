/**
 * Which sensors are judged. A sensor that joins is listened to until it is known; one that is silent is a gap, not a zero; one that stays
 * away leaves. So what is compared is always what the same sensors saw.
 */

/** A sensor is known to see something in every interval once it did in this share of them, of at least so many: then nothing is silence. */
const ALWAYS_SEES = 0.98;
const LEAST_INTERVALS = 288;
/** ... and had so many observations in an interval on average (Poisson: none comes 6 times in a million of 12), or was never without any for days: of few, an interval without any may be luck. */
const LEAST_MEAN = 12;
const NEVER_WITHOUT = 0.9999;
/** Memory of that share, intervals: a day. */
const SHARE_MEMORY = 288;
/** Sensors that begin within the first day of history are there from the start, seconds. */
const FOUNDING_SECONDS = 86_400;
/** A sensor that was missing from so many intervals in a row, two days of those in which others were there, has left. */
const GONE_INTERVALS = 576;

interface Sensor {
  readonly firstSeen: number;
  /** Intervals in a row in which others saw something and it did not. */
  missed: number;
  intervals: number;
  /** Share of late intervals in which it saw anything. */
  share: number;
  /** Observations of late intervals, mean. */
  mean: number;
}

/** Plain values, for a snapshot. */
export interface RosterState {
  readonly sensors: readonly (readonly [name: string, sensor: Sensor])[];
  readonly historyStart: number | null;
  readonly reference: readonly string[];
}

/** Who was alive in an interval, and how much each saw. */
export interface Liveness {
  readonly sensors: readonly string[];
  /** Beside `sensors`. */
  readonly observations: readonly number[];
}

export class SensorRoster {
  /** The sensors that levels are of, by name. */
  reference: readonly string[] = [];
  readonly #learningSeconds: number;
  readonly #sensors = new Map<string, Sensor>();
  #historyStart: number | null = null;

  constructor(learningSeconds: number) {
    this.#learningSeconds = learningSeconds;
  }

  /** Sensors known at all. */
  get known(): readonly string[] {
    return [...this.#sensors.keys()].sort();
  }

  /** Takes in an interval; the sensors that were alive in it and see, known long enough or not. */
  observe(time: number, { sensors, observations }: Liveness): readonly string[] {
    if (sensors.length > 0) this.#historyStart ??= time;
    const seeing: string[] = [];
    for (const [index, name] of sensors.entries()) {
      const count = observations[index] ?? 0;
      const sensor = this.#sensors.get(name) ?? { firstSeen: time, missed: 0, intervals: 0, share: 1, mean: 0 };
      this.#sensors.set(name, sensor);
      const isBusy = sensor.mean >= LEAST_MEAN || sensor.share > NEVER_WITHOUT;
      const isSilent = count === 0 && sensor.share > ALWAYS_SEES && isBusy && sensor.intervals >= LEAST_INTERVALS;
      if (isSilent) continue;
      sensor.intervals++;
      const memory = Math.min(sensor.intervals, SHARE_MEMORY);
      sensor.share += ((count > 0 ? 1 : 0) - sensor.share) / memory;
      sensor.mean += (count - sensor.mean) / memory;
      seeing.push(name);
    }
    if (seeing.length > 0) for (const [name, sensor] of this.#sensors) sensor.missed = seeing.includes(name) ? 0 : sensor.missed + 1;
    return seeing.sort();
  }

  /** The sensors that levels should be of from this interval on. */
  due(time: number): readonly string[] {
    const due: string[] = [];
    for (const [name, { firstSeen, missed }] of this.#sensors) {
      const isFounding = firstSeen - (this.#historyStart ?? firstSeen) < FOUNDING_SECONDS;
      const isKnown = isFounding || time - firstSeen >= this.#learningSeconds;
      if (isKnown && missed < GONE_INTERVALS) due.push(name);
    }
    // Nobody is left: who was there last is waited for
    return due.length === 0 ? this.reference : due.sort();
  }

  snapshot(): RosterState {
    return {
      sensors: [...this.#sensors].map(([name, sensor]) => [name, { ...sensor }]),
      historyStart: this.#historyStart,
      reference: this.reference,
    };
  }

  restore({ sensors, historyStart, reference }: RosterState): void {
    this.#sensors.clear();
    for (const [name, sensor] of sensors) this.#sensors.set(name, { ...sensor });
    this.#historyStart = historyStart;
    this.reference = reference;
  }
}

export function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
