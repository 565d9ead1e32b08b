/** Decodes an input held in memory into plain rows: what tests, fuzzing and one-off tools need. The hot path is batches; see `format.ts`. */
import { formatIPv4, formatIPv6 } from "../model/address.ts";
import { ObservationBatch, QUIRK_QUOTES_PACKET } from "../model/observation.ts";
import { type DecodeContext, type DecodeStats, type Format, freshContext, ObservationWriter } from "./format.ts";

/** One observation as an object: the columns of {@link ObservationBatch}, addresses as text. */
export interface Row {
  readonly time: number;
  readonly family: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcpFlags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: number;
  readonly optionsHash: number;
  readonly mss: number;
  readonly bytes: number;
  readonly payload: number;
  readonly packets: number;
  readonly ttl: number;
  readonly tos: number;
  readonly ipId: number;
  readonly fragment: number;
  readonly grade: number;
  readonly quirks: number;
  readonly tunnels: number;
  readonly record: number;
  readonly action: number;
  readonly duration: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** What an ICMP error quotes, or null. */
  readonly quoted: Quoted | null;
}

export interface Quoted {
  readonly destination: string;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface Decoded {
  readonly rows: readonly Row[];
  readonly stats: DecodeStats;
  /** The largest rest that the decoder left unused between two calls, octets. */
  readonly largestRest: number;
}

/**
 * Decodes `bytes` as `format`, `step` octets arriving at a time (all at once where left out), in a buffer that is overwritten between
 * calls, as callers do.
 * @throws Error where the decoder breaks its contract: claims more than it got, or asks for more with a whole record in hand.
 */
export function decodeWhole(
  format: Format,
  bytes: Uint8Array,
  step: number = bytes.length,
  capacity: number = 256,
  context: DecodeContext = freshContext(),
): Decoded {
  const rows: Row[] = [];
  const writer = new ObservationWriter(new ObservationBatch(capacity), (batch) => {
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    batch.length = 0;
    return batch;
  });
  const decoder = format.decoder(writer, context);
  let buffer = new Uint8Array(step + 64);
  let rest = 0;
  let largestRest = 0;
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.subarray(at, at + step);
    if (rest + chunk.length > buffer.length) {
      const larger = new Uint8Array(2 * (rest + chunk.length));
      larger.set(buffer.subarray(0, rest));
      buffer = larger;
    }
    buffer.set(chunk, rest);
    const end = rest + chunk.length;
    const used = decoder.push(buffer, 0, end);
    if (used < 0 || used > end) throw new Error(`${format.name}: used ${used} of ${end} octets`);
    buffer.copyWithin(0, used, end);
    rest = end - used;
    buffer.fill(0xa5, rest);
    if (rest > largestRest) largestRest = rest;
    if (rest > format.maxRecord) throw new Error(`${format.name}: leaves ${rest} octets, more than a record of ${format.maxRecord}`);
  }
  decoder.end(buffer, 0, rest);
  writer.flush();
  return { rows, stats: decoder.stats, largestRest };
}

/** Row `row` of a batch as an object. */
export function rowOf(batch: ObservationBatch, row: number): Row {
  const six = batch.family[row] === 6;
  const address = (four: Uint32Array, words: Uint32Array): string =>
    six
      ? formatIPv6(words[4 * row] ?? 0, words[4 * row + 1] ?? 0, words[4 * row + 2] ?? 0, words[4 * row + 3] ?? 0)
      : formatIPv4(four[row] ?? 0);
  const at = (column: ArrayLike<number>): number => column[row] ?? 0;
  const quotes = (at(batch.quirks) & QUIRK_QUOTES_PACKET) !== 0;
  return {
    time: at(batch.time),
    family: at(batch.family),
    source: address(batch.source, batch.source6),
    destination: address(batch.destination, batch.destination6),
    protocol: at(batch.protocol),
    sourcePort: at(batch.sourcePort),
    destinationPort: at(batch.destinationPort),
    tcpFlags: at(batch.tcpFlags),
    sequence: at(batch.sequence),
    acknowledgement: at(batch.acknowledgement),
    window: at(batch.window),
    urgent: at(batch.urgent),
    options: at(batch.options),
    optionsHash: at(batch.optionsHash),
    mss: at(batch.mss),
    bytes: at(batch.bytes),
    payload: at(batch.payload),
    packets: at(batch.packets),
    ttl: at(batch.ttl),
    tos: at(batch.tos),
    ipId: at(batch.ipId),
    fragment: at(batch.fragment),
    grade: at(batch.grade),
    quirks: at(batch.quirks),
    tunnels: at(batch.tunnels),
    record: at(batch.record),
    action: at(batch.action),
    duration: at(batch.duration),
    icmpType: at(batch.icmpType),
    icmpCode: at(batch.icmpCode),
    quoted: quotes
      ? {
          destination: address(batch.quotedDestination, batch.quotedDestination6),
          protocol: at(batch.quotedProtocol),
          sourcePort: at(batch.quotedSourcePort),
          destinationPort: at(batch.quotedDestinationPort),
        }
      : null,
  };
}
