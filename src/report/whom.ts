/** Whom the probes meant, in sentences: the same on the screen, in Markdown and on the page. */
import type { FocusTest, TargetFocus } from "../model/asset.ts";
import type { Report } from "../model/report.ts";
import { counted } from "./quantity.ts";

export interface Whom {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** Null where no test could say anything. Where `brief`, networks that nobody singled out are left out. */
export function whomWords({ focus }: Report, brief: boolean = false): Whom | null {
  if (focus === null) return null;
  const known = focus.tests.filter((test) => isTold(test, focus));
  if (!known.some(({ verdict }) => verdict !== "cannot-tell")) return null;
  const told = known.filter(({ aspect, verdict }) => !brief || aspect !== "subnet" || verdict === "focused" || focus.sectors < 2);
  const order = focus.order === "unknown" ? [] : [focus.orderSentence];
  const leftOut = focus.ipv6Targets === 0 ? [] : [`In none of these tests: ${counted(focus.ipv6Targets, "target")} over IPv6.`];
  return { title: titleOf(focus), sentences: [...told.map(({ sentence }) => sentence), ...order, ...leftOut] };
}

/** What is known, and of sectors also what is not. Roles, assets and services only where one is meant. */
function isTold({ aspect, verdict }: FocusTest, { sectors }: TargetFocus): boolean {
  if (aspect === "sector") return verdict !== "cannot-tell" || sectors > 0;
  if (aspect === "role" || aspect === "asset" || aspect === "service") return verdict === "focused";
  return verdict !== "cannot-tell";
}

function titleOf({ tests }: TargetFocus): string {
  const verdictOf = (aspect: FocusTest["aspect"]): FocusTest | undefined => tests.find((test) => test.aspect === aspect);
  const meant = (["asset", "role", "sector", "subnet"] as const).map(verdictOf).find((test) => test?.verdict === "focused");
  const live = verdictOf("exposure")?.verdict;
  const first = meant === undefined ? (verdictOf("sector")?.verdict === "spread" ? "no one sector" : null) : `above all ${meant.group}`;
  const second = live === "focused" ? "live hosts only" : live === "spread" ? "dark space too" : null;
  return [first, second].filter((part) => part !== null).join(", ") || "as far as it shows";
}
