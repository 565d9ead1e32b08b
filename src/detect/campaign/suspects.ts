/**
 * Sources that may act as one, in columns: whoever probed two or more things that came to nothing, scanner or too quiet for one. A source
 * of one contact is left out: forged addresses have no more, and nothing but its moment tells one from another.
 */
import { CLASS_ACK, CLASS_ARP_REQUEST, CLASS_MAIMON, CLASS_OS_DETECTION, TOOLS } from "../../model/activity.ts";
import type { SourceView, ToolName } from "../../model/activity.ts";
import type { Scan } from "../../model/finding.ts";
import { mix32, mixPair } from "../../sketch/hash.ts";
import { MET_SUCCESS } from "../met.ts";
import { ordinaryReason } from "../ordinary.ts";
import type { ProbeSet } from "../probe-set.ts";

/** Sources × classes kept: 24 MiB with their targets. Beyond, a sample by the hash of the address, the same whatever the order. */
const MAXIMUM_SUSPECTS = 1 << 17;
const INITIAL_SUSPECTS = 1 << 10;
/** Fewest contacts that came to nothing. */
const FEWEST_CONTACTS = 2;
/** Targets kept of a source: those whose hashes are least (bottom-k: Broder 1997), so that what two sources share is kept of both or of neither. */
export const KEPT_TARGETS = 32;
/** Ports of which a set is known by its members; more are known by their number, doubling. */
const EXACT_PORTS = 8;

const FLAG_FAMILY_6 = 1;
const FLAG_STACK = 2;
const FLAG_PORT_ZERO = 4;
const FLAG_SCAN = 8;

/** Columns by suspect; in order of class, family and address once `settle` was called. */
export class Suspects {
  length = 0;
  /** One source of 2^level is kept. */
  level = 0;
  word = new Uint32Array(INITIAL_SUSPECTS);
  trafficClass = new Uint8Array(INITIAL_SUSPECTS);
  /** Seconds since 1970. */
  first = new Float64Array(INITIAL_SUSPECTS);
  last = new Float64Array(INITIAL_SUSPECTS);
  packets = new Uint32Array(INITIAL_SUSPECTS);
  contacts = new Uint32Array(INITIAL_SUSPECTS);
  targetCount = new Uint32Array(INITIAL_SUSPECTS);
  /** Hash of the set of ports, and the port asked for most. */
  ports = new Uint32Array(INITIAL_SUSPECTS);
  mainPort = new Uint16Array(INITIAL_SUSPECTS);
  portCount = new Uint16Array(INITIAL_SUSPECTS);
  /** Header marks, as in SourceView. */
  header = new Uint8Array(INITIAL_SUSPECTS);
  /** Targets kept, and the targets themselves, KEPT_TARGETS a suspect in order of their hashes. */
  kept = new Uint8Array(INITIAL_SUSPECTS);
  targets = new Uint32Array(INITIAL_SUSPECTS * KEPT_TARGETS);
  #flags = new Uint8Array(INITIAL_SUSPECTS);
  /** 1 + index in TOOLS, or 0. */
  #tool = new Uint8Array(INITIAL_SUSPECTS);
  readonly #hashes = new Uint32Array(KEPT_TARGETS);
  readonly #least = new Uint32Array(KEPT_TARGETS);

  /** Whether a source may be one; asked before its contacts are loaded. */
  mayTake({ trafficClass, contactCount, word }: SourceView): boolean {
    if (contactCount < FEWEST_CONTACTS || trafficClass === CLASS_ARP_REQUEST || trafficClass === CLASS_OS_DETECTION) return false;
    return this.#passes(word);
  }

  /** Takes a loaded source; lone ACKs and FIN/ACKs only of a scan, since conversations leave them too. */
  add(set: ProbeSet, headerMarks: number, tool: Scan["tool"], isScan: boolean): void {
    if (set.outbound || set.length - set.metCounts[MET_SUCCESS]! < FEWEST_CONTACTS || !this.#passes(set.word)) return;
    if (!isScan) {
      if (set.trafficClass === CLASS_ACK || set.trafficClass === CLASS_MAIMON) return;
      if (tool === null && ordinaryReason(set) !== null) return;
    }
    if (this.length === this.word.length) {
      if (this.length < MAXIMUM_SUSPECTS) this.#grow(4 * this.length);
      else this.#thin();
      if (!this.#passes(set.word)) return;
    }
    const at = this.length++;
    this.word[at] = set.word;
    this.trafficClass[at] = set.trafficClass;
    this.first[at] = set.firstSeen;
    this.last[at] = set.lastSeen;
    this.packets[at] = set.packets;
    this.contacts[at] = set.contactCount;
    this.targetCount[at] = set.targetCount;
    this.header[at] = headerMarks;
    this.#tool[at] = tool === null ? 0 : 1 + TOOLS.indexOf(tool.name);
    this.#flags[at] =
      (set.family === 6 ? FLAG_FAMILY_6 : 0) |
      (set.stackPackets > 0 && 2 * set.stackPackets >= set.packets ? FLAG_STACK : 0) |
      (set.portZeroPackets > 0 ? FLAG_PORT_ZERO : 0) |
      (isScan ? FLAG_SCAN : 0);
    this.#addPorts(at, set);
    this.#addTargets(at, set);
  }

  /** Puts the columns in an order that does not depend on how they came. */
  settle(): void {
    const order = Uint32Array.from({ length: this.length }, (_, at) => at);
    order.sort((a, b) => this.trafficClass[a]! - this.trafficClass[b]! || this.family(a) - this.family(b) || this.word[a]! - this.word[b]!);
    this.#arrange(order, Math.max(1, this.length));
  }

  family(at: number): 4 | 6 {
    return (this.#flags[at]! & FLAG_FAMILY_6) === 0 ? 4 : 6;
  }
  /** Whether most of its SYNs carry the options of an operating system. */
  hasStack(at: number): boolean {
    return (this.#flags[at]! & FLAG_STACK) !== 0;
  }
  probesPortZero(at: number): boolean {
    return (this.#flags[at]! & FLAG_PORT_ZERO) !== 0;
  }
  /** Whether it is a scan by itself. */
  isScan(at: number): boolean {
    return (this.#flags[at]! & FLAG_SCAN) !== 0;
  }
  /** 1 + index in TOOLS, or 0. */
  toolCode(at: number): number {
    return this.#tool[at]!;
  }
  tool(at: number): ToolName | null {
    return TOOLS[this.#tool[at]! - 1] ?? null;
  }
  /** What the headers look like, and whether port zero is in them. */
  headerCode(at: number): number {
    return (this.header[at]! << 1) | (this.probesPortZero(at) ? 1 : 0);
  }
  /** What makes the packets, as one word: tool, header and whether a stack has made them. */
  made(at: number): number {
    return (this.headerCode(at) << 8) | (this.#tool[at]! << 1) | (this.hasStack(at) ? 1 : 0);
  }

  #passes(word: number): boolean {
    return this.level === 0 || mix32(word ^ 0x5bd1e995) >>> (32 - this.level) === 0;
  }

  #addPorts(at: number, set: ProbeSet): void {
    const { portCounts, portCount } = set;
    let hash = 0;
    if (portCounts.size <= EXACT_PORTS && set.scale === 1)
      for (let i = 0; i < portCounts.size; i++) hash = (hash + mix32(portCounts.words[i]! + 1)) >>> 0;
    else hash = Math.round(Math.log2(Math.max(1, portCount)));
    this.ports[at] = hash;
    this.mainPort[at] = portCounts.commonest ?? 0;
    this.portCount[at] = Math.min(65_535, portCount);
  }

  /** Insertion into a short sorted list: most sources have few targets, and of the others most hashes are beyond its end. */
  #addTargets(at: number, { targetCounts }: ProbeSet): void {
    const hashes = this.#hashes;
    const least = this.#least;
    let count = 0;
    for (let i = 0; i < targetCounts.size; i++) {
      const target = targetCounts.words[i]!;
      const hash = mix32(target);
      if (count === KEPT_TARGETS && hash >= hashes[count - 1]!) continue;
      let to = count < KEPT_TARGETS ? count++ : count - 1;
      for (; to > 0 && hashes[to - 1]! > hash; to--) {
        hashes[to] = hashes[to - 1]!;
        least[to] = least[to - 1]!;
      }
      hashes[to] = hash;
      least[to] = target;
    }
    this.kept[at] = count;
    for (let i = 0; i < count; i++) this.targets[at * KEPT_TARGETS + i] = least[i]!;
  }

  /** Halves the sample, as often as it takes: the level that is reached depends on who came, not on the order. */
  #thin(): void {
    do {
      this.level++;
      const kept: number[] = [];
      for (let at = 0; at < this.length; at++) if (this.#passes(this.word[at]!)) kept.push(at);
      this.#keep(Uint32Array.from(kept));
    } while (this.length === MAXIMUM_SUSPECTS);
  }

  /** Leaves the suspects named, in ascending order: each moves to the front in place. */
  #keep(order: Uint32Array): void {
    for (let at = 0; at < order.length; at++)
      this.targets.copyWithin(at * KEPT_TARGETS, order[at]! * KEPT_TARGETS, (order[at]! + 1) * KEPT_TARGETS);
    for (const column of this.#columns()) for (let at = 0; at < order.length; at++) column[at] = column[order[at]!]!;
    this.length = order.length;
  }

  /** All columns of one value a suspect. */
  #columns(): readonly (Uint8Array | Uint16Array | Uint32Array | Float64Array)[] {
    const { word, trafficClass, first, last, packets, contacts, targetCount, ports, mainPort, portCount, header, kept } = this;
    return [
      word,
      trafficClass,
      first,
      last,
      packets,
      contacts,
      targetCount,
      ports,
      mainPort,
      portCount,
      header,
      kept,
      this.#flags,
      this.#tool,
    ];
  }

  #grow(capacity: number): void {
    this.#arrange(
      Uint32Array.from({ length: this.length }, (_, at) => at),
      Math.min(MAXIMUM_SUSPECTS, capacity),
    );
  }

  /** Columns of `capacity` that begin with the suspects named, in that order. */
  #arrange(order: Uint32Array, capacity: number): void {
    const column = <Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(from: Column, to: Column): Column => {
      for (let at = 0; at < order.length; at++) to[at] = from[order[at]!]!;
      return to;
    };
    const targets = new Uint32Array(capacity * KEPT_TARGETS);
    for (let at = 0; at < order.length; at++) {
      const from = order[at]! * KEPT_TARGETS;
      const to = at * KEPT_TARGETS;
      const kept = this.kept[order[at]!]!;
      for (let i = 0; i < kept; i++) targets[to + i] = this.targets[from + i]!;
    }
    this.targets = targets;
    this.word = column(this.word, new Uint32Array(capacity));
    this.trafficClass = column(this.trafficClass, new Uint8Array(capacity));
    this.first = column(this.first, new Float64Array(capacity));
    this.last = column(this.last, new Float64Array(capacity));
    this.packets = column(this.packets, new Uint32Array(capacity));
    this.contacts = column(this.contacts, new Uint32Array(capacity));
    this.targetCount = column(this.targetCount, new Uint32Array(capacity));
    this.ports = column(this.ports, new Uint32Array(capacity));
    this.mainPort = column(this.mainPort, new Uint16Array(capacity));
    this.portCount = column(this.portCount, new Uint16Array(capacity));
    this.header = column(this.header, new Uint8Array(capacity));
    this.kept = column(this.kept, new Uint8Array(capacity));
    this.#flags = column(this.#flags, new Uint8Array(capacity));
    this.#tool = column(this.#tool, new Uint8Array(capacity));
    this.length = order.length;
  }
}

/** A hash of the targets kept of a suspect: equal where the sets are. */
export function targetsHash(suspects: Suspects, at: number): number {
  let hash = suspects.kept[at]!;
  for (let i = 0; i < suspects.kept[at]!; i++) hash = mixPair(hash, suspects.targets[at * KEPT_TARGETS + i]!);
  return hash;
}
