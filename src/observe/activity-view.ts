/** Reading what was observed: a cursor over the table of sources, with answers joined to the probes they answer. */
import type { Activity, Contacts, PortActivity, PortZeroActivity, SourceView, Timeline } from "../model/activity.ts";
import { CLASS_RECEIVED, CLASS_SERVED, CLASS_SYN, CLASS_SYN_ACK_SENT, LAST_PROBE_CLASS } from "../model/activity.ts";
import { hashIPv6, parseIPv4, parseIPv6 } from "../model/address.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import type { AddressNames } from "./address-names.ts";
import { ENTRY_FAMILY_6, MARK_ORDINARY } from "./entry-batch.ts";
import type { PortZeroCounter } from "./port-zero.ts";
import type { SourceTable } from "./source-table.ts";
import { EXACT_CONTACTS } from "./contact-sets.ts";
import type { TimelineCounter } from "./timeline.ts";

const LAST_CLASS = CLASS_RECEIVED;
/** Precision of the count of senders: 16 KiB, 0.8 %. */
const SENDER_PRECISION = 14;
/** Services that are remembered by (address, port). */
const MAX_SERVICES = 1 << 17;

export interface Observed {
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly observations: number;
  readonly totals: ReadonlyMap<string, number>;
  readonly sources: SourceTable;
  readonly portZeroSources: SourceTable;
  readonly portZero: PortZeroCounter;
  readonly timeline: TimelineCounter;
  readonly names: AddressNames;
  readonly forgottenFlows: number;
}

/** Activity over the tables of an observer that has finished. */
export class ObservedActivity implements Activity {
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly observations: number;
  readonly totals: ReadonlyMap<string, number>;
  readonly portZero: PortZeroActivity;
  readonly timeline: Timeline;
  readonly senderCount: number;
  readonly forgotten: { readonly sources: number; readonly contacts: number; readonly flows: number };
  readonly #observed: Observed;
  readonly #view: SlotView;
  #services: Set<number> | null = null;
  #senders: WordSet | null = null;

  constructor(observed: Observed) {
    this.#observed = observed;
    this.firstSeen = observed.firstSeen;
    this.lastSeen = observed.lastSeen;
    this.observations = observed.observations;
    this.totals = observed.totals;
    this.portZero = observed.portZero.finish(observed.portZeroSources, (family, word) => observed.names.text(family, word));
    this.timeline = observed.timeline.timeline();
    this.senderCount = countSenders(observed.sources);
    this.forgotten = {
      sources: observed.sources.forgottenSources + observed.portZeroSources.forgottenSources,
      contacts: observed.sources.forgottenContacts + observed.portZeroSources.forgottenContacts,
      flows: observed.forgottenFlows,
    };
    this.#view = new SlotView(observed);
  }

  topPorts(limit: number): readonly PortActivity[] {
    return this.#observed.timeline.topPorts(limit);
  }

  visit(minimumContacts: number, visitor: (source: SourceView) => void): void {
    const { sources } = this.#observed;
    const { capacity } = sources;
    for (let slot = 0; slot < capacity; slot++) {
      if (!sources.isUsed(slot) || sources.keptOf(slot) * 2 ** sources.levelOf(slot) < minimumContacts) continue;
      this.#view.move(slot);
      visitor(this.#view);
    }
  }

  visitAddress(address: string, visitor: (source: SourceView) => void): void {
    const word = parseIPv4(address);
    const words = word === null ? parseIPv6(address) : null;
    if (word === null && words === null) return;
    const key = word ?? hashIPv6(...words!);
    for (let kind = 1; kind <= LAST_CLASS; kind++) {
      const slot = this.#observed.sources.find(key, word === null ? kind | ENTRY_FAMILY_6 : kind);
      if (slot < 0) continue;
      this.#view.move(slot);
      visitor(this.#view);
    }
  }

  addressText(family: 4 | 6, word: number): string {
    return this.#observed.names.text(family, word);
  }

  serves(target: number, port: number): boolean {
    this.#services ??= this.#findServices();
    return this.#services.has(serviceKey(target, port));
  }

  isLive(target: number): boolean {
    this.#senders ??= new WordSet(this.#observed.sources);
    return this.#senders.has(target);
  }

  #findServices(): Set<number> {
    const services = new Set<number>();
    const { sources } = this.#observed;
    const target = new Uint32Array(EXACT_CONTACTS);
    const contact = new Uint32Array(EXACT_CONTACTS);
    for (let slot = 0; slot < sources.capacity && services.size < MAX_SERVICES; slot++) {
      if (!sources.isUsed(slot)) continue;
      const kind = sources.classOf(slot);
      if (kind !== CLASS_SYN_ACK_SENT && kind !== CLASS_SERVED) continue;
      const count = sources.readContacts(slot, sources.levelOf(slot), target, contact);
      for (let i = 0; i < count; i++) services.add(serviceKey(sources.wordOf(slot), contact[i]! & 0xffff));
    }
    return services;
  }
}

/** The addresses that sent anything: one probe into a flat table answers, where the table of sources would be asked once a class. */
class WordSet {
  readonly #words: Uint32Array;
  readonly #mask: number;
  #hasZero = false;

  constructor(sources: SourceTable) {
    this.#mask = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * sources.size))) - 1;
    this.#words = new Uint32Array(this.#mask + 1);
    for (let slot = 0; slot < sources.capacity; slot++) {
      // What was only received shows nothing of the address: anybody can be sent to.
      if (sources.isUsed(slot) && sources.classOf(slot) !== CLASS_RECEIVED && sources.packetsOf(slot) > 0) this.#add(sources.wordOf(slot));
    }
  }

  has(word: number): boolean {
    if (word === 0) return this.#hasZero;
    for (let at = mix32(word) & this.#mask; ; at = (at + 1) & this.#mask) {
      if (this.#words[at] === word) return true;
      if (this.#words[at] === 0) return false;
    }
  }

  #add(word: number): void {
    if (word === 0) {
      this.#hasZero = true;
      return;
    }
    let at = mix32(word) & this.#mask;
    while (this.#words[at] !== 0 && this.#words[at] !== word) at = (at + 1) & this.#mask;
    this.#words[at] = word;
  }
}

/** Exact to 2^48: an address and a port in one number. */
function serviceKey(address: number, port: number): number {
  return address * 65536 + port;
}

function countSenders(sources: SourceTable): number {
  const senders = new HyperLogLog(SENDER_PRECISION);
  for (let slot = 0; slot < sources.capacity; slot++) {
    if (sources.isUsed(slot) && sources.classOf(slot) !== CLASS_RECEIVED && sources.packetsOf(slot) > 0)
      senders.add(mix32(sources.wordOf(slot)));
  }
  return Math.round(senders.estimate()) + sources.forgottenSources;
}

/** The cursor. What needs the contacts is worked out once a slot, when asked. */
class SlotView implements SourceView {
  readonly #observed: Observed;
  readonly #sources: SourceTable;
  #slot = 0;
  readonly #target = new Uint32Array(EXACT_CONTACTS);
  readonly #contact = new Uint32Array(EXACT_CONTACTS);
  readonly #contacts = {
    length: 0,
    scale: 1,
    target: new Uint32Array(EXACT_CONTACTS),
    port: new Uint16Array(EXACT_CONTACTS),
    outcome: new Uint8Array(EXACT_CONTACTS),
  };
  #contactsOf = -1;
  readonly #seen = new Set<number>();

  constructor(observed: Observed) {
    this.#observed = observed;
    this.#sources = observed.sources;
  }

  move(slot: number): void {
    this.#slot = slot;
    this.#contactsOf = -1;
  }

  get family(): 4 | 6 {
    return this.#sources.familyOf(this.#slot);
  }
  get word(): number {
    return this.#sources.wordOf(this.#slot);
  }
  get address(): string {
    return this.#observed.names.text(this.family, this.word);
  }
  get trafficClass(): number {
    return this.#sources.classOf(this.#slot);
  }
  get packets(): number {
    return this.#sources.packetsOf(this.#slot);
  }
  get firstSeen(): number {
    return this.#sources.firstSeenOf(this.#slot);
  }
  get lastSeen(): number {
    return this.#sources.lastSeenOf(this.#slot);
  }
  get contactCount(): number {
    return this.#sources.keptOf(this.#slot) * 2 ** this.#sources.levelOf(this.#slot);
  }
  get targetCount(): number {
    return this.#sources.wideTargets(this.#slot) ?? this.#distinct((i) => this.#target[i]!);
  }
  get portCount(): number {
    return this.#sources.widePorts(this.#slot) ?? this.#distinct((i) => this.#contact[i]! & 0xffff);
  }
  get ttlMin(): number {
    return this.#sources.ttlMinOf(this.#slot);
  }
  get ttlMax(): number {
    return this.#sources.ttlMaxOf(this.#slot);
  }
  get returning(): boolean {
    return this.#sources.isReturning(this.#slot);
  }
  get stackPackets(): number {
    return this.trafficClass === CLASS_SYN ? this.#sources.markOf(this.#slot, MARK_ORDINARY) : 0;
  }
  get servicePortPackets(): number {
    return this.trafficClass === CLASS_SYN ? 0 : this.#sources.markOf(this.#slot, MARK_ORDINARY);
  }
  get portZeroPackets(): number {
    const table = this.#observed.portZeroSources;
    const kind = this.family === 6 ? this.trafficClass | ENTRY_FAMILY_6 : this.trafficClass;
    const slot = table.find(this.word, kind);
    return slot < 0 ? 0 : table.packetsOf(slot);
  }

  toolPackets(tool: number): number {
    return this.#sources.markOf(this.#slot, tool + 1);
  }

  contacts(): Contacts {
    if (this.#contactsOf === this.#slot) return this.#contacts;
    const sources = this.#sources;
    const slot = this.#slot;
    const received =
      this.trafficClass <= LAST_PROBE_CLASS
        ? sources.find(this.word, this.family === 6 ? CLASS_RECEIVED | ENTRY_FAMILY_6 : CLASS_RECEIVED)
        : -1;
    const level = Math.max(sources.levelOf(slot), received < 0 ? 0 : sources.levelOf(received));
    const count = sources.readContacts(slot, level, this.#target, this.#contact);
    const { target, port, outcome } = this.#contacts;
    for (let i = 0; i < count; i++) {
      const contact = this.#contact[i]!;
      target[i] = this.#target[i]!;
      port[i] = contact & 0xffff;
      const answers = received < 0 ? -1 : sources.outcomeOf(received, target[i]!, contact);
      outcome[i] = (contact >>> 24) | (answers < 0 ? 0 : answers);
    }
    this.#contacts.length = count;
    this.#contacts.scale = 2 ** level;
    this.#contactsOf = slot;
    return this.#contacts;
  }

  /** Distinct values over the contacts, scaled to all of them where every contact's value is its own. */
  #distinct(valueOf: (index: number) => number): number {
    // At the slot's own level: answers that are a coarser sample than the probes must not thin them here.
    const level = this.#sources.levelOf(this.#slot);
    const length = this.#sources.readContacts(this.#slot, level, this.#target, this.#contact);
    this.#seen.clear();
    for (let i = 0; i < length; i++) this.#seen.add(valueOf(i));
    return this.#seen.size === length ? length * 2 ** level : this.#seen.size;
  }
}
