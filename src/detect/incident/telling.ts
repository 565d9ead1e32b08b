/** Which of several series that rose together tells most, and so names the incident. */
import { groupSeriesNumber, portSeriesNumber, seriesOf } from "../../model/series.ts";
import type { DetectedUptick } from "../uptick/verdict.ts";

/** Port zero that nobody sends by right; port zero as a group; one port; many ports. UDP source zero is legal (RFC 768): a port like others. */
const PORT_ZERO_SERIES: ReadonlySet<number> = new Set([
  portSeriesNumber("tcp", "source", 0),
  portSeriesNumber("tcp", "destination", 0),
  portSeriesNumber("udp", "destination", 0),
]);
const PORT_ZERO_GROUP = groupSeriesNumber("port-zero");

/** 0 tells most. */
export function tellingRank(series: number): number {
  if (PORT_ZERO_SERIES.has(series)) return 0;
  if (series === PORT_ZERO_GROUP) return 1;
  const what = seriesOf(series);
  if (what.kind === "group") return 4;
  return what.role === "destination" ? 2 : 3;
}

/** Groups over many ports: what rises in one of these ports rises in them. */
export function isWideGroup(series: number): boolean {
  return tellingRank(series) === 4;
}

/** Most telling first; of equals the least probable, then the larger rise, then the lower number. */
export function byTelling(a: DetectedUptick, b: DetectedUptick): number {
  const rank = tellingRank(a.series) - tellingRank(b.series);
  return rank || a.pValue - b.pValue || b.peak - b.expected - (a.peak - a.expected) || a.series - b.series;
}
