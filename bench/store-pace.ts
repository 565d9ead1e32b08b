/**
 * What an interval costs that is written and judged by itself, as a watch does it: at the beginning of history, in the midst and at its end,
 * which should be the same. Merges that go on meanwhile are in it.
 */
import { historyBatches, type HistoryTruth } from "../src/lab/history/make-history.ts";
import { INTERVAL_SECONDS } from "../src/model/series.ts";
import { Judge } from "../src/pipeline/history/judge.ts";
import type { Store } from "../src/store/store.ts";
import { processorMilliseconds } from "./store-questions.ts";

/** Two hours, so that the hour's turn, with what it counts, is in it. */
const SINGLE_INTERVALS = 24;
export const SINGLE_SECONDS = SINGLE_INTERVALS * INTERVAL_SECONDS;

/** Middle milliseconds of an interval's three writes and of its judging, with its snapshot, and the mean of all on processors. */
export interface Pace {
  readonly write: number;
  readonly judge: number;
  readonly processor: number;
  readonly resident: number;
}

/** Writes and judges the intervals from `from` on. */
export async function paceOf(store: Store, truth: HistoryTruth, seed: number, from: number): Promise<Pace> {
  const writes = new Map<number, number>();
  const judged: number[] = [];
  const judge = new Judge(store, { saves: false });
  let processor = 0;
  for (const batch of historyBatches({ seed, from, to: from + SINGLE_SECONDS, every: 1, intervalsPerBatch: 1 }, truth)) {
    const time = batch.liveness[0]?.interval ?? 0;
    const before = process.cpuUsage();
    const began = performance.now();
    await store.write(batch, `${batch.sensor}/${time}`);
    writes.set(time, (writes.get(time) ?? 0) + performance.now() - began);
    if (batch.sensor === "darknet-west") {
      const asked = performance.now();
      await judge.judge(time, time + INTERVAL_SECONDS, () => undefined);
      judged.push(performance.now() - asked);
    }
    processor += processorMilliseconds(before);
  }
  return {
    write: middle([...writes.values()]),
    judge: middle(judged),
    processor: processor / writes.size,
    resident: process.memoryUsage().rss,
  };
}

export function printPace(when: string, { write, judge, processor, resident }: Pace): void {
  console.log(
    `an interval (three sensors), written and judged alone at the ${when} of history: write ${write.toFixed(0)} ms, judge ` +
      `${judge.toFixed(0)} ms, ${processor.toFixed(0)} ms on processors with merges; resident ${(resident / 1e6).toFixed(0)} MB`,
  );
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
