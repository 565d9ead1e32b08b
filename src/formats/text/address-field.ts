/** An address of either family read from text, ready to be put into a row. */
import { hashIPv6 } from "../../model/address.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { setDestination6, setSource6 } from "../record-row.ts";
import { parseIPv4At, parseIPv6At } from "./fields.ts";

const COLON = 58;
/** Longest text that is an address: eight groups, the last two as a dotted quad (RFC 4291 §2.2), with a zone. */
const LONGEST = 64;

/** The address read last. One object is reused for all. */
export class AddressField {
  /** 4 or 6; 0 where the text was no address. */
  family: 0 | 4 | 6 = 0;
  /** IPv4 as an unsigned 32-bit integer. */
  four = 0;
  /** IPv6 as four words. */
  readonly six: Uint32Array = new Uint32Array(4);

  /** Reads the address that fills `bytes[start, end)`; whether it was one. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.family = 0;
    if (end - start > LONGEST) return false;
    const four = parseIPv4At(bytes, start, end);
    if (four >= 0) {
      this.four = four;
      this.family = 4;
      return true;
    }
    let i = start;
    while (i < end && bytes[i] !== COLON) i++;
    if (i < end && parseIPv6At(bytes, start, end, this.six)) this.family = 6;
    return this.family !== 0;
  }

  asSource(batch: ObservationBatch, row: number): void {
    if (this.family === 6) setSource6(batch, row, this.six[0]!, this.six[1]!, this.six[2]!, this.six[3]!);
    else batch.source[row] = this.four;
  }

  asDestination(batch: ObservationBatch, row: number): void {
    if (this.family === 6) setDestination6(batch, row, this.six[0]!, this.six[1]!, this.six[2]!, this.six[3]!);
    else batch.destination[row] = this.four;
  }

  /** As the destination of the packet that an ICMP error quotes. */
  asQuoted(batch: ObservationBatch, row: number): void {
    if (this.family === 6) {
      batch.quotedDestination6.set(this.six, 4 * row);
      batch.quotedDestination[row] = hashIPv6(this.six[0]!, this.six[1]!, this.six[2]!, this.six[3]!);
    } else batch.quotedDestination[row] = this.four;
  }
}
