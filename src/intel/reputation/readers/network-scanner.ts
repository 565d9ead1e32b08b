/** Addresses, networks and ranges read straight from octets of text, wherever they end: no string is made for any of them. */
import { type EntryColumns, maskOf } from "../entry-columns.ts";

const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const DASH = 45;
const SPACE = 32;
const TAB = 9;

/** A range wider than this is kept as the one network around it: the guards take either out, and its parts could slip past them. */
const WIDEST_RANGE_4 = 2 ** 24;
/** Leading bits that the ends of an IPv6 range must share for it to be cut into its parts; as above. */
const LEAST_COMMON_6 = 19;

/** What stands at a place that is no network, and why; `null` where there is nothing like one. */
export type ScanFault =
  | "an octet over 255"
  | "a leading zero, octal or decimal"
  | "an incomplete IPv4 address"
  | "an incomplete IPv6 address"
  | "a prefix length out of range"
  | "a netmask with holes"
  | "a range that ends before it begins"
  | "a range of two families"
  | null;

/** The scanner's answer to the last call. One object is reused for all. */
export class NetworkScanner {
  family: 4 | 6 = 4;
  /** IPv4 as an unsigned word. */
  word = 0;
  readonly six: Uint32Array = new Uint32Array(4);
  bits = 32;
  fault: ScanFault = null;
  /** Last address of a range; only where `isRange`. */
  isRange = false;
  lastWord = 0;
  readonly lastSix: Uint32Array = new Uint32Array(4);
  readonly #groups = new Uint16Array(8);

  /**
   * Reads "a", "a/n", "a/netmask" or "a-b" at `bytes[at…end)`. Returns the offset behind it, or -1 with `fault`. What follows must not go
   * on with the text of a name: "192.0.2.1.example" is none.
   */
  scan(bytes: Uint8Array, at: number, end: number): number {
    this.isRange = false;
    let next = this.address(bytes, at, end);
    if (next < 0) return -1;
    const whole = this.family === 4 ? 32 : 128;
    this.bits = whole;
    const code = next < end ? bytes[next]! : 0;
    if (code === SLASH) {
      next = this.#prefix(bytes, next + 1, end, whole);
      if (next < 0) return -1;
    } else if (code === DASH || code === SPACE || code === TAB) {
      const after = this.#range(bytes, next, end);
      if (after === -2) return -1;
      if (after >= 0) next = after;
    }
    return next < end && isNameOctet(bytes[next]!) ? this.#fail(null) : next;
  }

  /** Reads one address, without what may follow it. */
  address(bytes: Uint8Array, at: number, end: number): number {
    this.fault = null;
    const first = at < end ? bytes[at]! : 0;
    if (first === COLON) return this.#address6(bytes, at, end);
    if (!isHex(first)) return -1;
    // A colon before the first dot, within one group, makes it IPv6
    for (let i = at + 1; i < at + 5 && i < end; i++) {
      const code = bytes[i]!;
      if (code === COLON) return this.#address6(bytes, at, end);
      if (code === DOT) break;
      if (!isHex(code)) break;
    }
    return this.#address4(bytes, at, end);
  }

  /** Adds what was read last to the columns; returns whether the range had ends in order. */
  addTo(columns: EntryColumns): void {
    if (!this.isRange) {
      if (this.family === 4) columns.add4(this.word, this.bits);
      else columns.add6(this.six[0]!, this.six[1]!, this.six[2]!, this.six[3]!, this.bits);
    } else if (this.family === 4) addRange4(columns, this.word, this.lastWord);
    else addRange6(columns, this.six, this.lastSix);
  }

  #fail(fault: ScanFault): -1 {
    this.fault = fault;
    return -1;
  }

  #address4(bytes: Uint8Array, at: number, end: number): number {
    let word = 0;
    let i = at;
    for (let part = 0; part < 4; part++) {
      if (part > 0) {
        if (i >= end || bytes[i] !== DOT) return this.#fail(part > 1 ? "an incomplete IPv4 address" : null);
        i++;
      }
      const start = i;
      let octet = 0;
      while (i < end) {
        const digit = bytes[i]! - ZERO;
        if (digit < 0 || digit > 9) break;
        octet = octet * 10 + digit;
        if (++i - start > 3) break;
      }
      if (i === start) return this.#fail(part > 1 ? "an incomplete IPv4 address" : null);
      if (octet > 255) return this.#fail(part === 0 ? null : "an octet over 255");
      if (i - start > 1 && bytes[start] === ZERO) return this.#fail(part === 0 ? null : "a leading zero, octal or decimal");
      word = word * 256 + octet;
    }
    this.family = 4;
    this.word = word;
    return i;
  }

  #address6(bytes: Uint8Array, at: number, end: number): number {
    const groups = this.#groups;
    let count = 0;
    let gap = -1;
    let i = at;
    if (i + 1 < end && bytes[i] === COLON && bytes[i + 1] === COLON) {
      gap = 0;
      i += 2;
    }
    while (i < end && count < 8) {
      const start = i;
      let value = 0;
      while (i < end && i - start < 4 && isHex(bytes[i]!)) value = value * 16 + hexValue(bytes[i++]!);
      if (i === start) break;
      if (i < end && bytes[i] === DOT) {
        // An embedded dotted quad is the end
        const next = count <= 6 ? this.#address4(bytes, start, end) : -1;
        if (next < 0) return this.#fail("an incomplete IPv6 address");
        groups[count++] = this.word >>> 16;
        groups[count++] = this.word & 0xffff;
        i = next;
        break;
      }
      groups[count++] = value;
      if (i >= end || bytes[i] !== COLON) break;
      if (i + 1 < end && bytes[i + 1] === COLON) {
        if (gap >= 0) return this.#fail("an incomplete IPv6 address");
        gap = count;
        i += 2;
      } else {
        // A colon that no group follows
        if (i + 1 >= end || !isHex(bytes[i + 1]!)) return this.#fail(null);
        i++;
      }
    }
    if (gap < 0 ? count !== 8 : count > 7) return this.#fail(gap < 0 && count < 3 ? null : "an incomplete IPv6 address");
    if (i < end && (isHex(bytes[i]!) || bytes[i] === COLON)) return this.#fail("an incomplete IPv6 address");
    const missing = gap < 0 ? 0 : 8 - count;
    for (let to = 0; to < 4; to++) {
      const high = groupAt(groups, 2 * to, gap, missing);
      this.six[to] = (high << 16) | groupAt(groups, 2 * to + 1, gap, missing);
    }
    this.family = 6;
    return i;
  }

  /** A prefix length, or an IPv4 netmask. */
  #prefix(bytes: Uint8Array, at: number, end: number, whole: number): number {
    let bits = 0;
    let i = at;
    while (i < end && i - at < 3 && bytes[i]! >= ZERO && bytes[i]! <= 57) bits = bits * 10 + bytes[i++]! - ZERO;
    if (i === at) return this.#fail("a prefix length out of range");
    if (this.family === 4 && i < end && bytes[i] === DOT) {
      const address = this.word;
      const next = this.#address4(bytes, at, end);
      const mask = this.word;
      this.word = address;
      if (next < 0) return this.#fail("a prefix length out of range");
      const holes = ~mask >>> 0;
      if ((holes & (holes + 1)) !== 0) return this.#fail("a netmask with holes");
      this.bits = Math.clz32(holes);
      return next;
    }
    if (bits > whole) return this.#fail("a prefix length out of range");
    this.bits = bits;
    return i;
  }

  /** " - b" behind an address: the offset behind it, -1 where no range follows, -2 where one is wrong. */
  #range(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
    if (i >= end || bytes[i] !== DASH) return -1;
    i++;
    while (i < end && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
    const code = i < end ? bytes[i]! : 0;
    if (!isHex(code) && code !== COLON) return -1;
    const { family, word } = this;
    const [a = 0, b = 0, c = 0, d = 0] = family === 6 ? this.six : [];
    const next = this.address(bytes, i, end);
    const isSame = next >= 0 && this.family === family;
    const wasRead = next >= 0;
    this.lastWord = this.word;
    this.lastSix.set(this.six);
    this.family = family;
    this.word = word;
    if (family === 6) this.six.set([a, b, c, d]);
    if (!wasRead) {
      this.fault = null;
      return -1;
    }
    if (!isSame) {
      this.fault = "a range of two families";
      return -2;
    }
    if (family === 4 ? this.lastWord < word : compare6(this.six, this.lastSix) > 0) {
      this.fault = "a range that ends before it begins";
      return -2;
    }
    this.isRange = true;
    return next;
  }
}

/** The fewest networks that make up the range; the network around it where it is wider than the guards let pass. */
export function addRange4(columns: EntryColumns, first: number, last: number): void {
  if (last - first + 1 > WIDEST_RANGE_4) {
    columns.add4(first, Math.clz32(first ^ last));
    return;
  }
  let at = first;
  while (at <= last) {
    // The largest block that is aligned here and ends within the range
    let size = at === 0 ? WIDEST_RANGE_4 : Math.min(WIDEST_RANGE_4, (at & -at) >>> 0);
    while (size > last - at + 1) size /= 2;
    columns.add4(at, Math.clz32(size) + 1);
    at += size;
  }
}

function addRange6(columns: EntryColumns, first: Uint32Array, last: Uint32Array): void {
  const common = commonBits(first, last);
  if (common < LEAST_COMMON_6) {
    columns.add6(first[0]!, first[1]!, first[2]!, first[3]!, common);
    return;
  }
  const at = Uint32Array.from(first);
  const end = new Uint32Array(4);
  for (;;) {
    let bits = 128;
    // Widen while the address stays aligned and the end stays within
    while (bits > 0) {
      const wider = bits - 1;
      if ((at[wider >>> 5]! >>> (31 - (wider & 31))) & 1) break;
      endOf(at, wider, end);
      if (compare6(end, last) > 0) break;
      bits = wider;
    }
    columns.add6(at[0]!, at[1]!, at[2]!, at[3]!, bits);
    endOf(at, bits, end);
    if (compare6(end, last) >= 0) return;
    at.set(end);
    for (let word = 3; word >= 0; word--) {
      at[word] = at[word]! + 1;
      if (at[word] !== 0) break;
    }
  }
}

function endOf(start: Uint32Array, bits: number, into: Uint32Array): void {
  for (let word = 0; word < 4; word++) into[word] = start[word]! | ~maskOf(bits - 32 * word);
}

/** Below, at or above zero as four words come before, equal or come after four others. */
export function compare6(x: Uint32Array, y: Uint32Array): number {
  return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]! || x[3]! - y[3]!;
}

function commonBits(x: Uint32Array, y: Uint32Array): number {
  for (let word = 0; word < 4; word++) if (x[word] !== y[word]) return 32 * word + Math.clz32(x[word]! ^ y[word]!);
  return 128;
}

function groupAt(groups: Uint16Array, index: number, gap: number, missing: number): number {
  if (gap < 0 || index < gap) return groups[index]!;
  return index < gap + missing ? 0 : groups[index - missing]!;
}

export function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function hexValue(code: number): number {
  return code <= 57 ? code - 48 : (code | 0x20) - 87;
}

/** Letters, digits, "_", "-", "." and "%": an address that such a one follows is part of a name. A full stop at the end of a text is not. */
function isNameOctet(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    ((code | 0x20) >= 97 && (code | 0x20) <= 122) ||
    code === 95 ||
    code === DASH ||
    code === DOT ||
    code === 37
  );
}
