/** `precursor store`: what is in the history, how large it is, and copies of it. */
import { Argument, type Command, Option } from "commander";
import { UsageError } from "../model/errors.ts";
import { counted } from "../report/quantity.ts";
import type { Store, StoreInfo } from "../store/store.ts";
import { addExamples } from "./examples.ts";
import { scaled } from "./progress.ts";
import { addStoreOption, type StoreFlags, storePlace } from "./store-place.ts";
import { writeOutput } from "./terminal.ts";

const ACTIONS = ["info", "backup", "restore", "compact"] as const;
type Action = (typeof ACTIONS)[number];

interface Flags extends StoreFlags {
  readonly format: "text" | "json";
}

export function addStoreCommand(program: Command): void {
  const command = program
    .command("store")
    .description("See what history takes, copy it to a folder and back, and merge it by hand.")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .argument("[folder]", "backup: a new folder; restore: the folder of a backup");
  addStoreOption(command)
    .addOption(new Option("-f, --format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(doStore);
  addExamples(
    command,
    [
      ["precursor store info", "Sensors, first and last interval, rows and octets of each table."],
      ["precursor store backup /backup/history-2013-11", "Everything, whole or not at all, also while precursor watch writes."],
      [
        "precursor store restore /backup/history-2013-11 --store http://clickhouse:8123",
        "Into an empty place: from a folder to a server, or back.",
      ],
      ["precursor store compact", "Merge small parts into large ones, and drop now what is over its time."],
    ],
    [
      "docs/store.md says what is kept, for how long, and how a cluster is used.",
      "--format json is for programs: precursor schema store tells the fields.",
    ],
  );
}

async function doStore(action: Action, folder: string | undefined, flags: Flags): Promise<void> {
  if ((action === "backup" || action === "restore") && folder === undefined) throw new UsageError(`store ${action}: name a folder`);
  if ((action === "info" || action === "compact") && folder !== undefined)
    throw new UsageError(`store ${action}: takes no folder: ${folder}`);
  const { openStore } = await import("../store/open-store.ts");
  // What is restored makes the place that it goes to
  const store = await openStore(storePlace(flags), { access: action === "restore" ? "write" : "read" });
  try {
    await writeOutput(await answerOf(store, action, folder ?? "", flags.format));
  } finally {
    await store.close();
  }
}

async function answerOf(store: Store, action: Action, folder: string, format: Flags["format"]): Promise<string> {
  if (action === "info") {
    const info = await store.info();
    if (format === "text") return infoText(store.place, info);
    const { renderStoreInfoJson } = await import("../report/store-info.ts");
    return renderStoreInfoJson({ place: store.place, ...info });
  }
  if (action === "backup") await store.backup(folder);
  else if (action === "restore") await store.restore(folder);
  else await store.compact();
  if (format === "json") {
    const { renderStoreDoneJson } = await import("../report/store-info.ts");
    return renderStoreDoneJson(action, store.place, folder === "" ? null : folder);
  }
  const done = { backup: `backed up to ${folder}`, restore: `restored from ${folder}`, compact: "compacted" }[action];
  return `${store.place}: ${done}\n`;
}

function infoText(place: string, info: StoreInfo): string {
  const total = info.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const span =
    info.firstInterval === null || info.lastInterval === null ? "empty" : `${isoTime(info.firstInterval)} to ${isoTime(info.lastInterval)}`;
  const lines = [
    `${place}: ${span}, ${scaled(total, "B")} (${info.engine}, tables ${info.schemaVersion})`,
    ...amiss(info),
    ...table(
      ["sensor", "first", "last", "intervals", "observations", "lost"],
      info.sensors.map((one) =>
        [one.sensor, isoTime(one.firstSeen), isoTime(one.lastSeen), one.intervals, one.observations, one.lost].map(String),
      ),
    ),
    ...table(
      ["table", "rows", "size"],
      info.tables.map(({ name, rows, bytes }) => [name, String(rows), scaled(bytes, "B")]),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** A line where counts lack that long ranges are answered from. */
function amiss({ countsTrouble, uncounted: { hours, days } }: StoreInfo): string[] {
  if (countsTrouble !== null) return [countsTrouble];
  if (hours + days === 0) return [];
  return [
    `${counted(hours, "hour")} and ${counted(days, "day")} have no counts, so that long ranges are slow: precursor store compact makes them`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [
    "",
    ...[head, ...rows].map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    ),
  ];
}

function isoTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
}
