/**
 * `%ASA-6-106100: access-list X denied tcp outside/A(p) -> inside/B(p) hit-cnt N first hit [0x0, 0x0]`, and 106102 and 106103 with
 * `for user U` behind the protocol.
 *
 * It comes at once for the first packet of a flow (`first hit`), and at the end of each interval (`300-second interval`) with the count of that
 * interval, in the first of which the first packet counts again (Cisco's example: one hit and 20 more make `hit-cnt 21`). Nothing in the text
 * tells the first interval from later ones, so a flow may count one packet too many.
 */
import { ICMP_TYPE_UNKNOWN, ACTION_ALLOWED, ACTION_DENIED, ACTION_UNKNOWN, RECORD_FLOW } from "../../model/observation.ts";
import type { ObservationWriter } from "../format.ts";
import { clampCount, commitRow } from "../record-row.ts";
import { ascii, NOT_A_NUMBER } from "../text/fields.ts";
import { isIcmp } from "./cisco-asa-icmp.ts";
import { END_BROKEN } from "./cisco-endpoint.ts";
import type { EndpointPair } from "./cisco-pair.ts";
import { BROKEN, NO_PROTOCOL } from "./cisco-reasons.ts";
import type { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes } from "./reader.ts";

const ACCESS_LIST = ascii("access-list ");
const PERMITTED = ascii("permitted ");
const DENIED = ascii("denied ");
const ESTABLISHED = ascii("est-allowed ");
const FOR_USER = ascii("for user ");
const ARROW = ascii("-> ");
const HITS = ascii("hit-cnt ");
const FIRST_HIT = ascii("first hit");

/** Reads such a message into one row. */
export function readAccessList(text: CiscoText, pair: EndpointPair, envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
  if (!text.take(ACCESS_LIST)) {
    notes.fault(BROKEN);
    return;
  }
  text.at = text.wordEnd();
  text.spaces();
  let action = ACTION_UNKNOWN;
  if (text.take(DENIED)) action = ACTION_DENIED;
  // est-allowed: denied by the list, and let through as part of a connection
  else if (text.take(PERMITTED) || text.take(ESTABLISHED)) action = ACTION_ALLOWED;
  const protocol = action === ACTION_UNKNOWN ? NOT_A_NUMBER : text.protocol();
  if (protocol < 0) {
    if (action === ACTION_UNKNOWN) notes.fault(BROKEN);
    else notes.skip(NO_PROTOCOL);
    return;
  }
  if (text.take(FOR_USER)) {
    text.at = text.wordEnd();
    text.spaces();
  }
  const from = pair.from.readSlashed(text);
  if (from === END_BROKEN || !text.seek(ARROW)) {
    notes.fault(BROKEN);
    return;
  }
  const to = pair.to.readSlashed(text);
  if (!pair.readable(notes, from, to)) return;
  const hits = text.integerBehind(HITS);
  text.spaces();
  const interval = text.take(FIRST_HIT) ? 0 : text.integer();
  if (hits < 0) {
    notes.fault(BROKEN);
    return;
  }
  const row = pair.start(envelope, writer, notes, protocol, action);
  if (row < 0) return;
  const { batch } = writer;
  if (isIcmp(protocol)) setTypeAndCode(writer, row, pair.from.port, pair.to.port);
  if (hits !== 1 || interval > 0) {
    batch.packets[row] = clampCount(hits);
    batch.record[row] = RECORD_FLOW;
    if (interval > 0) {
      batch.duration[row] = interval;
      batch.time[row] = Math.max(0, envelope.time - interval);
    }
  }
  commitRow(writer);
}

/** 106100: the type where others have the source port, the code where they have the destination's; the PIX printed 0 and the type. */
function setTypeAndCode(writer: ObservationWriter, row: number, first: number, second: number): void {
  const old = first === 0 && second > 0;
  const type = old ? second : first;
  const code = old ? 0 : second;
  writer.batch.icmpType[row] = type >= 0 && type <= 255 ? type : ICMP_TYPE_UNKNOWN;
  writer.batch.icmpCode[row] = code >= 0 && code <= 255 ? code : 0;
}
