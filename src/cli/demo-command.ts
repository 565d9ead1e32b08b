/** `precursor demo`: 2 November 2013, or another made-up event, made in memory or in a file, and assessed. */
import type { Command } from "commander";
import { formatNetwork } from "../model/address.ts";
import type { Asset } from "../model/asset.ts";
import { UsageError } from "../model/errors.ts";
import { addExamples } from "./examples.ts";
import { checkOutputPath, writeOutputFile } from "./output-file.ts";
import { addReportOptions, chooseFormat, exitCodeOf, printReport, type ReportFlags } from "./report-output.ts";
import { writeError, writeOutput } from "./terminal.ts";

/** Takes the line away that says what takes a moment (ECMA-48 EL). */
const ERASE_LINE = "\r\u001B[K";

interface DemoFlags extends ReportFlags {
  readonly list?: boolean;
  readonly netflow?: boolean;
  readonly write?: string;
  readonly writeAssets?: string;
}

export function addDemoCommand(program: Command): void {
  const command = program
    .command("demo")
    .description(
      "Assess a made-up capture of 2 November 2013, when packets from TCP port zero rose five-fold for three hours, or of another event.",
    )
    .argument("[event]", "another event of --list")
    .option("--list", "name the events that can be made")
    .option("--netflow", "as NetFlow v5, as a router would export the same packets")
    .option("-w, --write <file>", "write the input to a file too, to assess it or to open it elsewhere")
    .option("--write-assets <file>", "write what its networks hold too, as YAML for assess --assets");
  addReportOptions(command).action(demo);
  addExamples(
    command,
    [
      ["precursor demo", "See what a report says."],
      ["precursor demo -o demo.html", "The same as a page with plots."],
      ["precursor demo cert-polska-2011", "Another event; precursor demo --list names all."],
      ["precursor demo fragmented-amplification --netflow", "An attack that flow records make look like port zero."],
      ["precursor demo --write demo.pcap", "Keep the capture: precursor assess demo.pcap --explain 93.174.93.175"],
      ["precursor demo --write demo.pcap --write-assets demo.yaml", "And its networks: precursor assess demo.pcap --assets demo.yaml"],
    ],
    [
      "The traffic is generated, with a known truth; only the addresses that were published of the event are real. The sectors are made up.",
    ],
  );
}

async function demo(event: string | undefined, flags: DemoFlags): Promise<void> {
  const format = chooseFormat(flags);
  for (const path of [flags.write, flags.writeAssets]) if (path !== undefined) checkOutputPath(path);
  const [{ DEMO_EVENT, demoEvents, demoInput }, { ASSESS_DEFAULTS, assess }] = await Promise.all([
    import("../pipeline/demo.ts"),
    import("../pipeline/assess.ts"),
  ]);
  if (flags.list === true) return writeOutput(eventList(demoEvents()));
  if (flags.writeAssets !== undefined && event !== undefined && event !== DEMO_EVENT)
    throw new UsageError("--write-assets: only the networks of 2 November 2013 have sectors");
  if (process.stderr.isTTY) await writeError("precursor: making the event …");
  const { name, bytes, home, assets } = demoInput(event ?? DEMO_EVENT, flags.netflow === true);
  if (process.stderr.isTTY) await writeError(ERASE_LINE);
  if (flags.write !== undefined) writeOutputFile(flags.write, bytes);
  if (flags.writeAssets !== undefined) writeOutputFile(flags.writeAssets, assetList(assets));
  const { report } = await assess({
    ...ASSESS_DEFAULTS,
    home,
    assets,
    threads: 1,
    limit: flags.limit ?? ASSESS_DEFAULTS.limit,
    memory: new Map([[flags.write ?? name, bytes]]),
  });
  process.exitCode = exitCodeOf(report, flags.failOn);
  await printReport(report, null, format, flags);
  if (flags.write !== undefined) await writeError(`precursor: wrote ${flags.write} (${bytes.length} octets)\n`);
}

function eventList(events: readonly { readonly name: string; readonly title: string }[]): string {
  const width = Math.max(...events.map(({ name }) => name.length));
  return events.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join("");
}

/** As `assess --assets` reads it: an asset a line. */
function assetList(assets: readonly Asset[]): string {
  const lines = assets.map(
    ({ name, networks, sector }) => `  - { name: ${name}, networks: [${networks.map(formatNetwork).join(", ")}], sector: ${sector} }\n`,
  );
  return `# The networks of the made-up capture of 2 November 2013, with made-up sectors.\nassets:\n${lines.join("")}`;
}
