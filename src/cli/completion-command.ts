/** `precursor completion`: completion for three shells, made from the command line's own definition. */
import { Argument, type Command, type Option } from "commander";
import { addExamples } from "./examples.ts";
import { writeOutput } from "./terminal.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

export function addCompletionCommand(program: Command): void {
  const command = program
    .command("completion")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .action(async (shell: Shell) => writeOutput(completionScript(program, shell)));
  addExamples(command, [
    ["source <(precursor completion bash)", "In ~/.bashrc."],
    ["precursor completion zsh > ~/.zfunc/_precursor", "With ~/.zfunc in fpath."],
    ["precursor completion fish > ~/.config/fish/completions/precursor.fish", "For fish."],
  ]);
}

/** The script that completes the commands and options of `program` in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = program.commands.map((command): CompletedCommand => ({
    name: command.name(),
    description: firstSentence(command.description()),
    options: command.createHelp().visibleOptions(command),
    argumentChoices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    takesFiles: command.registeredArguments.some((argument) => argument.argChoices === undefined),
  }));
  const all: readonly CompletedCommand[] = [...commands, helpCommand(commands)];
  switch (shell) {
    case "bash":
      return bashScript(all);
    case "zsh":
      return zshScript(all);
    case "fish":
      return fishScript(all);
  }
}

interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Option[];
  readonly argumentChoices: readonly string[];
  readonly takesFiles: boolean;
}

/** Options whose value is a file's name. */
const FILE_OPTIONS: ReadonlySet<string> = new Set(["--output", "--write"]);

function helpCommand(commands: readonly CompletedCommand[]): CompletedCommand {
  return {
    name: "help",
    description: "print the help of a command",
    options: [],
    argumentChoices: commands.map((command) => command.name),
    takesFiles: false,
  };
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    "# Completion of precursor for bash: source <(precursor completion bash)",
    "_precursor() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"',
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$current"))`,
    "    return",
    "  fi",
    '  case "$command" in',
  ];
  for (const command of commands) {
    lines.push(`    ${command.name})`, '      case "$previous" in');
    for (const option of command.options.filter(takesValue)) {
      const reply =
        option.argChoices !== undefined
          ? `COMPREPLY=($(compgen -W "${option.argChoices.join(" ")}" -- "$current"))`
          : FILE_OPTIONS.has(option.long ?? "")
            ? 'COMPREPLY=($(compgen -f -- "$current"))'
            : ":";
      lines.push(`        ${names(option).join("|")}) ${reply}; return ;;`);
    }
    const words = [...command.argumentChoices, ...command.options.flatMap((option) => option.long ?? [])].join(" ");
    lines.push("      esac", '      case "$current" in', `        -*) COMPREPLY=($(compgen -W "${words}" -- "$current")) ;;`);
    if (command.takesFiles) lines.push('        *) COMPREPLY=($(compgen -f -- "$current")) ;;');
    else lines.push(`        *) COMPREPLY=($(compgen -W "${command.argumentChoices.join(" ")}" -- "$current")) ;;`);
    lines.push("      esac", "      ;;");
  }
  lines.push("  esac", "}", "complete -o filenames -F _precursor precursor", "");
  return lines.join("\n");
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    "#compdef precursor",
    "# Completion of precursor for zsh: precursor completion zsh > a folder of fpath, as _precursor",
    "_precursor() {",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, description }) => `    ${zshQuote(`${name}:${description}`)}`),
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe -t commands command commands",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $command in",
  ];
  for (const command of commands) {
    lines.push(`    ${command.name})`, "      _arguments -s \\");
    for (const option of command.options) {
      const value = takesValue(option) ? `:${option.attributeName()}:${zshValues(option)}` : "";
      const meaning = `[${option.description.replaceAll(/[[\]:\\]/g, String.raw`\$&`)}]`;
      for (const name of names(option)) lines.push(`        ${zshQuote(`${name}${meaning}${value}`)} \\`);
    }
    const rest = command.takesFiles
      ? "*:input:_files"
      : command.argumentChoices.length > 0
        ? `1:argument:(${command.argumentChoices.join(" ")})`
        : "";
    lines.push(rest === "" ? "        && return 0" : `        ${zshQuote(rest)}`, "      ;;");
  }
  lines.push("  esac", "}", '_precursor "$@"', "");
  return lines.join("\n");
}

function zshValues(option: Option): string {
  if (option.argChoices !== undefined) return `(${option.argChoices.join(" ")})`;
  return FILE_OPTIONS.has(option.long ?? "") ? "_files" : " ";
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = [
    "# Completion of precursor for fish: precursor completion fish > ~/.config/fish/completions/precursor.fish",
    "complete -c precursor -n __fish_use_subcommand -f",
    ...commands.map(({ name, description }) => `complete -c precursor -n __fish_use_subcommand -a ${name} -d ${quote(description)}`),
  ];
  for (const command of commands) {
    const when = `complete -c precursor -n '__fish_seen_subcommand_from ${command.name}'`;
    if (!command.takesFiles)
      lines.push(`${when} -f${command.argumentChoices.length > 0 ? ` -a ${quote(command.argumentChoices.join(" "))}` : ""}`);
    for (const option of command.options) {
      const short = option.short === undefined || option.short === null ? "" : ` -s ${option.short.slice(1)}`;
      const long = option.long === undefined || option.long === null ? "" : ` -l ${option.long.slice(2)}`;
      const values =
        option.argChoices !== undefined
          ? ` -x -a ${quote(option.argChoices.join(" "))}`
          : !takesValue(option)
            ? ""
            : FILE_OPTIONS.has(option.long ?? "")
              ? " -r -F"
              : " -x";
      lines.push(`${when}${short}${long}${values} -d ${quote(option.description)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function names(option: Option): readonly string[] {
  return [option.short, option.long].filter((name): name is string => typeof name === "string");
}

function firstSentence(text: string): string {
  return text.replace(/[.:].*$/s, "");
}
