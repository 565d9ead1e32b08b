/** `precursor incidents`: what was out of the ordinary, and what people said of it. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import type { Assessment } from "../model/assessment.ts";
import type { Incident, IncidentEntryKind } from "../model/incident.ts";
import type { Store } from "../store/store.ts";
import { addExamples } from "./examples.ts";
import { parseMoment } from "./moment.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption, type StoreFlags } from "./store-place.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";
import { withStore } from "./with-store.ts";

const FORMATS = ["text", "json"] as const;
const DEFAULT_LIMIT = 50;
const MOST = 100_000;

interface ListFlags extends StoreFlags, TextFlags {
  readonly open?: true;
  readonly since?: number;
  readonly limit: number;
}

interface SayFlags extends StoreFlags {
  readonly by?: string;
}

export function addIncidentsCommand(program: Command): void {
  const command = program.command("incidents").description("List incidents, show one, and say something of it.");
  const list = command
    .command("list", { isDefault: true })
    .description("A line an incident, newest first.")
    .option("--open", "only those that are not closed")
    .option("--since <time>", "only those that were open since then", parseMoment)
    .option("--limit <n>", "at most so many", (text) => parseWhole(text, 1, MOST), DEFAULT_LIMIT)
    .action(listIncidents);
  addStoreOption(addTextOptions(list, FORMATS));
  const show = command
    .command("show")
    .description("All that is known of one incident, with its timeline.")
    .argument("<id>", "as the list prints it; its beginning is enough where only one begins so")
    .action(showIncident);
  addStoreOption(addTextOptions(show, FORMATS));
  addSaying(command, "ack", "Say that somebody has seen it.", "acknowledged", false);
  addSaying(command, "close", "Close it by hand: it opens no more, whatever the series do.", "closed", false);
  addSaying(command, "note", "Add a note to its timeline.", "note", true);
  addExamples(
    command,
    [
      ["precursor incidents", "The newest incidents, a line each."],
      ["precursor incidents show 20131102T0100Z-tcp-source-0", "What rose, how far, who saw it, what it may mean, and the timeline."],
      ["precursor incidents ack 20131102 --by ana", "Seen: the beginning of an id is enough."],
      ["precursor incidents note 20131102 asked the provider", "For those who come after."],
      ["precursor incidents --since 2013-11-01 --format json", "For programs; precursor schema incidents tells the fields."],
    ],
    ["A store that a watch has open is read, and written to, through that watch."],
  );
}

function addSaying(command: Command, name: string, description: string, kind: IncidentEntryKind, needsText: boolean): void {
  const saying = command
    .command(name)
    .description(description)
    .argument("<id>", "as the list prints it, or its beginning")
    .argument(needsText ? "<text...>" : "[text...]", "what to say")
    .option("--by <name>", "who says so (default: the user's name)")
    .action(async (id: string, words: readonly string[], flags: SayFlags) =>
      withStore(flags, async (store) => {
        const incident = await find(store, id);
        const time = Math.floor(Date.now() / 1000);
        await store.annotateIncident(incident.id, { time, kind, text: words.join(" "), by: flags.by ?? userInfo().username });
      }),
    );
  addStoreOption(saying);
}

async function listIncidents(flags: ListFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const incidents = await withStore(flags, async (store) => {
    const range = flags.since === undefined ? null : { from: flags.since, to: Date.now() / 1000 + 1 };
    const found = await store.incidents(range, flags.open === true ? MOST : flags.limit);
    return flags.open === true ? found.filter(({ phase }) => phase !== "closed").slice(0, flags.limit) : found;
  });
  await printText(await render(incidents, format, flags, false), flags);
}

async function showIncident(id: string, flags: StoreFlags & TextFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const { incident, judgement } = await withStore(flags, async (store) => {
    const found = await find(store, id);
    const { judgeIncident } = await import("../pipeline/history/judge-incident.ts");
    return { incident: found, judgement: await judgeIncident(store, found) };
  });
  await printText(await render([incident], format, flags, true, judgement), flags);
}

async function render(
  incidents: readonly Incident[],
  format: string,
  flags: TextFlags,
  whole: boolean,
  judgement: Assessment | null = null,
): Promise<string> {
  if (format === "json") {
    const { renderIncidentsJson } = await import("../report/incident/incident-json.ts");
    return renderIncidentsJson(incidents, new Map(judgement === null ? [] : incidents.map((incident) => [incident.id, judgement])));
  }
  const { renderIncident, renderIncidentList } = await import("../report/incident/incident-text.ts");
  const [only] = incidents;
  return whole && only !== undefined ? renderIncident(only, judgement, textLook(flags)) : renderIncidentList(incidents, textLook(flags));
}

/** The incident of an id or of its beginning. */
async function find(store: Store, id: string): Promise<Incident> {
  const exact = await store.incident(id);
  if (exact !== null) return exact;
  const alike = (await store.incidents(null, MOST)).filter((incident) => incident.id.startsWith(id));
  const [only, other] = alike;
  if (only === undefined) throw new UsageError(`no incident has the id ${id}`);
  if (other !== undefined)
    throw new UsageError(
      `${id} begins the id of ${alike.length} incidents: ${alike
        .slice(0, 3)
        .map((one) => one.id)
        .join(", ")}${alike.length > 3 ? ", …" : ""}`,
    );
  return only;
}
