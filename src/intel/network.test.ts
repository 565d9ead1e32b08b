import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatIPv4 } from "../model/address.ts";
import { dateOfVersion, Networks, parseSystem } from "./network.ts";
import { RangeFile } from "./range-file.ts";

describe("networks", () => {
  const networks = new Networks();
  afterAll(() => networks.close());

  test.each([
    ["80.82.65.237", 202425, "IP Volume inc"],
    ["1.0.0.1", 13335, "Cloudflare, Inc."],
    ["2001:4:112::1", 112, "DNS-OARC"],
    ["2c0f:fff0::1", 37125, "Layer3 Limited"],
  ])("%s is in AS%i", (address, asn, name) => {
    expect(networks.label(address)).toMatchObject({ asn, name });
  });
  test("carries list, date and country", () => {
    const label = networks.label("80.82.65.237");
    expect(label?.country).toMatch(/^[A-Z]{2}$/);
    expect(label?.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(networks.lists().map((list) => list.licence)).toEqual([
      "CC BY 4.0 (RouteViews, DB-IP, NRO)",
      "CC0 1.0; NRO data in it CC BY 4.0",
    ]);
  });
  test("knows nothing of private addresses and of what is no address", () => {
    for (const address of ["10.1.2.3", "192.168.1.1", "fe80::1", "", "nonsense", "(cafe)"])
      expect(networks.label(address), address).toBeNull();
  });
  test("a closed one opens again", () => {
    networks.close();
    expect(networks.label("8.8.8.8")?.asn).toBe(15169);
  });
});

describe("range file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "precursor-ranges-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("finds what a scan over all lines finds, whatever the lengths of lines", () => {
    const path = join(folder, "ranges.csv");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 500 }), fc.nat(200)), {
          minLength: 1,
          maxLength: 300,
        }),
        fc.array(fc.nat(400_000), { maxLength: 30 }),
        (gaps, addresses) => {
          let at = 0;
          const ranges = gaps.map(([gap, length, name]) => {
            const start = at + gap;
            at = start + length;
            return { start, end: at, value: "n".repeat(name) };
          });
          writeFileSync(path, ranges.map(({ start, end, value }) => `${formatIPv4(start)},${formatIPv4(end)},${value}`).join("\n"));
          const file = new RangeFile(path, 4);
          for (const address of [...addresses, ...ranges.flatMap(({ start, end }) => [start - 1, start, end, end + 1])]) {
            const range = ranges.find(({ start, end }) => start <= address && address <= end);
            expect(file.lookup([0, 0, 0, address])).toBe(range?.value ?? null);
          }
          file.close();
        },
      ),
      { numRuns: 40 },
    );
  });
  test("a file that is empty, or no list, or full of noise gives null", () => {
    const path = join(folder, "noise.csv");
    for (const content of ["", "\n\n\n", "<html>", "x".repeat(20_000), "9.9.9.9", "9.9.9.9,zzz,1,x", "1.0.0.0,1.0.0.255"]) {
      writeFileSync(path, content);
      const file = new RangeFile(path, 4);
      expect(file.lookup([0, 0, 0, 0x09090909])).toBeNull();
      file.close();
    }
  });
  test("parses names with quotes, and versions with dates", () => {
    expect(parseSystem('201907,"LLC ""SPUTNIK"""')).toEqual({ asn: 201907, name: 'LLC "SPUTNIK"' });
    expect(parseSystem("99999999999,x")).toBeNull();
    expect(parseSystem("1,")).toEqual({ asn: 1, name: null });
    expect(dateOfVersion("2.3.2026061719")).toBe("2026-06-17");
    expect(dateOfVersion("1.0.0")).toBeNull();
  });
});
