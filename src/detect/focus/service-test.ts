/** Whether most sources ask for one service. Each source has one vote, split over the ports that it tried. */
import type { FocusTest } from "../../model/asset.ts";
import type { Scan } from "../../model/finding.ts";
import { cannotTell, serviceSentence } from "./focus-words.ts";
import { LEAST_SHARE, testGroups } from "./group-test.ts";

/**
 * The share of sources that the favourite of background noise has: Telnet's in Mirai's years was nearly half, SSH's and SMB's before
 * a quarter. Stated judgement.
 */
const FAVOURITE_SHARE = 0.25;
/** Ports of a scan that have a part of its vote, as most scans have no more. */
const VOTED_PORTS = 10;
/** So many sources must agree: of fewer nothing follows. */
const FEWEST_SOURCES = 5;

export function testService(scans: readonly Scan[]): FocusTest {
  const services = new Map<string, number>();
  const votes: { readonly parts: readonly (readonly [number, number])[]; readonly weight: number }[] = [];
  for (const { transport, ports, portCount, memberCount } of scans) {
    if (transport === "icmp" || transport === "arp" || transport === "ip") continue;
    // Behind port zero is no service: who asks for it wants to know something else.
    const asked = ports.slice(0, VOTED_PORTS).filter((port) => port !== 0);
    const parts = asked.map((port): readonly [number, number] => {
      const name = `${transport.toUpperCase()}/${port}`;
      const group = services.get(name) ?? services.size;
      services.set(name, group);
      return [group, 1 / Math.max(1, portCount)];
    });
    if (parts.length > 0) votes.push({ parts, weight: memberCount });
  }
  const sources = votes.reduce((sum, { weight }) => sum + weight, 0);
  const sums = new Float64Array(services.size);
  for (const { parts, weight } of votes) for (const [group, share] of parts) sums[group] = sums[group]! + weight * share;
  const leader = sums.reduce((best, sum, group) => (sum > sums[best]! ? group : best), 0);
  const names = [...services.keys()];
  if (sources < FEWEST_SOURCES || names.length === 0) return cannotTell("service", names, sources);
  const result = testGroups({
    weights: Float64Array.from(votes, ({ weight }) => weight),
    expected: Float64Array.of(FAVOURITE_SHARE, 1 - FAVOURITE_SHARE),
    eachShare: (source, visit) => visit(0, votes[source]!.parts.find(([group]) => group === leader)?.[1] ?? 0),
    leastShare: LEAST_SHARE,
    candidates: 1,
  });
  const test = {
    aspect: "service",
    group: names[leader]!,
    observed: Math.round(sums[leader]!),
    of: sources,
    unit: "sources",
    expectedShare: FAVOURITE_SHARE,
    groups: names.length,
    pValue: result.pValue,
    verdict: result.verdict,
  } as const;
  return { ...test, sentence: serviceSentence(test) };
}
