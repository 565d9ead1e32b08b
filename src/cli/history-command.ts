/** `precursor history`: the past of a port, a source or a network, drawn with what was to be expected. */
import { type Command, Option } from "commander";
import packageManifest from "../../package.json" with { type: "json" };
import { UsageError } from "../model/errors.ts";
import { SERIES_MEASURES, type SeriesMeasure } from "../model/series.ts";
import type { Past } from "../pipeline/history/past.ts";
import { MOST_ACTIVITY_ROWS, type Resolution, type Store, type TimeRange } from "../store/store.ts";
import { addExamples } from "./examples.ts";
import { historySubject, type HistorySubject } from "./history-subject.ts";
import { parseDuration, parseMoment } from "./moment.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption, type StoreFlags } from "./store-place.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";
import { withStore } from "./with-store.ts";

const FORMATS = ["text", "json", "csv", "html"] as const;
const RESOLUTIONS: ReadonlyMap<string, Resolution> = new Map([
  ["5m", 300],
  ["1h", 3600],
  ["1d", 86_400],
]);
/** What is drawn where no range is given, seconds: 30 days up to the last interval. */
const DEFAULT_SPAN = 30 * 86_400;
const CHART_HEIGHT = 10;
const DEFAULT_LIMIT = 20;
const MOST = 100_000;

interface HistoryFlags extends StoreFlags, TextFlags {
  readonly since?: number;
  readonly until?: number;
  readonly last?: number;
  readonly measure: SeriesMeasure;
  readonly resolution?: string;
  readonly sensor?: readonly string[];
  readonly limit: number;
}

export function addHistoryCommand(program: Command): void {
  const command = program
    .command("history")
    .description("Draw the past of a port, a source or a network, with what was to be expected; without one, what moved most.")
    .argument("[what]", "445, udp/53, tcp/source/0, port-zero, 192.0.2.7, 192.0.2.0/24")
    .option("--since <time>", "from then", parseMoment)
    .option("--until <time>", "up to then", parseMoment)
    .option("--last <time>", "so long up to --until, or up to the last that was seen, as in 24h or 90d (default: 30d)", parseDuration)
    .addOption(new Option("--measure <measure>", "what is drawn").choices(SERIES_MEASURES).default("sources"))
    .addOption(
      new Option("--resolution <time>", "how long a point stands for (default: what the range allows)").choices([...RESOLUTIONS.keys()]),
    )
    .option("--sensor <name...>", "only what these sensors saw")
    .option("--limit <n>", "rows of lists", (text) => parseWhole(text, 1, MOST), DEFAULT_LIMIT)
    .action(printHistory);
  addStoreOption(addTextOptions(command, FORMATS));
  addExamples(
    command,
    [
      ["precursor history", "What moved most in 30 days, and who was most active."],
      ["precursor history tcp/source/0 --last 365d", "A year of TCP source port zero, with its records."],
      ["precursor history 445 -o 445.html", "Both transports and roles of a port, as a page."],
      ["precursor history 198.51.100.0/24 --last 7d", "What a network did, port by port."],
      ["precursor history port-zero --measure packets --format csv", "For a spreadsheet."],
    ],
    ["The band is what the detector held for ordinary before each value came: docs/upticks.md tells how."],
  );
}

async function printHistory(what: string | undefined, flags: HistoryFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const subject = historySubject(what);
  if (flags.since !== undefined && flags.until !== undefined && flags.since >= flags.until)
    throw new UsageError("--since is not before --until: nothing is left between them");
  if (subject.kind !== "series" && (format === "csv" || format === "html"))
    throw new UsageError(`${format} is of a port or a series: name one, as in precursor history 445`);
  const text = await withStore(flags, async (store) => {
    const range = await rangeOf(store, flags);
    return subject.kind === "series" ? seriesText(store, subject, range, format, flags) : listText(store, subject, range, format, flags);
  });
  await printText(text, flags);
}

/** The range asked for; its end is the last interval that was seen. */
async function rangeOf(store: Store, { since, until, last }: HistoryFlags): Promise<TimeRange> {
  const { lastInterval } = await store.info();
  const to = until ?? (lastInterval === null ? Math.ceil(Date.now() / 1000) : lastInterval + 300);
  return { from: since ?? to - (last ?? DEFAULT_SPAN), to };
}

async function seriesText(
  store: Store,
  { numbers }: Extract<HistorySubject, { kind: "series" }>,
  range: TimeRange,
  format: string,
  flags: HistoryFlags,
): Promise<string> {
  const { readPast, resolutionOf } = await import("../pipeline/history/past.ts");
  const resolution = RESOLUTIONS.get(flags.resolution ?? "") ?? resolutionOf(range);
  const all: Past[] = [];
  for (const series of numbers)
    all.push(await readPast(store, { series, range, measure: flags.measure, resolution, sensors: flags.sensor ?? null }));
  const busy = all.filter(({ measured }) => measured.some(({ packets }) => packets > 0));
  const pasts = busy.length > 0 ? busy : all.slice(0, 1);
  const { renderPastCsv, renderPastJson, renderPastText } = await import("../report/series/past.ts");
  if (format === "json") return renderPastJson(pasts);
  if (format === "csv") return renderPastCsv(pasts);
  if (format === "html") {
    const { seriesPage } = await import("../report/series/series-page.ts");
    return seriesPage({
      title: pasts.map(({ name }) => name).join(", "),
      plots: pasts,
      lead: `History at ${store.place}${flags.sensor === undefined ? "" : `, sensors ${flags.sensor.join(", ")}`}.`,
      version: packageManifest.version,
      madeAt: Date.now() / 1000,
    });
  }
  return renderPastText(pasts, { ...textLook(flags), height: CHART_HEIGHT });
}

async function listText(
  store: Store,
  subject: Exclude<HistorySubject, { kind: "series" }>,
  range: TimeRange,
  format: string,
  flags: HistoryFlags,
): Promise<string> {
  const lists = await import("../report/series/history-lists.ts");
  if (subject.kind === "network") {
    const resolution = RESOLUTIONS.get(flags.resolution ?? "") ?? (range.to - range.from <= 4 * 86_400 ? 300 : 86_400);
    const activity = await store.activityOf(subject.network, range, resolution);
    const parts = {
      network: subject.network,
      range,
      points: await store.activityOverTime(subject.network, range, resolution),
      ports: await store.activityByPort(subject.network, range, flags.limit),
      isCut: activity.length >= MOST_ACTIVITY_ROWS,
      activity,
    };
    return format === "json"
      ? lists.renderActivityJson(parts)
      : lists.renderActivityText(parts, { ...textLook(flags), limit: flags.limit });
  }
  const [movers, sources, sensors, incidents] = [
    await store.topSeries(range, flags.limit),
    await store.topSources(range, null, flags.limit),
    await store.sensors(range),
    await store.incidents(range, flags.limit),
  ];
  const overview = { range, movers, sources, sensors, incidents };
  return format === "json" ? lists.renderOverviewJson(overview) : lists.renderOverviewText(overview, textLook(flags));
}
