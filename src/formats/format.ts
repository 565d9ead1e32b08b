/** What every input format is: recognised by its first octets, decoded incrementally, honest about what it skipped. */
import type { BatchSink, ObservationBatch } from "../model/observation.ts";

/** What records of a format can prove; printed by `precursor formats`. */
export interface Proves {
  /** Ports come from a real transport header. */
  readonly portsOnTheWire: boolean;
  readonly tcpFlags: boolean;
  readonly outcome: boolean;
  readonly fragments: boolean;
}

/** Counts that a decoder keeps as it goes. Maps are bounded: their keys come from tables of ours, never from the input alone. */
export interface DecodeStats {
  /** Records (frames) read whole, whether or not they held something to observe. */
  records: number;
  /** Records that gave no observation, by reason: `"not IP (LLDP)"`, `"cut before the IP header"`. */
  readonly skipped: Map<string, number>;
  /** Tunnel and encapsulation headers stripped, by name: `"802.1Q"`, `"VXLAN"`. */
  readonly encapsulations: Map<string, number>;
  /** Where and why decoding had to stop, or null: `offset` is in octets from the start of the (uncompressed) input. */
  damage: { offset: number; reason: string } | null;
}

/** A decoder for one input. It never throws on content: damage is a value in `stats`. */
export interface Decoder {
  readonly stats: DecodeStats;
  /**
   * Decodes the whole records in `bytes[start, end)` and returns how many octets it used. The caller keeps the rest and calls again
   * with more behind it. Returning 0 asks for more. After damage, everything is swallowed.
   */
  push(bytes: Uint8Array, start: number, end: number): number;
  /** The input is over with `rest` octets unused; records the cut, if it is one, in `stats.damage`. Rows stay in the batch for the caller to flush. */
  end(rest: number): void;
}

/** A place where decoders put rows. `full` hands the batch on and takes the next one. One is shared by all inputs of a run, one after another. */
export class ObservationWriter {
  batch: ObservationBatch;
  readonly #sink: BatchSink;

  constructor(batch: ObservationBatch, sink: BatchSink) {
    this.batch = batch;
    this.#sink = sink;
  }

  /** Hands the batch to the sink. Call when `batch.length === batch.capacity`, and at the end with what there is. */
  flush(): void {
    if (this.batch.length > 0) this.batch = this.#sink(this.batch);
  }
}

/** One input format. */
export interface Format {
  readonly name: string;
  /** For people: "libpcap capture". */
  readonly title: string;
  readonly proves: Proves;
  /** The largest record that must fit in the caller's buffer, octets. */
  readonly maxRecord: number;
  /** Whether an input that starts with `head` (up to 4 KiB; decompressed) is of this format. */
  recognises(head: Uint8Array): boolean;
  decoder(writer: ObservationWriter): Decoder;
}
