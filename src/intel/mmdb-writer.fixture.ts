/** Writes small MaxMind DBs (maxmind.github.io/MaxMind-DB) for tests: IPv6 trees of 28-bit records, with IPv4 below ::/96. */
import { parseNetwork } from "../model/address.ts";

export type MmdbValue = string | number | boolean | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };

const SEPARATOR = 16;

/** A database of networks with a record each. */
export function writeMmdb(
  type: string,
  buildEpoch: number,
  entries: readonly (readonly [network: string, record: MmdbValue])[],
): Uint8Array {
  // A node is [left, right]; a side is a node, an index of data, or nothing.
  type Side = number | { readonly data: number } | null;
  const nodes: [Side, Side][] = [[null, null]];
  const data: number[] = [];
  for (const [text, record] of entries) {
    const network = parseNetwork(text);
    if (network === null) throw new Error(text);
    const bits = network.family === 4 ? network.bits + 96 : network.bits;
    const offset = data.length;
    data.push(...encode(record));
    let node = 0;
    for (let depth = 0; depth < bits; depth++) {
      const side = ((network.words[depth >> 5] ?? 0) >>> (31 - (depth & 31))) & 1;
      const pair = nodes[node]!;
      if (depth === bits - 1) pair[side] = { data: offset };
      else {
        let next = pair[side] ?? null;
        if (typeof next !== "number") {
          next = nodes.push([null, null]) - 1;
          pair[side] = next;
        }
        node = next;
      }
    }
  }
  const value = (side: Side): number =>
    side === null ? nodes.length : typeof side === "number" ? side : nodes.length + SEPARATOR + side.data;
  const tree = nodes.flatMap(([left, right]) => {
    const [a, b] = [value(left), value(right)];
    return [(a >> 16) & 255, (a >> 8) & 255, a & 255, ((a >> 20) & 0xf0) | ((b >> 24) & 15), (b >> 16) & 255, (b >> 8) & 255, b & 255];
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: buildEpoch,
    database_type: type,
    description: { en: "made for a test" },
    ip_version: 6,
    languages: ["en"],
    node_count: nodes.length,
    record_size: 28,
  });
  const marker = [0xab, 0xcd, 0xef, ...new TextEncoder().encode("MaxMind.com")];
  return Uint8Array.from([...tree, ...new Array<number>(SEPARATOR).fill(0), ...data, ...marker, ...metadata]);
}

function encode(value: MmdbValue): number[] {
  if (typeof value === "string") {
    const octets = new TextEncoder().encode(value);
    return [...control(2, octets.length), ...octets];
  }
  if (typeof value === "boolean") return control(14, value ? 1 : 0);
  if (typeof value === "number") return [...control(6, 4), value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  if (Array.isArray(value)) return [...control(11, value.length), ...(value as readonly MmdbValue[]).flatMap(encode)];
  const pairs = Object.entries(value as Readonly<Record<string, MmdbValue>>);
  return [...control(7, pairs.length), ...pairs.flatMap(([key, one]) => [...encode(key), ...encode(one)])];
}

/** Type and size: up to 28 in the octet itself, up to 284 in one more. */
function control(type: number, size: number): number[] {
  const low = size < 29 ? size : 29;
  return [type > 7 ? low : (type << 5) | low, ...(type > 7 ? [type - 7] : []), ...(size < 29 ? [] : [size - 29])];
}
