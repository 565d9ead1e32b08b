/** `precursor demo`: a synthetic capture of 2 November 2013, made in memory or in a file, and assessed. */
import type { Command } from "commander";
import { addExamples } from "./examples.ts";
import { checkOutputPath, writeOutputFile } from "./output-file.ts";
import { addReportOptions, chooseFormat, exitCodeOf, printReport, type ReportFlags } from "./report-output.ts";
import { writeError } from "./terminal.ts";

/** The input's name in the report where no file is written. */
const DEMO_NAME = "demo-2013-11-02.pcap";

/** Takes the line away that says what takes a moment (ECMA-48 EL). */
const ERASE_LINE = "\r\u001B[K";

interface DemoFlags extends ReportFlags {
  readonly write?: string;
}

export function addDemoCommand(program: Command): void {
  const command = program
    .command("demo")
    .description("Assess a made-up capture of 2 November 2013, when packets from TCP port zero rose five-fold for three hours.")
    .option("-w, --write <file>", "write the capture to a file too, to assess it or to open it elsewhere");
  addReportOptions(command).action(demo);
  addExamples(
    command,
    [
      ["precursor demo", "See what a report says."],
      ["precursor demo -o demo.html", "The same as a page with plots."],
      ["precursor demo --write demo.pcap", "Keep the capture: precursor assess demo.pcap --explain 93.174.93.175"],
    ],
    ["The traffic is generated, with a known truth; only the addresses that were published of the event are real."],
  );
}

async function demo(flags: DemoFlags): Promise<void> {
  const format = chooseFormat(flags);
  if (flags.write !== undefined) checkOutputPath(flags.write);
  const [{ november2013Capture }, { ASSESS_DEFAULTS, assess }] = await Promise.all([
    import("../lab/index.ts"),
    import("../pipeline/assess.ts"),
  ]);
  if (process.stderr.isTTY) await writeError("precursor: making the capture …");
  const { bytes: capture } = november2013Capture();
  if (process.stderr.isTTY) await writeError(ERASE_LINE);
  if (flags.write !== undefined) writeOutputFile(flags.write, capture);
  const name = flags.write ?? DEMO_NAME;
  const { report } = await assess({
    ...ASSESS_DEFAULTS,
    threads: 1,
    limit: flags.limit ?? ASSESS_DEFAULTS.limit,
    memory: new Map([[name, capture]]),
  });
  process.exitCode = exitCodeOf(report, flags.failOn);
  await printReport(report, null, format, flags);
  if (flags.write !== undefined) await writeError(`precursor: wrote the capture to ${flags.write} (${capture.length} octets)\n`);
}
