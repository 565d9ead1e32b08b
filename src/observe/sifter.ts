/**
 * The first half of observing: observations come down to rows for the tables, in blocks, entries sorted by the part of the table that they
 * go to. It needs no table itself, so it can run in the thread that decodes, while another fills the tables.
 */
import { BATCH_ROWS, type ObservationBatch } from "../model/observation.ts";
import { AddressNames, type AddressNamesState } from "./address-names.ts";
import { Classifier } from "./classify.ts";
import { BLOCK_OF_CONVERSATIONS, BLOCK_OF_PORT_ZERO, type BlockSink, type EntryBlock } from "./entry-block.ts";
import { EntrySorter, PARTS } from "./entry-sorter.ts";
import { flowRowsIn, putFlowRow } from "./flow-rows.ts";
import { settleTimes, timeExtremes } from "./plausible-times.ts";
import { seedOf } from "./placing-seed.ts";
import { PortZeroCounter, type PortZeroState } from "./port-zero.ts";
import { TimelineCounter, type TimelineState } from "./timeline.ts";

/** Blocks that a sifter fills at once: one a part of the table, one of port zero, one of conversations. */
export const SIFTER_BLOCKS = PARTS + 2;

/**
 * Share of the table of conversations, in rows, after which no entry is held back: whichever ends early for want of room has been idle for
 * longer, so that the SYN that opened it is known by then.
 */
const FLUSH_SHARE = 0.25;

/** What a sifter knows beside the blocks it hands on, as plain values that can be sent to a thread. */
export interface SifterState {
  readonly observations: number;
  readonly implausibleTimes: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly portZero: PortZeroState;
  readonly timeline: TimelineState;
  readonly names: AddressNamesState;
}

/** Sorts batches into blocks, and counts what needs no table. */
export class Sifter {
  observations = 0;
  /** Packets whose time was not plausible. */
  implausibleTimes = 0;
  firstSeen = Number.POSITIVE_INFINITY;
  lastSeen = Number.NEGATIVE_INFINITY;
  readonly portZero = new PortZeroCounter();
  readonly timeline = new TimelineCounter();
  readonly names = new AddressNames();
  readonly #entries: EntrySorter;
  readonly #portZeroEntries: EntrySorter;
  readonly #classifier: Classifier;
  readonly #sink: BlockSink;
  #conversations: EntryBlock;
  /** Rows of conversations after which all entries are handed on, and how many there were since. */
  readonly #flushAfter: number;
  #sinceFlush = 0;

  /**
   * @param flows slots of the table of conversations.
   * @param blocks SIFTER_BLOCKS empty ones. @param sink gets those that are full.
   */
  constructor(flows: number, blocks: readonly EntryBlock[], sink: BlockSink) {
    this.#sink = sink;
    this.#entries = new EntrySorter(sink, blocks.slice(0, PARTS), 0);
    this.#portZeroEntries = new EntrySorter(sink, blocks.slice(PARTS, PARTS + 1), 0, BLOCK_OF_PORT_ZERO);
    this.#conversations = blocks[PARTS + 1]!;
    this.#flushAfter = flows * FLUSH_SHARE;
    this.#classifier = new Classifier(BATCH_ROWS, this.#entries, this.#portZeroEntries, this.portZero, this.timeline);
  }

  /** Packets by protocol and kind. */
  get totals(): Readonly<Record<string, number>> {
    return this.#classifier.totals;
  }

  /** Takes in a batch of at most BATCH_ROWS rows, which it may change (implausible times). The rows are not kept. */
  sift(batch: ObservationBatch): void {
    if (batch.length === 0) return;
    if (this.observations === 0) this.#entries.seed = this.#portZeroEntries.seed = seedOf(batch);
    this.#noteTimes(batch);
    if (batch.family.subarray(0, batch.length).includes(6)) this.names.note(batch);
    this.#classifier.classify(batch);
    this.#addConversations(batch);
    this.observations += batch.length;
  }

  /** Hands on all that there is. */
  flush(): void {
    this.#entries.flush();
    this.#portZeroEntries.flush();
    this.#handOnConversations();
  }

  /** Takes in the counts of another. */
  take(state: SifterState): void {
    this.observations += state.observations;
    this.implausibleTimes += state.implausibleTimes;
    this.firstSeen = Math.min(this.firstSeen, state.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, state.lastSeen);
    this.#classifier.addTotals(state.totals);
    this.portZero.merge(state.portZero);
    this.timeline.merge(state.timeline);
    this.names.merge(state.names);
  }

  /** All but the blocks. */
  state(): SifterState {
    const { observations, implausibleTimes, firstSeen, lastSeen, totals } = this;
    return {
      observations,
      implausibleTimes,
      firstSeen,
      lastSeen,
      totals,
      portZero: this.portZero.state(),
      timeline: this.timeline.state(),
      names: this.names.state(),
    };
  }

  #addConversations(batch: ObservationBatch): void {
    const { flowRows, flowCount } = this.#classifier;
    const most = flowRowsIn(this.#conversations);
    for (let i = 0; i < flowCount; i++) {
      putFlowRow(this.#conversations, batch, flowRows[i]!);
      if (this.#conversations.length === most) this.#handOnConversations();
    }
    this.#sinceFlush += flowCount;
    if (this.#sinceFlush < this.#flushAfter) return;
    this.#entries.flush();
    this.#sinceFlush = 0;
  }

  #handOnConversations(): void {
    const block = this.#conversations;
    if (block.length === 0) return;
    block.content = BLOCK_OF_CONVERSATIONS;
    block.seed = this.#entries.seed;
    this.#conversations = this.#sink(block);
    this.#conversations.length = 0;
  }

  /** Extends the span. */
  #noteTimes(batch: ObservationBatch): void {
    this.implausibleTimes += settleTimes(batch);
    const [first, last] = timeExtremes(batch);
    if (first < this.firstSeen) this.firstSeen = first;
    if (last > this.lastSeen) this.lastSeen = last;
    this.timeline.fit(first, last);
  }
}
