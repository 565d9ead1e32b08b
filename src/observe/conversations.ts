/** What a conversation comes down to when it ends: a probe, a service used, or a stray of something we saw only one side of. */
import {
  CLASS_ACK,
  CLASS_CONVERSED,
  CLASS_MAIMON,
  CLASS_OTHER_TRANSPORT,
  CLASS_RECEIVED,
  CLASS_SCTP_INIT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_UDP,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
} from "../model/activity.ts";
import { PROTOCOL_DCCP, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP_LITE, TCP_ACK, TCP_FIN, TCP_SYN } from "../model/protocol.ts";
import { CODE_DCCP, CODE_SCTP, CODE_TCP, CODE_UDP, CODE_UDP_LITE } from "./traffic-class.ts";
import { CONTACT_FLAGS_UNTOLD, ENTRY_FAMILY_6, MARK_AMPLIFIED, MARK_AMPLIFIED_AT_SERVICE, MARK_ORDINARY } from "./entry-block.ts";
import type { EntrySorter } from "./entry-sorter.ts";
import type { Flow, FlowEnd } from "./flow-table.ts";
import { isService, looksAmplified, looksLikeAnswer, looksLikeTcpAnswer } from "./service-ports.ts";
import type { SourceTable } from "./source-table.ts";

/** Packets that a stack sends at most when nobody answers: a SYN or a SYN+ACK and its repetitions (Linux: tcp_syn_retries 6, tcp_synack_retries 5). */
const MOST_REPEATS = 7;

/** Adds a conversation's entries. `table` holds the SYNs seen so far: they tell who opened a TCP conversation. */
export function creditFlow(flow: Flow, table: SourceTable, entries: EntrySorter): void {
  if (flow.protocol === PROTOCOL_TCP) creditTcp(flow, table, entries);
  else if (flow.protocol === PROTOCOL_SCTP) creditAssociation(flow, entries, CLASS_SCTP_INIT, CODE_SCTP);
  else if (flow.protocol === PROTOCOL_DCCP) creditAssociation(flow, entries, CLASS_OTHER_TRANSPORT, CODE_DCCP);
  else creditUdp(flow, entries, flow.protocol === PROTOCOL_UDP_LITE ? CODE_UDP_LITE : CODE_UDP);
}

function creditUdp(flow: Flow, entries: EntrySorter, code: number): void {
  const { low, high } = flow;
  const opener = high.packets === 0 || (low.packets > 0 && opensFirst(low, high)) ? low : high;
  const other = opener === low ? high : low;
  const answered = other.packets > 0;
  const outcome = answered ? OUTCOME_ANSWERED | OUTCOME_DATA : 0;
  put(entries, flow, opener, CLASS_UDP, other.address, code | other.port | (outcome << 24), opener.packets);
  if (answered) put(entries, flow, other, CLASS_SERVED, opener.address, code | other.port, other.packets);
}

/** Who spoke first; at the same instant, whoever speaks to the lower port. */
function opensFirst(a: FlowEnd, b: FlowEnd): boolean {
  return a.first === b.first ? a.port > b.port : a.first < b.first;
}

function creditTcp(flow: Flow, table: SourceTable, entries: EntrySorter): void {
  const { low, high } = flow;
  const opener = opened(flow, table, low, high) ? low : opened(flow, table, high, low) ? high : null;
  // Packets with SYN never come here: what has one is the record of a whole direction. So is what has no flags at all.
  if (((low.flags | high.flags) & TCP_SYN) !== 0 || isUntold(flow)) {
    creditRecord(flow, opener, entries);
    return;
  }
  if (opener !== null) {
    const server = opener === low ? high : low;
    // What the device dropped went nowhere: OS detection's other packets to the port, or a client that goes on asking.
    const completed = opener.packets > 0 && !opener.denied;
    const outcome = (completed ? OUTCOME_COMPLETED : 0) | ((opener.data && !opener.denied) || server.data ? OUTCOME_DATA : 0);
    put(entries, flow, opener, CLASS_SYN, server.address, CODE_TCP | server.port | (outcome << 24), 0);
    if (server.packets > 0) put(entries, flow, server, CLASS_SERVED, opener.address, CODE_TCP | server.port, server.packets);
    return;
  }
  if (low.packets > 0 && high.packets > 0) {
    const server = isService(low.port) === isService(high.port) ? (low.port <= high.port ? low : high) : isService(low.port) ? low : high;
    const client = server === low ? high : low;
    put(entries, flow, client, CLASS_CONVERSED, server.address, CODE_TCP | server.port | (OUTCOME_DATA << 24), client.packets);
    put(entries, flow, server, CLASS_SERVED, client.address, CODE_TCP | server.port, server.packets);
    return;
  }
  const sender = low.packets > 0 ? low : high;
  const silent = sender === low ? high : low;
  put(entries, flow, sender, oneSidedClass(sender, flow.last), silent.address, CODE_TCP | silent.port, sender.packets);
}

/** A conversation known by the records of its directions. `known` sent a bare SYN in a record of its own. */
function creditRecord(flow: Flow, known: FlowEnd | null, entries: EntrySorter): void {
  const { low, high } = flow;
  const opener = known ?? (low.packets > 0 && high.packets > 0 ? openerOfTwo(low, high) : openerOfOne(low.packets > 0 ? low : high, flow));
  if (opener === null) {
    const sender = low.packets > 0 ? low : high;
    const silent = sender === low ? high : low;
    put(entries, flow, sender, CLASS_STRAY, silent.address, CODE_TCP | silent.port, sender.packets);
    return;
  }
  const server = opener === low ? high : low;
  const contact = CODE_TCP | server.port;
  const completed = (server.packets > 0 || (opener.data && !opener.denied)) && wentOn(opener, server);
  if (completed) {
    const outcome = OUTCOME_ANSWERED | OUTCOME_COMPLETED | (opener.data || server.data ? OUTCOME_DATA : 0);
    put(entries, flow, opener, CLASS_SYN, server.address, contact | (outcome << 24), known === null ? opener.packets : 0);
    if (server.packets > 0) put(entries, flow, server, CLASS_SERVED, opener.address, contact, server.packets);
    return;
  }
  if (opener.packets > 0 && known === null) put(entries, flow, opener, CLASS_SYN, server.address, contact, opener.packets);
  if (server.packets === 0) return;
  put(entries, flow, server, CLASS_SYN_ACK_SENT, opener.address, contact, server.packets);
  put(entries, flow, opener, CLASS_RECEIVED, server.address, contact | (OUTCOME_ANSWERED << 24), 0);
}

/** SCTP and DCCP by records that do not tell which packets they were. */
function creditAssociation(flow: Flow, entries: EntrySorter, probe: number, code: number): void {
  const { low, high } = flow;
  const sender = low.packets > 0 ? low : high;
  // Whatever the packets are, chunks and options fill them.
  low.data = false;
  high.data = false;
  const opener = low.packets > 0 && high.packets > 0 ? openerOfTwo(low, high) : openerOfOne(sender, flow);
  if (opener === null) {
    const silent = sender === low ? high : low;
    put(entries, flow, sender, CLASS_STRAY, silent.address, code | silent.port, sender.packets);
    return;
  }
  const server = opener === low ? high : low;
  const contact = code | server.port;
  const wentOnBoth = opener.packets > 1 && server.packets > 1;
  const outcome = server.packets === 0 ? 0 : wentOnBoth ? OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA : OUTCOME_ANSWERED;
  if (opener.packets > 0) put(entries, flow, opener, probe, server.address, contact | (outcome << 24), opener.packets);
  if (server.packets > 0) put(entries, flow, server, CLASS_SERVED, opener.address, contact, server.packets);
}

/** Whether no record of a TCP conversation told flags: one with none at all is a probe of its own, and never comes here. */
function isUntold({ low, high }: Flow): boolean {
  return ((low.flags | high.flags) & 0xffff) === 0;
}

/** Who sent the SYN without the other's before it; where records do not tell, who spoke first, or who spoke to the service. */
function openerOfTwo(low: FlowEnd, high: FlowEnd): FlowEnd {
  const lowSyn = (low.flags & TCP_SYN) !== 0;
  if (lowSyn !== ((high.flags & TCP_SYN) !== 0)) {
    // A lone SYN beside answers without one is the opener's, unless it came with an ACK and nothing else: then it is the answer.
    const withSyn = lowSyn ? low : high;
    const answers = (withSyn.flags & 0x3f) === (TCP_SYN | TCP_ACK);
    return answers === lowSyn ? high : low;
  }
  if (low.first !== high.first) return low.first < high.first ? low : high;
  if (isService(low.port) !== isService(high.port)) return isService(low.port) ? high : low;
  return low.port > high.port ? low : high;
}

/** The other direction was not recorded: SYN+ACK alone answers, the rest opens, unless it comes from a service or went on for long. */
function openerOfOne(sender: FlowEnd, { low, high, last }: Flow): FlowEnd | null {
  const flags = sender.flags & 0x3f;
  const peer = sender === low ? high : low;
  if (flags === (TCP_SYN | TCP_ACK)) return isFew(sender, last) ? peer : null;
  if (looksLikeTcpAnswer(sender.port, peer.port)) return null;
  return (flags & TCP_ACK) === 0 && isFew(sender, last) ? sender : null;
}

/**
 * Whether it sent no more than a stack repeats. Where flags are told, a single packet that stands for those that a sampler passed over
 * shows by its lasting no time; without flags it could be any of them.
 */
function isFew(sender: FlowEnd, last: number): boolean {
  return sender.packets <= MOST_REPEATS || ((sender.flags & 0xffff) !== 0 && sender.first === last && !sender.data);
}

/** Whether the opener acknowledged the answer. Where flags are not told, both went on past one packet. */
function wentOn(opener: FlowEnd, server: FlowEnd): boolean {
  if ((opener.flags & 0xffff) === 0) return (opener.packets > 1 && server.packets > 1) || opener.data || server.data;
  return (opener.flags & TCP_ACK) !== 0;
}

/** Whether `a` sent a SYN to `b`'s port. */
function opened(flow: Flow, table: SourceTable, a: FlowEnd, b: FlowEnd): boolean {
  const slot = table.find(a.address, flow.family6 ? CLASS_SYN | ENTRY_FAMILY_6 : CLASS_SYN);
  return slot >= 0 && table.outcomeOf(slot, b.address, CODE_TCP | b.port) >= 0;
}

/** All packets bare ACKs, or all FIN+ACK, are what a scan sends; data or a mixture is a conversation whose other side we do not see. */
function oneSidedClass(sender: FlowEnd, last: number): number {
  const union = sender.flags & 0xffff;
  const common = sender.flags >>> 16;
  if (sender.data || union !== common || !isFew(sender, last)) return CLASS_STRAY;
  if (union === TCP_ACK) return CLASS_ACK;
  return union === (TCP_FIN | TCP_ACK) ? CLASS_MAIMON : CLASS_STRAY;
}

function put(entries: EntrySorter, flow: Flow, end: FlowEnd, kind: number, target: number, contact: number, packets: number): void {
  const peer = end === flow.low ? flow.high : flow.low;
  entries.putSpan(
    end.address,
    flow.family6 ? kind | ENTRY_FAMILY_6 : kind,
    target,
    kind === CLASS_SYN && isUntold(flow) ? contact | CONTACT_FLAGS_UNTOLD : contact,
    packets,
    end.packets > 0 ? end.first : flow.last,
    flow.last,
    end.ttl,
    packets === 0 || kind === CLASS_SYN ? 0 : markOf(end.port, peer.port, kind),
  );
}

function markOf(from: number, to: number, kind: number): number {
  const isAnswer = looksLikeAnswer(from, to);
  if (kind === CLASS_UDP && looksAmplified(from, to)) return isAnswer ? MARK_AMPLIFIED : MARK_AMPLIFIED_AT_SERVICE;
  return isAnswer ? MARK_ORDINARY : 0;
}
