/** One watch a folder: a file with the process that has it. One left by a process that is gone is taken over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../../model/errors.ts";
import { systemReason } from "../../sources/file.ts";

const LOCK_FILE = "watch.lock";

/** Takes the folder, which is made where it is not there; returns what gives it back. @throws StoreError E_STORE_LOCKED */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  const own = `${process.pid} ${startOf(process.pid) ?? ""}\n`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (let attempt = 0; ; attempt++) {
      try {
        writeFileSync(path, own, { flag: "wx", mode: 0o600 });
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST") || attempt > 2) throw error;
      }
      const holder = holderOf(path);
      if (holder !== null) throw new StoreError("E_STORE_LOCKED", folder, `another watch (process ${holder}) keeps its state here`);
      rmSync(path, { force: true });
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError("E_STORE_FAILED", folder, `the folder of the state cannot be used: ${systemReason(error)}`, error);
  }
}

/** The process that has the folder, or null where that is gone. */
function holderOf(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  const [pid, start] = text.trim().split(" ");
  const process = Number(pid);
  if (!Number.isInteger(process) || process <= 0) return null;
  const now = startOf(process);
  return now !== null && (start === undefined || start === now) ? process : null;
}

/** When a process was started, in ticks (proc_pid_stat(5)): numbers of processes are used again. Null where it does not run. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return isAlive(pid) ? "" : null;
  }
}

/** Where there is no /proc. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
