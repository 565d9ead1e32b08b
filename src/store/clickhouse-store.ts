/** The store over any engine: writes are cut in blocks with tokens of their own, questions are in the files beside this. */
import { StoreError } from "../model/errors.ts";
import type { HistoryBatch } from "../model/history.ts";
import type { Incident, IncidentEntry } from "../model/incident.ts";
import type { SeriesPoint, SeriesSnapshot } from "../model/series.ts";
import * as activity from "./activity-questions.ts";
import { type Engine, sqlText } from "./engine.ts";
import { backupTo, restoreFrom } from "./backup.ts";
import { compactTables } from "./compaction.ts";
import type { HolderService } from "./holder-socket.ts";
import { Unfinished } from "./finished-counts.ts";
import { blocksOf } from "./history-rows.ts";
import { importTokens, isImported, noteImported } from "./import-records.ts";
import * as incidentRecords from "./incident-records.ts";
import { storeInfo } from "./info.ts";
import { judgedTimes, markJudged } from "./judged-times.ts";
import { aliveIntervals, sensorLiveness } from "./liveness-questions.ts";
import { saveLabels } from "./label-records.ts";
import * as series from "./series-questions.ts";
import type {
  ActivityPoint,
  AddressRecord,
  AliveInterval,
  Mover,
  NetworkTotal,
  PortActivity,
  Resolution,
  SensorChoice,
  SensorLiveness,
  SourceActivity,
  SourceTotal,
  Store,
  StoreHealth,
  StoreInfo,
  TimeRange,
} from "./store.ts";

export class ClickHouseStore implements Store {
  private readonly engine: Engine;
  /** Writes are made one after another. */
  private last: Promise<unknown> = Promise.resolve();

  private readonly unfinished = new Unfinished();
  /** Why counts could not be made the last time. */
  private countsTrouble: string | null = null;
  private readonly onClose: () => void;
  private shared: { close(): Promise<void> } | null = null;

  constructor(engine: Engine, onClose: () => void = () => {}) {
    this.engine = engine;
    this.onClose = onClose;
  }

  /** Lets other processes in, by a server that is closed with the store. */
  async share(serve: (service: HolderService) => Promise<{ close(): Promise<void> } | null>): Promise<void> {
    this.shared = await serve({
      answer: (sql, settings) => this.engine.answer(sql, settings),
      operations: {
        // Both ends are this program: what arrives is what HeldStore sent
        "save-incident": (incident) => this.saveIncident(incident as Incident),
        "mark-judged": (range) => this.markJudged(range as TimeRange),
        "annotate-incident": (argument) => {
          const { id, entry } = argument as { readonly id: string; readonly entry: IncidentEntry };
          return this.annotateIncident(id, entry);
        },
        compact: () => this.compact(),
        backup: (folder) => this.backup(folder as string),
        health: () => this.health(),
      },
    });
  }

  get place(): string {
    return this.engine.place;
  }

  write(batch: HistoryBatch, token: string): Promise<void> {
    return this.alone(async () => {
      await this.insertAll(batch, token);
      void this.countsOf(batch);
    });
  }

  importBatch(batch: HistoryBatch, token: string): Promise<boolean> {
    return this.alone(async () => {
      if (await isImported(this.engine, token)) return false;
      await this.insertAll(batch, token);
      // Killed before this, the same inserts are made again, and the engine knows them
      await noteImported(this.engine, [token]);
      void this.countsOf(batch);
      return true;
    });
  }

  importTokens(prefix: string): Promise<readonly string[]> {
    return importTokens(this.engine, prefix);
  }

  noteImports(tokens: readonly string[]): Promise<void> {
    return this.alone(() => noteImported(this.engine, tokens));
  }

  snapshot(interval: number, sensors: SensorChoice): Promise<SeriesSnapshot> {
    return series.snapshot(this.engine, interval, sensors);
  }

  snapshots(range: TimeRange, sensors: SensorChoice): AsyncIterable<SeriesSnapshot> {
    return series.snapshots(this.engine, range, sensors);
  }

  aliveIntervals(range: TimeRange, sensors: SensorChoice = null): Promise<readonly AliveInterval[]> {
    return aliveIntervals(this.engine, range, sensors);
  }

  series(one: number, range: TimeRange, resolution: Resolution, sensors: SensorChoice): Promise<readonly SeriesPoint[]> {
    return series.points(this.engine, "series", `series = ${one}`, range, resolution, sensors);
  }

  targetGroupSeries(
    group: string,
    one: number,
    range: TimeRange,
    resolution: Resolution,
    sensors: SensorChoice,
  ): Promise<readonly SeriesPoint[]> {
    const filter = `target_group = ${sqlText(group)} AND series = ${one}`;
    return series.points(this.engine, "target_groups", filter, range, resolution, sensors);
  }

  async targetGroups(range: TimeRange): Promise<readonly string[]> {
    const resolution = series.resolutionFor(range);
    const rows = await this.engine.rows<{ name: string }>(
      `SELECT DISTINCT target_group AS name FROM ${series.rollup("target_groups", resolution)} WHERE ${series.within(range, resolution)} ORDER BY name`,
    );
    return rows.map(({ name }) => name);
  }

  sharedSources(first: number, second: number, range: TimeRange): Promise<number> {
    return series.sharedSources(this.engine, first, second, range);
  }

  topSeries(range: TimeRange, limit: number): Promise<readonly Mover[]> {
    return series.topSeries(this.engine, range, limit);
  }

  topSources(range: TimeRange, one: number | null, limit: number): Promise<readonly SourceTotal[]> {
    return activity.topSources(this.engine, range, one, limit);
  }

  topNetworks(range: TimeRange, limit: number): Promise<readonly NetworkTotal[]> {
    return activity.topNetworks(this.engine, range, limit);
  }

  activityOf(network: string, range: TimeRange, resolution: Resolution): Promise<readonly SourceActivity[]> {
    return activity.activityOf(this.engine, network, range, resolution);
  }

  activityOverTime(network: string, range: TimeRange, resolution: Resolution): Promise<readonly ActivityPoint[]> {
    return activity.activityOverTime(this.engine, network, range, resolution);
  }

  activityByPort(network: string, range: TimeRange, limit: number): Promise<readonly PortActivity[]> {
    return activity.activityByPort(this.engine, network, range, limit);
  }

  sensors(range: TimeRange): Promise<readonly SensorLiveness[]> {
    return sensorLiveness(this.engine, range);
  }

  saveIncident(incident: Incident): Promise<void> {
    return this.alone(() => incidentRecords.saveIncident(this.engine, incident));
  }

  annotateIncident(id: string, entry: IncidentEntry): Promise<void> {
    return this.alone(() => incidentRecords.annotateIncident(this.engine, id, entry));
  }

  incident(id: string): Promise<Incident | null> {
    return incidentRecords.incident(this.engine, id);
  }

  incidents(range: TimeRange | null, limit: number): Promise<readonly Incident[]> {
    return incidentRecords.incidents(this.engine, range, limit);
  }

  markJudged(range: TimeRange): Promise<void> {
    return this.alone(() => markJudged(this.engine, range));
  }

  judged(): Promise<readonly TimeRange[]> {
    return judgedTimes(this.engine);
  }

  saveLabels(all: readonly AddressRecord[]): Promise<void> {
    return this.alone(() => saveLabels(this.engine, all));
  }

  labels(network: string): Promise<readonly AddressRecord[]> {
    return activity.labels(this.engine, network);
  }

  async info(): Promise<StoreInfo> {
    const told = await storeInfo(this.engine, () => this.sensors({ from: 0, to: 2 ** 32 - 1 }));
    return { ...told, ...(await this.health()) };
  }

  health(): Promise<StoreHealth> {
    return Promise.resolve({ countsTrouble: this.countsTrouble });
  }

  compact(): Promise<void> {
    return this.alone(async () => {
      await compactTables(this.engine);
      this.countsTrouble = null;
    });
  }

  backup(folder: string): Promise<void> {
    return this.alone(() => backupTo(this.engine, folder));
  }

  restore(folder: string): Promise<void> {
    return this.alone(() => restoreFrom(this.engine, folder));
  }

  async close(): Promise<void> {
    await this.shared?.close();
    await this.alone(() => this.engine.close());
    this.onClose();
  }

  private async insertAll(batch: HistoryBatch, token: string): Promise<void> {
    let number = 0;
    for (const { table, block } of blocksOf(batch)) await this.engine.insert(table, block, `${token}/${number++}`);
  }

  /** Counts of what is over come after the write, which does not wait for them: until they are made, answers are right without them. */
  private async countsOf(batch: HistoryBatch): Promise<void> {
    if (!this.unfinished.add(batch)) return;
    try {
      await this.alone(() => this.unfinished.finish(this.engine));
      this.countsTrouble = null;
    } catch (error) {
      this.countsTrouble = `counts of hours that are over were not made, so that long ranges are slow: ${reasonOf(error)}`;
    }
  }

  /** What is done here waits for what was begun before, whether that failed or not. */
  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => undefined);
    return result;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof StoreError ? error.reason : error instanceof Error ? error.message : String(error);
}
