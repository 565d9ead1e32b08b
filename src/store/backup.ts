/** A store as a folder of files: every table in Native format, with a manifest. */
import { StoreError } from "../model/errors.ts";
import type { Engine } from "./engine.ts";

export function backupTo(engine: Engine, folder: string): Promise<void> {
  return Promise.reject(new StoreError("E_STORE_BACKUP", engine.place, `not yet: ${folder}`));
}

export function restoreFrom(engine: Engine, folder: string): Promise<void> {
  return Promise.reject(new StoreError("E_STORE_BACKUP", engine.place, `not yet: ${folder}`));
}
