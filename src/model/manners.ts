/** How a source behaved, as far as it bears on who it says it is: research scanners have manners, and say which. */
import type { ToolName } from "./activity.ts";

export interface Manners {
  /** It never showed that it gets answers: the address may be forged. */
  readonly spoofable: boolean;
  /** Tools whose marks its packets carry, with the number of such packets. */
  readonly tools: ReadonlyMap<ToolName, number>;
  /** What goes beyond scanning, as predicates for a sentence: "carries Mirai's mark (31 packets)". Empty where nothing does. */
  readonly beyond: readonly string[];
}

/** Of an address of whose behaviour nothing is known. */
export const NO_MANNERS: Manners = { spoofable: true, tools: new Map(), beyond: [] };
