/** What a test of targets says, with its numbers: also what it cannot say, and why. */
import type { FocusAspect, FocusTest, TargetFocus } from "../../model/asset.ts";
import { number, plural } from "../evidence.ts";
import { focusShare, LEAST_SHARE, type GroupResult } from "./group-test.ts";

type Tested = Omit<FocusTest, "sentence">;

const NOUNS: Readonly<Record<FocusAspect, readonly [one: string, many: string]>> = {
  sector: ["sector", "sectors"],
  role: ["role", "roles"],
  asset: ["asset", "assets"],
  subnet: ["/24 network", "/24 networks"],
  service: ["service", "services"],
  exposure: ["host", "hosts"],
};

/** Distinct targets from which a choice of hosts is one: that many ask for one host, each knows from the same name. */
export const FEWEST_CHOSEN = 3;

/** A test that says nothing: `names` are the groups that there are. */
export function cannotTell(
  aspect: FocusAspect,
  names: readonly string[],
  of = 0,
  addresses: { readonly size: number; readonly alive: number } | null = null,
): FocusTest {
  return {
    aspect,
    group: names[0] ?? (aspect === "exposure" ? "live" : "none"),
    observed: names.length === 1 ? of : 0,
    of,
    unit: aspect === "service" ? "sources" : "targets",
    expectedShare: names.length === 1 && aspect !== "service" ? 1 : 0,
    groups: names.length,
    pValue: 1,
    verdict: "cannot-tell",
    sentence: whyNot(aspect, names, of, addresses),
  };
}

function whyNot(
  aspect: FocusAspect,
  names: readonly string[],
  of: number,
  addresses: { readonly size: number; readonly alive: number } | null,
): string {
  const [one, many] = NOUNS[aspect];
  switch (aspect) {
    case "service":
      return names.length === 1
        ? `Only ${names[0]} is asked for, by ${plural(of, "source")}: too few to tell a preference of many.`
        : `${plural(of, "source")} ${of === 1 ? "asks" : "ask"}: too few to tell a preference for one service.`;
    case "exposure":
      if (of === 0) return "Whether live hosts are meant cannot be told: it is not known which addresses are dark.";
      if (of < FEWEST_CHOSEN) return `Whether live hosts are meant cannot be told from ${plural(of, "target")}.`;
      return addresses?.alive === 0
        ? "Whether live hosts are meant cannot be told: no address that was asked about is known to be a host."
        : "Whether live hosts are meant cannot be told: all addresses are known as hosts.";
    default:
      if (names.length === 0)
        return aspect === "sector"
          ? "No sector is known: whether one industry is meant cannot be told (name your assets: docs/assets.md)."
          : `No ${one} is known.`;
      if (names.length === 1) return `Only one ${one} is seen (${names[0]}): whether others are spared cannot be told.`;
      return `No IPv4 target lies in any of the ${number(names.length)} ${many}.`;
  }
}

/** Of sectors, roles, assets and subnets. */
export function groupSentence(test: Tested, result: GroupResult, sources: number, byLive: boolean): string {
  const [one, many] = NOUNS[test.aspect];
  const exposed = byLive ? "live hosts" : "addresses";
  const of = `of ${plural(test.of, "target")} of ${plural(sources, "source")}`;
  const votes = sources === 1 ? "" : `, ${percent(result.share)} with each source's choices weighed,`;
  switch (test.verdict) {
    case "focused":
      return `${test.group} is meant: ${number(test.observed)} ${of}${votes} where ${percent(test.expectedShare)} of the ${exposed} are: ${times(result.ratio)} its share, by chance ${chance(test.pValue)}.`;
    case "spread":
      return `Not focused on any one ${one} of ${number(test.groups)}: ${of.slice(3)}${test.observed === 0 ? "" : `; ${test.group} has most beyond its share, ${number(test.observed)}${votes || ","} where ${percent(test.expectedShare)} of the ${exposed} are`}. ${boundWords(result, one)}`;
    case "cannot-tell":
      return `Too few choices to tell among ${number(test.groups)} ${many}: ${of.slice(3)}, most beyond its share in ${test.group}, ${percent(result.share)} where ${percent(test.expectedShare)} of the ${exposed} are; by chance ${chance(test.pValue)}. ${result.ratioBound === null ? "" : `Up to ${times(result.ratioBound)} a share would pass unseen.`}`.trimEnd();
  }
}

function boundWords({ ratioBound, shareBound }: GroupResult, one: string): string {
  const share = `No ${one} has more than ${percent(shareBound)} of them`;
  return ratioBound === null
    ? `${share} (99 % sure).`
    : `A ${one} that draws ${times(ratioBound)} its share would have been seen (99 % sure).`;
}

/** Of live hosts and dark space. */
export function exposureSentence(test: Tested, result: GroupResult, sources: number): string {
  const hosts = `${number(test.observed)} of ${plural(test.of, "target")} of ${plural(sources, "source")} ${test.observed === 1 ? "is" : "are"} known ${test.observed === 1 ? "as a host" : "as hosts"} (${percent(result.share)})`;
  const exposed = `${percent(test.expectedShare)} of the addresses are`;
  switch (test.verdict) {
    case "focused":
      return `Live hosts are meant: ${hosts}, where ${exposed}; by chance ${chance(test.pValue)}. Whoever asks knew where to ask.`;
    case "spread":
      return `Dark space is asked too: ${hosts}, where ${exposed}. Had ${percent(Math.min(1, focusShare(test.expectedShare, LEAST_SHARE)))} been hosts, it would have been seen: nobody chose them.`;
    case "cannot-tell":
      if (result.verdict === "focused")
        return `Hosts are asked more than by chance, and dark space more than hosts, so that nobody knew where to ask: ${hosts}, where ${exposed}.`;
      return `Too few targets to tell whether live hosts are meant: ${hosts}, where ${exposed}.`;
  }
}

/** Of services, by source. */
export function serviceSentence(test: Tested): string {
  const asked = `${number(test.observed)} of ${plural(test.of, "source")}`;
  switch (test.verdict) {
    case "focused":
      return `${test.group} is meant: ${asked} ask for it, where the favourite of background noise has about ${percent(test.expectedShare)}; by chance ${chance(test.pValue)}.`;
    case "spread":
      return `No one service is meant: ${asked} ask for the first, ${test.group}; ${plural(test.groups, "service")} in all.`;
    case "cannot-tell":
      return `Whether one service is meant cannot be told: ${asked} ask for the first, ${test.group}.`;
  }
}

export function orderSentence(order: TargetFocus["order"], agreeing: number, told: number, isInformed: boolean): string {
  switch (order) {
    case "random":
      return `Targets are a random choice: those of ${number(agreeing)} of ${plural(told, "source")} have the gaps of chance.`;
    case "sequential":
      return `Targets are stretches of neighbours, as of one who walks through a network: with ${number(agreeing)} of ${plural(told, "source")}.`;
    case "mixed":
      return `Targets are neither a random choice nor whole stretches, or differ among ${plural(told, "source")}.`;
    case "unknown":
      return isInformed
        ? "How targets were ordered cannot be told: they are where hosts are."
        : "How targets were chosen cannot be told: no source asked 20 addresses, or they asked all that there are.";
  }
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return "under 0.1 %";
  if (share < 0.1) return `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;
  return share < 1 && share > 0.99 ? "over 99 %" : `${Math.round(share * 100)} %`;
}

function times(ratio: number): string {
  return ratio < 10 ? `${ratio.toFixed(1)} ×` : `${number(Math.round(ratio))} ×`;
}

function chance(pValue: number): string {
  if (pValue < 1e-6) return "less than once in a million";
  return pValue < 0.01 ? `p = ${pValue.toExponential(0).replace("e", " · 10^")}` : `p = ${pValue.toFixed(2)}`;
}
