/** Made-up events of the lab as inputs: packets, or the records that a router would export of them. */
import { ObservationWriter } from "../formats/format.ts";
import { decodeBytes } from "../formats/decode-bytes.ts";
import {
  encodeCapture,
  EVENTS,
  capturedPackets,
  makeEvent,
  netflow5Datagrams,
  november2013Capture,
  type FlowPacket,
} from "../lab/index.ts";
import type { Asset } from "../model/asset.ts";
import { UsageError } from "../model/errors.ts";
import { ObservationBatch } from "../model/observation.ts";

/** The event that the demo makes unless told otherwise. */
export const DEMO_EVENT = "november-2013";
/** Its capture was looked at when the documentation was written; other seeds give other packets of the same event. */
const SEED = 1;

export interface DemoInput {
  /** What it is called in the report. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The defended networks, in CIDR notation. */
  readonly home: readonly string[];
  /** What they hold; empty where the event has no sectors. */
  readonly assets: readonly Asset[];
}

/** Names and titles of all events. */
export function demoEvents(): readonly { readonly name: string; readonly title: string }[] {
  return EVENTS.map(({ name, title }) => ({ name, title }));
}

/** @param asNetflow NetFlow v5 datagrams in place of packets. @throws UsageError on an unknown event. */
export function demoInput(event: string, asNetflow: boolean): DemoInput {
  if (!EVENTS.some(({ name }) => name === event))
    throw new UsageError(`there is no event ${JSON.stringify(event)}: precursor demo --list names all`);
  const { bytes, home, assets } = event === DEMO_EVENT ? november2013() : made(event);
  const name = event === DEMO_EVENT ? "demo-2013-11-02" : `demo-${event}`;
  return asNetflow ? { name: `${name}.netflow5`, bytes: netflowOf(bytes), home, assets } : { name: `${name}.pcap`, bytes, home, assets };
}

function november2013(): Omit<DemoInput, "name"> {
  const { bytes, truth, assets } = november2013Capture();
  return { bytes, home: truth.home, assets };
}

function made(event: string): Omit<DemoInput, "name"> {
  const { packets, truth } = makeEvent(event, SEED);
  return { bytes: encodeCapture(packets), home: truth.home, assets: [] };
}

function netflowOf(capture: Uint8Array): Uint8Array {
  const packets: FlowPacket[] = [];
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    for (const packet of capturedPackets(batch)) packets.push(packet);
    batch.length = 0;
    return batch;
  });
  decodeBytes(capture, writer);
  return netflow5Datagrams(packets);
}
