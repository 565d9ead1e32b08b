/**
 * Whether the targets of one source are a random choice or stretches of neighbours. The order of probes in time is not kept, and need not
 * be: what a scanner that walks through a network leaves, once it is seen in part, are neighbours; what one that draws at random leaves has
 * gaps of any length (geometric ones).
 */

/** Fewer targets tell nothing. */
const FEWEST_TARGETS = 20;
/** Share of neighbours from which targets are stretches, where so many are less likely than this by chance. */
const SEQUENTIAL_SHARE = 0.75;
const CHANCE_SHARE = 0.5;
/** Share of the /24s' addresses that were asked: whole ones are stretches, where there are others that were not asked. */
const WHOLE_SHARE = 0.6;
/** How far from the share by chance, in standard deviations and besides, a random choice may be. */
const RANDOM_SIGMAS = 3;
const RANDOM_SLACK = 0.05;
/** A sample of one in `scale` of neighbours has gaps of about `scale`: so many times that is near. */
const NEAR = 2;

export type TargetOrder = "random" | "sequential" | "mixed" | "unknown";

/**
 * @param targets distinct, rising; the first `length` count
 * @param scale each stands for so many
 * @param inSubnets addresses of the space in the /24s that the targets lie in
 * @param inSpace addresses of the whole space that could have been asked
 */
export function orderOf(targets: Uint32Array, length: number, scale: number, inSubnets: number, inSpace: number): TargetOrder {
  if (length < FEWEST_TARGETS) return "unknown";
  const density = length / inSubnets;
  if (density * scale >= WHOLE_SHARE) return inSubnets <= inSpace / 2 ? "sequential" : "unknown";
  const near = scale === 1 ? 1 : NEAR * scale;
  const neighbours = length - runsOf(targets, length, near);
  const share = neighbours / (length - 1);
  // Of two random targets in the same /24s, how often the next is so near.
  const chance = 1 - (1 - density) ** near;
  if (share >= SEQUENTIAL_SHARE && chance <= CHANCE_SHARE) return "sequential";
  const error = RANDOM_SIGMAS * Math.sqrt((chance * (1 - chance)) / (length - 1)) + RANDOM_SLACK;
  return Math.abs(share - chance) <= error ? "random" : "mixed";
}

/** Stretches in which each target is at most `near` from the one before. */
export function runsOf(targets: Uint32Array, length: number, near: number): number {
  let runs = length === 0 ? 0 : 1;
  for (let at = 1; at < length; at++) if (targets[at]! - targets[at - 1]! > near) runs++;
  return runs;
}
