/** How observations stand in a Parquet file: which columns, of which types, and by what such a file is told from other Parquet. */
import { FLAGS_UNKNOWN, NO_PORT, type ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { type Leaf, MAGIC, TYPE_DOUBLE, TYPE_FIXED, TYPE_FLOAT, TYPE_INT32 } from "../parquet/metadata.ts";

/**
 * Stands between Parquet's magic and the first page, where readers of Parquet see nothing: they find pages by the footer. So our own are
 * known by their first octets, and are read as they come, which the footer does not allow. The number is the version of the layout.
 */
export const MARK = "precursor.observations/1";
/** Octets before the first page: of a file as it was seen, and of one whose addresses were replaced. */
export const PROLOGUE: Uint8Array = prologue("\n");
export const ANONYMISED_PROLOGUE: Uint8Array = prologue(" anonymised\n");

function prologue(ending: string): Uint8Array {
  return new Uint8Array([...MAGIC, ...new TextEncoder().encode(MARK + ending)]);
}

/** Key of the file's own metadata, which tells the layout to those who read the footer. */
export const METADATA_KEY = "precursor.observations";

/** Rows in a row group, and so in each page: a page of IPv6 addresses then has 512 KiB. */
export const GROUP_ROWS = 1 << 15;

/** Names of the columns that are numbers, in the order in which they stand in the file. */
export type NumberColumn = Exclude<
  { [K in keyof ObservationBatch]: ObservationBatch[K] extends ArrayLike<number> ? K : never }[keyof ObservationBatch],
  "source6" | "destination6" | "quotedDestination6"
>;
export type AddressColumn = "source6" | "destination6" | "quotedDestination6";

/** When a column has a value; otherwise it is null. */
export type Presence = "always" | "unless -1" | "unless flags unknown" | "IPv4" | "quotes" | "quotes IPv4" | "IPv6" | "quotes IPv6";

export interface NumberLayout {
  readonly kind: "number";
  readonly name: NumberColumn;
  /** As Parquet's schema says it. */
  readonly type: "DOUBLE" | "FLOAT" | "UINT_32" | "UINT_16" | "UINT_8";
  readonly presence: Presence;
}

export interface AddressLayout {
  readonly kind: "address";
  readonly name: AddressColumn;
  readonly presence: Presence;
}

export type ColumnLayout = NumberLayout | AddressLayout;

const number = (type: NumberLayout["type"], presence: Presence, ...names: readonly NumberColumn[]): NumberLayout[] =>
  names.map((name) => ({ kind: "number", name, type, presence }));
const address = (name: AddressColumn, presence: Presence): AddressLayout => ({ kind: "address", name, presence });

/** Every column, in the order of the file. `quirks` and `family` come before those whose presence they tell. */
export const COLUMNS: readonly ColumnLayout[] = [
  ...number("UINT_8", "always", "family"),
  ...number("UINT_16", "always", "quirks"),
  ...number("DOUBLE", "always", "time"),
  ...number("UINT_32", "IPv4", "source", "destination"),
  address("source6", "IPv6"),
  address("destination6", "IPv6"),
  ...number("UINT_16", "always", "protocol"),
  ...number("UINT_16", "unless -1", "sourcePort", "destinationPort"),
  ...number("UINT_16", "unless flags unknown", "tcpFlags"),
  ...number("UINT_32", "always", "packets", "bytes", "payload"),
  ...number("FLOAT", "always", "duration"),
  ...number("UINT_8", "always", "record", "action", "grade", "fragment", "ttl", "tos", "tunnels", "icmpType", "icmpCode", "options"),
  ...number("UINT_16", "always", "window", "mss", "ipId", "urgent"),
  ...number("UINT_32", "always", "sequence", "acknowledgement", "optionsHash"),
  ...number("UINT_32", "quotes IPv4", "quotedDestination"),
  address("quotedDestination6", "quotes IPv6"),
  ...number("UINT_8", "quotes", "quotedProtocol"),
  ...number("UINT_16", "quotes", "quotedSourcePort", "quotedDestinationPort"),
];

/** The column as the reader of pages needs it. */
export function leafOf(column: ColumnLayout): Leaf {
  const type =
    column.kind === "address" ? TYPE_FIXED : column.type === "DOUBLE" ? TYPE_DOUBLE : column.type === "FLOAT" ? TYPE_FLOAT : TYPE_INT32;
  return {
    path: column.name,
    type,
    length: 16,
    unsigned: type === TYPE_INT32,
    timeUnit: 0,
    mostDefinition: column.presence === "always" ? 0 : 1,
    mostRepetition: 0,
  };
}

/** Whether row `row` of `batch` has a value in a column. */
export function isPresent(batch: ObservationBatch, row: number, column: ColumnLayout): boolean {
  const quotes = (batch.quirks[row]! & QUIRK_QUOTES_PACKET) !== 0;
  switch (column.presence) {
    case "always":
      return true;
    case "IPv4":
      return batch.family[row] === 4;
    case "IPv6":
      return batch.family[row] === 6;
    case "quotes IPv4":
      return quotes && batch.family[row] === 4;
    case "quotes IPv6":
      return quotes && batch.family[row] === 6;
    case "unless flags unknown":
      return batch.tcpFlags[row] !== FLAGS_UNKNOWN;
    case "quotes":
      return quotes && (column.kind === "address" || batch[column.name][row] !== NO_PORT);
    default:
      return column.kind === "address" || batch[column.name][row] !== NO_PORT;
  }
}

/** What a number column holds where the file has null. */
export function absentValue(column: NumberLayout): number {
  if (column.presence === "unless flags unknown") return FLAGS_UNKNOWN;
  if (column.name.endsWith("Port")) return NO_PORT;
  return 0;
}

/** The prologue that an input begins with, or null where it is none of ours. */
export function prologueOf(head: Uint8Array): Uint8Array | null {
  return (
    [PROLOGUE, ANONYMISED_PROLOGUE].find((known) => head.length >= known.length && known.every((octet, i) => head[i] === octet)) ?? null
  );
}

/** Whether an input that starts with `head` is observations of this layout. */
export function isObservations(head: Uint8Array): boolean {
  return prologueOf(head) !== null;
}
