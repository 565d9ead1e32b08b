/** Names of IP protocols as firewalls log them (IANA protocol-numbers; Linux /etc/protocols where they differ), beside TCP, UDP and ICMP in fast paths. */
import {
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
} from "../../model/protocol.ts";
import { NOT_A_NUMBER } from "../text/fields.ts";

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["TCP", PROTOCOL_TCP],
  ["UDP", PROTOCOL_UDP],
  ["ICMP", PROTOCOL_ICMP],
  ["ICMPV6", PROTOCOL_ICMPV6],
  ["IPV6-ICMP", PROTOCOL_ICMPV6],
  ["ICMP6", PROTOCOL_ICMPV6],
  ["UDPLITE", PROTOCOL_UDP_LITE],
  ["UDP-LITE", PROTOCOL_UDP_LITE],
  ["SCTP", PROTOCOL_SCTP],
  ["DCCP", PROTOCOL_DCCP],
  ["IGMP", 2],
  ["IPENCAP", 4],
  ["IPIP", 4],
  ["EGP", 8],
  ["IGP", 9],
  ["IPV6", 41],
  ["IPV6-ENCAP", 41],
  ["RSVP", 46],
  ["GRE", 47],
  ["ESP", 50],
  ["IPSEC-ESP", 50],
  ["AH", 51],
  ["IPSEC-AH", 51],
  ["EIGRP", 88],
  ["OSPF", 89],
  ["OSPFIGP", 89],
  ["ETHERIP", 97],
  ["PIM", 103],
  ["VRRP", 112],
  ["CARP", 112],
  ["L2TP", 115],
]);
const LONGEST = 10;

/** The number of the protocol whose name, in any case, fills `bytes[start, end)`, or NOT_A_NUMBER. */
export function protocolNamed(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST) return NOT_A_NUMBER;
  let name = "";
  for (let at = start; at < end; at++) name += String.fromCharCode(bytes[at]!);
  return NUMBERS.get(name.toUpperCase()) ?? NOT_A_NUMBER;
}
