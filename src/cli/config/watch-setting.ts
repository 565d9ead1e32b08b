/** What a watch does, of a config file and what the command line adds to it. */
import { readFileSync } from "node:fs";
import type { Mapping } from "../../formats/mapped/mapping.ts";
import { ConfigError, UsageError } from "../../model/errors.ts";
import type { JudgeOptions } from "../../pipeline/history/judge.ts";
import type { WatchOptions, WatchSource } from "../../pipeline/watch/watch-options.ts";
import { systemReason } from "../../sources/file.ts";
import type { StorePlace } from "../../store/open-store.ts";
import type { Retention } from "../../store/rollups.ts";
import { readMapping } from "../mapping-file.ts";
import { storePlace } from "../store-place.ts";
import type { ReadConfig } from "./config-file.ts";
import { statePlace } from "./config-place.ts";
import { type ConfigFile, configShape } from "./config-schema.ts";
import { withoutSecrets } from "./config-view.ts";
import { networksOf, whoSetting } from "./who-setting.ts";

const DAY = 86_400;

/** What the command line says. */
export interface WatchFlags {
  readonly sources: readonly string[];
  readonly store?: string;
  readonly state?: string;
  readonly sensor?: string;
  readonly follow?: true;
  readonly fromStart?: true;
}

/** The places of a watch and what it reads, without anything opened. @throws ConfigError, UsageError */
export function watchSetting(
  config: ReadConfig | null,
  flags: WatchFlags,
): Omit<WatchOptions, "openStore"> & { readonly sensor: string; readonly store: StorePlace; readonly retention: Retention } {
  const file = config?.file ?? configShape.parse({});
  const place = flags.store ?? file.store;
  const store = storePlace(place === undefined ? {} : { store: place });
  const sensor = flags.sensor ?? file.sensor;
  const stateFolder = flags.state ?? statePlace(file, process.env);
  const retention = retentionOf(file);
  const named = file.sources.map((source, index) => sourceOf(source, index, sensor, config));
  const { assets, intel, home } = whoSetting(config);
  const held = assets.flatMap(({ networks }) => networks);
  const given = flags.sources.map((uri): WatchSource => ({
    uri,
    name: uri,
    sensor,
    filter: null,
    fromStart: flags.fromStart === true,
    format: null,
    mapping: null,
  }));
  return {
    sources: [...named, ...given],
    sensor,
    home: home.length > 0 ? home : held,
    ours: [...home, ...held],
    intel,
    targets: Object.entries(file.targets).map(([name, texts]) => ({ name, networks: networksOf(texts ?? []) })),
    judge: judgeOptionsOf(file),
    stateFolder,
    flushSeconds: file.flushSeconds,
    graceSeconds: file.graceSeconds,
    spoolBytes: file.spoolMegabytes * 2 ** 20,
    store,
    storePlace: store.kind === "folder" ? store.path : withoutSecrets(store.url),
    storeMayBeAway: store.kind === "url",
    retention,
    fixed: { store, state: stateFolder, retention },
  };
}

export function judgeOptionsOf({ detection }: ConfigFile): JudgeOptions {
  const { learningDays, ...rest } = detection;
  return { ...rest, learningSeconds: learningDays * DAY, saves: true };
}

function retentionOf({ retention }: ConfigFile): Retention {
  const days = (value: number | "forever"): number | null => (value === "forever" ? null : value);
  return { fiveMinutes: days(retention.fiveMinutes), hours: days(retention.hours), days: days(retention.days) };
}

function sourceOf(source: ConfigFile["sources"][number], index: number, sensor: string, config: ReadConfig | null): WatchSource {
  return {
    uri: source.uri,
    name: source.name ?? source.uri,
    sensor: source.sensor ?? sensor,
    filter: source.filter ?? null,
    fromStart: source.fromStart,
    format: source.format ?? null,
    mapping: source.mapping === undefined ? null : mappingOf(source.mapping, index, config),
  };
}

function mappingOf(path: string, index: number, config: ReadConfig | null): Mapping {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = `${path}: ${systemReason(error)}`;
    throw config === null ? new UsageError(reason) : config.problemAt(["sources", index, "mapping"], reason);
  }
  try {
    return readMapping(text, path);
  } catch (error) {
    if (config === null || !(error instanceof Error) || error instanceof ConfigError) throw error;
    throw config.problemAt(["sources", index, "mapping"], error.message);
  }
}
