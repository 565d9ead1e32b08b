/**
 * `npm run bench:judgement`: how right and how honest judgements are, over scenarios of the lab (21 kinds, everything drawn, as captures
 * and as logs). Prints for each kind how often the leading reading is right, the Brier score, a table of calibration, and every breach of
 * what must never happen: "targeted" or critical for an artefact, research or backscatter.
 *
 * `--runs N` (500), `--seed N`, `--only TEXT` keeps kinds whose name has the text, `--form NAME` one form, `--failures` prints each that is wrong.
 */
import { parseArgs } from "node:util";
import { ACKNOWLEDGED_SCANNERS } from "../src/intel/acknowledged/table.ts";
import { encodeCapture, makeScenario, type Scenario, type Surroundings } from "../src/lab/index.ts";
import type { Assessment } from "../src/model/assessment.ts";
import { parseNetwork } from "../src/model/address.ts";
import { ASSESS_DEFAULTS, assess } from "../src/pipeline/assess.ts";
import { JudgementTally } from "./judgement-tally.ts";
import { recordsOf } from "./record-quality.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    form: { type: "string" },
    failures: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const surroundings: Surroundings = { acknowledged: ACKNOWLEDGED_SCANNERS.flatMap(({ networks }) => networks.flatMap(ipv4Network)) };
const tally = new JudgementTally();
for (let number = 0; number < runs; number++) {
  const scenario = makeScenario(number, seed, surroundings);
  if (values.only !== undefined && !scenario.kind.name.includes(values.only)) continue;
  if (values.form !== undefined && scenario.form !== values.form) continue;
  const assessment = await judge(scenario);
  const problem = tally.add(scenario, assessment);
  if (problem !== null && values.failures)
    console.log(`${number} ${scenario.kind.name} (${scenario.form}): ${problem}\n    ${assessment.summary}`);
}
console.log(tally.toString());

async function judge({ packets, truth, form }: Scenario): Promise<Assessment> {
  const capture = encodeCapture(packets);
  const bytes = form === "capture" ? capture : recordsOf(form, capture, truth, seed);
  const { report } = await assess({ ...ASSESS_DEFAULTS, threads: 1, home: truth.home, memory: new Map([[truth.event, bytes]]) });
  return report.assessment;
}

function ipv4Network(text: string): Surroundings["acknowledged"] {
  const network = parseNetwork(text);
  return network === null || network.family !== 4 ? [] : [{ base: network.words[3], bits: network.bits }];
}
