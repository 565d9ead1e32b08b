/** Reading what was observed: a cursor over the table of sources, with answers joined to the probes they answer. */
import type { Activity, Contacts, ContactTargets, PortActivity, PortZeroActivity, SourceView, Timeline } from "../model/activity.ts";
import { CLASS_RECEIVED, CLASS_SERVED, CLASS_SYN, CLASS_SYN_ACK_SENT, CLASS_UDP, LAST_PROBE_CLASS } from "../model/activity.ts";
import { hashIPv6, parseIPv4, parseIPv6 } from "../model/address.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import type { AddressFilter } from "./address-filter.ts";
import type { AddressNames } from "./address-names.ts";
import { CONTACT_FLAGS_UNTOLD, ENTRY_FAMILY_6, MARK_AMPLIFIED, MARK_AMPLIFIED_AT_SERVICE, MARK_ORDINARY } from "./entry-block.ts";
import type { PortZeroCounter } from "./port-zero.ts";
import { filterOf, SourceIndex } from "./source-index.ts";
import type { SourceTable } from "./source-table.ts";
import { CONTACT_ROOM } from "./contact-places.ts";
import type { TimelineCounter } from "./timeline.ts";

/** Slots whose contacts (of probes: others' are seldom asked for) are read ahead of a visit, so that misses overlap. */
const SLOTS_AHEAD = 64;
/** Takes the sums of what is read ahead, so that the reads are not optimised away. */
const TOUCHED = new Uint32Array(1);
/** Most probed ports that can be asked for. */
const MAX_TOP_PORTS = 256;
/** Services that are remembered by (address, port). */
const MAX_SERVICES = 1 << 17;

/** The OUTCOME bits of a contact's upper octet, and how far above them the one for untold flags is. */
const OUTCOME_BITS = (CONTACT_FLAGS_UNTOLD >>> 24) - 1;
const UNTOLD_SHIFT = Math.log2(CONTACT_FLAGS_UNTOLD >>> 24);

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
  readonly #index: SourceIndex;
  readonly #view: SlotView;
  readonly #topPorts: readonly PortActivity[];
  #services: Set<number> | null = null;

  constructor(observed: Observed) {
    this.#observed = observed;
    this.firstSeen = observed.firstSeen;
    this.lastSeen = observed.lastSeen;
    this.observations = observed.observations;
    this.totals = observed.totals;
    this.portZero = observed.portZero.finish(observed.portZeroSources, (family, word) => observed.names.text(family, word));
    this.timeline = observed.timeline.timeline();
    this.#topPorts = observed.timeline.topPorts(MAX_TOP_PORTS);
    observed.timeline.forgetPorts();
    this.#index = new SourceIndex(observed.sources);
    this.senderCount = this.#index.senderCount + observed.sources.forgottenSources;
    this.forgotten = {
      sources: observed.sources.forgottenSources + observed.portZeroSources.forgottenSources,
      contacts: observed.sources.forgottenContacts + observed.portZeroSources.forgottenContacts,
      flows: observed.forgottenFlows,
    };
    this.#view = new SlotView(observed, this.#index.received);
  }

  topPorts(limit: number): readonly PortActivity[] {
    return this.#topPorts.slice(0, limit);
  }

  visit(minimumContacts: number, visitor: (source: SourceView) => void, isEnough?: () => boolean): void {
    const { sources } = this.#observed;
    const { capacity } = sources;
    for (let from = 0; from < capacity; from += SLOTS_AHEAD) {
      const to = Math.min(capacity, from + SLOTS_AHEAD);
      TOUCHED[0] = touchContacts(sources, from, to);
      for (let slot = from; slot < to; slot++) {
        if (!sources.isUsed(slot) || sources.contactCountOf(slot) < minimumContacts) continue;
        this.#view.move(slot);
        visitor(this.#view);
        if (isEnough?.() === true) return;
      }
    }
  }

  visitAddress(address: string, visitor: (source: SourceView) => void): void {
    const word = parseIPv4(address);
    const words = word === null ? parseIPv6(address) : null;
    if (word !== null) this.visitWord(4, word, visitor);
    else if (words !== null) this.visitWord(6, hashIPv6(...words), visitor);
  }

  visitWord(family: 4 | 6, word: number, visitor: (source: SourceView) => void): void {
    for (const kind of family === 6 ? this.#index.kinds6 : this.#index.kinds4) {
      const slot = this.#observed.sources.find(word, kind);
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
    return this.#index.senders.has(target);
  }

  findDark(targets: Uint32Array, length: number, dark: Uint8Array | null): number {
    return this.#index.senders.markAbsent(targets, length, dark);
  }

  #findServices(): Set<number> {
    const services = new Set<number>();
    const { sources } = this.#observed;
    const target = new Uint32Array(CONTACT_ROOM);
    const contact = new Uint32Array(CONTACT_ROOM);
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

/** Exact to 2^48: an address and a port in one number. */
function serviceKey(address: number, port: number): number {
  return address * 65536 + port;
}

/** Reads the first contacts of the probes in a range of slots. */
function touchContacts(sources: SourceTable, from: number, to: number): number {
  let sum = 0;
  for (let slot = from; slot < to; slot++) if (sources.classOf(slot) <= LAST_PROBE_CLASS) sum ^= sources.touchContacts(slot);
  return sum;
}

/** The cursor. What needs the contacts is worked out once a slot, when asked. */
class SlotView implements SourceView {
  readonly #observed: Observed;
  readonly #sources: SourceTable;
  readonly #received: AddressFilter;
  #slot = 0;
  readonly #contact = new Uint32Array(CONTACT_ROOM);
  readonly #contacts = {
    length: 0,
    scale: 1,
    target: new Uint32Array(CONTACT_ROOM),
    port: new Uint16Array(CONTACT_ROOM),
    outcome: new Uint8Array(CONTACT_ROOM),
    flagsUntold: 0,
  };
  #contactsOf = -1;
  /** Targets, and how many: asked for alone, or to be counted. */
  readonly #targets = { length: 0, target: new Uint32Array(CONTACT_ROOM) };
  readonly #distinct = new WordCounts();
  #portZeroFilter: AddressFilter | null = null;

  constructor(observed: Observed, received: AddressFilter) {
    this.#observed = observed;
    this.#sources = observed.sources;
    this.#received = received;
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
    return this.#sources.contactCountOf(this.#slot);
  }
  get targetCount(): number {
    return this.#sources.wideTargets(this.#slot) ?? this.#countTargets();
  }
  get portCount(): number {
    return this.#sources.widePorts(this.#slot) ?? this.#countPorts();
  }
  get targetRegisters(): Uint8Array | null {
    return this.#sources.wideRegisters(this.#slot);
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
  get headerMarks(): number {
    return this.#sources.headerMarksOf(this.#slot);
  }
  get stackPackets(): number {
    return this.trafficClass === CLASS_SYN ? this.#sources.markOf(this.#slot, MARK_ORDINARY) : 0;
  }
  get servicePortPackets(): number {
    if (this.trafficClass === CLASS_SYN) return 0;
    return this.#sources.markOf(this.#slot, MARK_ORDINARY) + this.#udpMark(MARK_AMPLIFIED);
  }
  get amplifierPackets(): number {
    return this.#udpMark(MARK_AMPLIFIED) + this.#udpMark(MARK_AMPLIFIED_AT_SERVICE);
  }
  get portZeroPackets(): number {
    // Asked of every source, and few have any.
    this.#portZeroFilter ??= filterOf(this.#observed.portZeroSources);
    if (!this.#portZeroFilter.mayHave(this.word)) return 0;
    const table = this.#observed.portZeroSources;
    const kind = this.family === 6 ? this.trafficClass | ENTRY_FAMILY_6 : this.trafficClass;
    const slot = table.find(this.word, kind);
    return slot < 0 ? 0 : table.packetsOf(slot);
  }

  toolPackets(tool: number): number {
    return this.trafficClass === CLASS_UDP ? 0 : this.#sources.markOf(this.#slot, tool + 1);
  }

  #udpMark(mark: number): number {
    return this.trafficClass === CLASS_UDP ? this.#sources.markOf(this.#slot, mark) : 0;
  }

  contacts(): Contacts {
    if (this.#contactsOf === this.#slot) return this.#contacts;
    const sources = this.#sources;
    const slot = this.#slot;
    const received =
      this.trafficClass <= LAST_PROBE_CLASS && this.#received.mayHave(this.word)
        ? sources.find(this.word, this.family === 6 ? CLASS_RECEIVED | ENTRY_FAMILY_6 : CLASS_RECEIVED)
        : -1;
    const level = Math.max(sources.levelOf(slot), received < 0 ? 0 : sources.levelOf(received));
    const { target, port, outcome } = this.#contacts;
    const words = this.#contact;
    const count = sources.readContacts(slot, level, target, words);
    // Two loops: the commoner one stays free of look-ups.
    let untold = 0;
    for (let i = 0; i < count; i++) {
      port[i] = words[i]! & 0xffff;
      const bits = words[i]! >>> 24;
      outcome[i] = bits & OUTCOME_BITS;
      untold += bits >>> UNTOLD_SHIFT;
    }
    this.#contacts.flagsUntold = untold;
    if (received >= 0)
      for (let i = 0; i < count; i++) {
        const answers = sources.outcomeOf(received, target[i]!, words[i]!);
        if (answers > 0) outcome[i] = outcome[i]! | answers;
      }
    this.#contacts.length = count;
    this.#contacts.scale = 2 ** level;
    this.#contactsOf = slot;
    return this.#contacts;
  }

  targets(): ContactTargets {
    this.#targets.length = this.#sources.readTargets(this.#slot, this.#targets.target);
    return this.#targets;
  }

  // At the slot's own level: answers that are a coarser sample than the probes must not thin what is counted here.

  #countTargets(): number {
    const { length, target } = this.targets();
    return this.#scaled(length, this.#distinct.countAll(target, length));
  }

  #countPorts(): number {
    const level = this.#sources.levelOf(this.#slot);
    const length = this.#sources.readContacts(this.#slot, level, this.#targets.target, this.#contact);
    this.#distinct.clear();
    for (let i = 0; i < length; i++) this.#distinct.add(this.#contact[i]! & 0xffff);
    return this.#scaled(length, this.#distinct.size);
  }

  /** Distinct values over the contacts kept, scaled to all of them where every contact's value is its own. */
  #scaled(length: number, distinct: number): number {
    return distinct === length ? this.contactCount : distinct;
  }
}
