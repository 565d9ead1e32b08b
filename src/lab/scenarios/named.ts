/** Events of the catalogue by name, for scenarios that are made of them. */
import { EVENTS } from "../catalogue.ts";
import type { LabEvent } from "../event.ts";

/** @throws RangeError where there is none. */
export function eventNamed(name: string): LabEvent {
  const event = EVENTS.find((candidate) => candidate.name === name);
  if (event === undefined) throw new RangeError(`no lab event is called ${JSON.stringify(name)}`);
  return event;
}
