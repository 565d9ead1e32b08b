/** Live sources to observations: listens for a time, recognises what comes by sender, and lets decoders fill batches. */
import { join } from "node:path";
import type { DecodeContext, ObservationWriter } from "../formats/format.ts";
import { loadTemplates, saveTemplates } from "../formats/flow-export/template-file.ts";
import { rememberTemplates, templateCacheOf } from "../formats/flow-export/template-cache.ts";
import { systemReason } from "../sources/file.ts";
import { type LiveSource, now } from "../sources/live.ts";
import { loadState, prepareStateFolder, saveState } from "../sources/live/state-file.ts";
import { FormatChoice, type ReadOptions } from "./format-choice.ts";
import { LiveInput, type LiveReport } from "./live-input.ts";
import { LiveTally } from "./live-tally.ts";
import type { ReadSummary } from "./read-inputs.ts";

/** How often rows that wait in a batch that is not full are handed on, and progress is told, milliseconds. */
const TURN_MS = 250;
/** File of the templates of flow exporters, in the folder of saved states. */
const TEMPLATES_FILE = "templates.json";

/** How live sources are read. */
export interface LiveReading extends ReadOptions {
  /** Seconds to listen, or null until `stop` or an interrupt. */
  readonly seconds: number | null;
  /** Folder in which templates of flow exporters are kept from run to run, or null. */
  readonly stateFolder: string | null;
  /** Ends listening early. */
  readonly stop: AbortSignal | null;
  /** Gets octets and records so far, several times a second. */
  readonly onProgress: ((bytes: number, records: number) => void) | null;
}

export interface LiveSummary extends ReadSummary {
  readonly live: readonly LiveReport[];
  /** What went wrong besides the sources, for people: states that could not be saved. */
  readonly troubles: readonly string[];
}

/**
 * Reads all sources at once until the time is over, an interrupt (Ctrl-C) comes, or `stop` is aborted. A source that cannot start, that fell
 * ill and gave nothing, or of which nothing was recognised is among `unreadable`; one that listened and heard nothing is not. Where none
 * can start it ends at once. Rows of the sources share batches.
 * @throws UsageError where the format has no such name, or the folder of states cannot be written
 */
export async function readLive(sources: readonly LiveSource[], writer: ObservationWriter, reading: LiveReading): Promise<LiveSummary> {
  const choice = new FormatChoice(reading);
  const summary: ReadSummary = { sources: [], lost: new Map(), skipped: new Map(), encapsulations: new Map(), unreadable: [] };
  const memory = new Map<string, unknown>();
  if (reading.stateFolder !== null) prepareStateFolder(reading.stateFolder);
  const templates = reading.stateFolder === null ? null : join(reading.stateFolder, TEMPLATES_FILE);
  if (templates !== null) rememberTemplates(memory, loadTemplates(loadState(templates)).cache);
  const context = liveContext(memory);
  const inputs = sources.map((source) => new LiveInput(source, { writer, context, choice, tally: new LiveTally(source.name, summary) }));

  // From here on: a broker may take long to answer, and what others have heard by then is to be assessed
  const over = timeOver(reading.stop);
  const started = await Promise.all(inputs.map((input) => input.start(summary)));
  const ticker = setInterval(() => {
    writer.flush();
    reading.onProgress?.(sum(inputs, "bytes"), sum(inputs, "records"));
  }, TURN_MS);
  if (started.includes(true)) await over.after(reading.seconds);
  over.forget();
  clearInterval(ticker);
  for (const input of inputs) await input.finish(summary);
  writer.flush();
  const troubles: string[] = [];
  try {
    if (templates !== null) saveState(templates, saveTemplates(templateCacheOf(memory)));
  } catch (error) {
    troubles.push(`the templates of flow exporters cannot be saved: ${systemReason(error)}`);
  }
  return { ...summary, live: inputs.map((input) => input.report()), troubles };
}

/** The context of what is written while it is read: stamps without a year are of the latest year where they are not ahead of the clock. */
export function liveContext(memory: Map<string, unknown>): DecodeContext {
  return {
    get writtenAt() {
      return now();
    },
    memory,
  };
}

/** The end of the time, an interrupt, or the signal, whichever is first. A second interrupt ends the program. */
function timeOver(stop: AbortSignal | null): { after: (seconds: number | null) => Promise<void>; forget: () => void } {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let clock: NodeJS.Timeout | null = null;
  const forget = (): void => {
    if (clock !== null) clearTimeout(clock);
    process.removeListener("SIGINT", interrupted);
    process.removeListener("SIGTERM", interrupted);
    stop?.removeEventListener("abort", end);
  };
  const interrupted = (): void => {
    forget();
    end();
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", interrupted);
  stop?.addEventListener("abort", end);
  if (stop?.aborted === true) end();
  return {
    after: async (seconds) => {
      if (seconds !== null) clock = setTimeout(end, 1000 * seconds);
      await ended;
    },
    forget,
  };
}

function sum(inputs: readonly LiveInput[], what: "bytes" | "records"): number {
  return inputs.reduce((total, input) => total + input[what], 0);
}
