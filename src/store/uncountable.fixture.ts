/** For tests: tables of counts that take nothing more, as where memory or a disk of theirs is at its end; all else goes on. */
import { openInProcess } from "./in-process.ts";

const TABLES = ["finished_1h", "finished_1d"];

/** @param folder of a store that nobody has open. */
export async function refuseCounts(folder: string): Promise<void> {
  await change(folder, "ADD CONSTRAINT nothing CHECK 0");
}

export async function takeCounts(folder: string): Promise<void> {
  await change(folder, "DROP CONSTRAINT nothing");
}

async function change(folder: string, how: string): Promise<void> {
  const engine = await openInProcess(folder);
  for (const table of TABLES) await engine.run(`ALTER TABLE precursor.${table} ${how}`);
  await engine.close();
}
