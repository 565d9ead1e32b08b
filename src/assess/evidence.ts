/** What holds in these facts: every item of `evidence/` with its weight from evidence-table.ts. */
import { BEYOND } from "./evidence/beyond.ts";
import { ANSWERS_AND_FLOODS } from "./evidence/floods.ts";
import { HOW } from "./evidence/how.ts";
import type { EvidenceItem } from "./evidence/item.ts";
import { PORT_ZERO } from "./evidence/port-zero.ts";
import { PRESENCE } from "./evidence/presence.ts";
import { WHO } from "./evidence/who.ts";
import { EVIDENCE_TABLE } from "./evidence-table.ts";
import type { Facts } from "./facts.ts";
import type { Observed } from "./likelihood.ts";

export const EVIDENCE: readonly EvidenceItem[] = [...PRESENCE, ...PORT_ZERO, ...WHO, ...HOW, ...ANSWERS_AND_FLOODS, ...BEYOND];

/** Every item with its strength in these facts, strongest groups not yet chosen; items that do not hold are left out. */
export function observe(facts: Facts): Observed[] {
  return EVIDENCE.flatMap(({ id, strength, sentence }) => {
    const held = Math.min(1, Math.max(0, strength(facts)));
    return held > 0 ? [{ id, ...EVIDENCE_TABLE[id], strength: held, sentence: sentence(facts) }] : [];
  });
}
