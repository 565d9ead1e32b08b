/** The kinds of scenarios, one for each thing that an analyst must tell from the others. */
import type { HypothesisId } from "../../model/assessment.ts";
import type { LabEvent } from "../event.ts";
import { portZeroSearch, researchFrom } from "./drawn-events.ts";
import { eventNamed } from "./named.ts";
import type { ScenarioForm, ScenarioKind, Surroundings } from "./scenario.ts";

const FLOWS: readonly ScenarioForm[] = ["netflow-v5", "zeek", "suricata", "netfilter", "vpc-flow"];
/** Records that tell TCP flags, or what a firewall saw. */
const WITH_FLAGS: readonly ScenarioForm[] = ["netflow-v5", "zeek", "netfilter"];

type Choices = Partial<Omit<ScenarioKind, "name" | "reading" | "seconds" | "events">>;

function kind(
  name: string,
  reading: HypothesisId,
  seconds: number,
  events: (random: Parameters<ScenarioKind["events"]>[0], surroundings: Surroundings) => readonly LabEvent[],
  choices: Choices = {},
): ScenarioKind {
  return {
    name,
    reading,
    alsoRight: [],
    forms: FLOWS,
    bits: [18, 23],
    live: [0.02, 0.4],
    scale: [0.5, 2],
    stretch: [0.5, 3],
    hasCompany: true,
    seconds,
    events,
    ...choices,
  };
}

export const SCENARIO_KINDS: readonly ScenarioKind[] = [
  kind("research, listed", "research", 6 * 3600, (random, { acknowledged }) => [researchFrom(random, acknowledged)]),
  kind("worm with Mirai's mark", "worm-or-botnet", 3600, () => [eventNamed("worm-mirai")], { forms: ["netflow-v5", "zeek", "netfilter"] }),
  kind("worm with connect()", "worm-or-botnet", 3600, () => [eventNamed("worm-445")]),
  kind("botnet that grows", "worm-or-botnet", 12 * 3600, () => [eventNamed("botnet-growth")]),
  kind("search after an advisory", "vulnerability-search", 3600, () => [eventNamed("vulnerability-search")]),
  kind("search from port zero", "vulnerability-search", 3 * 3600, (random) => [portZeroSearch(random)], { forms: ["netfilter", "zeek"] }),
  kind("search, slow and alone", "vulnerability-search", 3 * 86_400, () => [eventNamed("slow-scan")], {
    alsoRight: ["research"],
    scale: [1, 2],
    hasCompany: false,
  }),
  kind("one host from top to bottom", "targeted-reconnaissance", 600, (random) => [
    eventNamed(random.pick(["vertical-syn", "vertical-connect", "vertical-xmas", "vertical-udp"])),
  ]),
  kind("a few hosts, taking hours", "targeted-reconnaissance", 8 * 3600, () => [eventNamed("targeted-reconnaissance")], {
    live: [0.1, 0.4],
  }),
  kind("malformed to port zero", "fingerprinting", 2 * 86_400, () => [eventNamed("cert-polska-2011")], {
    forms: ["netfilter"],
    scale: [0.1, 1],
  }),
  kind("detection of an operating system", "fingerprinting", 30, () => [eventNamed("os-detection")], {
    alsoRight: ["targeted-reconnaissance"],
    forms: [],
    live: [0.2, 0.5],
    stretch: [1, 1],
    hasCompany: false,
  }),
  kind("backscatter of SYN floods", "backscatter", 900, () => [eventNamed("backscatter")], { forms: WITH_FLAGS }),
  kind("backscatter to port zero", "backscatter", 900, () => [eventNamed("backscatter-port-zero")], { forms: WITH_FLAGS }),
  kind("backscatter of UDP floods", "backscatter", 900, () => [eventNamed("backscatter-icmp")], { forms: ["netflow-v5"] }),
  kind("fragmented amplification", "ddos", 120, () => [eventNamed("fragmented-amplification")], {
    forms: ["netflow-v5", "zeek"],
    live: [0.05, 0.4],
  }),
  kind("amplification", "ddos", 120, () => [eventNamed("reflection")], { forms: ["netflow-v5", "zeek", "vpc-flow"], live: [0.05, 0.4] }),
  kind("forged SYN flood", "ddos", 90, () => [eventNamed("syn-flood")], { live: [0.05, 0.4] }),
  kind("fragments in flow records", "artefact", 900, () => [eventNamed("later-fragments"), eventNamed("web-browsing")], {
    // A capture shows that they are fragments; flow records show port zero that was not there.
    alsoRight: ["ordinary"],
    forms: ["netflow-v5"],
    live: [0.1, 0.4],
    hasCompany: false,
  }),
  kind("a service that is gone", "misconfiguration", 6 * 3600, () => [eventNamed("misconfiguration")], { live: [0.05, 0.4] }),
  kind("an inventory from inside", "misconfiguration", 1800, () => [eventNamed("inventory")], { live: [0.1, 0.4], scale: [0.5, 1.5] }),
  kind(
    "an ordinary day",
    "ordinary",
    1200,
    (random) =>
      random
        .shuffle([
          "web-browsing",
          "dns-resolver",
          "ntp",
          "p2p",
          "mail-server",
          "cdn-server",
          "health-checks",
          "mobile-nat-strays",
          "password-guessing",
          "udp-source-zero",
          "gre-esp",
          "icmp-echo",
        ])
        .slice(0, random.integer(2, 5))
        .map(eventNamed),
    // A firewall drops nothing of it.
    { forms: ["netflow-v5", "zeek", "suricata", "vpc-flow"], live: [0.1, 0.4], hasCompany: false },
  ),
];
