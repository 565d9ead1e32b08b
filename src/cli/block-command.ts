/** `precursor block`: rules against port zero, a report's scanners, or addresses, in a platform's language. It applies nothing. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { PORT_ZERO_MATCHES, UDP_SOURCE_ZERO } from "../model/block.ts";
import { UsageError } from "../model/errors.ts";
import { LEAST_CONTACTS } from "../model/hostile.ts";
import { addExamples } from "./examples.ts";
import { splitHome } from "./home-option.ts";
import { parseDuration } from "./moment.ts";
import { checkOutputPath, writeOutputFile } from "./output-file.ts";
import { parseWhole } from "./report-output.ts";
import { writeError, writeOutput } from "./terminal.ts";

/** Addresses blocked at once unless told: a network of 22 bits. */
const USUAL_MOST = 1024;
const GREATEST_MOST = 2 ** 24;
/** ACL remarks of Cisco hold 100 characters, with the words around. */
const INCIDENT = /^[A-Za-z0-9][A-Za-z0-9.:#/_ -]{0,47}$/;
const INTO = /^[A-Za-z0-9][A-Za-z0-9.:_ -]{0,62}$/;

interface BlockFlags {
  readonly for?: string;
  readonly portZero?: true;
  readonly udpSourceZero?: true;
  readonly report?: string;
  readonly source?: readonly string[];
  readonly home?: readonly string[];
  readonly family?: "4" | "6";
  readonly into?: string;
  readonly incident?: string;
  readonly expires: number | null;
  readonly max: number;
  readonly aggregate: number;
  readonly minContacts: number;
  readonly includeAcknowledged?: true;
  readonly includeSpoofable?: true;
  readonly remove?: true;
  readonly format: "text" | "json";
  readonly output?: string;
  readonly quiet?: true;
}

export function addBlockCommand(program: Command): void {
  const command = program
    .command("block")
    .description("Write rules that block port zero, a report's scanners, or addresses, for a firewall or router. Nothing is applied.")
    .requiredOption("--for <platform>", "whose rules; list names them all")
    .option("--port-zero", "drop TCP from or to port zero and UDP to it, whole packets only: later fragments pass")
    .option("--udp-source-zero", "with --port-zero: drop UDP from port zero, too, which RFC 768 allows to senders that want no answer")
    .option("--report <file>", "block the scanners of a report (assess --format json) that are who they seem to be; - for standard input")
    .option("--source <network...>", "block addresses or networks")
    .option("--home <network...>", "your own networks: never blocked, and whom FlowSpec routes are for")
    .option("--incident <id>", "incident or ticket, for names and remarks", parseIncident)
    .option("--expires <time>", "when the rules should go, as in 12h or 7d, or never", parseExpiry, 7 * 86_400)
    .addOption(new Option("--family <version>", "only IPv4, or only IPv6 (default: both)").choices(["4", "6"]))
    .option("--into <name>", "the list on the device that the rules go into, where the platform needs one", parseInto)
    .option("--max <n>", "addresses to block at most", (text) => parseWhole(text, 1, GREATEST_MOST), USUAL_MOST)
    .option("--aggregate <n>", "innocent addresses that may be covered for fewer rules", (text) => parseWhole(text, 0, GREATEST_MOST), 0)
    .option(
      "--min-contacts <n>",
      "contacts from which a report's scanner is blocked",
      (text) => parseWhole(text, 1, 1_000_000_000),
      LEAST_CONTACTS,
    )
    .option("--include-acknowledged", "block acknowledged scanners, too")
    .option("--include-spoofable", "block a report's sources that may be forged, too: whoever owns the address is hit")
    .option("--remove", "print what takes the rules away, and nothing else")
    .addOption(new Option("-f, --format <format>", "text, the rules with remarks; or json").choices(["text", "json"]).default("text"))
    .option("-o, --output <file>", "write to a file, whole or not at all; - is standard output")
    .option("-q, --quiet", "nothing on standard error but errors")
    .action(printBlock);
  addExamples(
    command,
    [
      ["precursor block --port-zero --for nftables -o port-zero.nft", "Then: nft -f port-zero.nft. The file says how to remove it."],
      [
        "precursor assess capture.pcap --format json | precursor block --report - --for ipset",
        "The scanners that cannot be forged, for a week.",
      ],
      ["precursor block --source 93.174.93.175 80.82.65.237 --for cisco-ios --incident INC-42 --expires 12h", "Addresses from elsewhere."],
      ["precursor block --port-zero --for exabgp --home 45.80.10.0/24", "BGP FlowSpec for your own network."],
      ["precursor block --port-zero --for nftables --remove | sh", "Take it away again."],
      ["precursor block --for list", "All platforms, and what they can say."],
    ],
    [
      "Never blocked: your own networks (--home, and a report's), special ranges, public resolvers, this machine's own addresses, resolvers and gateway, and acknowledged scanners. What is left out is said.",
      "docs/block.md tells how each platform says port zero, what it does to fragments, and what its rules were checked with.",
    ],
  );
}

async function printBlock(flags: BlockFlags): Promise<void> {
  const { blockDocument, blockJson, leftOutLines, PLATFORMS } = await import("../respond/index.ts");
  if (flags.for === "list") {
    const length = Math.max(...PLATFORMS.map(({ name }) => name.length));
    await print(PLATFORMS.map(({ name, title, says }) => `${name.padEnd(length)}  ${title}${SAYS[says]}\n`).join(""), flags);
    return;
  }
  const platform = PLATFORMS.find(({ name }) => name === flags.for);
  if (platform === undefined)
    throw new UsageError(`--for ${flags.for}: one of ${PLATFORMS.map(({ name }) => name).join(", ")} is expected`);
  checkFlags(flags, platform.into);
  if (platform.says === "sources-only" && flags.report === undefined && (flags.source ?? []).length === 0) {
    throw new UsageError(
      `--for ${platform.name}: addresses only, which cannot say port zero; a firewall's or router's rules can (--for list)`,
    );
  }
  const [{ decideBlock }, { neededAddresses }] = await Promise.all([import("../pipeline/block.ts"), import("./this-machine.ts")]);
  const report = flags.report === undefined ? null : (await import("./report-file.ts")).readReport(flags.report);
  const block = decideBlock({
    portZero: flags.portZero === true ? [...PORT_ZERO_MATCHES, ...(flags.udpSourceZero === true ? [UDP_SOURCE_ZERO] : [])] : [],
    sources: (flags.source ?? []).flatMap((value) => value.split(",").filter((part) => part !== "")),
    reported: report,
    leastContacts: flags.minContacts,
    home: splitHome(flags.home ?? []).home,
    here: neededAddresses(process.env),
    includeAcknowledged: flags.includeAcknowledged === true,
    includeSpoofable: flags.includeSpoofable === true,
    most: flags.max,
    innocents: flags.aggregate,
    families: flags.family === undefined ? [4, 6] : [flags.family === "4" ? 4 : 6],
    incident: flags.incident ?? null,
    seconds: flags.expires,
    madeAt: Math.floor(Date.now() / 1000),
  });
  const into = flags.into ?? null;
  await print(
    flags.format === "json" ? blockJson(block, platform, into) : blockDocument(block, platform, into, flags.remove === true),
    flags,
  );
  if (flags.quiet === true || flags.remove === true) return;
  const notes = [
    ...leftOutLines(block.leftOut),
    ...(block.innocents > 0 ? [`${block.innocents} innocent addresses are covered`] : []),
    ...(report?.tooEarly === true ? ["the report says that it is too early to tell"] : []),
    ...(report !== null && report.unlisted > 0
      ? [`${report.unlisted} scans are counted in the report and not listed (assess --limit lists more)`]
      : []),
    ...(report?.portZeroVerdict === "on-wire" && flags.portZero !== true
      ? ["the report has port zero on the wire: --port-zero drops it"]
      : []),
    ...(report !== null && block.request.sources.length === 0 ? ["the report gives no reason to block anybody"] : []),
    ...(flags.portZero === true && platform.says !== "port-zero"
      ? [`${platform.title} cannot say port zero${platform.says === "nearest" ? " for sure: the remarks tell what is nearest" : ""}`]
      : []),
  ];
  await writeError(notes.map((note) => `precursor: ${note}\n`).join(""));
}

const SAYS = { "port-zero": "", nearest: " (port zero in part)", "sources-only": " (addresses only)" } as const;

function checkFlags(flags: BlockFlags, into: string | null): void {
  if (flags.portZero !== true && flags.report === undefined && (flags.source ?? []).length === 0) {
    throw new UsageError("what is to be blocked? --port-zero, --report FILE or --source NETWORK says it");
  }
  if (flags.udpSourceZero === true && flags.portZero !== true) throw new UsageError("--udp-source-zero goes with --port-zero");
  if (flags.into !== undefined && into === null)
    throw new UsageError(`--into: rules for ${flags.for ?? ""} go into no list of another name`);
  if (flags.remove === true && flags.format === "json") throw new UsageError("--remove prints text; json has the removal in it");
  if (flags.output !== undefined && flags.output !== "-") checkOutputPath(flags.output);
}

async function print(text: string, { output }: BlockFlags): Promise<void> {
  if (output === undefined || output === "-") await writeOutput(text);
  else writeOutputFile(output, text);
}

function parseIncident(text: string): string {
  if (!INCIDENT.test(text)) throw new InvalidArgumentError("Up to 48 letters, digits, spaces and .:#/_- are expected.");
  return text.trim();
}

function parseInto(text: string): string {
  if (!INTO.test(text)) throw new InvalidArgumentError("A name of letters, digits and .:_- is expected.");
  return text.trim();
}

function parseExpiry(text: string): number | null {
  return text === "never" ? null : Math.max(1, Math.round(parseDuration(text)));
}
