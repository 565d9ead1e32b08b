/**
 * STIX 2.1 bundles and TAXII envelopes (OASIS): indicators whose pattern an address fulfils alone, and address objects. `revoked`,
 * `valid_from` and `valid_until` are honoured.
 */
import { parseJson, takeText } from "./json.ts";
import type { ReadingBuilder } from "./reading.ts";
import { parseStatedDate } from "./stated-date.ts";
import { addressesOfPattern } from "./stix-pattern.ts";

export function readStix(bytes: Uint8Array, builder: ReadingBuilder, now: number): void {
  const document = parseJson(bytes, builder);
  if (builder.refused !== null) return;
  const objects = Array.isArray(document) ? (document as unknown[]) : (document as { objects?: unknown } | null)?.objects;
  if (!Array.isArray(objects)) {
    // An empty bundle has no objects at all
    if ((document as { type?: unknown } | null)?.type !== "bundle") builder.refused = "has no objects: it is no STIX bundle";
    return;
  }
  for (const [number, value] of objects.entries()) {
    if (value === null || typeof value !== "object") builder.fault(number, null, "not an object");
    else takeObject(value as StixObject, number, builder, now);
  }
}

interface StixObject {
  readonly type?: unknown;
  readonly value?: unknown;
  readonly pattern?: unknown;
  readonly pattern_type?: unknown;
  readonly revoked?: unknown;
  readonly valid_from?: unknown;
  readonly valid_until?: unknown;
  readonly modified?: unknown;
}

function takeObject(object: StixObject, number: number, builder: ReadingBuilder, now: number): void {
  const modified = dateOf(object.modified);
  if (modified !== null) builder.dataDate = Math.max(builder.dataDate ?? 0, modified);
  const { type, value, pattern } = object;
  if (type === "ipv4-addr" || type === "ipv6-addr") {
    if (typeof value === "string") takeText(value, builder);
    else builder.fault(number, null, "an address object without a value");
    return;
  }
  if (type !== "indicator") {
    builder.foreign++;
    return;
  }
  if (object.revoked === true || !isValid(object, now)) {
    builder.passedOver++;
    return;
  }
  if (typeof pattern !== "string") {
    builder.fault(number, null, "an indicator without a pattern");
    return;
  }
  const isStix = object.pattern_type === undefined || object.pattern_type === "stix";
  const addresses = isStix ? addressesOfPattern(pattern) : null;
  if (addresses === null) builder.foreign++;
  else for (const address of addresses) takeText(address, builder);
}

/** A date that cannot be read bounds nothing. */
function isValid({ valid_from: from, valid_until: until }: StixObject, now: number): boolean {
  return (dateOf(from) ?? 0) <= now && now < (dateOf(until) ?? Infinity);
}

function dateOf(value: unknown): number | null {
  return typeof value === "string" ? parseStatedDate(value) : null;
}
