/** `precursor schema`: the JSON Schemas of what is printed for programs and of what is read from people. */
import { Argument, type Command } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

const SUBJECTS = ["assess", "uptick", "config"] as const;
type Subject = (typeof SUBJECTS)[number];

export function addSchemaCommand(program: Command): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of what --format json prints, or of the config file.")
    .addArgument(new Argument("[of]", "the command whose output it describes, or config").choices(SUBJECTS).default("assess"))
    .action(async (of: Subject) => {
      const text = await schemaOf(of);
      await writeOutput(text.endsWith("\n") ? text : `${text}\n`);
    });
  addExamples(command, [
    ["precursor schema > report.schema.json", "Keep it beside the program that reads reports."],
    ["precursor schema uptick > upticks.schema.json", "The same for what precursor uptick prints."],
    ["precursor schema config > precursor.schema.json", "For the editor: it completes and checks precursor.yaml."],
  ]);
}

async function schemaOf(of: Subject): Promise<string> {
  switch (of) {
    case "assess":
      return (await import("../report/schema.ts")).renderSchema();
    case "uptick":
      return (await import("../report/series/uptick-schema.ts")).renderUpticksSchema();
    case "config":
      return JSON.stringify((await import("./config/config-schema.ts")).configSchema(), null, 2);
  }
}
