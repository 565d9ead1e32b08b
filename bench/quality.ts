/**
 * `npm run bench:quality`: how right Precursor is, over the samples and the lab's events, beside psad on the same traffic as a firewall
 * would have logged it. `--seeds N` makes every lab event N times; `--brief` leaves out the cases where both are right; `--no-psad`
 * leaves out psad, which takes most of the time. `--records` turns the lab's events into records of many kinds instead, and compares with the truth alone.
 */
import { parseArgs } from "node:util";
import { decodeBytes } from "../src/formats/decode-bytes.ts";
import { ObservationWriter } from "../src/formats/format.ts";
import { ObservationBatch } from "../src/model/observation.ts";
import type { Report } from "../src/model/report.ts";
import { ASSESS_DEFAULTS, assess } from "../src/pipeline/assess.ts";
import { NetfilterLog } from "./netfilter-log.ts";
import { runPsad } from "./psad.ts";
import { labCases, sampleCases, type QualityCase } from "./quality-cases.ts";
import { runRecords } from "./records.ts";
import { addScore, emptyScore, scoreReport, scoreSources, type Score } from "./quality-score.ts";

/** psad reads some 2,000 lines a second: of longer logs it gets the beginning, and the case says so. */
const PSAD_LINES = 60_000;
const MANY_ROWS = 1_000_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    brief: { type: "boolean", default: false },
    "no-psad": { type: "boolean", default: false },
    records: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
if (values.records) runRecords(seeds, values.brief);
else {
  const samples = sampleCases();
  if (samples.length === 0) console.log("the samples folder is not here: lab events only");
  else await runCases("samples", samples);
  await runCases("lab events", labCases(seeds));
}

async function runCases(title: string, cases: Iterable<QualityCase>): Promise<void> {
  const ours = emptyScore();
  const theirs = emptyScore();
  let psadTrouble: string | null = null;
  let count = 0;
  for (const one of cases) {
    count++;
    const capture = one.capture();
    const score = scoreReport(one, await assessCase(one, capture));
    const lines = firewallLog(one, capture);
    if (lines.length > PSAD_LINES) console.log(`${one.name}: psad gets the first ${PSAD_LINES} of ${lines.length} lines`);
    const psad = values["no-psad"] ? "left out" : runPsad(lines.slice(0, PSAD_LINES));
    if (typeof psad === "string") psadTrouble = psad;
    const psadScore =
      typeof psad === "string"
        ? emptyScore()
        : scoreSources(
            one,
            [...psad.keys()].map((source) => [source]),
          );
    addScore(ours, score);
    addScore(theirs, psadScore);
    printCase(one, score, psadScore, psadTrouble);
  }
  printTable(title, count, ours, theirs, psadTrouble);
}

async function assessCase(one: QualityCase, capture: Uint8Array): Promise<Report> {
  const home = one.origin === "lab" ? one.home : [];
  const { report } = await assess({ ...ASSESS_DEFAULTS, threads: 1, limit: MANY_ROWS, home, memory: new Map([[one.name, capture]]) });
  return report;
}

/** The log of a firewall through which the capture went. */
function firewallLog(one: QualityCase, capture: Uint8Array): string[] {
  const log = new NetfilterLog(one.home);
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    log.add(batch);
    batch.length = 0;
    return batch;
  });
  decodeBytes(capture, writer);
  return log.lines();
}

function printCase(one: QualityCase, ours: Score, theirs: Score, psadTrouble: string | null): void {
  const wrong = ours.mistakes.length > 0 || (psadTrouble === null && theirs.mistakes.length > 0);
  if (values.brief && !wrong) return;
  const expected =
    one.scans.length === 0
      ? "no scan"
      : [...Map.groupBy(one.scans, ({ techniques }) => techniques.join(" or "))]
          .map(([technique, { length }]) => `${length} ${technique}`)
          .join(", ");
  console.log(`${one.name} (${expected})`);
  console.log(`    precursor  ${ours.mistakes.length === 0 ? "right" : ours.mistakes.slice(0, 6).join("; ")}`);
  console.log(`    psad       ${psadTrouble ?? (theirs.mistakes.length === 0 ? "right" : theirs.mistakes.slice(0, 3).join("; "))}`);
}

function printTable(title: string, cases: number, ours: Score, theirs: Score, psadTrouble: string | null): void {
  const rows: [what: string, ours: string, theirs: string][] = [
    ["scans found", `${ours.found} of ${ours.scans}`, `${theirs.found} of ${theirs.scans}`],
    ["technique right", `${ours.technique} of ${ours.scans}`, "names none"],
    ["kind right", `${ours.kind} of ${ours.kindOf}`, "names none"],
    ["tool right", `${ours.tool} of ${ours.toolOf}`, "names none"],
    ["cases without a scan, with a false alarm", `${ours.disturbed} of ${ours.quietCases}`, `${theirs.disturbed} of ${theirs.quietCases}`],
    ["innocent sources accused, all cases", String(ours.falseAlarms), String(theirs.falseAlarms)],
    ["victims of forged packets named", `${ours.victimsFound} of ${ours.victims}`, "names none"],
    ["victims called scanners", String(ours.victimsAccused), String(theirs.victimsAccused)],
    ["port-zero counts right", `${ours.portZero} of ${ours.portZeroOf}`, "counts none"],
    ["first reading right", `${ours.reading} of ${ours.readingOf}`, "gives none"],
  ];
  console.log(`\n${`${title}, ${cases}`.padEnd(44)}${"precursor".padEnd(16)}psad 2`);
  for (const [what, left, right] of rows)
    console.log(`${what.padEnd(44)}${left.padEnd(16)}${psadTrouble === null ? right : "did not run"}`);
  console.log("");
}
