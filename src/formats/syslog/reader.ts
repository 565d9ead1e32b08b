/** Who reads a message once its envelope is open: one reader for each kind of firewall line. */
import type { ObservationWriter } from "../format.ts";
import type { Envelope } from "./envelope.ts";

/** Where a reader tells what became of a line that gave no row. Reasons come from tables, never from the line. */
export interface LineNotes {
  /** The line is whole, but holds nothing to observe. */
  skip(reason: string): void;
  /** The line ought to have parsed, and did not. */
  fault(reason: string): void;
  /** The line says that the device saw `count` more than it logged; `unit` tells of what: `"Cisco IOS access list packets"`. */
  lose(unit: string, count: number): void;
}

/** Reads messages of one kind. It belongs to one input and may keep (bounded) state from line to line. */
export interface MessageReader {
  /**
   * Whether the message is of this kind: cheap, and certain enough that no other reader need be asked. Takes messages that are cut or
   * damaged further on.
   */
  recognises(envelope: Envelope): boolean;
  /** Reads a message that it recognises, writes its rows, and tells `notes` where there are none. `envelope.time` is known. */
  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void;
}

/** A kind of firewall line: what its reader is, for the decoder that tries all kinds on each line. */
export interface MessageKind {
  /** The name of the format whose lines these are: `netfilter`. */
  readonly name: string;
  reader(): MessageReader;
}
