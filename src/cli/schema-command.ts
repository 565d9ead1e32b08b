/** `precursor schema`: the JSON Schemas of what `--format json` prints. */
import { Argument, type Command } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

/** What prints JSON, with where its schema is. */
const SCHEMAS = {
  assess: async () => (await import("../report/schema.ts")).REPORT_SCHEMA,
  uptick: async () => (await import("../report/series/uptick-schema.ts")).UPTICKS_SCHEMA,
  incidents: async () => (await import("../report/incident/incident-schema.ts")).INCIDENTS_SCHEMA,
  backtest: async () => (await import("../report/backtest.ts")).BACKTEST_SCHEMA,
} as const satisfies Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;
type Described = keyof typeof SCHEMAS;

export function addSchemaCommand(program: Command): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of what --format json prints.")
    .addArgument(new Argument("[of]", "the command whose output it describes").choices(Object.keys(SCHEMAS)).default("assess"))
    .action(async (of: Described) => {
      await writeOutput(`${JSON.stringify(await SCHEMAS[of](), null, 2)}\n`);
    });
  addExamples(command, [
    ["precursor schema > report.schema.json", "Keep it beside the program that reads reports."],
    ["precursor schema uptick > upticks.schema.json", "The same for what precursor uptick prints."],
  ]);
}
