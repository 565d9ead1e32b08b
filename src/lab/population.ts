/** Addresses on the Internet at large: who scans, serves and is served. All are drawn; none means anybody. */
import type { Random } from "./random.ts";

/** First octets with no public unicast addresses, or too many special ones to bother (IANA IPv4 special-purpose registry). */
const AVOIDED = new Set([10, 100, 127, 169, 172, 192, 198, 203]);

/** An address in public unicast space whose last octet is neither 0 nor 255. */
export function publicAddress(random: Random): number {
  for (;;) {
    const first = random.integer(1, 223);
    if (AVOIDED.has(first)) continue;
    const rest = random.word() & 0xffff00;
    return (first * 0x1000000 + rest + random.integer(1, 254)) >>> 0;
  }
}

/** `count` different public addresses. */
export function publicAddresses(random: Random, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(publicAddress(random));
  return [...chosen];
}

/** An address in the /24 of `network`. */
export function neighbour(random: Random, network: number): number {
  return ((network & 0xffffff00) + random.integer(1, 254)) >>> 0;
}

/** An ephemeral port as today's stacks choose it. */
export function ephemeralPort(random: Random): number {
  return random.integer(32_768, 60_999);
}

/** The TTL that arrives when a host far away started at `initial`: 8 to 22 hops less. */
export function arrivingTtl(random: Random, initial: number): number {
  return initial - random.integer(8, 22);
}
