/**
 * Flow records of nfdump 1.6 (types 1 and 10): a common part, three parts that are always there, and extensions in the order of a map that
 * stands in the file before them. Source: nfdump's nfx.h of versions 1.6.25 and 1.7.1.
 */
import type { FlowRecord } from "./flow-record.ts";
import { readAddress6, readUint64, setAnswer } from "./record-v3.ts";

/** The older type keeps the exporter's number elsewhere, and is four octets shorter. */
export const TYPE_COMMON_OLD = 1;
const COMMON_OLD = 28;
const COMMON = 32;
const FLAG_IPV6 = 1;
const FLAG_PACKETS_64 = 2;
const FLAG_BYTES_64 = 4;
const FLAG_EVENT = 64;
const FLAG_SAMPLED = 128;
const EXTENSION_OUT_PACKETS_32 = 14;
const EXTENSION_OUT_PACKETS_64 = 15;
const EXTENSION_OUT_BYTES_32 = 16;
const EXTENSION_OUT_BYTES_64 = 17;
const EXTENSION_NSEL = 37;
/** Octets of each extension; 0 for what ends the reading, as its length is not known. */
const OCTETS = Uint8Array.from({ length: 64 }, (_, extension) => {
  switch (extension) {
    case 4: // interfaces
    case 6: // autonomous systems
    case 8: // type of service, direction, masks
    case 9: // next hop
    case 11: // BGP next hop
    case 13: // VLANs
    case 14:
    case 16:
    case 18: // flows
    case 23: // router
    case 25: // router's id
      return 4;
    case 5:
    case 7:
    case 15:
    case 17:
    case 19:
    case 26: // adjacent autonomous systems
    case 27: // time of receipt
      return 8;
    case 10:
    case 12:
    case 20: // hardware addresses
    case 21:
    case 24:
      return 16;
    case 22: // MPLS labels
      return 40;
    case EXTENSION_NSEL:
      return 20;
    default:
      return 0;
  }
});

/** The most extensions in one map; there are about 50. */
const MOST_EXTENSIONS = 64;
/** Maps of one file: nfdump has room for 65,536, files have under a hundred. */
const MOST_MAPS = 4096;

/** The extension maps of a file. */
export class ExtensionMaps {
  readonly #maps: Map<number, Uint16Array> = new Map();

  /** Reads the map `[at, at + size)`: type, size, its number, octets of all extensions, then their numbers up to a zero. */
  read(view: DataView, at: number, size: number, little: boolean): boolean {
    if (size < 8) return false;
    const extensions: number[] = [];
    for (let next = at + 8; at + size - next >= 2 && extensions.length < MOST_EXTENSIONS; next += 2) {
      const extension = view.getUint16(next, little);
      if (extension === 0) break;
      if (extension > 3) extensions.push(extension);
    }
    const id = view.getUint16(at + 4, little);
    if (this.#maps.size < MOST_MAPS || this.#maps.has(id)) this.#maps.set(id, Uint16Array.from(extensions));
    return true;
  }

  get(id: number): Uint16Array | null {
    return this.#maps.get(id) ?? null;
  }
}

/** The number of the exporter (in this file) of the record at `at`. */
export function exporterV1(view: DataView, at: number, size: number, little: boolean): number {
  if (size < COMMON) return 0;
  return view.getUint16(at, little) === TYPE_COMMON_OLD ? view.getUint8(at + 5) : view.getUint16(at + 28, little);
}

/** Reads the record `[at, at + size)` into `record`, cleared; whether it holds all that it must. */
export function readV1(view: DataView, at: number, size: number, little: boolean, maps: ExtensionMaps, record: FlowRecord): boolean {
  const old = view.getUint16(at, little) === TYPE_COMMON_OLD;
  let next = at + (old ? COMMON_OLD : COMMON);
  const end = at + size;
  if (end - next < 16) return false;
  const flags = old ? view.getUint8(at + 4) : view.getUint16(at + 4, little);
  const six = (flags & FLAG_IPV6) !== 0;
  const packets64 = (flags & FLAG_PACKETS_64) !== 0;
  const bytes64 = (flags & FLAG_BYTES_64) !== 0;
  if (end - next < (six ? 32 : 8) + (packets64 ? 8 : 4) + (bytes64 ? 8 : 4)) return false;
  record.first = view.getUint32(at + 12, little) + view.getUint16(at + 8, little) / 1000;
  record.last = view.getUint32(at + 16, little) + view.getUint16(at + 10, little) / 1000;
  record.status = view.getUint8(at + 20);
  record.tcpFlags = view.getUint8(at + 21);
  record.protocol = view.getUint8(at + 22);
  record.tos = view.getUint8(at + 23);
  record.sourcePort = view.getUint16(at + 24, little);
  record.destinationPort = view.getUint16(at + 26, little);
  record.sampled = (flags & FLAG_SAMPLED) !== 0;
  record.family = six ? 6 : 4;
  if (six) {
    readAddress6(view, next, little, record.source6);
    readAddress6(view, next + 16, little, record.destination6);
    next += 32;
  } else {
    record.source = view.getUint32(next, little);
    record.destination = view.getUint32(next + 4, little);
    next += 8;
  }
  record.packets = packets64 ? readUint64(view, next, little) : view.getUint32(next, little);
  next += packets64 ? 8 : 4;
  record.bytes = bytes64 ? readUint64(view, next, little) : view.getUint32(next, little);
  next += bytes64 ? 8 : 4;
  const map = maps.get(view.getUint16(at + 6, little));
  if (map === null || (map.length === 0 && (flags & FLAG_EVENT) === 0)) return map !== null;
  readExtensions(view, next, end, little, map, record);
  return true;
}

function readExtensions(view: DataView, start: number, end: number, little: boolean, map: Uint16Array, record: FlowRecord): void {
  let outPackets = 0;
  let outBytes = 0;
  let isTwoWay = false;
  let at = start;
  for (let i = 0; i < map.length; i++) {
    const extension = map[i]!;
    const octets = extension < OCTETS.length ? OCTETS[extension]! : 0;
    if (octets === 0 || octets > end - at) break;
    if (extension === EXTENSION_OUT_PACKETS_32) outPackets = view.getUint32(at, little);
    else if (extension === EXTENSION_OUT_PACKETS_64) outPackets = readUint64(view, at, little);
    else if (extension === EXTENSION_OUT_BYTES_32) outBytes = view.getUint32(at, little);
    else if (extension === EXTENSION_OUT_BYTES_64) outBytes = readUint64(view, at, little);
    else if (extension === EXTENSION_NSEL) {
      // Time, connection, ICMP type and code, event.
      record.event = view.getUint8(at + 14);
      isTwoWay = true;
    }
    at += octets;
  }
  if (outPackets > 0 || outBytes > 0) setAnswer(record, outPackets, outBytes, isTwoWay);
}
