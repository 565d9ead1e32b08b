/** Runs the command line in this process, for tests where only exit code and output matter: a hundred times the pace of a new process. */
import type { EventEmitter } from "node:events";
import { vi } from "vitest";
import { run } from "./run.ts";

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Exit code and output of `precursor …args` in a folder. What the run leaves on the process (listeners, exit code) is undone. */
export async function inProcess(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const emitters: readonly EventEmitter[] = [process, process.stdout, process.stderr];
  const before = emitters.map((emitter) => emitter.eventNames().flatMap((name) => emitter.rawListeners(name)));
  const { cwd, exitCode, env } = { cwd: process.cwd(), exitCode: process.exitCode, env: process.env };
  const stdout: string[] = [];
  const stderr: string[] = [];
  const taken = [
    vi.spyOn(process.stdout, "write").mockImplementation(collector(stdout)),
    vi.spyOn(process.stderr, "write").mockImplementation(collector(stderr)),
  ];
  process.env = { PATH: env["PATH"], LANG: "C.UTF-8", ...environment };
  process.exitCode = undefined;
  process.chdir(folder);
  try {
    return { status: await run(args), stdout: stdout.join(""), stderr: stderr.join("") };
  } finally {
    process.chdir(cwd);
    process.exitCode = exitCode;
    process.env = env;
    for (const stream of taken) stream.mockRestore();
    for (const [index, emitter] of emitters.entries()) {
      for (const name of emitter.eventNames()) {
        for (const listener of emitter.rawListeners(name)) {
          if (before[index]?.includes(listener) !== true) emitter.removeListener(name, listener as () => void);
        }
      }
    }
  }
}

/** A stand-in for a stream's `write` that keeps the text. */
function collector(into: string[]): typeof process.stdout.write {
  return (chunk: string | Uint8Array, second?: unknown, third?: unknown): boolean => {
    into.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
    const done = typeof second === "function" ? second : third;
    if (typeof done === "function") queueMicrotask(() => (done as () => void)());
    return true;
  };
}
