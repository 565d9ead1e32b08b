/** `precursor intel update`: fetches feeds, or takes them from files. The only command that downloads. */
import type { Command } from "commander";
import type { Feed } from "../intel/feeds/feed.ts";
import type { Library } from "../intel/feeds/library.ts";
import { UsageError } from "../model/errors.ts";
import type { FeedUpdate } from "../model/feed-library.ts";
import { addIntelOption, intelPlace } from "./intel-place.ts";
import { parseWhole } from "./report-output.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";

const FORMATS = ["text", "json"] as const;
const DEFAULT_TIMEOUT_SECONDS = 120;
const DEFAULT_MEGABYTES = 256;
/** A feed that was asked for by name, or whose file was given, is not what it was asked to be. Of others `intel check` tells. */
const EXIT_NOT_TAKEN = 1;
/** Nobody needs to be told of what is over by then, milliseconds. */
const QUIET_MILLISECONDS = 2000;

interface UpdateFlags extends TextFlags {
  readonly intel?: string;
  readonly from?: readonly string[];
  readonly dryRun?: true;
  readonly force?: true;
  readonly insecure?: true;
  readonly timeout: number;
  readonly maxMegabytes: number;
}

export function addIntelUpdateCommand(parent: Command): void {
  const update = parent
    .command("update")
    .description(
      "Fetch feeds that are due, from their publishers; without names those that are free to use, and those fetched before. Exit code 1 where one that was named or given is not taken.",
    )
    .argument("[feeds...]", "feeds by name, as precursor intel list has them")
    .option(
      "--from <path...>",
      "take feeds from files or folders instead, named like their feeds or given as FEED=PATH; nothing is fetched",
    )
    .option("--dry-run", "say what would be fetched from where, and fetch nothing")
    .option(
      "--force",
      "also what is not due, and also what shrank; a publisher who asked to wait is waited for; a damaged index is made anew",
    )
    .option("--insecure", "also without encryption, where a feed of yours has an address with http://")
    .option("--timeout <seconds>", "for one file", (text) => parseWhole(text, 1, 3600), DEFAULT_TIMEOUT_SECONDS)
    .option("--max-megabytes <n>", "of one file at most, unpacked", (text) => parseWhole(text, 1, 4096), DEFAULT_MEGABYTES)
    .action(updateFeeds);
  addIntelOption(addTextOptions(update, FORMATS));
}

async function updateFeeds(names: readonly string[], flags: UpdateFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const folder = intelPlace(flags.intel);
  const updates = await (flags.from === undefined ? fromNetwork(folder, names, flags) : fromFiles(folder, names, flags.from, flags));
  if ((names.length > 0 || flags.from !== undefined) && updates.some(({ outcome }) => outcome === "refused" || outcome === "kept"))
    process.exitCode = EXIT_NOT_TAKEN;
  if (format === "json") {
    const { renderIntelJson } = await import("../report/intel/intel-json.ts");
    await printText(renderIntelJson(folder, { updates }), flags);
    return;
  }
  const { renderFeedUpdate } = await import("../report/intel/feed-update-text.ts");
  await printText(renderFeedUpdate(updates, folder, textLook(flags)), flags);
}

async function fromNetwork(folder: string, names: readonly string[], flags: UpdateFlags): Promise<readonly FeedUpdate[]> {
  const { loadFeeds, unknownFeed } = await import("./config/feeds-file.ts");
  const { chosenFeeds, plannedUpdates, updateFromNetwork } = await import("../intel/feeds/update.ts");
  const { feedWorks } = await import("../intel/feeds/works.ts");
  const { Library: OpenLibrary, readLibrary } = await import("../intel/feeds/library.ts");
  const { EMPTY_INDEX } = await import("../intel/feeds/library-index.ts");
  const { feeds, disabled, contact, home } = loadFeeds(folder);
  for (const name of names) {
    if (!feeds.has(name)) throw new UsageError(unknownFeed(name, feeds));
    if (disabled.has(name)) throw new UsageError(`${name} is disabled in feeds.yaml`);
    if (feeds.get(name)?.urls.length === 0) throw new UsageError(`${name} has no address to fetch it from: use --from ${name}=FILE`);
  }
  const chosen = names.length === 0 ? null : [...new Set(names)];
  const force = flags.force === true;
  const now = Math.floor(Date.now() / 1000);
  if (flags.dryRun === true) {
    const index = readLibrary(folder) ?? EMPTY_INDEX;
    return plannedUpdates(chosenFeeds(feeds, disabled, chosen, index), index, force, now);
  }
  const started = performance.now();
  const isTerminal = process.stderr.isTTY;
  const onProgress = (done: number, total: number, feed: string): void => {
    if (performance.now() - started < QUIET_MILLISECONDS) return;
    process.stderr.write(isTerminal ? `\r\u001B[K${done} of ${total} feeds: ${feed}` : `precursor: ${done} of ${total} feeds: ${feed}\n`);
  };
  const library = OpenLibrary.open(folder, force);
  try {
    const get = {
      insecure: flags.insecure === true,
      timeoutSeconds: flags.timeout,
      maxOctets: flags.maxMegabytes * 2 ** 20,
      contact,
    };
    const options = {
      feeds,
      disabled,
      works: feedWorks(home),
      now,
      onProgress,
      onMended: (kept: readonly string[]) => tellMended(library, kept),
    };
    return await updateFromNetwork(library, options, { names: chosen, force, get });
  } finally {
    library.close();
    if (isTerminal) await writeError("\r\u001B[K");
  }
}

async function fromFiles(
  folder: string,
  names: readonly string[],
  paths: readonly string[],
  flags: UpdateFlags,
): Promise<readonly FeedUpdate[]> {
  const { loadFeeds } = await import("./config/feeds-file.ts");
  const { filesOfFeeds, readGiven } = await import("./intel-files.ts");
  const { updateFromFiles } = await import("../intel/feeds/update.ts");
  const { feedWorks } = await import("../intel/feeds/works.ts");
  const { Library: OpenLibrary } = await import("../intel/feeds/library.ts");
  const { feeds, disabled, home } = loadFeeds(folder);
  const { given, passedOver } = filesOfFeeds(namedPaths(names, paths, feeds), feeds);
  if (given.size === 0)
    throw new UsageError(
      `--from ${paths[0] ?? ""}: no file there is named like a feed; say which it is, as in --from cins-army=${paths[0] ?? "FILE"}`,
    );
  for (const path of passedOver) await writeError(`precursor: ${path}: named like no feed, and passed over\n`);
  const now = Math.floor(Date.now() / 1000);
  if (flags.dryRun === true)
    return [...given].map(([feed, files]) => ({
      feed,
      outcome: "would-fetch",
      reason: null,
      entries: 0,
      guarded: 0,
      leftOut: null,
      octets: 0,
      from: files,
      dueAt: null,
    }));
  const whole = readGiven(given, flags.maxMegabytes * 2 ** 20);
  const library = OpenLibrary.open(folder, flags.force === true);
  try {
    const options = { feeds, disabled, works: feedWorks(home), now, onMended: (kept: readonly string[]) => tellMended(library, kept) };
    return updateFromFiles(library, options, whole, flags.force === true);
  } finally {
    library.close();
  }
}

function tellMended({ damage }: Library, kept: readonly string[]): void {
  const what = damage?.split(";")[0] ?? "";
  const from = kept.length === 0 ? "no copy was whole" : `kept from their copies: ${kept.join(", ")}`;
  process.stderr.write(
    `precursor: ${what}\nprecursor: it is made anew, and put aside as index.damaged.json; ${from}; when they were fetched and checked is forgotten\n`,
  );
}

/** Paths with the feed that each is of, where the command line says so: `update cins-army --from list.txt`. */
function namedPaths(names: readonly string[], paths: readonly string[], feeds: ReadonlyMap<string, Feed>): readonly string[] {
  const [only, ...others] = names;
  if (only === undefined) return paths;
  if (others.length > 0 || !feeds.has(only)) throw new UsageError(`--from takes files as FEED=PATH where there are several feeds`);
  return paths.map((path) => (path.startsWith(`${only}=`) ? path : `${only}=${path}`));
}
