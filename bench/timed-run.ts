/** One run of a program, measured from outside: elapsed and processor time, and peak resident memory by GNU time, where that is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const GNU_TIME = "/usr/bin/time";

export interface TimedRun {
  /** Elapsed, of the whole process from start to end. */
  readonly seconds: number;
  /** On processors, all threads together; null without GNU time. */
  readonly processorSeconds: number | null;
  /** Largest resident set in MB (10⁶ octets); null without GNU time. */
  readonly peakMegabytes: number | null;
}

/** Runs `command`, its output thrown away. Throws an Error where it cannot start, or ends with a code that is not among `codes`. */
export function timedRun(command: readonly string[], folder: string, codes: readonly number[] = [0]): TimedRun {
  const measured = existsSync(GNU_TIME);
  const notes = join(folder, "time.txt");
  const [program = "", ...args] = measured ? [GNU_TIME, "-f", "%U %S %M", "-o", notes, ...command] : command;
  const began = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  const seconds = (performance.now() - began) / 1000;
  if (error !== undefined) throw error;
  if (status === null || !codes.includes(status)) throw new Error(`${command.join(" ")} ended with ${status}\n${stderr}`);
  if (!measured) return { seconds, processorSeconds: null, peakMegabytes: null };
  // A line that says the exit code may stand before the numbers
  const [user = 0, system = 0, kibibytes = 0] = (readFileSync(notes, "utf8").trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  rmSync(notes);
  return { seconds, processorSeconds: user + system, peakMegabytes: (kibibytes * 1024) / 1e6 };
}

/** The middle of the runs by elapsed time; of an even number the slower of the two in the middle. */
export function medianRun(runs: readonly TimedRun[]): TimedRun {
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new RangeError("no runs");
  return middle;
}
