/**
 * Whether octets are a whole flow-export datagram, judged by everything its header says: for recognition by content, where any UDP
 * payload may come by. Decoders are more forgiving: they read what they can.
 */
import { SFLOW_NEEDS_MORE, sflowEnd } from "./sflow-extent.ts";
import {
  EXPORT_IPFIX,
  EXPORT_NETFLOW_1,
  EXPORT_NETFLOW_5,
  EXPORT_NETFLOW_7,
  EXPORT_NETFLOW_9,
  EXPORT_SFLOW_5,
  exportVersion,
} from "./version.ts";

/** Header and record octets of the fixed versions (Cisco, NetFlow Export Datagram Format). */
const HEADER_1 = 16;
const HEADER_5 = 24;
const HEADER_9 = 20;
const HEADER_IPFIX = 16;
/** The shortest sFlow datagram with a sample: an unknown agent, and counters without a record. */
const SFLOW_WITH_SAMPLE = 44;
/** With an IPv4 agent and up to the number of samples. */
const HEADER_SFLOW = 28;
const RECORD_5 = 48;
const RECORD_1_AND_7 = 52;
/** Records of the fixed versions in one datagram: 24 to 30 by Cisco's words, some exporters fill jumbo frames. */
const MOST_RECORDS = 200;
/** Exporters' clocks are believed from 1995, before which there was no NetFlow, to 2100. */
const EARLIEST = 788_918_400;
const LATEST = 4_102_444_800;
/** A clock that was never set counts from 1970: up to a year of that. */
const UNSET_CLOCK = 31_536_000;
/** Set ids below this are templates or not assigned (RFC 3954 §5, RFC 7011 §3.3.2). */
const FIRST_DATA_SET = 256;

/** Whether `[at, end)` of `view` is one whole datagram of a version that is read here. */
export function isExportDatagram(view: DataView, at: number, end: number): boolean {
  switch (exportVersion(view, at, end)) {
    case EXPORT_NETFLOW_1:
      return isFixed(view, at, end, HEADER_1, RECORD_1_AND_7);
    case EXPORT_NETFLOW_5:
      return isFixed(view, at, end, HEADER_5, RECORD_5);
    case EXPORT_NETFLOW_7:
      return isFixed(view, at, end, HEADER_5, RECORD_1_AND_7);
    case EXPORT_NETFLOW_9:
      return end - at > HEADER_9 && isTime(view.getUint32(at + 8)) && areSets(view, at + HEADER_9, end, 0);
    case EXPORT_IPFIX:
      return (
        end - at >= HEADER_IPFIX &&
        view.getUint16(at + 2) === end - at &&
        isTime(view.getUint32(at + 4)) &&
        areSets(view, at + HEADER_IPFIX, end, 2)
      );
    case EXPORT_SFLOW_5:
      // Agents fill datagrams up; one without samples proves little, so it must be exact.
      return sflowEnd(view, at, end) === end || sflowEnd(view, at, end) >= at + SFLOW_WITH_SAMPLE;
    default:
      return false;
  }
}

/** Whether `[at, end)` can be the beginning of a datagram that goes on behind `end`: its header and, of versions with sets, the first set's. */
export function isExportHeader(view: DataView, at: number, end: number): boolean {
  const held = end - at;
  switch (exportVersion(view, at, end)) {
    case EXPORT_NETFLOW_1:
    case EXPORT_NETFLOW_5:
    case EXPORT_NETFLOW_7:
      return held >= HEADER_1 && isFixedHeader(view, at);
    case EXPORT_NETFLOW_9:
      return held >= HEADER_9 + 4 && isTime(view.getUint32(at + 8)) && isSet(view, at + HEADER_9, 0);
    case EXPORT_IPFIX:
      return held >= HEADER_IPFIX + 4 && isTime(view.getUint32(at + 4)) && isSet(view, at + HEADER_IPFIX, 2);
    case EXPORT_SFLOW_5:
      return held >= HEADER_SFLOW && sflowEnd(view, at, end) === SFLOW_NEEDS_MORE;
    default:
      return false;
  }
}

/** Version, count, uptime, seconds, nanoseconds in all three. */
function isFixed(view: DataView, at: number, end: number, header: number, record: number): boolean {
  if (end - at < header + record) return false;
  return isFixedHeader(view, at) && end - at === header + view.getUint16(at + 2) * record;
}

function isFixedHeader(view: DataView, at: number): boolean {
  const count = view.getUint16(at + 2);
  return count > 0 && count <= MOST_RECORDS && isTime(view.getUint32(at + 8)) && view.getUint32(at + 12) < 1e9;
}

/** Sets one behind the other up to the end, the first of them whole; `templates` and the number above it are those of templates. */
function areSets(view: DataView, start: number, end: number, templates: number): boolean {
  let at = start;
  while (end - at >= 4) {
    const id = view.getUint16(at);
    const length = view.getUint16(at + 2);
    // Some exporters fill the datagram up with zeros.
    if (at > start && id === 0 && length === 0) return true;
    if (id < FIRST_DATA_SET && id !== templates && id !== templates + 1) return false;
    if (length < 4 || at + length > end) return false;
    at += length;
  }
  return end - at < 4;
}

function isSet(view: DataView, at: number, templates: number): boolean {
  const id = view.getUint16(at);
  return (id >= FIRST_DATA_SET || id === templates || id === templates + 1) && view.getUint16(at + 2) > 4;
}

function isTime(seconds: number): boolean {
  return (seconds >= EARLIEST && seconds <= LATEST) || (seconds > 0 && seconds < UNSET_CLOCK);
}
