/**
 * What history counts: traffic that nobody asked for. Each row of a batch is one of the techniques of `model/history.ts`, or nothing: a
 * packet of a conversation, an answer to a question, the talk of a local network, or what only looks like a port.
 */
import { CLASS_ACK, CLASS_FIN, CLASS_MAIMON, CLASS_NULL, CLASS_SYN, CLASS_XMAS } from "../../model/activity.ts";
import { ACTIVITY_TECHNIQUES, type ActivityTechnique } from "../../model/history.ts";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_LATER,
  GRADE_CONFIRMED,
  type ObservationBatch,
  QUIRK_QUOTES_PACKET,
  QUIRK_TINY_FRAGMENT,
} from "../../model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_RST,
  TCP_SYN,
} from "../../model/protocol.ts";
import { isRecord, maybeFragments, RECORD_PROBE, RECORD_REFUSAL, recordKind } from "../flow-record.ts";
import { looksLikeTcpAnswer } from "../service-ports.ts";
import { DCCP_REQUEST, probeClass, requestOf, SCTP_INIT } from "../traffic-class.ts";

const codeOf = (technique: ActivityTechnique): number => ACTIVITY_TECHNIQUES.indexOf(technique);

/** The row is of no technique. */
export const ORDINARY = -1;
export const TECHNIQUE_BACKSCATTER = codeOf("backscatter");
export const TECHNIQUE_FOLDED = codeOf("folded");
export const TECHNIQUE_UDP = codeOf("udp");
const TECHNIQUE_ICMP = codeOf("icmp");
const TECHNIQUE_OTHER = codeOf("other");
const TCP_UNKNOWN = codeOf("tcp-unknown");
const TCP_SYN_PROBE = codeOf("tcp-syn");
const TCP_ACK_PROBE = codeOf("tcp-ack");
const TCP_ODD = codeOf("tcp-odd");

/** Techniques of the probe classes of TCP. */
const TCP_TECHNIQUES: ReadonlyMap<number, number> = new Map([
  [CLASS_SYN, TCP_SYN_PROBE],
  [CLASS_FIN, codeOf("tcp-fin")],
  [CLASS_NULL, codeOf("tcp-null")],
  [CLASS_XMAS, codeOf("tcp-xmas")],
  [CLASS_MAIMON, codeOf("tcp-fin")],
  [CLASS_ACK, TCP_ACK_PROBE],
]);

/** 224.0.0.0 and above: multicast, reserved, broadcast. */
const FIRST_MULTICAST = 0xe0000000;

/** Index in ACTIVITY_TECHNIQUES, or ORDINARY. UDP answers are told by {@link AskedPairs}, which has to be asked besides. */
export function techniqueOf(batch: ObservationBatch, row: number): number {
  if (batch.fragment[row] === FRAGMENT_LATER || isLocalTalk(batch, row)) return ORDINARY;
  switch (batch.protocol[row]) {
    case PROTOCOL_TCP:
      return tcpTechnique(batch, row);
    case PROTOCOL_UDP:
    case PROTOCOL_UDP_LITE:
      return batch.sourcePort[row]! < 0 || batch.destinationPort[row]! < 0 || maybeFragments(batch, row) ? ORDINARY : TECHNIQUE_UDP;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return icmpTechnique(batch, row);
    case PROTOCOL_ARP:
      return ORDINARY;
    case PROTOCOL_SCTP:
      return batch.tcpFlags[row] === SCTP_INIT ? TECHNIQUE_OTHER : ORDINARY;
    case PROTOCOL_DCCP:
      return batch.tcpFlags[row] === DCCP_REQUEST ? TECHNIQUE_OTHER : ORDINARY;
    default:
      return TECHNIQUE_OTHER;
  }
}

/** Whether a port zero in the row was read from a real header: what may count as port zero. */
export function isConfirmed(batch: ObservationBatch, row: number): boolean {
  return batch.grade[row] === GRADE_CONFIRMED;
}

/** Packets of the row that are the technique's: of a record of a conversation only the first. */
export function unsolicitedPackets(batch: ObservationBatch, row: number): number {
  const packets = batch.packets[row]!;
  if (batch.protocol[row] !== PROTOCOL_TCP || !isRecord(batch, row)) return packets;
  const kind = recordKind(batch, row);
  return kind === RECORD_PROBE || kind === RECORD_REFUSAL ? packets : Math.min(1, packets);
}

/** Multicast and broadcast are a network's talk with itself. */
function isLocalTalk(batch: ObservationBatch, row: number): boolean {
  if (batch.family[row] === 6) return batch.destination6[4 * row]! >>> 24 === 0xff;
  return batch.destination[row]! >= FIRST_MULTICAST;
}

function tcpTechnique(batch: ObservationBatch, row: number): number {
  const sourcePort = batch.sourcePort[row]!;
  const destinationPort = batch.destinationPort[row]!;
  if (sourcePort < 0 || destinationPort < 0 || maybeFragments(batch, row)) return ORDINARY;
  const all = batch.tcpFlags[row]!;
  const flags = all & 0x3f;
  if (isRecord(batch, row)) {
    const kind = recordKind(batch, row);
    if (kind === RECORD_REFUSAL) return TECHNIQUE_BACKSCATTER;
    if (kind === RECORD_PROBE) return all === FLAGS_UNKNOWN ? TCP_UNKNOWN : probeTechnique(flags);
    // Of a conversation the opener's side counts, once: towards the lower port, as far as one record can tell.
    if (destinationPort >= sourcePort || looksLikeTcpAnswer(sourcePort, destinationPort)) return ORDINARY;
    if (all === FLAGS_UNKNOWN) return TCP_UNKNOWN;
    return (flags & TCP_SYN) !== 0 ? TCP_SYN_PROBE : ORDINARY;
  }
  if (all === FLAGS_UNKNOWN) return (batch.quirks[row]! & QUIRK_TINY_FRAGMENT) !== 0 ? TCP_ODD : ORDINARY;
  const technique = probeTechnique(flags);
  if (technique !== ORDINARY) return technique;
  if ((flags & (TCP_SYN | TCP_RST)) !== 0) return TECHNIQUE_BACKSCATTER;
  // Nobody holds a conversation with port zero.
  return sourcePort === 0 || destinationPort === 0 ? TCP_ACK_PROBE : ORDINARY;
}

function probeTechnique(flags: number): number {
  const kind = probeClass(flags);
  return kind === 0 ? ORDINARY : (TCP_TECHNIQUES.get(kind) ?? TCP_ODD);
}

function icmpTechnique(batch: ObservationBatch, row: number): number {
  if ((batch.quirks[row]! & QUIRK_QUOTES_PACKET) !== 0) return TECHNIQUE_BACKSCATTER;
  const type = batch.icmpType[row]!;
  const asked = requestOf(batch.protocol[row] === PROTOCOL_ICMPV6, type);
  if (asked === type) return TECHNIQUE_ICMP;
  return asked >= 0 ? TECHNIQUE_BACKSCATTER : ORDINARY;
}
