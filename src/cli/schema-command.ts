/** `precursor schema`: the JSON Schemas of what `--format json` prints. */
import { Argument, type Command } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

export function addSchemaCommand(program: Command): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of what --format json prints.")
    .addArgument(new Argument("[of]", "the command whose output it describes").choices(["assess", "uptick"]).default("assess"))
    .action(async (of: "assess" | "uptick") => {
      await writeOutput(await schemaOf(of));
    });
  addExamples(command, [
    ["precursor schema > report.schema.json", "Keep it beside the program that reads reports."],
    ["precursor schema uptick > upticks.schema.json", "The same for what precursor uptick prints."],
  ]);
}

async function schemaOf(of: "assess" | "uptick"): Promise<string> {
  if (of === "uptick") return (await import("../report/series/uptick-schema.ts")).renderUpticksSchema();
  return (await import("../report/schema.ts")).renderSchema();
}
