/** What goflow2 makes of flow exports for those behind it (files, Kafka): protobuf messages and JSON lines, recognised by their fields. */
import type { Format, Proves } from "../format.ts";
import { ascii, startsWith } from "../text/fields.ts";
import { MAX_LINE, someLine } from "../text/lines.ts";
import { FIELD_RECEIVED_NANOSECONDS, FIELD_RECEIVED_SECONDS, FIELD_TYPE, FlowFields, TYPE_IPFIX } from "./flow-fields.ts";
import { Goflow2JsonDecoder, JsonMessageReader } from "./json.ts";
import { Goflow2Decoder, MAX_LENGTH_OCTETS, MAX_MESSAGE, MessageReader, VarintReader } from "./protobuf.ts";

const PROVES: Proves = { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: true, action: false };
/** Messages that a head must hold to, where it holds so many. */
const LOOKED_AT = 8;
/** Key of field 1 as a varint: goflow2 writes fields in the order of their numbers, and the type is never 0. */
const FIRST_KEY = 8;
/** Times of receipt that are believed, seconds since 1970: from 2010 to 2100. */
const EARLIEST = 1_262_304_000;
const LATEST = 4_102_444_800;

/** Protobuf with lengths before the messages. */
export const GOFLOW2: Format = {
  name: "goflow2",
  title: "goflow2 protobuf messages",
  proves: PROVES,
  maxRecord: MAX_MESSAGE + MAX_LENGTH_OCTETS,
  recognises: recognisesProtobuf,
  decoder: (writer) => new Goflow2Decoder(writer, new FlowFields()),
};

/** JSON lines. */
export const GOFLOW2_JSON: Format = {
  name: "goflow2-json",
  title: "goflow2 JSON lines",
  proves: PROVES,
  maxRecord: MAX_LINE,
  recognises: recognisesJson,
  decoder: (writer) => new Goflow2JsonDecoder(writer),
};

function recognisesProtobuf(head: Uint8Array): boolean {
  const varint = new VarintReader();
  let at = 0;
  for (let message = 0; message < LOOKED_AT && at < head.length; message++) {
    const length = varint.read(head, at, head.length);
    const from = varint.next;
    if (from < 0) return message > 0 && head.length - at < MAX_LENGTH_OCTETS;
    if (length < 12 || length > MAX_MESSAGE) return false;
    const isWhole = length <= head.length - from;
    const end = isWhole ? from + length : head.length;
    if (!isMessage(head, from, end, isWhole) && (isWhole || message === 0)) return false;
    at = end;
  }
  return at > 0;
}

/** A goflow2 message without a length before it, as Kafka topics of goflow2 version 1 hold them. */
export function isBareMessage(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && bytes.length <= MAX_MESSAGE && isMessage(bytes, 0, bytes.length, true);
}

const FIELDS_SEEN = new FlowFields();
const MESSAGE_READER = new MessageReader();

/** Whether a message has what every flow message has; of one that is cut, as far as it goes: the addresses at least. */
function isMessage(bytes: Uint8Array, start: number, end: number, isWhole: boolean): boolean {
  if (bytes[start] !== FIRST_KEY) return false;
  FIELDS_SEEN.clear();
  const read = MESSAGE_READER.read(bytes, start, end, FIELDS_SEEN);
  const { values, sourceOctets, destinationOctets } = FIELDS_SEEN;
  const type = values[FIELD_TYPE]!;
  if (type < 1 || type > TYPE_IPFIX) return false;
  if (!isWhole) return sourceOctets !== 0 && sourceOctets === destinationOctets;
  const received = values[FIELD_RECEIVED_NANOSECONDS]! / 1e9 || values[FIELD_RECEIVED_SECONDS]!;
  return read === end - start && received > EARLIEST && received < LATEST;
}

const OPENING_BRACE = 123;
const TYPE_KEY = ascii('"type"');
const SAMPLER_KEY = ascii('"sampler_address"');
const SOURCE_KEY = ascii('"src_addr"');
const RECEIVED_KEY = ascii('"time_received_ns"');

const JSON_READER = new JsonMessageReader();

/** The names of these keys together are goflow2's alone. A first line that is cut must show the two that come first. */
function recognisesJson(head: Uint8Array): boolean {
  let isFlow = false;
  someLine(head, (start, end) => {
    if (head[start] !== OPENING_BRACE) return true;
    const line = head.subarray(start, end);
    if (end === head.length) isFlow = has(line, TYPE_KEY) && has(line, RECEIVED_KEY);
    else {
      const keys = [TYPE_KEY, SOURCE_KEY, RECEIVED_KEY, SAMPLER_KEY].filter((key) => has(line, key)).length;
      isFlow = keys >= 3 && JSON_READER.read(line, 0, line.length, FIELDS_SEEN) === null;
    }
    return true;
  });
  return isFlow;
}

function has(line: Uint8Array, word: Uint8Array): boolean {
  for (let at = line.indexOf(word[0]!); at >= 0; at = line.indexOf(word[0]!, at + 1)) {
    if (startsWith(line, at, line.length, word)) return true;
  }
  return false;
}
