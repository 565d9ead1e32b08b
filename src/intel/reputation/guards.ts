/**
 * Entries that must never be acted upon, whoever lists them, and why: poisoned and careless feeds are both common. What the guards take
 * out is counted by reason and shown, so that a poisoned feed is known as one.
 */
import { formatNetwork, type Network, parseNetwork } from "../../model/address.ts";
import type { FeedKind } from "../../model/reputation.ts";
import { SPECIAL_PURPOSE_NETWORKS } from "../special-purpose.ts";
import { type EntryColumns, maskOf } from "./entry-columns.ts";
import { NetworkOverlaps } from "./network-overlaps.ts";
import { PUBLIC_RESOLVERS, ROOT_SERVERS } from "../public-resolvers.ts";

/** A /8 is the largest block that was ever allotted to one holder (IANA's IPv4 registry): nothing wider is anybody's in particular. */
export const WIDEST_BITS_4 = 8;
/** A /19 is the largest IPv6 allocation to one holder that is announced (RIRs allot a /32 by default): nothing wider is anybody's. */
export const WIDEST_BITS_6 = 19;
/** Entries taken out that are named; all are counted. */
const NAMED = 8;

/** Why an entry was taken out, in the order that is tried. */
export const GUARD_REASONS = ["everything", "too-wide", "own-network", "special-purpose", "resolver"] as const;
export type GuardReason = (typeof GUARD_REASONS)[number];

export interface GuardReport {
  /** Networks taken out, in all and by reason. */
  readonly guarded: number;
  readonly reasons: Readonly<Record<GuardReason, number>>;
  /** The first few of them. */
  readonly examples: readonly { readonly network: string; readonly reason: GuardReason }[];
}

export interface GuardOptions {
  readonly kind: FeedKind;
  /** The user's own networks. */
  readonly own: readonly Network[];
}

/** IPv6 that IANA assigns to nobody: all outside 2000::/3, but for the well-known translation prefix (RFC 6052). */
const UNASSIGNED_6 = ["::/3", "4000::/2", "8000::/1"];
const TRANSLATION = [0x64, 0xff9b] as const;

let special: NetworkOverlaps | null = null;
let resolvers: NetworkOverlaps | null = null;

/**
 * Takes out of `networks`, in place, what must never be acted upon: an entry that covers, equals or lies in a guarded network goes as a
 * whole. A list that speaks *for* addresses (`acknowledged`, `resolver`) may name resolvers and own networks; it may not excuse everything.
 */
export function guardEntries(networks: EntryColumns, { kind, own }: GuardOptions): GuardReport {
  special ??= new NetworkOverlaps([...SPECIAL_PURPOSE_NETWORKS, ...UNASSIGNED_6.flatMap((text) => parseNetwork(text) ?? [])]);
  resolvers ??= new NetworkOverlaps(
    [...PUBLIC_RESOLVERS.flatMap(({ addresses }) => addresses), ...ROOT_SERVERS].flatMap((text) => parseNetwork(text) ?? []),
  );
  const speaksFor = kind === "acknowledged" || kind === "resolver";
  const checks: readonly (readonly [GuardReason, NetworkOverlaps])[] = [
    ...(speaksFor ? [] : [["own-network", new NetworkOverlaps(own)] as const]),
    ["special-purpose", special],
    ...(speaksFor ? [] : [["resolver", resolvers] as const]),
  ];
  const reasons: Record<GuardReason, number> = { everything: 0, "too-wide": 0, "own-network": 0, "special-purpose": 0, resolver: 0 };
  const examples: { network: string; reason: GuardReason }[] = [];
  const takeOut = (reason: GuardReason, family: 4 | 6, words: Network["words"], bits: number): void => {
    reasons[reason]++;
    if (examples.length < NAMED) examples.push({ network: showNetwork({ family, words, bits }), reason });
  };
  const { words4, bits4, words6, bits6 } = networks;
  let kept = 0;
  for (let i = 0; i < networks.count4; i++) {
    const bits = bits4[i]!;
    const word = words4[i]!;
    let reason: GuardReason | null = bits === 0 ? "everything" : bits < WIDEST_BITS_4 ? "too-wide" : null;
    for (let check = 0; reason === null && check < checks.length; check++) {
      if (checks[check]![1].overlaps4(word, (word | ~maskOf(bits)) >>> 0)) reason = checks[check]![0];
    }
    if (reason === null) {
      words4[kept] = word;
      bits4[kept++] = bits;
    } else takeOut(reason, 4, [0, 0, 0, word], bits);
  }
  networks.count4 = kept;
  kept = 0;
  for (let i = 0; i < networks.count6; i++) {
    const bits = bits6[i]!;
    const [a = 0, b = 0, c = 0, d = 0] = words6.subarray(4 * i, 4 * i + 4);
    let reason: GuardReason | null = bits === 0 ? "everything" : bits < WIDEST_BITS_6 ? "too-wide" : null;
    const isTranslation = a === TRANSLATION[0] * 65536 + TRANSLATION[1] && b === 0 && c === 0 && bits >= 96;
    for (let check = 0; reason === null && check < checks.length; check++) {
      const [why, overlaps] = checks[check]!;
      if (!(isTranslation && why === "special-purpose") && overlaps.overlaps6(a, b, c, d, bits)) reason = why;
    }
    if (reason === null) {
      words6.copyWithin(4 * kept, 4 * i, 4 * i + 4);
      bits6[kept++] = bits;
    } else takeOut(reason, 6, [a, b, c, d], bits);
  }
  networks.count6 = kept;
  return { guarded: Object.values(reasons).reduce((sum, count) => sum + count, 0), reasons, examples };
}

/** "0.0.0.0/0 (everything), 10.0.0.0/8 (special-purpose) and 3 more", or null where nothing was taken out. */
export function guardWords({ guarded, examples }: GuardReport): string | null {
  if (guarded === 0) return null;
  const named = examples.slice(0, 3).map(({ network, reason }) => `${network} (${reason})`);
  return named.join(", ") + (guarded > named.length ? ` and ${guarded - named.length} more` : "");
}

/** A network with its length even where it is one address: it stands beside others. */
function showNetwork(network: Network): string {
  const text = formatNetwork(network);
  return text.includes("/") ? text : `${text}/${network.bits}`;
}
