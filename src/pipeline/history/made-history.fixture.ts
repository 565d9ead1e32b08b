/** History that is made as it is asked for: sensors that share half of their sources, series with a daily shape and over-dispersed counts. */
import { mixPair } from "../../sketch/hash.ts";
import { groupSeriesNumber, INTERVAL_SECONDS, portSeriesNumber, type SeriesPoint, type SeriesSnapshot } from "../../model/series.ts";
import type { Incident } from "../../model/incident.ts";
import type { JudgedHistory } from "./judge.ts";

export const TCP_SOURCE_ZERO = portSeriesNumber("tcp", "source", 0);
export const TCP_445 = portSeriesNumber("tcp", "destination", 445);
export const TELNET = portSeriesNumber("tcp", "destination", 23);
export const PORT_ZERO = groupSeriesNumber("port-zero");
export const ALL = groupSeriesNumber("all");

/** Distinct sources an interval of what all sensors see, on an ordinary day. */
const MEANS: readonly (readonly [series: number, mean: number])[] = [
  [TCP_SOURCE_ZERO, 19],
  [TELNET, 150],
  [TCP_445, 60],
  [PORT_ZERO, 19],
  [ALL, 260],
];

export interface MadeSensor {
  readonly name: string;
  /** Weight of the sources that only it sees. */
  readonly weight: number;
  readonly isAlive?: (time: number) => boolean;
  /** It is up, and sees nothing. */
  readonly isBlind?: (time: number) => boolean;
}

export interface MadeSurge {
  readonly from: number;
  readonly to: number;
  /** Sources in addition, over all sensors; and the packets of each. */
  readonly sources: number;
  readonly packets: number;
}

export class MadeHistory implements JudgedHistory {
  readonly saved = new Map<string, Incident>();
  readonly #sensors: readonly MadeSensor[];
  readonly #surges: readonly MadeSurge[];
  readonly #seed: number;

  constructor(sensors: readonly MadeSensor[], surges: readonly MadeSurge[] = [], seed = 1) {
    this.#sensors = sensors;
    this.#surges = surges;
    this.#seed = seed;
  }

  async snapshot(time: number, sensors: readonly string[] | null): Promise<SeriesSnapshot> {
    const watching = this.#sensors.filter((one) => sees(one, time) && (sensors?.includes(one.name) ?? true));
    const weights = this.#sensors.reduce((sum, { weight }) => sum + weight, 0);
    const surge = this.#surges.find(({ from, to }) => time >= from && time < to);
    const rows = MEANS.map(([series, mean]) => {
      const added = surge !== undefined && series !== TELNET ? surge.sources : 0;
      const shape = (1 + 0.3 * Math.sin((2 * Math.PI * time) / 86_400)) * Math.exp(0.15 * this.#normal(time, series, 0) - 0.011);
      const all = mean * shape + added;
      let sources = watching.length === 0 ? 0 : this.#count(0.5 * all, time, series, 1);
      for (const [index, { weight }] of watching.entries()) sources += this.#count((0.5 * all * weight) / weights, time, series, 2 + index);
      return { series, sources, packets: 3 * sources + (surge !== undefined && series !== TELNET ? surge.packets : 0) };
    }).filter(({ sources }) => sources > 0);
    const column = (value: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, value);
    return {
      time,
      length: rows.length,
      series: Uint32Array.from(rows, ({ series }) => series),
      packets: column(({ packets }) => packets),
      sources: column(({ sources }) => sources),
      networks: column(({ sources }) => Math.ceil(0.8 * sources)),
      asns: column(({ sources }) => Math.ceil(0.3 * sources)),
      targets: column(({ sources }) => 2 * sources),
      sensors: column(() => watching.length),
    };
  }

  async *snapshots(
    range: { readonly from: number; readonly to: number },
    sensors: readonly string[] | null,
  ): AsyncIterable<SeriesSnapshot> {
    for (let time = range.from; time < range.to; time += INTERVAL_SECONDS) yield await this.snapshot(time, sensors);
  }

  async aliveIntervals({ from, to }: { readonly from: number; readonly to: number }): ReturnType<JudgedHistory["aliveIntervals"]> {
    const found = [];
    for (let interval = from; interval < to; interval += INTERVAL_SECONDS) {
      const up = this.#sensors.filter(({ isAlive }) => isAlive?.(interval) ?? true);
      if (up.length > 0) {
        found.push({
          interval,
          sensors: up.map(({ name }) => name),
          observations: up.map((one) => (sees(one, interval) ? 100 : 0)),
        });
      }
    }
    return found;
  }

  async series(
    series: number,
    { from, to }: { readonly from: number; readonly to: number },
    _resolution: number,
    sensors: readonly string[] | null,
  ): Promise<readonly SeriesPoint[]> {
    const points = [];
    for (let time = from; time < to; time += INTERVAL_SECONDS) {
      const { series: all, ...columns } = await this.snapshot(time, sensors);
      const at = all.indexOf(series);
      const value = (column: Float64Array): number => column[at] ?? 0;
      const { packets, sources, networks, asns, targets } = columns;
      points.push({
        time,
        packets: value(packets),
        sources: value(sources),
        networks: value(networks),
        asns: value(asns),
        targets: value(targets),
        sensors: value(columns.sensors),
        alive: this.#sensors.length,
      });
    }
    return points;
  }

  async sharedSources(first: number, second: number): Promise<number> {
    return first === TELNET || second === TELNET ? 0.1 : 0.8;
  }

  async saveIncident(incident: Incident): Promise<void> {
    this.saved.set(incident.id, incident);
  }

  /** Times that were judged, as they were told. */
  readonly marks: { from: number; to: number }[] = [];

  async markJudged(range: { readonly from: number; readonly to: number }): Promise<void> {
    this.marks.push(range);
  }

  async incident(id: string): Promise<Incident | null> {
    return this.saved.get(id) ?? null;
  }

  #uniform(time: number, series: number, what: number): number {
    return (mixPair(mixPair(time ^ this.#seed, series), what) + 0.5) / 2 ** 32;
  }

  #normal(time: number, series: number, what: number): number {
    const radius = Math.sqrt(-2 * Math.log(this.#uniform(time, series, 1000 + what)));
    return radius * Math.cos(2 * Math.PI * this.#uniform(time, series, 2000 + what));
  }

  /** Poisson, by Anscombe's transform: good enough from a few on. */
  #count(mean: number, time: number, series: number, what: number): number {
    return Math.max(0, Math.round((Math.sqrt(mean) + 0.5 * this.#normal(time, series, what)) ** 2));
  }
}

function sees({ isAlive, isBlind }: MadeSensor, time: number): boolean {
  return (isAlive?.(time) ?? true) && !(isBlind?.(time) ?? false);
}
