/** Suricata's EVE log: a JSON object a line, of many types of event. Flows and packets are read, the rest counted by type. */
import type { DecodeContext, Decoder, Format, ObservationWriter } from "../format.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { JSON_ABSENT, JSON_CUT, JSON_ESCAPED, JSON_STRING, JsonFields } from "../text/json-fields.ts";
import { LineDecoder, MAX_LINE, someLine } from "../text/lines.ts";
import {
  EVE_PATHS,
  EVENT_ALERT,
  EVENT_ANOMALY,
  EVENT_DROP,
  EVENT_FLOW,
  EVENT_NETFLOW,
  EVENT_TYPE,
  EVENT_TYPES,
  FLOW_ID,
  FLOW_START,
  NETFLOW_START,
  reasonOf,
  SRC_IP,
  TIMESTAMP,
} from "./eve-fields.ts";
import { EveEvent } from "./event.ts";
import { FlowRows } from "./flow-event.ts";
import { PacketRows } from "./packet-event.ts";
import { ToldFlows } from "./told.ts";

const NO_TYPE = "JSON line without the event_type of Suricata";
const NO_ADDRESSES = "Suricata event about a packet that is not IP";
const NO_PROTOCOL = "Suricata event of a transport that has no number here";

/** Where the time of an event's packets stands, by its number. */
const START_SLOTS = Uint8Array.of(FLOW_START, NETFLOW_START, TIMESTAMP, TIMESTAMP, TIMESTAMP);

class EveDecoder extends LineDecoder {
  readonly #fields = new JsonFields(EVE_PATHS);
  readonly #event = new EveEvent(this.#fields);
  readonly #told = new ToldFlows((told, alert) => this.#packets.release(told, alert));
  readonly #flows: FlowRows;
  readonly #packets: PacketRows;

  constructor(writer: ObservationWriter) {
    super();
    this.#flows = new FlowRows(writer, this.stats, this.#event, this.#told);
    this.#packets = new PacketRows(writer, this.stats, this.#event, this.#told);
  }

  override end(bytes: Uint8Array, start: number, end: number): void {
    super.end(bytes, start, end);
    this.#told.releaseAll();
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const fields = this.#fields;
    const fault = fields.scan(bytes, start, end);
    if (fault !== null) {
      this.fault(fault);
      return;
    }
    if (fields.kinds[EVENT_TYPE] !== JSON_STRING && fields.kinds[EVENT_TYPE] !== JSON_ESCAPED) {
      this.fault(NO_TYPE);
      return;
    }
    const type = EVENT_TYPES.find(bytes, fields.starts[EVENT_TYPE]!, fields.ends[EVENT_TYPE]!);
    if (type < 0 || type > EVENT_ANOMALY) {
      this.stats.skip(reasonOf(type));
      return;
    }
    if (fields.kinds[SRC_IP] === JSON_ABSENT) {
      this.stats.skip(NO_ADDRESSES);
      return;
    }
    const reason = this.#event.read(bytes, START_SLOTS[type]!);
    if (reason !== null) this.fault(reason);
    else if (this.#event.protocol < 0) this.stats.skip(NO_PROTOCOL);
    else if (type === EVENT_FLOW) this.#flows.flow();
    else if (type === EVENT_NETFLOW) this.#flows.netflow();
    else if (type === EVENT_DROP) this.#packets.drop();
    else if (type === EVENT_ALERT) this.#packets.alert();
    else this.#packets.anomaly();
  }
}

/** Whether the first line, whole or cut, has Suricata's time and type of event and one more member that all its events of packets have. */
function recognises(head: Uint8Array): boolean {
  let known = false;
  someLine(head, (start, end) => {
    const fields = new JsonFields([...EVE_PATHS, "stats"]);
    const fault = fields.scan(head, start, end);
    if (fault !== null && fault !== JSON_CUT) return true;
    const { kinds, starts, ends } = fields;
    if (kinds[TIMESTAMP] !== JSON_STRING || parseIsoTime(head, starts[TIMESTAMP]!, ends[TIMESTAMP]!) < 0) return true;
    if (kinds[EVENT_TYPE] !== JSON_STRING) return true;
    const ofPackets = kinds[SRC_IP] === JSON_STRING || kinds[FLOW_ID] !== JSON_ABSENT;
    known = ofPackets || EVENT_TYPES.find(head, starts[EVENT_TYPE]!, ends[EVENT_TYPE]!) >= 0;
    return true;
  });
  return known;
}

export const SURICATA_EVE: Format = {
  name: "eve",
  title: "Suricata EVE (JSON lines)",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: false, action: true },
  maxRecord: MAX_LINE,
  recognises,
  decoder: (writer: ObservationWriter, _context: DecodeContext): Decoder => new EveDecoder(writer),
};
