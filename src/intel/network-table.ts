/**
 * The most specific network that covers an address: networks flattened to disjoint sorted segments, found by binary search
 * (the representation that Linux' nft interval sets use, too).
 */
import { type Network, parseIPv4, parseIPv6 } from "../model/address.ts";

/** Value of a segment that no network covers. */
const UNCOVERED = -1;

/** An immutable map from networks to values. Memory is about 8 octets (IPv4) or 20 (IPv6) per segment; lookups allocate nothing. */
export class NetworkTable<Value> {
  readonly #values: Value[] = [];
  readonly #starts4: Uint32Array;
  readonly #indexes4: Int32Array;
  readonly #starts6: Uint32Array;
  readonly #indexes6: Int32Array;

  constructor(entries: Iterable<readonly [Network, Value]>) {
    const spans4: Span[] = [];
    const spans6: Span[] = [];
    for (const [network, value] of entries) {
      const index = this.#values.push(value) - 1;
      (network.family === 4 ? spans4 : spans6).push(spanOf(network, index));
    }
    const flat4 = flatten(spans4, 32n);
    const flat6 = flatten(spans6, 128n);
    this.#starts4 = Uint32Array.from(flat4, (segment) => Number(segment.start));
    this.#indexes4 = Int32Array.from(flat4, (segment) => segment.index);
    this.#starts6 = Uint32Array.from(flat6.flatMap((segment) => wordsOf(segment.start)));
    this.#indexes6 = Int32Array.from(flat6, (segment) => segment.index);
  }

  /** The value of the most specific network around the address (text), or null; null, too, for what is no address. */
  lookup(address: string): Value | null {
    const word = parseIPv4(address);
    if (word !== null) return this.lookupIPv4(word);
    const words = parseIPv6(address);
    return words === null ? null : this.lookupIPv6(words[0], words[1], words[2], words[3]);
  }

  lookupIPv4(word: number): Value | null {
    let low = 0;
    let high = this.#starts4.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts4[middle]! <= word) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : this.#valueAt(this.#indexes4[low - 1]!);
  }

  lookupIPv6(a: number, b: number, c: number, d: number): Value | null {
    const starts = this.#starts6;
    let low = 0;
    let high = this.#indexes6.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * 4;
      const difference = starts[at]! - a || starts[at + 1]! - b || starts[at + 2]! - c || starts[at + 3]! - d;
      if (difference <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : this.#valueAt(this.#indexes6[low - 1]!);
  }

  #valueAt(index: number): Value | null {
    return index === UNCOVERED ? null : (this.#values[index] ?? null);
  }
}

/** [start, end] of a network as integers, and the index of its value. */
interface Span {
  readonly start: bigint;
  readonly end: bigint;
  readonly index: number;
}
interface Segment {
  readonly start: bigint;
  readonly index: number;
}

function spanOf(network: Network, index: number): Span {
  const width = network.family === 4 ? 32 : 128;
  const start = network.words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return { start, end: start + (1n << BigInt(width - network.bits)) - 1n, index };
}

function wordsOf(value: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
}

/** Sweeps over nested networks. CIDR networks nest or are disjoint, so a stack of open ones is enough; of equal ones the last wins. */
function flatten(spans: readonly Span[], width: bigint): Segment[] {
  const sorted = spans.toSorted((x, y) => compare(x.start, y.start) || compare(y.end, x.end) || x.index - y.index);
  const segments: Segment[] = [];
  const open: Span[] = [];
  const emit = (start: bigint, index: number): void => {
    const last = segments.at(-1);
    if (last?.start === start) segments.pop();
    segments.push({ start, index });
  };
  const close = (span: Span): void => {
    open.pop();
    emit(span.end + 1n, open.at(-1)?.index ?? UNCOVERED);
  };
  for (const span of sorted) {
    for (const enclosing of open.toReversed()) if (enclosing.end < span.start) close(enclosing);
    emit(span.start, span.index);
    open.push(span);
  }
  for (const span of open.toReversed()) close(span);
  // The segment after the last address of the space has no room in the arrays, and is never asked for.
  return segments.filter(({ start }) => start >> width === 0n);
}

function compare(x: bigint, y: bigint): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
