/** What is amiss with a watch, in words: a line each, the same words for as long as it lasts. */
import { FINE } from "../../sources/live.ts";
import type { WatchHealth } from "../../model/watch-event.ts";

export function troublesOf({ sources, silent, store, intel, spool, clock, unlookedPackets }: Omit<WatchHealth, "troubles">): string[] {
  const told = [
    spool.reason === null ? null : `the spool takes nothing: ${spool.reason}; what can wait does, and what is heard meanwhile is held`,
    store.reason === null
      ? null
      : store.isUp
        ? store.reason
        : `nothing goes to the store ${store.place}: ${store.reason}; what comes waits in the spool`,
    clock,
    ...sources.map(({ name, health }) => (health === FINE ? null : `${name}: ${health}`)),
    intel.reason === null ? null : `feeds and databases: ${intel.reason}; what was open before is still in use`,
    // Their reasons grow older by themselves; health has them
    intel.amiss.length === 0 ? null : `feeds amiss: ${intel.amiss.map((line) => line.split(":")[0]).join(", ")}`,
    unlookedPackets === 0
      ? null
      : "sources of open incidents send more packets than are looked at between two judgements: how they behave is told by the first ones",
    ...silent.map((sensor) => `sensor ${sensor} is silent`),
  ];
  return told.filter((text) => text !== null);
}
