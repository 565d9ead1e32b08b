/** One run of the program: its command line in, its exit code out, and what signals and closed pipes do to it. */
import { describeFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";
import { writeError } from "./terminal.ts";

/** 128 + the signal's number, as shells expect. */
const INTERRUPTED = 130;
const TERMINATED = 143;

/** Runs the command line `args` (without node and script) and resolves to the exit code; everything is written by then. */
export async function run(args: readonly string[]): Promise<number> {
  ignoreStreamErrors();
  // Reports are written whole and at once at the end, so there is nothing to undo here.
  process.once("SIGINT", () => process.exit(INTERRUPTED));
  process.once("SIGTERM", () => process.exit(TERMINATED));
  try {
    await buildProgram().parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const failure = describeFailure(error, args);
    if (failure.message !== null) await writeError(`${failure.message}\n`);
    return failure.exitCode;
  }
}

/** Failed writes reach the callbacks of `writeOutput` and `writeError`; what is left are closed pipes, which must not crash. */
function ignoreStreamErrors(): void {
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}
