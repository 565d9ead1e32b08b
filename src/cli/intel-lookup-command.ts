/** `precursor intel lookup`: all that is known of addresses here, and, where asked for, what services on the Internet say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Command, InvalidArgumentError } from "commander";
import type { ServiceAccess } from "../intel/online/online-lookup.ts";
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from "../model/address.ts";
import { ConfigError, UsageError } from "../model/errors.ts";
import type { AddressLookup } from "../model/feed-library.ts";
import { ONLINE_SERVICES, type OnlineResult, type OnlineServiceId } from "../model/online.ts";
import { systemReason } from "../sources/file.ts";
import type { FeedChoice } from "./config/feeds-file.ts";
import { addIntelOption, intelPlace } from "./intel-place.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";
import { NO_MANNERS } from "../model/manners.ts";

const FORMATS = ["text", "json"] as const;
/** Addresses in one run at most: some 300 MB. */
const MOST_ADDRESSES = 1_000_000;

interface LookupFlags extends TextFlags {
  readonly intel?: string;
  readonly online?: readonly OnlineServiceId[];
}

export function addIntelLookupCommand(parent: Command): void {
  const lookup = parent
    .command("lookup")
    .description("All that is known here of addresses: network, country, special purpose, acknowledged scanner, reputation.")
    .argument("<addresses...>", "IPv4 or IPv6 addresses, or - for one a line from standard input")
    .option("--online <services>", `also ask these services, joined with commas: ${ONLINE_SERVICES.join(", ")}`, parseServices)
    .action(lookUp);
  addIntelOption(addTextOptions(lookup, FORMATS));
}

async function lookUp(words: readonly string[], flags: LookupFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const addresses = await addressesOf(words);
  const folder = intelPlace(flags.intel);
  const { Intel } = await import("../intel/index.ts");
  const { openFeeds } = await import("../intel/feeds/open-feeds.ts");
  const now = Date.now() / 1000;
  const { reputation, feeds: states } = openFeeds(folder, now);
  const online = flags.online === undefined ? new Map<string, OnlineResult[]>() : await askOnline(addresses, flags.online, folder);
  const intel = Intel.open({ reputation });
  let lookups: AddressLookup[];
  try {
    // Nothing was seen of them: what is claimed in their name stays a claim
    lookups = addresses.map((address) => ({ address, labels: intel.label(address, () => NO_MANNERS), online: online.get(address) ?? [] }));
  } finally {
    intel.close();
  }
  if (format === "json") {
    const { renderIntelJson } = await import("../report/intel/intel-json.ts");
    await printText(renderIntelJson(folder, { lookups, states }), flags);
    return;
  }
  const { renderLookups } = await import("../report/intel/lookup-text.ts");
  await printText(renderLookups(lookups, { feeds: states, now }, textLook(flags)), flags);
}

async function askOnline(
  addresses: readonly string[],
  services: readonly OnlineServiceId[],
  folder: string,
): Promise<Map<string, OnlineResult[]>> {
  const { loadFeeds } = await import("./config/feeds-file.ts");
  const { keyVariable, lookUpOnline } = await import("../intel/online/online-lookup.ts");
  const choice = loadFeeds(folder);
  const accesses = services.map((service): ServiceAccess => {
    const variable = keyVariable(service);
    const fromEnvironment = variable === null ? "" : (process.env[variable] ?? "").trim();
    return { service, key: fromEnvironment === "" ? keyOf(choice, service) : fromEnvironment, url: choice.online[service]?.url ?? null };
  });
  return await lookUpOnline(addresses, accesses, {
    memoryFolder: join(folder, "online"),
    get: { contact: choice.contact },
    onAsk: (host, questions) => {
      process.stderr.write(`precursor: asking ${host} about ${questions === 1 ? "1 address" : `${questions} addresses`}\n`);
    },
  });
}

function keyOf({ online }: FeedChoice, service: OnlineServiceId): string | null {
  const { key, keyFile } = online[service] ?? {};
  if (keyFile === undefined) return key ?? null;
  try {
    return readFileSync(keyFile, "utf8").trim();
  } catch (error) {
    throw new ConfigError(keyFile, [`${keyFile}: ${systemReason(error)}`]);
  }
}

/** Each once, in their canonical form. @throws UsageError */
async function addressesOf(words: readonly string[]): Promise<string[]> {
  const addresses = new Set<string>();
  for (const word of words) {
    if (word === "-") {
      await addFromInput(addresses);
      continue;
    }
    const address = canonical(word);
    if (address === null) throw new UsageError(`'${word}' is no IPv4 or IPv6 address`);
    addresses.add(address);
  }
  return [...addresses];
}

async function addFromInput(addresses: Set<string>): Promise<void> {
  let others = 0;
  let first = "";
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const word = line.replace(/#.*/, "").trim();
    if (word === "") continue;
    const address = canonical(word);
    if (address === null) {
      if (others++ === 0) first = word.slice(0, 60);
    } else addresses.add(address);
    if (addresses.size > MOST_ADDRESSES) throw new UsageError(`more than ${MOST_ADDRESSES} addresses: look them up in parts`);
  }
  if (others > 0)
    await writeError(`precursor: ${others} lines of standard input are no address, the first of them ${JSON.stringify(first)}\n`);
}

function canonical(text: string): string | null {
  const word = parseIPv4(text);
  if (word !== null) return formatIPv4(word);
  const words = parseIPv6(text);
  return words === null ? null : formatIPv6(...words);
}

function parseServices(text: string): OnlineServiceId[] {
  const words = text.split(",").map((word) => word.trim().toLowerCase());
  return words.map((word) => {
    const service = ONLINE_SERVICES.find((one) => one === word);
    if (service === undefined) throw new InvalidArgumentError(`Known services are ${ONLINE_SERVICES.join(", ")}.`);
    return service;
  });
}
