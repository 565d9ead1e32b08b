/** The reference pages, made from the command line's own definition, so that they cannot fall behind: docs/cli.md, docs/config.md, docs/errors.md, docs/precursor.1. */
import type { Argument, Command, Option } from "commander";
import { configPage } from "./config/config-page.ts";
import { ERROR_MEANINGS } from "./error-reference.ts";
import { extrasOf } from "./examples.ts";

const MADE = "Made by `node scripts/make-docs.ts` from the program's own definitions: change those, not this page.";

/** The pages by path, relative to the repository. */
export function referencePages(program: Command): ReadonlyMap<string, string> {
  return new Map([
    ["docs/cli.md", cliPage(program)],
    ["docs/errors.md", errorPage()],
    ["docs/config.md", configPage(MADE)],
    ["docs/precursor.1", manPage(program)],
  ]);
}

const EXIT_CODES = [
  ["0", "Done."],
  ["1", "Done, and the severity is at or above `--fail-on`."],
  [
    "2",
    "Usage; an input that could not be read (where others could, their report is printed all the same); a report that could not be written.",
  ],
  ["130, 143", "Interrupted (Ctrl-C), terminated. Nothing half-written is left."],
] as const;

const ENVIRONMENT = [
  ["NO_COLOR", "When set and not empty, nothing is coloured."],
  [
    "FORCE_COLOR",
    "When set, colours also where the output is no terminal; `0` forbids them. It goes before NO_COLOR, and `--no-color` before both.",
  ],
  ["PRECURSOR_STORE", "Where history is kept, in place of --store."],
  ["PRECURSOR_INTEL", "The folder of reputation feeds, in place of --intel."],
  ["GREYNOISE_API_KEY, ABUSEIPDB_API_KEY", "Keys for intel lookup --online; feeds.yaml can name files that hold them."],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Proxies for intel update and intel lookup --online."],
  ["PRECURSOR_DEBUG", "When set, errors come with their stack."],
] as const;

function cliPage(program: Command): string {
  const lines = [
    "# The command line",
    "",
    MADE,
    "",
    "```",
    program.createHelp().commandUsage(program),
    "```",
    "",
    program.description(),
    "",
  ];
  lines.push("| command | |", "|---|---|");
  for (const command of program.commands)
    lines.push(`| [${command.name()}](#precursor-${command.name()}) | ${cell(command.description())} |`);
  lines.push("", ...examplesSection(program));
  for (const command of program.commands) {
    lines.push(...commandSection(command, `## precursor ${command.name()}`));
    for (const part of command.commands) lines.push(...commandSection(part, `### precursor ${command.name()} ${part.name()}`));
  }
  lines.push("## Exit codes", "", "| code | |", "|---|---|", ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`), "");
  lines.push(
    "## Environment",
    "",
    "| variable | |",
    "|---|---|",
    ...ENVIRONMENT.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`),
    "",
  );
  lines.push(
    "## Errors",
    "",
    "Every error is one line on standard error, `precursor: what happened (CODE)`; [errors.md](errors.md) has the codes. A damaged input, whose report is printed all the same, is told in the same form.",
    "",
  );
  return lines.join("\n");
}

function commandSection(command: Command, heading: string): string[] {
  const lines = [heading, "", "```", command.createHelp().commandUsage(command), "```", "", command.description(), ""];
  const args = command.registeredArguments.map((argument) => [argument.name(), argumentMeaning(argument)] as const);
  if (args.length > 0)
    lines.push("| argument | |", "|---|---|", ...args.map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`), "");
  lines.push("| option | |", "|---|---|");
  for (const option of optionsOf(command)) lines.push(`| \`${option.flags}\` | ${cell(optionMeaning(option))} |`);
  return [...lines, "", ...examplesSection(command)];
}

function examplesSection(command: Command): string[] {
  const { examples, notes } = extrasOf(command);
  const lines = examples.length === 0 ? [] : ["```sh", ...examples.flatMap(([line, purpose]) => [`# ${purpose}`, line]), "```", ""];
  return [...lines, ...notes.flatMap((note) => [note, ""])];
}

function errorPage(): string {
  const lines = [
    "# Errors",
    "",
    MADE,
    "",
    "Every error that a user can meet has a code, in brackets at the end of its line. Codes never change their meaning.",
    "",
  ];
  for (const [code, { meaning, remedy }] of Object.entries(ERROR_MEANINGS))
    lines.push(`## ${code}`, "", meaning, "", `**What to do:** ${remedy}`, "");
  lines.push(
    "## unexpected error",
    "",
    "A fault of Precursor's own, in a line that begins so. The exit code is 2, and no report was written.",
    "",
    "**What to do:** please report it, with what `PRECURSOR_DEBUG=1` adds to the message, and if you may, with the input.",
    "",
  );
  return lines.join("\n");
}

/** A page in man(7). */
function manPage(program: Command): string {
  const lines = [
    `.\\" ${MADE.replaceAll("`", "")}`,
    `.TH PRECURSOR 1 "" "precursor ${program.version() ?? ""}" "User commands"`,
    ".SH NAME",
    `precursor \\- ${roff(program.description().replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    ...program.commands.flatMap((command) => [".B precursor", roff(`${command.name()} ${command.usage()}`), ".br"]),
    ".SH DESCRIPTION",
    ...extrasOf(program).notes.flatMap((note) => [roff(note), ".PP"]),
    ".SH COMMANDS",
  ];
  for (const command of program.commands) {
    lines.push(`.SS ${roff(command.name())}`, roff(command.description()));
    for (const option of optionsOf(command)) lines.push(".TP", `.B ${roff(option.flags)}`, roff(optionMeaning(option)));
    for (const note of extrasOf(command).notes) lines.push(".PP", roff(note));
    for (const part of command.commands) {
      lines.push(`.SS ${roff(`${command.name()} ${part.name()}`)}`, roff(part.description()));
      for (const option of optionsOf(part)) lines.push(".TP", `.B ${roff(option.flags)}`, roff(optionMeaning(option)));
    }
  }
  lines.push(".SH EXIT STATUS");
  for (const [code, meaning] of EXIT_CODES) lines.push(".TP", `.B ${code}`, roff(meaning.replaceAll("`", "")));
  lines.push(".SH ENVIRONMENT");
  for (const [name, meaning] of ENVIRONMENT) lines.push(".TP", `.B ${name}`, roff(meaning.replaceAll("`", "")));
  lines.push(".SH EXAMPLES");
  for (const [line, purpose] of [program, ...program.commands].flatMap((command) => extrasOf(command).examples)) {
    lines.push(".TP", `.B ${roff(line)}`, roff(purpose));
  }
  lines.push(".SH SEE ALSO", ".BR tcpdump (1),", ".BR pcap\\-filter (7)", "");
  return lines.join("\n");
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function optionMeaning(option: Option): string {
  const choices = option.argChoices === undefined ? "" : ` (${option.argChoices.join(", ")})`;
  const isToggle = option.negate || option.defaultValue === undefined;
  return `${option.description}${choices}${isToggle ? "" : ` (default: ${String(option.defaultValue)})`}`;
}

function argumentMeaning(argument: Argument): string {
  const choices = argument.argChoices === undefined ? "" : ` (${argument.argChoices.join(", ")})`;
  return `${argument.description}${choices}`;
}

/** Text in a cell of a table: a bar would end it, and angle brackets would be HTML. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** Text in man(7): backslashes and dashes are escaped, and a line never starts a request. */
function roff(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
