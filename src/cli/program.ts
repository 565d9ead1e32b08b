/** The command line as a whole: its commands, and what all of them share. */
import { styleText } from "node:util";
import { Command } from "commander";
import packageManifest from "../../package.json" with { type: "json" };
import { addAssessCommand } from "./assess-command.ts";
import { addBacktestCommand } from "./backtest-command.ts";
import { addBlockCommand } from "./block-command.ts";
import { addCompletionCommand } from "./completion-command.ts";
import { addConfigCommand } from "./config-command.ts";
import { addConvertCommand } from "./convert-command.ts";
import { addDemoCommand } from "./demo-command.ts";
import { addExamples } from "./examples.ts";
import { addFormatsCommand } from "./formats-command.ts";
import { addImportCommand } from "./import-command.ts";
import { addHistoryCommand } from "./history-command.ts";
import { addIncidentsCommand } from "./incidents-command.ts";
import { addIntelCommand } from "./intel-command.ts";
import { addSchemaCommand } from "./schema-command.ts";
import { addReplayCommand } from "./replay-command.ts";
import { addStoreCommand } from "./store-command.ts";
import { helpWidth } from "./terminal.ts";
import { addUptickCommand } from "./uptick-command.ts";
import { addWatchCommand } from "./watch-command.ts";

/** The program with all its commands. Parsing throws CommanderError for usage and PrecursorError for the rest; it never exits. */
export function buildProgram(): Command {
  const program = new Command("precursor")
    .description("Early warning of Internet reconnaissance from the traffic records you already keep.")
    .version(packageManifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "Print the help of a command.")
    .exitOverride()
    .configureHelp({ styleTitle: (title) => styleText("bold", title, { validateStream: false }) })
    .configureOutput({
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
      // Errors are printed once, in one line, with the code: see failure.ts.
      outputError: () => {},
    });
  addAssessCommand(program);
  addDemoCommand(program);
  addBlockCommand(program);
  addWatchCommand(program);
  addReplayCommand(program);
  addUptickCommand(program);
  addConvertCommand(program);
  addConfigCommand(program);
  addFormatsCommand(program);
  addImportCommand(program);
  addHistoryCommand(program);
  addIncidentsCommand(program);
  addBacktestCommand(program);
  addIntelCommand(program);
  addStoreCommand(program);
  addSchemaCommand(program);
  addCompletionCommand(program);
  addExamples(
    program,
    [
      ["precursor demo", "Assess a made-up capture of 2 November 2013, when port zero rose five-fold."],
      ["precursor assess capture.pcap", "Who probes, how, with which tool, whom, what it means and what to do."],
      ["precursor assess captures/ -o report.html", "A whole folder, as one page with plots."],
    ],
    [
      "Exit codes: 0 done; 1 the severity is at or above --fail-on; 2 usage, or an input that could not be read.",
      "Nothing is sent anywhere, and all lookups are made in files on this machine, but for precursor intel update and intel lookup --online, which say whom they ask.",
    ],
  );
  return program;
}
