/**
 * Incidents in the store. Watching writes an incident whole, as often as it changes; people add notes and acknowledgements at the same
 * time, from other processes. So what people say is a table of its own, and reading puts both together.
 */
import { StoreError } from "../model/errors.ts";
import type { Incident, IncidentEntry } from "../model/incident.ts";
import { type Engine, sqlText } from "./engine.ts";
import { NativeBlockBuilder } from "./native-block.ts";
import { DATABASE } from "./table.ts";
import type { TimeRange } from "./store.ts";

export async function saveIncident(engine: Engine, incident: Incident): Promise<void> {
  const entries = incident.timeline.filter(({ by }) => by !== null);
  for (const entry of entries) await insertEntry(engine, incident.id, entry);
  const block = new NativeBlockBuilder(1)
    .texts("id", [incident.id])
    .fixed("opened", TIME, Uint32Array.of(incident.openedAt))
    .fixed("updated", TIME, Uint32Array.of(incident.updatedAt))
    .texts("body", [JSON.stringify(incident)])
    .fixed("version", "UInt64", await nextVersion(engine, "incidents", incident.id))
    .build();
  await engine.insert("incidents", block, "");
}

export async function annotateIncident(engine: Engine, id: string, entry: IncidentEntry): Promise<void> {
  if ((await incident(engine, id)) === null) throw new StoreError("E_STORE_FAILED", engine.place, `no incident has the id ${id}`);
  await insertEntry(engine, id, entry);
}

export async function incident(engine: Engine, id: string): Promise<Incident | null> {
  const [found] = await incidentsWhere(engine, `id = ${sqlText(id)}`, 1);
  return found ?? null;
}

/** Newest first; those that were open in the range. */
export async function incidents(engine: Engine, range: TimeRange | null, limit: number): Promise<readonly Incident[]> {
  const all = await incidentsWhere(
    engine,
    range === null ? "1" : `opened < toDateTime(${Math.ceil(range.to)}, 'UTC')`,
    range === null ? limit : null,
  );
  if (range === null) return all;
  return all.filter(({ closedAt }) => closedAt === null || closedAt >= range.from).slice(0, limit);
}

async function incidentsWhere(engine: Engine, condition: string, limit: number | null): Promise<Incident[]> {
  const rows = await engine.rows<{ id: string; body: string }>(
    `SELECT id, body FROM ${DATABASE}.incidents AS incidents FINAL WHERE ${condition} ORDER BY opened DESC, id` +
      (limit === null ? "" : ` LIMIT ${limit}`),
  );
  if (rows.length === 0) return [];
  const entries = await engine.rows<IncidentEntry & { id: string; by: string }>(
    `SELECT id, toUnixTimestamp(time) AS at, at AS time, kind, text, by FROM ${DATABASE}.incident_entries AS entries FINAL ` +
      `WHERE ${rows.length === 1 ? `id = ${sqlText(rows[0]?.id ?? "")}` : "1"} ORDER BY entries.time`,
  );
  const entriesOf = Map.groupBy(entries, ({ id }) => id);
  return rows.map(({ id, body }) => withEntries(JSON.parse(body) as Incident, entriesOf.get(id) ?? []));
}

function withEntries(one: Incident, said: readonly (IncidentEntry & { readonly by: string })[]): Incident {
  const keyOf = ({ time, kind, text, by }: IncidentEntry): string => JSON.stringify([time, kind, text, by ?? ""]);
  const known = new Set(one.timeline.map(keyOf));
  const added = said
    .map(({ time, kind, text, by }): IncidentEntry => ({ time, kind, text, by: by === "" ? null : by }))
    .filter((entry) => !known.has(keyOf(entry)));
  const timeline = [...one.timeline, ...added].sort((a, b) => a.time - b.time);
  const acknowledged = timeline.findLast(({ kind }) => kind === "acknowledged");
  // Whatever the watch goes on to say of it: who closed it does not want to hear more.
  const closed = timeline.findLast(({ kind, by }) => kind === "closed" && by !== null);
  const phase = closed === undefined ? {} : ({ phase: "closed", closedAt: one.closedAt ?? closed.time } as const);
  return { ...one, ...phase, timeline, acknowledgedBy: one.acknowledgedBy ?? acknowledged?.by ?? null };
}

async function insertEntry(engine: Engine, id: string, entry: IncidentEntry): Promise<void> {
  const block = new NativeBlockBuilder(1)
    .texts("id", [id])
    .fixed("time", TIME, Uint32Array.of(entry.time))
    .texts("kind", [entry.kind])
    .texts("text", [entry.text])
    .texts("by", [entry.by ?? ""])
    .fixed("version", "UInt64", wordsOf(Date.now()))
    .build();
  await engine.insert("incident_entries", block, "");
}

/** Later than every version there is, even where the clock was set back. */
async function nextVersion(engine: Engine, table: string, id: string): Promise<Uint32Array> {
  const [row] = await engine.rows<{ version: number }>(
    `SELECT max(version) AS version FROM ${DATABASE}.${table} WHERE id = ${sqlText(id)}`,
  );
  return wordsOf(Math.max(Date.now(), (row?.version ?? 0) + 1));
}

/** A 64-bit number, low word first. */
export function wordsOf(value: number): Uint32Array {
  return Uint32Array.of(value % 2 ** 32, Math.floor(value / 2 ** 32));
}

const TIME = "DateTime('UTC')";
