/** What a watch does, as plain values: made of the config file and the command line. */
import type { Network } from "../../model/address.ts";
import type { Store } from "../../store/store.ts";
import type { ReadOptions } from "../format-choice.ts";
import type { IntelSetting } from "../kept-intel.ts";
import type { JudgeOptions } from "../history/judge.ts";

/** One source of a watch. */
export interface WatchSource extends ReadOptions {
  /** As live sources are written, or a path, which is followed. */
  readonly uri: string;
  readonly name: string;
  readonly sensor: string;
  readonly filter: string | null;
  readonly fromStart: boolean;
}

export interface WatchOptions {
  readonly sources: readonly WatchSource[];
  readonly home: readonly Network[];
  readonly targets: readonly { readonly name: string; readonly networks: readonly Network[] }[];
  readonly judge: JudgeOptions;
  /** What sources of incidents are looked up in. */
  readonly intel: IntelSetting;
  /** Networks that are never blocked: home, and the assets'. */
  readonly ours: readonly Network[];
  /** Folder of what outlives a run. */
  readonly stateFolder: string;
  /** How often what was observed goes to disk, and how long after its end an interval is judged, seconds. */
  readonly flushSeconds: number;
  readonly graceSeconds: number;
  /** What may wait on disk while the store is away, octets. */
  readonly spoolBytes: number;
  /** Where history is, for people. */
  readonly storePlace: string;
  /** Whether the store may be away when the watch begins: a server may, a folder is here or not at all. */
  readonly storeMayBeAway: boolean;
  /** What only a restart changes, as plain values by key of the config. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** @throws StoreError */
  readonly openStore: () => Promise<Store>;
}
