/** What an input looks like that no format recognises, or that was read as one and mostly does not parse. */
import type { DecodeStats, Format } from "../formats/format.ts";
import { FORMATS } from "../formats/index.ts";
import { isParquet } from "../formats/parquet/metadata.ts";

/** Octets kept of an input's beginning, to tell what it is should it not parse. */
export const OPENING_BYTES = 4096;
/** Above this share of records that do not parse, the input is likely something else than was thought. */
const ODD_SHARE = 0.1;
const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

/** What an input looks like instead that was read as `format` and mostly did not parse; null where enough of it did. */
export function looksLike(
  opening: Uint8Array,
  format: Format,
  { unparsed, records }: Pick<DecodeStats, "unparsed" | "records">,
): string | null {
  if (unparsed <= ODD_SHARE * records) return null;
  const other = FORMATS.find((candidate) => candidate !== format && candidate.recognises(opening));
  return other === undefined ? appearance(opening) : `looks like ${other.title}`;
}

/** Why an input that begins with `head` cannot be read. */
export function unknownReason(head: Uint8Array): string {
  if (isParquet(head)) return "Parquet that Precursor did not write: say with --mapping FILE what its columns are (docs/mapping.md)";
  return `no format that Precursor reads: it ${appearance(head)} (precursor formats lists them; --input-format names one)`;
}

function appearance(head: Uint8Array): string {
  const isText = head.every((octet) => octet === 9 || octet === 10 || octet === 13 || octet === 27 || (octet >= 32 && octet !== 127));
  if (isText) {
    const first = head.find((octet) => octet > 32);
    if (first === OPENING_BRACE || first === OPENING_BRACKET) return "looks like JSON of another kind";
    return "looks like text of another kind";
  }
  const magic = [...head.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
  return `begins with ${magic}`;
}
