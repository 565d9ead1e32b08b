/** The two ends of what a Cisco message is about, and what becomes of the message where they cannot be used. */
import type { ObservationWriter } from "../format.ts";
import { END_BROKEN, END_READ, Endpoint, startBetween } from "./cisco-endpoint.ts";
import { BROKEN, MIXED, NAMED } from "./cisco-reasons.ts";
import type { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes } from "./reader.ts";

/** Who sent, and to whom. One pair is reused for all messages. */
export class EndpointPair {
  readonly from: Endpoint = new Endpoint();
  readonly to: Endpoint = new Endpoint();

  /**
   * Reads the second end, behind `word`, and tells whether both can be used; tells `notes` where not.
   * @param first how the first was read. @param named whether an interface stands before the second.
   */
  second(text: CiscoText, notes: LineNotes, first: number, word: Uint8Array, named: boolean): boolean {
    if (first === END_BROKEN || !text.seek(word)) {
      notes.fault(BROKEN);
      return false;
    }
    return this.readable(notes, first, named ? this.to.readNamed(text) : this.to.readPlain(text));
  }

  /** Whether both ends were read; tells `notes` where not. */
  readable(notes: LineNotes, first: number, second: number): boolean {
    if (first === END_READ && second === END_READ) return true;
    if (first === END_BROKEN || second === END_BROKEN) notes.fault(BROKEN);
    else notes.skip(NAMED);
    return false;
  }

  /** Begins a row about a packet between the ends; below 0 where there cannot be one, which `notes` is told. */
  start(envelope: Envelope, writer: ObservationWriter, notes: LineNotes, protocol: number, action: number): number {
    const row = startBetween(writer, this.from, this.to, protocol);
    if (row < 0) notes.skip(MIXED);
    else {
      writer.batch.time[row] = envelope.time;
      writer.batch.action[row] = action;
    }
    return row;
  }
}
