/** What lists say of addresses, kept beside history; the newest of a kind and list holds. */
import { sqlAddress } from "./activity-questions.ts";
import { type Engine, sqlText } from "./engine.ts";
import { DATABASE } from "./table.ts";
import type { AddressRecord } from "./store.ts";

/** Rows a statement, so that none is longer than the engine takes (max_query_size, 256 KiB). */
const ROWS = 100;

export async function saveLabels(engine: Engine, labels: readonly AddressRecord[]): Promise<void> {
  for (let from = 0; from < labels.length; from += ROWS) {
    const values = labels
      .slice(from, from + ROWS)
      .map(
        ({ address, kind, list, body }) => `(${sqlAddress(engine, address)}, ${[kind, list, body].map(sqlText).join(", ")}, ${Date.now()})`,
      );
    await engine.run(`INSERT INTO ${DATABASE}.labels (address, kind, list, body, version) VALUES ${values.join(", ")}`);
  }
}
