/** Who takes part: acknowledged scanners, networks, numbers of sources, insiders. */
import { arpShare, ramp } from "../found.ts";
import { agree, count, listed, plural } from "../words.ts";
import { concentrationSentence } from "../concentration-words.ts";
import type { EvidenceItem } from "./item.ts";
import { ANTONAKAKIS, CISCO_2013, DURUMERIC, STATED } from "./literature.ts";

export const WHO: readonly EvidenceItem[] = [
  {
    id: "acknowledged-confirmed",
    group: "acknowledged",
    source: `${DURUMERIC}; acknowledged scanners' own lists`,
    ratios: {
      research: 60,
      "vulnerability-search": 0.1,
      "worm-or-botnet": 0.05,
      "targeted-reconnaissance": 0.05,
      misconfiguration: 0.1,
      fingerprinting: 0.3,
    },
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp(f.scans.confirmedSources / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} belong to ${listed(f.scans.organisations.slice(0, 4))} and completed exchanges.`,
  },
  {
    id: "acknowledged-claimed",
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
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp((f.scans.claimedSources + f.scans.confirmedSources) / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.claimedSources + f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} are addresses of ${listed(f.scans.organisations.slice(0, 4))}; ${count(f.scans.claimedSources)} of them may be forged.`,
  },
  {
    id: "acknowledged-none",
    group: "acknowledged",
    source: STATED,
    ratios: { research: 0.2 },
    strength: (f) => (f.scans.sources > 0 && f.scans.confirmedSources + f.scans.claimedSources === 0 ? 1 : 0),
    sentence: (f) => `No acknowledged scanner explains any of ${plural(f.scans.sources, "source")}.`,
  },
  {
    id: "acknowledged-disputed",
    group: "acknowledged-disputed",
    source: STATED,
    ratios: { research: 0.1 },
    strength: (f) => (f.scans.disputedSources > 0 ? Math.min(1, f.scans.disputedSources / Math.max(1, f.scans.sources)) : 0),
    sentence: (f) => `${plural(f.scans.disputedSources, "source")} in acknowledged networks did more than scan.`,
  },
  {
    id: "one-network",
    group: "network",
    source: `${CISCO_2013}; base rates: blocklists by network, 2026 (docs/judgement.md)`,
    ratios: { "vulnerability-search": 2, research: 1.5, "worm-or-botnet": 0.3, ddos: 0.6 },
    strength: (f) => (f.concentration.placed >= 5 ? ramp(-Math.log10(Math.max(f.concentration.chance, 1e-12)), 2, 8) : 0),
    sentence: (f) => concentrationSentence(f.concentration),
  },
  {
    id: "many-networks",
    group: "network",
    source: ANTONAKAKIS,
    ratios: { "worm-or-botnet": 5, ddos: 2, research: 0.3, "targeted-reconnaissance": 0.3, misconfiguration: 0.1 },
    // Without scans, spread may as well be forged sources.
    strength: (f) => (f.concentration.chance > 1e-3 ? ramp(f.concentration.networks, 5, 25) * (f.scans.count > 0 ? 1 : 0.3) : 0),
    sentence: (f) =>
      `${plural(f.concentration.placed, "source")} ${agree(f.concentration.placed, "sits", "sit")} in ${plural(f.concentration.networks, "different network")}.`,
  },
  {
    id: "many-sources",
    group: "sources",
    source: STATED,
    ratios: { "targeted-reconnaissance": 0.2, misconfiguration: 0.1, fingerprinting: 0.6, research: 0.7 },
    strength: (f) => ramp(f.hostileSources, 5, 40),
    sentence: (f) => `${plural(f.hostileSources, "unacknowledged source")} ${agree(f.hostileSources, "takes", "take")} part.`,
  },
  {
    id: "single-source",
    group: "sources",
    source: STATED,
    ratios: { "worm-or-botnet": 0.5, ddos: 0.5 },
    strength: (f) => (f.scans.sources === 1 ? 1 : 0),
    sentence: () => "A single source does it.",
  },
  {
    id: "internal-source",
    group: "internal",
    source: STATED,
    ratios: { misconfiguration: 6, "targeted-reconnaissance": 1.5, "worm-or-botnet": 1.5, research: 0.03, "vulnerability-search": 0.5 },
    strength: (f) => (f.scans.sources === 0 ? 0 : f.scans.internalSources / f.scans.sources),
    sentence: (f) =>
      `${plural(f.scans.internalSources, "source")} ${agree(f.scans.internalSources, "is", "are")} inside: an inventory scan of one's own, or a host that somebody else controls.`,
  },
  {
    id: "arp",
    group: "internal",
    source: "RFC 826 (ARP does not leave its link); ATT&CK T1018",
    ratios: { "targeted-reconnaissance": 6, misconfiguration: 6, "worm-or-botnet": 0.7, research: 0.01, "vulnerability-search": 0.1 },
    strength: (f) => ramp(arpShare(f), 0.1, 0.6),
    sentence: (f) =>
      `${plural(f.scans.techniqueSources.get("arp") ?? 0, "source")} ${agree(f.scans.techniqueSources.get("arp") ?? 0, "asks", "ask")} by ARP who is on this link, so it is on it: an inventory, or a host in other hands.`,
  },
];
