/** What is asked of a table of sources again and again while it is read, worked out in two passes over it: a random look into the table itself misses every cache. */
import { CLASS_RECEIVED } from "../model/activity.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import { AddressFilter } from "./address-filter.ts";
import { AddressSet } from "./address-set.ts";
import { ENTRY_FAMILY_6 } from "./entry-block.ts";
import type { SourceTable } from "./source-table.ts";

/** Precision of the count of senders: 16 KiB, 0.8 %. */
const SENDER_PRECISION = 14;
/** Classes and their flag of the family fit below. */
const KINDS = 2 * ENTRY_FAMILY_6;

export class SourceIndex {
  /** Addresses that sent anything. */
  readonly senders = new AddressSet();
  /** How many they are, about. */
  readonly senderCount: number;
  /** Addresses that may have got answers. */
  readonly received: AddressFilter;
  /** Classes that are in the table at all, in order: IPv4's, and IPv6's with ENTRY_FAMILY_6. */
  readonly kinds4: readonly number[];
  readonly kinds6: readonly number[];

  constructor(sources: SourceTable) {
    const { capacity } = sources;
    const counts = new Uint32Array(KINDS);
    const count = new HyperLogLog(SENDER_PRECISION);
    for (let slot = 0; slot < capacity; slot++) {
      if (!sources.isUsed(slot)) continue;
      const kind = sources.kindOf(slot);
      counts[kind] = counts[kind]! + 1;
      if (!isSender(sources, slot)) continue;
      const word = sources.wordOf(slot);
      this.senders.expect(word);
      count.add(mix32(word));
    }
    this.senderCount = Math.round(count.estimate());
    this.senders.makeRoom();
    this.received = new AddressFilter(counts[CLASS_RECEIVED]! + counts[CLASS_RECEIVED | ENTRY_FAMILY_6]!);
    for (let slot = 0; slot < capacity; slot++) {
      if (!sources.isUsed(slot)) continue;
      if (sources.classOf(slot) === CLASS_RECEIVED) this.received.add(sources.wordOf(slot));
      else if (isSender(sources, slot)) this.senders.put(sources.wordOf(slot));
    }
    const kinds = [...counts.keys()].filter((kind) => counts[kind]! > 0);
    this.kinds4 = kinds.filter((kind) => kind < ENTRY_FAMILY_6);
    this.kinds6 = kinds.filter((kind) => kind >= ENTRY_FAMILY_6);
  }
}

/** Whether the slot's address sent anything. What was only received shows nothing of the address: anybody can be sent to. */
function isSender(sources: SourceTable, slot: number): boolean {
  return sources.classOf(slot) !== CLASS_RECEIVED && sources.packetsOf(slot) > 0;
}

/** Addresses that may be in a table. */
export function filterOf(table: SourceTable): AddressFilter {
  const filter = new AddressFilter(table.size);
  for (let slot = 0; slot < table.capacity; slot++) if (table.isUsed(slot)) filter.add(table.wordOf(slot));
  return filter;
}
