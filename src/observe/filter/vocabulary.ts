/** The words of the filter language, and those nearest to a word that is none of them. Names follow pcap-filter(7). */
import {
  PROTOCOL_ARP,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_AE,
  TCP_CWR,
  TCP_ECE,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";

/** Protocols by name, with their numbers (IANA protocol-numbers). */
export const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["tcp", PROTOCOL_TCP],
  ["udp", PROTOCOL_UDP],
  ["sctp", PROTOCOL_SCTP],
  ["dccp", PROTOCOL_DCCP],
  ["udplite", PROTOCOL_UDP_LITE],
  ["icmp", PROTOCOL_ICMP],
  ["icmp6", PROTOCOL_ICMPV6],
  ["arp", PROTOCOL_ARP],
  ["igmp", 2],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
]);

/** Address families, which stand where a protocol may. */
export const FAMILIES: ReadonlyMap<string, 4 | 6> = new Map([
  ["ip", 4],
  ["ip6", 6],
]);

/** Flags of `flags …`, and with `tcp-` before them of `tcp[tcpflags]`. */
export const FLAGS: ReadonlyMap<string, number> = new Map([
  ["fin", TCP_FIN],
  ["syn", TCP_SYN],
  ["rst", TCP_RST],
  ["psh", TCP_PSH],
  ["push", TCP_PSH],
  ["ack", TCP_ACK],
  ["urg", TCP_URG],
  ["ece", TCP_ECE],
  ["cwr", TCP_CWR],
  ["ae", TCP_AE],
]);

/** Words that are a whole test. */
export const SHORTHANDS = ["syn", "syn-ack", "null", "xmas", "fragment", "portzero", "confirmed", "tunnelled"] as const;
export type Shorthand = (typeof SHORTHANDS)[number];

/** Numbers of a row that can be compared, with the largest value each can take. */
export const FIELDS: ReadonlyMap<string, number> = new Map([
  ["ttl", 255],
  ["length", 0xffffffff],
  ["payload", 0xffffffff],
  ["window", 65535],
  ["mss", 65535],
  ["ipid", 65535],
  ["tos", 255],
  ["icmptype", 255],
  ["icmpcode", 255],
]);

/** Other names of fields. */
export const FIELD_ALIASES: ReadonlyMap<string, string> = new Map([
  ["len", "length"],
  ["hoplimit", "ttl"],
]);

/** Services that analysts name by habit (IANA service names); any other port is given by its number. */
export const SERVICES: ReadonlyMap<string, number> = new Map([
  ["ftp", 21],
  ["ssh", 22],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["dns", 53],
  ["tftp", 69],
  ["http", 80],
  ["kerberos", 88],
  ["pop3", 110],
  ["sunrpc", 111],
  ["ntp", 123],
  ["epmap", 135],
  ["netbios-ns", 137],
  ["netbios-ssn", 139],
  ["imap", 143],
  ["snmp", 161],
  ["bgp", 179],
  ["ldap", 389],
  ["https", 443],
  ["microsoft-ds", 445],
  ["smb", 445],
  ["syslog", 514],
  ["imaps", 993],
  ["ms-sql-s", 1433],
  ["mysql", 3306],
  ["ms-wbt-server", 3389],
  ["rdp", 3389],
  ["sip", 5060],
  ["postgresql", 5432],
  ["vnc", 5900],
  ["redis", 6379],
  ["memcached", 11211],
]);

/** Words of tcpdump's language that have no meaning here, with the reason: better than "unknown word". */
export const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map([
  ["vlan", "VLAN tags are stripped before the filter, which sees the packet inside: leave it out"],
  ["mpls", "MPLS labels are stripped before the filter, which sees the packet inside: leave it out"],
  ["pppoes", "PPPoE headers are stripped before the filter, which sees the packet inside: leave it out"],
  ["geneve", "tunnels are stripped before the filter, which sees the packet inside: leave it out, or use tunnelled"],
  ["vxlan", "tunnels are stripped before the filter, which sees the packet inside: leave it out, or use tunnelled"],
  ["ether", "link-layer addresses are not kept: filter by host or net"],
  ["wlan", "link-layer addresses are not kept: filter by host or net"],
  ["gateway", "link-layer addresses are not kept: filter by host or net"],
  ["broadcast", "link-layer addresses are not kept: use dst host with the broadcast address"],
  ["multicast", "link-layer addresses are not kept: use dst net 224.0.0.0/4 or ff00::/8"],
  ["inbound", "the direction at the interface is not kept: use dst net with your own networks"],
  ["outbound", "the direction at the interface is not kept: use src net with your own networks"],
  ["mask", "write the network with its length: net 192.0.2.0/24"],
  ["rarp", "only IP and ARP packets are observed"],
]);

/** Everything that can begin a test or join two, for suggestions. */
export const WORDS: readonly string[] = [
  ...PROTOCOLS.keys(),
  ...FAMILIES.keys(),
  ...SHORTHANDS,
  ...FIELDS.keys(),
  ...FIELD_ALIASES.keys(),
  "src",
  "dst",
  "host",
  "net",
  "port",
  "portrange",
  "proto",
  "flags",
  "less",
  "greater",
  "and",
  "or",
  "not",
];

/** `did you mean "a" or "b"?` with the candidates nearest to a word, or null where none is near (at most one edit in every three letters, two in all). */
export function suggestion(word: string, candidates: Iterable<string>): string | null {
  const lower = word.slice(0, 32).toLowerCase();
  let best: string[] = [];
  let bestDistance = Math.min(2, Math.floor(Math.max(lower.length, 3) / 3));
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate);
    if (distance > bestDistance) continue;
    if (distance < bestDistance) best = [];
    best.push(`"${candidate}"`);
    bestDistance = distance;
  }
  return best.length === 0 ? null : `did you mean ${best.slice(0, 3).join(" or ")}?`;
}

/** Edits between two words: insert, delete, change, swap neighbours (Damerau, optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
