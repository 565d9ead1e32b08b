/**
 * nftables. Every port match is kept to whole packets, IPv4 and IPv6 apart, since later fragments have no transport header. One table for
 * port zero and one for sources, so that each goes with one command; loading a file again replaces what it made before (nft(8)).
 */
import type { BlockRequest, PortZeroMatch } from "../../model/block.ts";
import { nameOf, type Platform, remarkOf, type RuleSet, sourcesOf } from "../platform.ts";

export const NFTABLES: Platform = {
  name: "nftables",
  title: "nftables",
  remark: "# ",
  says: "port-zero",
  portZero: "`tcp sport 0`",
  fragments: "whole packets only: `ip frag-off & 0x3fff == 0`, `exthdr frag missing`",
  expiry: "of sources: timeout of the set's elements",
  into: null,
  rules: (request) => {
    const tables = tablesOf(request);
    return {
      apply: tables.flatMap(({ name, lines }) => [
        `table inet ${name}`,
        `delete table inet ${name}`,
        `table inet ${name} {`,
        ...lines,
        "}",
      ]),
      remove: tables.map(({ name }) => `nft delete table inet ${name}`),
      notes: ["Load with nft -f FILE. A set's time counts from when it is loaded, and a table of port zero stays until it is deleted."],
    };
  },
};

/** The same for a report: no more than tables and their removal. */
export function nftRules(request: BlockRequest): RuleSet["apply"] {
  return tablesOf(request).flatMap(({ name, lines }) => [`table inet ${name} {`, ...lines, "}", `# remove: nft delete table inet ${name}`]);
}

interface Table {
  readonly name: string;
  readonly lines: readonly string[];
}

function tablesOf(request: BlockRequest): Table[] {
  const suffix = nameOf(request).slice("precursor".length).replaceAll("-", "_");
  const comment = request.incident === null ? "" : ` comment "${remarkOf(request)}"`;
  const tables: Table[] = [];
  if (request.portZero.length > 0) {
    const isOptional = request.portZero.every(({ transport, end }) => transport === "udp" && end === "source");
    const rules = request.portZero.flatMap((match) =>
      wholePackets(match, request.families).map((rule) => `${rule} counter drop${comment}`),
    );
    tables.push({ name: `precursor_${isOptional ? "udp_source_zero" : "port_zero"}${suffix}`, lines: chain(rules) });
  }
  const families = ([4, 6] as const)
    .map((family) => ({ family, sources: sourcesOf(request, family) }))
    .filter(({ sources }) => sources.length > 0);
  if (families.length > 0) {
    tables.push({
      name: `precursor_scanners${suffix}`,
      lines: [
        ...families.flatMap(({ family, sources }) => [
          `  set scanners${family} {`,
          `    type ipv${family}_addr; flags interval${request.seconds === null ? "" : `, timeout; timeout ${Math.ceil(request.seconds)}s`}`,
          `    elements = { ${sources.map(shortest).join(", ")} }`,
          "  }",
        ]),
        ...chain(families.map(({ family }) => `${family === 4 ? "ip" : "ip6"} saddr @scanners${family} counter drop${comment}`)),
      ],
    });
  }
  return tables;
}

/** 0x3fff: neither "more fragments" nor an offset. "frag missing": no fragment header. */
function wholePackets({ transport, end }: PortZeroMatch, families: readonly (4 | 6)[]): string[] {
  const match = `${transport} ${end === "source" ? "sport" : "dport"} 0`;
  return families.map((family) => (family === 4 ? `ip frag-off & 0x3fff == 0 ${match}` : `meta nfproto ipv6 exthdr frag missing ${match}`));
}

function chain(rules: readonly string[]): string[] {
  return [
    "  chain prerouting {",
    "    type filter hook prerouting priority raw; policy accept;",
    ...rules.map((rule) => `    ${rule}`),
    "  }",
  ];
}

/** A single address without its length: nft's own form. */
export function shortest(network: string): string {
  return network.replace(/(?<=\.\d+)\/32$|(?<=:.*)\/128$/, "");
}
