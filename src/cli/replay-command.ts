/** `precursor replay`: the past judged as if it were live. */
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";
import type { JudgeOptions } from "../pipeline/history/judge.ts";
import type { ConfigFile } from "./config/config-schema.ts";
import { addExamples } from "./examples.ts";
import { parseMoment } from "./moment.ts";
import { clock, ProgressLine } from "./progress.ts";
import { addStoreOption, type StoreFlags } from "./store-place.ts";
import { writeError } from "./terminal.ts";
import { addTextOptions, formatOf, printText, type TextFlags, textLook } from "./text-output.ts";
import { withStore } from "./with-store.ts";

const FORMATS = ["text", "json"] as const;
const PROGRESS_SECONDS = 0.5;
const DAY = 86_400;

interface ReplayFlags extends StoreFlags, TextFlags {
  readonly from?: number;
  readonly to?: number;
  readonly config?: string;
  readonly save?: true;
}

export function addReplayCommand(program: Command): void {
  const command = program
    .command("replay")
    .description("Judge the past as if it were live, with what was known then, and print the incidents.")
    .option("--from <time>", "judge from then on; what came before is only learned from (default: all of history)", parseMoment)
    .option("--to <time>", "up to then", parseMoment)
    .option("-c, --config <file>", "take the detection options and the store from this config file")
    .option("--save", "keep the incidents in the store, beside those that watch has kept")
    .action(replayHistory);
  addStoreOption(addTextOptions(command, FORMATS));
  addExamples(
    command,
    [
      ["precursor replay", "All of history: what would have been told, and when."],
      ["precursor replay --from 2013-11-01 --to 2013-11-03 --format json", "Two days, judged with what was known before them."],
      ["precursor replay --config precursor.yaml --save", "With other options, and kept, as after precursor import."],
    ],
    ["Ids are the same as watch gives: what it has told already is brought up to date, not told twice."],
  );
}

async function configured(path: string): Promise<{ file: ConfigFile; judge: JudgeOptions }> {
  const [{ loadConfig }, { judgeOptionsOf }] = await Promise.all([import("./config/load-config.ts"), import("./config/watch-setting.ts")]);
  const { file } = loadConfig(path);
  return { file, judge: judgeOptionsOf(file) };
}

async function replayHistory(flags: ReplayFlags): Promise<void> {
  const { from = null, to = null } = flags;
  if (from !== null && to !== null && from >= to) throw new UsageError("--from is not before --to: nothing is left between them");
  const format = formatOf(flags, FORMATS);
  const config = flags.config === undefined ? null : await configured(flags.config);
  const store = flags.store ?? config?.file.store;
  const { replay } = await import("../pipeline/history/replay.ts");
  const line = new ProgressLine(process.stderr);
  const started = performance.now();
  let shown = 0;
  const onProgress = (time: number, start: number, end: number): void => {
    const seconds = (performance.now() - started) / 1000;
    if (seconds - shown < PROGRESS_SECONDS) return;
    shown = seconds;
    line.say(seconds, () => replayProgress(seconds, { time, start, end }));
  };
  const judge = { ...config?.judge, saves: flags.save === true };
  const result = await withStore(store === undefined ? {} : { store }, async (opened) => replay(opened, { from, to, judge, onProgress }));
  line.clear();
  if (result.range === null) throw new UsageError("the store has no history in this range; precursor import or watch makes it");
  const { intervals, gaps, incidents } = result;
  const gap = gaps === 0 ? "" : `, ${gaps} of them without any sensor`;
  await writeError(`${intervals} intervals judged${gap}; ${incidents.length === 1 ? "one incident" : `${incidents.length} incidents`}\n`);
  if (format === "json") {
    const { renderIncidentsJson } = await import("../report/incident/incident-json.ts");
    return printText(renderIncidentsJson(incidents), flags);
  }
  const { renderIncidentList } = await import("../report/incident/incident-text.ts");
  return printText(renderIncidentList(incidents, textLook(flags)), flags);
}

/** "2013-02-03   25 %  1.8 days/s  2:31 left". Times in seconds. */
function replayProgress(seconds: number, { time, start, end }: { time: number; start: number; end: number }): string {
  const day = new Date(1000 * time).toISOString().slice(0, 10);
  const done = time - start;
  const left = done > 0 ? `  ${clock(((end - time) * seconds) / done)} left` : "";
  return `${day}  ${Math.floor((100 * done) / (end - start))} %  ${(done / DAY / seconds).toPrecision(2)} days/s${left}`;
}
