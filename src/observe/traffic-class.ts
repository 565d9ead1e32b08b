/** The classes and transports of single packets, by their headers alone: what `classify.ts` sorts by. */
import {
  CLASS_ACK,
  CLASS_FIN,
  CLASS_NULL,
  CLASS_SYN,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  TRANSPORTS,
} from "../model/activity.ts";
import { FLAGS_UNKNOWN, type ObservationBatch } from "../model/observation.ts";
import {
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../model/protocol.ts";
import { isRecord } from "./flow-record.ts";

/** SCTP chunk type (RFC 9260 §3.2) and DCCP packet type (RFC 4340 §5.1) that open a conversation; the `tcpFlags` column carries them. */
export const SCTP_INIT = 1;
export const DCCP_REQUEST = 0;

/** A transport's code in a contact word: never 0, so that no contact word is. */
const codeOf = (transport: (typeof TRANSPORTS)[number]): number => (TRANSPORTS.indexOf(transport) + 1) << 16;
export const CODE_TCP = codeOf("tcp");
export const CODE_UDP = codeOf("udp");
export const CODE_UDP_LITE = codeOf("udp-lite");
export const CODE_SCTP = codeOf("sctp");
export const CODE_ICMP = codeOf("icmp");
export const CODE_ARP = codeOf("arp");
export const CODE_IP = codeOf("ip");
export const CODE_DCCP = codeOf("dccp");

/** The probe class of TCP flags (the low six bits), or 0 for answers and conversations. */
export function probeClass(flags: number): number {
  if (flags === TCP_SYN) return CLASS_SYN;
  if ((flags & TCP_SYN) !== 0) return (flags & (TCP_FIN | TCP_RST)) !== 0 || (flags & TCP_ACK) === 0 ? CLASS_TCP_ODD : 0;
  if ((flags & TCP_RST) !== 0) return (flags & TCP_FIN) !== 0 ? CLASS_TCP_ODD : 0;
  if ((flags & TCP_ACK) !== 0) return 0;
  if (flags === TCP_FIN) return CLASS_FIN;
  if (flags === 0) return CLASS_NULL;
  return flags === (TCP_FIN | TCP_PSH | TCP_URG) ? CLASS_XMAS : CLASS_TCP_ODD;
}

/** The probe class of a TCP row with a zero port, or 0 for answers and conversations. */
export function portZeroClass(batch: ObservationBatch, row: number): number {
  const flags = batch.tcpFlags[row]!;
  if (!isRecord(batch, row)) return flags === FLAGS_UNKNOWN ? CLASS_TINY_FRAGMENT : probeClass(flags & 0x3f);
  return flags === FLAGS_UNKNOWN || (flags & TCP_SYN) !== 0 ? CLASS_SYN : probeClass(flags & 0x3f);
}

/** The class that a port-zero packet is kept under: that of its probe, so that both tables speak of the same thing. */
export function portZeroKind(code: number, tcpClass: number): number {
  if (code === CODE_UDP) return CLASS_UDP;
  return tcpClass === 0 ? CLASS_ACK : tcpClass;
}

/** The ICMP request type that a type is or answers (RFC 792, RFC 950, RFC 4443), or -1. */
export function requestOf(six: boolean, type: number): number {
  if (six) return type === 128 || type === 129 ? 128 : -1;
  if (type === 8 || type === 0) return 8;
  if (type === 13 || type === 14) return 13;
  if (type === 15 || type === 16) return 15;
  return type === 17 || type === 18 ? 17 : -1;
}

/** Messages about a packet that went wrong (RFC 792; RFC 4443 §2.1: types below 128); redirects and source quench are none. */
export function isIcmpError(six: boolean, type: number): boolean {
  return six ? type >= 1 && type <= 4 : type === 3 || type === 11 || type === 12;
}

export function transportCode(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_TCP:
      return CODE_TCP;
    case PROTOCOL_UDP:
      return CODE_UDP;
    case PROTOCOL_SCTP:
      return CODE_SCTP;
    case PROTOCOL_DCCP:
      return CODE_DCCP;
    case PROTOCOL_UDP_LITE:
      return CODE_UDP_LITE;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return CODE_ICMP;
    default:
      return CODE_IP;
  }
}
