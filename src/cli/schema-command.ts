/** `precursor schema`: the JSON Schema of what `assess --format json` prints. */
import type { Command } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

export function addSchemaCommand(program: Command): void {
  const command = program
    .command("schema")
    .description("Print the JSON Schema of the report that --format json prints.")
    .action(async () => {
      const { renderSchema } = await import("../report/schema.ts");
      const text = renderSchema();
      await writeOutput(text.endsWith("\n") ? text : `${text}\n`);
    });
  addExamples(command, [["precursor schema > report.schema.json", "Keep it beside the program that reads reports."]]);
}
