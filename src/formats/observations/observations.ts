/**
 * Precursor's own observations, as `precursor convert` writes them: Parquet that is read as it comes, page after page, so that files of any
 * size need no more than one row group of memory.
 */
import { hashIPv6 } from "../../model/address.ts";
import {
  ACTION_DENIED,
  FRAGMENT_LATER,
  GRADE_PLACEHOLDER,
  NO_PORT,
  ObservationBatch,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { hasPorts } from "../../model/protocol.ts";
import { type Decoder, DecodeStats, type Format, type ObservationWriter } from "../format.ts";
import { CODEC_ZSTD } from "../parquet/compression.ts";
import { readPageHeader } from "../parquet/page-header.ts";
import { PageValues } from "../parquet/page-values.ts";
import { ParquetFault, ThriftReader } from "../parquet/thrift.ts";
import { RowCopier } from "./copy-rows.ts";
import { absentValue, COLUMNS, type ColumnLayout, GROUP_ROWS, isObservations, prologueOf, leafOf, ANONYMISED_PROLOGUE } from "./layout.ts";

/** A page of IPv6 addresses, its levels and its header. */
const MOST_PAGE = (16 + 1) * GROUP_ROWS;
/** What a footer begins with: `version` 2, then the list of the schema. A page's header has a number there. */
const FOOTER: readonly number[] = [0x15, 0x04, 0x19];

const ENDS_EARLY = "the input ends inside a row group, or lacks its footer";
const UNEVEN = "columns of a row group have different numbers of rows";
const NOT_A_PAGE = "no page of observations is where one ought to be";
const IMPOSSIBLE = "observation that cannot be";

class ObservationsDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #writer: ObservationWriter;
  /** The row group at hand; as large as the largest so far. */
  #group = new ObservationBatch(0);
  #copier = new RowCopier(this.#group);
  readonly #columns = COLUMNS.map((column) => new PageValues(leafOf(column), CODEC_ZSTD));
  #column = 0;
  /** Octets used so far. */
  #offset = 0;
  #state: "prologue" | "pages" | "over" = "prologue";

  constructor(writer: ObservationWriter) {
    this.#writer = writer;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.#isOver()) {
      const used = this.#state === "prologue" ? this.#prologue(bytes, at, end) : this.#page(bytes, at, end);
      if (used === 0 && !this.#isOver()) return at - start;
      at += used;
      this.#offset += used;
    }
    return end - start;
  }

  /** Read or given up: whatever comes is passed over. */
  #isOver(): boolean {
    return this.#state === "over";
  }

  end(): void {
    if (this.#state !== "over") this.#stop(ENDS_EARLY);
  }

  #stop(reason: string): void {
    this.stats.damage = { offset: this.#offset, reason };
    this.#state = "over";
  }

  #prologue(bytes: Uint8Array, start: number, end: number): number {
    const prologue = prologueOf(bytes.subarray(start, end));
    if (prologue === null) {
      if (end - start >= ANONYMISED_PROLOGUE.length) this.#stop(NOT_A_PAGE);
      return 0;
    }
    this.stats.isAnonymised = prologue === ANONYMISED_PROLOGUE;
    this.#state = "pages";
    return prologue.length;
  }

  /** Reads a page, or the footer; returns how many octets it has, 0 where it is not whole yet. */
  #page(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < FOOTER.length) return 0;
    if (this.#column === 0 && FOOTER.every((octet, i) => bytes[start + i] === octet)) {
      this.#state = "over";
      return 0;
    }
    try {
      const reader = new ThriftReader(bytes, start, Math.min(end, start + MOST_PAGE));
      const header = readPageHeader(reader);
      const size = reader.at - start + header.compressed;
      if (size > MOST_PAGE || header.values > GROUP_ROWS) throw new ParquetFault(NOT_A_PAGE);
      if (size > end - start) return 0;
      const values = this.#columns[this.#column]!;
      if (values.page(header, bytes, reader.at)) this.#take(values);
      return size;
    } catch (error) {
      if (!(error instanceof ParquetFault)) throw error;
      if (error.isCut && end - start < MOST_PAGE) return 0;
      this.#stop(error.message);
      return 0;
    }
  }

  #take(values: PageValues): void {
    if (this.#column === 0) this.#begin(values.count);
    else if (values.count !== this.#group.length) throw new ParquetFault(UNEVEN);
    fill(this.#group, COLUMNS[this.#column]!, values);
    this.#column++;
    if (this.#column < COLUMNS.length) return;
    this.#column = 0;
    this.#emit();
  }

  #begin(rows: number): void {
    if (rows > this.#group.capacity) {
      this.#group = new ObservationBatch(rows);
      this.#copier = new RowCopier(this.#group);
    }
    this.#group.length = rows;
  }

  /** Hands the rows of the group on; those that no decoder would make are left out. */
  #emit(): void {
    const group = this.#group;
    let from = 0;
    for (let row = 0; row < group.length; row++) {
      if (isPossible(group, row)) continue;
      this.#copy(from, row);
      from = row + 1;
      this.stats.fault(IMPOSSIBLE, this.#offset, "octet");
    }
    this.#copy(from, group.length);
    this.stats.records += group.length;
  }

  #copy(from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.#writer.batch.length >= this.#writer.batch.capacity) this.#writer.flush();
      const { batch } = this.#writer;
      const count = Math.min(to - at, batch.capacity - batch.length);
      this.#copier.append(batch, at, count);
      at += count;
    }
  }
}

/** Puts the values of a page into a column of the group. */
function fill(group: ObservationBatch, column: ColumnLayout, values: PageValues): void {
  const { present, hasNulls } = values;
  const rows = group.length;
  if (column.kind === "number") {
    values.copyNumbers(group[column.name], absentValue(column));
    return;
  }
  const words = group[column.name];
  const hashes = column.name === "source6" ? group.source : column.name === "destination6" ? group.destination : group.quotedDestination;
  for (let row = 0, index = 0; row < rows; row++) {
    if (hasNulls && present[row] !== 1) continue;
    const { octets } = values;
    const at = values.start(index++);
    for (let i = 0; i < 4; i++) {
      const from = at + 4 * i;
      words[4 * row + i] = ((octets[from]! << 24) | (octets[from + 1]! << 16) | (octets[from + 2]! << 8) | octets[from + 3]!) >>> 0;
    }
    if (group.family[row] !== 6) continue;
    hashes[row] = hashIPv6(words[4 * row]!, words[4 * row + 1]!, words[4 * row + 2]!, words[4 * row + 3]!);
  }
}

/** Whether a row is one that decoders make: what reads it later relies on that. */
function isPossible(batch: ObservationBatch, row: number): boolean {
  const family = batch.family[row]!;
  const grade = batch.grade[row]!;
  const source = batch.sourcePort[row]!;
  const duration = batch.duration[row]!;
  if ((family !== 4 && family !== 6) || !Number.isFinite(batch.time[row]!) || batch.fragment[row]! > FRAGMENT_LATER) return false;
  if (grade > GRADE_PLACEHOLDER || batch.action[row]! > ACTION_DENIED || batch.tunnels[row]! > MOST_TUNNELS) return false;
  if (!(duration >= 0) || batch.record[row]! > RECORD_FLOW) return false;
  if (batch.record[row] === RECORD_PACKET && (duration !== 0 || batch.payload[row]! > batch.bytes[row]!)) return false;
  if (source === NO_PORT) return batch.destinationPort[row] === NO_PORT;
  if (source > 65_535 || batch.destinationPort[row]! > 65_535 || batch.destinationPort[row] === NO_PORT) return false;
  return hasPorts(batch.protocol[row]!) && batch.fragment[row] !== FRAGMENT_LATER && grade !== GRADE_PLACEHOLDER;
}

/** Tunnels within tunnels that are followed at all. */
const MOST_TUNNELS = 8;

/** Precursor's own observations. */
export const OBSERVATIONS: Format = {
  name: "observations",
  title: "Precursor observations (Parquet)",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: true },
  maxRecord: MOST_PAGE,
  recognises: isObservations,
  decoder: (writer) => new ObservationsDecoder(writer),
};
