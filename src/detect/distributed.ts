/**
 * Distributed scans: many sources, each too quiet to be a scan, that share out one port over many targets (Gates 2009; Stockinger's and
 * Snort's distributed portscan). Background radiation also has many sources on one port, so numbers alone prove nothing: sources belong
 * together only where their targets are shared out far more evenly than independent choice would leave them, or where they are neighbours
 * that came at once.
 */
import { CLASS_ARP_REQUEST, CLASS_ICMP_REQUEST, CLASS_OS_DETECTION, TOOLS } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Outcomes, Scan } from "../model/finding.ts";
import { duration, number, plural } from "./evidence.ts";
import { MET_REFUSAL, MET_SILENCE, MET_UNREACHABLE } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";
import { compareText } from "./ranking.ts";
import { looksLikeStack, techniqueOfClass, transportOf } from "./technique.ts";
import { WordCounts } from "./word-counts.ts";

/** Contacts kept for comparison: 6 MB. Beyond it the rest is not looked at, and floods of forged sources cost no more. */
const MAXIMUM_CONTACTS = 1 << 18;
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
/** Sources come at once when this share of them starts within a share of the capture, but seconds at the least. */
const TOGETHER_SHARE = 0.8;
const TOGETHER_TIME_SHARE = 0.1;
const TOGETHER_SECONDS = 60;
/** Sources are neighbours when this share lies in one /24. */
const NEIGHBOUR_SHARE = 0.8;
/** Contacts of one member at least, on average: forged floods have one a source. */
const CONTACTS_PER_MEMBER = 1.5;
const LISTED = 100;
const LISTED_TARGETS = 10;

interface Member {
  readonly family: 4 | 6;
  readonly word: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly packets: number;
  readonly ttl: number;
  readonly tool: Scan["tool"];
  readonly stack: boolean;
  readonly portZero: boolean;
}

/** A member with the contacts that it has in one group. */
interface GroupMember extends Member {
  readonly contacts: number;
}

interface Signs {
  /** Standard deviations, or null where there are too few to say. */
  readonly sigma: number | null;
  readonly even: boolean;
  readonly together: boolean;
  readonly neighbours: boolean;
}

/** Collects the contacts of sources that are no scanners by themselves, and finds the groups among them. */
export class DistributedScans {
  #length = 0;
  readonly #key = new Float64Array(MAXIMUM_CONTACTS);
  readonly #target = new Uint32Array(MAXIMUM_CONTACTS);
  readonly #met = new Uint8Array(MAXIMUM_CONTACTS);
  readonly #member = new Uint32Array(MAXIMUM_CONTACTS);
  readonly #members: Member[] = [];
  readonly #contactsOf = new WordCounts();
  readonly #targetsOf = new WordCounts();

  /** Whether there is room for more. */
  get hasRoom(): boolean {
    return this.#length < MAXIMUM_CONTACTS;
  }

  /** Takes the kept contacts of a source × class that is no scan. */
  collect(view: SourceView, set: ProbeSet, tool: Scan["tool"]): void {
    if (set.outbound || set.trafficClass === CLASS_ARP_REQUEST || set.trafficClass === CLASS_OS_DETECTION) return;
    let failures = 0;
    for (let i = 0; i < set.length; i++) if (isFailure(set.met[i]!)) failures++;
    if (failures === 0 || this.#length + failures > MAXIMUM_CONTACTS) return;
    for (let i = 0; i < set.length; i++) {
      const met = set.met[i]!;
      if (!isFailure(met)) continue;
      this.#key[this.#length] = set.trafficClass * 65536 + set.port[i]!;
      this.#target[this.#length] = set.target[i]!;
      this.#met[this.#length] = met;
      this.#member[this.#length] = this.#members.length;
      this.#length++;
    }
    this.#members.push({
      family: set.family,
      word: set.word,
      firstSeen: set.firstSeen,
      lastSeen: set.lastSeen,
      packets: set.packets,
      ttl: view.ttlMax,
      tool,
      stack: 2 * set.stackPackets >= set.packets && set.stackPackets > 0,
      portZero: set.portZeroPackets > 0 && set.trafficClass !== CLASS_ICMP_REQUEST,
    });
  }

  /** The distributed scans, heaviest first. */
  find(activity: Activity): Scan[] {
    const scans: Scan[] = [];
    for (const rows of this.#groups()) {
      const scan = this.#judge(activity, rows);
      if (scan !== null) scans.push(scan);
    }
    return scans.toSorted((a, b) => b.contactCount - a.contactCount || compareText(a.source, b.source));
  }

  /**
   * Rows by class and port, the network that they went to (a /16; IPv6 together), the tool and the stack: what one operator does looks
   * the same. Groups too small to be a scan are left out before they cost an array.
   */
  #groups(): Uint32Array[] {
    const groupOf = new Map<number, number>();
    const sizes: number[] = [];
    const groups = new Int32Array(this.#length).fill(-1);
    for (let i = 0; i < this.#length; i++) {
      const { family, tool, stack } = this.#members[this.#member[i]!]!;
      // Mirai's bots choose their targets each for itself: the mark binds no group.
      if (tool?.name === "mirai") continue;
      const network = family === 4 ? this.#target[i]! >>> 16 : 65_536;
      const made = (tool === null ? 0 : 1 + TOOLS.indexOf(tool.name)) * 2 + Number(stack);
      const key = (this.#key[i]! * 131_072 + network) * 16 + made;
      let group = groupOf.get(key);
      if (group === undefined) {
        group = sizes.length;
        sizes.push(0);
        groupOf.set(key, group);
      }
      groups[i] = group;
      sizes[group]!++;
    }
    const filled = sizes.map((size) => (size < FEWEST_TARGETS ? null : new Uint32Array(size)));
    const next = new Uint32Array(sizes.length);
    for (let i = 0; i < this.#length; i++) {
      const group = groups[i]!;
      const rows = group < 0 ? null : filled[group]!;
      if (rows !== null) rows[next[group]!++] = i;
    }
    return filled.filter((rows) => rows !== null);
  }

  #judge(activity: Activity, rows: Uint32Array): Scan | null {
    const counts = this.#contactsOf;
    const targets = this.#targetsOf;
    counts.clear();
    targets.clear();
    for (const row of rows) {
      counts.add(this.#member[row]!);
      targets.add(this.#target[row]!);
    }
    if (counts.size < FEWEST_MEMBERS || targets.size < FEWEST_TARGETS) return null;
    if (rows.length < CONTACTS_PER_MEMBER * counts.size) return null;
    if (targets.size < DISTINCT_SHARE * rows.length) return null;
    const members: GroupMember[] = [];
    for (let at = 0; at < counts.size; at++) members.push({ ...this.#members[counts.words[at]!]!, contacts: counts.counts[at]! });
    const family = members[0]!.family;
    const sigma = sharedOut(rows.length, targets.size, family === 4 ? spaceOf(targets) : Number.POSITIVE_INFINITY);
    const signs: Signs = {
      sigma: sigma >= SHARED_OUT_SIGMA ? sigma : null,
      even: members.length >= EVEN_MEMBERS && dispersion(members.map((member) => member.contacts)) <= EVEN_DISPERSION,
      together: cameTogether(members, activity),
      neighbours: family === 4 && shareInOneNetwork(members.map((member) => member.word)) >= NEIGHBOUR_SHARE,
    };
    if (signs.sigma === null && !signs.neighbours) return null;
    const count =
      (signs.sigma === null ? 0 : signs.sigma >= SURELY_SHARED_OUT_SIGMA ? 2 : 1) +
      Number(signs.even) +
      Number(signs.together) +
      Number(signs.neighbours);
    return count >= SIGNS ? this.#scan(activity, rows, members, targets, signs) : null;
  }

  #scan(activity: Activity, rows: Uint32Array, members: readonly GroupMember[], targets: WordCounts, signs: Signs): Scan {
    const key = this.#key[rows[0]!]!;
    const trafficClass = Math.floor(key / 65536);
    const port = key % 65536;
    const named = members
      .map((member) => ({ member, address: activity.addressText(member.family, member.word) }))
      .toSorted((a, b) => b.member.contacts - a.member.contacts || compareText(a.address, b.address));
    const firstSeen = members.reduce((least, member) => Math.min(least, member.firstSeen), Number.POSITIVE_INFINITY);
    const lastSeen = members.reduce((greatest, member) => Math.max(greatest, member.lastSeen), Number.NEGATIVE_INFINITY);
    let dark = 0;
    for (let at = 0; at < targets.size; at++) if (!activity.isLive(targets.words[at]!)) dark++;
    const family = members[0]!.family;
    const first = members[0]!;
    const toolPackets = members.reduce((sum, member) => sum + (member.tool?.packets ?? 0), 0);
    const outcomes = this.#outcomes(rows);
    const packets = members.reduce((sum, member) => sum + member.packets, 0);
    const evidence = [
      `${plural(members.length, "source")} shared out ${plural(targets.size, "target")} on port ${port} in ${duration(lastSeen - firstSeen)}, ${number(rows.length / members.length)} each`,
      `${number(targets.size)} of ${plural(rows.length, "contact")} went to different targets; ${number(dark)} targets never sent a packet`,
    ];
    if (signs.sigma !== null)
      evidence.push(`independent sources would have hit the same targets more often: ${signs.sigma.toFixed(1)} standard deviations`);
    if (signs.even) evidence.push("every source did about the same share");
    if (signs.together) evidence.push(`${number(TOGETHER_SHARE * 100)} % of the sources or more came at once`);
    if (signs.neighbours) evidence.push("the sources are neighbours in one /24 network");
    return {
      source: named[0]!.address,
      kind: "distributed",
      technique: techniqueOfClass(trafficClass, first.stack && looksLikeStack(packets, packets, rows.length, outcomes.silent)),
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
      tool: first.tool === null ? null : { name: first.tool.name, packets: toolPackets },
      slow: false,
      fragmented: false,
      spoofable: true,
      outcomes,
      decoys: [],
      members: named.slice(0, LISTED).map((entry) => entry.address),
      memberCount: members.length,
      portZero: members.some((member) => member.portZero),
      evidence,
    };
  }

  #outcomes(rows: Uint32Array): Outcomes {
    let refused = 0;
    let unreachable = 0;
    let silent = 0;
    for (const row of rows) {
      const met = this.#met[row]!;
      if (met === MET_REFUSAL) refused++;
      else if (met === MET_UNREACHABLE) unreachable++;
      else if (met === MET_SILENCE) silent++;
    }
    return { answered: rows.length - refused - unreachable - silent, refused, unreachable, silent };
  }
}

/** Not what a client of a service gets: silence, refusal, an error, or a handshake that it left half-open. */
function isFailure(met: number): boolean {
  return met <= 3;
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

/** Addresses of the /24 networks that the targets lie in. */
function spaceOf(targets: WordCounts): number {
  const networks = new Set<number>();
  for (let at = 0; at < targets.size; at++) networks.add(targets.words[at]! >>> 8);
  return networks.size * 256;
}

/** Variance over mean: 1 for independent (Poisson) counts. */
function dispersion(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
}

function cameTogether(members: readonly Member[], activity: Activity): boolean {
  const starts = members.map((member) => member.firstSeen).toSorted((a, b) => a - b);
  const whole = (activity.lastSeen ?? 0) - (activity.firstSeen ?? 0);
  const window = Math.max(TOGETHER_SECONDS, TOGETHER_TIME_SHARE * whole);
  const needed = Math.ceil(TOGETHER_SHARE * starts.length);
  for (let i = 0; i + needed <= starts.length; i++) if (starts[i + needed - 1]! - starts[i]! <= window) return true;
  return false;
}

function shareInOneNetwork(words: readonly number[]): number {
  const counts = new Map<number, number>();
  let largest = 0;
  for (const word of words) {
    const count = (counts.get(word >>> 8) ?? 0) + 1;
    counts.set(word >>> 8, count);
    if (count > largest) largest = count;
  }
  return words.length === 0 ? 0 : largest / words.length;
}
