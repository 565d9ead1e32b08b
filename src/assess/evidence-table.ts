/**
 * What evidence weighs: the odds before any evidence, each item's likelihood ratios and whose word they stand on, and which items
 * come from the same cause. All of it data, in this one file; when an item holds, and how it is said, stands in
 * `evidence/` under the same id. The ratios are odds that a careful analyst would accept; where nobody has measured, "stated judgement".
 */
import type { HypothesisId } from "../model/assessment.ts";
import * as by from "./evidence/literature.ts";

/**
 * Probability before evidence, for what somebody thought worth assessing. Stated judgement: most of it is ordinary traffic and the
 * noise of the Internet; someone who means just you is rare. `--priors` replaces them.
 */
export const PRIORS: Readonly<Record<HypothesisId, number>> = {
  ordinary: 0.25,
  "vulnerability-search": 0.22,
  research: 0.12,
  "worm-or-botnet": 0.12,
  backscatter: 0.07,
  misconfiguration: 0.06,
  ddos: 0.05,
  artefact: 0.05,
  fingerprinting: 0.03,
  "targeted-reconnaissance": 0.03,
};

/** What one item weighs. */
export interface Weight {
  /** Items of a group come from the same cause: only the strongest of them counts. */
  readonly group: string;
  /** Whose word the ratios stand on. */
  readonly source: string;
  /** P(this | hypothesis) over P(this | an average hypothesis); 1 where it is left out. */
  readonly ratios: Readonly<Partial<Record<HypothesisId, number>>>;
}

export const EVIDENCE_TABLE = {
  "nothing-unusual": {
    group: "presence",
    source: by.STATED,
    ratios: { ordinary: 3 },
  },
  "something-unusual": {
    group: "presence",
    source: by.STATED,
    ratios: { ordinary: 0.005 },
  },
  "lone-probes": {
    group: "presence",
    source: "Pang et al., IMC 2004 (background radiation: mostly worms and scans); stated judgement",
    // What every address gets is ordinary; that it is for one service (below) is what is not.
    ratios: {
      ordinary: 2,
      "vulnerability-search": 1.3,
      "worm-or-botnet": 1.3,
      misconfiguration: 0.5,
      artefact: 0.5,
      backscatter: 0.5,
      ddos: 0.5,
    },
  },
  "lone-one-service": {
    group: "breadth",
    source: by.DURUMERIC,
    // What was a scan of thousands of addresses, or a worm's, is a probe or two at each.
    ratios: {
      "vulnerability-search": 4,
      "worm-or-botnet": 4,
      research: 1,
      misconfiguration: 1.5,
      "targeted-reconnaissance": 0.2,
      ordinary: 0.3,
    },
  },
  "no-probing": {
    group: "no-probing",
    source: by.STATED,
    ratios: {
      research: 0.01,
      "vulnerability-search": 0.01,
      "worm-or-botnet": 0.01,
      fingerprinting: 0.01,
      "targeted-reconnaissance": 0.01,
      misconfiguration: 0.3,
    },
  },
  "no-backscatter": {
    group: "no-backscatter",
    source: by.STATED,
    ratios: { backscatter: 0.01 },
  },
  "no-flood": {
    group: "no-flood",
    source: by.STATED,
    ratios: { ddos: 0.02 },
  },
  "nothing-false": {
    group: "false-port-zero",
    source: by.PAM_2021,
    ratios: { artefact: 0.02 },
  },
  // Port zero: real, false, and of which kind.
  "unconfirmed-only": {
    group: "false-port-zero",
    source: by.PAM_2021,
    // Fragmented amplification leaves just such records, beside its amplifiers (NANOG, DDoS using port 0 and 53).
    ratios: { artefact: 80, ddos: 10, "vulnerability-search": 0.3, fingerprinting: 0.3 },
  },
  "unconfirmed-with-flags": {
    group: "false-port-zero",
    source: by.STATED,
    // No honest stack sends them.
    ratios: { artefact: 0.5, fingerprinting: 3, "vulnerability-search": 1.5, misconfiguration: 2, ordinary: 0.05 },
  },
  "unconfirmed-one-sided": {
    group: "false-port-zero",
    source: `${by.STATED}, after RFC 791 (a later fragment has neither port)`,
    ratios: { artefact: 0.3, fingerprinting: 1.2, "vulnerability-search": 1.2 },
  },
  "fragments-only": {
    group: "false-port-zero",
    source: by.PAM_2021,
    // Nobody claims port zero here; only other records of the same traffic would.
    ratios: { artefact: 4 },
  },
  "tcp-source-zero-one-service": {
    group: "port-zero-kind",
    source: by.CISCO_2013,
    ratios: {
      "vulnerability-search": 8,
      "worm-or-botnet": 5,
      "targeted-reconnaissance": 1.5,
      research: 0.3,
      fingerprinting: 0.3,
      misconfiguration: 0.3,
      ordinary: 0.2,
    },
  },
  "destination-zero-malformed": {
    group: "port-zero-kind",
    source: by.CERT_POLSKA,
    ratios: { fingerprinting: 40, misconfiguration: 5, "vulnerability-search": 0.15, "worm-or-botnet": 0.1, research: 0.2, ordinary: 0.1 },
  },
  "destination-zero": {
    group: "port-zero-kind",
    source: `${by.STATED}, after ${by.CERT_POLSKA}`,
    // A search or a worm gains nothing where nothing can listen: they ask it by accident, as ZMap 4.0 did.
    ratios: { fingerprinting: 12, misconfiguration: 3, "vulnerability-search": 0.15, "worm-or-botnet": 0.1, research: 0.6 },
  },
  "udp-source-zero": {
    group: "port-zero-kind",
    source: "RFC 768 (a UDP source port is optional)",
    ratios: { ordinary: 2, misconfiguration: 1.5 },
  },
  "port-zero-few-hosts": {
    group: "few-hosts",
    source: by.PAM_2021,
    ratios: { misconfiguration: 10, "vulnerability-search": 0.3, "worm-or-botnet": 0.2, research: 0.5 },
  },
  "acknowledged-confirmed": {
    group: "acknowledged",
    source: `${by.DURUMERIC}; acknowledged scanners' own lists`,
    ratios: {
      research: 60,
      "vulnerability-search": 0.1,
      "worm-or-botnet": 0.05,
      "targeted-reconnaissance": 0.05,
      misconfiguration: 0.1,
      fingerprinting: 0.3,
    },
  },
  "acknowledged-claimed": {
    group: "acknowledged",
    source: "CAIDA corsaro3 (spoofable sources kept apart); acknowledged scanners' own lists",
    ratios: {
      research: 25,
      "vulnerability-search": 0.2,
      "worm-or-botnet": 0.1,
      "targeted-reconnaissance": 0.1,
      misconfiguration: 0.1,
      fingerprinting: 0.4,
    },
  },
  "acknowledged-none": {
    group: "acknowledged",
    source: by.STATED,
    ratios: { research: 0.2 },
  },
  "acknowledged-disputed": {
    group: "acknowledged-disputed",
    source: by.STATED,
    ratios: { research: 0.1 },
  },
  "one-network": {
    group: "network",
    source: `${by.CISCO_2013}; base rates: blocklists by network, 2026 (docs/judgement.md)`,
    ratios: { "vulnerability-search": 2, research: 1.5, "worm-or-botnet": 0.3, ddos: 0.6 },
  },
  "many-networks": {
    group: "network",
    source: by.ANTONAKAKIS,
    ratios: { "worm-or-botnet": 5, ddos: 2, research: 0.3, "targeted-reconnaissance": 0.3, misconfiguration: 0.1 },
  },
  "rented-hosts": {
    group: "network-kind",
    source: `${by.DURUMERIC} (large scans come from hosters); stated judgement`,
    ratios: { "vulnerability-search": 2, research: 1.5, "targeted-reconnaissance": 1.2, "worm-or-botnet": 0.4, misconfiguration: 0.4 },
  },
  homes: {
    group: "network-kind",
    source: `${by.ANTONAKAKIS} (bots are devices in consumers' networks)`,
    ratios: { "worm-or-botnet": 2, ddos: 1.3, "vulnerability-search": 0.6, research: 0.1, "targeted-reconnaissance": 0.7 },
  },
  "many-sources": {
    group: "sources",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 0.2, misconfiguration: 0.1, fingerprinting: 0.6, research: 0.7 },
  },
  "single-source": {
    group: "sources",
    source: by.STATED,
    ratios: { "worm-or-botnet": 0.5, ddos: 0.5 },
  },
  persistence: {
    group: "persistence",
    source: by.MISCONFIGURATION,
    // Who asks the same again learns nothing new: clients of a server that is gone do, searchers do not.
    ratios: {
      misconfiguration: 40,
      ordinary: 2,
      "vulnerability-search": 0.1,
      "worm-or-botnet": 0.3,
      research: 0.05,
      "targeted-reconnaissance": 0.5,
    },
  },
  "internal-source": {
    group: "internal",
    source: by.STATED,
    ratios: { misconfiguration: 6, "targeted-reconnaissance": 1.5, "worm-or-botnet": 1.5, research: 0.03, "vulnerability-search": 0.05 },
  },
  "internal-alone": {
    group: "internal",
    source: by.STATED,
    // Most single hosts that scan their own network are asked to: inventories, monitors, printers' drivers.
    ratios: { misconfiguration: 10, "targeted-reconnaissance": 2, "worm-or-botnet": 0.7, research: 0.03, "vulnerability-search": 0.05 },
  },
  arp: {
    group: "internal",
    source: "RFC 826 (ARP does not leave its link); ATT&CK T1018",
    ratios: { "targeted-reconnaissance": 6, misconfiguration: 6, "worm-or-botnet": 0.7, research: 0.01, "vulnerability-search": 0.1 },
  },
  mirai: {
    group: "tool",
    source: by.ANTONAKAKIS,
    ratios: { "worm-or-botnet": 60, research: 0.05, "targeted-reconnaissance": 0.05, fingerprinting: 0.05, misconfiguration: 0.02 },
  },
  "internet-wide-tool": {
    group: "tool",
    source: by.DURUMERIC,
    ratios: { "vulnerability-search": 2, research: 2, "targeted-reconnaissance": 0.5, misconfiguration: 0.2, fingerprinting: 0.5 },
  },
  nmap: {
    group: "tool",
    source: by.NMAP,
    ratios: { "targeted-reconnaissance": 2.5, fingerprinting: 1.5, "worm-or-botnet": 0.1, research: 0.3 },
  },
  "os-detection": {
    group: "technique",
    source: by.NMAP,
    ratios: {
      fingerprinting: 40,
      "targeted-reconnaissance": 4,
      "vulnerability-search": 0.5,
      "worm-or-botnet": 0.02,
      research: 0.2,
      misconfiguration: 0.3,
    },
  },
  "odd-flags": {
    group: "technique",
    source: by.NMAP,
    ratios: {
      // Ports are what most of them look for, behind filters that only stop SYNs (Nmap, ch. 5).
      fingerprinting: 6,
      "targeted-reconnaissance": 3,
      "worm-or-botnet": 0.1,
      research: 0.3,
      "vulnerability-search": 0.7,
      misconfiguration: 0.7,
    },
  },
  "few-targets-many-ports": {
    group: "breadth",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 8, fingerprinting: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.05, research: 0.5 },
  },
  "many-targets-many-ports": {
    group: "breadth",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 12, misconfiguration: 3, "vulnerability-search": 0.35, "worm-or-botnet": 0.05, research: 0.4 },
  },
  "many-targets-one-service": {
    group: "breadth",
    source: by.DURUMERIC,
    ratios: { "vulnerability-search": 3, "worm-or-botnet": 3, research: 2, "targeted-reconnaissance": 0.3, misconfiguration: 0.3 },
  },
  "worm-service": {
    group: "service",
    source: `${by.ANTONAKAKIS}; Conficker, Sasser and Blaster before it`,
    ratios: { "worm-or-botnet": 2.5, research: 0.7, "targeted-reconnaissance": 0.7 },
  },
  "dark-targets": {
    group: "darkness",
    source: "Jung et al. 2004 (TRW); Durumeric et al. 2014",
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, research: 2, "targeted-reconnaissance": 0.2, misconfiguration: 0.5 },
  },
  "live-targets": {
    group: "darkness",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 4, misconfiguration: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.5, research: 0.6 },
  },
  // Whom the probes meant. Those on darkness and breadth share their groups: they are not counted twice.
  "group-meant": {
    group: "whom",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 10, misconfiguration: 0.8, "vulnerability-search": 0.4, "worm-or-botnet": 0.3, research: 0.4 },
  },
  "subnet-meant": {
    group: "whom",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 1.8, misconfiguration: 1.5, "worm-or-botnet": 0.8 },
  },
  "sectors-spread": {
    group: "whom",
    source: by.CISCO_2013,
    ratios: { "targeted-reconnaissance": 0.25, "vulnerability-search": 1.5, "worm-or-botnet": 1.5, research: 1.5 },
  },
  "hosts-meant": {
    group: "darkness",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 5, misconfiguration: 1.5, "vulnerability-search": 0.5, "worm-or-botnet": 0.4, research: 0.5 },
  },
  "dark-asked-too": {
    group: "darkness",
    source: "Jung et al. 2004 (TRW); Durumeric et al. 2014",
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, research: 2, "targeted-reconnaissance": 0.2, misconfiguration: 0.5 },
  },
  "service-meant": {
    group: "breadth",
    source: by.STATED,
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, "targeted-reconnaissance": 0.8, fingerprinting: 0.6 },
  },
  slow: {
    group: "pace",
    source: by.STATED,
    ratios: { "targeted-reconnaissance": 4, research: 1.3, "worm-or-botnet": 0.3, ddos: 0.05 },
  },
  evasive: {
    group: "evasion",
    source: by.NMAP,
    ratios: { "targeted-reconnaissance": 3, fingerprinting: 1.5, research: 0.1, "worm-or-botnet": 0.2 },
  },
  // Answers nobody asked for, and floods.
  "victim-answers": {
    group: "backscatter",
    source: by.MOORE,
    ratios: { backscatter: 100, ordinary: 0.3, misconfiguration: 0.2, "targeted-reconnaissance": 0.3, fingerprinting: 0.3, research: 0.3 },
  },
  "port-zero-answers": {
    group: "backscatter",
    source: by.MOORE,
    ratios: { backscatter: 30, "vulnerability-search": 0.1, "worm-or-botnet": 0.1, fingerprinting: 0.2, research: 0.1 },
  },
  reflection: {
    group: "flood",
    source: by.ROSSOW,
    ratios: { ddos: 120, ordinary: 0.2, artefact: 1.5, backscatter: 0.2 },
  },
  "many-on-one": {
    group: "flood",
    source: by.MOORE,
    ratios: {
      ddos: 120,
      backscatter: 0.2,
      ordinary: 0.1,
      "worm-or-botnet": 0.3,
      "vulnerability-search": 0.1,
      research: 0.1,
      "targeted-reconnaissance": 0.3,
    },
  },
  "flood-fragments": {
    group: "flood-fragments",
    source: "NANOG, DDoS using port 0 and 53",
    ratios: { ddos: 10, artefact: 2, ordinary: 0.5 },
  },
  // What reputation feeds say.
  "reputation-hostile": {
    group: "reputation",
    source: by.LIST_AGREEMENT,
    // A host that attacks is listed before long; a research scanner is, too, but those are mostly acknowledged.
    ratios: {
      "vulnerability-search": 2,
      "worm-or-botnet": 2,
      ddos: 1.5,
      research: 0.3,
      misconfiguration: 0.3,
      backscatter: 0.5,
      ordinary: 0.5,
    },
  },
  "reputation-clean": {
    group: "reputation",
    source: by.STATED,
    // Feeds know a part of the hosts that attack, and none of those who are careful.
    ratios: {
      research: 1.5,
      "targeted-reconnaissance": 1.5,
      misconfiguration: 1.5,
      backscatter: 1.3,
      "vulnerability-search": 0.7,
      "worm-or-botnet": 0.6,
    },
  },
  // What history says of the same time.
  "history-record": {
    group: "history",
    source: by.CISCO_2013,
    ratios: {
      "vulnerability-search": 2,
      "worm-or-botnet": 2,
      ddos: 2,
      backscatter: 1.5,
      research: 0.4,
      misconfiguration: 0.5,
      artefact: 0.7,
      ordinary: 0.1,
    },
  },
  "history-uptick": {
    group: "history",
    source: `${by.STATED}, after ${by.CISCO_2013}`,
    ratios: { "vulnerability-search": 1.5, "worm-or-botnet": 1.5, ddos: 1.5, research: 0.7, ordinary: 0.3 },
  },
  "history-quiet": {
    group: "history",
    source: by.STATED,
    // Few can raise a series of many sources: one scanner, or one who means just these targets, passes unseen.
    ratios: { ordinary: 1.5, research: 1.2, "targeted-reconnaissance": 1.2, "worm-or-botnet": 0.7, ddos: 0.4, backscatter: 0.8 },
  },
  "new-sources-rise": {
    group: "growth",
    source: by.ANTONAKAKIS,
    ratios: { "worm-or-botnet": 4, ddos: 1.3, research: 0.3, "targeted-reconnaissance": 0.2, misconfiguration: 0.1, fingerprinting: 0.5 },
  },
  "sensors-many": {
    group: "sensors",
    source: `${by.CISCO_2013}; ${by.RICHTER_BERGER}`,
    ratios: {
      "vulnerability-search": 2,
      "worm-or-botnet": 2,
      research: 2,
      backscatter: 1.3,
      "targeted-reconnaissance": 0.1,
      misconfiguration: 0.15,
      ddos: 0.3,
    },
  },
  "sensors-one": {
    group: "sensors",
    source: by.RICHTER_BERGER,
    ratios: {
      "targeted-reconnaissance": 3,
      misconfiguration: 2,
      ddos: 2,
      "vulnerability-search": 0.5,
      "worm-or-botnet": 0.4,
      research: 0.4,
    },
  },
  // Whether sources act as one.
  campaign: {
    group: "campaign",
    source: by.STATED,
    // One hand moves many hosts: rented or taken, not each a worm of its own; research does it from one network.
    ratios: {
      "vulnerability-search": 1.5,
      "worm-or-botnet": 1.5,
      "targeted-reconnaissance": 1.3,
      research: 0.8,
      misconfiguration: 0.1,
      ordinary: 0.2,
    },
  },
  "campaign-hidden": {
    group: "campaign",
    source: by.STATED,
    ratios: {
      "targeted-reconnaissance": 3,
      "vulnerability-search": 1.3,
      "worm-or-botnet": 0.7,
      research: 0.3,
      misconfiguration: 0.05,
      ordinary: 0.2,
    },
  },
} as const satisfies Readonly<Record<string, Weight>>;

export type EvidenceId = keyof typeof EVIDENCE_TABLE;

/** Groups that are partly about the same thing: where both count, `group` keeps this part of its weight. Stated judgement. */
export const OVERLAPS: readonly { readonly group: string; readonly with: string; readonly keeps: number }[] = [
  // That sources grow is seen in the same rise.
  { group: "growth", with: "history", keeps: 0.6 },
  // What others see is told by the incident that history tells of, but says where, not how much.
  { group: "sensors", with: "history", keeps: 0.8 },
  // Whoever is on lists of attackers is seldom on those of acknowledged scanners.
  { group: "reputation", with: "acknowledged", keeps: 0.7 },
  // One network is of one kind.
  { group: "network-kind", with: "network", keeps: 0.6 },
  // One tool, and one network, are what ties many a campaign.
  { group: "campaign", with: "tool", keeps: 0.5 },
  { group: "campaign", with: "network", keeps: 0.6 },
];
