/** Observations in, activity out: bounded, independent of the order of packets, and mergeable. */
import type { Activity } from "../model/activity.ts";
import type { ObservationBatch } from "../model/observation.ts";
import { ObservedActivity } from "./activity-view.ts";
import { creditFlow } from "./conversations.ts";
import { BLOCK_OF_CONVERSATIONS, BLOCK_OF_PORT_ZERO, BLOCK_ROWS, type EntryBlock, makeBlocks } from "./entry-block.ts";
import { EntrySorter, PARTS } from "./entry-sorter.ts";
import { FlowTable } from "./flow-table.ts";
import { Sifter, SIFTER_BLOCKS, type SifterState } from "./sifter.ts";
import { SourceTable } from "./source-table.ts";

/** How much memory the tables may take, at most. */
export interface ObserverLimits {
  /** Slots of the table of sources, a power of two: 64 octets each. */
  readonly sources: number;
  /** Octets for contact sets. */
  readonly contactBytes: number;
  /** Slots of the table of conversations, a power of two: 64 octets each. */
  readonly flows: number;
}

/** 1.7 million address × class (128 MiB), 128 MiB of contacts, 400,000 conversations at once (32 MiB). */
export const DEFAULT_LIMITS: ObserverLimits = { sources: 1 << 21, contactBytes: 128 << 20, flows: 1 << 19 };

/** Sources of port-zero probes kept at once; port zero is rare, and a flood of it is told from its counts. */
const PORT_ZERO_LIMITS = { slots: 1 << 17, contactBytes: 16 << 20 };

/** Rows of blocks for what conversations come down to. */
const CREDIT_ROWS = 1024;

/**
 * Gathers activity from batches, or from the blocks of a sifter in another thread. One thread uses one observer; several are merged at
 * the end.
 */
export class Observer {
  readonly #sources: SourceTable;
  readonly #portZeroSources = new SourceTable(PORT_ZERO_LIMITS, 0);
  readonly #sifter: Sifter;
  /** Entries of conversations that ended. */
  readonly #credits: EntrySorter;
  readonly #flows: FlowTable;
  /** Whether the tables have their seed. */
  #isSeeded = false;

  constructor(limits: ObserverLimits = DEFAULT_LIMITS) {
    this.#sources = new SourceTable({ slots: limits.sources, contactBytes: limits.contactBytes }, 0);
    this.#sifter = new Sifter(limits.flows, makeBlocks(SIFTER_BLOCKS, BLOCK_ROWS), (block) => {
      this.take(block);
      return block;
    });
    this.#credits = new EntrySorter(
      (block) => {
        this.#sources.apply(block);
        return block;
      },
      makeBlocks(PARTS, CREDIT_ROWS),
      0,
    );
    this.#flows = new FlowTable(limits.flows, (flow) => creditFlow(flow, this.#sources, this.#credits));
  }

  get observations(): number {
    return this.#sifter.observations;
  }

  /** Packets whose time was not plausible. */
  get implausibleTimes(): number {
    return this.#sifter.implausibleTimes;
  }

  /** Takes in a batch of at most BATCH_ROWS rows, which it may change (implausible times). The rows are not kept. */
  observe(batch: ObservationBatch): void {
    this.#sifter.sift(batch);
  }

  /** Takes in a block of a sifter. The rows are not kept. */
  take(block: EntryBlock): void {
    if (!this.#isSeeded) this.#placeBy(block.seed);
    if (block.content === BLOCK_OF_CONVERSATIONS) {
      this.#flows.add(block);
      this.#credits.flush();
    } else (block.content === BLOCK_OF_PORT_ZERO ? this.#portZeroSources : this.#sources).apply(block);
  }

  /** Takes in the rest of what a sifter saw that has handed on all its blocks. */
  takeState(state: SifterState): void {
    this.#sifter.take(state);
  }

  /** Takes in all that another observer saw. The other must not be used afterwards. */
  merge(other: Observer): void {
    this.#sifter.flush();
    other.#sifter.flush();
    if (!this.#isSeeded) this.#placeBy(other.#credits.seed);
    this.#sources.merge(other.#sources);
    this.#portZeroSources.merge(other.#portZeroSources);
    this.#sifter.take(other.#sifter.state());
    this.#flows.merge(other.#flows);
    this.#credits.flush();
  }

  #placeBy(seed: number): void {
    this.#sources.placeBy(seed);
    this.#portZeroSources.placeBy(seed);
    this.#flows.placeBy(seed);
    this.#credits.seed = seed;
    this.#isSeeded = true;
  }

  /** Ends all conversations and returns what was seen. The observer must not be used afterwards. */
  finish(): Activity {
    const sifter = this.#sifter;
    sifter.flush();
    this.#flows.end();
    this.#credits.flush();
    const isEmpty = sifter.firstSeen > sifter.lastSeen;
    return new ObservedActivity({
      firstSeen: isEmpty ? null : sifter.firstSeen,
      lastSeen: isEmpty ? null : sifter.lastSeen,
      observations: sifter.observations,
      totals: new Map(Object.entries({ ...sifter.totals, "implausible-time": sifter.implausibleTimes })),
      sources: this.#sources,
      portZeroSources: this.#portZeroSources,
      portZero: sifter.portZero,
      timeline: sifter.timeline,
      names: sifter.names,
      forgottenFlows: this.#flows.endedEarly,
    });
  }
}
