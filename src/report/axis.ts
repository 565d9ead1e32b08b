/** Ticks of axes: round numbers for counts, round times in UTC for time. */
import { isoTime } from "./quantity.ts";

/** Steps of time that people read without thinking, in seconds. */
const TIME_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
  43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000, 315_360_000,
];
const DAY = 86_400;

/** Round numbers from 0 to at least `most`, about `wanted` of them. */
export function countTicks(most: number, wanted: number): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const raw = most / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw);
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < most && ticks.length < 20) ticks.push(ticks.length * step);
  return ticks;
}

/** Round times between two, at most `wanted`, with a label each; a label has the date only where the step is a day or more. */
export function timeTicks(from: number, to: number, wanted: number): { at: number; label: string }[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const step = TIME_STEPS.find((candidate) => span / candidate <= wanted);
  if (step === undefined) return [];
  const ticks: { at: number; label: string }[] = [];
  for (let index = Math.ceil(from / step); index * step <= to + step * 1e-9 && ticks.length <= wanted; index++) {
    ticks.push({ at: index * step, label: timeLabel(index * step, step) });
  }
  return ticks;
}

function timeLabel(at: number, step: number): string {
  const iso = isoTime(at);
  if (step >= DAY) return iso.slice(0, 10);
  if (step >= 60) return iso.slice(11, 16);
  return step >= 1 ? iso.slice(11, 19) : iso.slice(17, 23);
}
