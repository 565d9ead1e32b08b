/** Bins of the timeline made coarser so that a plot of any width holds them, and the glyphs of a sparkline. */
import type { Timeline, TimelineSeries } from "../model/activity.ts";

/** Bottom to top of a stack. Port zero is not stacked: it has a panel of its own, or it would vanish under the rest. */
export const STACKED_SERIES: readonly TimelineSeries[] = ["tcp-probes", "udp", "icmp", "replies", "other"];
export const SERIES_NAMES: Readonly<Record<TimelineSeries, string>> = {
  "tcp-probes": "TCP probes",
  udp: "UDP",
  icmp: "ICMP",
  replies: "Replies",
  other: "Other",
  "port-zero": "Port zero",
};

const BLOCKS = "▁▂▃▄▅▆▇█";
const ASCII_BLOCKS = "_.,:-=+*#";

/** Neighbouring bins added up so that at most `most` are left; `factor` bins made one. Empty bins at the end are dropped first. */
export function coarsen(bins: readonly number[], most: number): { bins: number[]; factor: number } {
  const factor = Math.max(1, Math.ceil(bins.length / most));
  const merged: number[] = [];
  for (let i = 0; i < bins.length; i += factor) {
    let total = 0;
    for (let j = i; j < Math.min(bins.length, i + factor); j++) total += bins[j] ?? 0;
    merged.push(total);
  }
  return { bins: merged, factor };
}

/** How many bins hold anything up to the last one that does, over all series. */
export function usedBins(timeline: Timeline): number {
  let used = 0;
  for (const bins of timeline.series.values()) {
    for (let i = bins.length - 1; i >= used; i--) {
      if ((bins[i] ?? 0) > 0) {
        used = i + 1;
        break;
      }
    }
  }
  return used;
}

/** All series of a bin together, without port zero (which the others hold already). */
export function totalBins(timeline: Timeline): number[] {
  const used = usedBins(timeline);
  const total = new Array<number>(used).fill(0);
  for (const name of STACKED_SERIES) {
    const bins = timeline.series.get(name) ?? [];
    for (let i = 0; i < used; i++) total[i] = (total[i] ?? 0) + (bins[i] ?? 0);
  }
  return total;
}

/** One glyph a value, scaled to the largest; a value above zero is never drawn as nothing. */
export function sparkline(values: readonly number[], ascii: boolean = false): string {
  const glyphs = (ascii ? ASCII_BLOCKS : BLOCKS).split("");
  const most = Math.max(1, ...values);
  return values
    .map((value) => {
      if (!(value > 0)) return " ";
      return glyphs[Math.min(glyphs.length - 1, Math.max(0, Math.ceil((value / most) * glyphs.length) - 1))] ?? " ";
    })
    .join("");
}
