/**
 * The fields of AWS VPC Flow Logs and the order they stand in.
 * Source: Amazon VPC user guide, "Flow log records" (available fields of versions 2 to 8) and the tables it tells to make in Athena.
 */
import { ascii } from "../text/fields.ts";

/** Places in the arrays of {@link FieldOrder}: what a row is made of. Everything else in a record is FIELD_OTHER. */
export const FIELD_OTHER = 0;
export const FIELD_SOURCE = 1;
export const FIELD_DESTINATION = 2;
export const FIELD_SOURCE_PORT = 3;
export const FIELD_DESTINATION_PORT = 4;
export const FIELD_PROTOCOL = 5;
export const FIELD_PACKETS = 6;
export const FIELD_BYTES = 7;
export const FIELD_START = 8;
export const FIELD_END = 9;
export const FIELD_ACTION = 10;
export const FIELD_STATUS = 11;
export const FIELD_FLAGS = 12;
/** The endpoints of the packet itself, where `srcaddr` and `dstaddr` are those of a gateway on its way. */
export const FIELD_PACKET_SOURCE = 13;
export const FIELD_PACKET_DESTINATION = 14;
export const FIELD_TYPE = 15;
export const FIELD_KINDS = 16;

/** Most fields in a record; AWS has about 40. */
export const MOST_FIELDS = 64;

/** Names with the kind of their field. `_` stands for `-` in Athena's tables, whose oldest had names of their own. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ["srcaddr", FIELD_SOURCE],
  ["sourceaddress", FIELD_SOURCE],
  ["dstaddr", FIELD_DESTINATION],
  ["destinationaddress", FIELD_DESTINATION],
  ["srcport", FIELD_SOURCE_PORT],
  ["sourceport", FIELD_SOURCE_PORT],
  ["dstport", FIELD_DESTINATION_PORT],
  ["destinationport", FIELD_DESTINATION_PORT],
  ["protocol", FIELD_PROTOCOL],
  ["packets", FIELD_PACKETS],
  ["numpackets", FIELD_PACKETS],
  ["bytes", FIELD_BYTES],
  ["numbytes", FIELD_BYTES],
  ["start", FIELD_START],
  ["starttime", FIELD_START],
  ["end", FIELD_END],
  ["endtime", FIELD_END],
  ["action", FIELD_ACTION],
  ["log-status", FIELD_STATUS],
  ["logstatus", FIELD_STATUS],
  ["tcp-flags", FIELD_FLAGS],
  ["pkt-srcaddr", FIELD_PACKET_SOURCE],
  ["pkt-dstaddr", FIELD_PACKET_DESTINATION],
  ["type", FIELD_TYPE],
  ...(
    "version account-id account interface-id interfaceid vpc-id subnet-id instance-id region az-id sublocation-type sublocation-id " +
    "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn " +
    "ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id " +
    "reject-reason resource-id encryption-status"
  )
    .split(" ")
    .map((name): [string, number] => [name, FIELD_OTHER]),
]);

/** Names that no other format's header has: one of them must be in a header of ours. */
const TELLING = new Set(["account-id", "interface-id", "interfaceid", "log-status", "pkt-srcaddr", "tcp-flags", "vpc-id", "srcaddr"]);

/** The order of the fields in a record. */
export interface FieldOrder {
  /** Octet between fields: a blank, a comma or a tab. */
  readonly separator: number;
  /** Kind of each field. */
  readonly kinds: Uint8Array;
}

const BLANK = 32;
const COMMA = 44;
const TAB = 9;

/** The order of the default format, version 2: what CloudWatch and records without a header have. */
export const DEFAULT_ORDER: FieldOrder = orderOf(
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(" "),
  BLANK,
);

function orderOf(names: readonly string[], separator: number): FieldOrder {
  return { separator, kinds: Uint8Array.from(names, (name) => KINDS.get(name) ?? FIELD_OTHER) };
}

/**
 * The order that the header `bytes[start, end)` tells, or null where it is no header of VPC Flow Logs: each name must be known. Where
 * `cut`, the last name may be the beginning of one, and addresses may be still to come.
 */
export function parseHeader(bytes: Uint8Array, start: number, end: number, cut: boolean): FieldOrder | null {
  if (end - start > 4096) return null;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  const separator = text.includes(",") ? COMMA : text.includes("\t") ? TAB : BLANK;
  const names = text
    .trim()
    .split(String.fromCharCode(separator))
    .map((name) => name.replace(/^"(.*)"$/, "$1").replaceAll("_", "-"));
  const whole = cut ? names.slice(0, -1) : names;
  if (whole.length < 3 || names.length > MOST_FIELDS) return null;
  if (!whole.every((name) => KINDS.has(name)) || !whole.some((name) => TELLING.has(name))) return null;
  const order = orderOf(whole, separator);
  if (!cut && !hasAddresses(order)) return null;
  return order;
}

function hasAddresses({ kinds }: FieldOrder): boolean {
  const source = kinds.includes(FIELD_SOURCE) || kinds.includes(FIELD_PACKET_SOURCE);
  return source && (kinds.includes(FIELD_DESTINATION) || kinds.includes(FIELD_PACKET_DESTINATION));
}

/** Words of the fields `action`, `log-status` and `type`. */
export const ACCEPT: Uint8Array = ascii("ACCEPT");
export const REJECT: Uint8Array = ascii("REJECT");
export const NODATA: Uint8Array = ascii("NODATA");
export const SKIPDATA: Uint8Array = ascii("SKIPDATA");
export const OK: Uint8Array = ascii("OK");
export const EFA: Uint8Array = ascii("EFA");
export const INTERFACE: Uint8Array = ascii("eni-");
