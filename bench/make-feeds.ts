/** Feeds of the sizes and shapes of public ones: most entries single addresses, clustered in networks; some networks; a quarter IPv6. */

/** A feed as it would come: a line an entry. */
export interface IntelFeed {
  readonly id: string;
  readonly text: Uint8Array;
}

const FEEDS = 25;
/** Shares of all entries that are IPv6, and that are networks rather than addresses. */
const IPV6 = 0.25;
const NETWORKS = 0.05;

/** Numbers below 2³² (xorshift32): the same for the same seed. */
export function randomWords(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
}

/** A unicast address that is nobody's own: first octet 11 to 223, but for 127. */
export function randomIPv4(next: () => number): number {
  const top = 11 + (next() % 212);
  return (((top >= 127 ? top + 1 : top) << 24) | (next() >>> 8)) >>> 0;
}

/** First two words of an IPv6 /64 in one of some 30,000 allocations, as registries hand them out. */
export function randomSite(next: () => number): readonly [number, number] {
  const registry = [0x20010000, 0x24000000, 0x26000000, 0x28000000, 0x2a000000, 0x2c000000][next() % 6]!;
  return [(registry | ((next() % 5000) << 4)) >>> 0, (next() & 0x00ffffff) >>> 0];
}

/** Sizes halve from feed to feed, as those of public lists roughly do. */
export function makeFeeds(entries: number, seed: number): readonly IntelFeed[] {
  const next = randomWords(seed);
  const weights = Array.from({ length: FEEDS }, (_, i) => 0.75 ** i);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let left = entries;
  return weights.map((weight, i) => {
    const count = i === FEEDS - 1 ? left : Math.min(left, Math.floor((entries * weight) / all));
    left -= count;
    return { id: `feed-${i}`, text: linesOf(count, next) };
  });
}

function linesOf(count: number, next: () => number): Uint8Array {
  // The longest line: 39 octets of IPv6, its length, a newline
  const buffer = Buffer.alloc(44 * count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const isNetwork = next() / 2 ** 32 < NETWORKS;
    const line = next() / 2 ** 32 < IPV6 ? lineOf6(next, isNetwork) : lineOf4(next, isNetwork);
    at += buffer.write(line, at, "latin1");
  }
  return buffer.subarray(0, at);
}

function lineOf4(next: () => number, isNetwork: boolean): string {
  const word = randomIPv4(next);
  const quad = `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}`;
  return isNetwork ? `${quad}.0/24\n` : `${quad}.${word & 255}\n`;
}

function lineOf6(next: () => number, isNetwork: boolean): string {
  const [a, b] = randomSite(next);
  const prefix = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff].map((group) => group.toString(16)).join(":");
  return isNetwork ? `${prefix}::/64\n` : `${prefix}::${(next() & 0xffff).toString(16)}:${(next() & 0xffff).toString(16)}\n`;
}
