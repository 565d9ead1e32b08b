/** What a judge has learned, in one file, written whole or not at all. A file that is damaged or of another version is learned anew from history. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { IncidentAssessor } from "./incident-judgement.ts";
import { Judge, type JudgedHistory, type JudgeOptions } from "./judge.ts";
import type { JudgeState } from "./judge-state.ts";

const FILE = "judge.state";

/** A judge that goes on where the saved one was; a new one where none was saved. */
export function loadJudge(
  folder: string,
  history: JudgedHistory,
  options: Partial<JudgeOptions>,
  assessor: IncidentAssessor | null = null,
): Judge {
  const judge = new Judge(history, options, assessor);
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, FILE));
  } catch {
    return judge;
  }
  try {
    judge.restore(deserialize(bytes) as JudgeState);
    return judge;
  } catch {
    return new Judge(history, options, assessor);
  }
}

/** @throws what the system says */
export function saveJudge(folder: string, judge: Judge): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const bytes = serialize(judge.snapshot());
  const fresh = join(folder, `${FILE}.new`);
  try {
    const file = openSync(fresh, "w", 0o600);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, join(folder, FILE));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
