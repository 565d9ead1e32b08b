/** Which format an input is read as: the one that was named, the one that a mapping makes where it fits, or the one that recognises it. */
import type { Format } from "../formats/format.ts";
import { FORMATS, formatNamed, recogniseFormat } from "../formats/index.ts";
import { mappedFormat } from "../formats/mapped/mapped-format.ts";
import type { Mapping } from "../formats/mapped/mapping.ts";
import { UsageError } from "../model/errors.ts";

/** Name of the format that a mapping makes. */
const MAPPED = "mapped";

/** How inputs are read: plain values, that can be sent to a thread. */
export interface ReadOptions {
  /** Name of the format of all inputs; null to recognise each. */
  readonly format: string | null;
  /** What the columns of tables without a format of their own are, or null. Inputs that it does not fit are recognised as ever. */
  readonly mapping: Mapping | null;
}

/** The format of that name, or null for the one that a mapping makes. @throws UsageError where there is none. */
export function namedFormat(name: string): Format | null {
  if (name === MAPPED) return null;
  const format = formatNamed(name);
  if (format !== null) return format;
  throw new UsageError(`no input format '${name}': there are ${FORMATS.map((known) => known.name).join(", ")}, ${MAPPED}`);
}

/** Chooses formats for the inputs of a run. */
export class FormatChoice {
  /** The format of all inputs, where the user named one. */
  readonly named: Format | null;
  readonly #mapped: Format | null;

  /** @throws UsageError where there is no such format. */
  constructor({ format, mapping }: ReadOptions) {
    this.#mapped = mapping === null ? null : mappedFormat(MAPPED, mapping);
    this.named = format === null ? null : (namedFormat(format) ?? this.#mapped);
    if (format === MAPPED && mapping === null) throw new UsageError("--input-format mapped needs --mapping FILE");
  }

  /** The format of an input that begins with `head`, or null where none recognises it. */
  of(head: Uint8Array): Format | null {
    if (this.named !== null) return this.named;
    return this.#mapped?.recognises(head) === true ? this.#mapped : recogniseFormat(head);
  }
}
