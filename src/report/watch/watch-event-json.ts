/** Events of a watch for programs: a JSON object a line. */
import type { WatchEvent } from "../../model/watch-event.ts";
import { escapeJson } from "../escape.ts";
import { incidentJson } from "../incident/incident-json.ts";
import { isoTime } from "../quantity.ts";
import type { WatchEventJson } from "./watch-event-schema.ts";

/** One line with its newline; safe to print on a terminal. */
export function renderWatchEvent(event: WatchEvent): string {
  return `${escapeJson(JSON.stringify(watchEventJson(event)))}\n`;
}

function watchEventJson(event: WatchEvent): WatchEventJson {
  const time = isoTime(event.time);
  switch (event.type) {
    case "started":
    case "health": {
      const { health } = event;
      const rounded = {
        ...health,
        silent: [...health.silent],
        troubles: [...health.troubles],
        lag: Math.round(health.lag),
        intel: { ...health.intel, amiss: [...health.intel.amiss] },
        sources: health.sources.map((one) => ({ ...one, recordsPerSecond: round(one.recordsPerSecond) })),
      };
      return { ...event, time, health: rounded };
    }
    case "interval":
      return {
        ...event,
        time,
        sensors: [...event.sensors],
        reference: [...event.reference],
        top: event.top.map(({ recent, expected, high, ...rest }) => ({
          ...rest,
          recent: [...recent],
          expected: expected === null ? null : round(expected),
          high: high === null ? null : round(high),
        })),
      };
    case "incident":
      return { ...event, time, incident: incidentJson(event.incident) };
    case "reload":
      return {
        ...event,
        time,
        started: [...event.started],
        stopped: [...event.stopped],
        changed: [...event.changed],
        needsRestart: [...event.needsRestart],
      };
    case "stopped":
      return { ...event, time };
  }
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
