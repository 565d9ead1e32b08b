/** Datagrams of NetFlow v5, v9 and IPFIX made by hand, as exporters send them. */
import { DecodeStats, ObservationWriter } from "../format.ts";
import { type Row, rowOf } from "../decode-whole.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { ExportDatagramDecoder } from "./datagram.ts";

/** 2 November 2013, 01:00 UTC. */
export const SENT = 1_383_354_000;
/** Milliseconds that the exporters of the tests were up when they sent. */
export const UPTIME = 3_600_000;

/** Element, octets (-1: variable), enterprise. */
export type Field = readonly [element: number, length: number, enterprise?: number];
/** Unsigned integers, or octets as they stand. */
export type Value = number | Uint8Array;

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** `value` in `length` octets, big-endian. */
export function unsigned(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256);
}

/** Octets of an IPv6 address of four words. */
export function address6(...words: readonly number[]): Uint8Array {
  return join(...words.map((word) => unsigned(word, 4)));
}

export interface Record5 {
  readonly source?: number;
  readonly destination?: number;
  readonly packets?: number;
  readonly octets?: number;
  readonly first?: number;
  readonly last?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly flags?: number;
  readonly protocol?: number;
  readonly tos?: number;
}

export interface Header {
  readonly sequence?: number;
  readonly uptime?: number;
  readonly sent?: number;
  readonly domain?: number;
  readonly sampling?: number;
}

/** A NetFlow v5 datagram. */
export function netflow5(header: Header, records: readonly Record5[]): Uint8Array {
  return join(
    unsigned(5, 2),
    unsigned(records.length, 2),
    unsigned(header.uptime ?? UPTIME, 4),
    unsigned(header.sent ?? SENT, 4),
    unsigned(0, 4),
    unsigned(header.sequence ?? 0, 4),
    unsigned(header.domain ?? 0, 2),
    unsigned(header.sampling ?? 0, 2),
    ...records.map((record) =>
      join(
        unsigned(record.source ?? 0xc0000201, 4),
        unsigned(record.destination ?? 0xc6336402, 4),
        unsigned(0, 8),
        unsigned(record.packets ?? 1, 4),
        unsigned(record.octets ?? 40, 4),
        unsigned(record.first ?? UPTIME - 2000, 4),
        unsigned(record.last ?? UPTIME - 1000, 4),
        unsigned(record.sourcePort ?? 40_000, 2),
        unsigned(record.destinationPort ?? 445, 2),
        unsigned(0, 1),
        unsigned(record.flags ?? 2, 1),
        unsigned(record.protocol ?? 6, 1),
        unsigned(record.tos ?? 0, 1),
        unsigned(0, 8),
      ),
    ),
  );
}

/** A set: id, length and body. */
export function set(id: number, ...body: readonly Uint8Array[]): Uint8Array {
  const octets = join(...body);
  return join(unsigned(id, 2), unsigned(4 + octets.length, 2), octets);
}

function specifier([element, length, enterprise]: Field): Uint8Array {
  const octets = unsigned(length < 0 ? 0xffff : length, 2);
  if (enterprise === undefined) return join(unsigned(element, 2), octets);
  return join(unsigned(element | 0x8000, 2), octets, unsigned(enterprise, 4));
}

/** A template record. */
export function template(id: number, fields: readonly Field[]): Uint8Array {
  return join(unsigned(id, 2), unsigned(fields.length, 2), ...fields.map(specifier));
}

/** An options template record of NetFlow v9: scope types and elements. */
export function optionsTemplate9(id: number, scopes: readonly Field[], fields: readonly Field[]): Uint8Array {
  return join(unsigned(id, 2), unsigned(4 * scopes.length, 2), unsigned(4 * fields.length, 2), ...[...scopes, ...fields].map(specifier));
}

/** An options template record of IPFIX. */
export function optionsTemplate10(id: number, scopes: readonly Field[], fields: readonly Field[]): Uint8Array {
  return join(
    unsigned(id, 2),
    unsigned(scopes.length + fields.length, 2),
    unsigned(scopes.length, 2),
    ...[...scopes, ...fields].map(specifier),
  );
}

/** A data record of these fields. */
export function record(fields: readonly Field[], values: readonly Value[]): Uint8Array {
  return join(
    ...fields.map(([, length], i) => {
      const value = values[i] ?? 0;
      if (length >= 0) return typeof value === "number" ? unsigned(value, length) : value;
      const octets = typeof value === "number" ? unsigned(value, 4) : value;
      return join(octets.length < 255 ? unsigned(octets.length, 1) : join(unsigned(255, 1), unsigned(octets.length, 2)), octets);
    }),
  );
}

/** A NetFlow v9 datagram. */
export function netflow9(header: Header, ...sets: readonly Uint8Array[]): Uint8Array {
  return join(
    unsigned(9, 2),
    unsigned(sets.length, 2),
    unsigned(header.uptime ?? UPTIME, 4),
    unsigned(header.sent ?? SENT, 4),
    unsigned(header.sequence ?? 0, 4),
    unsigned(header.domain ?? 0, 4),
    ...sets,
  );
}

/** An IPFIX message. */
export function ipfix(header: Header, ...sets: readonly Uint8Array[]): Uint8Array {
  const body = join(...sets);
  return join(
    unsigned(10, 2),
    unsigned(16 + body.length, 2),
    unsigned(header.sent ?? SENT, 4),
    unsigned(header.sequence ?? 0, 4),
    unsigned(header.domain ?? 0, 4),
    body,
  );
}

/** The fields of a plain flow: addresses, ports, protocol, flags, packets, octets, first and last by uptime. */
export const PLAIN: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
];
/** 192.0.2.1:0 → 198.51.100.2:445, a SYN of 44 octets, two seconds before it was sent. */
export const PROBE: readonly Value[] = [0xc0000201, 0xc6336402, 0, 445, 6, 2, 1, 44, UPTIME - 2000, UPTIME - 2000];

/** A decoder of datagrams that come from an exporter, a second apart, and what came of them. */
export class Collector {
  readonly stats: DecodeStats = new DecodeStats();
  readonly rows: Row[] = [];
  readonly decoder: ExportDatagramDecoder;
  readonly #writer: ObservationWriter;

  constructor(memory: Map<string, unknown> = new Map()) {
    this.#writer = new ObservationWriter(new ObservationBatch(8), (batch) => {
      for (let row = 0; row < batch.length; row++) this.rows.push(rowOf(batch, row));
      batch.length = 0;
      return batch;
    });
    this.decoder = new ExportDatagramDecoder(this.#writer, this.stats, memory);
  }

  /** Hands a datagram over and returns the rows that it brought. */
  receive(datagram: Uint8Array, exporter: string = "192.0.2.254", receivedAt: number = SENT): readonly Row[] {
    const before = this.rows.length;
    this.decoder.datagram(datagram, 0, datagram.length, exporter, receivedAt);
    this.#writer.flush();
    return this.rows.slice(before);
  }
}
