/** Autonomous systems from memory: the same that the pages of the file give. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIPv4, parseIPv6 } from "../model/address.ts";
import { AsnTable } from "./asn-table.ts";
import { Networks } from "./network.ts";

describe("the installed ranges", () => {
  it("tell what Networks tells", () => {
    const table = new AsnTable();
    const networks = new Networks();
    for (let i = 0; i < 300; i++) {
      const word = Math.imul(i + 1, 0x9e37_79b1) >>> 0;
      const known = networks.label(formatIPv4(word))?.asn ?? 0;
      // Special-purpose addresses have no label; nobody announces them either.
      expect([formatIPv4(word), table.lookup(0, 0, 0xffff, word)]).toEqual([formatIPv4(word), known]);
      expect(table.lookup(0, 0, 0xffff, word)).toBe(known);
    }
    for (const text of ["2001:4:112::1", "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:db8::1", "fe80::1"]) {
      expect([text, table.lookup(...parseIPv6(text)!)]).toEqual([text, networks.label(text)?.asn ?? 0]);
    }
    networks.close();
  });
});

describe("other files", () => {
  it("give nothing where they are missing, and lines that parse where they are damaged", () => {
    expect(new AsnTable(null).lookup(0, 0, 0xffff, 0x0101_0101)).toBe(0);
    expect(new AsnTable("/nowhere").lookup(0, 0, 0xffff, 0x0101_0101)).toBe(0);
    const folder = mkdtempSync(join(tmpdir(), "precursor-asn-"));
    writeFileSync(
      join(folder, "asn-ipv4.csv"),
      "nonsense\n1.0.0.0,1.0.0.255\n1.0.1.0,1.0.1.255,x,y\n1.0.2.0,1.0.2.255,7,Seven\n1.0.4.0,1.0.7.255,9",
    );
    const table = new AsnTable(folder);
    const found = [0x0100_0001, 0x0100_0101, 0x0100_02ff, 0x0100_0300, 0x0100_0700].map((word) => table.lookup(0, 0, 0xffff, word));
    rmSync(folder, { recursive: true });
    expect(found).toEqual([0, 0, 7, 0, 9]);
  });
});
