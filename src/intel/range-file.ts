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
/** Blocks kept: about 1.3 MB. The upper twelve levels of the search are among them. */
const CACHED_BLOCKS = 256;

/** Four words of an address; IPv4 stands in the last. */
type Words = readonly [number, number, number, number];

/** One open file of sorted, disjoint ranges of one family. */
export class RangeFile {
  readonly #descriptor: number;
  readonly #size: number;
  readonly #parse: (text: string) => Words | null;
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
  }

  /** Start of the first readable range at or after a block and before `end`; null where there is none. */
  #firstStart(block: number, end: number): Words | null {
    for (let at = block; at < end; at++) {
      for (const line of this.#lines(at)) {
        const start = this.#parse(line.slice(0, line.indexOf(",")));
        if (start !== null) return start;
      }
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
    const lines = this.#read(block);
    if (this.#blocks.size >= CACHED_BLOCKS) {
      for (const oldest of this.#blocks.keys()) {
        this.#blocks.delete(oldest);
        break;
      }
    }
    this.#blocks.set(block, lines);
    return lines;
  }

  #read(block: number): readonly string[] {
    // One octet before the block tells whether a line starts exactly at its edge.
    const from = Math.max(0, block * BLOCK_BYTES - 1);
    const buffer = new Uint8Array(BLOCK_BYTES + OVERLAP_BYTES);
    const length = readSync(this.#descriptor, buffer, 0, buffer.length, from);
    let at = block === 0 ? 0 : buffer.subarray(0, length).indexOf(10) + 1;
    if (block > 0 && at === 0) return [];
    const last = block * BLOCK_BYTES + BLOCK_BYTES - from;
    const lines: string[] = [];
    const decoder = new TextDecoder();
    while (at < Math.min(last, length)) {
      const newline = buffer.subarray(at, length).indexOf(10);
      const end = newline < 0 ? length : at + newline;
      lines.push(decoder.decode(buffer.subarray(at, end)).trimEnd());
      at = end + 1;
    }
    return lines;
  }
}

function parseWord(text: string): Words | null {
  const word = parseIPv4(text);
  return word === null ? null : [0, 0, 0, word];
}

function compare(x: Words, y: Words): number {
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || x[3] - y[3];
}
