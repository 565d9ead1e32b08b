/** How they probe: tools, techniques, breadth, services, darkness of the targets, pace, evasion. */
import { type Facts, FEW_TARGETS, MANY_PORTS } from "../facts.ts";
import { arpShare, ramp } from "../found.ts";
import { agree, count, plural } from "../words.ts";
import type { EvidenceItem } from "./item.ts";
import { ANTONAKAKIS, DURUMERIC, NMAP, STATED } from "./literature.ts";

/** Services through which worms and bots of the past twenty years spread by themselves. */
const WORM_SERVICES: ReadonlySet<string> = new Set([
  "TCP/22",
  "TCP/23",
  "TCP/135",
  "TCP/139",
  "TCP/445",
  "TCP/1433",
  "TCP/2323",
  "TCP/5555",
  "TCP/7547",
  "TCP/37215",
  "TCP/52869",
  "UDP/1434",
]);

export const HOW: readonly EvidenceItem[] = [
  {
    id: "mirai",
    group: "tool",
    source: ANTONAKAKIS,
    ratios: { "worm-or-botnet": 60, research: 0.05, "targeted-reconnaissance": 0.05, fingerprinting: 0.05, misconfiguration: 0.02 },
    strength: (f) => ramp((f.scans.toolSources.get("mirai") ?? 0) / Math.max(1, f.scans.sources), 0.05, 0.5),
    sentence: (f) =>
      `${plural(f.scans.toolSources.get("mirai") ?? 0, "source")} ${agree(f.scans.toolSources.get("mirai") ?? 0, "sends", "send")} Mirai's mark: the sequence number is the target's address.`,
  },
  {
    id: "internet-wide-tool",
    group: "tool",
    source: DURUMERIC,
    ratios: { "vulnerability-search": 2, research: 2, "targeted-reconnaissance": 0.5, misconfiguration: 0.2, fingerprinting: 0.5 },
    strength: (f) => ramp(toolSum(f, ["zmap", "masscan", "unicornscan"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) =>
      `${plural(toolSum(f, ["zmap", "masscan", "unicornscan"]), "source")} ${agree(toolSum(f, ["zmap", "masscan", "unicornscan"]), "uses", "use")} a tool made for scanning the whole Internet.`,
  },
  {
    id: "nmap",
    group: "tool",
    source: NMAP,
    ratios: { "targeted-reconnaissance": 2.5, fingerprinting: 1.5, "worm-or-botnet": 0.1, research: 0.3 },
    strength: (f) => ramp(toolSum(f, ["nmap"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) => `${plural(toolSum(f, ["nmap"]), "source")} ${agree(toolSum(f, ["nmap"]), "uses", "use")} Nmap, a person's tool.`,
  },
  {
    id: "os-detection",
    group: "technique",
    source: NMAP,
    ratios: {
      fingerprinting: 40,
      "targeted-reconnaissance": 4,
      "vulnerability-search": 0.5,
      "worm-or-botnet": 0.02,
      research: 0.2,
      misconfiguration: 0.3,
    },
    strength: (f) =>
      f.scans.techniqueSources.has("os-detection")
        ? ramp((f.scans.techniqueSources.get("os-detection") ?? 0) / Math.max(1, f.scans.count), 0, 0.2)
        : 0,
    sentence: (f) => `${plural(f.scans.techniqueSources.get("os-detection") ?? 0, "source")} ran Nmap's operating-system detection.`,
  },
  {
    id: "odd-flags",
    group: "technique",
    source: NMAP,
    ratios: {
      // Ports are what most of them look for, behind filters that only stop SYNs (Nmap, ch. 5).
      fingerprinting: 6,
      "targeted-reconnaissance": 3,
      "worm-or-botnet": 0.1,
      research: 0.3,
      "vulnerability-search": 0.7,
      misconfiguration: 0.7,
    },
    strength: (f) => ramp(stealthSources(f) / Math.max(1, f.scans.sources), 0.1, 0.7),
    sentence: (f) =>
      `${plural(stealthSources(f), "source")} ${agree(stealthSources(f), "scans", "scan")} with flags that only test how a stack or firewall reacts (FIN, NULL, Xmas, Maimon, ACK).`,
  },
  {
    id: "few-targets-many-ports",
    group: "breadth",
    source: STATED,
    ratios: { "targeted-reconnaissance": 8, fingerprinting: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.05, research: 0.5 },
    strength: (f) =>
      f.scans.sources > 0 && f.scans.targets <= FEW_TARGETS * 2
        ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.targets, FEW_TARGETS, FEW_TARGETS * 2) / 2)
        : 0,
    sentence: (f) =>
      `Only ${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked, each on ${plural(f.scans.portsPerTarget, "port")}.`,
  },
  {
    id: "many-targets-many-ports",
    group: "breadth",
    source: STATED,
    ratios: { "targeted-reconnaissance": 12, misconfiguration: 3, "vulnerability-search": 0.35, "worm-or-botnet": 0.05, research: 0.4 },
    strength: (f) =>
      f.scans.targets > FEW_TARGETS * 2 ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.sources, 3, 20)) : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} are asked on ${plural(f.scans.portsPerTarget, "port")} each: more than a search of the Internet can afford.`,
  },
  {
    id: "many-targets-one-service",
    group: "breadth",
    source: DURUMERIC,
    ratios: { "vulnerability-search": 3, "worm-or-botnet": 3, research: 2, "targeted-reconnaissance": 0.3, misconfiguration: 0.3 },
    strength: (f) =>
      f.scans.portsPerTarget < 5 && arpShare(f) < 0.5
        ? ramp(Math.max(f.scans.targetsPerSource, f.scans.targets / 10), 4, 30) * (0.5 + (f.scans.leadingPort?.share ?? 0) / 2)
        : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked for few services${f.scans.leadingPort === null ? "" : `, most for ${f.scans.leadingPort.name}`}.`,
  },
  {
    id: "worm-service",
    group: "service",
    source: `${ANTONAKAKIS}; Conficker, Sasser and Blaster before it`,
    ratios: { "worm-or-botnet": 2.5, research: 0.7, "targeted-reconnaissance": 0.7 },
    strength: (f) =>
      f.concentration.chance > 1e-3 && WORM_SERVICES.has(f.scans.leadingPort?.name ?? "") ? ramp(f.hostileSources, 5, 40) : 0,
    sentence: (f) => `${f.scans.leadingPort?.name ?? ""} is a service that worms have spread by, and the sources are scattered.`,
  },
  {
    id: "dark-targets",
    group: "darkness",
    source: "Jung et al. 2004 (TRW); Durumeric et al. 2014",
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, research: 2, "targeted-reconnaissance": 0.2, misconfiguration: 0.5 },
    // Who asks by ARP asks just that: who is there.
    strength: (f) => (f.scans.targets >= 10 ? ramp(f.scans.darkTargets / f.scans.targets, 0.4, 0.9) * (1 - arpShare(f)) : 0),
    sentence: (f) =>
      `${count(f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} ${agree(f.scans.darkTargets, "was", "were")} never seen sending: the sources do not know what is there.`,
  },
  {
    id: "live-targets",
    group: "darkness",
    source: STATED,
    ratios: { "targeted-reconnaissance": 4, misconfiguration: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.5, research: 0.6 },
    strength: (f) => (f.scans.targets >= 3 && f.scans.outcomesSeen > 0 ? 1 - ramp(f.scans.darkTargets / f.scans.targets, 0.02, 0.2) : 0),
    sentence: (f) =>
      `${count(f.scans.targets - f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} ${agree(f.scans.targets - f.scans.darkTargets, "is", "are")} live: whoever asks knew where to ask, or was lucky.`,
  },
  {
    id: "slow",
    group: "pace",
    source: STATED,
    ratios: { "targeted-reconnaissance": 4, research: 1.3, "worm-or-botnet": 0.3, ddos: 0.05 },
    // Of many sources, each may well be slow without meaning to be.
    strength: (f) => ramp(f.scans.slowSources / Math.max(1, f.scans.sources), 0.1, 0.8) * (1 - ramp(f.scans.sources, 3, 20)),
    sentence: (f) =>
      `${plural(f.scans.slowSources, "source")} ${agree(f.scans.slowSources, "leaves", "leave")} minutes to hours between probes, as one does to stay unseen.`,
  },
  {
    id: "evasive",
    group: "evasion",
    source: NMAP,
    ratios: { "targeted-reconnaissance": 3, fingerprinting: 1.5, research: 0.1, "worm-or-botnet": 0.2 },
    strength: (f) => ramp((f.scans.decoyed + f.scans.fragmented) / Math.max(1, f.scans.count), 0, 0.3),
    sentence: (f) =>
      `${plural(f.scans.decoyed + f.scans.fragmented, "scan")} ${agree(f.scans.decoyed + f.scans.fragmented, "hides", "hide")} behind decoys or fragments.`,
  },
];

function toolSum(facts: Facts, names: readonly ("mirai" | "masscan" | "zmap" | "nmap" | "unicornscan" | "hping")[]): number {
  return names.reduce((sum, name) => sum + (facts.scans.toolSources.get(name) ?? 0), 0);
}

function stealthSources(facts: Facts): number {
  return (["fin", "null", "xmas", "maimon", "ack", "window"] as const).reduce(
    (sum, name) => sum + (facts.scans.techniqueSources.get(name) ?? 0),
    0,
  );
}
