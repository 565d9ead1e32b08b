/** A store for the time of one command, closed whatever happens. */
import { existsSync } from "node:fs";
import { UsageError } from "../model/errors.ts";
import type { Store } from "../store/store.ts";
import { type StoreFlags, storePlace } from "./store-place.ts";

/** For commands that look at history and make none. @throws UsageError where there is none, StoreError */
export async function withStore<T>(flags: StoreFlags, use: (store: Store) => Promise<T>): Promise<T> {
  const place = storePlace(flags);
  if (place.kind === "folder" && !existsSync(place.path))
    throw new UsageError(`${place.path}: there is no history here yet; watch and import make it, and --store says where it is`);
  const { openStore } = await import("../store/open-store.ts");
  const store = await openStore(place, { access: "read" });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
