/**
 * A user's own MaxMind DB (maxmind.github.io/MaxMind-DB, version 2.0): GeoLite2 and GeoIP2 ASN, ISP, Country, City, Enterprise; DB-IP, which has the
 * same fields; IPinfo, whose fields are flat; ip-location-db. What a record holds is found by its fields, not by the name of the file.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import type * as MaxMind from "maxmind";
import { DatabaseError } from "../model/errors.ts";
import type { NetworkKind } from "../model/label.ts";

const require = createRequire(import.meta.url);

/** Characters of an operator's name that are kept. */
const LONGEST_NAME = 200;

/** What one database says of an address; null where it does not tell. */
export interface DatabaseEntry {
  readonly asn: number | null;
  readonly name: string | null;
  readonly country: string | null;
  readonly kind: NetworkKind | null;
}

/**
 * Words of `user_type` and `connection_type` (dev.maxmind.com/geoip/docs/databases/enterprise, /connection-type), and of `type`, `as_type`
 * and `asn_type` (ipinfo.io/developers/database-types).
 */
const KINDS: ReadonlyMap<string, NetworkKind> = new Map([
  ["hosting", "hosting"],
  ["content_delivery_network", "content"],
  ["cdn", "content"],
  ["isp", "access"],
  ["residential", "access"],
  ["dialup", "access"],
  ["cable/dsl", "access"],
  ["cellular", "mobile"],
  ["mobile", "mobile"],
  ["college", "education"],
  ["school", "education"],
  ["library", "education"],
  ["education", "education"],
  ["government", "government"],
  ["military", "government"],
  ["business", "business"],
]);

/** One file, whole in memory. */
export class UserDatabase {
  readonly list: string;
  /** ISO date on which it was built. */
  readonly date: string | null;
  readonly #reader: { get(address: string): unknown };

  /** @throws DatabaseError where the file cannot be read or is no MaxMind DB. */
  constructor(path: string) {
    let octets: ReturnType<typeof readFileSync>;
    try {
      octets = readFileSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const reason =
        code === "ENOENT" ? "no such file" : code === "EACCES" ? "may not be read" : code === "EISDIR" ? "is a folder" : String(code);
      throw new DatabaseError(path, reason, error);
    }
    try {
      const maxmind = require("maxmind") as typeof MaxMind;
      const reader = new maxmind.Reader(octets);
      const { databaseType, buildEpoch, nodeCount } = reader.metadata;
      if (!(nodeCount > 0) || typeof databaseType !== "string") throw new Error("no metadata");
      this.list = `${printable(databaseType)} (${basename(path)})`;
      this.date = Number.isNaN(buildEpoch.getTime()) ? null : buildEpoch.toISOString().slice(0, 10);
      this.#reader = reader;
      // A tree that is cut off shows at the first step.
      reader.get("192.0.2.1");
    } catch (error) {
      throw new DatabaseError(path, "is no MaxMind DB (.mmdb), or is cut off", error);
    }
  }

  /** What the database says; null where it says nothing that is understood, or a record is damaged. */
  lookup(address: string): DatabaseEntry | null {
    try {
      return entryOf(this.#reader.get(address));
    } catch {
      return null;
    }
  }
}

/** The fields of a record, whatever its maker calls them. */
export function entryOf(record: unknown): DatabaseEntry | null {
  const all = fieldsOf(record);
  const traits = fieldsOf(all["traits"]);
  const asn = asnOf(all["autonomous_system_number"] ?? traits["autonomous_system_number"] ?? all["asn"] ?? all["as_number"]);
  const named =
    all["autonomous_system_organization"] ??
    traits["autonomous_system_organization"] ??
    all["as_name"] ??
    all["as_organization"] ??
    all["isp"] ??
    traits["isp"] ??
    // IPinfo's ASN database calls it so; elsewhere a name may be anything's.
    (asn === null ? undefined : all["name"]);
  const name = typeof named === "string" && named.trim() !== "" ? printable(named) : null;
  const country =
    codeOf(fieldsOf(all["country"])["iso_code"]) ??
    codeOf(all["country_code"]) ??
    codeOf(all["country"]) ??
    codeOf(fieldsOf(all["registered_country"])["iso_code"]);
  const kind = kindOf([
    traits["user_type"],
    all["user_type"],
    all["connection_type"],
    traits["connection_type"],
    all["as_type"],
    all["asn_type"],
    all["type"],
  ]);
  return asn === null && name === null && country === null && kind === null ? null : { asn, name, country, kind };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** 13335, "13335", "AS13335" → 13335. */
function asnOf(value: unknown): number | null {
  const number =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^(?:AS)?\d{1,10}$/i.test(value)
        ? Number(value.replace(/^AS/i, ""))
        : 0;
  return Number.isInteger(number) && number > 0 && number <= 0xffff_ffff ? number : null;
}

function codeOf(value: unknown): string | null {
  return typeof value === "string" && /^[A-Z]{2}$/.test(value) ? value : null;
}

/** The first word that is known; those before it that are not, decide nothing. */
function kindOf(values: readonly unknown[]): NetworkKind | null {
  for (const value of values) {
    const kind = typeof value === "string" ? KINDS.get(value.toLowerCase()) : undefined;
    if (kind !== undefined) return kind;
  }
  return null;
}

/** A file may hold anything; terminals obey control characters. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, " ").trim().slice(0, LONGEST_NAME);
}
