/** Opens a store: in a folder, in this process, or at a ClickHouse server by its URL. */
import { mkdirSync } from "node:fs";
import { ClickHouseStore } from "./clickhouse-store.ts";
import { openInProcess } from "./in-process.ts";
import { migrate } from "./migrations.ts";
import { DEFAULT_RETENTION, type Retention } from "./schema.ts";
import type { Store } from "./store.ts";

export type StorePlace =
  | { readonly kind: "folder"; readonly path: string }
  /** One URL a node; a cluster is named as in its nodes' `remote_servers`. */
  | { readonly kind: "url"; readonly url: string; readonly cluster?: string };

export interface StoreOptions {
  readonly retention?: Retention;
}

/** @throws StoreError */
export async function openStore(place: StorePlace, options: StoreOptions = {}): Promise<Store> {
  if (place.kind === "url") throw new Error("not yet");
  mkdirSync(place.path, { recursive: true, mode: 0o700 });
  const engine = await openInProcess(place.path);
  try {
    await migrate(engine, options.retention ?? DEFAULT_RETENTION);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new ClickHouseStore(engine);
}
