/** Slow scans: so much time between probes that detectors with windows of minutes (scanlogd 3 s, Snort 60 to 600 s, Zeek 15 min idle) forget them. */

/** Mean seconds between new contacts from which a scan is slow: Snort's shortest window. */
const SLOW_GAP = 60;

/** Whether a scan of so many contacts between two times (seconds) is slow. */
export function isSlow(contacts: number, firstSeen: number, lastSeen: number): boolean {
  return contacts > 1 && meanGap(contacts, firstSeen, lastSeen) >= SLOW_GAP;
}

/** Mean seconds between new contacts. */
export function meanGap(contacts: number, firstSeen: number, lastSeen: number): number {
  return (lastSeen - firstSeen) / Math.max(1, contacts - 1);
}
