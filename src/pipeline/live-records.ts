/**
 * Whole records as they come from many senders: flow-export datagrams to the decoder of all versions, everything else to one decoder a sender, by
 * the first of its records that a format recognises. (The decoder of log lines reads all kinds of them, mixed as a relay sends them.)
 */
import { ExportDatagramDecoder } from "../formats/flow-export/datagram.ts";
import { FLOW_EXPORT } from "../formats/flow-export/flow-export.ts";
import { type Decoder, DecodeStats, type Format } from "../formats/format.ts";
import { GOFLOW2, isBareMessage } from "../formats/goflow2/goflow2.ts";
import { SYSLOG, SYSLOG_FORMATS } from "../formats/syslog/syslog.ts";
import type { LiveDecoding } from "./live-stream.ts";

/** Senders remembered of one source; the one heard longest ago gives way. Its next record makes a new decoder. */
const MOST_SENDERS = 4096;
/** Records looked at to recognise them, a second at most: a look costs up to a millisecond, and strangers must not take all the time there is. */
const LOOKS_PER_SECOND = 200;

interface Sender {
  format: Format | null;
  decoder: Decoder | null;
}

/** The records of one source. */
export class LiveRecords {
  /** Records that no format recognised. */
  unrecognised = 0;
  /** Senders forgotten to make room. */
  forgotten = 0;
  readonly #decoding: LiveDecoding;
  readonly #mostSenders: number;
  /** Least recently heard first. */
  readonly #senders = new Map<string, Sender>();
  readonly #exportStats = new DecodeStats();
  readonly #exports: ExportDatagramDecoder;
  #latest: { readonly key: string; readonly sender: Sender } | null = null;
  /** One buffer for all records: decoders keep a view of the buffer at hand. */
  #buffer: Uint8Array = new Uint8Array(65_536);
  #settledRecords = 0;
  #hasExports = false;
  /** Looks taken in the second `lookSecond`. */
  #looks = 0;
  #lookSecond = 0;

  constructor(decoding: LiveDecoding, mostSenders: number = MOST_SENDERS) {
    this.#decoding = decoding;
    this.#mostSenders = mostSenders;
    this.#exports = new ExportDatagramDecoder(decoding.writer, this.#exportStats, decoding.context.memory);
  }

  /** Records read so far, without those of decoders that are not at their end. */
  get records(): number {
    return this.#settledRecords + this.#exportStats.records;
  }

  /** What gaps in sequence numbers say did not arrive, so far. */
  get lost(): number {
    let lost = 0;
    for (const count of this.#exportStats.lost.values()) lost += count;
    return lost;
  }

  record(bytes: Uint8Array, peer: string, receivedAt: number): void {
    const forced = this.#decoding.choice.named;
    if (forced === FLOW_EXPORT || (forced === null && bytes[0] === 0)) this.#export(bytes, peer, receivedAt);
    else this.#decode(bytes, this.#senderOf(peer), receivedAt);
  }

  /** The source is over. */
  end(): void {
    for (const sender of this.#senders.values()) this.#settle(sender);
    this.#senders.clear();
    this.#latest = null;
    this.#exports.finish();
    if (this.#hasExports) this.#decoding.tally.settle(FLOW_EXPORT, this.#exportStats);
  }

  /** No text, and no protobuf, begins with a zero octet; each version of flow export does. */
  #export(bytes: Uint8Array, peer: string, receivedAt: number): void {
    this.#hasExports = true;
    this.#decoding.tally.came(FLOW_EXPORT, bytes);
    const length = this.#copy(bytes);
    this.#exports.datagram(this.#buffer, 0, length, peer, receivedAt);
  }

  #decode(bytes: Uint8Array, sender: Sender, receivedAt: number): void {
    if (sender.format === null || sender.format === SYSLOG) this.#recognise(bytes, sender, receivedAt);
    const { format, decoder } = sender;
    if (format === null || decoder === null) {
      this.unrecognised++;
      return;
    }
    this.#decoding.tally.came(format, bytes);
    const before = decoder.stats.records;
    const length = format === GOFLOW2 && isBareMessage(bytes) ? this.#copyDelimited(bytes) : this.#copy(bytes);
    decoder.push(this.#buffer, 0, length);
    this.#settledRecords += decoder.stats.records - before;
  }

  /** Finds the format of a sender that has none, or whose lines are only known to be some syslog so far. */
  #recognise(bytes: Uint8Array, sender: Sender, receivedAt: number): void {
    const { choice, writer, context } = this.#decoding;
    const second = Math.floor(receivedAt);
    if (second !== this.#lookSecond) this.#looks = 0;
    this.#lookSecond = second;
    if (choice.named === null && this.#looks++ >= LOOKS_PER_SECOND) return;
    const format = choice.of(bytes) ?? (isBareMessage(bytes) ? GOFLOW2 : null);
    if (format === null || format === sender.format) return;
    // What is no log at all does not make a sender of logs another
    if (sender.format === SYSLOG && !SYSLOG_FORMATS.includes(format)) return;
    this.#settle(sender);
    sender.format = format;
    sender.decoder = format.decoder(writer, context);
  }

  #senderOf(key: string): Sender {
    if (this.#latest?.key === key) return this.#latest.sender;
    const known = this.#senders.get(key);
    if (known !== undefined) this.#senders.delete(key);
    else if (this.#senders.size >= this.#mostSenders) this.#forgetOldest();
    const sender = known ?? { format: null, decoder: null };
    this.#senders.set(key, sender);
    this.#latest = { key, sender };
    return sender;
  }

  #forgetOldest(): void {
    for (const [key, sender] of this.#senders) {
      this.#settle(sender);
      this.#senders.delete(key);
      this.forgotten++;
      return;
    }
  }

  #settle({ format, decoder }: Sender): void {
    if (format === null || decoder === null) return;
    decoder.end(this.#buffer, 0, 0);
    this.#decoding.tally.settle(format, decoder.stats);
  }

  /** Puts a record into the buffer; its octets. */
  #copy(bytes: Uint8Array): number {
    if (bytes.length > this.#buffer.length) this.#buffer = new Uint8Array(2 * bytes.length);
    this.#buffer.set(bytes, 0);
    return bytes.length;
  }

  /** Puts a message into the buffer with its length before it, as protobuf streams have it; octets of both. */
  #copyDelimited(bytes: Uint8Array): number {
    if (bytes.length + 2 > this.#buffer.length) this.#buffer = new Uint8Array(2 * bytes.length + 2);
    let at = 0;
    let rest = bytes.length;
    for (; rest >= 128; rest >>>= 7) this.#buffer[at++] = (rest & 127) | 128;
    this.#buffer[at++] = rest;
    this.#buffer.set(bytes, at);
    return at + bytes.length;
  }
}
