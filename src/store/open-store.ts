/** Opens a store: in a folder, in this process or through the one that holds it, or at a ClickHouse server by its URL. */
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../model/errors.ts";
import { ClickHouseStore } from "./clickhouse-store.ts";
import { type DataLock, holderOf, lockFolder } from "./data-lock.ts";
import { HeldStore } from "./held-store.ts";
import type { Engine } from "./engine.ts";
import { holderAgent, serveHolder } from "./holder-socket.ts";
import { engineFolder, openInProcess } from "./in-process.ts";
import { checkVersion, migrate, NO_HISTORY } from "./migrations.ts";
import { openOverHttp, withoutPassword } from "./over-http.ts";
import { removeOldPartsSoon } from "./old-parts.ts";
import { applyRetention } from "./retention.ts";
import { DEFAULT_RETENTION, type Retention } from "./rollups.ts";
import type { Store } from "./store.ts";
import { forgetUnfinishedInserts } from "./unfinished-inserts.ts";

export type StorePlace =
  | { readonly kind: "folder"; readonly path: string }
  /**
   * http://USER:PASSWORD@HOST:8123. A cluster is named as in its servers' `remote_servers`; so that tables can be made, the other nodes
   * are named in parameters: http://HOST:8123/?node=http://OTHER:8123
   */
  | { readonly kind: "url"; readonly url: string; readonly cluster?: string };

export interface StoreOptions {
  /** How long rows are kept. Where none is given, new tables have the defaults, and those that are there keep theirs. */
  readonly retention?: Retention;
  /** `read`: a folder that another process holds is read through that process. Default `write`. */
  readonly access?: "read" | "write";
  /** Of a cluster: whether to answer from the shards that are there. Default false: an answer is whole or none. */
  readonly skipUnavailableShards?: boolean;
}

/** A place for people: a folder, or a URL without its password. */
export function placeName(place: StorePlace): string {
  return place.kind === "url" ? withoutPassword(place.url) : resolve(place.path);
}

/** How long one waits for a reader, a command of moments, to leave the folder. */
const WAIT_FOR_READER_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 50;

/** @throws StoreError E_STORE_MISSING, E_STORE_LOCKED, E_STORE_NEWER, E_STORE_DOWN, E_STORE_FAILED */
export function openStore(place: StorePlace, options: StoreOptions = {}): Promise<Store> {
  return place.kind === "url" ? openServer(place, options) : openFolder(resolve(place.path), options);
}

/** A store to read, or null where the place holds no history yet: none is made. @throws StoreError as openStore */
export async function openHistory(place: StorePlace): Promise<Store | null> {
  if (place.kind === "folder" && !existsSync(engineFolder(resolve(place.path)))) return null;
  try {
    return await openStore(place, { access: "read" });
  } catch (error) {
    if (error instanceof StoreError && error.reason === NO_HISTORY) return null;
    throw error;
  }
}

async function openServer(place: Extract<StorePlace, { kind: "url" }>, options: StoreOptions): Promise<Store> {
  const engine = await openOverHttp({
    url: place.url,
    cluster: place.cluster ?? null,
    skipUnavailableShards: options.skipUnavailableShards ?? false,
  });
  try {
    if (options.access === "read") await checkVersion(engine);
    else await prepare(engine, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new ClickHouseStore(engine);
}

async function prepare(engine: Engine, { retention }: StoreOptions): Promise<void> {
  await migrate(engine, retention ?? DEFAULT_RETENTION);
  if (retention !== undefined) await applyRetention(engine, retention);
}

async function openFolder(folder: string, options: StoreOptions): Promise<Store> {
  const access = options.access ?? "write";
  if (access === "read" && !existsSync(engineFolder(folder))) throw new StoreError("E_STORE_FAILED", folder, NO_HISTORY);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError("E_STORE_FAILED", folder, error instanceof Error ? error.message : String(error), error);
  }
  const lock = await lockOrHolder(folder, access);
  if (lock === null) return throughHolder(folder);
  try {
    forgetUnfinishedInserts(engineFolder(folder));
    const engine = await openInProcess(folder);
    try {
      await prepare(engine, options);
      await removeOldPartsSoon(engine);
      const store = new ClickHouseStore(engine, () => lock.release());
      await store.share((service) => serveHolder(folder, service));
      return store;
    } catch (error) {
      await engine.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The lock, or null where another process holds the folder and answers questions. */
async function lockOrHolder(folder: string, access: "read" | "write"): Promise<DataLock | null> {
  const until = performance.now() + WAIT_FOR_READER_MILLISECONDS;
  for (;;) {
    try {
      return lockFolder(folder, access);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "E_STORE_LOCKED") throw error;
      const served = holderAgent(folder);
      served?.release();
      if (access === "read" && served !== null) return null;
      // A writer waits for readers, a reader until the holder is ready
      if ((access === "write" && holderOf(folder)?.access === "write") || performance.now() > until) throw error;
    }
    await sleep(POLL_MILLISECONDS);
  }
}

async function throughHolder(folder: string): Promise<Store> {
  const served = holderAgent(folder);
  if (served === null) throw new StoreError("E_STORE_LOCKED", folder, "held by a process that does not answer");
  try {
    const { agent } = served;
    const engine = await openOverHttp({ url: "http://localhost", cluster: null, skipUnavailableShards: false, agent, place: folder });
    await checkVersion(engine);
    return new HeldStore(engine, folder, agent, () => served.release());
  } catch (error) {
    served.release();
    throw error;
  }
}
