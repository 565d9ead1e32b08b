/**
 * Sources that are no scanners by themselves, and their contacts that came to nothing, in columns: what distributed scans are looked for
 * in. A million objects would cost ten times as much.
 */
import { CLASS_ICMP_REQUEST, TOOLS } from "../model/activity.ts";
import type { ToolName } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { mix32, mixPair } from "../sketch/hash.ts";
import { MET_HALF_OPEN } from "./met.ts";
import type { TargetVotes } from "./focus/target-votes.ts";
import type { ProbeSet } from "./probe-set.ts";
import { sourceKey } from "./source-class.ts";

/** Contacts kept: 11 MB with their sources. Beyond it the rest is not looked at, and floods of forged sources cost no more. */
const MAXIMUM_CONTACTS = 1 << 18;

/** Most inputs have some hundred groups. */
const INITIAL_GROUP_SLOTS = 1 << 12;
/** In the column of tools. */
const MIRAI = 1 + TOOLS.indexOf("mirai");
/** The last of what a client of a service does not get: silence, refusal, an error, a handshake that it left half-open. */
const LAST_FAILURE = MET_HALF_OPEN;
const FLAG_FAMILY_6 = 1;
const FLAG_STACK = 2;
const FLAG_PORT_ZERO = 4;
const FLAG_FLAGS_UNTOLD = 8;

/** Columns by contact (`key`, `target`, `met`, `member`) and by member. */
export class LightSources {
  /** Contacts. */
  length = 0;
  /** Traffic class × 65,536 + port. */
  readonly key = new Uint32Array(MAXIMUM_CONTACTS);
  readonly target = new Uint32Array(MAXIMUM_CONTACTS);
  readonly met = new Uint8Array(MAXIMUM_CONTACTS);
  readonly member = new Uint32Array(MAXIMUM_CONTACTS);

  readonly word = new Uint32Array(MAXIMUM_CONTACTS);
  /** Seconds since 1970. */
  readonly firstSeen = new Float64Array(MAXIMUM_CONTACTS);
  readonly lastSeen = new Float64Array(MAXIMUM_CONTACTS);
  readonly packets = new Uint32Array(MAXIMUM_CONTACTS);
  readonly toolPackets = new Uint32Array(MAXIMUM_CONTACTS);
  #members = 0;
  /** FLAG_ bits. */
  readonly #flags = new Uint8Array(MAXIMUM_CONTACTS);
  /** 1 + index in TOOLS, or 0. */
  readonly #tool = new Uint8Array(MAXIMUM_CONTACTS);

  /** Whether there is room for more. */
  get hasRoom(): boolean {
    return this.length < MAXIMUM_CONTACTS;
  }

  family(member: number): 4 | 6 {
    return (this.#flags[member]! & FLAG_FAMILY_6) === 0 ? 4 : 6;
  }
  /** Whether most of its SYNs carry the options of an operating system. */
  hasStack(member: number): boolean {
    return (this.#flags[member]! & FLAG_STACK) !== 0;
  }
  probesPortZero(member: number): boolean {
    return (this.#flags[member]! & FLAG_PORT_ZERO) !== 0;
  }
  /** Whether most of its contacts are known by records without TCP flags. */
  isUntold(member: number): boolean {
    return (this.#flags[member]! & FLAG_FLAGS_UNTOLD) !== 0;
  }
  tool(member: number): ToolName | null {
    return TOOLS[this.#tool[member]! - 1] ?? null;
  }

  /** Takes the failed contacts of a source × class, where there is room for them all. */
  add(set: ProbeSet, tool: Scan["tool"]): void {
    let failures = 0;
    for (let met = 0; met <= LAST_FAILURE; met++) failures += set.metCounts[met]!;
    if (failures === 0 || this.length + failures > MAXIMUM_CONTACTS) return;
    const member = this.#members++;
    for (let i = 0; i < set.length; i++) {
      const met = set.met[i]!;
      if (met > LAST_FAILURE) continue;
      const at = this.length++;
      this.key[at] = set.trafficClass * 65536 + set.port[i]!;
      this.target[at] = set.target[i]!;
      this.met[at] = met;
      this.member[at] = member;
    }
    this.word[member] = set.word;
    this.firstSeen[member] = set.firstSeen;
    this.lastSeen[member] = set.lastSeen;
    this.packets[member] = set.packets;
    this.toolPackets[member] = tool?.packets ?? 0;
    this.#tool[member] = tool === null ? 0 : 1 + TOOLS.indexOf(tool.name);
    const hasStack = 2 * set.stackPackets >= set.packets && set.stackPackets > 0;
    const hasPortZero = set.portZeroPackets > 0 && set.trafficClass !== CLASS_ICMP_REQUEST;
    this.#flags[member] =
      (set.family === 6 ? FLAG_FAMILY_6 : 0) |
      (hasStack ? FLAG_STACK : 0) |
      (hasPortZero ? FLAG_PORT_ZERO : 0) |
      (set.flagsUntold ? FLAG_FLAGS_UNTOLD : 0);
  }

  /**
   * Groups of contacts by class and port, the network that they went to (a /16; IPv6 together), the tool and the stack: what one operator
   * does looks the same. Those of fewer than `fewest` are left out; the arrays are parts of one.
   */
  groups(fewest: number): Uint32Array[] {
    const { length } = this;
    const groupOf = new Int32Array(length).fill(-1);
    // An open table of groups plus one; each is known by its first contact, since a key of all would need 41 bits.
    let slots = new Uint32Array(INITIAL_GROUP_SLOTS);
    const firstOf = new Uint32Array(length);
    const sizes = new Uint32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) {
      // Mirai's bots choose their targets each for itself: the mark binds no group.
      if (this.#tool[this.member[i]!] === MIRAI) continue;
      const slot = this.#findGroup(slots, firstOf, i);
      let group = slots[slot]! - 1;
      if (group < 0) {
        group = count++;
        firstOf[group] = i;
        slots[slot] = count;
        if (2 * count >= slots.length) slots = this.#regroup(4 * slots.length, firstOf, count);
      }
      groupOf[i] = group;
      sizes[group] = sizes[group]! + 1;
    }
    return partition(groupOf, sizes.subarray(0, count), fewest);
  }

  /** Members of some of the contacts, which are in the order in which they came: a member's follow one another. */
  countMembers(rows: Uint32Array): number {
    let count = 0;
    let last = -1;
    for (let i = 0; i < rows.length; i++) {
      const member = this.member[rows[i]!]!;
      if (member !== last) count++;
      last = member;
    }
    return count;
  }

  /** Gives the targets of contacts that are meant, and of all with or from port zero, by source, in an order that is the input's in no way. */
  vote(votes: TargetVotes, isMeant: (row: number) => boolean): void {
    const rows = new Float64Array(this.length);
    let length = 0;
    for (let at = 0; at < this.length; at++)
      if (isMeant(at) || this.probesPortZero(this.member[at]!)) rows[length++] = this.#source(at) * MAXIMUM_CONTACTS + at;
    const sorted = rows.subarray(0, length).sort();
    const one = new Uint32Array(1);
    for (const named of sorted) {
      const row = named % MAXIMUM_CONTACTS;
      one[0] = this.target[row]!;
      votes.add(this.#source(row), this.family(this.member[row]!), one, 1);
    }
  }

  #source(row: number): number {
    const member = this.member[row]!;
    return sourceKey({ family: this.family(member), word: this.word[member]! });
  }

  /** Where in the table the group of a contact is, or goes. */
  #findGroup(slots: Uint32Array, firstOf: Uint32Array, at: number): number {
    const mask = slots.length - 1;
    let slot = this.#groupHash(at) & mask;
    while (slots[slot] !== 0 && !this.#isAlike(firstOf[slots[slot]! - 1]!, at)) slot = (slot + 1) & mask;
    return slot;
  }

  /** A larger table of the groups that there are. */
  #regroup(size: number, firstOf: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
    const slots = new Uint32Array(size);
    for (let group = 0; group < count; group++) slots[this.#findGroup(slots, firstOf, firstOf[group]!)] = group + 1;
    return slots;
  }

  #groupHash(at: number): number {
    return mixPair(this.key[at]!, mix32(this.#network(at) * 16 + this.#made(at)));
  }

  #isAlike(a: number, b: number): boolean {
    return this.key[a] === this.key[b] && this.#network(a) === this.#network(b) && this.#made(a) === this.#made(b);
  }

  #network(at: number): number {
    return (this.#flags[this.member[at]!]! & FLAG_FAMILY_6) === 0 ? this.target[at]! >>> 16 : 65_536;
  }

  /** What made the contact: the tool, and whether a stack did. */
  #made(at: number): number {
    const member = this.member[at]!;
    return this.#tool[member]! * 2 + (this.hasStack(member) ? 1 : 0);
  }
}

/** Indices by group, in the order of the groups' numbers, of groups that have at least `fewest`. */
function partition(groupOf: Int32Array, sizes: Uint32Array, fewest: number): Uint32Array[] {
  const ends = new Uint32Array(sizes.length);
  let total = 0;
  for (let group = 0; group < sizes.length; group++) {
    ends[group] = total;
    if (sizes[group]! >= fewest) total += sizes[group]!;
  }
  const all = new Uint32Array(total);
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i]!;
    if (group < 0 || sizes[group]! < fewest) continue;
    all[ends[group]!] = i;
    ends[group] = ends[group]! + 1;
  }
  const parts: Uint32Array[] = [];
  for (let group = 0; group < sizes.length; group++)
    if (sizes[group]! >= fewest) parts.push(all.subarray(ends[group]! - sizes[group]!, ends[group]));
  return parts;
}
