/** What history says of the time that an input covers: how long it is, who was watching, and what was out of the ordinary. */
import type { Incident } from "../../model/incident.ts";
import type { Past } from "../../model/past.ts";
import { INTERVAL_SECONDS } from "../../model/series.ts";
import { openStore, type StorePlace } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";

/** Incidents that were open at once; a year of them fits. */
const MOST_INCIDENTS = 1000;
const ALL_TIME = { from: 0, to: 2 ** 32 - 1 };

/** Intervals that a running watch has not judged yet when somebody asks: the one that goes on, and one that is waited for. */
const OPEN_SECONDS = 2 * INTERVAL_SECONDS;

type AskedHistory = Pick<Store, "sensors" | "incidents" | "judged">;

/** Opens, reads and closes. Null where the input has no time. @param last of the input, seconds since 1970, as `first`. @throws StoreError */
export async function readPastOf(place: StorePlace, first: number | null, last: number | null): Promise<Past | null> {
  if (first === null || last === null) return null;
  const store = await openStore(place, { access: "read" });
  try {
    return await pastOf(store, first, last);
  } finally {
    await store.close();
  }
}

/** Null where history has nothing up to the input's end: then it says nothing of it. @throws StoreError */
export async function pastOf(history: AskedHistory, first: number, last: number): Promise<Past | null> {
  const range = { from: first - (first % INTERVAL_SECONDS), to: last - (last % INTERVAL_SECONDS) + INTERVAL_SECONDS };
  const sensors = await history.sensors(ALL_TIME);
  const since = Math.min(...sensors.map(({ firstSeen }) => firstSeen));
  const newest = Math.max(...sensors.map(({ lastSeen }) => lastSeen)) + INTERVAL_SECONDS;
  const until = Math.min(newest, range.to);
  if (sensors.length === 0 || since >= until) return null;
  const alive = await history.sensors(range);
  const incidents = await history.incidents(range, MOST_INCIDENTS);
  const before = (await history.judged()).filter(({ from }) => from < range.to);
  const judged = before.findLast(({ from, to }) => from <= range.from && to > range.from) ?? before.at(-1) ?? null;
  return {
    since,
    until,
    sensorsAlive: alive.length,
    // What was judged before the input began says nothing of its time; an incident of its time shows that it was judged.
    isJudged:
      incidents.length > 0 ||
      (judged !== null && judged.from <= Math.max(range.from, since) && judged.to >= until - OPEN_SECONDS && judged.to > range.from),
    judged: judged === null ? null : { since: judged.from, until: judged.to },
    incidents: incidents
      .filter(({ openedAt, closedAt }) => openedAt < range.to && (closedAt === null || closedAt >= range.from))
      .toSorted((a, b) => telling(b) - telling(a)),
  };
}

/** Records before mere upticks, what rose furthest first. */
function telling({ leading: { record, peak, expected } }: Incident): number {
  const rank = record === null || record.rank > 1 ? 0 : record.ofAll ? 2 : 1;
  return rank * 1e6 + Math.min(1e5, peak / Math.max(1, expected));
}
