/** The defended network of an event: which of its addresses are hosts, what they serve, how they answer. */
import type { Network } from "../model/address.ts";
import { publicAddress } from "./population.ts";
import type { Random } from "./random.ts";

/** How a host meets a packet to one of its ports. */
export type Reception = "open" | "closed" | "filtered" | "dark";

/** Services of hosts with the share of hosts that have them. */
const SERVICES: readonly (readonly [number, number])[] = [
  [22, 0.35],
  [25, 0.08],
  [53, 0.06],
  [80, 0.4],
  [135, 0.2],
  [139, 0.15],
  [443, 0.45],
  [445, 0.2],
  [3306, 0.05],
  [3389, 0.15],
  [8080, 0.1],
];
const UDP_SERVICES: readonly (readonly [number, number])[] = [
  [53, 0.06],
  [123, 0.1],
  [161, 0.1],
];
/** Share of live hosts whose own firewall drops what is not served. */
const FILTERING = 0.3;

/** Networks of 2^(32 - bits) addresses each. Hosts and services follow from a key, so nothing is stored. */
export class Site {
  readonly networks: readonly Network[];
  /** Addresses of all networks together. */
  readonly size: number;
  readonly #bases: readonly number[];
  readonly #each: number;
  readonly #liveShare: number;
  readonly #key: number;

  /** @param bases an address in each network. */
  constructor(bases: readonly number[], bits: number, liveShare: number, key: number) {
    this.#each = 2 ** (32 - bits);
    this.size = this.#each * bases.length;
    this.#bases = bases.map((base) => base - (base % this.#each));
    this.networks = this.#bases.map((base) => ({ family: 4, words: [0, 0, 0, base], bits }));
    this.#liveShare = liveShare;
    this.#key = key;
  }

  /** A site somewhere in public space: a /20 with a quarter of its addresses in use, unless told otherwise. */
  static draw(random: Random, bits = 20, liveShare = 0.25): Site {
    return new Site([publicAddress(random)], bits, liveShare, random.word());
  }

  isInside(address: number): boolean {
    for (const base of this.#bases) if (address >= base && address < base + this.#each) return true;
    return false;
  }

  /** Whether a host has the address. Network and broadcast addresses are never hosts. */
  isLive(address: number): boolean {
    const offset = address % this.#each;
    if (offset === 0 || offset === this.#each - 1 || !this.isInside(address)) return false;
    return this.#draw(address, 0) < this.#liveShare;
  }

  tcp(address: number, port: number): Reception {
    return this.#reception(address, port, SERVICES, 1);
  }

  udp(address: number, port: number): Reception {
    return this.#reception(address, port, UDP_SERVICES, 2);
  }

  /** Any address of the site. */
  address(random: Random): number {
    return random.pick(this.#bases) + random.integer(1, this.#each - 2);
  }

  /** The address of a host. */
  host(random: Random): number {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const address = this.address(random);
      if (this.isLive(address)) return address;
    }
    return this.address(random); // a dark site: any address will do
  }

  /** The address of a host that serves the TCP port. */
  server(random: Random, port: number): number {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const address = this.address(random);
      if (this.tcp(address, port) === "open") return address;
    }
    return this.address(random);
  }

  /** `count` different addresses, in random order. */
  addresses(random: Random, count: number): number[] {
    const chosen = new Set<number>();
    const wanted = Math.min(count, this.size - 2 * this.#bases.length);
    while (chosen.size < wanted) chosen.add(this.address(random));
    return [...chosen];
  }

  /** `count` different hosts, or as many as can be found. */
  hosts(random: Random, count: number): number[] {
    const chosen = new Set<number>();
    for (let attempt = 0; chosen.size < count && attempt < 50 * count; attempt++) chosen.add(this.host(random));
    return [...chosen];
  }

  #reception(address: number, port: number, services: readonly (readonly [number, number])[], salt: number): Reception {
    if (!this.isLive(address)) return "dark";
    const share = services.find(([service]) => service === port)?.[1] ?? 0;
    if (this.#draw(address, port * 4 + salt) < share) return "open";
    return this.#draw(address, 3) < FILTERING ? "filtered" : "closed";
  }

  /** A number in [0, 1) that depends on the site's key, the address and a salt. */
  #draw(address: number, salt: number): number {
    let h = Math.imul(address ^ this.#key, 0x85ebca6b) ^ Math.imul(salt + 0x9e37, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f);
    h = Math.imul(h ^ (h >>> 13), 0x165667b1);
    return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
  }
}
