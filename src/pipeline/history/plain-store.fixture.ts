/** For tests: of a store, what an import needs of it, in maps. */
import type { HistoryBatch } from "../../model/history.ts";
import { mergeBatches } from "../../observe/recorder/plain-history.fixture.ts";
import type { ImportStore } from "./import.ts";

export class PlainStore implements ImportStore {
  readonly noted = new Set<string>();
  readonly batches = new Map<string, HistoryBatch>();
  /** Writes that are let through before one fails. */
  patience = Number.POSITIVE_INFINITY;

  importBatch(batch: HistoryBatch, token: string): Promise<boolean> {
    if (this.patience-- <= 0) return Promise.reject(new Error("interrupted"));
    const isNew = !this.batches.has(token);
    if (isNew) this.batches.set(token, batch);
    return Promise.resolve(isNew);
  }

  importTokens(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.noted].filter((token) => token.startsWith(prefix)));
  }

  noteImports(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) this.noted.add(token);
    return Promise.resolve();
  }

  get merged(): ReturnType<typeof mergeBatches> {
    return mergeBatches([...this.batches.values()]);
  }

  sensors(): ReturnType<ImportStore["sensors"]> {
    const names = new Set([...this.batches.values()].map(({ sensor }) => sensor));
    return Promise.resolve(
      [...names].map((sensor) => {
        const rows = this.#rows().filter((row) => row.sensor === sensor);
        const times = rows.map(({ interval }) => interval);
        const sum = (key: "observations" | "lost"): number => rows.reduce((total, row) => total + row[key], 0);
        return {
          sensor,
          firstSeen: Math.min(...times),
          lastSeen: Math.max(...times),
          intervals: new Set(times).size,
          observations: sum("observations"),
          lost: sum("lost"),
        };
      }),
    );
  }

  aliveIntervals(): ReturnType<ImportStore["aliveIntervals"]> {
    const byInterval = Map.groupBy(this.#rows(), ({ interval }) => interval);
    return Promise.resolve(
      [...byInterval]
        .sort(([a], [b]) => a - b)
        .map(([interval, rows]) => {
          const sensors = [...new Set(rows.map(({ sensor }) => sensor))].sort();
          const seen = (name: string): number =>
            rows.reduce((sum, { sensor, observations }) => sum + (sensor === name ? observations : 0), 0);
          return { interval, sensors, observations: sensors.map(seen) };
        }),
    );
  }

  #rows(): { interval: number; observations: number; lost: number; sensor: string }[] {
    return [...this.batches.values()].flatMap(({ sensor, liveness }) => liveness.map((row) => ({ ...row, sensor })));
  }
}
