/** Mappings for tests, written short. */
import { FIELD_DEFAULTS, type FieldMapping, type MappedField, type Mapping, type ValuePlace } from "./mapping.ts";

/** A column by its name or number, a path, or all that a field may say. */
export type Short = string | number | readonly string[] | (Partial<Omit<FieldMapping, "place">> & { readonly place: ValuePlace });

export function placeOf(short: string | number | readonly string[]): ValuePlace {
  if (typeof short === "string") return { kind: "name", name: short };
  return typeof short === "number" ? { kind: "number", number: short } : { kind: "path", keys: short };
}

export const constant = (text: string): ValuePlace => ({ kind: "constant", text });

export function mappingWith(fields: Partial<Record<MappedField, Short>>, rest: Partial<Omit<Mapping, "fields">> = {}): Mapping {
  const mapped = new Map<MappedField, FieldMapping>();
  for (const [name, short] of Object.entries(fields)) {
    const isWhole = typeof short === "object" && "place" in short;
    // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record of mapped fields
    mapped.set(name as MappedField, { ...FIELD_DEFAULTS, ...(isWhole ? short : { place: placeOf(short) }) });
  }
  return {
    records: "csv",
    separator: ",",
    hasHeader: true,
    comment: "",
    missing: ["-"],
    utcOffset: 0,
    record: "flow",
    grade: "unconfirmed",
    ...rest,
    fields: mapped,
  };
}
