/** `npm run bench:quality -- --records`: how right detection is where it gets records instead of packets, over all events of the lab. */
import { EVENT_NAMES, type RecordScore, scoreEvent } from "./record-quality.ts";
import { RECORD_KINDS } from "./record-kinds.ts";

const NAME_WIDTH = 30;
const COLUMN_WIDTH = 13;

/** Prints event × kind: scans found of those that the records can show, `!n` innocent sources accused, and below what went wrong. */
export function runRecords(seeds: readonly number[], brief: boolean): void {
  const kinds = RECORD_KINDS.map(({ name }) => name);
  const scores: RecordScore[] = [];
  console.log(`${"".padEnd(NAME_WIDTH)}${kinds.map((kind) => kind.padEnd(COLUMN_WIDTH)).join("")}`);
  for (const event of EVENT_NAMES) {
    for (const seed of seeds) {
      const row = scoreEvent(event, seed);
      scores.push(...row);
      const wrong = row.filter((score) => mistakesOf(score).length > 0);
      if (brief && wrong.length === 0) continue;
      console.log(`${`${event} ${seed}`.padEnd(NAME_WIDTH)}${row.map((score) => cellOf(score).padEnd(COLUMN_WIDTH)).join("")}`);
      for (const score of wrong) console.log(`    ${score.kind}: ${mistakesOf(score).slice(0, 4).join("; ")}`);
    }
  }
  printTotals(kinds, scores);
}

function cellOf({ scans, found, falseAlarms, falseVictims }: RecordScore): string {
  const hits = scans === 0 ? "-" : `${found}/${scans}`;
  const accused = falseAlarms.length + falseVictims.length;
  return accused === 0 ? hits : `${hits} !${accused}`;
}

function mistakesOf({ misses, wrong, falseAlarms, falseVictims, falseFloods }: RecordScore): string[] {
  return [
    ...misses.map((what) => `missed ${what}`),
    ...wrong.map((what) => `wrong ${what}`),
    ...falseAlarms.map((what) => `false ${what}`),
    ...falseVictims.map((who) => `${who} is no victim`),
    ...falseFloods.map((what) => `flood ${what}`),
  ];
}

function printTotals(kinds: readonly string[], scores: readonly RecordScore[]): void {
  const rows: [title: string, of: (score: RecordScore) => number][] = [
    ["scans that can be seen", ({ scans }) => scans],
    ["found", ({ found }) => found],
    ["technique or kind wrong", ({ wrong }) => wrong.length],
    ["innocent sources accused", ({ falseAlarms }) => falseAlarms.length],
    ["victims named that are none", ({ falseVictims }) => falseVictims.length],
    ["floods that are none", ({ falseFloods }) => falseFloods.length],
    ["victims named", ({ victimsFound }) => victimsFound],
    ["victims", ({ victims }) => victims],
  ];
  console.log("");
  for (const [title, of] of rows) {
    const sums = kinds.map((kind) => scores.filter((score) => score.kind === kind).reduce((sum, score) => sum + of(score), 0));
    console.log(`${title.padEnd(NAME_WIDTH)}${sums.map((sum) => String(sum).padEnd(COLUMN_WIDTH)).join("")}`);
  }
}
