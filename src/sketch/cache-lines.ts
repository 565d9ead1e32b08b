/**
 * Memory whose slots are cache lines. A large array begins where the C library puts it: on Linux (glibc, musl) 16 octets behind a page, as
 * its own header comes first, so that slots of 64 octets would lie across two lines each, and a look at one would miss the cache twice.
 */

/** Octets of a cache line. */
const LINE = 64;
/** Octets that the allocator's header takes from the first line of a large piece. */
const HEADER = process.platform === "linux" ? 16 : 0;
const OFFSET = (LINE - HEADER) % LINE;

/** The same octets as words and as 64-bit floats, zeroed; large pieces begin at a cache line. `octets` is a multiple of 8. */
export function lineMemory(octets: number): { readonly words: Uint32Array<ArrayBuffer>; readonly times: Float64Array<ArrayBuffer> } {
  const memory = new ArrayBuffer(octets + OFFSET);
  return { words: new Uint32Array(memory, OFFSET, octets / 4), times: new Float64Array(memory, OFFSET, octets / 8) };
}
