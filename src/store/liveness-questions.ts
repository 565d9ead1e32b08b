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

/** Observations are added up from all intervals; when a sensor was there is read by the day, and by the interval at the range's ends. */
export async function sensorLiveness(engine: Engine, range: TimeRange): Promise<readonly SensorLiveness[]> {
  const from = Math.ceil(range.from / DAY) * DAY;
  const to = Math.max(from, Math.floor(range.to / DAY) * DAY);
  const ends =
    from < to ? `(${within({ from: range.from, to: from }, 300)} OR ${within({ from: to, to: range.to }, 300)})` : within(range, 300);
  return engine.rows<SensorLiveness>(
    `SELECT sensor, toUnixTimestamp(min(part.first)) AS firstSeen, toUnixTimestamp(max(part.last)) AS lastSeen, ` +
      `sum(part.intervals) AS intervals, any(total.observations) AS observations, any(total.lost) AS lost FROM (` +
      `SELECT sensor, min(time) AS first, max(time) AS last, uniqExact(time) AS intervals ` +
      `FROM ${DATABASE}.liveness WHERE ${ends} GROUP BY sensor UNION ALL ` +
      `SELECT sensor, min(day.first_seen) AS first, max(day.last_seen) AS last, groupBitmapMerge(day.intervals) AS intervals ` +
      `FROM ${DATABASE}.liveness_1d AS day WHERE ${from < to ? within({ from, to }, DAY) : "0"} GROUP BY day.time, sensor` +
      `) AS part INNER JOIN (SELECT sensor, sum(observations) AS observations, sum(lost) AS lost FROM ${DATABASE}.liveness ` +
      `WHERE ${within(range, 300)} GROUP BY sensor) AS total USING (sensor) GROUP BY sensor ORDER BY sensor`,
  );
}
