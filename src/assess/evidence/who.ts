/** Who takes part: acknowledged scanners, networks, numbers of sources, insiders. */
import type { Concentration } from "../concentration.ts";
import type { Facts } from "../facts.ts";
import { arpShare, inVain, ramp } from "../found.ts";
import { agree, count, listed, plural } from "../words.ts";
import { concentrationSentence } from "../concentration-words.ts";
import type { EvidenceItem } from "./item.ts";

/** Hosts inside up to which a scan is somebody's tool; many would be a worm. */
const FEW_INSIDERS = 2;

export const WHO: readonly EvidenceItem[] = [
  {
    id: "acknowledged-confirmed",
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp(f.scans.confirmedSources / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} belong to ${listed(f.scans.organisations.slice(0, 4))} and completed exchanges.`,
  },
  {
    id: "acknowledged-claimed",
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp((f.scans.claimedSources + f.scans.confirmedSources) / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.claimedSources + f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} are addresses of ${listed(f.scans.organisations.slice(0, 4))}; ${count(f.scans.claimedSources)} of them may be forged.`,
  },
  {
    id: "acknowledged-none",
    strength: (f) => (f.scans.sources > 0 && f.scans.confirmedSources + f.scans.claimedSources === 0 ? 1 : 0),
    sentence: (f) => `No acknowledged scanner explains any of ${plural(f.scans.sources, "source")}.`,
  },
  {
    id: "acknowledged-disputed",
    strength: (f) => (f.scans.disputedSources > 0 ? Math.min(1, f.scans.disputedSources / Math.max(1, f.scans.sources)) : 0),
    sentence: (f) => `${plural(f.scans.disputedSources, "source")} in acknowledged networks did more than scan.`,
  },
  {
    id: "one-network",
    strength: (f) => (f.concentration.placed >= 5 ? ramp(-Math.log10(Math.max(f.concentration.chance, 1e-12)), 2, 8) : 0),
    sentence: (f) => concentrationSentence(f.concentration),
  },
  {
    id: "many-networks",
    // Without scans, spread may as well be forged sources.
    strength: (f) => (f.concentration.chance > 1e-3 ? ramp(f.concentration.networks, 5, 25) * (f.scans.count > 0 ? 1 : 0.3) : 0),
    sentence: (f) =>
      `${plural(f.concentration.placed, "source")} ${agree(f.concentration.placed, "sits", "sit")} in ${plural(f.concentration.networks, "different network")}.`,
  },
  {
    id: "rented-hosts",
    strength: (f) => kindStrength(f.concentration.rented, f.concentration),
    sentence: (f) =>
      `${count(f.concentration.rented)} of ${plural(f.concentration.placed, "source")} ${agree(f.concentration.rented, "is", "are")} in networks that rent hosts out, ${count(f.concentration.homes)} in those of homes and phones.`,
  },
  {
    id: "homes",
    strength: (f) => kindStrength(f.concentration.homes, f.concentration),
    sentence: (f) =>
      `${count(f.concentration.homes)} of ${plural(f.concentration.placed, "source")} ${agree(f.concentration.homes, "is", "are")} in networks of homes and phones, ${count(f.concentration.rented)} in those that rent hosts out.`,
  },
  {
    id: "many-sources",
    strength: (f) => ramp(f.hostileSources, 5, 40),
    sentence: (f) => `${plural(f.hostileSources, "unacknowledged source")} ${agree(f.hostileSources, "takes", "take")} part.`,
  },
  {
    id: "single-source",
    strength: (f) => (f.scans.sources === 1 ? 1 : 0),
    sentence: () => "A single source does it.",
  },
  {
    id: "persistence",
    // Every large network has such a client: it explains what is seen only where it is a good part of that.
    strength: (f) => (f.persistence === null ? 0 : ramp(f.persistence.share, 0.01, 0.2)),
    sentence: (f) => `${inVain(f)}: clients of a service that is gone.`,
  },
  {
    id: "internal-source",
    strength: (f) => (f.scans.sources === 0 || isLoneInsider(f) ? 0 : f.scans.internalSources / f.scans.sources),
    sentence: (f) =>
      `${plural(f.scans.internalSources, "source")} ${agree(f.scans.internalSources, "is", "are")} inside: an inventory scan of one's own, or a host that somebody else controls.`,
  },
  {
    id: "internal-alone",
    strength: (f) => (isLoneInsider(f) ? 1 : 0),
    sentence: (f) =>
      `Only ${plural(f.scans.internalSources, "host")} inside ${agree(f.scans.internalSources, "scans", "scan")}, and nobody from outside: more often an inventory or a monitor than an intruder.`,
  },
  {
    id: "arp",
    strength: (f) => ramp(arpShare(f), 0.1, 0.6),
    sentence: (f) =>
      `${plural(f.scans.techniqueSources.get("arp") ?? 0, "source")} ${agree(f.scans.techniqueSources.get("arp") ?? 0, "asks", "ask")} by ARP who is on this link, so it is on it: an inventory, or a host in other hands.`,
  },
];

function isLoneInsider({ scans }: Facts): boolean {
  return scans.sources > 0 && scans.sources <= FEW_INSIDERS && scans.internalSources === scans.sources;
}

/** How far one kind of network prevails, over the other and among all that were placed. */
function kindStrength(of: number, { rented, homes, placed }: Concentration): number {
  return ramp(of / Math.max(1, rented + homes), 0.5, 0.9) * ramp(of / Math.max(1, placed), 0.1, 0.5) * ramp(of, 4, 20);
}
