/** JSON lines: one object a record, its members found where they stand. */
import {
  JSON_ABSENT,
  JSON_ARRAY,
  JSON_ESCAPED,
  JSON_NULL,
  JSON_NUMBER,
  JSON_OBJECT,
  JsonFields,
  type JsonPath,
} from "../text/json-fields.ts";
import { LineDecoder } from "../text/lines.ts";
import { MAPPED_FIELDS, type Mapping } from "./mapping.ts";
import { type MappedRecord, SKIP_NO_PACKETS } from "./record.ts";

/** Longest value with escapes in it that is read, octets. */
const MOST_TEXT = 256;

export class JsonLinesDecoder extends LineDecoder {
  readonly #record: MappedRecord;
  readonly #members: JsonFields;
  /** Fields of each slot: one member may be two things. */
  readonly #fields: readonly (readonly number[])[];
  readonly #text = new Uint8Array(MOST_TEXT);

  constructor(mapping: Mapping, record: MappedRecord) {
    super();
    this.#record = record;
    const slots = new Map<string, { readonly path: JsonPath; readonly fields: number[] }>();
    for (const [field, { place }] of mapping.fields) {
      if (place.kind !== "name" && place.kind !== "path") continue;
      const path = place.kind === "name" ? place.name : place.keys;
      const key = JSON.stringify(path);
      const slot = slots.get(key) ?? { path, fields: [] };
      slot.fields.push(MAPPED_FIELDS.indexOf(field));
      slots.set(key, slot);
    }
    this.#members = new JsonFields([...slots.values()].map(({ path }) => path));
    this.#fields = [...slots.values()].map(({ fields }) => fields);
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const fault = this.#members.scan(bytes, start, end) ?? this.#read(bytes);
    if (fault === SKIP_NO_PACKETS) this.stats.skip(fault);
    else if (fault !== null) this.fault(fault);
  }

  #read(bytes: Uint8Array): string | null {
    const record = this.#record;
    record.begin();
    for (let slot = 0; slot < this.#fields.length; slot++) {
      for (const field of this.#fields[slot]!) this.#take(field, slot, bytes);
    }
    return record.finish();
  }

  #take(field: number, slot: number, bytes: Uint8Array): void {
    const record = this.#record;
    const { kinds, starts, ends } = this.#members;
    const kind = kinds[slot];
    if (kind === JSON_ABSENT || kind === JSON_NULL || kind === JSON_OBJECT || kind === JSON_ARRAY) return;
    if (kind === JSON_NUMBER) record.number(field, this.#members.number(slot));
    else if (kind === JSON_ESCAPED) {
      const length = Math.min(this.#members.text(slot, this.#text), this.#text.length);
      record.text(field, this.#text, 0, length);
    } else record.text(field, bytes, starts[slot]!, ends[slot]!);
  }
}
