/** What incidents ask of history, answered by the store. */
import type { IncidentQuestions, SeriesCounts } from "../../detect/incident/incident-options.ts";
import type { SeriesPoint } from "../../model/series.ts";
import type { Store } from "../../store/store.ts";

const HOUR = 3600;
const DAY = 86_400;
const FIVE_MINUTES = 300;

export function historyQuestions(history: Pick<Store, "series" | "sharedSources">, sensors: readonly string[]): IncidentQuestions {
  return {
    shared: (first, second, range) => history.sharedSources(first, second, range),
    over: async (series, range) => {
      const resolution = range.to - range.from >= DAY ? DAY : range.to - range.from >= HOUR ? HOUR : FIVE_MINUTES;
      const points = await history.series(series, range, resolution, sensors);
      return points.length === 0 ? null : countsOf(points.reduce((most, point) => (point.sources > most.sources ? point : most)));
    },
    usual: async (series, time) => {
      const points = await history.series(series, { from: time - DAY, to: time }, FIVE_MINUTES, sensors);
      if (points.length === 0) return null;
      const median = (measure: keyof SeriesCounts): number => {
        const sorted = points.map((point) => point[measure]).sort((a, b) => a - b);
        return sorted[sorted.length >> 1] ?? 0;
      };
      return {
        packets: median("packets"),
        sources: median("sources"),
        networks: median("networks"),
        asns: median("asns"),
        targets: median("targets"),
        sensors: median("sensors"),
      };
    },
  };
}

function countsOf({ packets, sources, networks, asns, targets, sensors }: SeriesPoint): SeriesCounts {
  return { packets, sources, networks, asns, targets, sensors };
}
