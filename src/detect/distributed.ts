/**
 * Distributed scans: many sources, each too quiet to be a scan, that share out one port over many targets (Gates 2009; Stockinger's and
 * Snort's distributed portscan). Background radiation also has many sources on one port, so numbers alone prove nothing: sources belong
 * together only where their targets are shared out far more evenly than independent choice would leave them, or where they are neighbours
 * that came at once.
 */
import { CLASS_ARP_REQUEST, CLASS_OS_DETECTION } from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Outcomes, Scan } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, number, plural } from "./evidence.ts";
import type { TargetVotes } from "./focus/target-votes.ts";
import { LightSources } from "./light-sources.ts";
import { MET_REFUSAL, MET_SILENCE, MET_UNREACHABLE } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";
import { compareText } from "./ranking.ts";
import { looksLikeStack, techniqueOfClass, transportOf } from "./technique.ts";

/** Fewest sources and distinct targets: below, chance suffices. The latter is Zeek's threshold for one source. */
const FEWEST_MEMBERS = 5;
const FEWEST_TARGETS = 25;
/**
 * Signs that sources belong together; two are needed. Distinct targets exceed what independent choice leaves by so many standard
 * deviations: one sign, or at the higher figure both. By chance the first comes once in 40 groups, the second once in 30,000.
 */
const SIGNS = 2;
const SHARED_OUT_SIGMA = 2;
const SURELY_SHARED_OUT_SIGMA = 4;
/** Share of contacts that must be with distinct targets. */
const DISTINCT_SHARE = 0.9;
/** Variance over mean of the members' contacts below which the work was dealt out evenly: independent sources have 1 or more. */
const EVEN_DISPERSION = 0.25;
const EVEN_MEMBERS = 8;
/** Sources come at once when this share of them starts within a share of the time read, but seconds at the least. */
const TOGETHER_SHARE = 0.8;
const TOGETHER_TIME_SHARE = 0.1;
const TOGETHER_SECONDS = 60;
/** Sources are neighbours when this share lies in one /24. */
const NEIGHBOUR_SHARE = 0.8;
/** Contacts of one member at least, on average: forged floods have one a source. */
const CONTACTS_PER_MEMBER = 1.5;
const LISTED = 100;
const LISTED_TARGETS = 10;

interface Signs {
  /** Standard deviations, or null where there are too few to say. */
  readonly sigma: number | null;
  readonly even: boolean;
  readonly together: boolean;
  readonly neighbours: boolean;
}

/** Collects the contacts of sources that are no scanners by themselves, and finds the groups among them. */
export class DistributedScans {
  readonly #light = new LightSources();
  readonly #tellsSilence: boolean;
  /** Of the group in hand: contacts by member and by target, and a scratch for networks. */
  readonly #contactsOf = new WordCounts();
  readonly #targetsOf = new WordCounts();
  readonly #networks = new WordCounts();

  /** @param tellsSilence whether an answer would have been seen: else nothing is called dark */
  constructor(tellsSilence: boolean) {
    this.#tellsSilence = tellsSilence;
  }

  /** Whether there is room for more. */
  get hasRoom(): boolean {
    return this.#light.hasRoom;
  }

  /** Takes the kept contacts of a source × class that is no scan. */
  collect(set: ProbeSet, tool: Scan["tool"]): void {
    if (set.outbound || set.trafficClass === CLASS_ARP_REQUEST || set.trafficClass === CLASS_OS_DETECTION) return;
    this.#light.add(set, tool);
  }

  /** The distributed scans, heaviest first. Votes get their targets, and those of sources from port zero that are in none. */
  find(activity: Activity, votes: TargetVotes): Scan[] {
    const found = new Uint8Array(this.#light.length);
    const scans: Scan[] = [];
    for (const rows of this.#light.groups(FEWEST_TARGETS)) {
      const scan = this.#judge(activity, rows);
      if (scan === null) continue;
      scans.push(scan);
      for (const row of rows) found[row] = 1;
    }
    this.#light.vote(votes, (row) => found[row] === 1);
    return scans.toSorted((a, b) => b.contactCount - a.contactCount || compareText(a.source, b.source));
  }

  #judge(activity: Activity, rows: Uint32Array): Scan | null {
    const light = this.#light;
    const memberCount = light.countMembers(rows);
    if (memberCount < FEWEST_MEMBERS || rows.length < CONTACTS_PER_MEMBER * memberCount) return null;
    const members = this.#contactsOf;
    const targets = this.#targetsOf;
    members.clear();
    targets.clear();
    // One more than can be, since the share is not exact.
    const mostRepeated = rows.length - DISTINCT_SHARE * rows.length + 1;
    for (let i = 0; i < rows.length && i - targets.size <= mostRepeated; i++) targets.add(light.target[rows[i]!]!);
    if (targets.size < FEWEST_TARGETS || targets.size < DISTINCT_SHARE * rows.length) return null;
    for (let i = 0; i < rows.length; i++) members.add(light.member[rows[i]!]!);
    const numbers = members.words.subarray(0, members.size);
    const family = light.family(numbers[0]!);
    const sigma = sharedOut(rows.length, targets.size, family === 4 ? this.#spaceOf(targets) : Number.POSITIVE_INFINITY);
    const signs: Signs = {
      sigma: sigma >= SHARED_OUT_SIGMA ? sigma : null,
      even: numbers.length >= EVEN_MEMBERS && dispersion(members.counts.subarray(0, members.size)) <= EVEN_DISPERSION,
      together: cameTogether(
        Float64Array.from(numbers, (member) => light.firstSeen[member]!),
        activity,
      ),
      neighbours: family === 4 && this.#shareInOneNetwork(numbers) >= NEIGHBOUR_SHARE,
    };
    if (signs.sigma === null && !signs.neighbours) return null;
    const count =
      (signs.sigma === null ? 0 : signs.sigma >= SURELY_SHARED_OUT_SIGMA ? 2 : 1) +
      Number(signs.even) +
      Number(signs.together) +
      Number(signs.neighbours);
    return count >= SIGNS ? this.#scan(activity, rows, signs) : null;
  }

  #scan(activity: Activity, rows: Uint32Array, signs: Signs): Scan {
    const light = this.#light;
    const targets = this.#targetsOf;
    const members = this.#contactsOf.words.subarray(0, this.#contactsOf.size);
    const key = light.key[rows[0]!]!;
    const trafficClass = Math.floor(key / 65536);
    const port = key % 65536;
    const named = this.#named(activity);
    const firstSeen = members.reduce((least, member) => Math.min(least, light.firstSeen[member]!), Number.POSITIVE_INFINITY);
    const lastSeen = members.reduce((greatest, member) => Math.max(greatest, light.lastSeen[member]!), Number.NEGATIVE_INFINITY);
    let dark = 0;
    for (let at = 0; at < targets.size && this.#tellsSilence; at++) if (!activity.isLive(targets.words[at]!)) dark++;
    const first = members[0]!;
    const family = light.family(first);
    const tool = light.tool(first);
    const toolPackets = members.reduce((sum, member) => sum + light.toolPackets[member]!, 0);
    const outcomes = this.#outcomes(rows);
    const packets = members.reduce((sum, member) => sum + light.packets[member]!, 0);
    const evidence = [
      `${plural(members.length, "source")} shared out ${plural(targets.size, "target")} on port ${port} in ${duration(lastSeen - firstSeen)}, ${number(rows.length / members.length)} each`,
      `${number(targets.size)} of ${plural(rows.length, "contact")} went to different targets${this.#tellsSilence ? `; ${plural(dark, "target")} ${dark === 1 ? "was" : "were"} never seen sending` : ""}`,
    ];
    if (signs.sigma !== null)
      evidence.push(`independent sources would have hit the same targets more often: ${signs.sigma.toFixed(1)} standard deviations`);
    if (signs.even) evidence.push("every source did about the same share");
    if (signs.together) evidence.push(`${number(TOGETHER_SHARE * 100)} % of the sources or more came at once`);
    if (signs.neighbours) evidence.push("the sources are neighbours in one /24 network");
    return {
      source: named[0]!,
      kind: "distributed",
      technique: techniqueOfClass(
        trafficClass,
        light.hasStack(first) && looksLikeStack(packets, packets, rows.length, outcomes.silent),
        2 * members.filter((member) => light.isUntold(member)).length > members.length,
      ),
      transport: transportOf(trafficClass),
      ports: [port],
      portCount: 1,
      targets: targets.top(LISTED_TARGETS).map(([target]) => activity.addressText(family, target)),
      targetCount: targets.size,
      contactCount: rows.length,
      darkTargetCount: dark,
      packets,
      firstSeen,
      lastSeen,
      tool: tool === null ? null : { name: tool, packets: toolPackets },
      slow: false,
      fragmented: false,
      spoofable: true,
      outcomes,
      decoys: [],
      members: named,
      memberCount: members.length,
      portZero: members.some((member) => light.probesPortZero(member)),
      evidence,
    };
  }

  /** Addresses of the members that made most contacts. */
  #named(activity: Activity): string[] {
    const { size, words, counts } = this.#contactsOf;
    const light = this.#light;
    const addressOf = (member: number): string => activity.addressText(light.family(member), light.word[member]!);
    const best: { contacts: number; address: string }[] = [];
    for (let at = 0; at < size; at++) {
      const last = best.length < LISTED ? undefined : best[LISTED - 1];
      const contacts = counts[at]!;
      if (last !== undefined && contacts < last.contacts) continue;
      const address = addressOf(words[at]!);
      if (last !== undefined && contacts === last.contacts && compareText(address, last.address) > 0) continue;
      const before = best.findIndex(
        (other) => other.contacts < contacts || (other.contacts === contacts && compareText(other.address, address) > 0),
      );
      best.splice(before < 0 ? best.length : before, 0, { contacts, address });
      if (best.length > LISTED) best.pop();
    }
    return best.map(({ address }) => address);
  }

  /** Addresses of the /24 networks that the targets lie in. */
  #spaceOf(targets: WordCounts): number {
    this.#networks.clear();
    for (let at = 0; at < targets.size; at++) this.#networks.add(targets.words[at]! >>> 8);
    return this.#networks.size * 256;
  }

  #shareInOneNetwork(members: Uint32Array): number {
    this.#networks.clear();
    for (let i = 0; i < members.length; i++) this.#networks.add(this.#light.word[members[i]!]! >>> 8);
    return members.length === 0 ? 0 : this.#networks.most / members.length;
  }

  #outcomes(rows: Uint32Array): Outcomes {
    let refused = 0;
    let unreachable = 0;
    let silent = 0;
    for (const row of rows) {
      const met = this.#light.met[row]!;
      if (met === MET_REFUSAL) refused++;
      else if (met === MET_UNREACHABLE) unreachable++;
      else if (met === MET_SILENCE) silent++;
    }
    return { answered: rows.length - refused - unreachable - silent, refused, unreachable, silent };
  }
}

/**
 * Standard deviations by which the number of distinct targets exceeds what `contacts` independent draws out of `space` addresses leave
 * (occupancy problem; Feller I, §IV.2).
 */
export function sharedOut(contacts: number, distinct: number, space: number): number {
  if (!Number.isFinite(space) || space <= 0) return 0;
  const load = contacts / space;
  const empty = Math.exp(-load);
  const expected = space * (1 - empty);
  const variance = space * empty * (1 - (1 + load) * empty);
  return variance <= 0 ? 0 : (distinct - expected) / Math.sqrt(Math.max(variance, 0.25));
}

/** Variance over mean: 1 for independent (Poisson) counts. */
function dispersion(counts: Float64Array): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
}

/** @param starts first times, which are put in order. */
function cameTogether(starts: Float64Array, activity: Activity): boolean {
  starts.sort();
  const whole = (activity.lastSeen ?? 0) - (activity.firstSeen ?? 0);
  const window = Math.max(TOGETHER_SECONDS, TOGETHER_TIME_SHARE * whole);
  const needed = Math.ceil(TOGETHER_SHARE * starts.length);
  for (let i = 0; i + needed <= starts.length; i++) if (starts[i + needed - 1]! - starts[i]! <= window) return true;
  return false;
}
