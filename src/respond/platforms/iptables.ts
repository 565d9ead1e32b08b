/**
 * iptables and ip6tables, as a shell script of two atomic restores (iptables-restore(8)). The tcp and udp matches never match a later
 * fragment (iptables-extensions(8); Linux' xt_tcpudp.c gives up where the offset is not zero). xt_time ends the rules by itself.
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
  fragments: "a port match never matches a later fragment",
  expiry: "`-m time --datestop`, in UTC; the rules stay in the list",
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
  const drops = [
    ...portZeroOf(request, family).map(({ transport, end }) => `-p ${transport} -m ${transport} --${end === "source" ? "sport" : "dport"} 0`),
    ...sourcesOf(request, family).map((source) => `-s ${source}`),
  ];
  return [
    `${jump(request, tables, "-D")} 2>/dev/null || :`,
    `${tables}-restore --noflush --wait <<'END'`,
    "*raw",
    `:${chain} - [0:0]`,
    ...drops.map((match) => `-A ${chain} ${match} -j DROP`),
    jump(request, "", "-I"),
    "COMMIT",
    "END",
  ];
}

function removal(request: BlockRequest, family: 4 | 6): string[] {
  const tables = family === 4 ? "iptables" : "ip6tables";
  const chain = nameOf(request);
  return [jump(request, tables, "-D"), `${tables} -w -t raw -F ${chain}`, `${tables} -w -t raw -X ${chain}`];
}

function jump(request: BlockRequest, tables: string, action: "-I" | "-D"): string {
  const until = expiryOf(request);
  const time = until === null || until > LAST_MOMENT ? "" : ` -m time --datestop ${moment(until).replace("Z", "")}`;
  const rule = `${action} PREROUTING -m comment --comment "${remarkOf(request)}"${time} -j ${nameOf(request)}`;
  return tables === "" ? rule : `${tables} -w -t raw ${rule}`;
}
