/** Writing in bulk, as an import does: how fast, at what cost, how much memory. */
import { processorMilliseconds } from "./store-questions.ts";

const PROGRESS_MILLISECONDS = 30_000;

/** What writing in bulk has come to. */
export class Bulk {
  rows = 0;
  observations = 0;
  /** Milliseconds, with making the batches; and of writing alone, passed and on processors. */
  whole = 0;
  private writing = 0;
  private processor = 0;
  private resident = 0;
  private told = performance.now();

  async timed(write: () => Promise<void>, progress: string): Promise<void> {
    const before = process.cpuUsage();
    const began = performance.now();
    await write();
    this.writing += performance.now() - began;
    this.processor += processorMilliseconds(before);
    this.resident = Math.max(this.resident, process.memoryUsage().rss);
    if (performance.now() - this.told < PROGRESS_MILLISECONDS) return;
    this.told = performance.now();
    console.error(
      `${progress}, ${(this.writing / 1000).toFixed(0)} s of writing, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    );
  }

  print(together: number): void {
    const rate = (count: number): string => `${Math.round(count / (this.writing / 1000)).toLocaleString("en")}/s`;
    console.log(
      `written ${together} intervals at a time: ${rate(this.rows)} rows, ${rate(this.observations)} observations; ` +
        `${(this.writing / 1000).toFixed(0)} s (${(this.processor / 1000).toFixed(0)} s on processors), and ` +
        `${((this.whole - this.writing) / 1000).toFixed(0)} s to make them; resident at most ${Math.round(this.resident / 1e6)} MB`,
    );
  }
}
