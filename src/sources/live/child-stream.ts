/** A program whose standard output is a live stream: started, read with back-pressure, asked to end, and never left behind. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How long a program may take to end once asked, milliseconds; then it is killed. */
const PATIENCE_MS = 3000;
/** Octets of a line of standard error that are kept. */
const MAX_MESSAGE = 1000;

/** What a program does, called in the order it happens. */
export interface ChildEvents {
  output(bytes: Uint8Array): void;
  /** A line of standard error, control characters taken out. */
  message(line: string): void;
  /** It ended: after its last output. `asked` where {@link ChildStream.stop} was called. */
  ended(code: number | null, signal: string | null, asked: boolean): void;
}

/** One run of a program. */
export class ChildStream {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #over: Promise<void>;
  #asked = false;
  #running = true;
  #partial = "";

  constructor(child: ChildProcessByStdio<null, Readable, Readable>, events: ChildEvents) {
    this.#child = child;
    child.stdout.on("data", (bytes: Buffer) => events.output(bytes));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#messages(text, events));
    this.#over = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        this.#running = false;
        resolve();
        if (child.pid === undefined) return; // it was never started
        if (this.#partial !== "") events.message(this.#partial);
        events.ended(code, signal, this.#asked);
      });
    });
    // Without a listener a failed kill would throw
    child.on("error", () => {});
  }

  pause(): void {
    this.#child.stdout.pause();
  }

  resume(): void {
    this.#child.stdout.resume();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Asks the program to end, waits until it has and its output is read. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#asked = true;
    this.resume();
    this.signal(signal);
    const killer = setTimeout(() => this.signal("SIGKILL"), PATIENCE_MS);
    await this.#over;
    clearTimeout(killer);
  }

  #messages(text: string, events: ChildEvents): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = (lines.pop() ?? "").slice(0, MAX_MESSAGE);
    for (const line of lines) events.message(line.slice(0, MAX_MESSAGE).replace(/[\u0000-\u001f\u007f-\u009f]/g, ""));
  }
}

/** Starts a program with its messages in English; null where there is no such program. Throws what the system says otherwise. */
export async function startChild(command: string, args: readonly string[], events: ChildEvents): Promise<ChildStream | null> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } });
  const stream = new ChildStream(child, events);
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(stream));
    child.once("error", (error) => {
      if ("code" in error && error.code === "ENOENT") resolve(null);
      else reject(error);
    });
  });
}
