/** What a store should say, computed from the members in plain JavaScript. */
import type { SeriesRow } from "./batches.fixture.ts";

export interface Written {
  readonly sensor: string;
  readonly rows: readonly SeriesRow[];
}

interface Counts {
  readonly packets: number;
  readonly sources: number;
  readonly networks: number;
  readonly asns: number;
  readonly targets: number;
  readonly sensors: number;
}

/** Counts by series, of the rows of one interval (or hour, or day) of the chosen sensors. */
export function countsOf(
  written: readonly Written[],
  start: number,
  seconds: number,
  sensors: readonly string[] | null,
): Map<number, Counts> {
  const chosen = written
    .filter(({ sensor }) => sensors === null || sensors.includes(sensor))
    .flatMap(({ sensor, rows }) => rows.map((row) => ({ sensor, ...row })))
    .filter(({ interval }) => interval >= start && interval < start + seconds);
  const bySeries = Map.groupBy(chosen, ({ series }) => series);
  return new Map(
    [...bySeries]
      .sort(([a], [b]) => a - b)
      .map(([series, rows]) => {
        const distinct = (key: "sources" | "networks" | "asns" | "targets"): number => new Set(rows.flatMap((row) => row[key])).size;
        return [
          series,
          {
            packets: rows.reduce((sum, { packets }) => sum + packets, 0),
            sources: distinct("sources"),
            networks: distinct("networks"),
            asns: distinct("asns"),
            targets: distinct("targets"),
            sensors: new Set(rows.map(({ sensor }) => sensor)).size,
          },
        ];
      }),
  );
}
