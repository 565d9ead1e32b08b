/** Lists of addresses for what reads such: plain CIDR, a set of nftables, a set of ipset. None can say a port. */
import type { BlockRequest } from "../../model/block.ts";
import { nameOf, noExpiryNote, type Platform, sourcesOf } from "../platform.ts";
import { shortest } from "./nftables.ts";

/** Elements that a set of ipset holds unless told (ipset(8)). */
const USUAL_ELEMENTS = 65_536;
const USUAL_TABLE = "inet filter";

export const CIDR: Platform = {
  name: "cidr",
  title: "plain CIDR",
  remark: "# ",
  says: "sources-only",
  portZero: "cannot be said",
  fragments: "all of a source's",
  expiry: "none",
  into: null,
  rules: (request) => ({
    apply: request.sources,
    remove: [],
    notes: [...noPorts(request), ...noExpiryNote(request, "A list")],
  }),
};

export const NFT_SET: Platform = {
  name: "nft-set",
  title: "nft set",
  remark: "# ",
  says: "sources-only",
  portZero: "cannot be said; `--for nftables` can",
  fragments: "all of a source's",
  expiry: "timeout of each element",
  into: 'the table, as in "inet filter"',
  rules: (request, into) => {
    const table = into ?? USUAL_TABLE;
    const sets = setsOf(request, "_");
    return {
      apply: sets.flatMap(({ name, family, sources }) => [
        `add table ${table}`,
        `add set ${table} ${name} { type ipv${family}_addr; flags interval${request.seconds === null ? "" : ", timeout"}; }`,
        `flush set ${table} ${name}`,
        ...(sources.length === 0
          ? []
          : [`add element ${table} ${name} { ${sources.map((source) => `${shortest(source)}${timeout(request)}`).join(", ")} }`]),
      ]),
      remove: sets.map(({ name }) => `nft delete set ${table} ${name}`),
      notes: [
        ...noPorts(request),
        ...sets.map(({ name, family }) => `For a rule of yours in that table: ${family === 4 ? "ip" : "ip6"} saddr @${name} drop`),
        ...(sets.length > 0
          ? ["Load with nft -f FILE: what the set held before goes. A set that a rule uses is deleted after the rule."]
          : []),
      ],
    };
  },
};

export const IPSET: Platform = {
  name: "ipset",
  title: "ipset",
  remark: "# ",
  says: "sources-only",
  portZero: "cannot be said; `--for iptables` can",
  fragments: "all of a source's",
  expiry: "timeout of each element",
  into: null,
  rules: (request) => {
    const sets = setsOf(request, "-");
    return {
      apply: sets.flatMap(({ name, family, sources }) => [
        `create ${name} hash:net family ${family === 4 ? "inet" : "inet6"}${sources.length > USUAL_ELEMENTS ? ` maxelem ${sources.length}` : ""}${request.seconds === null ? "" : ` timeout ${Math.ceil(request.seconds)}`} -exist`,
        `flush ${name}`,
        ...sources.map((source) => `add ${name} ${shortest(source)}`),
      ]),
      remove: sets.map(({ name }) => `ipset destroy ${name}`),
      notes: [
        ...noPorts(request),
        ...sets.map(
          ({ name, family }) =>
            `For a rule of yours: ${family === 4 ? "iptables" : "ip6tables"} -t raw -I PREROUTING -m set --match-set ${name} src -j DROP`,
        ),
        ...(sets.length > 0
          ? ["Load with ipset restore < FILE: what the set held before goes. A set that a rule uses is destroyed after the rule."]
          : []),
      ],
    };
  },
};

interface AddressSet {
  readonly name: string;
  readonly family: 4 | 6;
  readonly sources: readonly string[];
}

/** One for each version of IP, also where it is empty: what stood in it before has to go. */
function setsOf(request: BlockRequest, joint: string): AddressSet[] {
  const name = `${nameOf(request).replaceAll("-", joint)}${joint}`;
  return request.families.map((family) => ({ name: `${name}${family}`, family, sources: sourcesOf(request, family) }));
}

function timeout({ seconds }: BlockRequest): string {
  return seconds === null ? "" : ` timeout ${Math.ceil(seconds)}s`;
}

function noPorts({ portZero }: BlockRequest): string[] {
  return portZero.length === 0
    ? []
    : ["A list of addresses cannot say a port, and there is no nearest to it: port zero is not blocked by this."];
}
