/** Questions about sensors: who was alive in an interval, and how long each was over a range. */
import type { Engine } from "./engine.ts";
import { ofSensors, within } from "./series-questions.ts";
import type { AliveInterval, SensorChoice, SensorLiveness, TimeRange } from "./store.ts";
import { DATABASE } from "./table.ts";

const DAY = 86_400;

export async function aliveIntervals(engine: Engine, range: TimeRange, sensors: SensorChoice): Promise<readonly AliveInterval[]> {
  return engine.rows(
    `SELECT toUnixTimestamp(time) AS interval, groupArray(sensor) AS sensors, groupArray(seen) AS observations FROM ` +
      `(SELECT time, sensor, toFloat64(sum(observations)) AS seen FROM ${DATABASE}.liveness AS liveness ` +
      `WHERE ${within(range, 300)}${ofSensors(sensors)} GROUP BY time, sensor ORDER BY time, sensor) ` +
      `GROUP BY time ORDER BY time`,
  );
}

/** Whole days of the range are read from their rollup; what is before and after them, from intervals. */
export async function sensorLiveness(engine: Engine, range: TimeRange): Promise<readonly SensorLiveness[]> {
  const from = Math.ceil(range.from / DAY) * DAY;
  const to = Math.max(from, Math.floor(range.to / DAY) * DAY);
  const days: TimeRange = from < to ? { from, to } : { from: 0, to: 0 };
  const edges =
    from < to ? `(${within({ from: range.from, to: from }, 300)} OR ${within({ from: to, to: range.to }, 300)})` : within(range, 300);
  const sums = "sum(observations) AS observations, sum(lost) AS lost";
  return engine.rows<SensorLiveness>(
    `SELECT sensor, toUnixTimestamp(min(first)) AS firstSeen, toUnixTimestamp(max(last)) AS lastSeen, sum(part.intervals) AS intervals, ` +
      `sum(part.observations) AS observations, sum(part.lost) AS lost FROM (` +
      `SELECT sensor, min(time) AS first, max(time) AS last, uniqExact(time) AS intervals, ${sums} ` +
      `FROM ${DATABASE}.liveness WHERE ${edges} GROUP BY sensor UNION ALL ` +
      `SELECT sensor, min(day.first_seen) AS first, max(day.last_seen) AS last, groupBitmapMerge(day.intervals) AS intervals, ${sums} ` +
      `FROM ${DATABASE}.liveness_1d AS day WHERE ${within(days, DAY)} GROUP BY day.time, sensor` +
      `) AS part GROUP BY sensor ORDER BY sensor`,
  );
}
