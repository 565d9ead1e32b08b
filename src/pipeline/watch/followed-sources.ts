/**
 * How the top sources of open incidents behave, while they are open: tools' marks, odd packets, completed exchanges. History keeps none of
 * these, so that a watch looks at the packets of those few sources itself, and at nothing of the others: one look into a small set a packet,
 * and none while no incident is open.
 */
import { mannersOf } from "../../detect/index.ts";
import { RowCopier } from "../../formats/observations/copy-rows.ts";
import { CLASS_SYN, OUTCOME_COMPLETED, OUTCOME_DATA, type Activity } from "../../model/activity.ts";
import { hashIPv6, parseIPv4, parseIPv6 } from "../../model/address.ts";
import type { Manners } from "../../model/manners.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { Observer } from "../../observe/index.ts";
import { WordSet } from "../../sketch/word-set.ts";

/** Sources that are followed at once; of further ones nothing is known, as of all others. */
const MOST_FOLLOWED = 1024;
/** Packets of followed sources that are looked at between two judgements; further ones are counted and left out. */
const MOST_PACKETS = 4_000_000;
/** At most 4 MiB of slots, 8 MiB of contacts and 1 MiB of conversations: a thousand sources and whom they talk with. */
const LIMITS = { sources: 1 << 16, contactBytes: 8 << 20, flows: 1 << 14 };

export class FollowedSources {
  /** By address, the incidents that it is followed for, and what it was seen to do so far; null where nothing yet. */
  readonly #followed = new Map<string, { readonly incidents: Set<string>; manners: Manners | null }>();
  /** Addresses, and hashes of IPv6 addresses: of a mix-up some packets are looked at in vain. */
  #words = new WordSet();
  #observer: Observer | null = null;
  #packets = 0;
  #leftOut = 0;
  readonly #most: number;
  readonly #batch = new ObservationBatch();
  readonly #copiers = new WeakMap<ObservationBatch, RowCopier>();

  constructor(most: number = MOST_PACKETS) {
    this.#most = most;
  }

  /** Packets since the last judgement that were too many to be looked at. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get size(): number {
    return this.#followed.size;
  }

  /** Follows sources for an incident; those of before that are not among them no longer. */
  follow(incident: string, addresses: readonly string[]): void {
    this.#gather();
    for (const { incidents } of this.#followed.values()) incidents.delete(incident);
    for (const address of addresses) {
      const known = this.#followed.get(address);
      if (known !== undefined) known.incidents.add(incident);
      else if (this.#followed.size < MOST_FOLLOWED) this.#followed.set(address, { incidents: new Set([incident]), manners: null });
    }
    this.#renew();
  }

  /** Ends it for all incidents but these, with what was known of their sources. */
  keepOnly(open: ReadonlySet<string>): void {
    if (this.#followed.size === 0) return;
    for (const { incidents } of this.#followed.values())
      for (const incident of incidents) if (!open.has(incident)) incidents.delete(incident);
    this.#renew();
  }

  /** Looks at the rows of a batch that come from, or go to, those who are followed. The batch stays as it is. */
  observe(batch: ObservationBatch): void {
    if (this.#words.size === 0) return;
    const { source, destination } = batch;
    let copier: RowCopier | null = null;
    for (let row = 0; row < batch.length; row++) {
      if (!this.#words.has(source[row]!) && !this.#words.has(destination[row]!)) continue;
      if (this.#packets + this.#batch.length >= this.#most) {
        this.#leftOut++;
        continue;
      }
      copier ??= this.#copierOf(batch);
      copier.append(this.#batch, row, 1);
      if (this.#batch.length === this.#batch.capacity) this.#take();
    }
  }

  /** What is known of a source's manners; null where it is not followed, or was not seen since it is. */
  mannersOf(address: string): Manners | null {
    this.#gather();
    return this.#followed.get(address)?.manners ?? null;
  }

  #copierOf(batch: ObservationBatch): RowCopier {
    const known = this.#copiers.get(batch);
    if (known !== undefined) return known;
    const copier = new RowCopier(batch);
    this.#copiers.set(batch, copier);
    return copier;
  }

  #take(): void {
    this.#observer ??= new Observer(LIMITS);
    this.#packets += this.#batch.length;
    this.#observer.observe(this.#batch);
    this.#batch.length = 0;
  }

  /** Adds what was seen since the last time to what is known. */
  #gather(): void {
    if (this.#batch.length > 0) this.#take();
    const activity = this.#observer?.finish() ?? null;
    this.#observer = null;
    this.#packets = 0;
    this.#leftOut = 0;
    if (activity === null) return;
    for (const [address, followed] of this.#followed) {
      const seen = seenManners(activity, address);
      if (seen !== null) followed.manners = followed.manners === null ? seen : joined(followed.manners, seen);
    }
  }

  #renew(): void {
    this.#words = new WordSet();
    for (const [address, { incidents }] of this.#followed) {
      if (incidents.size === 0) {
        this.#followed.delete(address);
        continue;
      }
      const words = parseIPv6(address);
      const word = parseIPv4(address) ?? (words === null ? null : hashIPv6(...words));
      if (word !== null) this.#words.add(word);
    }
  }
}

/** Null where it was not seen. */
function seenManners(activity: Activity, address: string): Manners | null {
  let wasSeen = false;
  let completed = false;
  activity.visitAddress(address, (source) => {
    wasSeen = true;
    if (source.trafficClass !== CLASS_SYN) return;
    const { length, outcome } = source.contacts();
    for (let at = 0; at < length && !completed; at++) completed = (outcome[at]! & (OUTCOME_COMPLETED | OUTCOME_DATA)) !== 0;
  });
  return wasSeen ? mannersOf(activity, address, !completed) : null;
}

/** One that has got an answer once is real; the same thing beyond scanning is told as it was first. */
function joined(before: Manners, now: Manners): Manners {
  const tools = new Map(before.tools);
  for (const [tool, packets] of now.tools) tools.set(tool, (tools.get(tool) ?? 0) + packets);
  return {
    spoofable: before.spoofable && now.spoofable,
    tools,
    beyond: [...before.beyond, ...now.beyond.filter((said) => !before.beyond.some((told) => kindOf(told) === kindOf(said)))],
  };
}

/** A predicate without its numbers. */
function kindOf(predicate: string): string {
  return predicate.replaceAll(/[\d,]+/g, "");
}
