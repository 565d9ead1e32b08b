/** IP addresses and networks as text and as words: the constructors that every room shares. */

/** An IPv4 address from its 32-bit integer: 0x0a000001 → "10.0.0.1". */
export function formatIPv4(word: number): string {
  // Joined, it is one piece of memory; a template would leave a tree of pieces.
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join(".");
}

/** An IPv6 address from four 32-bit words, in the form of RFC 5952. */
export function formatIPv6(a: number, b: number, c: number, d: number): string {
  const groups: number[] = [];
  for (const word of [a, b, c, d]) groups.push(word >>> 16, word & 0xffff);
  let bestStart = -1;
  let bestLength = 1; // RFC 5952 §4.2.2: a single zero group is not shortened
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
  }
  if (bestStart < 0) return groups.map((group) => group.toString(16)).join(":");
  const head = groups.slice(0, bestStart).map((group) => group.toString(16));
  const tail = groups.slice(bestStart + bestLength).map((group) => group.toString(16));
  return `${head.join(":")}::${tail.join(":")}`;
}

/** The 32-bit integer of a dotted quad, or null where the text is not one (no leading zeros, as in RFC 6943 §3.1.1's strict form). */
export function parseIPv4(text: string): number | null {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return null;
      word = word * 256 + octet;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return null;
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return null;
    } else return null;
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : null;
}

/** Four 32-bit words of an IPv6 address (RFC 4291 §2.2, embedded IPv4 included), or null. Zones are refused. */
export function parseIPv6(text: string): readonly [number, number, number, number] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  // An embedded IPv4 address is the end of the whole, not of what stands before "::"
  if (halves.length === 2 && halves[0]?.includes(".") === true) return null;
  const groupsOf = (part: string): number[] | null => {
    if (part === "") return [];
    const groups: number[] = [];
    const pieces = part.split(":");
    for (const [index, piece] of pieces.entries()) {
      if (piece.includes(".")) {
        const word = index === pieces.length - 1 ? parseIPv4(piece) : null;
        if (word === null) return null;
        groups.push(word >>> 16, word & 0xffff);
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(piece)) return null;
        groups.push(Number.parseInt(piece, 16));
      }
    }
    return groups;
  };
  const head = groupsOf(halves[0] ?? "");
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "") : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (at: number): number => (groups[at] ?? 0) * 65536 + (groups[at + 1] ?? 0);
  return [word(0), word(2), word(4), word(6)];
}

/** A 32-bit hash of an IPv6 address: what the `source` and `destination` columns hold for family 6. */
export function hashIPv6(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul((h ^ (h >>> 15) ^ b) | 0, 0xc2b2ae35);
  h = Math.imul((h ^ (h >>> 13) ^ c) | 0, 0x27d4eb2f);
  h = Math.imul((h ^ (h >>> 16) ^ d) | 0, 0x165667b1);
  return (h ^ (h >>> 15)) >>> 0;
}

/** A network in CIDR notation. IPv4 has its address in `words[3]` and `bits` 0–32; IPv6 has four words and `bits` 0–128. */
export interface Network {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
  readonly bits: number;
}

/** A network from "192.0.2.0/24", "2001:db8::/32" or a single address; host bits are cleared. Null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const suffix = slash < 0 ? null : text.slice(slash + 1);
  if (suffix !== null && !/^\d{1,3}$/.test(suffix)) return null;
  const word = parseIPv4(address);
  if (word !== null) {
    const bits = suffix === null ? 32 : Number(suffix);
    return bits > 32 ? null : { family: 4, words: [0, 0, 0, (word & mask32(bits)) >>> 0], bits };
  }
  const words = parseIPv6(address);
  if (words === null) return null;
  const bits = suffix === null ? 128 : Number(suffix);
  if (bits > 128) return null;
  const keep = (index: number): number => (words[index as 0 | 1 | 2 | 3] & mask32(bits - 32 * index)) >>> 0;
  return { family: 6, words: [keep(0), keep(1), keep(2), keep(3)], bits };
}

/** The network in CIDR notation; a single address prints without its length. */
export function formatNetwork(network: Network): string {
  const address = network.family === 4 ? formatIPv4(network.words[3]) : formatIPv6(...network.words);
  return network.bits === (network.family === 4 ? 32 : 128) ? address : `${address}/${network.bits}`;
}

/** Whether an IPv4 address lies in the network. */
export function containsIPv4(network: Network, word: number): boolean {
  return network.family === 4 && ((word ^ network.words[3]) & mask32(network.bits)) === 0;
}

/** Whether an IPv6 address lies in the network. */
export function containsIPv6(network: Network, a: number, b: number, c: number, d: number): boolean {
  if (network.family !== 6) return false;
  const { words, bits } = network;
  return (
    ((a ^ words[0]) & mask32(bits)) === 0 &&
    ((b ^ words[1]) & mask32(bits - 32)) === 0 &&
    ((c ^ words[2]) & mask32(bits - 64)) === 0 &&
    ((d ^ words[3]) & mask32(bits - 96)) === 0
  );
}

/** The network mask of `bits` leading ones in a 32-bit word, clamped to 0–32 (JavaScript shifts count modulo 32). */
function mask32(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff | 0 : (-1 << (32 - bits)) | 0;
}
