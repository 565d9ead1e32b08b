/** What feeds say of an address, in one sentence. */
import type { ReputationLabel } from "../model/reputation.ts";
import { count, counted } from "./quantity.ts";

/** Lists named each; the others are counted. */
const NAMED = 5;

/** "on 3 lists, 2 independent against it: CINS Army (attacker, 2026-11-23), …". */
export function reputationWords({ hits, independent }: ReputationLabel): string {
  const named = hits.slice(0, NAMED).map(({ list, kind, date }) => `${list} (${kind}${date === null ? "" : `, ${date}`})`);
  const more = hits.length > NAMED ? ` and ${count(hits.length - NAMED)} more` : "";
  return `on ${counted(hits.length, "list")}, ${count(independent)} independent against it: ${named.join(", ")}${more}`;
}
