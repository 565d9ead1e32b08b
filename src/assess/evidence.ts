/**
 * Evidence as data: what speaks for and against each reading, how strongly, and on whose word. The ratios are odds that a careful analyst
 * would accept; each names the literature it stands on, and where nobody has measured it stands "stated judgement".
 */
import { ANSWERS_AND_FLOODS } from "./evidence/floods.ts";
import { HOW } from "./evidence/how.ts";
import type { EvidenceItem } from "./evidence/item.ts";
import { PORT_ZERO } from "./evidence/port-zero.ts";
import { PRESENCE } from "./evidence/presence.ts";
import { WHO } from "./evidence/who.ts";
import type { Facts } from "./facts.ts";
import type { Observed } from "./likelihood.ts";

const EVIDENCE: readonly EvidenceItem[] = [...PRESENCE, ...PORT_ZERO, ...WHO, ...HOW, ...ANSWERS_AND_FLOODS];

/** Every item with its strength in these facts, strongest groups not yet chosen; items that do not hold are left out. */
export function observe(facts: Facts): Observed[] {
  return EVIDENCE.flatMap(({ id, group, source, ratios, strength, sentence }) => {
    const held = Math.min(1, Math.max(0, strength(facts)));
    return held > 0 ? [{ id, group, source, ratios, strength: held, sentence: sentence(facts) }] : [];
  });
}
