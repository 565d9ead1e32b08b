/** The whole of `uptick`: a table of series read, put in order, judged bucket by bucket as if it were live. */
import { UptickDetector } from "../detect/uptick/detector.ts";
import type { DetectedUptick } from "../detect/uptick/verdict.ts";
import { faultWords, SeriesDecoder } from "../formats/series/series-decoder.ts";
import { InputError } from "../model/errors.ts";
import type { Uptick } from "../model/incident.ts";
import { openSource } from "../sources/open.ts";
import type { SeriesPlot, SeriesPlotPoint } from "../report/series/series-plot.ts";
import { bucketOf, eachBucket, inTimeOrder, offsetOf } from "./uptick-buckets.ts";

const READ_BYTES = 1 << 20;
/** The longest line, and a step of input behind it. */
const BUFFER_BYTES = 1 << 21;

export interface UptickRun {
  /** A path, or "-". */
  readonly input: string;
  /** Seconds, or null to find it. */
  readonly bucketSeconds: number | null;
  readonly fillZero: boolean;
  readonly minCount: number;
  readonly falseEventsAYear: number;
  /** Keep values and bands, to be drawn. */
  readonly keepPoints: boolean;
}

export interface FoundUptick extends Uptick {
  readonly windowSeconds: number;
  readonly trend: number | null;
}

/** One series in a line. Times are seconds since 1970. */
export interface SeriesSummary {
  readonly series: string;
  readonly buckets: number;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  /** So little of it was seen that only the plainest events are told. */
  readonly learning: boolean;
}

export interface UptickResult {
  readonly bucketSeconds: number;
  readonly rows: number;
  /** By start. */
  readonly events: readonly FoundUptick[];
  readonly series: readonly SeriesSummary[];
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
  /** Empty unless asked for. */
  readonly plots: readonly SeriesPlot[];
}

/** @throws InputError where the input cannot be read or has no such columns. */
export async function findUpticks(run: UptickRun): Promise<UptickResult> {
  const decoder = await readTable(run.input);
  const rows = decoder.rows();
  const seriesCount = Math.max(1, decoder.names.length);
  const { order, outOfOrder } = inTimeOrder(rows, seriesCount);
  const bucket = run.bucketSeconds ?? bucketOf(rows, order, seriesCount);
  const offset = offsetOf(rows, bucket);
  const detector = new UptickDetector({
    bucketSeconds: bucket,
    seriesCount,
    minCount: run.minCount,
    falseEventsAYear: run.falseEventsAYear,
  });
  const found: DetectedUptick[] = [];
  const firsts = new Float64Array(seriesCount).fill(Number.NaN);
  const lasts = new Float64Array(seriesCount);
  const counts = new Float64Array(seriesCount);
  const points: SeriesPlotPoint[][] = run.keepPoints ? decoder.names.map(() => []) : [];
  eachBucket(rows, order, { bucket, offset, seriesCount, fillZero: run.fillZero }, (time, interval) => {
    for (let i = 0; i < interval.length; i++) {
      const one = interval.series[i]!;
      if (Number.isNaN(firsts[one]!)) firsts[one] = time + offset;
      lasts[one] = time + offset;
      counts[one]!++;
      const band = run.keepPoints && counts[one]! * bucket > 86_400 ? detector.baseline(one, time) : null;
      points[one]?.push({
        time: time + offset,
        value: interval.values[i]!,
        expected: band?.expected ?? null,
        low: band?.low ?? null,
        high: band?.high ?? null,
      });
    }
    for (const { phase, event } of detector.observe(time, interval, "gap")) if (phase === "closed") found.push(event);
  });
  found.push(...detector.open());
  const nameOf = (series: number): string => decoder.names[series] ?? "";
  const events = found
    .map((event) => named(event, nameOf(event.series), offset))
    .sort((a, b) => a.start - b.start || (a.series < b.series ? -1 : 1));
  const notes = faultWords(decoder);
  if (outOfOrder > 0) notes.push(`${outOfOrder} ${outOfOrder === 1 ? "row" : "rows"} out of order, put in order`);
  if (decoder.stats.damage !== null) notes.push(`${decoder.stats.damage.reason}: what came before was read`);
  return {
    bucketSeconds: bucket,
    rows: rows.length,
    events,
    series: decoder.names
      .map((series, number) => ({
        series,
        buckets: counts[number]!,
        first: firsts[number]!,
        last: lasts[number]!,
        events: found.filter((event) => event.series === number).length,
        learning: detector.isLearning(number),
      }))
      .filter(({ buckets }) => buckets > 0),
    notes,
    plots: points.map((of, number) => ({
      name: nameOf(number),
      unit: "value",
      bucketSeconds: bucket,
      points: of,
      upticks: events.filter(({ series }) => series === nameOf(number)),
    })),
  };
}

async function readTable(input: string): Promise<SeriesDecoder> {
  const reader = await openSource(input);
  const decoder = new SeriesDecoder();
  try {
    const buffer = new Uint8Array(BUFFER_BYTES);
    let held = 0;
    for (;;) {
      const count = await reader.read(buffer.subarray(0, Math.min(BUFFER_BYTES, held + READ_BYTES)), held);
      if (count === 0) break;
      held += count;
      const used = decoder.push(buffer, 0, held);
      buffer.copyWithin(0, used, held);
      held -= used;
      if (decoder.trouble !== null) break;
    }
    decoder.end(buffer, 0, held);
    if (reader.damage !== null) decoder.stats.damage = reader.damage;
  } finally {
    await reader.close();
  }
  if (decoder.trouble !== null) throw new InputError("E_INPUT_UNKNOWN", input, decoder.trouble);
  if (decoder.rows().length === 0) {
    const [fault] = faultWords(decoder);
    throw new InputError(fault === undefined ? "E_INPUT_EMPTY" : "E_INPUT_UNKNOWN", input, fault ?? "has a header and no rows");
  }
  return decoder;
}

function named(event: DetectedUptick, series: string, offset: number): FoundUptick {
  const { record, start, end, peakTime } = event;
  return {
    ...event,
    series,
    start: start + offset,
    end: end === null ? null : end + offset,
    peakTime: peakTime + offset,
    record: record === null ? null : { ...record, since: record.since + offset },
  };
}
