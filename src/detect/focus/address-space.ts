/**
 * The defended IPv4 space cut into stretches that each belong to one asset or to none: of networks that overlap the most specific wins, as
 * in a routing table (RFC 4632, §5.1). What each asset exposes is counted in addresses, each once.
 */
import type { Asset } from "../../model/asset.ts";
import type { Network } from "../../model/address.ts";

/** Of a stretch that no asset holds. */
export const NOBODY = -1;

interface Claim {
  readonly start: number;
  readonly end: number;
  readonly owner: number;
}

export class AddressSpace {
  readonly assets: readonly Asset[];
  /** IPv4 addresses of all networks together. */
  readonly size: number;
  /** IPv4 addresses of each asset, without those of more specific networks of others. */
  readonly sizes: Float64Array;
  /** Stretches, first and last address, in order, none overlapping; and the asset's index, or NOBODY. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly owners: Int32Array;

  /** @param assets of two that name the same network the first has it */
  constructor(home: readonly Network[], assets: readonly Asset[]) {
    this.assets = assets;
    const claims = [
      ...home.flatMap((network) => claimOf(network, NOBODY)),
      ...assets.flatMap(({ networks }, owner) => networks.flatMap((network) => claimOf(network, owner))),
    ];
    // Larger first; of equal ones the last has it.
    claims.sort(
      (a, b) => a.start - b.start || b.end - a.end || Number(a.owner !== NOBODY) - Number(b.owner !== NOBODY) || b.owner - a.owner,
    );
    const stretches = cut(claims);
    this.starts = Float64Array.from(stretches, ({ start }) => start);
    this.ends = Float64Array.from(stretches, ({ end }) => end);
    this.owners = Int32Array.from(stretches, ({ owner }) => owner);
    this.sizes = new Float64Array(assets.length);
    let size = 0;
    for (const { start, end, owner } of stretches) {
      size += end - start + 1;
      if (owner !== NOBODY) this.sizes[owner]! += end - start + 1;
    }
    this.size = size;
  }

  /** The stretch that an address lies in, or -1 outside. */
  find(word: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (word < this.starts[middle]!) high = middle - 1;
      else if (word > this.ends[middle]!) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** What the owner says of a stretch. */
  exposureOf(stretch: number): Asset["exposure"] {
    return this.assets[this.owners[stretch]!]?.exposure ?? null;
  }

  /** Addresses of a /24, named by its upper 24 bits, that are in the space: visits each stretch's part. */
  eachPart(subnet: number, visit: (stretch: number, size: number) => void): void {
    for (let at = this.#firstIn(subnet); at < this.starts.length && this.starts[at]! < (subnet + 1) * 256; at++)
      visit(at, this.#sizeIn(subnet, at));
  }

  /** How many those are. Asked for every /24 of every source. */
  sizeIn(subnet: number): number {
    let size = 0;
    for (let at = this.#firstIn(subnet); at < this.starts.length && this.starts[at]! < (subnet + 1) * 256; at++)
      size += this.#sizeIn(subnet, at);
    return size;
  }

  #sizeIn(subnet: number, stretch: number): number {
    const start = subnet * 256;
    return Math.min(this.ends[stretch]!, start + 255) - Math.max(this.starts[stretch]!, start) + 1;
  }

  /** The first stretch that does not end before a /24. */
  #firstIn(subnet: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! < subnet * 256) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function claimOf(network: Network, owner: number): Claim[] {
  if (network.family !== 4) return [];
  return [{ start: network.words[3], end: network.words[3] + 2 ** (32 - network.bits) - 1, owner }];
}

/** Networks nest or are apart, so that a stack of those that are open tells whose an address is. */
function cut(claims: readonly Claim[]): Claim[] {
  const stretches: Claim[] = [];
  const open: Claim[] = [];
  let next = 0;
  const emit = (end: number, owner: number): void => {
    if (end < next) return;
    const last = stretches.at(-1);
    if (last !== undefined && last.owner === owner && last.end + 1 === next) stretches[stretches.length - 1] = { ...last, end };
    else stretches.push({ start: next, end, owner });
    next = end + 1;
  };
  const close = (before: number): void => {
    for (let top = open.at(-1); top !== undefined && top.end < before; top = open.at(-1)) {
      emit(top.end, top.owner);
      open.pop();
    }
  };
  for (const claim of claims) {
    close(claim.start);
    const top = open.at(-1);
    if (top === undefined) next = claim.start;
    else emit(claim.start - 1, top.owner);
    open.push(claim);
  }
  close(Number.POSITIVE_INFINITY);
  return stretches;
}
