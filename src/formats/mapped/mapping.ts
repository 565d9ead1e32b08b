/** How the columns of any table of traffic (CSV, JSON lines, Parquet) make observations: what a user writes once for records that have no format of their own. */

/** What a column can tell. */
export const MAPPED_FIELDS = [
  "time",
  "end",
  "duration",
  "source",
  "destination",
  "sourcePort",
  "destinationPort",
  "protocol",
  "packets",
  "bytes",
  "tcpFlags",
  "action",
  "icmpType",
  "icmpCode",
  "reversePackets",
  "reverseBytes",
  "reverseTcpFlags",
] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

/**
 * Where a value stands: a column by its name, by its number (from 1, in CSV), a member by the keys that lead to it (JSON), or the same
 * value for every record.
 */
export type ValuePlace =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "path"; readonly keys: readonly string[] }
  | { readonly kind: "constant"; readonly text: string };

/** How a column of times is written: a count since 1970 or (for `duration`) of its own, ISO 8601, or a pattern as of strptime. */
export type TimeUnit = "s" | "ms" | "us" | "ns" | "iso" | { readonly pattern: string };

/** How flags are written: told by their look (`18`, `0x12`, `SA`, `SYN|ACK`, `.A..S.`), or always hexadecimal. */
export type FlagStyle = "auto" | "hex";

/** One column and how it is to be read; what does not concern its field is left at its default. */
export interface FieldMapping {
  readonly place: ValuePlace;
  readonly unit: TimeUnit;
  readonly flags: FlagStyle;
  /** Values, in lower case, that say what a device did. */
  readonly denied: readonly string[];
  readonly allowed: readonly string[];
}

/** A mapping that was checked: `time`, `source`, `destination` and `protocol` are in `fields`. */
export interface Mapping {
  readonly records: "csv" | "json" | "parquet";
  /** Of CSV: one octet between columns, whether the first line names them, and with what lines begin that are passed over (or ""). */
  readonly separator: string;
  readonly hasHeader: boolean;
  readonly comment: string;
  /** Cells that mean that there is no value; the empty one always does. */
  readonly missing: readonly string[];
  /** Seconds east of UTC of times that do not tell their zone. */
  readonly utcOffset: number;
  readonly fields: ReadonlyMap<MappedField, FieldMapping>;
  /** Whether a record stands for one packet or for a direction of a flow. */
  readonly record: "packet" | "flow";
  /** Whether its ports come from a transport header, and later fragments cannot look the same. */
  readonly grade: "confirmed" | "unconfirmed";
}

/** Fields without which there is no observation. */
export const NEEDED_FIELDS: readonly MappedField[] = ["time", "source", "destination", "protocol"];

/** How a field is read where its mapping does not say. */
export const FIELD_DEFAULTS: Omit<FieldMapping, "place"> = {
  unit: "s",
  flags: "auto",
  denied: ["deny", "denied", "drop", "dropped", "block", "blocked", "reject", "rejected", "discard", "refused"],
  allowed: ["allow", "allowed", "accept", "accepted", "permit", "permitted", "pass", "passed"],
};
