/**
 * Network (ASN, operator) and country of an address, from the databases that the npm packages of ip-location-db ship.
 * Country is where the address is registered: weak evidence, shown and never scored.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as MaxMind from "maxmind";
import { parseIPv4, parseIPv6 } from "../model/address.ts";
import type { NetworkLabel } from "../model/label.ts";
import { announcedSpace } from "./announced-space.ts";
import { RangeFile } from "./range-file.ts";
import { networkKind } from "./network-kind.ts";
import { isBogon } from "./special-purpose.ts";
import type { UserDatabase } from "./user-database.ts";

const ASN_PACKAGE = "@ip-location-db/asn";
const COUNTRY_PACKAGE = "@ip-location-db/geo-whois-asn-country-mmdb";
/** Labels kept, oldest out first: about 1 MB. */
const CACHED_LABELS = 4096;

const require = createRequire(import.meta.url);

/** A data package as installed. `date` is ISO, of the data. */
export interface DataList {
  readonly list: string;
  readonly date: string | null;
  readonly licence: string;
  /** Changes once in years: no age says whether it is out of date. */
  readonly settled?: true;
}

/** The autonomous system of an address. */
interface AutonomousSystem {
  readonly asn: number;
  readonly name: string | null;
}

/** What is used of maxmind's reader; the records of these files are not MaxMind's own, so their shape is checked here. */
interface CountryReader {
  get(address: string): unknown;
}

/**
 * Users' own databases, then both packages, each opened at the first address of its family. A package that is missing or damaged gives nulls.
 */
export class Networks {
  readonly #own: readonly UserDatabase[];
  readonly #asn = installed(ASN_PACKAGE, "CC BY 4.0 (RouteViews, DB-IP, NRO)");
  readonly #country = installed(COUNTRY_PACKAGE, "CC0 1.0; NRO data in it CC BY 4.0");
  readonly #ranges = new Map<4 | 6, RangeFile | null>();
  readonly #readers = new Map<4 | 6, CountryReader | null>();
  readonly #labels = new Map<string, NetworkLabel | null>();
  readonly #list: string;
  readonly #date: string | null;

  /** @param own users' databases; of two that tell the same, the first one counts. */
  constructor(own: readonly UserDatabase[] = []) {
    this.#own = own;
    const lists = this.lists();
    this.#list = lists.map((list) => list.list).join(", ");
    // Of two dates, the older one is the honest one.
    this.#date = lists.reduce<string | null>(
      (oldest, { date }) => (date !== null && (oldest === null || date < oldest) ? date : oldest),
      null,
    );
  }

  /** Users' databases and the packages found, with date and licence. */
  lists(): readonly DataList[] {
    return [
      ...this.#own.map(({ list, date }) => ({ list, date, licence: "the user's own" })),
      ...[this.#asn, this.#country].filter((data) => data !== null).map(({ list, date, licence }) => ({ list, date, licence })),
    ];
  }

  /** The label of an address, or null where neither database knows it (special-purpose and unannounced addresses). */
  label(address: string): NetworkLabel | null {
    const kept = this.#labels.get(address);
    if (kept !== undefined) return kept;
    const label = this.#lookup(address);
    if (this.#labels.size >= CACHED_LABELS) {
      for (const oldest of this.#labels.keys()) {
        this.#labels.delete(oldest);
        break;
      }
    }
    this.#labels.set(address, label);
    return label;
  }

  /**
   * IPv4 addresses that networks announce, as the installed data tell: ASN → addresses, those of which nothing is known left out. Reads the
   * whole file once (some 10 ms, and as much for each network): ask for the few that matter.
   */
  announced(asns: readonly number[]): ReadonlyMap<number, number> {
    return this.#asn === null || asns.length === 0 ? new Map() : announcedSpace(join(this.#asn.folder, "asn-ipv4.csv"), asns);
  }

  /** Closes the files; a later lookup opens them again. */
  close(): void {
    for (const file of this.#ranges.values()) file?.close();
    this.#ranges.clear();
    this.#readers.clear();
  }

  #lookup(address: string): NetworkLabel | null {
    const word = parseIPv4(address);
    const words = word === null ? parseIPv6(address) : ([0, 0, 0, word] as const);
    // The country data hold records for private addresses, too; they mean nothing.
    if (words === null || isBogon(address)) return null;
    const family = word === null ? 6 : 4;
    const line = this.#rangeFile(family)?.lookup(words) ?? null;
    const system = line === null ? null : parseSystem(line);
    const own = this.#own.map((database) => database.lookup(address)).filter((entry) => entry !== null);
    const owned = own.find(({ asn }) => asn !== null);
    // Number and name are of one network: they are not mixed from two databases.
    const asn = owned?.asn ?? system?.asn ?? null;
    const name = owned === undefined ? (own.find((entry) => entry.name !== null)?.name ?? system?.name ?? null) : owned.name;
    const country = own.find((entry) => entry.country !== null)?.country ?? this.#countryOf(family, address);
    if (asn === null && name === null && country === null) return null;
    const kind = own.find((entry) => entry.kind !== null)?.kind ?? networkKind(asn, name);
    return { list: this.#list, date: this.#date, asn, name, country, kind };
  }

  #rangeFile(family: 4 | 6): RangeFile | null {
    const open = this.#ranges.get(family);
    if (open !== undefined) return open;
    let file: RangeFile | null = null;
    if (this.#asn !== null) {
      try {
        file = new RangeFile(join(this.#asn.folder, `asn-ipv${family}.csv`), family);
      } catch {
        file = null;
      }
    }
    this.#ranges.set(family, file);
    return file;
  }

  #countryOf(family: 4 | 6, address: string): string | null {
    let reader = this.#readers.get(family);
    if (reader === undefined) {
      reader = this.#openReader(family);
      this.#readers.set(family, reader);
    }
    try {
      const code = (reader?.get(address) as { country_code?: unknown } | null | undefined)?.country_code;
      return typeof code === "string" && /^[A-Z]{2}$/.test(code) ? code : null;
    } catch {
      return null;
    }
  }

  #openReader(family: 4 | 6): CountryReader | null {
    if (this.#country === null) return null;
    try {
      // Loaded here, so that a run that labels nothing does not pay for it (13 ms, and 3 to 5 MB a family).
      const maxmind = require("maxmind") as typeof MaxMind;
      return new maxmind.Reader(readFileSync(join(this.#country.folder, `geo-whois-asn-country-ipv${family}.mmdb`)));
    } catch {
      return null;
    }
  }
}

/** Folder and version date of an installed data package; null where it is not installed. */
function installed(name: string, licence: string): (DataList & { readonly folder: string }) | null {
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    return { list: name, date: dateOfVersion(version), licence, folder: dirname(manifest) };
  } catch {
    return null;
  }
}

/** "2.3.2026061719" → "2026-06-17": the packages carry the hour of their data as patch version. */
export function dateOfVersion(version: string): string | null {
  const match = /^\d+\.\d+\.(\d{4})(\d{2})(\d{2})/.exec(version);
  return match === null ? null : `${match[1]}-${match[2]}-${match[3]}`;
}

/** '13335,"Cloudflare, Inc."' → ASN and name, quotes of RFC 4180 taken off. */
export function parseSystem(line: string): AutonomousSystem | null {
  const match = /^(\d{1,10}),(.*)$/.exec(line);
  if (match === null) return null;
  const asn = Number(match[1]);
  const text = match[2] ?? "";
  const name = text.startsWith('"') ? text.slice(1, text.endsWith('"') ? -1 : undefined).replaceAll('""', '"') : text;
  return asn > 0xffffffff ? null : { asn, name: name === "" ? null : name };
}
