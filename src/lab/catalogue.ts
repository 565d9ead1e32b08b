/** All lab events by name, and how to make and mix them. */
import type { TimedPacket } from "./capture-writer.ts";
import type { EventOptions, LabEvent, MadeEvent } from "./event.ts";
import { ARTEFACTS } from "./events/artefacts.ts";
import { CAMPAIGNS } from "./events/campaigns.ts";
import { FLOODS } from "./events/floods.ts";
import { SPECIAL_SCANS } from "./events/special-scans.ts";
import { TOOL_SCANS } from "./events/tools.ts";
import { PLAIN_SCANS } from "./events/scans.ts";
import { ARP_SWEEP } from "./events/ordinary-lan.ts";
import { ORDINARY_EVENTS } from "./events/ordinary.ts";
import { NOVEMBER_2013 } from "./events/november-2013.ts";
import { Random } from "./random.ts";
import { joinTruths } from "./truth.ts";

export const EVENTS: readonly LabEvent[] = [
  NOVEMBER_2013,
  ...PLAIN_SCANS,
  ARP_SWEEP,
  ...SPECIAL_SCANS,
  ...TOOL_SCANS,
  ...CAMPAIGNS,
  ...FLOODS,
  ...ARTEFACTS,
  ...ORDINARY_EVENTS,
];

/** Makes an event; equal names, seeds and options give equal packets. Throws RangeError on an unknown name. */
export function makeEvent(name: string, seed: number, options: EventOptions = {}): MadeEvent {
  const event = EVENTS.find((candidate) => candidate.name === name);
  if (event === undefined)
    throw new RangeError(`no lab event is called ${JSON.stringify(name)}; there are ${EVENTS.map((one) => one.name).join(", ")}`);
  return event.make(new Random(seed ^ hashName(name)), options);
}

/** Events merged by time into one capture. Packets at the same moment keep the order of the events. */
export function mix(name: string, events: readonly MadeEvent[]): MadeEvent {
  return {
    packets: mergeByTime(events.map((event) => event.packets)),
    truth: joinTruths(
      name,
      events.map((event) => event.truth),
    ),
  };
}

/** Merges sequences that are in order of time each. It can be walked again where they can. */
function mergeByTime(sequences: readonly Iterable<TimedPacket>[]): Iterable<TimedPacket> {
  return {
    *[Symbol.iterator]() {
      const heads = sequences.map((sequence) => {
        const iterator = sequence[Symbol.iterator]();
        return { iterator, next: iterator.next() };
      });
      for (;;) {
        let first: (typeof heads)[number] | undefined;
        for (const head of heads) {
          if (head.next.done === true) continue;
          if (first === undefined || first.next.done === true || head.next.value.time < first.next.value.time) first = head;
        }
        if (first === undefined || first.next.done === true) return;
        yield first.next.value;
        first.next = first.iterator.next();
      }
    },
  };
}

/** FNV-1a: so that two events of one seed are not drawn from the same stream. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
