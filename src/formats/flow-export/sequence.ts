/**
 * What gaps in an exporter's sequence numbers say did not arrive: NetFlow v5 numbers flows, v9 datagrams, IPFIX data records.
 * A restart of the exporter is no loss, nor are datagrams that overtake one another.
 */

/** A step back of at most this much is a late or doubled datagram; more is a restart. */
const MOST_LATE = 0x8000;
/** So many late datagrams in a row are a restart after all. */
const MOST_LATE_RUN = 8;
/** A step ahead beyond this is another count, not a loss: an hour of 4,000 flows a second. */
const MOST_LOST = 0x100_0000;
/** Uptimes may stand still or go back by this much, milliseconds, without a restart: clocks of line cards differ, datagrams overtake. */
const UPTIME_SLACK = 60_000;

/** An uptime that nobody told. */
export const NO_UPTIME = -1;
/** The number of units in a datagram could not be told: the next gap cannot be measured. */
export const UNITS_UNKNOWN = -1;

/** Follows the sequence numbers of one exporter's observation domain. */
export class SequenceTracker {
  #known = false;
  #last = 0;
  #units = 0;
  #otherUnits = 0;
  #uptime = NO_UPTIME;
  /** Counted as lost and not yet come after all. */
  #owed = 0;
  #lateRun = 0;
  /** The number has moved as the standard says, and not as the other reading does. */
  #standard = false;

  /**
   * Notes a datagram and returns how many units before it did not arrive: negative where some that were counted so have come after all.
   * @param units by which this datagram moves the number on, or UNITS_UNKNOWN
   * @param otherUnits by which exporters that read the standard differently move it: v9 by its records, some by the next datagram's units
   */
  note(sequence: number, units: number, otherUnits: number, uptime: number): number {
    const known = this.#known;
    const step = (sequence - this.#last) | 0;
    const expected = this.#units;
    const gap = step - expected;
    if (known && gap === 0 && expected !== this.#otherUnits && expected !== otherUnits) this.#standard = true;
    const isOther = !this.#standard && (step === this.#otherUnits || step === otherUnits);
    if (!known || expected === UNITS_UNKNOWN || gap === 0 || isOther || this.#hasRestarted(uptime)) {
      this.#moveTo(sequence, units, otherUnits, uptime);
      return 0;
    }
    if (gap < 0 && gap >= -MOST_LATE && ++this.#lateRun < MOST_LATE_RUN) {
      const back = Math.min(this.#owed, Math.max(0, units));
      this.#owed -= back;
      return back === 0 ? 0 : -back;
    }
    this.#moveTo(sequence, units, otherUnits, uptime);
    if (gap < 0 || gap > MOST_LOST) return 0;
    this.#owed = Math.min(MOST_LOST, this.#owed + gap);
    return gap;
  }

  #hasRestarted(uptime: number): boolean {
    if (uptime === NO_UPTIME || this.#uptime === NO_UPTIME) return false;
    // As a signed difference, an uptime that wraps after 49.7 days goes on.
    return ((uptime - this.#uptime) | 0) < -UPTIME_SLACK;
  }

  #moveTo(sequence: number, units: number, otherUnits: number, uptime: number): void {
    this.#known = true;
    this.#lateRun = 0;
    this.#last = sequence;
    this.#units = units;
    this.#otherUnits = otherUnits;
    this.#uptime = uptime;
  }
}
