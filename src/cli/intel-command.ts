/** `precursor intel`: reputation feeds fetched, listed and checked, and addresses looked up in them. */
import type { Command } from "commander";
import type { FeedListing } from "../model/feed-library.ts";
import { addExamples } from "./examples.ts";
import { addIntelLookupCommand } from "./intel-lookup-command.ts";
import { addIntelUpdateCommand } from "./intel-update-command.ts";
import { addIntelOption, intelPlace } from "./intel-place.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";

const FORMATS = ["text", "json"] as const;
/** Some feed in use is stale, kept or refused. */
const EXIT_NOT_FINE = 1;

interface ListFlags extends TextFlags {
  readonly intel?: string;
}

export function addIntelCommand(program: Command): void {
  const command = program.command("intel").description("Reputation feeds: fetch them, see how they are, look addresses up in them.");
  addIntelUpdateCommand(command);
  const list = command
    .command("list", { isDefault: true })
    .description("The feeds at hand with age, condition, licence and overlap, and those that could be fetched.")
    .action(listFeeds);
  addIntelOption(addTextOptions(list, FORMATS));
  addIntelLookupCommand(command);
  const check = command
    .command("check")
    .description("Whether all feeds at hand are fine: exit code 1 where one is stale, kept as it was, or refused.")
    .action(checkFeeds);
  addIntelOption(addTextOptions(check, FORMATS));
  addExamples(
    command,
    [
      ["precursor intel update", "Fetch the feeds that are free to use, those that are due; the only command that downloads."],
      ["precursor intel update --dry-run", "What would be fetched, and from where."],
      ["precursor intel update turris-greylist", "One feed by name; once fetched, it is kept up to date with the others."],
      ["precursor intel update --from feeds/", "Without a network: take feeds from files that were fetched elsewhere."],
      ["precursor intel list", "Feeds with age, condition, licence and overlap."],
      ["precursor intel check || mail -s 'feeds' admin", "Exit code 1 where a feed is stale, kept or refused."],
      ["precursor intel lookup 93.174.93.175", "All that is known here of an address."],
      ["cut -d, -f1 sources.csv | precursor intel lookup - --format json", "Addresses from standard input, for programs."],
      ["precursor intel lookup 93.174.93.175 --online greynoise,dshield", "Ask these services, too, and say so."],
    ],
    [
      "Keys of services come from the environment (GREYNOISE_API_KEY, ABUSEIPDB_API_KEY) or from feeds.yaml in the folder of feeds, never from the command line. Feeds of your own, disabled ones and other trust stand there, too (docs/reputation.md).",
    ],
  );
}

async function listFeeds(flags: ListFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const { folder, feeds, now } = await standing(flags);
  if (format === "json") {
    const { renderIntelJson } = await import("../report/intel/intel-json.ts");
    await printText(renderIntelJson(folder, { feeds }), flags);
    return;
  }
  const { renderFeedList } = await import("../report/intel/feed-list-text.ts");
  await printText(renderFeedList(feeds, folder, now, textLook(flags)), flags);
}

async function checkFeeds(flags: ListFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const { folder, feeds, now } = await standing(flags);
  const { openFeeds } = await import("../intel/feeds/open-feeds.ts");
  // What lookups would stumble over is no fine library
  openFeeds(folder, now);
  const used = feeds.filter(({ condition, disabled }) => condition !== "absent" && !disabled);
  const fine = used.every(({ condition }) => condition === "fine");
  if (format === "json") {
    const { renderIntelJson } = await import("../report/intel/intel-json.ts");
    await printText(renderIntelJson(folder, { fine, feeds: used }), flags);
  } else {
    const { renderFeedCheck } = await import("../report/intel/feed-list-text.ts");
    await printText(renderFeedCheck(feeds, folder, textLook(flags)), flags);
  }
  if (!fine) process.exitCode = EXIT_NOT_FINE;
}

async function standing(
  flags: ListFlags,
): Promise<{ readonly folder: string; readonly feeds: readonly FeedListing[]; readonly now: number }> {
  const { loadFeeds } = await import("./config/feeds-file.ts");
  const { listFeeds: listed } = await import("../intel/feeds/feed-list.ts");
  const { readLibrary } = await import("../intel/feeds/library.ts");
  const { EMPTY_INDEX } = await import("../intel/feeds/library-index.ts");
  const folder = intelPlace(flags.intel);
  const { feeds, disabled } = loadFeeds(folder);
  const now = Date.now() / 1000;
  return { folder, feeds: listed(feeds, disabled, readLibrary(folder) ?? EMPTY_INDEX, now), now };
}
