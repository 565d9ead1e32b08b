/** Which addresses of an assessment get labels and names, and what of their behaviour the labels are told. */
import { mannersOf } from "../detect/index.ts";
import type { Intel } from "../intel/index.ts";
import type { Activity } from "../model/activity.ts";
import type { Detection } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import { NO_MANNERS } from "../model/manners.ts";

/** Sources of a network from which its announced space is looked up; and networks at most, the most sources first. */
const SPACE_SOURCES = 3;
const SPACE_NETWORKS = 8;

/** Labels of every address that the report or the judgement speaks of. */
export function labelFindings(intel: Intel, activity: Activity, detection: Detection, limit: number): Map<string, AddressLabels> {
  const labels = new Map<string, AddressLabels>();
  for (const [source, spoofable] of sourcesOf(activity, detection, limit)) {
    labels.set(
      source,
      intel.label(source, () => mannersOf(activity, source, spoofable)),
    );
  }
  for (const { victim } of detection.backscatter.slice(0, limit)) {
    // What a victim sends are answers: they tell nothing of its manners.
    if (!labels.has(victim))
      labels.set(
        victim,
        intel.label(victim, () => NO_MANNERS),
      );
  }
  return labels;
}

/** Sources of scans with their members, then those of port zero, heaviest first: address → whether its heaviest scan may be forged. */
export function sourcesOf(activity: Activity, detection: Detection, limit: number): ReadonlyMap<string, boolean> {
  const sources = new Map<string, boolean>();
  for (const scan of detection.scans.slice(0, limit)) {
    for (const source of [scan.source, ...scan.members]) if (!sources.has(source)) sources.set(source, scan.spoofable);
  }
  for (const { address } of activity.portZero.topSources) if (!sources.has(address)) sources.set(address, true);
  return sources;
}

/** Announced space of the networks that several labelled addresses are in: ASN → IPv4 addresses. */
export function announcedSpaceOf(intel: Intel, labels: ReadonlyMap<string, AddressLabels>): ReadonlyMap<number, number> {
  const sources = new Map<number, number>();
  for (const { network } of labels.values()) {
    if (network !== null && network.asn !== null) sources.set(network.asn, (sources.get(network.asn) ?? 0) + 1);
  }
  const several = [...sources].filter(([, count]) => count >= SPACE_SOURCES).toSorted((a, b) => b[1] - a[1]);
  return intel.announced(several.slice(0, SPACE_NETWORKS).map(([asn]) => asn));
}
