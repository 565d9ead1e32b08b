/**
 * nftables rules that are safe for fragments: later fragments have no transport header, so every port match is kept to whole packets, for
 * IPv4 and IPv6 apart. One table each, so that one command removes it.
 */

/** Drops TCP and UDP from or to port zero, whole packets only; UDP source zero is legal (RFC 768) and left out. */
export const PORT_ZERO_RULES: readonly string[] = table(
  "precursor_port_zero",
  ["tcp sport 0", "tcp dport 0", "udp dport 0"].flatMap((match) => wholePackets(match)),
);

/** The optional rule beside them. */
export const UDP_SOURCE_ZERO_RULES: readonly string[] = table("precursor_udp_source_zero", wholePackets("udp sport 0"));

/** How long addresses stay blocked: they change hands. */
const BLOCK_DAYS = 7;

/** Drops everything from the addresses, which leave the set by themselves. */
export function blockRules(addresses: readonly string[]): readonly string[] {
  const families = [
    { name: "scanners4", type: "ipv4_addr", match: "ip saddr", addresses: addresses.filter((address) => !address.includes(":")) },
    { name: "scanners6", type: "ipv6_addr", match: "ip6 saddr", addresses: addresses.filter((address) => address.includes(":")) },
  ].filter((family) => family.addresses.length > 0);
  return [
    "table inet precursor_scanners {",
    ...families.flatMap((family) => [
      `  set ${family.name} {`,
      `    type ${family.type}; flags timeout; timeout ${BLOCK_DAYS}d`,
      `    elements = { ${family.addresses.join(", ")} }`,
      "  }",
    ]),
    "  chain prerouting {",
    "    type filter hook prerouting priority raw; policy accept;",
    ...families.map((family) => `    ${family.match} @${family.name} counter drop`),
    "  }",
    "}",
    "# remove: nft delete table inet precursor_scanners",
  ];
}

/** 0x3fff: neither "more fragments" nor an offset. "frag missing": no fragment header. */
function wholePackets(match: string): string[] {
  return [`ip frag-off & 0x3fff == 0 ${match} counter drop`, `meta nfproto ipv6 exthdr frag missing ${match} counter drop`];
}

function table(name: string, rules: readonly string[]): readonly string[] {
  return [
    `table inet ${name} {`,
    "  chain prerouting {",
    "    type filter hook prerouting priority raw; policy accept;",
    ...rules.map((rule) => `    ${rule}`),
    "  }",
    "}",
    `# remove: nft delete table inet ${name}`,
  ];
}
