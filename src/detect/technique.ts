/** The technique of a scan by its traffic class, in the words of Nmap's reference guide; SYN and connect are told apart by what followed. */
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_FIN,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_MAIMON,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_OTHER_TRANSPORT,
  CLASS_SCTP_INIT,
  CLASS_SYN,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
} from "../model/activity.ts";
import type { Contacts, Transport } from "../model/activity.ts";
import type { Technique } from "../model/finding.ts";
import { MET_ANSWER, MET_HALF_OPEN, MET_SILENCE, MET_SUCCESS } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Share of SYNs with an operating system's options from which the sender's own stack opened the connections. */
const STACK_SHARE = 0.5;
/** Repetitions that a stack sends to silent hosts, on average, however early the capture ends or the scan gives up. */
const REPEATED_SHARE = 0.5;
/** Share of answered contacts that went on from which the scan connects. */
const COMPLETED_SHARE = 0.5;

const TECHNIQUES: ReadonlyMap<number, Technique> = new Map([
  // The flags travel in the second fragment: SYN is what Nmap's -f sends unless told otherwise.
  [CLASS_TINY_FRAGMENT, "syn"],
  [CLASS_FIN, "fin"],
  [CLASS_NULL, "null"],
  [CLASS_XMAS, "xmas"],
  [CLASS_MAIMON, "maimon"],
  [CLASS_ACK, "ack"],
  [CLASS_UDP, "udp"],
  [CLASS_SCTP_INIT, "sctp-init"],
  [CLASS_ICMP_REQUEST, "icmp"],
  [CLASS_ARP_REQUEST, "arp"],
  [CLASS_IP_PROTOCOL, "ip-protocol"],
  [CLASS_OS_DETECTION, "os-detection"],
]);

const TRANSPORT_OF: ReadonlyMap<number, Transport> = new Map([
  [CLASS_UDP, "udp"],
  [CLASS_SCTP_INIT, "sctp"],
  [CLASS_ICMP_REQUEST, "icmp"],
  [CLASS_ARP_REQUEST, "arp"],
  [CLASS_IP_PROTOCOL, "ip"],
  [CLASS_OTHER_TRANSPORT, "dccp"],
]);

/** The technique of a set of probes. */
export function techniqueOf(set: ProbeSet): Technique {
  return techniqueOfClass(set.trafficClass, set.trafficClass === CLASS_SYN && connects(set), set.flagsUntold);
}

/**
 * The technique of a class whose contacts do not matter; for SYN, whether a stack sent it, and whether most of it is known by records
 * without TCP flags: what opened a conversation there is TCP, and no more is known. Packets to and fro show that it connected, flags or not.
 */
export function techniqueOfClass(trafficClass: number, stack: boolean, flagsUntold: boolean): Technique {
  if (trafficClass === CLASS_SYN) return stack ? "connect" : flagsUntold ? "tcp-unknown" : "syn";
  return TECHNIQUES.get(trafficClass) ?? "other";
}

/** Whether most contacts are known by records that do not tell TCP flags. */
export function tellsNoFlags({ length, flagsUntold }: Contacts): boolean {
  return 2 * flagsUntold > length;
}

/** The transport of a class; OS detection and tiny fragments are about TCP. */
export function transportOf(trafficClass: number): Transport {
  return TRANSPORT_OF.get(trafficClass) ?? "tcp";
}

/** Whether a class's probes are fragments too short for their flags. */
export function isFragmented(trafficClass: number): boolean {
  return trafficClass === CLASS_TINY_FRAGMENT;
}

/**
 * Answered contacts tell by whether they went on. Where nothing answered, a stack shows by its options and by asking silent hosts again
 * (RFC 6298: after a second); ZMap 4 and others borrow the options, not the patience.
 */
function connects(set: ProbeSet): boolean {
  const completed = set.metCounts[MET_ANSWER]! + set.metCounts[MET_SUCCESS]!;
  const halfOpen = set.metCounts[MET_HALF_OPEN]!;
  if (completed + halfOpen > 0) return completed >= COMPLETED_SHARE * (completed + halfOpen);
  return looksLikeStack(set.stackPackets, set.packets, set.wholeCount, set.metCounts[MET_SILENCE]! * set.scale);
}

/** Whether SYNs carry a stack's options, and silent contacts were asked again. */
export function looksLikeStack(stackPackets: number, packets: number, contacts: number, silent: number): boolean {
  return stackPackets >= STACK_SHARE * packets && packets >= contacts + REPEATED_SHARE * silent;
}
