/** The records of a block: flows become rows, extension maps and samplers are kept for those behind them, statistics are passed over. */
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { FlowRecordWriter } from "./flow-record.ts";
import { exporterV1, ExtensionMaps, readV1, TYPE_COMMON_OLD } from "./record-v1.ts";
import { exporterV3, readV3 } from "./record-v3.ts";

/** Types of records (nfdump's id.h). */
const TYPE_EXTENSION_MAP = 2;
const TYPE_LEGACY_1 = 5;
const TYPE_LEGACY_2 = 6;
const TYPE_SAMPLER_OLD = 9;
const TYPE_COMMON = 10;
const TYPE_V3 = 11;
const TYPE_SAMPLER = 15;
const TYPE_V4 = 16;
/** Type and size. */
const RECORD_HEADER = 4;
const SAMPLER_OLD_OCTETS = 16;
const SAMPLER_OCTETS = 24;
/** Exporters whose sampling interval is kept. */
const MOST_EXPORTERS = 4096;

const BROKEN_FLOW = "nfdump record that does not hold what it says";
const NO_MAP = "nfdump record cut short, or without its extension map";
const OLD_KIND = "nfdump record of version 1.5 or older";
const NEW_KIND = "nfdump record of a later version: convert with nfdump -o json";

/** Reads records, one block after another, of one file. */
export class NfdumpRecords {
  readonly #stats: DecodeStats;
  readonly #flows: FlowRecordWriter;
  #maps: ExtensionMaps = new ExtensionMaps();
  /** Packets of which an exporter counts one, by its number in the file. */
  readonly #intervals: Map<number, number> = new Map();
  #little = true;
  /** Offset in the input of the record at hand. */
  place = 0;

  constructor(writer: ObservationWriter, stats: DecodeStats) {
    this.#stats = stats;
    this.#flows = new FlowRecordWriter(writer, stats);
  }

  /** A file begins, in this byte order. */
  start(little: boolean): void {
    this.#little = little;
    this.#maps = new ExtensionMaps();
    this.#intervals.clear();
  }

  /**
   * Reads the whole records in `[start, end)`; returns how many octets they had, or -1 where one cannot be.
   * @param left octets of the block from `start` on, which may go beyond `end`
   * @param offset in the input of `start`, or of the block where it was compressed: its records have no place of their own
   */
  read(view: DataView, start: number, end: number, left: number, offset: number, isPlain: boolean): number {
    const little = this.#little;
    let at = start;
    while (end - at >= RECORD_HEADER) {
      const size = view.getUint16(at + 2, little);
      this.place = isPlain ? offset + at - start : offset;
      if (size < RECORD_HEADER || size > left - (at - start)) return -1;
      if (size > end - at) break;
      this.#record(view, at, size);
      at += size;
    }
    if (left - (at - start) < RECORD_HEADER && left > at - start) {
      // Octets that no record can begin in.
      this.place = isPlain ? offset + at - start : offset;
      return -1;
    }
    return at - start;
  }

  #record(view: DataView, at: number, size: number): void {
    const little = this.#little;
    const { record } = this.#flows;
    switch (view.getUint16(at, little)) {
      case TYPE_V3:
        this.#stats.records++;
        record.clear();
        if (!readV3(view, at, size, little, record)) return this.#stats.fault(BROKEN_FLOW, this.place, "octet");
        if (record.sampled) record.factor = this.#intervals.get(exporterV3(view, at, little)) ?? 0;
        return this.#flows.write();
      case TYPE_COMMON:
      case TYPE_COMMON_OLD:
        this.#stats.records++;
        record.clear();
        if (!readV1(view, at, size, little, this.#maps, record)) return this.#stats.fault(NO_MAP, this.place, "octet");
        if (record.sampled) record.factor = this.#intervals.get(exporterV1(view, at, size, little)) ?? 0;
        return this.#flows.write();
      case TYPE_EXTENSION_MAP:
        this.#maps.read(view, at, size, little);
        return;
      case TYPE_SAMPLER_OLD:
        if (size >= SAMPLER_OLD_OCTETS) this.#sampler(view.getUint16(at + 14, little), view.getUint32(at + 8, little));
        return;
      case TYPE_SAMPLER:
        // Sampled are `interval` of every `interval + space` packets.
        if (size >= SAMPLER_OCTETS) {
          const interval = view.getUint32(at + 16, little);
          if (interval > 0) this.#sampler(view.getUint16(at + 4, little), 1 + view.getUint32(at + 20, little) / interval);
        }
        return;
      case TYPE_LEGACY_1:
      case TYPE_LEGACY_2:
        this.#stats.records++;
        return this.#stats.skip(OLD_KIND);
      case TYPE_V4:
        this.#stats.records++;
        return this.#stats.skip(NEW_KIND);
      default:
    }
  }

  #sampler(exporter: number, interval: number): void {
    if (this.#intervals.size < MOST_EXPORTERS || this.#intervals.has(exporter)) this.#intervals.set(exporter, interval);
  }
}
