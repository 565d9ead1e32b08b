/** Which addresses of an assessment get labels, and what of their behaviour the labels are told. */
import type { Intel } from "../intel/index.ts";
import type { Activity } from "../model/activity.ts";
import type { Detection } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";

/** Labels of every address that the report or the judgement speaks of. */
export function labelFindings(intel: Intel, activity: Activity, detection: Detection, limit: number): Map<string, AddressLabels> {
  const labels = new Map<string, AddressLabels>();
  const label = (address: string, spoofable: boolean): void => {
    if (!labels.has(address)) labels.set(address, intel.label(address, { spoofable, beyondScanning: false }));
  };
  for (const scan of detection.scans.slice(0, limit)) {
    label(scan.source, scan.spoofable);
    for (const member of scan.members) label(member, scan.spoofable);
  }
  for (const { victim } of detection.backscatter.slice(0, limit)) label(victim, true);
  for (const { address } of activity.portZero.topSources) label(address, true);
  return labels;
}
