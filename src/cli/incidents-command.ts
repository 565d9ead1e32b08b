/** `precursor incidents`: what was out of the ordinary, and what people said of it. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import type { Network } from "../model/address.ts";
import type { Incident, IncidentEntryKind } from "../model/incident.ts";
import type { IntelSetting } from "../pipeline/kept-intel.ts";
import type { Store } from "../store/store.ts";
import { addExamples } from "./examples.ts";
import { addIntelOptions, intelFolder } from "./intel-place.ts";
import { parseMoment } from "./moment.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption, type StoreFlags } from "./store-place.ts";
import { writeError } from "./terminal.ts";
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

interface ShowFlags extends StoreFlags, TextFlags {
  readonly config?: string;
  readonly intel?: string | boolean;
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
  show.option("-c, --config <file>", "take the store, feeds, databases and assets from this config file, as watch does");
  addStoreOption(addTextOptions(addIntelOptions(show), FORMATS));
  addSaying(command, "ack", "Say that somebody has seen it.", "acknowledged", false);
  addSaying(command, "close", "Close it by hand: it opens no more, whatever the series do.", "closed", false);
  addSaying(command, "note", "Add a note to its timeline.", "note", true);
  addExamples(
    command,
    [
      ["precursor incidents", "The newest incidents, a line each."],
      ["precursor incidents show 20131102T0100Z-tcp-source-0", "What rose, how far, who saw it, what it may mean, and the timeline."],
      ["precursor incidents show 20131102 --config precursor.yaml", "With the feeds, databases and assets that watch has."],
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
  if (format === "json") {
    const { renderIncidentsJson } = await import("../report/incident/incident-json.ts");
    return printText(renderIncidentsJson(incidents), flags);
  }
  const { renderIncidentList } = await import("../report/incident/incident-text.ts");
  return printText(renderIncidentList(incidents, textLook(flags)), flags);
}

async function showIncident(id: string, flags: ShowFlags): Promise<void> {
  const format = formatOf(flags, FORMATS);
  const { store, intel, ours } = await settingOf(flags);
  const { KeptIntel } = await import("../pipeline/kept-intel.ts");
  const kept = new KeptIntel(intel);
  const shown = await withStore(store === undefined ? {} : { store }, async (opened) => {
    const incident = await find(opened, id);
    const { judgeIncident, whyNotJudged } = await import("../pipeline/history/judge-incident.ts");
    const { inShort } = await import("../pipeline/history/incident-judgement.ts");
    const judged = await judgeIncident(opened, incident, { ...kept.use(), home: ours });
    // What the store has forgotten the watch may have judged
    if (judged === null)
      return {
        incident: (incident.judgement ?? null) === null ? { ...incident, notJudged: whyNotJudged(incident) } : incident,
        assessment: null,
      };
    const { notJudged: _, ...rest } = incident;
    return { incident: { ...rest, judgement: inShort(judged, incident) }, assessment: judged.assessment };
  });
  kept.close();
  if (kept.trouble !== null) await writeError(`precursor: ${kept.trouble}; sources are not looked up in it\n`);
  const { incident, assessment } = shown;
  if (format === "json") {
    const { renderIncidentsJson } = await import("../report/incident/incident-json.ts");
    const assessments = new Map(assessment === null ? [] : [[incident.id, assessment]]);
    return printText(renderIncidentsJson([incident], assessments), flags);
  }
  const { renderIncident } = await import("../report/incident/incident-text.ts");
  return printText(renderIncident(incident, assessment, textLook(flags)), flags);
}

/** Where to look, as the config and the command line say. */
async function settingOf(flags: ShowFlags): Promise<{ store: string | undefined; intel: IntelSetting; ours: readonly Network[] }> {
  const [{ whoSetting }, { loadConfig }] = await Promise.all([import("./config/who-setting.ts"), import("./config/load-config.ts")]);
  const config = flags.config === undefined ? null : loadConfig(flags.config);
  const { intel, assets, home } = whoSetting(config);
  const isSaid = flags.intel === false || typeof flags.intel === "string";
  return {
    store: flags.store ?? config?.file.store,
    intel: isSaid ? { ...intel, folder: intelFolder(flags) } : intel,
    ours: [...home, ...assets.flatMap(({ networks }) => networks)],
  };
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
