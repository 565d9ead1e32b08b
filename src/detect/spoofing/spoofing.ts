/** The verdict on who sends: real, forged in part, forged, or nobody can tell; for scans, port zero and floods each. */
import { LAST_PROBE_CLASS } from "../../model/activity.ts";
import type { Activity, SourceView } from "../../model/activity.ts";
import { hashIPv6, parseIPv4, parseIPv6 } from "../../model/address.ts";
import type { Flood, Home, Scan } from "../../model/finding.ts";
import type { Spoofing, SpoofingEvidence, SpoofingVerdict } from "../../model/spoofing.ts";
import { evidenceOf } from "./evidence.ts";
import { SourceTally } from "./source-tally.ts";

/** Difference of weights that decides: ten times likelier. */
const DECIDED = 1;
/** Where both sides weigh as much, and the lighter at least this share of the heavier, some sources are real and others not. */
const BOTH_SHARE = 0.5;
/** Contacts of a source up to which it may be part of a flood, as in flood.ts. */
const LIGHT_CONTACTS = 3;
/** Sources that are looked at, of each body: the most active, or those met first. */
const MOST_SOURCES = 20_000;

/** Verdicts on the bodies of traffic that are there. `scans` are the heaviest; call it outside of a visit. */
export function judgeSpoofing(activity: Activity, scans: readonly Scan[], floods: readonly Flood[], home: Home): Spoofing[] {
  const isPrivateHome = home.networks.some((network) => /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(network));
  const found: Spoofing[] = [];
  const say = (subject: Spoofing["subject"], tally: SourceTally, sources: number, decoys = 0): void => {
    if (tally.sources === 0) return;
    const evidence = evidenceOf(tally, isPrivateHome, decoys);
    found.push({ subject, sources: Math.max(sources, tally.sources), verdict: verdictOf(evidence), evidence });
  };
  const scanners = new Set(scans.flatMap(({ source, members, decoys }) => [source, ...members, ...decoys]));
  const companions = scans.reduce((sum, { decoys }) => sum + decoys.length, 0);
  say("scans", tallyOf(activity, [...scanners].slice(0, MOST_SOURCES), isProbe), scanners.size, companions);
  const { topSources, sources } = activity.portZero;
  const senders = topSources.map(({ address }) => address);
  say(
    "port-zero",
    tallyOf(activity, senders, (view) => view.portZeroPackets > 0),
    sources,
  );
  if (floods.length > 0)
    say(
      "floods",
      tallyFloods(activity, floods),
      floods.reduce((sum, flood) => sum + flood.sources, 0),
    );
  return found;
}

function verdictOf(evidence: readonly SpoofingEvidence[]): SpoofingVerdict {
  const weigh = (leans: SpoofingEvidence["leans"]): number =>
    evidence.reduce((sum, item) => (item.leans === leans ? sum + item.weight : sum), 0);
  const real = weigh("real");
  const spoofed = weigh("spoofed");
  if (Math.min(real, spoofed) >= DECIDED && Math.min(real, spoofed) >= BOTH_SHARE * Math.max(real, spoofed)) return "partly-spoofed";
  // Of a scanner and its decoys one is real.
  if (evidence.some(({ kind }) => kind === "decoys") && spoofed - real < 2 * DECIDED + real) return "partly-spoofed";
  if (real - spoofed >= DECIDED) return "real";
  return spoofed - real >= DECIDED ? "spoofed" : "cannot-tell";
}

function isProbe(view: SourceView): boolean {
  return view.trafficClass <= LAST_PROBE_CLASS;
}

function tallyOf(activity: Activity, addresses: readonly string[], isPart: (view: SourceView) => boolean): SourceTally {
  const tally = new SourceTally();
  for (const address of addresses) {
    const word = parseIPv4(address);
    const words = word === null ? parseIPv6(address) : null;
    if (word !== null) tally.addWord(activity, 4, word, isPart);
    else if (words !== null) tally.addWord(activity, 6, hashIPv6(...words), isPart);
  }
  return tally;
}

/** The light senders to flooded hosts, in the order of their addresses' numbers where they are too many. */
function tallyFloods(activity: Activity, floods: readonly Flood[]): SourceTally {
  const flooded = new Set(floods.map(({ target }) => parseIPv4(target)).filter((word) => word !== null));
  const senders: number[] = [];
  const isPart = (view: SourceView): boolean => {
    if (view.trafficClass > LAST_PROBE_CLASS || view.contactCount > LIGHT_CONTACTS) return false;
    const { length, target } = view.targets();
    for (let i = 0; i < length; i++) if (flooded.has(target[i]!)) return true;
    return false;
  };
  activity.visit(1, (view) => {
    if (view.family === 4 && isPart(view)) senders.push(view.word);
  });
  const chosen = [...new Set(senders)].toSorted((a, b) => scatter(a) - scatter(b)).slice(0, MOST_SOURCES);
  const tally = new SourceTally();
  for (const word of chosen) tally.addWord(activity, 4, word, isPart);
  return tally;
}

/** An order that has nothing to do with networks: which are looked at must not depend on how tables are laid out. */
function scatter(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 0;
}
