/**
 * Evidence for and against real sources, each with a likelihood ratio (stated judgement where no source is named). Moore and others 2006
 * (uniform sources of forged floods), CAIDA's corsaro3 (rules for likely forged packets), Templeton and Levitt 2003 (TTL and path).
 * That a source answers with RST proves nothing: a live host whose address was forged does the same.
 */
import type { SpoofingEvidence } from "../../model/spoofing.ts";
import { number, plural } from "../evidence.ts";
import type { SourceTally } from "./source-tally.ts";

/** /8 networks of which hardly anybody sends over the Internet, by IANA's registry: the US Department of Defense's. */
const QUIET_OCTETS = [6, 7, 11, 21, 22, 26, 28, 29, 30, 33, 55, 214, 215];
/** Share of uniform public addresses in those, and of real senders. */
const QUIET_IF_FORGED = QUIET_OCTETS.length / 223;
const QUIET_IF_REAL = 0.002;
/** Never a source, wherever: this network, loopback, groups, reserved (RFC 6890). Share of uniform addresses, and of real senders (faults). */
const IMPOSSIBLE_IF_FORGED = 34 / 256;
const IMPOSSIBLE_IF_REAL = 0.001;
/** Endings .0 and .255: two in 256 of uniform addresses, few hosts have them. */
const EDGE_IF_FORGED = 2 / 256;
const EDGE_IF_REAL = 0.001;
/** TTLs that hardly any path leaves: stacks start at 32, 64, 128 or 255 and paths are shorter than 32 hops. Random ones do. */
const ODD_TTL_IF_FORGED = 0.5;
const ODD_TTL_IF_REAL = 0.02;
/** What stacks begin with. */
const INITIAL_TTLS = [32, 64, 128, 255];
/** Sources and /8 networks from which one TTL for nearly all is one path. */
const ONE_PATH_SOURCES = 10;
const ONE_PATH_OCTETS = 5;
const ONE_PATH_SHARE = 0.9;
/** Share of sources behind the commonest TTL below which paths differ. */
const MANY_PATHS_SHARE = 0.5;
/** Greatest weights. A generator of test traffic may draw real sources uniformly too: where addresses lie is never proof. */
const GREATEST = {
  handshake: 3,
  impossible: 4,
  uniform: 0.6,
  ttl: 3,
  noHops: 0.3,
  ownPath: 2.5,
  retries: 1.5,
  onePacket: 1,
  heeded: 2,
  decoys: 2,
};
/** Sources from which shares say something. */
const SHARE_SOURCES = 10;
const ONE_PACKET_SHARE = 0.9;
const LEAST_WEIGHT = 0.2;

/**
 * What a tally says, heaviest first.
 * @param isPrivateHome private addresses are neighbours, not impossible
 * @param decoys sources that are companions of others: all but one of each such group
 */
export function evidenceOf(tally: SourceTally, isPrivateHome: boolean, decoys: number): SpoofingEvidence[] {
  return [
    decoyed(decoys, tally),
    handshakes(tally),
    heeded(tally),
    retransmissions(tally),
    ...ttls(tally),
    impossible(tally, isPrivateHome),
    uniformity(tally),
    onePacket(tally),
  ]
    .filter((item) => item !== null)
    .filter(({ weight }) => weight >= LEAST_WEIGHT)
    .toSorted((a, b) => b.weight - a.weight || (a.kind < b.kind ? -1 : 1));
}

function decoyed(decoys: number, { sources }: SourceTally): SpoofingEvidence | null {
  if (decoys === 0) return null;
  return {
    kind: "decoys",
    leans: "spoofed",
    weight: GREATEST.decoys * Math.sqrt(Math.min(1, decoys / sources)),
    sentence: `${number(decoys)} of ${plural(sources, "source")} sent the same probes at the same time as another: one of each such group is true, the others are decoys`,
  };
}

function handshakes({ answered, completed }: SourceTally): SpoofingEvidence | null {
  if (completed === 0) return null;
  return {
    kind: "completed-handshakes",
    leans: "real",
    weight: GREATEST.handshake * Math.sqrt(completed / answered),
    sentence: `${number(completed)} of ${plural(answered, "source")} that got an answer went on with it: a forger does not see answers`,
  };
}

function heeded({ heeding, couldHeed }: SourceTally): SpoofingEvidence | null {
  if (heeding === 0) return null;
  return {
    kind: "answers-heeded",
    leans: "real",
    weight: GREATEST.heeded * Math.sqrt(heeding / couldHeed),
    sentence: `${number(heeding)} of ${plural(couldHeed, "source")} asked more of the hosts that had answered than of the others`,
  };
}

function retransmissions({ retrying, sources }: SourceTally): SpoofingEvidence | null {
  const share = retrying / sources;
  return {
    kind: "retransmissions",
    leans: "real",
    weight: GREATEST.retries * share,
    sentence: `${number(retrying)} of ${plural(sources, "source")} tried again what was not answered, as the stack of one who waits for an answer does`,
  };
}

function ttls(tally: SourceTally): (SpoofingEvidence | null)[] {
  const { withTtl, ttls: counts, severalTtls, steady, octets } = tally;
  if (withTtl < ONE_PATH_SOURCES) return [];
  const most = Math.max(...counts);
  const odd = counts.reduce((sum, count, ttl) => (isOddTtl(ttl) ? sum + count : sum), 0);
  const random = ratio(odd, withTtl, ODD_TTL_IF_FORGED, ODD_TTL_IF_REAL);
  if (random > 0)
    return [
      {
        kind: "ttl-spread",
        leans: "spoofed",
        weight: Math.min(GREATEST.ttl, random),
        sentence: `${number(odd)} of ${plural(withTtl, "source")} have a TTL that no usual stack and path leave: drawn at random`,
      },
    ];
  const spread = octets.reduce((sum, count) => sum + Math.min(1, count), 0);
  if (most >= ONE_PATH_SHARE * withTtl && spread >= ONE_PATH_OCTETS)
    return [
      {
        kind: "ttl-spread",
        leans: "spoofed",
        // A TTL that no router has lowered is a neighbour's, or a record's that somebody made.
        weight: INITIAL_TTLS.includes(counts.indexOf(most)) ? GREATEST.noHops : GREATEST.ttl,
        sentence: `${number(most)} of ${plural(withTtl, "source")} in ${number(spread)} /8 networks arrive with one and the same TTL: one path, one sender`,
      },
    ];
  if (most > MANY_PATHS_SHARE * withTtl || severalTtls < SHARE_SOURCES) return [];
  return [
    {
      kind: "ttl-spread",
      leans: "real",
      weight: Math.min(GREATEST.ownPath, severalTtls / SHARE_SOURCES) * Math.max(0, (2 * steady) / severalTtls - 1),
      sentence: `${number(steady)} of ${plural(severalTtls, "source")} keep a TTL of their own, and the sources' differ: a path each`,
    },
  ];
}

function isOddTtl(ttl: number): boolean {
  return (ttl > 64 && ttl < 96) || (ttl > 128 && ttl < 223);
}

function impossible({ octets, ipv4 }: SourceTally, isPrivateHome: boolean): SpoofingEvidence | null {
  let count = octets[0]! + octets[127]! + (isPrivateHome ? 0 : octets[10]!);
  for (let octet = 224; octet < 256; octet++) count += octets[octet]!;
  if (count === 0) return null;
  return {
    kind: "impossible-origins",
    leans: "spoofed",
    weight: Math.min(GREATEST.impossible, Math.max(count * 0.5, ratio(count, ipv4, IMPOSSIBLE_IF_FORGED, IMPOSSIBLE_IF_REAL))),
    sentence: `${number(count)} of ${plural(ipv4, "source address", "source addresses")} cannot send over the Internet (reserved, loopback, groups)`,
  };
}

function uniformity({ octets, ipv4, edgeEndings }: SourceTally): SpoofingEvidence | null {
  if (ipv4 < SHARE_SOURCES) return null;
  const quiet = QUIET_OCTETS.reduce((sum, octet) => sum + octets[octet]!, 0);
  const sum = ratio(quiet, ipv4, QUIET_IF_FORGED, QUIET_IF_REAL) + ratio(edgeEndings, ipv4, EDGE_IF_FORGED, EDGE_IF_REAL);
  const used = octets.reduce((all, count) => all + Math.min(1, count), 0);
  return {
    kind: "uniformity",
    leans: sum > 0 ? "spoofed" : "real",
    weight: Math.min(GREATEST.uniform, Math.abs(sum)),
    sentence:
      sum > 0
        ? `the sources lie all over the address space (${number(used)} /8 networks; ${number(quiet)} in networks that hardly ever send, ${number(edgeEndings)} ending in .0 or .255), as random numbers do`
        : `${quiet === 0 ? "none" : number(quiet)} of ${plural(ipv4, "source")} ${quiet === 1 ? "lies" : "lie"} in networks that hardly ever send, where random numbers would put ${number(ipv4 * QUIET_IF_FORGED)}`,
  };
}

function onePacket({ onePacket: count, sources }: SourceTally): SpoofingEvidence | null {
  if (sources < SHARE_SOURCES || count < ONE_PACKET_SHARE * sources) return null;
  return {
    kind: "one-packet-sources",
    leans: "spoofed",
    weight: GREATEST.onePacket,
    sentence: `${number(count)} of ${plural(sources, "source")} sent a single packet`,
  };
}

/** log10 of how much likelier `count` of `all` is with the first probability than with the second (binomial). */
function ratio(count: number, all: number, first: number, second: number): number {
  return count * Math.log10(first / second) + (all - count) * Math.log10((1 - first) / (1 - second));
}
