/** The first step of `assess`: all inputs to one observer, be they files that end or live sources that are listened to for a time. */
import { ObservationWriter } from "../formats/format.ts";
import { type InputError, UsageError } from "../model/errors.ts";
import { ObservationBatch } from "../model/observation.ts";
import { Observer } from "../observe/index.ts";
import { expandInputs } from "../sources/expand.ts";
import type { LiveSource } from "../sources/live.ts";
import type { SourceSpec } from "../sources/open.ts";
import type { AssessOptions, Listening } from "./assess-options.ts";
import type { LiveReport } from "./live-input.ts";
import { isWrittenAsLive } from "./live-scheme.ts";
import { observeInputs } from "./observe-inputs.ts";
import { withoutPassedOver } from "./passed-over.ts";
import type { ReadSummary } from "./read-inputs.ts";
import { gate } from "./row-gate.ts";

export interface Gathered {
  readonly observer: Observer;
  readonly summary: ReadSummary;
  /** What live sources did; none where files were read. */
  readonly live: readonly LiveReport[];
  /** Inputs that could not be read, those that could not even be opened first. */
  readonly unreadable: readonly InputError[];
  readonly passedOver: readonly string[];
  /** What a live run could not save for the next one. */
  readonly troubles: readonly string[];
}

type GatherOptions = Pick<
  AssessOptions,
  "inputs" | "memory" | "since" | "until" | "filter" | "inputFormat" | "mapping" | "threads" | "listen" | "onProgress"
>;

/** @throws UsageError, FilterError, or the first InputError where nothing could be read. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { inputs, listen } = options;
  const sources = await liveSources(inputs, listen);
  const gathered = sources.length > 0 && listen !== null ? await listenTo(sources, listen, options) : await readAll(options);
  const [first] = gathered.unreadable;
  // A live source that heard nothing is no failure: then there is a report, of nothing.
  const isQuiet = gathered.unreadable.length < gathered.live.length;
  if (gathered.summary.sources.length === 0 && first !== undefined && !isQuiet) throw first;
  return gathered;
}

async function readAll(options: GatherOptions): Promise<Gathered> {
  const { paths, found, problems } = expandInputs(options.inputs);
  const specs: SourceSpec[] = [...paths, ...[...(options.memory ?? [])].map(([name, bytes]) => ({ name, bytes }))];
  if (specs.length === 0) throw problems[0] ?? new UsageError("no input: name a file, a folder, or - for standard input");
  const { filter, since, until, inputFormat, mapping, threads, onProgress } = options;
  const choice = { filter, since, until };
  const { observer, summary } = await observeInputs({ specs, choice, reading: { format: inputFormat, mapping }, threads, onProgress });
  const [first] = summary.unreadable;
  if (summary.sources.length === 0 && problems.length === 0 && first !== undefined) throw first;
  return { observer, summary, live: [], troubles: [], ...withoutPassedOver([...problems, ...summary.unreadable], found) };
}

/** The inputs as live sources: all of them or none. Kept out of the way of files: sockets and queues are loaded only when named. */
async function liveSources(inputs: readonly string[], listen: Listening | null): Promise<LiveSource[]> {
  if (listen === null && !inputs.some(isWrittenAsLive)) return [];
  const { parseLiveSource } = await import("../sources/live/parse.ts");
  const options = listen ?? { stateFolder: null, fromStart: false, follow: false };
  const sources = inputs.map((input) => parseLiveSource(input, options));
  const live = sources.filter((source) => source !== null);
  const [first] = live;
  if (first === undefined) {
    if (listen === null) return [];
    throw new UsageError("--for is for live sources, such as udp://:2055 or tail:/var/log/kern.log; --follow makes one of a file");
  }
  if (listen === null) throw new UsageError(`${first.name}: goes on without end: say how long to listen, as in --for 60s`);
  const stored = inputs.find((_, index) => sources[index] === null);
  if (stored !== undefined)
    throw new UsageError(`${stored}: files and live sources are assessed apart; --follow makes a live source of a file`);
  return live;
}

async function listenTo(sources: readonly LiveSource[], listen: Listening, options: GatherOptions): Promise<Gathered> {
  const { readLive } = await import("./live-inputs.ts");
  const { filter, since, until, inputFormat, mapping, onProgress } = options;
  const observer = new Observer();
  const writer = new ObservationWriter(
    new ObservationBatch(),
    gate({ filter, since, until }, (batch) => {
      observer.observe(batch);
      batch.length = 0;
      return batch;
    }),
  );
  const started = performance.now();
  const { live, troubles, ...summary } = await readLive(sources, writer, {
    format: inputFormat,
    mapping,
    seconds: listen.seconds,
    stateFolder: listen.stateFolder,
    stop: null,
    onProgress: (bytesDone, records) =>
      onProgress?.({ bytesDone, bytesTotal: null, records, seconds: (performance.now() - started) / 1000 }),
  });
  return { observer, summary, live, unreadable: summary.unreadable, passedOver: [], troubles };
}
