/** The competing readings of what was read: what each claims, how likely it is before any evidence, and what would help to decide. */
import type { HypothesisId } from "../model/assessment.ts";

export interface HypothesisKind {
  readonly id: HypothesisId;
  /** As it stands in a sentence: "this is most likely …". */
  readonly reading: string;
  /**
   * Probability before evidence, for what somebody thought worth assessing. Stated judgement: most of it is ordinary traffic and the
   * noise of the Internet; someone who means just you is rare.
   */
  readonly prior: number;
  /** What no single input holds and would help. */
  readonly missing: readonly string[];
}

export const HYPOTHESES: readonly HypothesisKind[] = [
  {
    id: "ordinary",
    reading: "ordinary traffic",
    prior: 0.25,
    missing: ["a longer time: slow probing shows over hours and days"],
  },
  {
    id: "vulnerability-search",
    reading: "an indiscriminate search for vulnerable services",
    prior: 0.22,
    missing: [
      "history: whether this port is probed more than on other days",
      "other sensors: whether others see the same",
      "the reputation of the sources",
      "what a service that answers would be sent next",
    ],
  },
  {
    id: "research",
    reading: "a survey by an acknowledged or research scanner",
    prior: 0.12,
    missing: ["forward-confirmed names of the sources", "an answer to a probe, which shows that the source is not forged"],
  },
  {
    id: "worm-or-botnet",
    reading: "spreading by a worm or a growing botnet",
    prior: 0.12,
    missing: [
      "history: whether the number of sources rises from day to day",
      "the payload sent after a completed handshake",
      "other sensors: whether others see the same sources",
    ],
  },
  {
    id: "backscatter",
    reading: "backscatter: answers of a victim whose attacker forges addresses",
    prior: 0.07,
    missing: ["what went out: that no host here asked the questions", "other telescopes: whether they get answers from the same victim"],
  },
  {
    id: "misconfiguration",
    reading: "a misconfigured or broken device, or an inventory scan of one's own",
    prior: 0.06,
    missing: ["who owns the source, and what runs on it", "whether it recurs at the same hours"],
  },
  {
    id: "ddos",
    reading: "a denial-of-service attack under way",
    prior: 0.05,
    missing: ["packet sizes and rates at the border", "whether the target suffers"],
  },
  {
    id: "artefact",
    reading: "an artefact: port zero in the records that was not on the wire",
    prior: 0.05,
    missing: ["a packet capture of the same traffic, which shows whether there is a transport header"],
  },
  {
    id: "fingerprinting",
    reading: "fingerprinting of stacks or firewalls (or a broken tool)",
    prior: 0.03,
    missing: ["what the targets answered to each malformed packet", "whether the same sources come back to the ports that answered"],
  },
  {
    id: "targeted-reconnaissance",
    reading: "reconnaissance aimed at these targets",
    prior: 0.03,
    missing: [
      "whether anyone else sees these sources: unseen elsewhere would speak for it",
      "owner and role of the targets",
      "history: earlier slow probes of the same targets",
    ],
  },
];

/** The readings that prepare an attack: their probabilities add up in the summary and in severity. */
export const ATTACK_PREPARATION: ReadonlySet<HypothesisId> = new Set(["vulnerability-search", "worm-or-botnet", "targeted-reconnaissance"]);
