/**
 * iptables and ip6tables, as a shell script of two atomic restores (iptables-restore(8)). IPv4 needs "! -f": without it, iptables on top of
 * nftables (1.8.9 on Linux 6.18, measured) drops later fragments with zeros where ports would be. xt_time ends the rules by itself.
 */
import type { BlockRequest } from "../../model/block.ts";
import { concerns, expiryOf, moment, nameOf, type Platform, portZeroOf, remarkOf, sourcesOf } from "../platform.ts";

/** xt_time holds 32 bits (iptables-extensions(8): at most 2038-01-19). */
const LAST_MOMENT = 2_147_000_000;

export const IPTABLES: Platform = {
  name: "iptables",
  title: "iptables, ip6tables",
  remark: "# ",
  says: "port-zero",
  portZero: "`-p tcp --sport 0`",
  fragments: "IPv4: `! -f`, no later ones; IPv6: a port match never matches them",
  expiry: "a first rule `-m time --datestart … -j RETURN`, in UTC; the chain stays",
  into: null,
  rules: (request) => {
    const families = ([4, 6] as const).filter((family) => concerns(request, family));
    return {
      apply: families.flatMap((family) => restore(request, family)),
      remove: families.flatMap((family) => removal(request, family)),
      notes: families.length === 0 ? [] : ["Run with sh as root. The chain is in the raw table, before connection tracking."],
    };
  },
};

function restore(request: BlockRequest, family: 4 | 6): string[] {
  const chain = nameOf(request);
  const tables = family === 4 ? "iptables" : "ip6tables";
  const until = expiryOf(request);
  const remark = `-m comment --comment "${remarkOf(request)}"`;
  const drops = [
    ...portZeroOf(request, family).map(
      ({ transport, end }) => `-p ${transport} ${family === 4 ? "! -f " : ""}-m ${transport} --${end === "source" ? "sport" : "dport"} 0`,
    ),
    ...sourcesOf(request, family).map((source) => `-s ${source}`),
  ];
  return [
    `${tables} -w -t raw -D PREROUTING -j ${chain} 2>/dev/null || :`,
    `${tables}-restore --noflush --wait <<'END'`,
    "*raw",
    `:${chain} - [0:0]`,
    until === null || until > LAST_MOMENT
      ? `-A ${chain} ${remark}`
      : `-A ${chain} -m time --datestart ${moment(until).replace("Z", "")} ${remark} -j RETURN`,
    ...drops.map((match) => `-A ${chain} ${match} -j DROP`),
    `-I PREROUTING -j ${chain}`,
    "COMMIT",
    "END",
  ];
}

function removal(request: BlockRequest, family: 4 | 6): string[] {
  const tables = `${family === 4 ? "iptables" : "ip6tables"} -w -t raw`;
  const chain = nameOf(request);
  return [`${tables} -D PREROUTING -j ${chain}`, `${tables} -F ${chain}`, `${tables} -X ${chain}`];
}
