/** What the many decoders of one live source read, added up by format. */
import type { DecodeStats, Format, RecordFault } from "../formats/format.ts";
import type { InputSource } from "../model/report.ts";
import { looksLike, OPENING_BYTES } from "./odd-input.ts";
import type { ReadSummary } from "./read-inputs.ts";

/** Faults that are kept of each format. */
const MOST_FAULTS = 5;

interface Totals {
  readonly format: Format;
  readonly opening: Uint8Array;
  bytes: number;
  records: number;
  foreign: number;
  unparsed: number;
  readonly faults: RecordFault[];
  damage: { readonly offset: number; readonly reason: string } | null;
  readonly sampled: { records: number; least: number; greatest: number };
}

/** The sums of one source. */
export class LiveTally {
  readonly #name: string;
  readonly #summary: ReadSummary;
  readonly #totals = new Map<Format, Totals>();

  /** @param summary gets what was skipped, lost and stripped as it is settled */
  constructor(name: string, summary: ReadSummary) {
    this.#name = name;
    this.#summary = summary;
  }

  /** Octets of `format` came; the first ones are kept. */
  came(format: Format, bytes: Uint8Array): void {
    const totals = this.#totals.get(format) ?? this.#begin(format, bytes);
    totals.bytes += bytes.length;
  }

  /** A decoder is at its end. */
  settle(format: Format, stats: DecodeStats): void {
    const totals = this.#totals.get(format) ?? this.#begin(format, new Uint8Array(0));
    totals.records += stats.records;
    totals.foreign += stats.foreign;
    totals.unparsed += stats.unparsed;
    totals.faults.push(...stats.faults.slice(0, MOST_FAULTS - totals.faults.length));
    totals.damage ??= stats.damage;
    const { sampled } = totals;
    sampled.records += stats.sampled.records;
    sampled.least = Math.min(sampled.least, stats.sampled.least);
    sampled.greatest = Math.max(sampled.greatest, stats.sampled.greatest);
    addCounts(this.#summary.skipped, stats.skipped);
    addCounts(this.#summary.encapsulations, stats.encapsulations);
    addCounts(this.#summary.lost, stats.lost);
  }

  /** One input of the report for each format, that with the most records first. */
  inputs(): InputSource[] {
    const totals = [...this.#totals.values()].sort((a, b) => b.records - a.records);
    return totals.map(({ format, opening, sampled, ...counts }) => ({
      name: this.#name,
      format: format.name,
      records: counts.records,
      bytes: counts.bytes,
      damage: counts.damage,
      foreign: counts.foreign,
      unparsed: counts.unparsed,
      faults: counts.faults,
      looksLike: looksLike(opening, format, counts),
      anonymised: false,
      proves: format.proves,
      sampled: sampled.records === 0 ? null : { ...sampled },
    }));
  }

  #begin(format: Format, bytes: Uint8Array): Totals {
    const totals: Totals = {
      format,
      opening: Uint8Array.from(bytes.subarray(0, OPENING_BYTES)),
      bytes: 0,
      records: 0,
      foreign: 0,
      unparsed: 0,
      faults: [],
      damage: null,
      sampled: { records: 0, least: Number.POSITIVE_INFINITY, greatest: 0 },
    };
    this.#totals.set(format, totals);
    return totals;
  }
}

function addCounts(to: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count);
}
