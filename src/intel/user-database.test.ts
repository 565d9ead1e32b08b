import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError } from "../model/errors.ts";
import { writeMmdb } from "./mmdb-writer.fixture.ts";
import { Networks } from "./network.ts";
import { entryOf, UserDatabase } from "./user-database.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-mmdb-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BUILT = 1_780_000_000;

function write(name: string, octets: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

describe("users' own databases", () => {
  test.each([
    [
      "GeoLite2-ASN, DB-IP ASN",
      { autonomous_system_number: 64500, autonomous_system_organization: "Example" },
      [64500, "Example", null, null],
    ],
    ["GeoLite2-Country, -City", { country: { iso_code: "NL" }, registered_country: { iso_code: "SC" } }, [null, null, "NL", null]],
    ["a country of registration alone", { registered_country: { iso_code: "SC" } }, [null, null, "SC", null]],
    ["GeoIP2-Enterprise", { traits: { autonomous_system_number: 7, isp: "I", user_type: "hosting" } }, [7, "I", null, "hosting"]],
    ["GeoIP2-ISP", { autonomous_system_number: 7, isp: "I", organization: "O" }, [7, "I", null, null]],
    ["GeoIP2-Connection-Type", { connection_type: "Cellular" }, [null, null, null, "mobile"]],
    ["IPinfo lite", { asn: "AS64500", as_name: "E", country: "Netherlands", country_code: "NL" }, [64500, "E", "NL", null]],
    ["IPinfo country_asn", { asn: "AS64500", as_name: "E", country: "NL", country_name: "Netherlands" }, [64500, "E", "NL", null]],
    ["IPinfo ASN", { asn: "AS64500", name: "E", domain: "e.example", type: "isp" }, [64500, "E", null, "access"]],
    ["ip-location-db", { country_code: "NL" }, [null, null, "NL", null]],
  ])("are understood: %s", (_, record, [asn, name, country, kind]) => {
    expect(entryOf(record)).toEqual({ asn, name, country, kind });
    const path = write("shape.mmdb", writeMmdb("Shape", BUILT, [["80.82.65.0/24", record]]));
    expect(new UserDatabase(path).lookup("80.82.65.237")).toEqual({ asn, name, country, kind });
  });

  test("come before what is installed, field by field, and are named with the date of their build", () => {
    const path = write(
      "mine.mmdb",
      writeMmdb("My-ASN", BUILT, [
        ["80.82.65.0/24", { asn: "AS64500", as_name: "Mine" }],
        ["2001:470:1::/48", { asn: 64501, type: "education" }],
      ]),
    );
    const networks = new Networks([new UserDatabase(path)]);
    expect(networks.label("80.82.65.237")).toMatchObject({ asn: 64500, name: "Mine", country: expect.stringMatching(/^[A-Z]{2}$/) });
    expect(networks.label("80.82.65.237")?.list).toContain("My-ASN (mine.mmdb)");
    expect(networks.label("2001:470:1::5")).toMatchObject({ asn: 64501, kind: "education" });
    expect(networks.label("80.82.70.118")).toMatchObject({ asn: 202425, kind: "hosting" });
    expect(networks.lists()[0]).toEqual({ list: "My-ASN (mine.mmdb)", date: "2026-05-28", licence: "the user's own" });
    networks.close();
  });

  test("a file that is none says so by its name", () => {
    expect(() => new UserDatabase(join(folder, "absent.mmdb"))).toThrow(/absent\.mmdb: no such file/);
    expect(() => new UserDatabase(folder)).toThrow(/is a folder/);
    for (const text of ["", "PK\u0003\u0004", "<html>", "x".repeat(200_000)]) {
      expect(() => new UserDatabase(write("none.mmdb", text))).toThrow(DatabaseError);
    }
  });

  test("records of nothing that is understood are nothing, and hostile ones do no harm", () => {
    for (const record of [null, 7, "NL", [], {}, { country: "Netherlands" }, { asn: "AS0" }, { asn: 2 ** 40 }, { traits: 7 }]) {
      expect(entryOf(record)).toBeNull();
    }
    expect(entryOf({ as_name: "\u001b[31mred\u0007" })?.name).toBe("[31mred");
    fc.assert(fc.property(fc.anything(), (record) => void entryOf(record)));
  });

  test("a damaged file gives an error of its own or lookups without one", () => {
    const good = writeMmdb("Good", BUILT, [["80.82.65.0/24", { asn: 64500, as_name: "Mine" }]]);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), (at, octet, cut) => {
        const bad = cut ? good.slice(0, at) : good.with(at, octet);
        const path = write("bad.mmdb", bad);
        try {
          const database = new UserDatabase(path);
          for (const address of ["80.82.65.1", "2001:db8::1", "nonsense"]) database.lookup(address);
        } catch (error) {
          expect(error).toBeInstanceOf(DatabaseError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
