/**
 * What a killed engine leaves half done. An insert notes its token in the table's deduplication log and only then gives its part its name
 * (seen with strace, ClickHouse 26.7). Killed between the two, it would take the same batch for written when it is sent again. So before
 * the engine starts, tokens at the end of a log whose part never came to be are forgotten.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LOG_FOLDER = "deduplication_logs";
/** A part: partition, first and last block, level. */
const PART = /^(.+)_(\d+)_(\d+)_\d+$/;
/** A line of a log: 1 (added), part, partition and hash. */
const ADDED = /^1\t([^\t]+)\t/;

/** @param folder the engine's. Returns how many tokens were forgotten. */
export function forgetUnfinishedInserts(folder: string): number {
  let forgotten = 0;
  for (const table of tableFolders(folder)) {
    const logs = namesIn(join(table, LOG_FOLDER)).sort((a, b) => numberOf(a) - numberOf(b));
    const last = logs.findLast((name) => readFileSync(join(table, LOG_FOLDER, name)).length > 0);
    if (last !== undefined) forgotten += repair(table, join(table, LOG_FOLDER, last));
  }
  return forgotten;
}

function repair(table: string, log: string): number {
  const highest = new Map<string, number>();
  for (const name of namesIn(table)) {
    const [, partition, , to] = PART.exec(name) ?? [];
    if (partition === undefined || partition.startsWith("tmp")) continue;
    highest.set(partition, Math.max(highest.get(partition) ?? 0, Number(to)));
  }
  const lines = readFileSync(log, "utf8").split("\n");
  // A write that was cut short leaves a line without its end
  const whole = lines.slice(0, -1);
  const torn = lines.at(-1) === "" ? 0 : 1;
  let keep = whole.length;
  while (keep > 0) {
    const [, part = ""] = ADDED.exec(whole[keep - 1] ?? "") ?? [];
    const [, partition, from] = PART.exec(part) ?? [];
    // Blocks are numbered upwards: a part that came to be, or was merged into another, is not above all that there are
    if (partition === undefined || Number(from) <= (highest.get(partition) ?? -1)) break;
    keep--;
  }
  const forgotten = whole.length - keep + torn;
  if (forgotten === 0) return 0;
  const repaired = `${log}.repaired`;
  writeFileSync(
    repaired,
    whole
      .slice(0, keep)
      .map((line) => `${line}\n`)
      .join(""),
    { flush: true },
  );
  renameSync(repaired, log);
  return forgotten;
}

function tableFolders(folder: string): string[] {
  const store = join(folder, "store");
  return namesIn(store).flatMap((prefix) => namesIn(join(store, prefix)).map((name) => join(store, prefix, name)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function numberOf(name: string): number {
  return Number(/(\d+)\.txt$/.exec(name)?.[1] ?? 0);
}
