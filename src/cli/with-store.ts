/** A store for the time of one command, closed whatever happens. */
import type { Store } from "../store/store.ts";
import { type StoreFlags, storePlace } from "./store-place.ts";

/** For commands that look at history and say something of it; a watch may hold it meanwhile. @throws StoreError */
export async function withStore<T>(flags: StoreFlags, use: (store: Store) => Promise<T>): Promise<T> {
  const { openStore } = await import("../store/open-store.ts");
  const store = await openStore(storePlace(flags), { access: "read" });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
