/** A process that is to be killed: accepts a batch an interval, prints its number once it is acknowledged, and writes all to the store. */
import { join } from "node:path";
import { batchOf } from "./batches.fixture.ts";
import { openStore } from "./open-store.ts";
import { Spool } from "./spool.ts";

const [folder = "", startText = "0"] = process.argv.slice(2);
const start = Number(startText);
const store = await openStore({ kind: "folder", path: join(folder, "data") });
const spool = new Spool(join(folder, "spool"));
for (let number = ((spool.positions() as number | null) ?? -1) + 1; ; number++) {
  const row = { interval: start + 300 * number, series: 0, packets: 1, sources: [number], networks: [1], asns: [1], targets: [1] };
  spool.accept(batchOf("killed", [row]), number);
  process.stdout.write(`${number}\n`);
  await spool.drain(store);
}
