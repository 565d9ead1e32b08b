/** Whom they meant, by tests of their targets against what each group exposes (detect/focus). */
import type { FocusAspect, FocusTest } from "../../model/asset.ts";
import type { Facts } from "../facts.ts";
import type { EvidenceItem } from "./item.ts";

/** A group that is one's own word for what is attacked weighs more than a /24 that scanners walk through. */
const NAMED: readonly FocusAspect[] = ["sector", "role", "asset"];

export const WHOM: readonly EvidenceItem[] = [
  {
    id: "group-meant",
    strength: (facts) => (find(facts, NAMED, "focused") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, NAMED, "focused")?.sentence ?? "",
  },
  {
    id: "subnet-meant",
    strength: (facts) => (find(facts, ["subnet"], "focused") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, ["subnet"], "focused")?.sentence ?? "",
  },
  {
    id: "sectors-spread",
    strength: (facts) => (find(facts, ["sector"], "spread") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, ["sector"], "spread")?.sentence ?? "",
  },
  {
    id: "hosts-meant",
    strength: (facts) => (find(facts, ["exposure"], "focused") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, ["exposure"], "focused")?.sentence ?? "",
  },
  {
    id: "dark-asked-too",
    strength: (facts) => (find(facts, ["exposure"], "spread") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, ["exposure"], "spread")?.sentence ?? "",
  },
  {
    id: "service-meant",
    strength: (facts) => (find(facts, ["service"], "focused") === undefined ? 0 : 1),
    sentence: (facts) => find(facts, ["service"], "focused")?.sentence ?? "",
  },
];

function find({ focus }: Facts, aspects: readonly FocusAspect[], verdict: FocusTest["verdict"]): FocusTest | undefined {
  return focus?.tests.find((test) => aspects.includes(test.aspect) && test.verdict === verdict);
}
