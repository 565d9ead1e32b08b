/** How many IPv4 addresses networks announce, from the lines of ip-location-db: "start,end,ASN,name". */
import { closeSync, openSync, readSync } from "node:fs";
import { parseIPv4 } from "../model/address.ts";

/** Octets read at a time: the file is read in pieces, since it would be a twentieth of all memory that an assessment takes. */
const PIECE_BYTES = 1 << 20;
const NEWLINE = 10;

/**
 * Sums the ranges of each ASN: ASN → addresses. Looks only at lines that hold its number, so that one costs a search through the file and
 * not its parsing. ASNs without a range, and a file that cannot be read, give nothing.
 */
export function announcedSpace(path: string, asns: readonly number[]): ReadonlyMap<number, number> {
  const wanted = [...new Set(asns)].map((asn) => ({ asn, mark: `,${asn},`, sum: 0 }));
  try {
    eachPiece(path, (lines) => {
      for (const one of wanted) one.sum += sumIn(lines, one.mark);
    });
  } catch {
    return new Map();
  }
  return new Map(wanted.flatMap(({ asn, sum }) => (sum > 0 ? [[asn, sum] as const] : [])));
}

/** Addresses in the ranges of the lines that hold a mark. */
function sumIn(lines: Buffer, mark: string): number {
  let sum = 0;
  for (let at = lines.indexOf(mark); at >= 0; at = lines.indexOf(mark, at + mark.length)) {
    const from = lines.lastIndexOf(NEWLINE, at) + 1;
    // "start,end" is before it: a number within a name has more commas to its left.
    const [first, last, ...rest] = lines.toString("latin1", from, at).split(",");
    const start = parseIPv4(first ?? "");
    const end = parseIPv4(last ?? "");
    if (rest.length === 0 && start !== null && end !== null && end >= start) sum += end - start + 1;
  }
  return sum;
}

/** Visits a file in pieces of whole lines; a line longer than a piece is cut. The piece is valid until the visit returns. */
function eachPiece(path: string, visit: (lines: Buffer) => void): void {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    let held = 0;
    for (;;) {
      const read = readSync(file, buffer, held, PIECE_BYTES - held, null);
      const length = held + read;
      if (read === 0) {
        visit(buffer.subarray(0, length));
        return;
      }
      const newline = buffer.subarray(0, length).lastIndexOf(NEWLINE);
      const end = newline >= 0 ? newline + 1 : length === PIECE_BYTES ? length : 0;
      visit(buffer.subarray(0, end));
      buffer.copy(buffer, 0, end, length);
      held = length - end;
    }
  } finally {
    closeSync(file);
  }
}
