/** `precursor formats`: what can be read, and what each format's records can prove. */
import { type Command, Option } from "commander";
import type { Format } from "../formats/format.ts";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

const PROOFS = [
  ["ports", "portsOnTheWire"],
  ["TCP flags", "tcpFlags"],
  ["outcome", "outcome"],
  ["fragments", "fragments"],
  ["action", "action"],
] as const;

export function addFormatsCommand(program: Command): void {
  const command = program
    .command("formats")
    .description("List the input formats and what their records can prove.")
    .addOption(new Option("-f, --format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (flags: { readonly format: "text" | "json" }) => {
      const { FORMATS } = await import("../formats/index.ts");
      await writeOutput(flags.format === "json" ? formatsJson(FORMATS) : formatsTable(FORMATS));
    });
  addExamples(command, [["precursor formats", "See what can be read."]], [NOTE]);
}

const NOTE =
  "ports: read from a real transport header, so that port zero is confirmed; outcome: whether a probe was answered; fragments: later fragments are told from real ports. Inputs may be compressed with gzip or zstd; a format is told by its first octets, never by its name.";

/** A table with a row a format. */
export function formatsTable(formats: readonly Format[]): string {
  const rows = [
    ["name", "title", ...PROOFS.map(([title]) => title)],
    ...formats.map((format) => [format.name, format.title, ...PROOFS.map(([, key]) => (format.proves[key] ? "yes" : "no"))]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return `${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}

function formatsJson(formats: readonly Format[]): string {
  const list = formats.map(({ name, title, proves }) => ({ name, title, proves }));
  return `${JSON.stringify({ formats: list }, null, 2)}\n`;
}
