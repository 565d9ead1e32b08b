/** The networks of one feed in typed columns, each in CIDR form: 5 octets an IPv4 network, 17 an IPv6 one. */
import { formatIPv4, formatIPv6 } from "../../model/address.ts";

/** Networks that one feed may hold; further ones are counted in `refused`. The largest public lists have below two million. */
export const MAX_NETWORKS = 16 * 1024 * 1024;
/** Third word of an IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;

/** Growing columns of networks, host bits cleared, in the order of the feed, copies included. */
export class EntryColumns {
  count4 = 0;
  count6 = 0;
  /** Networks that found no room. */
  refused = 0;
  words4: Uint32Array = new Uint32Array(1024);
  bits4: Uint8Array = new Uint8Array(1024);
  /** Four words a network. */
  words6: Uint32Array = new Uint32Array(256);
  bits6: Uint8Array = new Uint8Array(64);
  readonly #most: number;

  constructor(most: number = MAX_NETWORKS) {
    this.#most = most;
  }

  get count(): number {
    return this.count4 + this.count6;
  }

  add4(word: number, bits: number): void {
    if (this.count >= this.#most) {
      this.refused++;
      return;
    }
    if (this.count4 === this.bits4.length) {
      this.words4 = grown(this.words4, new Uint32Array(2 * this.count4));
      this.bits4 = grown(this.bits4, new Uint8Array(2 * this.count4));
    }
    this.words4[this.count4] = word & maskOf(bits);
    this.bits4[this.count4++] = bits;
  }

  /** An IPv6 network; one of mapped IPv4 addresses is an IPv4 network. */
  add6(a: number, b: number, c: number, d: number, bits: number): void {
    if (a === 0 && b === 0 && c === MAPPED && bits >= 96) {
      this.add4(d, bits - 96);
      return;
    }
    if (this.count >= this.#most) {
      this.refused++;
      return;
    }
    if (this.count6 === this.bits6.length) {
      this.words6 = grown(this.words6, new Uint32Array(8 * this.count6));
      this.bits6 = grown(this.bits6, new Uint8Array(2 * this.count6));
    }
    const at = 4 * this.count6;
    this.words6[at] = a & maskOf(bits);
    this.words6[at + 1] = b & maskOf(bits - 32);
    this.words6[at + 2] = c & maskOf(bits - 64);
    this.words6[at + 3] = d & maskOf(bits - 96);
    this.bits6[this.count6++] = bits;
  }

  /** All networks as text, IPv4 first: for tests and for showing, not for work. */
  *networks(): Generator<string> {
    for (let i = 0; i < this.count4; i++) yield `${formatIPv4(this.words4[i]!)}/${this.bits4[i]!}`;
    for (let i = 0; i < this.count6; i++) {
      const [a = 0, b = 0, c = 0, d = 0] = this.words6.subarray(4 * i, 4 * i + 4);
      yield `${formatIPv6(a, b, c, d)}/${this.bits6[i]!}`;
    }
  }
}

/** The mask of `bits` leading ones in a 32-bit word, clamped to 0–32 (JavaScript shifts count modulo 32). */
export function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function grown<Column extends Uint32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
