/** Makes the levels of all series those of another set of sensors: what was ordinary is so many times as much from now on. */
import type { UptickDetector } from "./detector.ts";
import { FALLING, HIGHEST } from "./layout.ts";
import { SeriesModel } from "./series-model.ts";

/** Words of a quiet series that are counts: total, decayed by week and by day, highest. */
const QUIET_COUNTS: readonly number[] = [2, 3, 4, 5];

export function rescaleLevels(detector: UptickDetector, factorOf: (series: number) => number): void {
  // What was expected in the silence of rows that wait was expected of the set of sensors until now
  detector.settle();
  const { table, calendar, quiet } = detector;
  const { doubles, floats, layout, owners, rows } = table;
  const model = new SeriesModel(table, calendar);
  for (let row = 0; row < rows; row++) {
    const series = owners[row]!;
    if (series < 0) continue;
    const factor = factorOf(series);
    model.rebase(row, factor);
    // The recent past, from which the level goes on learning: values and what was expected of them, but not the exposures behind
    const recent = row * layout.floats;
    for (let i = layout.fineValue; i < layout.coarseExposure; i++) floats[recent + i]! *= factor;
    const at = row * layout.doubles;
    for (let i = 0; i < HIGHEST; i++) doubles[at + layout.highest + 2 * i]! *= factor;
    for (let i = 0; i < FALLING; i++) doubles[at + layout.falling + 2 * i]! *= factor;
    doubles[at + layout.fallingLost]! *= factor;
  }
  for (let place = 0; place < quiet.length; place++) {
    const factor = factorOf(quiet.owners[place]!);
    for (const word of QUIET_COUNTS) quiet.words[place * quiet.stride + word]! *= factor;
  }
}
