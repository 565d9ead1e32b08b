/**
 * Where standard input is. An engine inside this process (chDB) takes what it finds on descriptor 0 for the data of its INSERTs: it would
 * fail, or eat what was piped to us, or to the shell's loop around us. So before it starts, standard input moves to another descriptor.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";

/** Threads of this process know it by their copy of the environment, and other processes by the number that it is not theirs. */
const VARIABLE = "PRECURSOR_STANDARD_INPUT";

/** The descriptor of standard input. */
export function standardInput(): number {
  const [pid, descriptor] = (process.env[VARIABLE] ?? "").split(":");
  return pid === String(process.pid) ? Number(descriptor) : 0;
}

/** Moves standard input away from descriptor 0, before anybody reads it; a terminal, and what cannot be opened again, stays. */
export function shieldStandardInput(): void {
  if (standardInput() !== 0) return;
  let moved: number;
  try {
    const stat = fstatSync(0);
    if (!stat.isFIFO() && !stat.isFile()) return;
    // Without O_NONBLOCK, opening a pipe whose writer has gone would wait for another
    moved = openSync("/proc/self/fd/0", constants.O_RDONLY | constants.O_NONBLOCK);
    if (stat.isFile()) skip(moved, Number(/^pos:\s*(\d+)/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8"))?.[1] ?? 0));
  } catch {
    return;
  }
  closeSync(0);
  // The lowest free descriptor
  openSync("/dev/null", "r");
  process.env[VARIABLE] = `${process.pid}:${moved}`;
}

/** Goes on where whoever had the file before us stopped. */
function skip(descriptor: number, octets: number): void {
  const buffer = new Uint8Array(65_536);
  for (let left = octets; left > 0;) {
    const count = readSync(descriptor, buffer, 0, Math.min(left, buffer.length), null);
    if (count === 0) return;
    left -= count;
  }
}
