/** Options of commands that print lists and charts of history, and where what they print goes. */
import { type Command, Option } from "commander";
import type { RenderOptions } from "../report/options.ts";
import { checkOutputPath, writeOutputFile } from "./output-file.ts";
import { lacksUnicode, outputWidth, wantsColour, writeOutput } from "./terminal.ts";

/** Ends of names that are no format's own name. */
const ALIASES: Readonly<Record<string, string>> = { txt: "text", htm: "html", markdown: "md" };

export interface TextFlags {
  readonly format?: string;
  readonly output?: string;
  readonly color: boolean;
  readonly ascii?: true;
}

/** Adds the options; `formats` are those that the command knows, the first its default. */
export function addTextOptions(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(
      new Option("-f, --format <format>", `${formats.join(", ")}; by default what the name of --output ends in, else text`).choices(
        formats,
      ),
    )
    .option("-o, --output <file>", "write to a file, whole or not at all; - is standard output")
    .option("--no-color", "never colour; otherwise only on a terminal, or as NO_COLOR and FORCE_COLOR say")
    .option("--ascii", "no characters beyond ASCII in text");
}

/** The format that flags ask for. Throws where the output's place cannot be written to, before any work is done. */
export function formatOf<T extends string>(flags: TextFlags, formats: readonly [T, ...T[]]): T {
  const file = outputFile(flags);
  if (file !== null) checkOutputPath(file);
  const extension = /\.([A-Za-z]+)$/.exec(file ?? "")?.[1]?.toLowerCase() ?? "";
  const wanted = flags.format ?? ALIASES[extension] ?? extension;
  return formats.find((format) => format === wanted) ?? formats[0];
}

/** How text is drawn where it goes. */
export function textLook(flags: TextFlags): Required<Pick<RenderOptions, "colour" | "width" | "ascii">> {
  const toFile = outputFile(flags) !== null;
  const isTerminal = !toFile && process.stdout.isTTY;
  return {
    colour: !toFile && wantsColour(isTerminal, flags.color, process.env),
    width: outputWidth(isTerminal, process.stdout.columns),
    ascii: flags.ascii === true || (isTerminal && lacksUnicode(process.env)),
  };
}

export async function printText(text: string, flags: TextFlags): Promise<void> {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  const file = outputFile(flags);
  if (file === null) await writeOutput(whole);
  else writeOutputFile(file, whole);
}

function outputFile({ output }: TextFlags): string | null {
  return output === undefined || output === "-" ? null : output;
}
