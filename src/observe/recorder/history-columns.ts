/** The recorder's tables as columns of history. */
import { hashIPv6 } from "../../model/address.ts";
import type { ActivityColumns, LivenessRow } from "../../model/history.ts";
import type { AddressNames } from "../address-names.ts";
import type { ActivityRows } from "./activity-rows.ts";
import type { Intervals } from "./intervals.ts";
import { FOLDED } from "./traffic-sorter.ts";

/** The autonomous system of an address in four words (IPv4 as ::ffff:a.b.c.d), 0 where none is known. */
export type AsnOf = (a: number, b: number, c: number, d: number) => number;

/** Third word of an IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;
const NETWORK_6 = 0x8000_0000;
/** Words of the address in hand. */
const WORDS = new Uint32Array(4);

export function activityColumns(rows: ActivityRows, intervals: Intervals, names: AddressNames, asnOf: AsnOf): ActivityColumns {
  const length = rows.length - 1;
  const interval = new Uint32Array(length);
  const source = new Uint8Array(16 * length);
  const addresses = new DataView(source.buffer);
  const asn = new Uint32Array(length);
  const transport = new Uint16Array(length);
  const port = new Int32Array(length);
  const technique = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    const row = at + 1;
    const key = rows.key[row]!;
    interval[at] = intervals.start[rows.interval[row]!]!;
    transport[at] = key >>> 22;
    port[at] = ((key >>> 5) & 0x1ffff) - 1;
    technique[at] = (key >>> 1) & 15;
    if (technique[at] === FOLDED) continue;
    addressWords(rows.source[row]!, (key & 1) === 1, names);
    for (let word = 0; word < 4; word++) addresses.setUint32(16 * at + 4 * word, WORDS[word]!);
    asn[at] = asnOf(WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!);
  }
  return {
    length,
    interval,
    source,
    asn,
    transport,
    port,
    technique,
    packets: rows.packets.slice(1, length + 1),
    sourcePortZero: rows.sourcePortZero.slice(1, length + 1),
    targets: rows.targets.slice(1, length + 1),
  };
}

export function livenessRows(intervals: Intervals): LivenessRow[] {
  return Array.from({ length: intervals.length }, (_, number) => ({
    interval: intervals.start[number]!,
    observations: intervals.observations[number]!,
    lost: intervals.lost[number]!,
    folded: intervals.folded[number]!,
  }));
}

/** The autonomous system of a source by its word. */
export function asnOfSource(word: number, isSix: boolean, names: AddressNames, asnOf: AsnOf): number {
  if (!isSix) return asnOf(0, 0, MAPPED, word);
  addressWords(word, true, names);
  return asnOf(WORDS[0]!, WORDS[1]!, WORDS[2]!, WORDS[3]!);
}

/** The network of a source: the upper 24 bits of IPv4, or a hash of its /48 with the highest bit, so that the two do not meet. */
export function networkOf(word: number, isSix: boolean, names: AddressNames): number {
  if (!isSix) return word >>> 8;
  addressWords(word, true, names);
  return (hashIPv6(WORDS[0]!, WORDS[1]! >>> 16, 0, 0) | NETWORK_6) >>> 0;
}

function addressWords(word: number, isSix: boolean, names: AddressNames): void {
  if (isSix) {
    names.copyWords(word, WORDS, 0);
    return;
  }
  WORDS[0] = 0;
  WORDS[1] = 0;
  WORDS[2] = MAPPED;
  WORDS[3] = word;
}
