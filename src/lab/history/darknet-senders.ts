/**
 * Who sends to a darknet: few that scan for weeks and send half of all, very many bots that come and go, victims of floods with forged
 * addresses that answer (backscatter). A sender is a place in one of these crowds for as long as it lives, then another address has the
 * place: so any interval is made without the ones before it, and nothing has to be remembered.
 */
import { mix32, mixPair } from "../../sketch/hash.ts";

const DAY = 86_400;

export interface Crowd {
  readonly name: string;
  /** Places; place 0 sends most. */
  readonly places: number;
  /** Of the law 1/rank^exponent by which a place sends. */
  readonly exponent: number;
  /** Days that a sender lives: from the first to the second, skewed to the short. */
  readonly life: readonly [shortest: number, longest: number];
  /** Packets in a row, at most and on average. */
  readonly burst: readonly [mean: number, most: number];
  /** Part of the hours in which a sender is at work. */
  readonly busy: number;
  /** Part of all packets. */
  readonly share: number;
}

export const SCANNERS: Crowd = {
  name: "scanners",
  places: 2500,
  exponent: 1,
  life: [3, 240],
  burst: [8, 96],
  busy: 0.6,
  share: 0.53,
};
export const BOTS: Crowd = {
  name: "bots",
  places: 160_000,
  exponent: 0.5,
  life: [0.5, 20],
  burst: [1.7, 8],
  busy: 0.5,
  share: 0.395,
};
export const VICTIMS: Crowd = {
  name: "victims",
  places: 120,
  exponent: 1.1,
  life: [0.05, 3],
  burst: [3, 40],
  busy: 0.9,
  share: 0.06,
};
export const PINGERS: Crowd = {
  name: "pingers",
  places: 800,
  exponent: 0.9,
  life: [1, 60],
  burst: [4, 40],
  busy: 0.5,
  share: 0.015,
};

/** Random words of the sender that has a place at a time: the same for as long as it lives. */
export function senderAt(seed: number, crowd: Crowd, place: number, time: number): number {
  const own = mixPair(mixPair(seed, crowd.places), place);
  const [shortest, longest] = crowd.life;
  const life = shortest * (longest / shortest) ** (own / 2 ** 32);
  const lives = Math.floor(time / DAY / life + mix32(own) / 2 ** 32);
  return mixPair(own, lives);
}

/** Whether a sender is at work in the hour. */
export function isAtWork(crowd: Crowd, sender: number, time: number): boolean {
  return mixPair(sender, Math.floor(time / 3600)) < crowd.busy * 2 ** 32;
}

/** Networks of 65,536 addresses that senders are in, those of low rank far more often; and hosting networks, where scanners are. */
const WIDE_NETWORKS = 9000;
const HOSTING_NETWORKS = 96;
const HOSTED = 0.35 * 2 ** 32;

/** Its IPv4 address: public space only. */
export function addressOf(crowd: Crowd, sender: number): number {
  const host = mix32(sender + 1);
  if (crowd === SCANNERS && mix32(sender + 2) < HOSTED) {
    const network = networkWord(0x10000 + (mix32(sender + 3) % HOSTING_NETWORKS));
    return ((network << 16) | ((network & 0xff) << 8) | (1 + (host % 254))) >>> 0;
  }
  const rank = Math.floor((mix32(sender + 3) / 2 ** 32) ** 2 * WIDE_NETWORKS);
  return ((networkWord(rank) << 16) | (host & 0xffff)) >>> 0;
}

/** Upper sixteen bits of an address, public: no private, special or multicast first octet. */
function networkWord(index: number): number {
  for (let word = mix32(index + 77); ; word = mix32(word)) {
    const first = (word >>> 8) & 0xff;
    if (first > 0 && first < 224 && !AVOIDED.has(first)) return word & 0xffff;
  }
}

const AVOIDED = new Set([10, 100, 127, 169, 172, 192, 198, 203]);

/** Autonomous systems that the networks are spread over. */
const SYSTEMS = 5000;

/** Number of the autonomous system of an address. */
export function systemOf(address: number): number {
  return 1000 + (mix32(address >>> 16) % SYSTEMS);
}
