/**
 * Whom the scans meant, by tests of their targets against what each group exposes. First whether live hosts were chosen; where they were,
 * every other group is measured by its live hosts, since who knows the hosts must ask where they are.
 */
import type { FocusAspect, FocusTest, TargetFocus } from "../../model/asset.ts";
import type { Scan } from "../../model/finding.ts";
import { formatIPv4 } from "../../model/address.ts";
import { WordCounts } from "../../sketch/word-counts.ts";
import type { WordSet } from "../../sketch/word-set.ts";
import type { AddressSpace } from "./address-space.ts";
import { NOBODY } from "./address-space.ts";
import { type Exposure, exposureOf } from "./exposure.ts";
import { cannotTell, exposureSentence, FEWEST_CHOSEN, groupSentence, orderSentence } from "./focus-words.ts";
import { LEAST_SHARE, testGroups } from "./group-test.ts";
import { testService } from "./service-test.ts";
import { commonOrder, type TargetVotes, type Voter } from "./target-votes.ts";

/** A source that lies in fewer /24s than half of what its number of targets would reach by chance chose /24s, not addresses. */
const CLUSTERED = 0.5;
/** Of the whole space: at this no group can have twice its share. */
const NEARLY_ALL = 0.6;
/** One subnet has half of all targets; other groups a tenth. */
const LEAST_SHARE_OF_SUBNET = 0.5;

export interface FocusInput {
  readonly space: AddressSpace;
  readonly votes: TargetVotes;
  readonly hosts: WordSet;
  readonly isHomeGuessed: boolean;
  /** Whether records show who is there; else only the owner's word on dark and live counts. */
  readonly tellsSilence: boolean;
  readonly scans: readonly Scan[];
}

/** Null where nothing was probed. */
export function findFocus(input: FocusInput): TargetFocus | null {
  const { votes, space, scans } = input;
  votes.close();
  if (votes.voters.length === 0 && scans.length === 0) return null;
  const exposure = exposureOf(space, votes, input.hosts, input.isHomeGuessed);
  const sectors = namesOf(space, "sector").length;
  const live = testExposure(input, exposure);
  const isInformed = live.verdict === "focused";
  const tests = [
    ...(["sector", "role", "asset"] as const).flatMap((aspect) => testAssets(input, exposure, aspect, isInformed)),
    testSubnets(input, exposure, isInformed),
    testService(scans),
    live,
  ];
  const { order, agreeing, told } = commonOrder(votes.voters);
  // Where hosts are, is no choice of who asks for them.
  const shown = isInformed ? "unknown" : order;
  return { order: shown, orderSentence: orderSentence(shown, agreeing, told, isInformed), tests, sectors, ipv6Targets: votes.ipv6 };
}

/** Distinct names of what the assets are called under an aspect, in the order of the list. */
function namesOf(space: AddressSpace, aspect: "sector" | "role" | "asset"): string[] {
  return [...new Set(space.assets.flatMap((asset) => (aspect === "asset" ? asset.name : (asset[aspect] ?? []))))];
}

function testAssets(input: FocusInput, exposure: Exposure, aspect: "sector" | "role" | "asset", isInformed: boolean): FocusTest[] {
  const { space } = input;
  const names = namesOf(space, aspect);
  if (names.length === 0) return aspect === "sector" ? [cannotTell("sector", names)] : [];
  const index = new Map(names.map((name, at) => [name, at]));
  const groupOfStretch = Int32Array.from(space.owners, (owner) => {
    const asset = owner === NOBODY ? undefined : space.assets[owner];
    const name = asset === undefined ? null : aspect === "asset" ? asset.name : asset[aspect];
    return name === null ? -1 : (index.get(name) ?? -1);
  });
  const sizes = new Float64Array(names.length);
  for (let at = 0; at < groupOfStretch.length; at++) {
    const group = groupOfStretch[at]!;
    if (group >= 0) sizes[group] = sizes[group]! + (isInformed ? exposure.live[at]! : exposure.sizes[at]!);
  }
  return [testOf(input, aspect, names, exposure, sizes, (cell) => groupOfStretch[input.votes.stretches[cell]!]!, isInformed)];
}

function testSubnets(input: FocusInput, exposure: Exposure, isInformed: boolean): FocusTest {
  const known = [...exposure.subnets.keys()];
  const index = new Map(known.map((subnet, at) => [subnet, at]));
  const sizes = Float64Array.from(known, (subnet) => exposure.subnets.get(subnet)![isInformed ? "live" : "size"]);
  const names = known.map((subnet) => `${formatIPv4(subnet * 256)}/24`);
  return testOf(input, "subnet", names, exposure, sizes, (cell) => index.get(input.votes.subnets[cell]!) ?? -1, isInformed);
}

/** Tests groups of cells; those that expose nothing are left out, with the targets in them. */
function testOf(
  { votes }: FocusInput,
  aspect: Exclude<FocusAspect, "service" | "exposure">,
  names: readonly string[],
  exposure: Exposure,
  sizes: Float64Array,
  groupOf: (cell: number) => number,
  isInformed: boolean,
): FocusTest {
  const exposed = sizes.reduce((sum, size) => sum + size, 0);
  const dense = new Int32Array(names.length).fill(-1);
  const kept: number[] = [];
  sizes.forEach((size, group) => {
    if (size > 0) dense[group] = kept.push(group) - 1;
  });
  const groupOfCell = Int32Array.from(votes.subnets, (_, cell) => {
    const group = groupOf(cell);
    return group < 0 ? -1 : dense[group]!;
  });
  const { inGroups, whole, voters } = counted(votes, groupOfCell, kept.length);
  if (kept.length < 2) return cannotTell(aspect, kept.length === 1 ? [names[kept[0]!]!] : [], whole);
  if (voters.length === 0) return cannotTell(aspect, names, 0);
  const weights = Float64Array.from(voters, (voter) => (aspect === "subnet" ? voter.targets : choicesOf(voter, exposure)));
  const expected = Float64Array.from(kept, (group) => sizes[group]! / exposed);
  const sums = new WordCounts();
  const result = testGroups({
    weights,
    expected,
    eachShare: (source, visit) => {
      const { from, to } = voters[source]!;
      let all = 0;
      for (let entry = from; entry < to; entry++) if (groupOfCell[votes.cells[entry]!]! >= 0) all += votes.counts[entry]!;
      sums.clear();
      for (let entry = from; entry < to; entry++) {
        const group = groupOfCell[votes.cells[entry]!]!;
        if (group >= 0) sums.add(group, votes.counts[entry]);
      }
      for (let at = 0; at < sums.size; at++) visit(sums.words[at]!, sums.counts[at]! / all);
    },
    leastShare: aspect === "subnet" ? LEAST_SHARE_OF_SUBNET : LEAST_SHARE,
  });
  const test = {
    aspect,
    group: names[kept[result.group]!]!,
    observed: inGroups[result.group]!,
    of: whole,
    unit: "targets",
    expectedShare: expected[result.group]!,
    groups: kept.length,
    pValue: result.pValue,
    verdict: result.verdict,
  } as const;
  return { ...test, sentence: groupSentence(test, result, voters.length, isInformed) };
}

/** Distinct targets by group, and the voters that have any. */
function counted(
  votes: TargetVotes,
  groupOfCell: Int32Array,
  groups: number,
): { readonly inGroups: Float64Array; readonly whole: number; readonly voters: readonly Voter[] } {
  const inGroups = new Float64Array(groups);
  let whole = 0;
  for (let cell = 0; cell < groupOfCell.length; cell++) {
    const group = groupOfCell[cell]!;
    if (group < 0) continue;
    inGroups[group] = inGroups[group]! + votes.distinct[cell]!;
    whole += votes.distinct[cell]!;
  }
  const voters = votes.voters.filter(({ from, to }) => {
    for (let entry = from; entry < to; entry++) if (groupOfCell[votes.cells[entry]!]! >= 0) return true;
    return false;
  });
  return { inGroups, whole, voters };
}

/**
 * A stretch of neighbours is one choice; and where a source lies in few /24s, each of those is one. Who asks nearly all leaves no choice in
 * doubt: there every target counts.
 */
function choicesOf({ targets, scale, runs, subnets }: Voter, exposure: Exposure): number {
  if (targets * scale >= NEARLY_ALL * exposure.size) return targets;
  const all = exposure.subnets.size;
  const byChance = all * (1 - Math.exp(-targets / all));
  return subnets < CLUSTERED * byChance ? Math.min(runs, subnets) : runs;
}

/** Whether live hosts were chosen. An address counts by the owner's word, else by whether it was seen to talk with others. */
function testExposure({ votes, space, tellsSilence }: FocusInput, exposure: Exposure): FocusTest {
  const isTold = Uint8Array.from(space.starts, (_, stretch) => (tellsSilence || space.exposureOf(stretch) !== null ? 1 : 0));
  let size = 0;
  let alive = 0;
  for (let at = 0; at < isTold.length; at++) {
    if (isTold[at] === 0) continue;
    size += exposure.sizes[at]!;
    alive += exposure.live[at]!;
  }
  let observed = 0;
  let whole = 0;
  for (let cell = 0; cell < votes.subnets.length; cell++) {
    if (isTold[votes.stretches[cell]!] === 0) continue;
    observed += votes.distinctLive[cell]!;
    whole += votes.distinct[cell]!;
  }
  if (alive === 0 || alive >= size || whole < FEWEST_CHOSEN) return cannotTell("exposure", [], whole, { size, alive });
  const voters = votes.voters.filter(({ from, to }) => {
    for (let entry = from; entry < to; entry++) if (isTold[votes.stretches[votes.cells[entry]!]!] === 1) return true;
    return false;
  });
  const result = testGroups({
    weights: Float64Array.from(voters, ({ targets }) => targets),
    expected: Float64Array.of(alive / size, 1 - alive / size),
    eachShare: (source, visit) => {
      const { from, to } = voters[source]!;
      let live = 0;
      let all = 0;
      for (let entry = from; entry < to; entry++) {
        if (isTold[votes.stretches[votes.cells[entry]!]!] === 0) continue;
        live += votes.live[entry]!;
        all += votes.counts[entry]!;
      }
      visit(0, live / all);
      visit(1, 1 - live / all);
    },
    leastShare: LEAST_SHARE,
    candidates: 1,
  });
  const test = {
    aspect: "exposure",
    group: "live",
    observed,
    of: whole,
    unit: "targets",
    expectedShare: alive / size,
    groups: 2,
    pValue: result.pValue,
    // Who knew where hosts are does not ask more dark addresses than hosts.
    verdict: result.verdict === "focused" && 2 * observed < whole ? "cannot-tell" : result.verdict,
  } as const;
  return { ...test, sentence: exposureSentence(test, result, voters.length) };
}
