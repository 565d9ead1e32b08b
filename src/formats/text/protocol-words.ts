/**
 * Names of IP protocols as flow tools and firewalls print them, in any case of letters: IANA's keywords, those of Linux' /etc/protocols,
 * nfdump's (five letters at most), Argus's. Cisco and Zeek have vocabularies of their own, which name things that are no protocols.
 * Sources: IANA protocol-numbers, /etc/protocols, nfdump's output_util.c.
 */
import { NOT_A_NUMBER, parseInteger } from "./fields.ts";
import { WordTable } from "./word-table.ts";

const WORDS: WordTable = new WordTable([
  ["tcp", 6],
  ["udp", 17],
  ["icmp", 1],
  ["icmp6", 58],
  ["ipv6-icmp", 58],
  ["icmpv6", 58],
  ["icmp-v6", 58],
  ["sctp", 132],
  ["dccp", 33],
  ["udp-l", 136],
  ["udplite", 136],
  ["udp-lite", 136],
  ["igmp", 2],
  ["ggp", 3],
  ["ipip", 4],
  ["ipencap", 4],
  ["ipnip", 4],
  ["ip", 4],
  ["st", 5],
  ["egp", 8],
  ["igp", 9],
  ["pup", 12],
  ["hmp", 20],
  ["xns", 22],
  ["rdp", 27],
  ["ipv6", 41],
  ["ipv6-encap", 41],
  ["rte6", 43],
  ["ipv6-route", 43],
  ["frag6", 44],
  ["ipv6-frag", 44],
  ["rsvp", 46],
  ["gre", 47],
  ["esp", 50],
  ["ipsec-esp", 50],
  ["ah", 51],
  ["ipsec-ah", 51],
  ["skip", 57],
  ["nohe6", 59],
  ["ipv6-no", 59],
  ["opts6", 60],
  ["ipv6-opts", 60],
  ["net", 63],
  ["eigrp", 88],
  ["ospf", 89],
  ["ospfigp", 89],
  ["ax.25", 93],
  ["ethip", 97],
  ["etherip", 97],
  ["encap", 98],
  ["pim", 103],
  ["ipcmp", 108],
  ["ipcomp", 108],
  ["vrrp", 112],
  ["carp", 112],
  ["pgm", 113],
  ["l2tp", 115],
  ["fc", 133],
  ["mhead", 135],
  ["mobility-header", 135],
  ["mpls", 137],
  ["mpls-in-ip", 137],
  ["hip", 139],
  ["shim6", 140],
]);

/** The number of the protocol whose name fills `bytes[start, end)`, or NOT_A_NUMBER. */
export function protocolNamed(bytes: Uint8Array, start: number, end: number): number {
  return WORDS.find(bytes, start, end);
}

/** The number of the protocol whose name or number fills `bytes[start, end)`, or NOT_A_NUMBER. */
export function protocolWord(bytes: Uint8Array, start: number, end: number): number {
  const number = parseInteger(bytes, start, end);
  if (number >= 0) return number <= 255 ? number : NOT_A_NUMBER;
  return protocolNamed(bytes, start, end);
}
