/** `precursor schema`: the JSON Schemas of what is printed for programs, and of the config file. */
import { Argument, type Command } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

/** What has a schema, and where that is. */
const SCHEMAS = {
  assess: async () => (await import("../report/schema.ts")).REPORT_SCHEMA,
  uptick: async () => (await import("../report/series/uptick-schema.ts")).UPTICKS_SCHEMA,
  block: async () => (await import("../respond/block-schema.ts")).BLOCK_SCHEMA,
  import: async () => (await import("../report/imported.ts")).IMPORT_SCHEMA,
  history: async () => (await import("../report/series/history-schema.ts")).HISTORY_SCHEMA,
  incidents: async () => (await import("../report/incident/incident-schema.ts")).INCIDENTS_SCHEMA,
  store: async () => (await import("../report/store-info.ts")).STORE_SCHEMA,
  backtest: async () => (await import("../report/backtest.ts")).BACKTEST_SCHEMA,
  intel: async () => (await import("../report/intel/intel-schema.ts")).INTEL_SCHEMA,
  "watch-event": async () => (await import("../report/watch/watch-event-schema.ts")).WATCH_EVENT_SCHEMA,
  config: async () => (await import("./config/config-schema.ts")).configSchema(),
} as const satisfies Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;
type Described = keyof typeof SCHEMAS;

export function addSchemaCommand(program: Command): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of what --format json prints, of watch's events, or of the config file.")
    .addArgument(
      new Argument("[of]", "the command whose output it describes, watch-event, or config").choices(Object.keys(SCHEMAS)).default("assess"),
    )
    .action(async (of: Described) => {
      await writeOutput(`${JSON.stringify(await SCHEMAS[of](), null, 2)}\n`);
    });
  addExamples(command, [
    ["precursor schema > report.schema.json", "Keep it beside the program that reads reports."],
    ["precursor schema uptick > upticks.schema.json", "The same for what precursor uptick prints."],
    ["precursor schema config > precursor.schema.json", "For the editor: it completes and checks precursor.yaml."],
  ]);
}
