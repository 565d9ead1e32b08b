/** For tests: entries as objects, the table of sources as the plain maps it stands for, and what a table holds in one order. */
import { mixPair } from "../sketch/hash.ts";
import {
  ENTRY_CONTACT,
  ENTRY_FAMILY_6,
  ENTRY_KIND,
  ENTRY_MARK_SHIFT,
  ENTRY_PACKETS,
  ENTRY_SESSION,
  ENTRY_TARGET,
  ENTRY_TIME,
  ENTRY_TIMES,
  ENTRY_TTL_SHIFT,
  ENTRY_WHO,
  ENTRY_WORDS,
  EntryBlock,
  MARK_ORDINARY,
  MARK_UNICORNSCAN,
} from "./entry-block.ts";
import { EXACT_CONTACTS } from "./contact-places.ts";
import { SourceTable } from "./source-table.ts";

export interface Entry {
  readonly who: number;
  readonly kind: number;
  readonly target: number;
  /** Port | transport + 1 << 16 | OUTCOME bits << 24. */
  readonly contact: number;
  readonly packets: number;
  readonly first: number;
  readonly last: number;
  readonly ttl: number;
  readonly mark: number;
}

/** An entry of one packet, where nothing else is said. */
export function entry(fields: Partial<Entry> & Pick<Entry, "who">): Entry {
  const time = fields.first ?? 1000;
  return { kind: 1, target: 0xc0000201, contact: (1 << 16) | 80, packets: 1, first: time, last: time, ttl: 0, mark: 0, ...fields };
}

/** Larger than any test needs: nothing is forgotten, and no contact goes short of memory. */
export const AMPLE = { slots: 1 << 16, contactBytes: 64 << 20 };

/** Any seed does: what a table tells does not depend on it. */
export const SEED = 0x5eed;

/** A block of the entries: two rows each. */
export function blockOf(entries: readonly Entry[], session = 0): EntryBlock {
  const block = new EntryBlock(Math.max(1, 2 * entries.length));
  for (const one of entries) put(block, one, session);
  return block;
}

/** Adds an entry: one row, and one without packets where it went on for a time. */
export function put(block: EntryBlock, one: Entry, session = 0): void {
  putRow(block, { ...one, last: one.first }, session);
  if (one.last !== one.first) putRow(block, { ...one, first: one.last, packets: 0, ttl: 0, mark: 0 }, 0);
}

function putRow(block: EntryBlock, one: Entry, session: number): void {
  const at = block.length * ENTRY_WORDS;
  block.words[at + ENTRY_WHO] = one.who;
  block.words[at + ENTRY_KIND] = one.kind | (one.mark << ENTRY_MARK_SHIFT) | (one.ttl << ENTRY_TTL_SHIFT);
  block.words[at + ENTRY_TARGET] = one.target;
  block.words[at + ENTRY_CONTACT] = one.contact;
  block.words[at + ENTRY_PACKETS] = one.packets;
  block.words[at + ENTRY_SESSION] = session;
  block.times[block.length * ENTRY_TIMES + ENTRY_TIME] = one.first;
  block.length++;
}

/** A table that took the entries in batches of the given sizes, again and again. */
export function tableOf(entries: readonly Entry[], sizes: readonly number[] = [256], limits = AMPLE): SourceTable {
  const table = new SourceTable(limits, SEED);
  for (let at = 0, turn = 0; at < entries.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    table.apply(blockOf(entries.slice(at, at + size)));
    at += size;
  }
  return table;
}

/** What is told of one address × class, contacts in order of target and port. */
export interface SlotDump {
  readonly who: number;
  readonly kind: number;
  readonly packets: number;
  readonly first: number;
  readonly last: number;
  readonly ttlMin: number;
  readonly ttlMax: number;
  readonly marks: readonly number[];
  readonly level: number;
  readonly wide: { readonly targets: number; readonly ports: number } | null;
  readonly contacts: readonly string[];
}

export function dumpTable(table: SourceTable): SlotDump[] {
  const target = new Uint32Array(EXACT_CONTACTS);
  const contact = new Uint32Array(EXACT_CONTACTS);
  const slots: SlotDump[] = [];
  for (let slot = 0; slot < table.capacity; slot++) {
    if (!table.isUsed(slot)) continue;
    const count = table.readContacts(slot, 0, target, contact);
    if (count !== table.keptOf(slot)) throw new Error(`slot ${slot}: ${count} contacts where ${table.keptOf(slot)} are kept`);
    slots.push({
      who: table.wordOf(slot),
      kind: table.classOf(slot) | (table.familyOf(slot) === 6 ? ENTRY_FAMILY_6 : 0),
      packets: table.packetsOf(slot),
      first: table.firstSeenOf(slot),
      last: table.lastSeenOf(slot),
      ttlMin: table.ttlMinOf(slot),
      ttlMax: table.ttlMaxOf(slot),
      marks: MARKS.map((mark) => table.markOf(slot, mark)),
      level: table.levelOf(slot),
      wide: wideOf(table, slot),
      contacts: Array.from({ length: count }, (_, i) => contactText(target[i]!, contact[i]!)).sort(),
    });
  }
  return slots.sort((a, b) => a.who - b.who || a.kind - b.kind);
}

/** The same from the entries alone: a map, no bounds, no sketches. Contacts are all of them; `level` is 0 and `wide` null. */
export function dumpEntries(entries: readonly Entry[]): SlotDump[] {
  const slots = new Map<string, { dump: Omit<SlotDump, "contacts">; contacts: Map<string, Entry> }>();
  for (const one of entries) {
    const key = `${one.who} ${one.kind}`;
    const there = slots.get(key);
    const before = there?.dump;
    const contacts = there?.contacts ?? new Map<string, Entry>();
    const contactKey = `${one.target} ${one.contact & 0xffffff}`;
    contacts.set(contactKey, { ...one, contact: one.contact | (contacts.get(contactKey)?.contact ?? 0) });
    const ttls = [before?.ttlMin ?? 0, before?.ttlMax ?? 0, one.ttl].filter((ttl) => ttl !== 0);
    const dump = {
      who: one.who,
      kind: one.kind,
      packets: Math.min(0x7fffffff, (before?.packets ?? 0) + one.packets),
      first: Math.min(before?.first ?? Number.POSITIVE_INFINITY, one.first),
      last: Math.max(before?.last ?? Number.NEGATIVE_INFINITY, one.last),
      ttlMin: ttls.length === 0 ? 0 : Math.min(...ttls),
      ttlMax: Math.max(0, ...ttls),
      marks: MARKS.map((mark, i) =>
        Math.min(mark < MARK_UNICORNSCAN ? 0xffffffff : 0xffff, (before?.marks[i] ?? 0) + (one.mark === mark ? one.packets : 0)),
      ),
      level: 0,
      wide: null,
    };
    slots.set(key, { dump, contacts });
  }
  return [...slots.values()]
    .map(({ dump, contacts }) => ({
      ...dump,
      contacts: [...contacts.values()].map(({ target, contact }) => contactText(target, contact)).sort(),
    }))
    .sort((a, b) => a.who - b.who || a.kind - b.kind);
}

/** The contacts of `texts` that a sample of a level keeps. */
export function sampled(texts: readonly string[], level: number): string[] {
  return texts.filter((text) => {
    const [target, contact] = text.split(" ").map((part) => Number.parseInt(part, 16));
    return level === 0 || mixPair(target!, contact! & 0xffffff) >>> (32 - level) === 0;
  });
}

const MARKS = Array.from({ length: MARK_ORDINARY }, (_, i) => i + 1);

function contactText(target: number, contact: number): string {
  return `${target.toString(16).padStart(8, "0")} ${(contact >>> 0).toString(16).padStart(8, "0")}`;
}

function wideOf(table: SourceTable, slot: number): SlotDump["wide"] {
  const targets = table.wideTargets(slot);
  const ports = table.widePorts(slot);
  return targets === null || ports === null ? null : { targets, ports };
}
