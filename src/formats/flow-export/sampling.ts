/**
 * By how much the counts of sampled flows must be multiplied: what options data, flow records and the header of NetFlow v5 say.
 * Sources: RFC 5477 §8.2 (305, 306, 309–311), RFC 3954 §8 (34, 48, 50), Cisco's NetFlow v5 header (two bits of mode, fourteen of interval).
 */
import {
  SLOT_PACKET_INTERVAL,
  SLOT_PACKET_SPACE,
  SLOT_RANDOM_INTERVAL,
  SLOT_SAMPLING_INTERVAL,
  SLOT_SAMPLING_POPULATION,
  SLOT_SAMPLING_PROBABILITY,
  SLOT_SAMPLING_SIZE,
} from "./elements.ts";

/** Samplers kept of one observation domain. */
const MOST_SAMPLERS = 256;
/** Samplers above one packet in this many are not believed. */
const MOST_FACTOR = 0xff_ffff;
/** The interval's bits in the v5 header's sampling field. */
const INTERVAL_MASK_5 = 0x3fff;

/** What the exporter said of its samplers in one observation domain. */
export class Samplers {
  /** Of records that name no sampler; 0 as long as nothing is known. */
  general = 0;
  readonly byId: Map<number, number> = new Map();

  /** Keeps what an options record said; `id` is negative where it names no sampler. */
  set(id: number, factor: number): void {
    if (id < 0) this.general = factor;
    else if (this.byId.has(id) || this.byId.size < MOST_SAMPLERS) this.byId.set(id, factor);
  }

  /** The factor of a record that names sampler `id`, or none (negative). */
  factorOf(id: number): number {
    if (id >= 0) {
      const known = this.byId.get(id);
      if (known !== undefined) return known;
    } else if (this.general === 0 && this.byId.size === 1) {
      // One sampler, and records that do not name it
      for (const only of this.byId.values()) return only;
    }
    return this.general === 0 ? 1 : this.general;
  }
}

/** The factor that the record's own values tell, or 0 where they tell none. */
export function factorOfValues(values: Float64Array): number {
  if (values[SLOT_RANDOM_INTERVAL]! > 0) return believable(values[SLOT_RANDOM_INTERVAL]!);
  if (values[SLOT_SAMPLING_INTERVAL]! > 0) return believable(values[SLOT_SAMPLING_INTERVAL]!);
  const interval = values[SLOT_PACKET_INTERVAL]!;
  if (interval > 0) return believable((interval + values[SLOT_PACKET_SPACE]!) / interval);
  if (values[SLOT_SAMPLING_SIZE]! > 0) return believable(values[SLOT_SAMPLING_POPULATION]! / values[SLOT_SAMPLING_SIZE]!);
  const probability = values[SLOT_SAMPLING_PROBABILITY]!;
  return probability > 0 && probability <= 1 ? believable(1 / probability) : 0;
}

/** The factor in the sampling field of a NetFlow v5 header. Some exporters leave the mode bits unset. */
export function factorOfHeader5(field: number): number {
  const interval = field & INTERVAL_MASK_5;
  return interval > 1 ? interval : 1;
}

/** A factor of at least 1, or 0 where it is beyond belief. */
export function believable(factor: number): number {
  return factor >= 1 && factor <= MOST_FACTOR ? factor : 0;
}
