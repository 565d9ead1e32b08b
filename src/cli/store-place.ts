/** Where history is kept: `--store`, else PRECURSOR_STORE, else a folder of the user's, or of the system's where root runs the program. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import type { StorePlace } from "../store/open-store.ts";

/** Data of services (FHS 3.0 §5.8), and of users (XDG Base Directory Specification). */
const SYSTEM_FOLDER = "/var/lib/precursor";

export interface StoreFlags {
  readonly store?: string;
}

export function addStoreOption(command: Command): Command {
  return command.option(
    "--store <place>",
    "history: a folder, or the URL of a ClickHouse server as in http://user@host:8123/?cluster=NAME (default: PRECURSOR_STORE, else a folder of yours)",
  );
}

/** @throws UsageError for a URL that is none. */
export function storePlace({ store }: StoreFlags, environment: NodeJS.ProcessEnv = process.env): StorePlace {
  const place = store ?? environment["PRECURSOR_STORE"];
  if (place === undefined || place === "") return { kind: "folder", path: join(dataFolder(environment), "history") };
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return { kind: "folder", path: place };
  const url = URL.canParse(place) ? new URL(place) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new UsageError(`--store ${place}: a folder, or a URL that begins with http:// or https://`);
  const cluster = url.searchParams.get("cluster");
  url.searchParams.delete("cluster");
  return { kind: "url", url: url.href, ...(cluster === null ? {} : { cluster }) };
}

/** What the program keeps for long where nobody says otherwise: the system's place for root, else the user's. */
export function dataFolder(environment: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return SYSTEM_FOLDER;
  const data = environment["XDG_DATA_HOME"];
  return join(data !== undefined && data !== "" ? data : join(homedir(), ".local", "share"), "precursor");
}
