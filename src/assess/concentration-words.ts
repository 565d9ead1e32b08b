/** Concentration in words: how many, where, and how many noise would have there. */
import type { Concentrated, Concentration } from "./concentration.ts";
import { agree, count, plural } from "./words.ts";

/** "30 of 52 sources are in one network (AS202425, IP Volume inc); of noise at most 7 % are (chance below 1 in a billion)." */
export function concentrationSentence({ placed, largest, largestPrefix }: Concentration): string {
  const network = largest === null ? [] : [clause(largest, "one network")];
  // A /24 that holds as many as the whole network says more; one that is the network is said once.
  const prefix =
    largestPrefix === null || largestPrefix.name === largest?.name || largestPrefix.chance > 0.01
      ? []
      : [clause(largestPrefix, `one ${largestPrefix.name.slice(largestPrefix.name.indexOf("/"))}`)];
  return `Of ${plural(placed, "source")} ${[...network, ...prefix].join("; ")}: bots are spread over many networks.`;
}

function clause({ name, sources, base, chance }: Concentrated, what: string): string {
  return `${count(sources)} ${agree(sources, "is", "are")} in ${what} (${name}), where noise has ${percent(base)} at most (${chanceWords(chance)})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** "chance 1 in 300", never finer than is believable. */
function chanceWords(chance: number): string {
  if (chance < 1e-9) return "chance below 1 in a billion";
  if (chance > 0.5) return "no more than chance";
  return `chance 1 in ${count(Number((1 / chance).toPrecision(2)))}`;
}
