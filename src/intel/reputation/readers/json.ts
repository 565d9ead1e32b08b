/**
 * JSON whose addresses stand in arrays of texts, in members that are named for them, or as names themselves; and the same as one object a
 * line (NDJSON), which is how Spamhaus serves DROP (`cidr`, and a last line of metadata with its `timestamp`).
 */
import type { ReadingBuilder, ReadingOptions } from "./reading.ts";
import { parseTimestamp } from "./stated-date.ts";

/** Octets of one JSON document: it becomes objects of several times its size. Lists that are larger come as text or as lines. */
export const MAX_JSON_OCTETS = 256 * 1024 * 1024;
/** Nesting that is followed. */
const MAX_DEPTH = 32;
/** Members that hold addresses, letters and digits only, as Spamhaus, AWS, Google, Azure, GitHub, abuse.ch and AbuseIPDB name them. */
const ADDRESS_MEMBERS = new Set([
  ..."ip ips ipaddress ipaddresses address addresses addr cidr cidrs network networks netblock subnet prefix prefixes iprange ipranges range".split(
    " ",
  ),
  ..."ipv4 ipv6 ipprefix ipv6prefix ipv4prefix addressprefixes srcip sourceip dstip ioc iocvalue indicator host hosts".split(" "),
]);
const DATE_MEMBERS = [
  "timestamp",
  "updated",
  "last_updated",
  "lastupdated",
  "updated_at",
  "generated",
  "generatedat",
  "generated_at",
  "last_modified",
  "modified",
  "creationtime",
  "createdate",
  "date",
];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text as an address, network or range; takes it as entry, or counts it as foreign or unparsed by its number. */
export function takeText(text: string, builder: ReadingBuilder): void {
  const trimmed = text.trim();
  const bytes = encoder.encode(trimmed.slice(0, 512));
  if (takeWhole(bytes, builder)) return;
  builder.other(bytes, 0, bytes.length, numberOf(builder), null);
}

/** Takes octets that are a network as a whole, or an address with a port. */
function takeWhole(bytes: Uint8Array, builder: ReadingBuilder): boolean {
  const isBracketed = bytes[0] === 91;
  const next = builder.scanner.scan(bytes, isBracketed ? 1 : 0, bytes.length);
  if (next < 0 || (next < bytes.length && bytes[next] !== (isBracketed ? 93 : 58))) return false;
  builder.take();
  return true;
}

/** The document, or null with the builder's refusal. */
export function parseJson(bytes: Uint8Array, builder: ReadingBuilder): unknown {
  if (bytes.length > MAX_JSON_OCTETS) builder.refused = `is JSON of more than ${MAX_JSON_OCTETS} octets`;
  else {
    try {
      return JSON.parse(decoder.decode(bytes)) as unknown;
    } catch (error) {
      builder.refused = `is broken JSON: ${error instanceof Error ? error.message.slice(0, 120) : "unreadable"}`;
    }
  }
  return null;
}

export function readJson(bytes: Uint8Array, builder: ReadingBuilder, options: ReadingOptions): void {
  const work = options.member?.includes(".") === true ? path(options.member.split(".")) : named(options.member);
  if (isLines(bytes)) {
    readLines(bytes, builder, (value) => work(value, builder));
    return;
  }
  const document = parseJson(bytes, builder);
  if (builder.refused !== null) return;
  builder.dataDate = dateOf(document);
  work(document, builder);
}

type Work = (value: unknown, builder: ReadingBuilder) => void;

/** All texts below the members of that name; without one, of the names that hold addresses, of arrays of texts, and names themselves. */
function named(member: string | undefined): Work {
  const isWanted = (name: string): boolean =>
    member === undefined ? ADDRESS_MEMBERS.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, "")) : name === member;
  const walk = (value: unknown, wanted: boolean, depth: number, builder: ReadingBuilder): void => {
    if (depth > MAX_DEPTH) builder.fault(numberOf(builder), null, "nested too deep");
    else if (typeof value === "string") {
      if (wanted) takeText(value, builder);
    } else if (Array.isArray(value)) {
      for (const one of value) walk(one, wanted || (member === undefined && typeof one === "string" && depth <= 2), depth + 1, builder);
    } else if (value !== null && typeof value === "object") {
      for (const [name, inner] of Object.entries(value)) {
        if (member === undefined && looksNumeric(name) && takeWhole(encoder.encode(name), builder)) continue;
        walk(inner, isWanted(name), depth + 1, builder);
      }
    }
  };
  return (value, builder) => walk(value, false, 0, builder);
}

/** All texts at the end of a path; arrays on the way are gone through. */
function path(names: readonly string[]): Work {
  const walk = (value: unknown, at: number, depth: number, builder: ReadingBuilder): void => {
    if (depth > MAX_DEPTH) builder.fault(numberOf(builder), null, "nested too deep");
    else if (Array.isArray(value)) for (const one of value) walk(one, at, depth + 1, builder);
    else if (at === names.length) {
      if (typeof value === "string") takeText(value, builder);
    } else if (value !== null && typeof value === "object" && Object.hasOwn(value, names[at] ?? "")) {
      walk((value as Record<string, unknown>)[names[at] ?? ""], at + 1, depth + 1, builder);
    }
  };
  return (value, builder) => walk(value, 0, 0, builder);
}

/** Whether it is more than one document, a line each: a whole one ends on the first line, and another begins on the second. */
function isLines(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(10);
  if (end < 0 || !hasMore(bytes, end)) return false;
  try {
    JSON.parse(decoder.decode(bytes.subarray(0, Math.min(end, 1 << 20))));
    return true;
  } catch {
    return false;
  }
}

function hasMore(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i]! > 32) return true;
  return false;
}

function readLines(bytes: Uint8Array, builder: ReadingBuilder, work: (value: unknown) => void): void {
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    line++;
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found;
    const offset = start;
    start = end + 1;
    if (!hasMore(bytes.subarray(offset, end), 0)) continue;
    let value: unknown;
    try {
      value = JSON.parse(decoder.decode(bytes.subarray(offset, end)));
    } catch {
      builder.fault(offset, line, "broken JSON");
      continue;
    }
    // Only metadata date the whole: the dates of entries are theirs
    if (isMetadata(value)) {
      builder.dataDate = dateOf(value) ?? builder.dataDate;
      continue;
    }
    const before = builder.entries + builder.foreign + builder.unparsed + builder.passedOver;
    work(value);
    if (builder.entries + builder.foreign + builder.unparsed + builder.passedOver === before) builder.foreign++;
  }
}

function isMetadata(value: unknown): boolean {
  return value !== null && typeof value === "object" && (value as { type?: unknown }).type === "metadata";
}

function dateOf(document: unknown): number | null {
  if (document === null || typeof document !== "object" || Array.isArray(document)) return null;
  const { meta, metadata } = document as { meta?: unknown; metadata?: unknown };
  for (const holder of [document, meta, metadata]) {
    if (holder === null || typeof holder !== "object") continue;
    const members = new Map(Object.entries(holder).map(([name, value]) => [name.toLowerCase(), value as unknown]));
    for (const name of DATE_MEMBERS) {
      const date = parseTimestamp(members.get(name));
      if (date !== null) return date;
    }
  }
  return null;
}

function looksNumeric(name: string): boolean {
  return name.length >= 2 && name.length <= 64 && /^[0-9a-fA-F:]/.test(name) && /[.:]/.test(name);
}

/** The number of the value, from 0. */
function numberOf({ entries, foreign, unparsed, passedOver }: ReadingBuilder): number {
  return entries + foreign + unparsed + passedOver;
}
