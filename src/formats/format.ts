/** What every input format is: recognised by its first octets, decoded incrementally, honest about what it skipped. */
import type { BatchSink, ObservationBatch } from "../model/observation.ts";

/** What records of a format can prove; printed by `precursor formats`. */
export interface Proves {
  /** Ports come from a real transport header. */
  readonly portsOnTheWire: boolean;
  readonly tcpFlags: boolean;
  /** Whether a probe was answered. */
  readonly outcome: boolean;
  readonly fragments: boolean;
  /** Whether a device let the packets through or dropped them. */
  readonly action: boolean;
}

/** A record that did not parse: where it stands and why, for `--verbose`. */
export interface RecordFault {
  /** Line (from 1) of text, octet offset of the rest. */
  readonly at: number;
  readonly unit: "line" | "octet";
  readonly reason: string;
}

/** Faults kept with their places; the rest are only counted. */
const MOST_FAULTS = 5;
/** Keys of one map: beyond that, everything goes under OTHER_KEY. Keys ought to come from tables; this is the last resort. */
const MOST_KEYS = 128;
const OTHER_KEY = "other";

/** Counts that a decoder keeps as it goes. */
export class DecodeStats {
  /** Records (frames, lines, flow records) read whole, whether or not they held something to observe. */
  records = 0;
  /** Records that gave no observation, by reason: `"not IP (LLDP)"`, `"cut before the IP header"`. Those that did not parse are among them. */
  readonly skipped = new Map<string, number>();
  /** Those of them that lose nothing: other programs' lines in a system log, counters among flow samples, flows without packets. */
  foreign = 0;
  /** Records that ought to be of this format and did not parse; the first few stand in `faults`. */
  unparsed = 0;
  readonly faults: RecordFault[] = [];
  /** Tunnel and encapsulation headers stripped, by name: `"802.1Q"`, `"VXLAN"`. */
  readonly encapsulations = new Map<string, number>();
  /** Records whose counts were multiplied because the exporter sampled, and by how much at least and at most. */
  readonly sampled = { records: 0, least: Number.POSITIVE_INFINITY, greatest: 0 };
  /** What gaps in sequence numbers say did not arrive, in the exporter's own unit: `"NetFlow v5 records"`. */
  readonly lost = new Map<string, number>();
  /** The addresses are not those of the traffic: they were replaced before it was shared. */
  isAnonymised = false;
  /** Where and why decoding had to stop, or null: `offset` is in octets from the start of the (uncompressed) input. */
  damage: { offset: number; reason: string } | null = null;

  /** Begins to count anew: what was counted had been read before. Damage stays. */
  restart(): void {
    this.records = 0;
    this.foreign = 0;
    this.unparsed = 0;
    this.faults.length = 0;
    for (const counts of [this.skipped, this.encapsulations, this.lost]) counts.clear();
    Object.assign(this.sampled, { records: 0, least: Number.POSITIVE_INFINITY, greatest: 0 });
  }

  /** Counts records that are whole and have nothing to observe. */
  skip(reason: string, count = 1): void {
    this.miss(reason, count);
    this.foreign += count;
  }

  /** Counts records that are whole and that nobody here can read: their template never came, their version is too old. */
  miss(reason: string, count = 1): void {
    addTo(this.skipped, reason, count);
  }

  /** Counts a record that did not parse. `reason` comes from a table, never from the record. */
  fault(reason: string, at: number, unit: RecordFault["unit"]): void {
    this.miss(reason);
    this.unparsed++;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ at, unit, reason });
  }

  /** Notes a record whose counts were multiplied by `factor` (> 1). */
  noteSampling(factor: number): void {
    const { sampled } = this;
    sampled.records++;
    if (factor < sampled.least) sampled.least = factor;
    if (factor > sampled.greatest) sampled.greatest = factor;
  }

  lose(unit: string, count: number): void {
    addTo(this.lost, unit, count);
  }
}

function addTo(counts: Map<string, number>, key: string, count: number): void {
  const known = counts.has(key) || counts.size < MOST_KEYS ? key : OTHER_KEY;
  counts.set(known, (counts.get(known) ?? 0) + count);
}

/** A decoder for one input. It never throws on content: damage is a value in `stats`. */
export interface Decoder {
  readonly stats: DecodeStats;
  /**
   * Decodes the whole records in `bytes[start, end)` and returns how many octets it used. The caller keeps the rest and calls again
   * with more behind it. Returning 0 asks for more. After damage, everything is swallowed.
   */
  push(bytes: Uint8Array, start: number, end: number): number;
  /**
   * The input is over; `bytes[start, end)` are the octets that were not used (a last line without its newline is one). Records the cut,
   * if it is one, in `stats.damage`. Rows stay in the batch for the caller to flush.
   */
  end(bytes: Uint8Array, start: number, end: number): void;
}

/** What a decoder may need to know about its input and run. */
export interface DecodeContext {
  /** Seconds since 1970 when the input was last written to (a file's time, else now): tells the year of stamps that have none. */
  readonly writtenAt: number;
  /** What outlives one input: templates of flow exporters, by the key of the format that keeps them. */
  readonly memory: Map<string, unknown>;
}

/** The context of an input about which nothing is known. */
export function freshContext(writtenAt: number = Date.now() / 1000): DecodeContext {
  return { writtenAt, memory: new Map() };
}

/** A place where decoders put rows. `full` hands the batch on and takes the next one. One is shared by all inputs of a run, one after another. */
export class ObservationWriter {
  batch: ObservationBatch;
  readonly #sink: BatchSink;
  #isMuted = false;

  constructor(batch: ObservationBatch, sink: BatchSink) {
    this.batch = batch;
    this.#sink = sink;
  }

  /** Throws away the rows that `work` writes. Those before it are handed on. */
  mute(work: () => void): void {
    this.flush();
    this.#isMuted = true;
    try {
      work();
    } finally {
      this.#isMuted = false;
      this.batch.length = 0;
    }
  }

  /** Hands the batch to the sink. Call when `batch.length === batch.capacity`, and at the end with what there is. */
  flush(): void {
    if (this.#isMuted) this.batch.length = 0;
    else if (this.batch.length > 0) this.batch = this.#sink(this.batch);
  }
}

/** Octets of an input by which it is recognised, at most. */
export const HEAD_BYTES = 1 << 16;

/** One input format. */
export interface Format {
  readonly name: string;
  /** For people: "libpcap capture". */
  readonly title: string;
  readonly proves: Proves;
  /** The largest record that must fit in the caller's buffer, octets. */
  readonly maxRecord: number;
  /** Formats whose inputs these are too, such as captures of flow export, which are captures: where both recognise a head, this one reads it. */
  readonly refines?: readonly Format[];
  /** Whether an input that starts with `head` (up to HEAD_BYTES; decompressed; it may end anywhere) is of this format. */
  recognises(head: Uint8Array): boolean;
  decoder(writer: ObservationWriter, context: DecodeContext): Decoder;
}
