/**
 * Lookup in a file of sorted address ranges ("start,end,value…" a line) without reading it whole: binary search over blocks of the file,
 * as `look(1)` does over lines, with the blocks last used kept.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parseIPv4, parseIPv6 } from "../model/address.ts";

/** Octets a block; a disk page, about 75 lines. */
const BLOCK_BYTES = 4096;
/** Octets read beyond a block so that its last line is whole. The longest line of the lists in use has 231. */
const OVERLAP_BYTES = 1024;
/** Octets of a block that a step of the search looks at: the rest of a line and the start of the next. */
const PROBE_BYTES = 256;
/** Blocks kept: about 1.3 MB. */
const CACHED_BLOCKS = 256;

/** Four words of an address; IPv4 stands in the last. */
type Words = readonly [number, number, number, number];

/** One open file of sorted, disjoint ranges of one family. */
export class RangeFile {
  readonly #descriptor: number;
  readonly #size: number;
  readonly #parse: (text: string) => Words | null;
  readonly #decoder = new TextDecoder();
  readonly #buffer = new Uint8Array(BLOCK_BYTES + OVERLAP_BYTES);
  /** First range start of the blocks that a search has met: one entry per 4 KiB of file at most. */
  readonly #starts = new Map<number, Words | null>();
  /** Lines that start in a block, by block number; insertion order is age. */
  readonly #blocks = new Map<number, readonly string[]>();

  /** @throws where the file cannot be opened. */
  constructor(path: string, family: 4 | 6) {
    this.#descriptor = openSync(path, "r");
    this.#size = fstatSync(this.#descriptor).size;
    this.#parse = family === 4 ? parseWord : parseIPv6;
  }

  /** What follows "start,end," in the line whose range holds the address (four words), or null. Lines that do not parse are passed over. */
  lookup(address: Words): string | null {
    const blocks = Math.ceil(this.#size / BLOCK_BYTES);
    let low = 0;
    let high = blocks;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#firstStart(middle, high);
      if (first !== null && compare(first, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : this.#scan(this.#lines(low - 1), address);
  }

  close(): void {
    closeSync(this.#descriptor);
    this.#blocks.clear();
    this.#starts.clear();
  }

  /** Start of the first readable range at or after a block and before `end`; null where there is none. */
  #firstStart(block: number, end: number): Words | null {
    for (let at = block; at < end; at++) {
      let start = this.#starts.get(at);
      if (start === undefined) {
        start = this.#startOf(at);
        this.#starts.set(at, start);
      }
      if (start !== null) return start;
    }
    return null;
  }

  /** Start of the first readable range in a block. A short read does, but for noise. */
  #startOf(block: number): Words | null {
    const [line] = this.#read(block, PROBE_BYTES);
    const start = line === undefined ? null : this.#parse(line.slice(0, line.indexOf(",")));
    if (start !== null) return start;
    for (const one of this.#lines(block)) {
      const later = this.#parse(one.slice(0, one.indexOf(",")));
      if (later !== null) return later;
    }
    return null;
  }

  #scan(lines: readonly string[], address: Words): string | null {
    for (let i = lines.length - 1; i >= 0; i--) {
      const line = lines[i] ?? "";
      const first = line.indexOf(",");
      const second = line.indexOf(",", first + 1);
      if (first < 0 || second < 0) continue;
      const start = this.#parse(line.slice(0, first));
      if (start === null || compare(start, address) > 0) continue;
      const end = this.#parse(line.slice(first + 1, second));
      return end !== null && compare(address, end) <= 0 ? line.slice(second + 1) : null;
    }
    return null;
  }

  #lines(block: number): readonly string[] {
    const kept = this.#blocks.get(block);
    if (kept !== undefined) {
      this.#blocks.delete(block);
      this.#blocks.set(block, kept);
      return kept;
    }
    const lines = this.#read(block, BLOCK_BYTES);
    if (this.#blocks.size >= CACHED_BLOCKS) {
      for (const oldest of this.#blocks.keys()) {
        this.#blocks.delete(oldest);
        break;
      }
    }
    this.#blocks.set(block, lines);
    return lines;
  }

  /** Lines that start in the block, as far as they start in its first `length` octets; the last may be cut where the octets end. */
  #read(block: number, length: number): readonly string[] {
    // One octet before the block tells whether a line starts exactly at its edge.
    const from = Math.max(0, block * BLOCK_BYTES - 1);
    const got = readSync(this.#descriptor, this.#buffer, 0, length + OVERLAP_BYTES, from);
    const bytes = this.#buffer.subarray(0, got);
    const first = block === 0 ? 0 : bytes.indexOf(10) + 1;
    const last = block * BLOCK_BYTES + length - from;
    if ((block > 0 && first === 0) || first >= last) return [];
    const end = bytes.indexOf(10, last - 1);
    return this.#decoder
      .decode(bytes.subarray(first, end < 0 ? got : end))
      .split("\n")
      .map((line) => line.trimEnd());
  }
}

function parseWord(text: string): Words | null {
  const word = parseIPv4(text);
  return word === null ? null : [0, 0, 0, word];
}

function compare(x: Words, y: Words): number {
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || x[3] - y[3];
}
