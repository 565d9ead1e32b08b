/**
 * The first half of observing: observations come down to entries in blocks, sorted by the part of the tables that they go to. It needs no
 * table of sources, so it can run in the thread that decodes, while another fills the tables.
 */
import { BATCH_ROWS, type ObservationBatch } from "../model/observation.ts";
import { PROTOCOL_TCP } from "../model/protocol.ts";
import { AddressNames, type AddressNamesState } from "./address-names.ts";
import { Classifier } from "./classify.ts";
import { creditOther } from "./conversations.ts";
import { BLOCK_OF_CONVERSATIONS, BLOCK_OF_PORT_ZERO, type BlockSink, type EntryBlock } from "./entry-block.ts";
import { EntrySorter, PARTS } from "./entry-sorter.ts";
import { FLOW_WORDS, FlowTable } from "./flow-table.ts";
import { settleTimes, timeExtremes } from "./plausible-times.ts";
import { PortZeroCounter, type PortZeroState } from "./port-zero.ts";
import { TimelineCounter, type TimelineState } from "./timeline.ts";

/** Blocks that a sifter fills at once: one a part of the table, one of port zero, one of conversations. */
export const SIFTER_BLOCKS = PARTS + 2;

/** What a sifter knows beside the blocks it hands on, as plain values that can be sent to a thread. */
export interface SifterState {
  readonly observations: number;
  readonly implausibleTimes: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly endedEarly: number;
  readonly portZero: PortZeroState;
  readonly timeline: TimelineState;
  readonly names: AddressNamesState;
}

/** Sorts batches into blocks of entries, keeps conversations until they end, and counts what needs no table. */
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
  readonly #flows: FlowTable;
  readonly #classifier: Classifier;
  readonly #sink: BlockSink;
  /** TCP conversations that ended: the table of sources tells who opened them. */
  #ended: EntryBlock;
  #endedEarly = 0;

  /**
   * @param flows slots of the table of conversations. @param seed of the tables that the blocks go to.
   * @param blocks SIFTER_BLOCKS empty ones. @param sink gets those that are full.
   */
  constructor(flows: number, seed: number, blocks: readonly EntryBlock[], sink: BlockSink) {
    this.#sink = sink;
    this.#entries = new EntrySorter(sink, blocks.slice(0, PARTS), seed);
    this.#portZeroEntries = new EntrySorter(sink, blocks.slice(PARTS, PARTS + 1), seed, BLOCK_OF_PORT_ZERO);
    this.#ended = blocks[PARTS + 1]!;
    this.#flows = new FlowTable(flows, (flow, words, at) => {
      if (flow.protocol === PROTOCOL_TCP) this.#keepEnded(words, at);
      else creditOther(flow, this.#entries);
    });
    this.#classifier = new Classifier(BATCH_ROWS, this.#entries, this.#portZeroEntries, this.portZero, this.timeline);
  }

  /** Packets by protocol and kind. */
  get totals(): Readonly<Record<string, number>> {
    return this.#classifier.totals;
  }

  /** Conversations that were ended because their table was full. */
  get endedEarly(): number {
    return this.#endedEarly + this.#flows.endedEarly;
  }

  /** Takes in a batch of at most BATCH_ROWS rows, which it may change (implausible times). The rows are not kept. */
  sift(batch: ObservationBatch): void {
    if (batch.length === 0) return;
    this.#noteTimes(batch);
    if (batch.family.subarray(0, batch.length).includes(6)) this.names.note(batch);
    this.#classifier.classify(batch);
    this.#flows.add(batch, this.#classifier.flowRows, this.#classifier.flowCount);
    this.observations += batch.length;
  }

  /** Hands on all entries that there are. Conversations go on. */
  flush(): void {
    this.#entries.flush();
    this.#portZeroEntries.flush();
    this.#handOnEnded();
  }

  /** Ends all conversations, and hands on all that there is. */
  end(): void {
    this.#flows.end();
    this.flush();
  }

  /** Takes in another's conversations and counts. The other must have been flushed, and not be used afterwards. */
  merge(other: Sifter): void {
    this.take(other.state());
    this.#endedEarly -= other.#flows.endedEarly;
    this.#flows.merge(other.#flows);
  }

  /** Takes in the counts of another whose conversations have ended. */
  take(state: SifterState): void {
    this.observations += state.observations;
    this.implausibleTimes += state.implausibleTimes;
    this.firstSeen = Math.min(this.firstSeen, state.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, state.lastSeen);
    this.#classifier.addTotals(state.totals);
    this.#endedEarly += state.endedEarly;
    this.portZero.merge(state.portZero);
    this.timeline.merge(state.timeline);
    this.names.merge(state.names);
  }

  /** All but the blocks and the conversations. */
  state(): SifterState {
    const { observations, implausibleTimes, firstSeen, lastSeen, totals, endedEarly } = this;
    return {
      observations,
      implausibleTimes,
      firstSeen,
      lastSeen,
      totals,
      endedEarly,
      portZero: this.portZero.state(),
      timeline: this.timeline.state(),
      names: this.names.state(),
    };
  }

  #keepEnded(words: Uint32Array, at: number): void {
    const ended = this.#ended;
    const to = ended.length++ * FLOW_WORDS;
    for (let word = 0; word < FLOW_WORDS; word++) ended.words[to + word] = words[at + word]!;
    if ((ended.length + 1) * FLOW_WORDS <= ended.words.length) return;
    // Who opened a conversation may stand in entries that have not been handed on.
    this.#entries.flush();
    this.#handOnEnded();
  }

  #handOnEnded(): void {
    const ended = this.#ended;
    if (ended.length === 0) return;
    ended.content = BLOCK_OF_CONVERSATIONS;
    this.#ended = this.#sink(ended);
    this.#ended.length = 0;
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
