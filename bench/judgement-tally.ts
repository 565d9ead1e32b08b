/** What came of many judgements whose truth is known: shares right, Brier score (Brier 1950, all classes), calibration, and what must never happen. */
import type { Scenario } from "../src/lab/index.ts";
import type { Assessment, HypothesisId } from "../src/model/assessment.ts";

/** What prepares nothing, and must never be called aimed or critical. */
const HARMLESS: ReadonlySet<HypothesisId> = new Set(["artefact", "research", "backscatter"]);
const CALIBRATION_BINS = [0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 1] as const;
/** The share of right leading readings that is asked for. */
const GOAL = 0.9;

interface Row {
  runs: number;
  right: number;
  brier: number;
  readonly wrong: Map<string, number>;
}

interface Bin {
  count: number;
  right: number;
  sum: number;
}

/** Adds judgements up. */
export class JudgementTally {
  readonly #kinds = new Map<string, Row>();
  readonly #forms = new Map<string, Row>();
  readonly #bins: Bin[] = CALIBRATION_BINS.slice(1).map(() => ({ count: 0, right: 0, sum: 0 }));
  readonly #breaches: string[] = [];

  /** What is wrong with the judgement in one line, or null. */
  add({ kind, form }: Scenario, { hypotheses, severity, tooEarly }: Assessment): string | null {
    const leading = hypotheses[0];
    const accepted = new Set<HypothesisId>([kind.reading, ...kind.alsoRight]);
    const isRight = leading !== undefined && accepted.has(leading.id);
    // Where several readings are right, the probability of any of them is what counts.
    const held = hypotheses.reduce((sum, { id, probability }) => sum + (accepted.has(id) ? probability : 0), 0);
    const brier = (1 - held) ** 2 + hypotheses.reduce((sum, { id, probability }) => sum + (accepted.has(id) ? 0 : probability ** 2), 0);
    const wrong = isRight ? null : `${leading?.id ?? "nothing"}${tooEarly ? ", too early" : ""}`;
    for (const [table, key] of [
      [this.#kinds, kind.name],
      [this.#forms, form],
    ] as const) {
      const row = table.get(key) ?? { runs: 0, right: 0, brier: 0, wrong: new Map<string, number>() };
      table.set(key, row);
      row.runs++;
      row.brier += brier;
      if (wrong === null) row.right++;
      else row.wrong.set(wrong, (row.wrong.get(wrong) ?? 0) + 1);
    }
    for (const { id, probability } of hypotheses) {
      const bin = this.#bins[CALIBRATION_BINS.findIndex((edge, index) => index > 0 && probability <= edge) - 1];
      if (bin === undefined) continue;
      bin.count++;
      bin.sum += probability;
      if (accepted.has(id)) bin.right++;
    }
    const breach =
      !HARMLESS.has(kind.reading) || (severity !== "critical" && leading?.id !== "targeted-reconnaissance")
        ? null
        : `${kind.name} (${form}) was called ${leading?.id ?? "nothing"}, ${severity}`;
    if (breach !== null) this.#breaches.push(breach);
    return breach ?? (wrong === null ? null : `read as ${wrong}, ${held.toFixed(2)} for the truth`);
  }

  toString(): string {
    const all: Row = { runs: 0, right: 0, brier: 0, wrong: new Map() };
    for (const { runs, right, brier } of this.#kinds.values()) {
      all.runs += runs;
      all.right += right;
      all.brier += brier;
    }
    const { length } = this.#breaches;
    return [
      ...tableOf("kind", this.#kinds),
      "",
      ...tableOf("form", this.#forms),
      "",
      "calibration: of readings held at so much, the share that was right",
      ...this.#bins.map(({ count, right, sum }, index) =>
        count === 0 ? "" : `  ${range(index)}  mean ${(sum / count).toFixed(2)}  right ${(right / count).toFixed(2)}  of ${count}`,
      ),
      "",
      `leading reading right: ${all.right} of ${all.runs}, ${share(all.right, all.runs)} (goal ${share(GOAL, 1)}: ${all.right >= GOAL * all.runs ? "met" : "missed"})`,
      `Brier score (0 is best, 2 worst): ${(all.brier / Math.max(1, all.runs)).toFixed(3)}`,
      `"targeted" or critical for an artefact, research or backscatter: ${length === 0 ? "never" : `${length} times`}`,
      ...this.#breaches.map((breach) => `  ${breach}`),
    ].join("\n");
  }
}

function tableOf(title: string, rows: ReadonlyMap<string, Row>): string[] {
  return [
    `${title.padEnd(36)}${"right".padEnd(14)}${"Brier".padEnd(8)}read instead as`,
    ...[...rows].map(
      ([name, { runs, right, brier, wrong }]) =>
        `${name.padEnd(36)}${`${right} of ${runs}`.padEnd(14)}${(brier / runs).toFixed(2).padEnd(8)}${[...wrong].map(([what, times]) => `${times} ${what}`).join("; ")}`,
    ),
  ];
}

function range(index: number): string {
  return `${(CALIBRATION_BINS[index] ?? 0).toFixed(2)}–${(CALIBRATION_BINS[index + 1] ?? 1).toFixed(2)}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;
}
