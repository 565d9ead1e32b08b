/**
 * Who spoke first between two ends, as far as that was lately: a fixed table in which a newer pair takes an older one's place. It tells an
 * answer from what nobody asked for; when it has forgotten, an answer is taken for an unasked one.
 */
import { mix32, mixPair } from "../../sketch/hash.ts";

/** Pairs remembered, a power of two: 1 MiB, which stays near the processor. */
const PLACES = 1 << 18;
/** Places in which a pair may be, newest first: a sixteen-octet piece of a line of memory. */
const WAYS = 4;

export const SPOKE_UNKNOWN = 0;
/** The sender of the packet in hand spoke first. */
export const SPOKE_SENDER = 1;
/** Its receiver did: the packet in hand is an answer. */
export const SPOKE_RECEIVER = 2;

export class RecentPairs {
  /** 30 bits of the pair's hash below a bit that is always set, and in the lowest bit which end spoke first. */
  readonly #places = new Uint32Array(PLACES);
  readonly #seed: number;

  /** @param seed that whoever sends packets does not know: he could aim pairs at each other's places. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Who spoke first. Ports are any numbers that tell conversations between two addresses apart. */
  first(from: number, fromPort: number, to: number, toPort: number, protocol: number): number {
    const sender = mixPair(from ^ this.#seed, fromPort);
    const receiver = mixPair(to ^ this.#seed, toPort);
    const signature = signatureOf(sender, receiver);
    const start = placeOf(sender, receiver, protocol);
    for (let place = start; place < start + WAYS; place++) {
      const there = this.#places[place]!;
      if ((there ^ signature) >>> 1 === 0) return there === signature ? SPOKE_SENDER : SPOKE_RECEIVER;
    }
    return SPOKE_UNKNOWN;
  }

  /** Remembers that `from` spoke first, whatever was known before. */
  open(from: number, fromPort: number, to: number, toPort: number, protocol: number): void {
    const sender = mixPair(from ^ this.#seed, fromPort);
    const receiver = mixPair(to ^ this.#seed, toPort);
    const signature = signatureOf(sender, receiver);
    const places = this.#places;
    const start = placeOf(sender, receiver, protocol);
    let place = start;
    // What stands where the pair was, or last, makes room; what is newer moves up behind it.
    while (place < start + WAYS - 1 && (places[place]! ^ signature) >>> 1 !== 0) place++;
    for (; place > start; place--) places[place] = places[place - 1]!;
    places[start] = signature;
  }
}

/** The same from either end. */
function placeOf(sender: number, receiver: number, protocol: number): number {
  return mix32(((sender + receiver) | 0) ^ protocol) & (PLACES - WAYS);
}

/** The same from either end, but for the lowest bit. Never 0, which is an empty place. */
function signatureOf(sender: number, receiver: number): number {
  return (((sender ^ receiver) & ~1) | 0x8000_0000 | (sender < receiver ? 1 : 0)) >>> 0;
}
