/** Where the parts of a netfilter line end, found in its octets. */

const SPACE = 32;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;
/** `MAC=` and the 14 octets of an Ethernet header, as it nearly always is: the space behind it is this far on. */
export const ETHERNET_MAC = 4 + 41;
/** Offset of the first of the colons between them. */
const FIRST_MAC_COLON = 6;

export function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE) at++;
  return at;
}

/** Behind the bracket that closes the one at `start`, or the end. */
export function quoteEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  let depth = 1;
  while (at < end && depth > 0) {
    if (bytes[at] === OPEN) depth++;
    else if (bytes[at] === CLOSE) depth--;
    at++;
  }
  return at;
}

/** Whether fourteen octets follow `MAC=`, and no fewer: the fields behind a shorter one would be passed over. */
export function isEthernetHeader(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + ETHERNET_MAC >= end || bytes[at + ETHERNET_MAC] !== SPACE) return false;
  for (let colon = at + FIRST_MAC_COLON; colon < at + ETHERNET_MAC; colon += 3) if (bytes[colon] !== COLON) return false;
  return true;
}
