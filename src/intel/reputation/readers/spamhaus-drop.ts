/** Spamhaus DROP as text (https://www.spamhaus.org/drop/): "192.0.2.0/24 ; SBL123" a line, comments from ";", AS numbers in ASN-DROP. */
import { readAddresses } from "./addresses.ts";
import type { ReadingBuilder } from "./reading.ts";

/** The comment's "Last-Modified" is the date; the record's number behind ";" is not kept. */
export function readSpamhausDrop(bytes: Uint8Array, builder: ReadingBuilder): void {
  readAddresses(bytes, builder);
}
