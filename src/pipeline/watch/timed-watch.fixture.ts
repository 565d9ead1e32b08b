/**
 * A watch as a process of its own whose wall clock a test sets: a line on standard input is the time, events are lines on standard output,
 * SIGTERM ends it. Arguments: the folder of history, the folder of the state, the log.
 */
import { createInterface } from "node:readline";
import { watchOptions } from "./watched-history.fixture.ts";
import { Watcher } from "./watcher.ts";

const [folder = "", stateFolder = "", log = "", start = "0"] = process.argv.slice(2);
const steady = (): number => performance.now() / 1000;
let offset = Number(start) - steady();
const watcher = new Watcher({ ...watchOptions(folder, log), stateFolder }, (event) => process.stdout.write(`${JSON.stringify(event)}\n`), {
  wall: () => offset + steady(),
  steady,
});
const lines = createInterface(process.stdin);
lines.on("line", (line) => {
  offset = Number(line) - steady();
});
process.once("SIGTERM", () => {
  lines.close();
  void watcher.stop("the test");
});
await watcher.start();
