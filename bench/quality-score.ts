/** How right an assessment of a case is: each thing that can be right or wrong, counted. */
import type { Report } from "../src/model/report.ts";
import type { CaseScan, QualityCase } from "./quality-cases.ts";

/** Counts over one case or many; each pair is "right of so many that could be". */
export interface Score {
  scans: number;
  found: number;
  technique: number;
  kind: number;
  kindOf: number;
  tool: number;
  toolOf: number;
  /** Cases without any scan, and those of them with a false alarm. */
  quietCases: number;
  disturbed: number;
  /** Sources reported that do not probe, over all cases. */
  falseAlarms: number;
  victims: number;
  victimsFound: number;
  /** Victims of forged packets that were called scanners. */
  victimsAccused: number;
  portZero: number;
  portZeroOf: number;
  reading: number;
  readingOf: number;
  /** What went wrong, in words. */
  readonly mistakes: string[];
}

export function emptyScore(): Score {
  const zero = { scans: 0, found: 0, technique: 0, kind: 0, kindOf: 0, tool: 0, toolOf: 0, quietCases: 0, disturbed: 0, falseAlarms: 0 };
  const more = { victims: 0, victimsFound: 0, victimsAccused: 0, portZero: 0, portZeroOf: 0, reading: 0, readingOf: 0 };
  return { ...zero, ...more, mistakes: [] };
}

export function addScore(total: Score, score: Score): void {
  for (const key of Object.keys(score) as (keyof Score)[]) {
    if (key !== "mistakes") total[key] += score[key];
  }
  total.mistakes.push(...score.mistakes);
}

/** What a report gets right of a case. */
export function scoreReport(truth: QualityCase, report: Report): Score {
  const score = scoreSources(
    truth,
    report.scans.map(({ source, members }) => [source, ...members]),
  );
  for (const expected of truth.scans) scoreScan(score, expected, report);
  const reported = new Set(report.backscatter.map(({ victim }) => victim));
  for (const victim of truth.victims) {
    score.victims++;
    if (reported.has(victim)) score.victimsFound++;
    else score.mistakes.push(`the victim ${victim} is not named`);
  }
  scorePortZero(score, truth, report);
  if (truth.reading !== null) {
    const first = report.assessment.hypotheses[0]?.id;
    score.readingOf++;
    if (first === truth.reading) score.reading++;
    else score.mistakes.push(`read as ${first ?? "nothing"} instead of ${truth.reading}`);
  }
  return score;
}

/** What a list of accused sources gets right: all that can be asked of a program that names no techniques. */
export function scoreSources(truth: QualityCase, accused: readonly (readonly string[])[]): Score {
  const score = emptyScore();
  const everyone = new Set(accused.flat());
  const guilty = new Set([...truth.scans.flatMap(({ sources }) => sources), ...truth.mayReport]);
  for (const { sources, techniques } of truth.scans) {
    score.scans++;
    if (sources.some((source) => everyone.has(source))) score.found++;
    else score.mistakes.push(`the ${techniques.join(" or ")} scan by ${sources[0] ?? "?"} is not found`);
  }
  const innocent = accused.filter((group) => !group.some((source) => guilty.has(source)));
  score.falseAlarms = new Set(innocent.map(([source]) => source)).size;
  if (truth.scans.length === 0) {
    score.quietCases = 1;
    if (innocent.length > 0) score.disturbed = 1;
  }
  for (const [source] of innocent) {
    if (source === undefined) continue;
    const isVictim = truth.victims.includes(source);
    if (isVictim) score.victimsAccused++;
    score.mistakes.push(`${source} is called a scanner and is ${isVictim ? "a victim" : "none"}`);
  }
  return score;
}

function scoreScan(score: Score, expected: CaseScan, report: Report): void {
  const bySource = report.scans.filter(({ source, members }) => [source, ...members].some((one) => expected.sources.includes(one)));
  if (bySource.length === 0) return;
  const match = bySource.find(({ technique }) => expected.techniques.includes(technique));
  const who = expected.sources[0] ?? "?";
  if (match === undefined) score.mistakes.push(`${who}: ${bySource[0]?.technique ?? "?"} instead of ${expected.techniques.join(" or ")}`);
  else score.technique++;
  const kind = (match ?? bySource[0])?.kind;
  if (expected.kind !== null) {
    score.kindOf++;
    if (kind === expected.kind) score.kind++;
    else score.mistakes.push(`${who}: ${kind ?? "?"} instead of ${expected.kind}`);
  }
  if (expected.tool !== undefined) {
    const tool = (match ?? bySource[0])?.tool?.name ?? null;
    score.toolOf++;
    if (tool === expected.tool) score.tool++;
    else score.mistakes.push(`${who}: tool ${tool ?? "none"} instead of ${expected.tool ?? "none"}`);
  }
}

function scorePortZero(score: Score, truth: QualityCase, report: Report): void {
  const { tcp, udp } = report.portZero;
  const counted = [tcp.source, tcp.destination, tcp.both, udp.source, udp.destination, udp.both];
  score.portZeroOf++;
  if (counted.every((count, index) => count === truth.portZero[index])) score.portZero++;
  else score.mistakes.push(`port zero ${counted.join("/")} instead of ${truth.portZero.join("/")}`);
}
