/** The competing readings of what was read: what each claims, how likely it is before any evidence, and what would help to decide. */
import type { HypothesisId } from "../model/assessment.ts";
import type { QuestionId } from "./questions.ts";

export interface HypothesisKind {
  readonly id: HypothesisId;
  /** As it stands in a sentence: "this is most likely …". */
  readonly reading: string;
  /** Questions whose answers are weighed, where they are open. */
  readonly asks: readonly QuestionId[];
  /** What no single input holds and would help, and is not weighed. */
  readonly missing: readonly string[];
}

export const HYPOTHESES: readonly HypothesisKind[] = [
  {
    id: "ordinary",
    reading: "ordinary traffic",
    asks: ["history"],
    missing: ["a longer time: slow probing shows over hours and days"],
  },
  {
    id: "vulnerability-search",
    reading: "an indiscriminate search for vulnerable services",
    asks: ["history", "sensors", "reputation"],
    missing: ["what a service that answers would be sent next"],
  },
  {
    id: "research",
    reading: "a survey by an acknowledged or research scanner",
    asks: ["names", "proof"],
    missing: ["what the organisation says of its scans"],
  },
  {
    id: "worm-or-botnet",
    reading: "spreading by a worm or a growing botnet",
    asks: ["history", "sensors", "reputation"],
    missing: ["the payload sent after a completed handshake"],
  },
  {
    id: "backscatter",
    reading: "backscatter: answers of a victim whose attacker forges addresses",
    asks: ["history"],
    missing: ["what went out: that no host here asked the questions", "other telescopes: whether they get answers from the same victim"],
  },
  {
    id: "misconfiguration",
    reading: "a misconfigured or broken device, or an inventory scan of one's own",
    asks: ["sensors"],
    missing: ["who owns the source, and what runs on it", "whether it recurs at the same hours"],
  },
  {
    id: "ddos",
    reading: "a denial-of-service attack under way",
    asks: ["history"],
    missing: ["packet sizes and rates at the border", "whether the target suffers"],
  },
  {
    id: "artefact",
    reading: "an artefact: port zero in the records that was not on the wire",
    asks: ["header"],
    missing: ["what the exporter writes down where there is no header"],
  },
  {
    id: "fingerprinting",
    reading: "fingerprinting of stacks or firewalls (or a broken tool)",
    asks: ["history", "sensors"],
    missing: ["what the targets answered to each malformed packet", "whether the same sources come back to the ports that answered"],
  },
  {
    id: "targeted-reconnaissance",
    reading: "reconnaissance aimed at these targets",
    asks: ["sensors", "outcomes", "reputation"],
    missing: ["owner and role of the targets", "history: earlier slow probes of the same targets"],
  },
];

/** The readings that prepare an attack: their probabilities add up in the summary and in severity. */
export const ATTACK_PREPARATION: ReadonlySet<HypothesisId> = new Set(["vulnerability-search", "worm-or-botnet", "targeted-reconnaissance"]);
