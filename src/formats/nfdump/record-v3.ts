/**
 * Flow records of nfdump 1.7 (record type 11): a header and extension elements, each with its number and length. Source: nfdump's nfxV3.h
 * of versions 1.7.1 to 1.7.8; the element numbers and the layouts read here are the same in all.
 */
import { ACTION_ALLOWED, ACTION_DENIED } from "../../model/observation.ts";
import type { FlowRecord } from "./flow-record.ts";

/** Type, size, number of elements, engine (2 octets), exporter, flags, version of NetFlow. */
export const V3_HEADER = 12;
const FLAGS_AT = 10;
const EXPORTER_AT = 8;
const FLAG_SAMPLED = 2;

const ELEMENT_GENERIC = 1;
const ELEMENT_IPV4 = 2;
const ELEMENT_IPV6 = 3;
const ELEMENT_MISC = 4;
const ELEMENT_COUNTERS = 5;
const ELEMENT_NSEL = 19;
const ELEMENT_PF = 37;
const ELEMENT_IP = 42;
/** Octets of the elements, header included; longer ones are read as far as this. */
const GENERIC_OCTETS = 52;
const IPV4_OCTETS = 12;
const IPV6_OCTETS = 36;
const MISC_OCTETS = 20;
const COUNTERS_OCTETS = 28;
const NSEL_OCTETS = 20;
const PF_OCTETS = 8;
const IP_OCTETS = 8;
const PF_PASS = 0;
const PF_DROP = 1;

/** The number of the exporter (in this file) of the record at `at`. */
export function exporterV3(view: DataView, at: number, little: boolean): number {
  return view.getUint16(at + EXPORTER_AT, little);
}

/** Reads the record `[at, at + size)` into `record`, cleared; whether its elements add up. */
export function readV3(view: DataView, at: number, size: number, little: boolean, record: FlowRecord): boolean {
  if (size < V3_HEADER) return false;
  record.sampled = (view.getUint8(at + FLAGS_AT) & FLAG_SAMPLED) !== 0;
  const end = at + size;
  let count = view.getUint16(at + 4, little);
  let outPackets = 0;
  let outBytes = 0;
  let isTwoWay = false;
  for (let next = at + V3_HEADER; count > 0; count--) {
    if (end - next < 4) return false;
    const length = view.getUint16(next + 2, little);
    if (length < 4 || length > end - next) return false;
    switch (view.getUint16(next, little)) {
      case ELEMENT_GENERIC:
        if (length >= GENERIC_OCTETS) readGeneric(view, next + 4, little, record);
        break;
      case ELEMENT_IPV4:
        if (length < IPV4_OCTETS) break;
        record.family = 4;
        record.source = view.getUint32(next + 4, little);
        record.destination = view.getUint32(next + 8, little);
        break;
      case ELEMENT_IPV6:
        if (length < IPV6_OCTETS) break;
        record.family = 6;
        readAddress6(view, next + 4, little, record.source6);
        readAddress6(view, next + 20, little, record.destination6);
        break;
      case ELEMENT_MISC:
        // Interfaces, masks, direction, dstTos, then the direction of a flow that is one of both.
        if (length >= MISC_OCTETS && view.getUint8(next + 16) !== 0) isTwoWay = true;
        break;
      case ELEMENT_COUNTERS:
        if (length < COUNTERS_OCTETS) break;
        outPackets = readUint64(view, next + 12, little);
        outBytes = readUint64(view, next + 20, little);
        break;
      case ELEMENT_NSEL:
        if (length < NSEL_OCTETS) break;
        record.event = view.getUint8(next + 18);
        isTwoWay = true;
        break;
      case ELEMENT_PF:
        if (length < PF_OCTETS) break;
        if (view.getUint8(next + 4) === PF_PASS) record.action = ACTION_ALLOWED;
        else if (view.getUint8(next + 4) === PF_DROP) record.action = ACTION_DENIED;
        break;
      case ELEMENT_IP:
        if (length < IP_OCTETS) break;
        record.fragmentBits = view.getUint8(next + 5);
        record.ttl = view.getUint8(next + 6);
        break;
      default:
    }
    next += length;
  }
  setAnswer(record, outPackets, outBytes, isTwoWay);
  return true;
}

/** First, last and received milliseconds, packets, octets, ports, protocol, TCP flags, forwarding status, type of service. */
function readGeneric(view: DataView, at: number, little: boolean, record: FlowRecord): void {
  record.first = readUint64(view, at, little) / 1000;
  record.last = readUint64(view, at + 8, little) / 1000;
  record.packets = readUint64(view, at + 24, little);
  record.bytes = readUint64(view, at + 32, little);
  record.sourcePort = view.getUint16(at + 40, little);
  record.destinationPort = view.getUint16(at + 42, little);
  record.protocol = view.getUint8(at + 44);
  record.tcpFlags = view.getUint8(at + 45);
  record.status = view.getUint8(at + 46);
  record.tos = view.getUint8(at + 47);
}

/**
 * What the out-counters mean: the answer, in firewall events and flows joined by `nfdump -b`; elsewhere routers count the same packets
 * once more as they leave, so equal counts are no answer.
 */
export function setAnswer(record: FlowRecord, outPackets: number, outBytes: number, isTwoWay: boolean): void {
  if (!isTwoWay && outPackets === record.packets && outBytes === record.bytes) return;
  record.outPackets = outPackets;
  record.outBytes = outBytes;
}

/** A 64-bit count; beyond 2^53 it is not exact, and no flow has that many. */
export function readUint64(view: DataView, at: number, little: boolean): number {
  return view.getUint32(little ? at + 4 : at, little) * 4294967296 + view.getUint32(little ? at : at + 4, little);
}

/** An IPv6 address, kept as two 64-bit integers of the machine that wrote the file. */
export function readAddress6(view: DataView, at: number, little: boolean, words: Uint32Array): void {
  const high = little ? 4 : 0;
  words[0] = view.getUint32(at + high, little);
  words[1] = view.getUint32(at + 4 - high, little);
  words[2] = view.getUint32(at + 8 + high, little);
  words[3] = view.getUint32(at + 12 - high, little);
}
