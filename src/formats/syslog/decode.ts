/** Log lines in and rows out: opens each line's envelope and hands the message to whoever knows its kind. */
import type { DecodeContext, ObservationWriter } from "../format.ts";
import { LineDecoder } from "../text/lines.ts";
import { Envelope } from "./envelope.ts";
import { KINDS } from "./kinds.ts";
import type { LineNotes, MessageReader } from "./reader.ts";
import { UptimeHold } from "./uptime-hold.ts";

const NOT_FIREWALL = "not a firewall record";
const NO_STAMP = "firewall record without a time stamp";

/** Decodes lines of any kind, so that one file of a syslog server may hold lines of several firewalls and of other programs. */
export class SyslogDecoder extends LineDecoder implements LineNotes {
  readonly #writer: ObservationWriter;
  readonly #context: DecodeContext;
  readonly #envelope: Envelope;
  readonly #readers: readonly MessageReader[];
  readonly #held = new UptimeHold();
  /** Who read the line before: most files hold lines of one kind. */
  #last: MessageReader | null = null;

  constructor(writer: ObservationWriter, context: DecodeContext) {
    super();
    this.#writer = writer;
    this.#context = context;
    this.#envelope = new Envelope(context);
    this.#readers = KINDS.map((kind) => kind.reader());
  }

  skip(reason: string): void {
    this.stats.skip(reason);
  }

  override fault(reason: string): void {
    super.fault(reason);
  }

  lose(unit: string, count: number): void {
    this.stats.lose(unit, count);
  }

  override end(bytes: Uint8Array, start: number, end: number): void {
    super.end(bytes, start, end);
    this.#settle();
  }

  protected line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const envelope = this.#envelope;
    envelope.read(bytes, start, end);
    const reader = this.#readerOf(envelope);
    if (envelope.uptime >= 0) this.#held.see(envelope.uptime);
    if (reader === null) this.stats.skip(NOT_FIREWALL);
    else if (envelope.time >= 0) reader.read(envelope, this.#writer, this);
    else if (envelope.uptime >= 0) this.#sinceBoot(reader, bytes, start, end);
    else this.fault(NO_STAMP);
  }

  #readerOf(envelope: Envelope): MessageReader | null {
    const last = this.#last;
    if (last?.recognises(envelope) === true) return last;
    for (const reader of this.#readers) {
      if (reader !== last && reader.recognises(envelope)) return (this.#last = reader);
    }
    return null;
  }

  /** Reads a line of dmesg if it is known when the machine was started, else keeps it. */
  #sinceBoot(reader: MessageReader, bytes: Uint8Array, start: number, end: number): void {
    const held = this.#held;
    if (Number.isNaN(held.boot)) {
      if (held.keep(bytes, start, end, this.lineNumber)) return;
      this.#settle();
      // Settling went through other lines
      this.#envelope.read(bytes, start, end);
      if (!reader.recognises(this.#envelope)) return;
    }
    this.#envelope.time = held.boot + this.#envelope.uptime;
    reader.read(this.#envelope, this.#writer, this);
  }

  #settle(): void {
    const lineNumber = this.lineNumber;
    const envelope = this.#envelope;
    this.#held.settle(this.#context.writtenAt, (bytes, start, end, number) => {
      this.lineNumber = number;
      envelope.read(bytes, start, end);
      const reader = this.#readerOf(envelope);
      envelope.time = this.#held.boot + envelope.uptime;
      reader?.read(envelope, this.#writer, this);
    });
    this.lineNumber = lineNumber;
  }
}
