/** Observations in, activity out: bounded, independent of the order of packets, and mergeable. */
import type { Activity } from "../model/activity.ts";
import type { ObservationBatch } from "../model/observation.ts";
import { BATCH_ROWS } from "../model/observation.ts";
import { ObservedActivity } from "./activity-view.ts";
import { AddressNames } from "./address-names.ts";
import { Classifier, ENTRIES_PER_ROW } from "./classify.ts";
import { ENTRIES_PER_FLOW, creditFlow } from "./conversations.ts";
import { EntryBatch } from "./entry-batch.ts";
import { FlowTable } from "./flow-table.ts";
import { settleTimes, timeExtremes } from "./plausible-times.ts";
import { PortZeroCounter } from "./port-zero.ts";
import { SourceTable } from "./source-table.ts";
import { TimelineCounter } from "./timeline.ts";

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

/** Gathers activity from batches. One thread uses one observer; several are merged at the end. */
export class Observer {
  observations = 0;
  /** Packets whose time was not plausible. */
  implausibleTimes = 0;
  #firstSeen = Number.POSITIVE_INFINITY;
  #lastSeen = Number.NEGATIVE_INFINITY;
  readonly #entries = new EntryBatch(BATCH_ROWS * ENTRIES_PER_ROW);
  readonly #portZeroEntries = new EntryBatch(BATCH_ROWS);
  readonly #sources: SourceTable;
  readonly #portZeroSources = new SourceTable(PORT_ZERO_LIMITS);
  readonly #flows: FlowTable;
  readonly #portZero = new PortZeroCounter();
  readonly #timeline = new TimelineCounter();
  readonly #names = new AddressNames();
  readonly #classifier: Classifier;

  constructor(limits: ObserverLimits = DEFAULT_LIMITS) {
    this.#sources = new SourceTable({ slots: limits.sources, contactBytes: limits.contactBytes });
    this.#flows = new FlowTable(limits.flows, (flow) => {
      creditFlow(flow, this.#sources, this.#entries);
      if (this.#entries.length > this.#entries.capacity - ENTRIES_PER_FLOW) this.#applyEntries();
    });
    this.#classifier = new Classifier(BATCH_ROWS, this.#entries, this.#portZeroEntries, this.#portZero, this.#timeline);
  }

  /** Takes in a batch of at most BATCH_ROWS rows, which it may change (implausible times). The rows are not kept. */
  observe(batch: ObservationBatch): void {
    if (batch.length === 0) return;
    this.#noteTimes(batch);
    if (batch.family.subarray(0, batch.length).includes(6)) this.#names.note(batch);
    this.#classifier.classify(batch);
    this.#applyEntries();
    if (this.#portZeroEntries.length > 0) {
      this.#portZeroSources.apply(this.#portZeroEntries);
      this.#portZeroEntries.length = 0;
    }
    this.#flows.add(batch, this.#classifier.flowRows, this.#classifier.flowCount);
    this.#applyEntries();
    this.observations += batch.length;
  }

  /** Takes in all that another observer saw. The other must not be used afterwards. */
  merge(other: Observer): void {
    this.observations += other.observations;
    this.implausibleTimes += other.implausibleTimes;
    this.#firstSeen = Math.min(this.#firstSeen, other.#firstSeen);
    this.#lastSeen = Math.max(this.#lastSeen, other.#lastSeen);
    for (const key of Object.keys(this.#classifier.totals) as (keyof Classifier["totals"])[]) {
      this.#classifier.totals[key] += other.#classifier.totals[key];
    }
    this.#sources.merge(other.#sources);
    this.#portZeroSources.merge(other.#portZeroSources);
    this.#portZero.merge(other.#portZero);
    this.#timeline.merge(other.#timeline);
    this.#names.merge(other.#names);
    this.#flows.merge(other.#flows);
    this.#applyEntries();
  }

  /** Ends all conversations and returns what was seen. The observer must not be used afterwards. */
  finish(): Activity {
    this.#flows.end();
    this.#applyEntries();
    return new ObservedActivity({
      firstSeen: this.#firstSeen > this.#lastSeen ? null : this.#firstSeen,
      lastSeen: this.#firstSeen > this.#lastSeen ? null : this.#lastSeen,
      observations: this.observations,
      totals: new Map(Object.entries({ ...this.#classifier.totals, "implausible-time": this.implausibleTimes })),
      sources: this.#sources,
      portZeroSources: this.#portZeroSources,
      portZero: this.#portZero,
      timeline: this.#timeline,
      names: this.#names,
      forgottenFlows: this.#flows.endedEarly,
    });
  }

  #applyEntries(): void {
    this.#sources.apply(this.#entries);
    this.#entries.length = 0;
  }

  /** Extends the span. */
  #noteTimes(batch: ObservationBatch): void {
    this.implausibleTimes += settleTimes(batch);
    const [first, last] = timeExtremes(batch);
    if (first < this.#firstSeen) this.#firstSeen = first;
    if (last > this.#lastSeen) this.#lastSeen = last;
    this.#timeline.fit(first, last);
  }
}
