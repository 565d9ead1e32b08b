/** `precursor demo`: a synthetic capture of 2 November 2013, made in memory or in a file, and assessed. */
import type { Command } from "commander";
import { formatNetwork } from "../model/address.ts";
import type { Asset } from "../model/asset.ts";
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
  readonly writeAssets?: string;
}

export function addDemoCommand(program: Command): void {
  const command = program
    .command("demo")
    .description("Assess a made-up capture of 2 November 2013, when packets from TCP port zero rose five-fold for three hours.")
    .option("-w, --write <file>", "write the capture to a file too, to assess it or to open it elsewhere")
    .option("--write-assets <file>", "write what its networks hold too, as YAML for assess --assets");
  addReportOptions(command).action(demo);
  addExamples(
    command,
    [
      ["precursor demo", "See what a report says."],
      ["precursor demo -o demo.html", "The same as a page with plots."],
      ["precursor demo --write demo.pcap", "Keep the capture: precursor assess demo.pcap --explain 93.174.93.175"],
      ["precursor demo --write demo.pcap --write-assets demo.yaml", "And its networks: precursor assess demo.pcap --assets demo.yaml"],
    ],
    [
      "The traffic is generated, with a known truth; only the addresses that were published of the event are real. The sectors are made up.",
    ],
  );
}

async function demo(flags: DemoFlags): Promise<void> {
  const format = chooseFormat(flags);
  for (const path of [flags.write, flags.writeAssets]) if (path !== undefined) checkOutputPath(path);
  const [{ november2013Capture }, { ASSESS_DEFAULTS, assess }] = await Promise.all([
    import("../lab/index.ts"),
    import("../pipeline/assess.ts"),
  ]);
  if (process.stderr.isTTY) await writeError("precursor: making the capture …");
  const { bytes: capture, assets } = november2013Capture();
  if (process.stderr.isTTY) await writeError(ERASE_LINE);
  if (flags.write !== undefined) writeOutputFile(flags.write, capture);
  if (flags.writeAssets !== undefined) writeOutputFile(flags.writeAssets, assetList(assets));
  const name = flags.write ?? DEMO_NAME;
  const { report } = await assess({
    ...ASSESS_DEFAULTS,
    assets,
    threads: 1,
    limit: flags.limit ?? ASSESS_DEFAULTS.limit,
    memory: new Map([[name, capture]]),
  });
  process.exitCode = exitCodeOf(report, flags.failOn);
  await printReport(report, null, format, flags);
  if (flags.write !== undefined) await writeError(`precursor: wrote the capture to ${flags.write} (${capture.length} octets)\n`);
}

/** As `assess --assets` reads it: an asset a line. */
function assetList(assets: readonly Asset[]): string {
  const lines = assets.map(
    ({ name, networks, sector }) => `  - { name: ${name}, networks: [${networks.map(formatNetwork).join(", ")}], sector: ${sector} }\n`,
  );
  return `# The networks of the made-up capture of 2 November 2013, with made-up sectors.\nassets:\n${lines.join("")}`;
}
