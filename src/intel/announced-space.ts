/** How many IPv4 addresses networks announce, from the lines of ip-location-db: "start,end,ASN,name". */
import { readFileSync } from "node:fs";
import { parseIPv4 } from "../model/address.ts";

/**
 * Sums the ranges of each ASN: ASN → addresses. Looks only at lines that hold its number, so that one costs a search through the file and
 * not its parsing. ASNs without a range, and a file that cannot be read, give nothing.
 */
export function announcedSpace(path: string, asns: readonly number[]): ReadonlyMap<number, number> {
  const space = new Map<number, number>();
  let octets: ReturnType<typeof readFileSync>;
  try {
    octets = readFileSync(path);
  } catch {
    return space;
  }
  for (const asn of new Set(asns)) {
    const mark = `,${asn},`;
    let sum = 0;
    for (let at = octets.indexOf(mark); at >= 0; at = octets.indexOf(mark, at + mark.length)) {
      const from = octets.lastIndexOf(10, at) + 1;
      // "start,end" is before it: a number within a name has more commas to its left.
      const [first, last, ...rest] = octets.toString("latin1", from, at).split(",");
      const start = parseIPv4(first ?? "");
      const end = parseIPv4(last ?? "");
      if (rest.length === 0 && start !== null && end !== null && end >= start) sum += end - start + 1;
    }
    if (sum > 0) space.set(asn, sum);
  }
  return space;
}
