/** The program: what bin/precursor.js runs. */
import { run } from "./run.ts";

process.exit(await run(process.argv.slice(2)));
