/** What a judge has learned, in one file, written whole or not at all. A file that is damaged or of another version is learned anew from history. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { writeWholeFile } from "../../model/whole-file.ts";
import type { IncidentAssessor } from "./incident-judgement.ts";
import { Judge, type JudgedHistory, type JudgeOptions } from "./judge.ts";
import type { JudgeState } from "./judge-state.ts";

const FILE = "judge.state";
const ANEW = `${FILE} is damaged, unreadable or of another version: what it held is learned anew from history`;

/** A judge that goes on where the saved one was; a new one where none was saved, and `lost` says so where it was not for want of a file. */
export function loadJudge(
  folder: string,
  history: JudgedHistory,
  options: Partial<JudgeOptions>,
  assessor: IncidentAssessor | null = null,
): { readonly judge: Judge; readonly lost: string | null } {
  const judge = new Judge(history, options, assessor);
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, FILE));
  } catch (error) {
    return { judge, lost: (error as NodeJS.ErrnoException).code === "ENOENT" ? null : ANEW };
  }
  try {
    judge.restore(deserialize(bytes) as JudgeState);
    return { judge, lost: null };
  } catch {
    return { judge: new Judge(history, options, assessor), lost: ANEW };
  }
}

/** @throws what the system says */
export function saveJudge(folder: string, judge: Judge): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeWholeFile(join(folder, FILE), serialize(judge.snapshot()), 0o600);
}
