/** A store in a folder that another process holds: questions go to that process, and so do the few writes that it takes from others. */
import type { Agent } from "node:http";
import { resolve } from "node:path";
import { StoreError } from "../model/errors.ts";
import type { Incident, IncidentEntry } from "../model/incident.ts";
import { ClickHouseStore } from "./clickhouse-store.ts";
import { holderOf } from "./data-lock.ts";
import type { Engine } from "./engine.ts";
import { askHolder } from "./holder-socket.ts";
import type { TimeRange } from "./store.ts";

export class HeldStore extends ClickHouseStore {
  private readonly folder: string;
  private readonly agent: Agent;

  constructor(engine: Engine, folder: string, agent: Agent, onClose: () => void) {
    super(engine, onClose);
    this.folder = folder;
    this.agent = agent;
  }

  override write(): Promise<void> {
    return this.refuse();
  }

  override importBatch(): Promise<boolean> {
    return this.refuse();
  }

  override noteImports(): Promise<void> {
    return this.refuse();
  }

  override saveLabels(): Promise<void> {
    return this.refuse();
  }

  override restore(): Promise<void> {
    return this.refuse();
  }

  override saveIncident(incident: Incident): Promise<void> {
    return askHolder(this.folder, this.agent, "save-incident", incident);
  }

  override markJudged(range: TimeRange): Promise<void> {
    return askHolder(this.folder, this.agent, "mark-judged", range);
  }

  override annotateIncident(id: string, entry: IncidentEntry): Promise<void> {
    return askHolder(this.folder, this.agent, "annotate-incident", { id, entry });
  }

  override compact(): Promise<void> {
    return askHolder(this.folder, this.agent, "compact", null);
  }

  override backup(folder: string): Promise<void> {
    return askHolder(this.folder, this.agent, "backup", resolve(folder));
  }

  private refuse(): Promise<never> {
    const pid = holderOf(this.folder)?.pid ?? "unknown";
    return Promise.reject(new StoreError("E_STORE_LOCKED", this.folder, `held by process ${pid}, and opened for reading only`));
  }
}
