/** From an empty place, or an older version's tables, to this version's; forward only. A newer version's tables are left alone. */
import { StoreError } from "../model/errors.ts";
import { type Engine, sqlText } from "./engine.ts";
import { finishedTables } from "./finished-counts.ts";
import { type Retention } from "./rollups.ts";
import { importsTable, JUDGED_TABLE, summaryTables, summaryViews, tablesOfVersion2, viewsOfVersion2, visitsTables } from "./schema.ts";
import { fillSummaries, monthsOf } from "./summaries.ts";
import { createTable, DATABASE, localName, type Table, type View } from "./table.ts";

/** Said where a place for history has none. */
export const NO_HISTORY = "no history here yet: precursor watch and precursor import make it, and --store says where it is";

/** Version of the tables. A change of schema.ts comes with a migration below. */
export const SCHEMA_VERSION = 6;
/** Since then there are summaries, and backups have them. */
export const SUMMARIES_SINCE = 3;

interface Migration {
  readonly version: number;
  readonly about: string;
  readonly apply: (engine: Engine, retention: Retention) => Promise<void>;
}

/** Each can run twice: a process that is killed in the midst starts it again. */
const MIGRATIONS: readonly Migration[] = [
  { version: 1, about: "series, activity, networks, target groups, liveness, incidents, labels", apply: createAll },
  { version: 2, about: "imports", apply: (engine, retention) => createAt(engine, importsTable(retention)) },
  { version: SUMMARIES_SINCE, about: "summaries for questions of long ranges", apply: addSummaries },
  { version: 4, about: "judged times", apply: (engine) => createAt(engine, JUDGED_TABLE) },
  { version: 5, about: "finished counts", apply: addFinishedCounts },
  { version: 6, about: "visits in the order of time", apply: orderVisits },
];

const MIGRATIONS_TABLE: Table = {
  name: "schema_migrations",
  columns: ["applied UInt32", "about String", "at DateTime('UTC')"],
  engine: "MergeTree",
  order: "applied",
  partition: null,
  shard: "0",
  ttl: null,
  granularity: 8192,
};

/** @throws StoreError E_STORE_NEWER where the place holds tables of a later version. */
export async function migrate(engine: Engine, retention: Retention): Promise<void> {
  const found = await schemaVersion(engine);
  if (found > SCHEMA_VERSION) throw newer(engine, found);
  if (found === SCHEMA_VERSION) return;
  await engine.runEverywhere(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
  await engine.run(createTable(MIGRATIONS_TABLE, MIGRATIONS_TABLE.name));
  for (const { version, about, apply } of MIGRATIONS) {
    if (version <= found) continue;
    await apply(engine, retention);
    await engine.run(`INSERT INTO ${DATABASE}.${MIGRATIONS_TABLE.name} VALUES (${version}, ${sqlText(about)}, now())`);
  }
}

/** 0 where there are no tables yet. */
export async function schemaVersion(engine: Engine): Promise<number> {
  const [exists] = await engine.rows<{ tables: number }>(
    `SELECT count() AS tables FROM system.tables WHERE database = ${sqlText(DATABASE)} AND name = ${sqlText(MIGRATIONS_TABLE.name)}`,
  );
  if ((exists?.tables ?? 0) === 0) return 0;
  const [row] = await engine.rows<{ version: number }>(`SELECT max(applied) AS version FROM ${DATABASE}.${MIGRATIONS_TABLE.name}`);
  return row?.version ?? 0;
}

/** For a place that is only read. @throws StoreError E_STORE_NEWER, or E_STORE_FAILED where there is no history yet. */
export async function checkVersion(engine: Engine): Promise<void> {
  const found = await schemaVersion(engine);
  if (found > SCHEMA_VERSION) throw newer(engine, found);
  if (found < SCHEMA_VERSION)
    throw new StoreError(
      "E_STORE_FAILED",
      engine.place,
      found === 0
        ? NO_HISTORY
        : `history of an older version (${found}): any command that writes, such as precursor import, brings it up to date`,
    );
}

function newer(engine: Engine, found: number): StoreError {
  return new StoreError(
    "E_STORE_NEWER",
    engine.place,
    `its history is of a newer version of precursor (tables ${found}, this one knows ${SCHEMA_VERSION}); nothing was changed`,
  );
}

async function createAll(engine: Engine, retention: Retention): Promise<void> {
  for (const table of tablesOfVersion2(retention)) await createAt(engine, table);
  await createViews(engine, viewsOfVersion2());
}

/** Tables, filled from what is there, and then the views that keep them up to date: nobody writes meanwhile. */
async function addSummaries(engine: Engine, retention: Retention): Promise<void> {
  for (const table of summaryTables(retention)) await createAt(engine, table);
  await fillSummaries(engine, "all");
  await createViews(engine, summaryViews());
}

/** Those of the history that is there are made by compacting: of a year it takes minutes, and answers are right without them. */
async function addFinishedCounts(engine: Engine, retention: Retention): Promise<void> {
  for (const table of finishedTables(retention)) await createAt(engine, table);
}

/** Movers read all series of some days: of tables that were ordered by month and series, all of two months. */
async function orderVisits(engine: Engine, retention: Retention): Promise<void> {
  for (const table of visitsTables(retention)) {
    const [local, ordered] = [localName(engine, table.name), localName(engine, `${table.name}_ordered`)].map(
      (name) => `${DATABASE}.${name}`,
    );
    // Of one who was killed in the midst
    await engine.runEverywhere(`DROP TABLE IF EXISTS ${ordered} SYNC`);
    const { isOrdered, ttl } = await asItIs(engine, table);
    if (isOrdered) continue;
    await engine.runEverywhere(`DROP VIEW IF EXISTS ${DATABASE}.${localName(engine, `${table.name}_view`)} SYNC`);
    await engine.runEverywhere(createTable({ ...table, ttl }, localName(engine, `${table.name}_ordered`)));
    for (const month of await monthsOf(engine, table.name))
      await engine.runEverywhere(`INSERT INTO ${ordered} SELECT * FROM ${local} WHERE toYYYYMM(time) = ${month}`);
    await engine.runEverywhere(`EXCHANGE TABLES ${local} AND ${ordered}`);
    await engine.runEverywhere(`DROP TABLE ${ordered} SYNC`);
  }
  await createViews(engine, summaryViews());
}

/** Whether a table is in its order at all nodes, and how long its rows are kept, which is the user's to say. */
async function asItIs(engine: Engine, { name, order }: Table): Promise<{ readonly isOrdered: boolean; readonly ttl: string | null }> {
  const tables = engine.cluster === null ? "system.tables" : `cluster(${sqlText(engine.cluster)}, system.tables)`;
  const [row] = await engine.rows<{ others: number; ttl: string }>(
    `SELECT countIf(concat('(', sorting_key, ')') != ${sqlText(order)}) AS others, any(extract(engine_full, ' TTL (.+) SETTINGS ')) AS ttl ` +
      `FROM ${tables} WHERE database = ${sqlText(DATABASE)} AND name = ${sqlText(localName(engine, name))}`,
  );
  return { isOrdered: row?.others === 0, ttl: row === undefined || row.ttl === "" ? null : row.ttl };
}

async function createViews(engine: Engine, views: readonly View[]): Promise<void> {
  const local = (name: string): string => localName(engine, name);
  for (const view of views) {
    await engine.runEverywhere(
      `CREATE MATERIALIZED VIEW IF NOT EXISTS ${DATABASE}.${local(view.name)} TO ${DATABASE}.${local(view.to)} AS ${view.select(`${DATABASE}.${local(view.from)}`)}`,
    );
  }
}

/** A table at every node, and on a cluster the one over all of them. */
async function createAt(engine: Engine, table: Table): Promise<void> {
  const local = localName(engine, table.name);
  await engine.runEverywhere(createTable(table, local));
  if (engine.cluster === null) return;
  await engine.runEverywhere(
    `CREATE TABLE IF NOT EXISTS ${DATABASE}.${table.name} AS ${DATABASE}.${local} ` +
      `ENGINE = Distributed(${sqlText(engine.cluster)}, ${sqlText(DATABASE)}, ${sqlText(local)}, ${table.shard})`,
  );
}
