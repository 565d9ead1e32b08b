/** A store in a folder that another process holds: questions go to that process, and so do the few writes that it takes from others. */
import type { Agent } from "node:http";
import { resolve } from "node:path";
import { StoreError } from "../model/errors.ts";
import type { Incident, IncidentEntry } from "../model/incident.ts";
import { ClickHouseStore } from "./clickhouse-store.ts";
import { holderOf } from "./data-lock.ts";
import type { Engine } from "./engine.ts";
import { askHolder } from "./holder-socket.ts";
import type { StoreHealth, TimeRange } from "./store.ts";

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

  override async saveIncident(incident: Incident): Promise<void> {
    await askHolder(this.folder, this.agent, "save-incident", incident);
  }

  override async markJudged(range: TimeRange): Promise<void> {
    await askHolder(this.folder, this.agent, "mark-judged", range);
  }

  override async annotateIncident(id: string, entry: IncidentEntry): Promise<void> {
    await askHolder(this.folder, this.agent, "annotate-incident", { id, entry });
  }

  override async compact(): Promise<void> {
    await askHolder(this.folder, this.agent, "compact", null);
  }

  override async backup(folder: string): Promise<void> {
    await askHolder(this.folder, this.agent, "backup", resolve(folder));
  }

  /** As the holder tells it; one of an older version tells nothing. */
  override async health(): Promise<StoreHealth> {
    const told = await askHolder(this.folder, this.agent, "health", null).catch(() => null);
    return (told as StoreHealth | null) ?? { countsTrouble: null };
  }

  private refuse(): Promise<never> {
    const pid = holderOf(this.folder)?.pid ?? "unknown";
    return Promise.reject(new StoreError("E_STORE_LOCKED", this.folder, `held by process ${pid}, and opened for reading only`));
  }
}
