/** Makes sFlow version 5 datagrams word by word, as the specification writes them, for tests. */

export interface SflowHeader {
  readonly agent?: readonly number[];
  readonly subAgent?: number;
  readonly sequence?: number;
  /** Milliseconds. */
  readonly uptime?: number;
  /** Where it should lie. */
  readonly samples?: number;
}

/** A datagram around samples. The agent is words: one for IPv4, four for IPv6, none for an unknown one. */
export function sflowDatagram(header: SflowHeader, samples: readonly Uint8Array[]): Uint8Array {
  const agent = header.agent ?? [0x0a000001];
  const kind = agent.length === 1 ? 1 : agent.length === 4 ? 2 : 0;
  const head = words(5, kind, ...agent, header.subAgent ?? 0, header.sequence ?? 1, header.uptime ?? 0, header.samples ?? samples.length);
  return join([head, ...samples]);
}

export interface SampleFields {
  readonly sequence?: number;
  readonly source?: number;
  readonly rate?: number;
  readonly drops?: number;
  /** Format of the output interface in the upper two bits. */
  readonly output?: number;
}

/** A flow sample (enterprise 0, format 1). */
export function flowSample(fields: SampleFields, records: readonly Uint8Array[]): Uint8Array {
  const { sequence = 1, source = 7, rate = 1, drops = 0, output = 2 } = fields;
  return block(1, join([words(sequence, source, rate, rate * sequence, drops, 1, output, records.length), ...records]));
}

/** An expanded flow sample (format 3): the output is `[format, value]`. */
export function expandedSample(fields: SampleFields & { readonly outputFormat?: number }, records: readonly Uint8Array[]): Uint8Array {
  const { sequence = 1, source = 7, rate = 1, drops = 0, output = 2, outputFormat = 0 } = fields;
  const head = words(sequence, 0, source, rate, rate * sequence, drops, 0, 1, outputFormat, output, records.length);
  return block(3, join([head, ...records]));
}

/** A discarded packet (format 5). */
export function discardedSample(fields: SampleFields, reason: number, records: readonly Uint8Array[]): Uint8Array {
  const { sequence = 1, source = 7, drops = 0, output = 0 } = fields;
  return block(5, join([words(sequence, 0, source, drops, 1, output, reason, records.length), ...records]));
}

/** A counters sample (format 2) with no counters. */
export function countersSample(sequence: number): Uint8Array {
  return block(2, words(sequence, 7, 0));
}

/** A sampled header (record format 1): the first octets of a packet, of which `stripped` more were taken off. */
export function rawHeader(header: Uint8Array, protocol = 1, length = header.length + 4, stripped = 4): Uint8Array {
  const padded = new Uint8Array((header.length + 3) & ~3);
  padded.set(header);
  return block(1, join([words(protocol, length, stripped, header.length), padded]));
}

/** Sampled IPv4 fields (record format 3): length, protocol, addresses, ports, TCP flags, type of service. */
export function ipv4Fields(...fields: readonly [number, number, number, number, number, number, number, number]): Uint8Array {
  return block(3, words(...fields));
}

/** A sample or record: its format, its length, and what it holds. */
export function block(format: number, body: Uint8Array): Uint8Array {
  return join([words(format, body.length), body]);
}

/** Words in network order. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return bytes;
}

/** Octets one behind the other. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
