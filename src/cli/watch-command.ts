/** `precursor watch`: sources read without end, history kept, upticks told within one interval. */
import type { Command } from "commander";
import { ConfigError, UsageError } from "../model/errors.ts";
import type { WatchEvent } from "../model/watch-event.ts";
import type { Watcher } from "../pipeline/watch/watcher.ts";
import type { WatchOptions } from "../pipeline/watch/watch-options.ts";
import { addExamples } from "./examples.ts";
import { parseDuration } from "./moment.ts";
import { parseWhole } from "./report-output.ts";
import { addStoreOption } from "./store-place.ts";
import { writeError } from "./terminal.ts";
import type { TerminalView } from "./watch/terminal-view.ts";

const MOST_INTERVALS = 1_000_000;
const HEALTH_STATUS_MS = 60_000;

interface WatchCommandFlags {
  readonly config?: string;
  readonly store?: string;
  readonly state?: string;
  readonly sensor?: string;
  readonly follow?: true;
  readonly fromStart?: true;
  readonly json?: true;
  readonly color: boolean;
  readonly for?: number;
  readonly intervals?: number;
}

export function addWatchCommand(program: Command): void {
  const command = program
    .command("watch")
    .description("Read sources without end, keep history, and open an incident within one interval of an uptick.")
    .argument(
      "[sources...]",
      "live sources, as in udp://:2055 or tail:/var/log/kern.log (docs/live.md); in addition to those of the config",
    )
    .option("-c, --config <file>", "read this config file, and again on SIGHUP (docs/config.md)")
    .option("--state <folder>", "keep the spool, places in sources and what was learned here")
    .option("--sensor <name>", "the sensor of sources that name none")
    .option("--follow", "take plain paths as files to follow")
    .option("--from-start", "read followed files and topics from their start where no place in them is saved")
    .option("--json", "events as JSON lines also where the output is a terminal")
    .option("--no-color", "never colour; otherwise only on a terminal, or as NO_COLOR and FORCE_COLOR say")
    .option("--for <time>", "end after so long", parseDuration)
    .option("--intervals <n>", "end after so many intervals were judged", (text) => parseWhole(text, 1, MOST_INTERVALS))
    .action(watchSources);
  addStoreOption(command);
  addExamples(
    command,
    [
      ["precursor watch udp://:2055 syslog+udp://:514", "NetFlow and a firewall's messages, on this terminal."],
      ["precursor watch --config /etc/precursor/precursor.yaml", "As a service: docs/watch.md has the unit."],
      ["precursor watch --follow /var/log/kern.log --sensor edge | jq 'select(.isAlert)'", "What is to be told, as JSON."],
    ],
    [
      "SIGHUP reads the config again; SIGTERM and Ctrl-C end the watch with everything kept.",
      "Where its output is no terminal, watch prints an event a line; precursor schema watch-event tells the fields.",
    ],
  );
}

async function watchSources(sources: readonly string[], flags: WatchCommandFlags): Promise<void> {
  const read = async (): Promise<WatchOptions> => {
    const options = await optionsOf(sources, flags);
    if (options.sources.length === 0) throw new UsageError("no source: name one, as in udp://:2055, or a config file with --config");
    return options;
  };
  const options = await read();
  const [{ Watcher }, { Systemd }] = await Promise.all([import("../pipeline/watch/watcher.ts"), import("./watch/systemd.ts")]);
  const systemd = new Systemd(process.env);
  const show = await outputOf(flags);
  let judged = 0;
  let end = (_reason: string): void => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const watcher = new Watcher(options, (event) => {
    show.take(event);
    if (event.type === "interval" && flags.intervals !== undefined && ++judged >= flags.intervals) end(`${judged} intervals were judged`);
  });
  show.begin(watcher);
  const signals = listen({ end, reload: () => reload(watcher, read, systemd) });
  const clock = flags.for === undefined ? null : setTimeout(() => end("its time is over"), 1000 * flags.for);
  try {
    await watcher.start();
    show.begin(watcher);
    await systemd.ready(statusOf(watcher));
    const watchdog = systemd.watchdogMs === null ? HEALTH_STATUS_MS : systemd.watchdogMs;
    const timer = setInterval(() => void systemd.alive(statusOf(watcher)), watchdog);
    const failure = await Promise.race([ended, watcher.failed.then((error) => ({ error }))]);
    clearInterval(timer);
    await systemd.stopping();
    await watcher.stop(typeof failure === "string" ? failure : "it failed");
    if (typeof failure !== "string") throw failure.error;
  } finally {
    if (clock !== null) clearTimeout(clock);
    signals.stop();
    show.end();
  }
}

async function optionsOf(sources: readonly string[], flags: WatchCommandFlags): Promise<WatchOptions> {
  const { watchSetting } = await import("./config/watch-setting.ts");
  const { loadConfig } = await import("./config/load-config.ts");
  const config = flags.config === undefined ? null : loadConfig(flags.config);
  const { config: _, ...rest } = flags;
  const {
    store,
    retention,
    sensor: _sensor,
    ...setting
  } = watchSetting(config, { ...rest, sources: sources.map((text) => followed(text, flags)) });
  return {
    ...setting,
    openStore: async () => {
      const { openStore } = await import("../store/open-store.ts");
      return openStore(store, { retention });
    },
  };
}

/** Sources of the command line are live ones; a path is one only where it is said to be followed. */
function followed(text: string, { follow }: WatchCommandFlags): string {
  const isPath = !/^[a-z][a-z+]*:/.test(text);
  if (isPath && follow !== true)
    throw new UsageError(
      `${text}: watch reads live sources, such as udp://:2055 or tail:/var/log/kern.log; --follow makes one of a file, and precursor import reads files that end`,
    );
  return text;
}

/** A config that is wrong changes nothing; of one that is right, what cannot change while it runs is told. */
async function reload(
  watcher: Watcher,
  read: () => Promise<WatchOptions>,
  systemd: { reloading(): Promise<void>; ready(status: string): Promise<void> },
): Promise<void> {
  await systemd.reloading();
  try {
    const needsRestart = await watcher.reload(await read());
    if (needsRestart.length > 0) await writeError(`precursor: the config was taken; needs a restart: ${needsRestart.join(", ")}\n`);
  } catch (error) {
    const reason =
      error instanceof ConfigError ? (error.problems[0] ?? error.message) : error instanceof Error ? error.message : String(error);
    watcher.refuse(reason);
    await writeError(`precursor: the config was not taken, the one before holds: ${reason}\n`);
  }
  await systemd.ready(statusOf(watcher));
}

/** Signals are the watch's now, not the program's. */
function listen(on: { readonly end: (reason: string) => void; readonly reload: () => Promise<void> }): { stop(): void } {
  process.removeAllListeners("SIGINT");
  process.removeAllListeners("SIGTERM");
  let last: Promise<void> = Promise.resolve();
  const interrupted = (): void => on.end("interrupted");
  const terminated = (): void => on.end("terminated");
  const hung = (): void => {
    last = last.then(on.reload);
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  process.on("SIGHUP", hung);
  return {
    stop: () => {
      process.removeListener("SIGINT", interrupted);
      process.removeListener("SIGTERM", terminated);
      process.removeListener("SIGHUP", hung);
    },
  };
}

/** Where events go: a view on a terminal, lines elsewhere. */
async function outputOf(flags: WatchCommandFlags): Promise<{ begin(watcher: Watcher): void; take(event: WatchEvent): void; end(): void }> {
  if (process.stdout.isTTY && flags.json !== true) {
    const { TerminalView } = await import("./watch/terminal-view.ts");
    let view: TerminalView | null = null;
    return {
      begin: (watcher) => {
        if (view !== null) view.start();
        else view = new TerminalView(process.stdout, () => watcher.health(), flags.color);
      },
      take: (event) => view?.take(event),
      end: () => view?.stop(),
    };
  }
  const { renderWatchEvent } = await import("../report/watch/watch-event-json.ts");
  const { TroubleLines } = await import("./watch/trouble-lines.ts");
  const troubles = new TroubleLines();
  const take = (event: WatchEvent): void => {
    process.stdout.write(renderWatchEvent(event));
    if (event.type === "started" || event.type === "health") process.stderr.write(troubles.next(event.health.troubles));
  };
  return { begin: () => {}, take, end: () => {} };
}

function statusOf(watcher: Watcher): string {
  const { sources, store, spool, lag } = watcher.health();
  const amiss = sources.filter(({ health }) => health !== "fine").length;
  const parts = [
    `${sources.length} sources${amiss === 0 ? "" : `, ${amiss} amiss`}`,
    store.isUp ? null : `the store is away, ${spool.batches} batches wait`,
    lag < 600 ? null : `${Math.round(lag)} s behind`,
  ];
  return parts.filter((part) => part !== null).join("; ");
}
