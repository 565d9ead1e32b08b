/** Observing: from batches of observations to {@link Activity}, in one thread or two. */
export { DEFAULT_LIMITS, Observer } from "./observer.ts";
export { BLOCK_ROWS, EntryBlock, makeBlocks } from "./entry-block.ts";
export { Sifter, SIFTER_BLOCKS, type SifterState } from "./sifter.ts";
