/** Blocks of entries in shared memory: the sifting thread fills them, the observing thread empties them, and neither copies a row. */
import { BLOCK_ROWS, EntryBlock, makeBlocks, SIFTER_BLOCKS } from "../observe/index.ts";

/** Blocks in all: those that are being filled, and as many on their way as a pause of either thread takes. */
const BLOCKS = SIFTER_BLOCKS + 30;

/** Words of control: how many blocks were handed on and given back so far; then which, as two rings that cannot run over. */
const HANDED_ON = 0;
const GIVEN_BACK = 1;
const FIRST_HANDED_ON = 2;
/** Number, length, content and seed of a block that was handed on. */
const HANDED_ON_WORDS = 4;
/** One more than there are blocks: the end is handed on too. */
const PLACES = BLOCKS + 1;
const FIRST_GIVEN_BACK = FIRST_HANDED_ON + PLACES * HANDED_ON_WORDS;
const CONTROL_WORDS = FIRST_GIVEN_BACK + PLACES;
/** In the place of a block's number. */
const ENDED = -1;
/** How long a side sleeps before it looks whether the other is still there, milliseconds. */
const PATIENCE_MS = 200;

/** What one thread sends the other to share a ring. */
export interface BlockRingMemory {
  readonly rows: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

export function makeBlockRingMemory(): BlockRingMemory {
  return { rows: new SharedArrayBuffer(BLOCKS * EntryBlock.byteLength()), control: new SharedArrayBuffer(CONTROL_WORDS * 4) };
}

/** The sifting thread's side. */
export class BlockProducer {
  /** SIFTER_BLOCKS to fill first. */
  readonly first: readonly EntryBlock[];
  readonly #control: Int32Array;
  readonly #blocks: readonly EntryBlock[];
  readonly #spare: EntryBlock[];
  #handedOn = 0;
  #gotBack = 0;

  constructor(memory: BlockRingMemory) {
    this.#control = new Int32Array(memory.control);
    this.#blocks = makeBlocks(BLOCKS, BLOCK_ROWS, memory.rows);
    this.first = this.#blocks.slice(0, SIFTER_BLOCKS);
    this.#spare = this.#blocks.slice(SIFTER_BLOCKS);
  }

  /** Hands a block on and waits for an empty one. */
  handOn(block: EntryBlock): EntryBlock {
    this.#put(block.number, block.length, block.content, block.seed);
    const spare = this.#spare.pop();
    if (spare !== undefined) return spare;
    const control = this.#control;
    while (Atomics.load(control, GIVEN_BACK) === this.#gotBack) Atomics.wait(control, GIVEN_BACK, this.#gotBack, PATIENCE_MS);
    const empty = this.#blocks[control[FIRST_GIVEN_BACK + (this.#gotBack % PLACES)]!]!;
    this.#gotBack++;
    empty.length = 0;
    return empty;
  }

  end(): void {
    this.#put(ENDED, 0, 0, 0);
  }

  #put(number: number, length: number, content: number, seed: number): void {
    const control = this.#control;
    const at = FIRST_HANDED_ON + (this.#handedOn % PLACES) * HANDED_ON_WORDS;
    control[at] = number;
    control[at + 1] = length;
    control[at + 2] = content;
    control[at + 3] = seed;
    Atomics.store(control, HANDED_ON, ++this.#handedOn);
    Atomics.notify(control, HANDED_ON);
  }
}

/** The observing thread's side. */
export class BlockConsumer {
  readonly #control: Int32Array;
  readonly #blocks: readonly EntryBlock[];
  #taken = 0;
  #givenBack = 0;

  constructor(memory: BlockRingMemory) {
    this.#control = new Int32Array(memory.control);
    this.#blocks = makeBlocks(BLOCKS, BLOCK_ROWS, memory.rows);
  }

  /** The next full block; "ended" when there are no more; "waiting" where none came for a while. */
  take(): EntryBlock | "ended" | "waiting" {
    const control = this.#control;
    if (Atomics.load(control, HANDED_ON) === this.#taken) Atomics.wait(control, HANDED_ON, this.#taken, PATIENCE_MS);
    if (Atomics.load(control, HANDED_ON) === this.#taken) return "waiting";
    const at = FIRST_HANDED_ON + (this.#taken % PLACES) * HANDED_ON_WORDS;
    if (control[at] === ENDED) return "ended";
    this.#taken++;
    const block = this.#blocks[control[at]!]!;
    block.length = control[at + 1]!;
    block.content = control[at + 2]!;
    block.seed = control[at + 3]! >>> 0;
    return block;
  }

  /** Gives a block that was taken back to be filled. */
  giveBack(block: EntryBlock): void {
    const control = this.#control;
    control[FIRST_GIVEN_BACK + (this.#givenBack % PLACES)] = block.number;
    Atomics.store(control, GIVEN_BACK, ++this.#givenBack);
    Atomics.notify(control, GIVEN_BACK);
  }
}
