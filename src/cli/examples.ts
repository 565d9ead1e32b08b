/** What stands below the options in a command's help: examples and notes, kept so that docs/cli.md prints the same. */
import type { Command } from "commander";
import { helpWidth } from "./terminal.ts";

/** A command line and what it is for. */
export type Example = readonly [commandLine: string, purpose: string];

interface Extras {
  readonly examples: readonly Example[];
  readonly notes: readonly string[];
}

const extras = new WeakMap<Command, Extras>();

/** Adds examples, and notes (a paragraph each), to the help of a command. */
export function addExamples(command: Command, examples: readonly Example[], notes: readonly string[] = []): void {
  extras.set(command, { examples, notes });
  command.addHelpText("after", () => {
    const lines = examples.flatMap(([commandLine, purpose]) => [`  $ ${commandLine}`, `      ${purpose}`]);
    const paragraphs = notes.map((note) => `\n${command.createHelp().boxWrap(note, helpWidth(process.stdout))}`);
    return ["\nExamples:", ...lines, ...paragraphs].join("\n");
  });
}

/** What `addExamples` added. */
export function extrasOf(command: Command): Extras {
  return extras.get(command) ?? { examples: [], notes: [] };
}
