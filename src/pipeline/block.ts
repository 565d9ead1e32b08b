/** From who is asked to be blocked to who is: what intelligence says must be left alone, the guards, and the fewest networks. */
import { leftAlone } from "../intel/index.ts";
import { formatNetwork, type Network, parseNetwork } from "../model/address.ts";
import type { LeftOut, PortZeroMatch } from "../model/block.ts";
import { UsageError } from "../model/errors.ts";
import { hostileSources, type ReportedScan } from "../model/hostile.ts";
import { aggregate, type DecidedBlock, guard, MOST_WEIGHED, type Protected, Protection } from "../respond/index.ts";

export interface BlockOptions {
  readonly portZero: readonly PortZeroMatch[];
  /** In CIDR notation, heaviest first. */
  readonly sources: readonly string[];
  /** A report's scans and victims, or null. */
  readonly reported: {
    readonly scans: readonly ReportedScan[];
    readonly victims: ReadonlySet<string>;
    readonly home: readonly string[];
  } | null;
  readonly leastContacts: number;
  /** The user's own networks. */
  readonly home: readonly string[];
  /** Addresses of this machine and of what it depends on, each with what it is. */
  readonly here: readonly { readonly network: string; readonly why: string }[];
  readonly includeAcknowledged: boolean;
  readonly includeSpoofable: boolean;
  readonly most: number;
  /** Innocent addresses that may be covered for fewer rules. */
  readonly innocents: number;
  readonly families: readonly (4 | 6)[];
  readonly incident: string | null;
  readonly seconds: number | null;
  /** Seconds since 1970. */
  readonly madeAt: number;
}

/** @throws UsageError where all that was asked for by name is left out, or is no network. */
export function decideBlock(options: BlockOptions): DecidedBlock {
  const { reported, home, includeAcknowledged, innocents } = options;
  const found =
    reported === null
      ? { sources: [], leftOut: [] }
      : hostileSources(reported.scans, reported.victims, {
          leastContacts: options.leastContacts,
          includeSpoofable: options.includeSpoofable,
          includeAcknowledged,
        });
  const named = [
    ...options.sources.map((text) => networkOf("--source", text)),
    ...found.sources.flatMap((source) => parseNetwork(source) ?? []),
  ];
  const isAsked = ({ family }: Network): boolean => options.families.includes(family);
  const asked = named.filter(isAsked);
  const otherFamily = named
    .filter((network) => !isAsked(network))
    .map((network): LeftOut => ({
      network: formatNetwork(network),
      reason: `of IPv${network.family}, which --family leaves out`,
    }));
  const protection = new Protection(protectedBy(options));
  const guarded = guard(asked, protection, options.most);
  if (innocents > 0 && guarded.kept.length > MOST_WEIGHED) {
    throw new UsageError(
      `--aggregate weighs at most ${MOST_WEIGHED} networks, and there are ${guarded.kept.length}; leave it out or lower --max`,
    );
  }
  const fewest = aggregate(guarded.kept, innocents, (range, family) => protection.within(range, family).length > 0);
  const leftOut: readonly LeftOut[] = [...guarded.leftOut, ...otherFamily, ...found.leftOut];
  if (options.sources.length > 0 && fewest.networks.length === 0 && options.portZero.length === 0) {
    const [first] = leftOut;
    throw new UsageError(`nothing is left to block${first === undefined ? "" : `: ${first.network} is left out: ${first.reason}`}`);
  }
  return {
    request: {
      portZero: options.portZero,
      sources: fewest.networks.map(formatNetwork),
      seconds: options.seconds,
      families: options.families,
      incident: options.incident,
      home: [...new Set([...home, ...(reported?.home ?? [])])],
      madeAt: options.madeAt,
    },
    addresses: guarded.addresses + fewest.innocents,
    innocents: fewest.innocents,
    leftOut,
  };
}

/** Own networks first: of several reasons the nearest is given. */
function protectedBy({ home, reported, here, includeAcknowledged }: BlockOptions): Protected[] {
  // Behaviour beyond scanning overrides a claim, as it does in a report's advice
  const disputed = (reported?.scans ?? []).flatMap(({ source, isDisputed }) => (isDisputed ? (parseNetwork(source) ?? []) : []));
  return [
    ...home.map((text) => ({ network: networkOf("--home", text), why: "one of your own networks (--home)" })),
    ...(reported?.home ?? []).flatMap((text) => {
      const network = parseNetwork(text);
      return network === null ? [] : [{ network, why: "one of your own networks (report)" }];
    }),
    ...here.flatMap(({ network: text, why }) => {
      const network = parseNetwork(text);
      return network === null ? [] : [{ network, why }];
    }),
    ...leftAlone().flatMap(({ kind, network: text, why }) => {
      const network = parseNetwork(text);
      if (network === null || (kind === "acknowledged" && includeAcknowledged)) return [];
      return [{ network, why, except: kind === "acknowledged" ? disputed : [] }];
    }),
  ];
}

function networkOf(option: string, text: string): Network {
  const network = parseNetwork(text);
  if (network === null) throw new UsageError(`${option} ${text}: not an address or a network in CIDR notation`);
  return network;
}
