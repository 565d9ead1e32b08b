/** Log lines in and rows out: opens each line's envelope and hands the message to whoever knows its kind. */
import { type DecodeContext, type ObservationWriter } from "../format.ts";
import { LineDecoder } from "../text/lines.ts";
import { Envelope } from "./envelope.ts";
import { KINDS } from "./kinds.ts";
import type { LineNotes, MessageReader } from "./reader.ts";

const NOT_FIREWALL = "not a firewall record";
const NO_STAMP = "firewall record without a time stamp";

/** Decodes lines of any kind, so that one file of a syslog server may hold lines of several firewalls and of other programs. */
export class SyslogDecoder extends LineDecoder implements LineNotes {
  readonly #writer: ObservationWriter;
  readonly #envelope: Envelope;
  readonly #readers: readonly MessageReader[];
  /** Who read the line before: most files hold lines of one kind. */
  #last: MessageReader | null = null;

  constructor(writer: ObservationWriter, context: DecodeContext) {
    super();
    this.#writer = writer;
    this.#envelope = new Envelope(context);
    this.#readers = KINDS.map((kind) => kind.reader());
  }

  skip(reason: string): void {
    this.stats.skip(reason);
  }

  override fault(reason: string): void {
    super.fault(reason);
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const envelope = this.#envelope;
    envelope.read(bytes, start, end);
    const reader = this.#readerOf(envelope);
    if (reader === null) this.stats.skip(NOT_FIREWALL);
    else if (envelope.time < 0) this.fault(NO_STAMP);
    else reader.read(envelope, this.#writer, this);
  }

  #readerOf(envelope: Envelope): MessageReader | null {
    const last = this.#last;
    if (last?.recognises(envelope) === true) return last;
    for (const reader of this.#readers) {
      if (reader !== last && reader.recognises(envelope)) return (this.#last = reader);
    }
    return null;
  }
}
