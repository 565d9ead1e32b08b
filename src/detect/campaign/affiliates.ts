/**
 * Who belongs to a campaign though he came at another time: sources like its members in all that ties those, in the networks that hold many
 * of them. A second wave of the same operation is one campaign with the first.
 */
import type { Suspects } from "./suspects.ts";

/** Share of members that must have a thing for it to be asked of others. */
const MOST = 0.8;
/** Members in one /24 from which it is the campaign's, and the most that it weighs (log10). */
const FEWEST_IN_NETWORK = 3;
const GREATEST_NETWORK_WEIGHT = 3;
/** log10 of how much likelier in the campaign than outside a source must be. */
const LEAST_WEIGHT = 3;

/** Suspects of no campaign, or of another, that belong to this one; none where its members have no networks in common. */
export function affiliatesOf(members: readonly number[], suspects: Suspects): number[] {
  const first = members[0]!;
  if (suspects.family(first) === 6) return [];
  const networks = new Map<number, { members: number; strangers: number }>();
  for (const at of members) {
    const network = networks.get(suspects.word[at]! >>> 8) ?? { members: 0, strangers: 0 };
    network.members++;
    networks.set(suspects.word[at]! >>> 8, network);
  }
  for (const [network, counts] of networks) if (counts.members < FEWEST_IN_NETWORK) networks.delete(network);
  if (networks.size === 0) return [];
  const isAlike = likenessOf(members, suspects);
  if (isAlike === null) return [];
  const isMember = new Set(members);
  const candidates: number[] = [];
  let strangers = 0;
  let alike = 0;
  for (let at = 0; at < suspects.length; at++) {
    if (isMember.has(at) || suspects.trafficClass[at] !== suspects.trafficClass[first]) continue;
    strangers++;
    const network = suspects.family(at) === 4 ? networks.get(suspects.word[at]! >>> 8) : undefined;
    if (network !== undefined) network.strangers++;
    if (!isAlike(at)) continue;
    alike++;
    if (network !== undefined) candidates.push(at);
  }
  const likeness = Math.log10((strangers + 1) / (alike + 1));
  return candidates.filter((at) => {
    const { members: own, strangers: others } = networks.get(suspects.word[at]! >>> 8)!;
    const weight = Math.log10((own / members.length) * ((strangers + 1) / (others + 1)));
    return likeness + Math.min(GREATEST_NETWORK_WEIGHT, weight) >= LEAST_WEIGHT;
  });
}

/** Whether a suspect has all that most members share; null where they share nothing. */
function likenessOf(members: readonly number[], suspects: Suspects): ((at: number) => boolean) | null {
  const shared: { valueOf: (at: number) => number; value: number }[] = [];
  const ask = (valueOf: (at: number) => number, none: number): boolean => {
    const counts = new Map<number, number>();
    for (const at of members) counts.set(valueOf(at), (counts.get(valueOf(at)) ?? 0) + 1);
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (most === undefined || most[0] === none || most[1] < MOST * members.length) return false;
    shared.push({ valueOf, value: most[0] });
    return true;
  };
  if (!ask((at) => suspects.ports[at]!, -1)) ask((at) => suspects.mainPort[at]!, -1);
  ask((at) => suspects.toolCode(at), 0);
  if (!ask((at) => suspects.headerCode(at), 0)) ask((at) => (suspects.probesPortZero(at) ? 1 : 0), 0);
  return shared.length === 0 ? null : (at) => shared.every(({ valueOf, value }) => valueOf(at) === value);
}
