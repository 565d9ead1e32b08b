/** When a flow began: from times since 1970, since the exporter's start, or before the datagram was sent. */
import { TIME_DELTA, TIME_MILLISECONDS, TIME_SECONDS, TIME_UPTIME } from "./plan.ts";
import { NO_UPTIME } from "./sequence.ts";

/** Seconds by which an exporter's clock may be off before the receiver's is believed instead. */
const MOST_SKEW = 86_400;

/** Seconds after which a counter of milliseconds in 32 bits starts again. */
const WRAP = 2 ** 32 / 1000;

/** What {@link Clock.timeOf} returns where a value tells no time. */
export const NO_TIME = -1;

/** The clocks of one datagram. */
export class Clock {
  /** When it was sent, seconds since 1970. */
  exportTime = 0;
  /** Milliseconds that the exporter was up then, or NO_UPTIME. */
  uptime = NO_UPTIME;
  /** When the exporter started, seconds since 1970, or 0 where nobody told. */
  startedAt = 0;

  /** Takes the header's times. An exporter whose clock was never set (1970 is common) is dated by when its datagram came. */
  set(exportTime: number, uptime: number, receivedAt: number): void {
    this.exportTime = Math.abs(exportTime - receivedAt) > MOST_SKEW ? receivedAt : exportTime;
    this.uptime = uptime;
  }

  /** Seconds since 1970 of a slot's value of that kind (TIME_…), or NO_TIME. */
  timeOf(kind: number, value: number): number {
    switch (kind) {
      case TIME_MILLISECONDS:
        return value > 0 ? value / 1000 : NO_TIME;
      case TIME_SECONDS:
        return value > 0 ? value : NO_TIME;
      case TIME_DELTA:
        return this.exportTime - value / 1e6;
      case TIME_UPTIME:
        // The signed difference holds when the counter wraps, every 49.7 days.
        if (this.uptime !== NO_UPTIME) return this.exportTime + ((value - this.uptime) | 0) / 1000;
        return this.startedAt > 0 ? this.#nearExport(this.startedAt + value / 1000) : NO_TIME;
      default:
        return NO_TIME;
    }
  }

  /** The time that lies nearest to the datagram's, of all those that a counter which wraps can mean. */
  #nearExport(time: number): number {
    return time + WRAP * Math.round((this.exportTime - time) / WRAP);
  }
}
