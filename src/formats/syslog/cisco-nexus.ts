/**
 * Access lists of Cisco Nexus: `%ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: A, Dst IP: B, Src Port: p, Dst Port: p, Src Intf: Ethernet4/1,
 * Protocol: "ICMP"(1), ACL Name: X, ACE Action: Permit, Appl Intf: Vlan10, Hit-count: 600`; older: `Source IP`, `Hit-count = 600`
 * (Cisco, document 118907). They sum up the packets of a flow in an interval that is not told.
 *
 * Ports 0 and 0 are printed for every protocol without ports, and for TCP and UDP where they were not read: a placeholder. What a 0 beside
 * another port means is not documented: unconfirmed. Protocol 253, named "IP", stands for one that was not read.
 */
import {
  ICMP_TYPE_UNKNOWN,
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { clampCount, commitRow } from "../record-row.ts";
import { ascii } from "../text/fields.ts";
import { type Endpoint, startBetween } from "./cisco-endpoint.ts";
import { forgetPorts } from "./cisco-placeholder.ts";
import { BROKEN, MIXED, NO_PROTOCOL } from "./cisco-reasons.ts";
import type { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes } from "./reader.ts";

const IP = ascii("IP: ");
const PORT = ascii("Port: ");
const PROTOCOL = ascii('"(');
const ACTION = ascii("ACE Action: ");
const DENY = ascii("Deny");
const PERMIT = ascii("Permit");
const HITS = ascii("Hit-count");
const COLON = ascii(":");
const EQUALS = ascii("=");
const PROTOCOL_NOT_READ = 253;

export function readNexus(
  text: CiscoText,
  from: Endpoint,
  to: Endpoint,
  envelope: Envelope,
  writer: ObservationWriter,
  notes: LineNotes,
): void {
  if (!readAddress(text, from) || !readAddress(text, to)) {
    notes.fault(BROKEN);
    return;
  }
  from.port = readPort(text);
  to.port = readPort(text);
  const protocol = text.integerBehind(PROTOCOL);
  if (protocol < 0 || protocol > 255 || from.port < 0 || to.port < 0) {
    notes.fault(BROKEN);
    return;
  }
  if (protocol === PROTOCOL_NOT_READ) {
    notes.skip(NO_PROTOCOL);
    return;
  }
  const behind = text.at;
  let action = ACTION_UNKNOWN;
  if (text.seek(ACTION)) action = text.take(DENY) ? ACTION_DENIED : text.take(PERMIT) ? ACTION_ALLOWED : ACTION_UNKNOWN;
  else text.at = behind;
  const hits = text.seek(HITS) ? readHits(text) : -1;
  if (hits < 0) {
    notes.fault(BROKEN);
    return;
  }
  const row = startBetween(writer, from, to, protocol);
  if (row < 0) {
    notes.skip(MIXED);
    return;
  }
  const { batch } = writer;
  if (hasPorts(protocol)) {
    if (from.port === 0 && to.port === 0) forgetPorts(batch, row);
    else batch.grade[row] = GRADE_UNCONFIRMED;
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
  batch.time[row] = envelope.time;
  batch.action[row] = action;
  batch.packets[row] = clampCount(hits);
  batch.record[row] = RECORD_FLOW;
  commitRow(writer);
}

function readAddress(text: CiscoText, endpoint: Endpoint): boolean {
  if (!text.seek(IP)) return false;
  const start = text.at;
  text.at = text.wordEnd();
  return endpoint.address.read(text.bytes, start, text.at);
}

function readPort(text: CiscoText): number {
  const port = text.integerBehind(PORT);
  return port <= 0xffff ? port : NO_PORT;
}

function readHits(text: CiscoText): number {
  text.spaces();
  if (!text.take(COLON)) text.take(EQUALS);
  text.spaces();
  return text.integer();
}
