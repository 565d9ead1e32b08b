/** How they probe: tools, techniques, breadth, services, darkness of the targets, pace, evasion. */
import { type Facts, FEW_TARGETS, MANY_PORTS } from "../facts.ts";
import { arpShare, loneStrength, ramp } from "../found.ts";
import { agree, count, percent, plural } from "../words.ts";
import type { EvidenceItem } from "./item.ts";

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
    strength: (f) =>
      f.scans.sources > 0
        ? ramp(miraiSources(f) / f.scans.sources, 0.05, 0.5)
        : ramp(miraiSources(f) / Math.max(1, f.lone?.sources ?? 0), 0.05, 0.5) * ramp(miraiSources(f), 2, 10),
    sentence: (f) =>
      `${plural(miraiSources(f), "source")} ${agree(miraiSources(f), "sends", "send")} Mirai's mark: the sequence number is the target's address.`,
  },
  {
    id: "internet-wide-tool",
    strength: (f) => ramp(toolSum(f, ["zmap", "masscan", "unicornscan"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) =>
      `${plural(toolSum(f, ["zmap", "masscan", "unicornscan"]), "source")} ${agree(toolSum(f, ["zmap", "masscan", "unicornscan"]), "uses", "use")} a tool made for scanning the whole Internet.`,
  },
  {
    id: "nmap",
    strength: (f) => ramp(toolSum(f, ["nmap"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) => `${plural(toolSum(f, ["nmap"]), "source")} ${agree(toolSum(f, ["nmap"]), "uses", "use")} Nmap, a person's tool.`,
  },
  {
    id: "os-detection",
    strength: (f) =>
      f.scans.techniqueSources.has("os-detection")
        ? ramp((f.scans.techniqueSources.get("os-detection") ?? 0) / Math.max(1, f.scans.count), 0, 0.2)
        : 0,
    sentence: (f) => `${plural(f.scans.techniqueSources.get("os-detection") ?? 0, "source")} ran Nmap's operating-system detection.`,
  },
  {
    id: "odd-flags",
    strength: (f) => ramp(stealthSources(f) / Math.max(1, f.scans.sources), 0.1, 0.7),
    sentence: (f) =>
      `${plural(stealthSources(f), "source")} ${agree(stealthSources(f), "scans", "scan")} with flags that only test how a stack or firewall reacts (FIN, NULL, Xmas, Maimon, ACK).`,
  },
  {
    id: "few-targets-many-ports",
    strength: (f) =>
      f.scans.sources > 0 && f.scans.targets <= FEW_TARGETS * 2
        ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.targets, FEW_TARGETS, FEW_TARGETS * 2) / 2)
        : 0,
    sentence: (f) =>
      `Only ${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked, each on ${plural(f.scans.portsPerTarget, "port")}.`,
  },
  {
    id: "many-targets-many-ports",
    strength: (f) =>
      f.scans.targets > FEW_TARGETS * 2 ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.sources, 3, 20)) : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} are asked on ${plural(f.scans.portsPerTarget, "port")} each: more than a search of the Internet can afford.`,
  },
  {
    id: "many-targets-one-service",
    // Nothing listens on port zero: who asks for it asks for no service. An inventory of one's own network goes everywhere, too.
    strength: (f) =>
      f.scans.portsPerTarget < 5 && arpShare(f) < 0.5 && f.scans.leadingPort?.name.endsWith("/0") !== true
        ? ramp(Math.max(f.scans.targetsPerSource, f.scans.targets / 10), 4, 30) *
          (0.5 + (f.scans.leadingPort?.share ?? 0) / 2) *
          (1 - internalShare(f))
        : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked for few services each${f.scans.leadingPort === null || f.scans.leadingPort.share < 0.3 ? "" : `, most for ${f.scans.leadingPort.name}`}.`,
  },
  {
    id: "lone-one-service",
    strength: (f) =>
      loneStrength(f) *
      ramp(f.lone?.sources ?? 0, 10, 40) *
      ramp(f.lone?.leading?.share ?? 0, 0.3, 0.7) *
      (f.lone?.leading?.name.endsWith("/0") === true ? 0 : 1),
    sentence: (f) =>
      `${percent(f.lone?.leading?.share ?? 0)} of ${plural(f.lone?.sources ?? 0, "source")} that belong together by nothing ask for ${f.lone?.leading?.name ?? "one service"}, each too seldom for a scan.`,
  },
  {
    id: "worm-service",
    strength: (f) =>
      WORM_SERVICES.has(askedMost(f)) && f.concentration.chance > 1e-3
        ? Math.max(ramp(f.hostileSources, 5, 40), loneStrength(f) * ramp(f.lone?.leading?.share ?? 0, 0.3, 0.7))
        : 0,
    sentence: (f) => `${askedMost(f)} is a service that worms have spread by, and the sources are scattered.`,
  },
  {
    id: "dark-targets",
    // Who asks by ARP asks just that: who is there; so does an inventory.
    strength: (f) =>
      f.scans.targets >= 10 ? ramp(f.scans.darkTargets / f.scans.targets, 0.4, 0.9) * (1 - Math.max(arpShare(f), internalShare(f))) : 0,
    sentence: (f) =>
      `${count(f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} ${agree(f.scans.darkTargets, "was", "were")} never seen sending: the sources do not know what is there.`,
  },
  {
    id: "live-targets",
    strength: (f) => (f.scans.targets >= 3 && f.scans.outcomesSeen > 0 ? 1 - ramp(f.scans.darkTargets / f.scans.targets, 0.02, 0.2) : 0),
    sentence: (f) =>
      `${count(f.scans.targets - f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} ${agree(f.scans.targets - f.scans.darkTargets, "is", "are")} live: whoever asks knew where to ask, or was lucky.`,
  },
  {
    id: "slow",
    // Of many sources, each may well be slow without meaning to be.
    strength: (f) => ramp(f.scans.slowSources / Math.max(1, f.scans.sources), 0.1, 0.8) * (1 - ramp(f.scans.sources, 3, 20)),
    sentence: (f) =>
      `${plural(f.scans.slowSources, "source")} ${agree(f.scans.slowSources, "leaves", "leave")} minutes to hours between probes, as one does to stay unseen.`,
  },
  {
    id: "evasive",
    strength: (f) => ramp((f.scans.decoyed + f.scans.fragmented) / Math.max(1, f.scans.count), 0, 0.3),
    sentence: (f) =>
      `${plural(f.scans.decoyed + f.scans.fragmented, "scan")} ${agree(f.scans.decoyed + f.scans.fragmented, "hides", "hide")} behind decoys or fragments.`,
  },
];

/** What scans ask for most; where there are none, lone probes. */
function askedMost({ scans, lone }: Facts): string {
  return scans.leadingPort?.name ?? (scans.count === 0 ? lone?.leading?.name : undefined) ?? "";
}

/** Of scans; where there are none, of lone probes. */
function miraiSources({ scans, lone }: Facts): number {
  return scans.sources > 0 ? (scans.toolSources.get("mirai") ?? 0) : (lone?.miraiSources ?? 0);
}

function toolSum(facts: Facts, names: readonly ("mirai" | "masscan" | "zmap" | "nmap" | "unicornscan" | "hping")[]): number {
  return names.reduce((sum, name) => sum + (facts.scans.toolSources.get(name) ?? 0), 0);
}

function stealthSources(facts: Facts): number {
  return (["fin", "null", "xmas", "maimon", "ack", "window"] as const).reduce(
    (sum, name) => sum + (facts.scans.techniqueSources.get(name) ?? 0),
    0,
  );
}

/** Share of the scanning sources that are inside the defended networks. */
function internalShare({ scans }: Facts): number {
  return scans.internalSources / Math.max(1, scans.sources);
}
