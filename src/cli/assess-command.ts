/** `precursor assess`: captures in, a judgement out. */
import type { Command } from "commander";
import { parseIPv4, parseIPv6 } from "../model/address.ts";
import { UsageError } from "../model/errors.ts";
import { ASSESS_DEFAULTS, type AssessOptions } from "../pipeline/assess-options.ts";
import { addExamples } from "./examples.ts";
import { addWhoOptions, resolversOf, type WhoFlags } from "./who-options.ts";
import { splitHome } from "./home-option.ts";
import {
  addInputOptions,
  addReadingOptions,
  checkInputs,
  inputChoice,
  type InputFlags,
  mappingOf,
  showsProgress,
} from "./input-options.ts";
import { addIntelOptions, intelFolder } from "./intel-place.ts";
import { parseWait } from "./moment.ts";
import { ProgressLine } from "./progress.ts";
import { isUseless, readingNotes } from "./reading-notes.ts";
import { addReportOptions, chooseFormat, exitCodeOf, parseWhole, printJudgement, printReport, type ReportFlags } from "./report-output.ts";
import { storePlace } from "./store-place.ts";
import { writeError } from "./terminal.ts";

/** More threads than any machine that reads captures has cores to spare. */
const MAX_THREADS = 64;

/** Some input, or all of them, could not be read. */
const EXIT_UNREADABLE = 2;

interface AssessFlags extends ReportFlags, InputFlags, WhoFlags {
  readonly for?: number;
  readonly follow?: true;
  readonly fromStart?: true;
  readonly state?: string;
  readonly home?: readonly string[];
  readonly explain?: string;
  readonly intel?: string | boolean;
  readonly store?: string;
  readonly priors?: string;
  readonly explainJudgement?: true;
  readonly threads: number;
}

export function addAssessCommand(program: Command): void {
  const command = program
    .command("assess")
    .description("Assess captures, flow records and logs: who probes, how, with which tool, whom, what it means and what to do.")
    .argument(
      "[inputs...]",
      "files, folders, or - for standard input, several read as one; or, with --for, live sources such as udp://:2055",
    )
    .option("--home <cidr...>", "networks that you defend; guessed, and said so, where not given")
    .option("--for <time>", "listen to live sources for so long, as in 60s, 5m or 1h, then assess what came (docs/live.md)", parseWait)
    .option("--follow", "follow files as they grow and rotate, with --for")
    .option("--from-start", "read followed files and topics from their start where no place in them is saved")
    .option("--state <folder>", "keep places in followed files, and flow templates, here from run to run")
    .option("--explain <source>", "show, for one address, every class of packets that led to its label")
    .option("--explain-judgement", "replay the judgement step by step: priors, each piece of evidence with its ratios, what was set aside")
    .option("--priors <given>", "probabilities before any evidence, as in research=0.2,ddos=0.1, or a YAML or JSON file of them")
    .option("--store <place>", "history to compare with: a folder, or the URL of a ClickHouse server; without it, no history is read");
  addWhoOptions(command);
  addReportOptions(addInputOptions(addIntelOptions(command)))
    .option("--threads <n>", "threads that decode; 0 decides by size", (text) => parseWhole(text, 0, MAX_THREADS), 0)
    .action(assessInputs);
  addReadingOptions(command);
  addExamples(
    command,
    [
      ["precursor assess capture.pcap", "One capture, on one screen."],
      ["precursor assess conn.log.gz", "Zeek, Suricata, NetFlow, firewall and cloud logs alike: see precursor formats."],
      ["precursor assess /var/captures --home 192.0.2.0/24 -o report.html", "All captures of a folder, as one page with plots."],
      ["tcpdump -i eth0 -c 100000 -w - | precursor assess -", "From standard input."],
      ["precursor assess a.pcap.zst --filter 'portzero or dst port 445' --since 2013-11-02T01:00", "Only a part of it."],
      ["precursor assess udp://:2055 --for 5m", "Listen for NetFlow, IPFIX or sFlow, then judge."],
      ["precursor assess a.pcap --mmdb GeoLite2-ASN.mmdb --mmdb GeoLite2-City.mmdb", "Networks and countries by your own databases."],
      ["precursor assess a.pcap --resolver 192.0.2.53", "Ask your resolver whether scanners' names lead back to them."],
      ["precursor assess a.pcap --explain 93.174.93.175", "Why this address has its label."],
      ["precursor assess a.pcap --store history", "Is it more than on other days, and do other sensors see it?"],
      ["precursor assess a.pcap --explain-judgement --priors research=0.3", "How the judgement came about, step by step."],
      ["precursor assess a.pcap --format json --fail-on high > report.json", "For programs; exit code 1 where it is high or critical."],
    ],
    [
      "--home takes several networks; put inputs before it, or -- between them.",
      "Live sources: udp://[ADDRESS]:PORT, syslog+udp://, syslog+tcp://, syslog+tls://, tail:FILE, journald:, interface:NAME, kafka://BROKER/TOPIC (docs/live.md).",
      "Where some inputs cannot be read, the others are assessed, the report is printed, and the exit code is 2.",
    ],
  );
}

async function assessInputs(inputs: readonly string[], flags: AssessFlags): Promise<void> {
  const options = assessOptions(inputs, flags);
  checkInputs(options.inputs, options.filter);
  const format = chooseFormat(flags);
  if (options.explain !== null && format === "html") throw new UsageError("--explain prints text, md or json, not html");
  if (flags.explainJudgement === true && options.explain !== null) throw new UsageError("--explain and --explain-judgement: choose one");
  if (flags.explainJudgement === true && format === "html") throw new UsageError("--explain-judgement prints text, md or json, not html");
  const mapping = await mappingOf(flags);
  const priors = flags.priors === undefined ? {} : (await import("./priors-option.ts")).parsePriors(flags.priors);
  const { assess } = await import("../pipeline/assess.ts");
  if (options.listen !== null) endListeningOnSignals();
  const line = showsProgress(flags) ? new ProgressLine(process.stderr) : null;
  // Also where a signal ends the program.
  process.once("exit", () => line?.clear());
  const started = performance.now();
  let result;
  try {
    result = await assess({ ...options, mapping, priors, onProgress: line === null ? null : (progress) => line.show(progress) });
  } finally {
    line?.clear();
  }
  const { report, explanation } = result;
  const { sources } = report.input;
  const useless = sources.some(isUseless);
  const seconds = (performance.now() - started) / 1000;
  const notes = readingNotes(report.input, { quiet: flags.quiet === true, verbose: flags.verbose === true, done: "assessed", seconds });
  process.exitCode = useless ? EXIT_UNREADABLE : exitCodeOf(report, flags.failOn);
  if (notes.length > 0) await writeError(`${notes.join("\n")}\n`);
  if (sources.length > 0 && sources.every(isUseless)) return;
  if (flags.explainJudgement === true && format !== "json") await printJudgement(report, format, flags);
  else await printReport(report, explanation, format, flags);
}

/** An interrupt ends the listening, and what came is assessed: the pipeline takes the signals, not the program. */
function endListeningOnSignals(): void {
  process.removeAllListeners("SIGINT");
  process.removeAllListeners("SIGTERM");
}

/** The pipeline's options from the command line. Throws UsageError. */
export function assessOptions(inputs: readonly string[], flags: AssessFlags): AssessOptions {
  const { home, others } = splitHome(flags.home ?? []);
  const all = [...inputs, ...others];
  const choice = inputChoice(all, flags);
  const explain = flags.explain ?? null;
  if (explain !== null && parseIPv4(explain) === null && parseIPv6(explain) === null) {
    throw new UsageError(`--explain takes an IPv4 or IPv6 address, not '${explain}'`);
  }
  const listen = listening(flags);
  return {
    ...ASSESS_DEFAULTS,
    ...choice,
    listen,
    inputs: all,
    home,
    explain,
    intelFolder: intelFolder(flags),
    store: flags.store === undefined ? null : storePlace(flags),
    threads: flags.threads,
    limit: flags.limit ?? ASSESS_DEFAULTS.limit,
    databases: flags.mmdb ?? [],
    resolvers: resolversOf(flags),
  };
}

function listening({ for: seconds, follow, fromStart, state }: AssessFlags): AssessOptions["listen"] {
  if (seconds === undefined) {
    const needy = follow === true ? "--follow" : fromStart === true ? "--from-start" : state === undefined ? null : "--state";
    if (needy !== null) throw new UsageError(`${needy} is for live sources: say how long to listen, as in --for 60s`);
    return null;
  }
  return { seconds, stateFolder: state ?? null, fromStart: fromStart === true, follow: follow === true };
}
