/**
 * A store as a folder of files: every table in ClickHouse's Native format, in parts, with a manifest that comes last. What was written by a
 * library can go to a cluster, and back. Rollups are kept as they are, sketches included, so nothing is counted anew.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StoreError } from "../model/errors.ts";
import type { Engine } from "./engine.ts";
import { SCHEMA_VERSION, SUMMARIES_SINCE } from "./migrations.ts";
import { DEFAULT_RETENTION } from "./rollups.ts";
import { tablesOf } from "./schema.ts";
import { fillSummaries } from "./summaries.ts";
import { DATABASE, localName, type Table } from "./table.ts";

const MANIFEST = "manifest.json";
const BACKUP_FORMAT = "precursor.backup/1";

interface Manifest {
  readonly format: string;
  readonly schemaVersion: number;
  readonly made: string;
  readonly files: readonly { readonly table: string; readonly file: string; readonly rows: number; readonly octets: number }[];
}

/** @throws StoreError E_STORE_BACKUP where the folder has something in it. */
export async function backupTo(engine: Engine, folder: string): Promise<void> {
  const path = resolve(folder);
  const partial = `${path}.partial`;
  if (namesIn(path).length > 0) throw cannot(engine, `${folder} is not empty; back up into a new folder`);
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    const files: Manifest["files"][number][] = [];
    for (const table of kept()) {
      for (const part of await partsOf(engine, table)) {
        const file = `${table.name}${part.name === "" ? "" : `-${part.name}`}.native`;
        await engine.exportTo(`SELECT ${columnsOf(table)} FROM ${DATABASE}.${table.name} WHERE ${part.condition}`, join(partial, file));
        files.push({ table: table.name, file, rows: part.rows, octets: statSync(join(partial, file)).size });
      }
    }
    const manifest: Manifest = { format: BACKUP_FORMAT, schemaVersion: SCHEMA_VERSION, made: new Date().toISOString(), files };
    writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(path, { recursive: true, force: true });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error instanceof StoreError ? error : cannot(engine, error instanceof Error ? error.message : String(error));
  }
}

/** @throws StoreError E_STORE_BACKUP where the store has history, or the folder is no backup, or a damaged or newer one. */
export async function restoreFrom(engine: Engine, folder: string): Promise<void> {
  const manifest = readManifest(engine, folder);
  for (const table of kept()) {
    const [found] = await engine.rows<{ rows: number }>(`SELECT count() AS rows FROM ${DATABASE}.${table.name}`);
    if ((found?.rows ?? 0) > 0) throw cannot(engine, "has history already; restore into a new place");
  }
  try {
    for (const { table, file } of manifest.files) await engine.importFrom(table, join(resolve(folder), file));
    if (manifest.schemaVersion < SUMMARIES_SINCE) await fillSummaries(engine, "without-liveness");
  } catch (error) {
    for (const { name, engine: kind } of tablesOf(DEFAULT_RETENTION))
      if (kind !== "Null") await engine.runEverywhere(`TRUNCATE TABLE ${DATABASE}.${localName(engine, name)}`);
    throw error;
  }
}

function readManifest(engine: Engine, folder: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Manifest;
  } catch {
    throw cannot(engine, `${folder} is no backup: it has no ${MANIFEST} that can be read`);
  }
  if (manifest.format !== BACKUP_FORMAT || !Array.isArray(manifest.files))
    throw cannot(engine, `${folder} is no backup: ${MANIFEST} is of another kind`);
  if (manifest.schemaVersion > SCHEMA_VERSION) {
    throw new StoreError(
      "E_STORE_NEWER",
      folder,
      `the backup is of a newer version of precursor (tables ${manifest.schemaVersion}, this one knows ${SCHEMA_VERSION})`,
    );
  }
  const known = new Set(kept().map(({ name }) => name));
  for (const { table, file, octets } of manifest.files) {
    // A name that leads elsewhere was not written by us
    if (!known.has(table) || !/^[\w-]+\.native$/.test(file))
      throw cannot(engine, `${folder}: ${MANIFEST} names what no backup has: ${table}, ${file}`);
    const size = sizeOf(join(folder, file));
    if (size !== octets) throw cannot(engine, `${join(folder, file)} is damaged: ${size ?? "no"} octets, not ${octets}`);
  }
  return manifest;
}

/** What is in a backup: what comes back by views from another table is not. */
function kept(): readonly Table[] {
  return tablesOf(DEFAULT_RETENTION).filter(({ engine, madeFrom }) => engine !== "Null" && madeFrom === undefined);
}

function columnsOf(table: Table): string {
  return table.columns.map((column) => column.split(" ", 1)[0]).join(", ");
}

/** A file a partition, so that none is larger than a month or a year of one table. */
async function partsOf(
  engine: Engine,
  table: Table,
): Promise<readonly { readonly name: string; readonly condition: string; readonly rows: number }[]> {
  const key = table.partition ?? "0";
  const rows = await engine.rows<{ part: number; rows: number }>(
    `SELECT toUInt32(${key}) AS part, count() AS rows FROM ${DATABASE}.${table.name} GROUP BY part ORDER BY part`,
  );
  return rows.map(({ part, rows: count }) => ({
    name: table.partition === null ? "" : String(part),
    condition: `${key} = ${part}`,
    rows: count,
  }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function sizeOf(path: string): number | null {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
}

function cannot(engine: Engine, reason: string): StoreError {
  return new StoreError("E_STORE_BACKUP", engine.place, reason);
}
