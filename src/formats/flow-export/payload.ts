/** How many of a flow's octets were application data: an estimate, as flow records count whole IP packets. */
import {
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_PSH,
  TCP_SYN,
} from "../../model/protocol.ts";
import { FLAGS_UNKNOWN } from "../../model/observation.ts";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
/** NOP NOP and timestamps: what most established conversations carry. */
const USUAL_OPTIONS = 12;
/** A Linux SYN's options, and with them the padding of short Ethernet frames that some exporters count. */
const SYN_OPTIONS = 20;
/** What one SYN may have beyond that: macOS sends 24 octets of options, 40 are the most. */
const MORE_SYN_OPTIONS = 20;
/** What stacks set on data; PSH alone is a probe. */
const DATA_FLAGS = TCP_PSH | TCP_ACK;

/** Octets of IP and transport header without options. */
export function headerOctets(protocol: number, six: boolean): number {
  const ip = six ? IPV6_HEADER : IPV4_HEADER;
  switch (protocol) {
    case PROTOCOL_TCP:
      return ip + TCP_HEADER;
    case PROTOCOL_UDP:
    case PROTOCOL_UDP_LITE:
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return ip + UDP_HEADER;
    default:
      return ip;
  }
}

/**
 * Octets of application data among `octets` of IP packets. Of TCP what options may fill is not taken for data, unless PSH and ACK
 * say that there was some.
 */
export function payloadOf(protocol: number, six: boolean, packets: number, octets: number, flags: number): number {
  const rest = octets - packets * headerOctets(protocol, six);
  if (rest <= 0) return 0;
  if (protocol !== PROTOCOL_TCP) return rest;
  const data = rest - packets * USUAL_OPTIONS;
  if (flags !== FLAGS_UNKNOWN && (flags & DATA_FLAGS) === DATA_FLAGS) return data > 0 ? data : 1;
  const options = packets * SYN_OPTIONS + (flags !== FLAGS_UNKNOWN && (flags & TCP_SYN) !== 0 ? MORE_SYN_OPTIONS : 0);
  return rest > options ? data : 0;
}
