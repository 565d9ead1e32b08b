/**
 * Decoy scans (Nmap -D; Snort's decoy portscan): the same probes at the same time from several sources. One of them is true, the rest
 * are forged; which, a capture can seldom prove, so all are named on the one scan.
 */
import { mixPair } from "../sketch/hash.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { compareText } from "./ranking.ts";
import type { ScanDraft } from "./scan-draft.ts";
import { HALVES } from "./signatures.ts";
import type { Signatures } from "./signatures.ts";
import { meanGap } from "./slow.ts";

/** Fewest contacts: a handful in common happens by chance where popular ports are probed. */
const FEWEST_CONTACTS = 5;
/**
 * Decoys are sent with every probe: start and end may differ by a second, and by two mean gaps between probes where packets were lost,
 * but no more than seconds: scans that cover the same site over days end alike by chance.
 */
const TIME_SLACK = 1;
const TIME_SLACK_GAPS = 2;
const LONGEST_GAPS = 5;
/** And their numbers of packets may differ by this share. */
const PACKET_SLACK = 0.25;
/** Signatures may differ in this many places: lost packets. */
const SIGNATURE_SLACK = 2;
/** Decoys listed with a scan: Nmap allows 128. */
const LISTED_DECOYS = 128;

/** Joins drafts that are decoys of one another: the likeliest true source stays, with the others listed. The order of the rest is kept. */
export function joinDecoys(drafts: readonly ScanDraft[], signatures: Signatures): ScanDraft[] {
  const buckets = new Map<number, ScanDraft[]>();
  // Most buckets have one draft: counted first, by a hash, those are never made.
  const counts = new WordCounts();
  for (const draft of drafts) for (let half = 0; half < HALVES; half++) counts.add(hashOf(bucketOf(draft, signatures, half)));
  for (const draft of drafts) {
    if (draft.scan.contactCount < FEWEST_CONTACTS) continue;
    // Any two of the signature's halves that agree bring two drafts together, whatever packets were lost.
    for (let half = 0; half < HALVES; half++) {
      const key = bucketOf(draft, signatures, half);
      if (counts.get(hashOf(key)) < 2) continue;
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [draft]);
      else bucket.push(draft);
    }
  }
  const dropped = new Set<ScanDraft>();
  for (const bucket of buckets.values()) {
    if (bucket.length < 2) continue;
    const rest = bucket
      .filter((draft) => !dropped.has(draft))
      .toSorted((a, b) => a.scan.firstSeen - b.scan.firstSeen || compareText(a.scan.source, b.scan.source));
    while (rest.length > 1) {
      const first = rest.shift() as ScanDraft;
      const group = [first];
      for (let i = 0; i < rest.length;) {
        const other = rest[i] as ScanDraft;
        if (other.scan.firstSeen - first.scan.firstSeen > slack(first)) break;
        if (isCompanion(first, other, signatures)) group.push(...rest.splice(i, 1));
        else i++;
      }
      if (group.length > 1) joinGroup(group, dropped);
    }
  }
  return drafts.filter((draft) => !dropped.has(draft));
}

/** Equal where four minima of one half and the class agree; others that share a bucket by chance are told apart by isCompanion. */
function bucketOf({ signature, trafficClass }: ScanDraft, signatures: Signatures, half: number): number {
  return signatures.half(signature, half) * 64 + HALVES * trafficClass + half;
}

function hashOf(bucket: number): number {
  return mixPair(Math.floor(bucket / 64), bucket % 64);
}

function joinGroup(group: ScanDraft[], dropped: Set<ScanDraft>): void {
  group.sort(
    (a, b) =>
      Number(a.scan.spoofable) - Number(b.scan.spoofable) ||
      answersOf(b) - answersOf(a) ||
      Number(b.resets) - Number(a.resets) ||
      b.scan.decoys.length - a.scan.decoys.length ||
      b.scan.packets - a.scan.packets ||
      a.scan.firstSeen - b.scan.firstSeen ||
      compareText(a.scan.source, b.scan.source),
  );
  const [kept, ...others] = group as [ScanDraft, ...ScanDraft[]];
  const names = new Set([...kept.scan.decoys, ...others.flatMap((draft) => [draft.scan.source, ...draft.scan.decoys])]);
  names.delete(kept.scan.source);
  kept.scan.decoys = [...names].toSorted(compareText).slice(0, LISTED_DECOYS);
  for (const draft of others) dropped.add(draft);
}

/** Forged sources that are not in use get no answers where the capture is on their network. */
function answersOf({ scan }: ScanDraft): number {
  return scan.contactCount - scan.outcomes.silent;
}

function isCompanion(a: ScanDraft, b: ScanDraft, signatures: Signatures): boolean {
  if (a.trafficClass !== b.trafficClass || (a.word === b.word && a.family === b.family)) return false;
  const limit = slack(a);
  if (Math.abs(a.scan.firstSeen - b.scan.firstSeen) > limit || Math.abs(a.scan.lastSeen - b.scan.lastSeen) > limit) return false;
  if (Math.abs(a.scan.packets - b.scan.packets) > PACKET_SLACK * Math.max(a.scan.packets, b.scan.packets)) return false;
  return signatures.differences(a.signature, b.signature) <= SIGNATURE_SLACK;
}

function slack({ scan }: ScanDraft): number {
  return TIME_SLACK + Math.min(LONGEST_GAPS, TIME_SLACK_GAPS * meanGap(scan.contactCount, scan.firstSeen, scan.lastSeen));
}
