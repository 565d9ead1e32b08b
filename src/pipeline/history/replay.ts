/** The past judged as if it were live: the same judge as `watch` has, over what the store holds. */
import type { Incident } from "../../model/incident.ts";
import type { Store } from "../../store/store.ts";
import { Judge, type JudgeOptions } from "./judge.ts";

/** What came before the range is judged first, so that it is known what was ordinary; not more of it than this, seconds. */
const LEARN_FROM = 400 * 86_400;

export interface ReplayRun {
  /** Seconds since 1970; null: the beginning and the end of history. */
  readonly from: number | null;
  readonly to: number | null;
  readonly judge: Partial<JudgeOptions>;
  /** Gets the time that judging has come to, and the ends of the whole. */
  readonly onProgress: ((time: number, from: number, to: number) => void) | null;
}

export interface Replayed {
  /** What was judged, seconds since 1970; null where there is no history. */
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly intervals: number;
  /** Intervals in which no sensor was alive. */
  readonly gaps: number;
  /** Incidents that were open in the range, as they were at its end, oldest first. */
  readonly incidents: readonly Incident[];
}

/** @throws StoreError */
export async function replay(store: Store, run: ReplayRun): Promise<Replayed> {
  const sensors = await store.sensors({ from: 0, to: 2 ** 32 - 1 });
  const first = Math.min(...sensors.map(({ firstSeen }) => firstSeen));
  const last = Math.max(...sensors.map(({ lastSeen }) => lastSeen)) + 300;
  const from = Math.max(first, run.from ?? first);
  const to = Math.min(last, run.to ?? last);
  if (sensors.length === 0 || from >= to) return { range: null, intervals: 0, gaps: 0, incidents: [] };
  const judge = new Judge(store, run.judge);
  const start = Math.max(first, from - LEARN_FROM);
  const incidents = new Map<string, Incident>();
  let seen = 0;
  await judge.judge(start, to, ({ time, sensors: judged, changes }) => {
    run.onProgress?.(time, start, to);
    if (time < from) return;
    if (judged.length > 0) seen++;
    for (const { incident } of changes) incidents.set(incident.id, incident);
  });
  const intervals = Math.ceil((to - from) / 300);
  return {
    range: { from, to },
    intervals,
    gaps: intervals - seen,
    incidents: [...incidents.values()].sort((a, b) => a.openedAt - b.openedAt),
  };
}
