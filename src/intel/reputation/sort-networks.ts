/** Order of IPv6 networks by first address, wider ones first: radix sort of their numbers, least significant digit first (stable). */

const DIGITS = 65_536;

/** The numbers of the networks in order; equal ones keep theirs. */
export function sortNetworks6(words: Uint32Array, bits: Uint8Array): Uint32Array {
  let from: Uint32Array = Uint32Array.from(bits.keys());
  let to: Uint32Array = new Uint32Array(bits.length);
  const places = new Uint32Array(DIGITS);
  const pass = (digitOf: (network: number) => number): void => {
    places.fill(0);
    for (let i = 0; i < from.length; i++) {
      const digit = digitOf(from[i]!);
      places[digit] = places[digit]! + 1;
    }
    // All alike: nothing to do, which is so for the low words of most networks
    if (from.length === 0 || places[digitOf(from[0]!)] === from.length) return;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = places[digit]!;
      places[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const network = from[i]!;
      const digit = digitOf(network);
      const place = places[digit]!;
      places[digit] = place + 1;
      to[place] = network;
    }
    [from, to] = [to, from];
  };
  pass((network) => bits[network]!);
  for (let word = 3; word >= 0; word--) {
    pass((network) => words[4 * network + word]! & 0xffff);
    pass((network) => words[4 * network + word]! >>> 16);
  }
  return from;
}
