/**
 * Autonomous systems of very many addresses: the ranges of ip-location-db whole in memory, where `network.ts` reads the file page by page.
 * History asks for every source of every interval; a report asks for a thousand.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseIPv4, parseIPv6 } from "../model/address.ts";

const PACKAGE = "@ip-location-db/asn";
/** Third word of an IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;
/** Networks that the last answers are kept for, a power of two. */
const KEPT = 1 << 16;

/** Sorted, disjoint ranges: of IPv4 the address, of IPv6 its upper two words, which is what networks are announced by. */
interface Ranges {
  readonly length: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly asns: Uint32Array;
}

/** Looks up addresses of four words, IPv4 as ::ffff:a.b.c.d. 0 where nobody announces it, or the package is missing. */
export class AsnTable {
  readonly #folder: string | null;
  #four: Ranges | null = null;
  #six: Ranges | null = null;
  /** The last answer for a /24 of IPv4, plus one; nobody announces less (RFC 7454 §6.1.3). */
  readonly #keptNetworks = new Uint32Array(KEPT);
  readonly #keptAsns = new Uint32Array(KEPT);

  /** @param folder of `asn-ipv4.csv` and `asn-ipv6.csv`; the installed package where not given. Read at the first address of each family. */
  constructor(folder: string | null = installedFolder()) {
    this.#folder = folder;
  }

  lookup(a: number, b: number, c: number, d: number): number {
    if (a !== 0 || b !== 0 || c !== MAPPED) {
      this.#six ??= this.#read("asn-ipv6.csv", upperHalf);
      return find(this.#six, a * 2 ** 32 + b);
    }
    const network = d >>> 8;
    const place = (network ^ (network >>> 8)) & (KEPT - 1);
    if (this.#keptNetworks[place] === network + 1) return this.#keptAsns[place]!;
    this.#four ??= this.#read("asn-ipv4.csv", parseIPv4);
    const asn = find(this.#four, d);
    this.#keptNetworks[place] = network + 1;
    this.#keptAsns[place] = asn;
    return asn;
  }

  #read(name: string, parse: (text: string) => number | null): Ranges {
    if (this.#folder === null) return parseRanges("", parse);
    try {
      return parseRanges(readFileSync(join(this.#folder, name), "latin1"), parse);
    } catch {
      return parseRanges("", parse);
    }
  }
}

/** Lines of "start,end,ASN,name", in order. Those that do not parse are passed over. */
function parseRanges(text: string, parse: (text: string) => number | null): Ranges {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  const starts = new Float64Array(lines + 1);
  const ends = new Float64Array(lines + 1);
  const asns = new Uint32Array(lines + 1);
  let length = 0;
  for (let from = 0; from < text.length;) {
    const to = text.indexOf("\n", from) < 0 ? text.length : text.indexOf("\n", from);
    const first = text.indexOf(",", from);
    const second = text.indexOf(",", first + 1);
    const third = text.indexOf(",", second + 1);
    const start = parse(text.slice(from, first));
    const end = parse(text.slice(first + 1, second));
    const asn = Number(text.slice(second + 1, third < 0 || third > to ? to : third));
    if (first >= 0 && second > first && second < to && start !== null && end !== null && asn > 0 && asn <= 0xffff_ffff) {
      starts[length] = start;
      ends[length] = end;
      asns[length++] = asn;
    }
    from = to + 1;
  }
  return { length, starts, ends, asns };
}

/** The upper 64 bits of an IPv6 address, as well as a number holds them: networks are told apart by fewer. */
function upperHalf(text: string): number | null {
  const words = parseIPv6(text);
  return words === null ? null : words[0] * 2 ** 32 + words[1];
}

function find({ length, starts, ends, asns }: Ranges, address: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address <= ends[low - 1]! ? asns[low - 1]! : 0;
}

function installedFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    return null;
  }
}
