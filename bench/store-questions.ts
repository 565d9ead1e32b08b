/** What a dashboard asks of a store, timed cold and warm. */
import type { Store, TimeRange } from "../src/store/store.ts";
import { portSeriesNumber } from "../src/model/series.ts";

const DAY = 86_400;
/** A question is warm when it was asked before; the middle of so many is taken. */
const WARM_RUNS = 7;
/** Milliseconds that a dashboard may wait for an answer. */
export const WARM_GOAL = 200;
const LIMIT = 20;
const ONE_PORT = portSeriesNumber("tcp", "destination", 445);
const QUIET_PORT = portSeriesNumber("tcp", "destination", 6379);

export interface Question {
  readonly name: string;
  /** Parts of one picture: all of them are waited for. Gives the number of rows. */
  readonly ask: () => Promise<number>;
}

export interface TimedQuestion {
  readonly name: string;
  readonly rows: number;
  /** Milliseconds: the first time, the middle of those after, and the slowest of them. */
  readonly cold: number;
  readonly warm: number;
  readonly slowest: number;
  /** Milliseconds on processors, all threads, on average when warm: what others on the machine do does not lengthen it. */
  readonly processor: number;
}

/** Questions about the end of a history of that range, the source being one that has been there for long. */
export function dashboardQuestions(store: Store, history: TimeRange, source: string): readonly Question[] {
  const last = (seconds: number): TimeRange => ({ from: Math.max(history.from, history.to - seconds), to: history.to });
  const days = (history.to - history.from) / DAY;
  const whole = `${days.toFixed(0)} days`;
  const month = `${Math.min(30, days).toFixed(0)} days`;
  const question = (name: string, ask: () => Promise<{ readonly length: number }>): Question => ({
    name,
    ask: async () => (await ask()).length,
  });
  const overview = (name: string, range: TimeRange): readonly Question[] => [
    question(`overview, ${name}: series`, () => store.topSeries(range, LIMIT)),
    question(`overview, ${name}: sources`, () => store.topSources(range, null, LIMIT)),
    question(`overview, ${name}: networks`, () => store.topNetworks(range, LIMIT)),
    question(`overview, ${name}: sensors`, () => store.sensors(range)),
  ];
  return [
    ...overview("24 h", last(DAY)),
    ...overview(month, last(30 * DAY)),
    question("tcp/445, 24 h at 5 min", () => store.series(ONE_PORT, last(DAY), 300, null)),
    question("tcp/445, 24 h: sources", () => store.topSources(last(DAY), ONE_PORT, LIMIT)),
    question(`tcp/445, ${whole} at 1 h`, () => store.series(ONE_PORT, history, 3600, null)),
    question(`tcp/445, ${whole} at 1 day`, () => store.series(ONE_PORT, history, 86_400, null)),
    question(`tcp/6379, ${whole} at 1 h`, () => store.series(QUIET_PORT, history, 3600, null)),
    question("one source, 24 h at 5 min", () => store.activityOf(source, last(DAY), 300)),
    question(`one source, ${month} at 1 h`, () => store.activityOf(source, last(30 * DAY), 3600)),
    question(`one source, ${whole} at 1 day`, () => store.activityOf(source, history, 86_400)),
    question("top movers, 1 h", () => store.topSeries(last(3600), LIMIT)),
    question("top movers, 7 days", () => store.topSeries(last(7 * DAY), LIMIT)),
    question("snapshot of an interval", async () => ({ length: (await store.snapshot(history.to - 300, null)).length })),
  ];
}

export async function timeQuestion({ name, ask }: Question): Promise<TimedQuestion> {
  const timed = async (): Promise<number> => {
    const began = performance.now();
    await ask();
    return performance.now() - began;
  };
  const cold = await timed();
  const warm: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < WARM_RUNS; run++) warm.push(await timed());
  const processor = processorMilliseconds(before) / WARM_RUNS;
  warm.sort((a, b) => a - b);
  return { name, rows: await ask(), cold, warm: warm[WARM_RUNS >> 1] ?? 0, slowest: warm.at(-1) ?? 0, processor };
}

/** Time on processors since then, milliseconds. */
export function processorMilliseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
