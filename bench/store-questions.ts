/** What a dashboard asks of a store, timed cold and warm. */
import type { Store, TimeRange } from "../src/store/store.ts";
import { portSeriesNumber } from "../src/model/series.ts";

const DAY = 86_400;
/** A question is warm when it was asked before; the middle of so many is taken, and the longest. */
const WARM_RUNS = 9;
/** Milliseconds that a dashboard may wait for an answer. */
export const WARM_GOAL = 200;
const LIMIT = 20;
const ONE_PORT = portSeriesNumber("tcp", "destination", 445);
const QUIET_PORT = portSeriesNumber("tcp", "destination", 6379);

export interface Question {
  readonly name: string;
  /** A picture of the dashboard, for which there is a goal; the others are told beside them. */
  readonly isPicture: boolean;
  /** Parts of one picture: all of them are asked at once, as a page does, and waited for. Gives the number of rows. */
  readonly ask: () => Promise<number>;
}

export interface TimedQuestion {
  readonly name: string;
  readonly isPicture: boolean;
  readonly rows: number;
  /** Milliseconds: the first time, the middle of those after, and the slowest of them. */
  readonly cold: number;
  readonly middle: number;
  readonly most: number;
  /** Milliseconds on processors, all threads, on average when warm: what others on the machine do does not lengthen it. */
  readonly processor: number;
}

/** Questions about the end of a history of that range, the source being one that has been there for long. */
export function dashboardQuestions(store: Store, history: TimeRange, source: string): readonly Question[] {
  const last = (seconds: number): TimeRange => ({ from: Math.max(history.from, history.to - seconds), to: history.to });
  type Rows = Promise<{ readonly length: number }>;
  const question = (name: string, isPicture: boolean, ...parts: readonly (() => Rows)[]): Question => ({
    name,
    isPicture,
    ask: async () => {
      const answers = await Promise.all(parts.map((part) => part()));
      return answers.reduce((rows, { length }) => rows + length, 0);
    },
  });
  const picture = (name: string, ...parts: readonly (() => Rows)[]): Question => question(name, true, ...parts);
  const detail = (name: string, part: () => Rows): Question => question(name, false, part);
  const overview = (range: TimeRange): readonly (() => Rows)[] => [
    () => store.topSeries(range, LIMIT),
    () => store.topSources(range, null, LIMIT),
    () => store.topNetworks(range, LIMIT),
    () => store.sensors(range),
  ];
  const parts = (name: string, range: TimeRange): readonly Question[] =>
    ["series", "sources", "networks", "sensors"].map((part, index) => detail(`overview, ${name}: ${part}`, overview(range)[index]!));
  return [
    picture("overview, 24 h: all four parts", ...overview(last(DAY))),
    picture("one port (tcp/445), a year by days", () => store.series(ONE_PORT, history, 86_400, null)),
    picture(
      "one source, a year: days, and ports",
      () => store.activityOverTime(source, history, 86_400),
      () => store.activityByPort(source, history, LIMIT),
    ),
    picture("top movers, 24 h", () => store.topSeries(last(DAY), LIMIT)),
    picture("top movers, 7 days", () => store.topSeries(last(7 * DAY), LIMIT)),
    ...parts("24 h", last(DAY)),
    ...parts("30 days", last(30 * DAY)),
    ...parts("a year", history),
    detail("tcp/445, 24 h at 5 min", () => store.series(ONE_PORT, last(DAY), 300, null)),
    detail("tcp/445, 24 h: sources", () => store.topSources(last(DAY), ONE_PORT, LIMIT)),
    detail("tcp/445, 30 days at 1 h", () => store.series(ONE_PORT, last(30 * DAY), 3600, null)),
    detail("tcp/445, a year at 1 h", () => store.series(ONE_PORT, history, 3600, null)),
    detail("tcp/6379, a year by days", () => store.series(QUIET_PORT, history, 86_400, null)),
    detail("one source, 24 h: rows of 5 min", () => store.activityOf(source, last(DAY), 300)),
    detail("one source, 7 days at 1 h", () => store.activityOverTime(source, last(7 * DAY), 3600)),
    detail("top movers, 1 h", () => store.topSeries(last(3600), LIMIT)),
    detail("snapshot of an interval", async () => ({ length: (await store.snapshot(history.to - 300, null)).length })),
  ];
}

export async function timeQuestion({ name, isPicture, ask }: Question): Promise<TimedQuestion> {
  let rows = 0;
  const timed = async (): Promise<number> => {
    const began = performance.now();
    rows = await ask();
    return performance.now() - began;
  };
  const cold = await timed();
  const warm: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < WARM_RUNS; run++) warm.push(await timed());
  const processor = processorMilliseconds(before) / WARM_RUNS;
  warm.sort((a, b) => a - b);
  return { name, isPicture, rows, cold, middle: warm[WARM_RUNS >> 1] ?? 0, most: warm.at(-1) ?? 0, processor };
}

/** Time on processors since then, milliseconds. */
export function processorMilliseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
