/**
 * Whom each source asked, in columns: one voter a source, and for each how many of its targets lie in each cell (a /24's part of one asset).
 * Sectors, roles, assets and subnets are all sums of cells, so that one table serves every test. Bounded: see the constants.
 */
import type { AddressSpace } from "./address-space.ts";
import { type TargetOrder, orderOf, runsOf } from "./target-order.ts";
import { WordSet } from "../../sketch/word-set.ts";

/** Voter × cell: 12 MB. Sources beyond are left out and counted. */
const MAXIMUM_ENTRIES = 1 << 20;
/** Distinct targets told apart: 4 MB. Beyond, counts of distinct targets are lower bounds. */
const MAXIMUM_TARGETS = 1 << 18;
/** Targets of one source looked at: sixteen classes of 1,024. */
const MAXIMUM_OF_SOURCE = 1 << 14;
/** Of a whole set, targets this near are of one stretch: one choice. Of a sample of 1 in s, this many times s. */
const NEAR = 4;
const NEAR_IN_SAMPLE = 8;

const ORDERS: readonly TargetOrder[] = ["unknown", "random", "sequential", "mixed"];

export interface Voter {
  /** Distinct targets in the space. */
  readonly targets: number;
  /** Each stands for so many. */
  readonly scale: number;
  /** Stretches of neighbours that they form. */
  readonly runs: number;
  /** /24s that they lie in. */
  readonly subnets: number;
  readonly order: TargetOrder;
  /** Its entries: from, up to but without. */
  readonly from: number;
  readonly to: number;
}

export class TargetVotes {
  readonly voters: Voter[] = [];
  /** By entry. */
  cells = new Uint32Array(1 << 10);
  counts = new Uint32Array(1 << 10);
  live = new Uint32Array(1 << 10);
  /** By cell: the /24, the stretch of the space, distinct targets of all voters, and of those the live ones. */
  readonly subnets: number[] = [];
  readonly stretches: number[] = [];
  readonly distinct: number[] = [];
  readonly distinctLive: number[] = [];
  /** Sources left out because the table is full, IPv4 targets that are not of the space, and those over IPv6. */
  leftOut = 0;
  outside = 0;
  ipv6 = 0;

  readonly #space: AddressSpace;
  readonly #isLive: (target: number, stretch: number) => boolean;
  readonly #inSpace: number;
  readonly #cellOf = new Map<number, number>();
  readonly #known = new WordSet();
  readonly #pending = new Uint32Array(MAXIMUM_OF_SOURCE);
  #pendingLength = 0;
  #pendingKey = -1;
  #scale = 1;
  #entries = 0;

  /**
   * @param isLive whether a target, in its stretch of the space, is a host
   * @param inSpace addresses that could have been asked, for telling a walk through a part from one through all
   */
  constructor(space: AddressSpace, isLive: (target: number, stretch: number) => boolean, inSpace: number) {
    this.#space = space;
    this.#isLive = isLive;
    this.#inSpace = inSpace;
  }

  /** Takes targets of a source, each standing for `scale`. What one source did in several classes comes one after another. */
  add(source: number, family: 4 | 6, targets: Uint32Array, scale: number): void {
    if (source !== this.#pendingKey) this.close();
    this.#pendingKey = source;
    if (family === 6) {
      this.ipv6 += targets.length;
      return;
    }
    this.#scale = Math.max(this.#scale, scale);
    const fits = Math.min(targets.length, MAXIMUM_OF_SOURCE - this.#pendingLength);
    this.#pending.set(targets.subarray(0, fits), this.#pendingLength);
    this.#pendingLength += fits;
  }

  /** Ends the last source. */
  close(): void {
    const targets = this.#pending.subarray(0, this.#pendingLength).sort();
    const length = this.#keepDistinct(targets);
    const scale = this.#scale;
    this.#pendingLength = 0;
    this.#scale = 1;
    this.#pendingKey = -1;
    if (length === 0) return;
    if (this.#entries + length > MAXIMUM_ENTRIES) this.leftOut++;
    else this.#vote(targets, length, scale);
  }

  /** Moves distinct targets that are in the space to the front. */
  #keepDistinct(targets: Uint32Array): number {
    let length = 0;
    for (let at = 0; at < targets.length; at++) {
      const target = targets[at]!;
      if (at > 0 && length > 0 && target === targets[length - 1]) continue;
      if (this.#space.find(target) < 0) this.outside++;
      else targets[length++] = target;
    }
    return length;
  }

  #vote(targets: Uint32Array, length: number, scale: number): void {
    this.#makeRoom(length);
    const from = this.#entries;
    let cell = -1;
    let subnets = 0;
    let inSubnets = 0;
    let lastSubnet = -1;
    let lastStretch = -1;
    for (let at = 0; at < length; at++) {
      const target = targets[at]!;
      const subnet = target >>> 8;
      const stretch = this.#space.find(target);
      if (subnet !== lastSubnet) {
        subnets++;
        inSubnets += this.#space.sizeIn(subnet);
      }
      if (subnet !== lastSubnet || stretch !== lastStretch) {
        cell = this.#cell(subnet, stretch);
        this.cells[this.#entries] = cell;
        this.counts[this.#entries] = 0;
        this.live[this.#entries] = 0;
        this.#entries++;
        lastSubnet = subnet;
        lastStretch = stretch;
      }
      const entry = this.#entries - 1;
      const isLive = this.#isLive(target, stretch) ? 1 : 0;
      this.counts[entry] = this.counts[entry]! + 1;
      this.live[entry] = this.live[entry]! + isLive;
      if (this.#known.size >= MAXIMUM_TARGETS || !this.#known.add(target)) continue;
      this.distinct[cell] = this.distinct[cell]! + 1;
      this.distinctLive[cell] = this.distinctLive[cell]! + isLive;
    }
    this.voters.push({
      targets: length,
      scale,
      runs: runsOf(targets, length, scale === 1 ? NEAR : NEAR_IN_SAMPLE * scale),
      subnets,
      order: orderOf(targets, length, scale, inSubnets, this.#inSpace),
      from,
      to: this.#entries,
    });
  }

  #cell(subnet: number, stretch: number): number {
    const key = subnet * this.#space.starts.length + stretch;
    const known = this.#cellOf.get(key);
    if (known !== undefined) return known;
    const cell = this.subnets.length;
    this.#cellOf.set(key, cell);
    this.subnets.push(subnet);
    this.stretches.push(stretch);
    this.distinct.push(0);
    this.distinctLive.push(0);
    return cell;
  }

  #makeRoom(length: number): void {
    if (this.#entries + length <= this.cells.length) return;
    const size = Math.max(2 * this.cells.length, this.#entries + length);
    const grown = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(size);
      to.set(from.subarray(0, this.#entries));
      return to;
    };
    this.cells = grown(this.cells);
    this.counts = grown(this.counts);
    this.live = grown(this.live);
  }
}

/** How the sources chose, each with one vote: eight in ten must agree. */
export function commonOrder(voters: readonly Voter[]): { readonly order: TargetOrder; readonly agreeing: number; readonly told: number } {
  const votes = ORDERS.map((order) => voters.reduce((sum, voter) => sum + (voter.order === order ? 1 : 0), 0));
  const told = voters.length - votes[0]!;
  if (told === 0) return { order: "unknown", agreeing: 0, told };
  for (const order of ["random", "sequential"] as const) {
    const agreeing = votes[ORDERS.indexOf(order)]!;
    if (agreeing >= AGREEMENT * told) return { order, agreeing, told };
  }
  return { order: "mixed", agreeing: told, told };
}

const AGREEMENT = 0.8;
