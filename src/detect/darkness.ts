/** Darkness is told only where answers would have been seen: in a log of drops, everything is silent. */
import type { Detection } from "../model/finding.ts";

/** The same findings without a word on which targets are dark. */
export function withoutDarkness(detection: Detection): Detection {
  return {
    ...detection,
    scans: detection.scans.map((scan) => ({ ...scan, darkTargetCount: 0 })),
    targets: { ...detection.targets, dark: 0 },
  };
}
