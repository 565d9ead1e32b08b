/**
 * Where one datagram of a stream ends and the next begins: bare files hold them back to back, of any version, and most versions do not
 * tell their own length.
 */
import { IPFIX_HEADER } from "./ipfix.ts";
import { NETFLOW_1, NETFLOW_5, NETFLOW_7 } from "./netflow5.ts";
import { NETFLOW_9_HEADER, NETFLOW_9_OPTIONS_TEMPLATES, NETFLOW_9_TEMPLATES } from "./netflow9.ts";
import { NOT_SFLOW, SFLOW_NEEDS_MORE, sflowEnd } from "./sflow-extent.ts";
import { FIRST_TEMPLATE_ID } from "./template.ts";
import {
  EXPORT_IPFIX,
  EXPORT_NETFLOW_1,
  EXPORT_NETFLOW_5,
  EXPORT_NETFLOW_7,
  EXPORT_NETFLOW_9,
  EXPORT_NONE,
  EXPORT_SFLOW_5,
  exportVersion,
} from "./version.ts";

/** The largest datagram that UDP carries, octets. */
export const MOST_DATAGRAM = 0xffff;
/** Records of the fixed versions in one datagram: 24 to 30 by Cisco's words, some exporters fill jumbo frames. */
const MOST_RECORDS = 200;

/** More octets are needed to tell where the datagram ends. */
export const NEEDS_MORE = 0;
/** These octets begin no datagram. */
export const NO_DATAGRAM = -1;

/**
 * Octets of the datagram that begins at `at`, NEEDS_MORE or NO_DATAGRAM.
 * @param over nothing comes after `end`
 */
export function datagramLength(view: DataView, at: number, end: number, over: boolean): number {
  if (end - at < 4) return NEEDS_MORE;
  switch (exportVersion(view, at, end)) {
    case EXPORT_NETFLOW_1:
      return fixedLength(view, at, end, NETFLOW_1.header, NETFLOW_1.record);
    case EXPORT_NETFLOW_5:
      return fixedLength(view, at, end, NETFLOW_5.header, NETFLOW_5.record);
    case EXPORT_NETFLOW_7:
      return fixedLength(view, at, end, NETFLOW_7.header, NETFLOW_7.record);
    case EXPORT_NETFLOW_9:
      return netflow9Length(view, at, end, over);
    case EXPORT_IPFIX: {
      const length = view.getUint16(at + 2);
      if (length < IPFIX_HEADER) return NO_DATAGRAM;
      return length > end - at ? NEEDS_MORE : length;
    }
    case EXPORT_SFLOW_5: {
      const stop = sflowEnd(view, at, end);
      if (stop === NOT_SFLOW || (end - at > 2 * MOST_DATAGRAM + 1 && stop === SFLOW_NEEDS_MORE)) return NO_DATAGRAM;
      return stop === SFLOW_NEEDS_MORE ? NEEDS_MORE : stop - at;
    }
    default:
      return NO_DATAGRAM;
  }
}

/**
 * Octets of zeros before the datagram that begins behind `at`, with which some exporters fill theirs up; or, where more octets are
 * needed to tell them from its first ones, those that are padding for certain, less one, below zero.
 */
export function paddingLength(view: DataView, at: number, end: number): number {
  let place = at;
  while (place < end && view.getUint8(place) === 0) place++;
  const zeros = place - at;
  if (zeros <= 1 && place < end) return 0;
  if (end - place < 3) return -1 - Math.max(0, zeros - 3);
  // sFlow's version is a word, the others' is half of one and their next half is never zero.
  if (view.getUint16(place + 1) === 0) return Math.max(0, zeros - 3);
  return zeros - 1;
}

function fixedLength(view: DataView, at: number, end: number, header: number, record: number): number {
  const count = view.getUint16(at + 2);
  if (count === 0 || count > MOST_RECORDS) return NO_DATAGRAM;
  const length = header + count * record;
  return length > end - at ? NEEDS_MORE : length;
}

/** Set after set up to one that is none: ids 2 to 255 are not assigned, so a version number is told from a set's id. */
function netflow9Length(view: DataView, at: number, end: number, over: boolean): number {
  let place = at + NETFLOW_9_HEADER;
  for (;;) {
    if (place - at > MOST_DATAGRAM) return NO_DATAGRAM;
    if (end - place < 4) return !over || place > end ? NEEDS_MORE : end - at;
    const id = view.getUint16(place);
    const length = view.getUint16(place + 2);
    const isTemplates = id === NETFLOW_9_TEMPLATES || id === NETFLOW_9_OPTIONS_TEMPLATES;
    // Zeros that fill the datagram up, or sFlow's version: no set of templates is that short.
    if (id === 0 && length < 8) return place - at;
    if (!isTemplates && id < FIRST_TEMPLATE_ID) return exportVersion(view, place, end) === EXPORT_NONE ? NO_DATAGRAM : place - at;
    if (length < 4) return NO_DATAGRAM;
    if (length > end - place) return NEEDS_MORE;
    place += length;
  }
}
