import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDisclosures } from "./disclosure-file.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-disclosures-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, "list");
  writeFileSync(path, text);
  return readDisclosures(path);
}

test("CISA's catalogue: products get the ports that they are reached on, the others are counted", () => {
  const list = read(
    JSON.stringify({
      title: "CISA Catalog of Known Exploited Vulnerabilities",
      vulnerabilities: [
        { cveID: "CVE-2024-21762", vendorProject: "Fortinet", product: "FortiOS", dateAdded: "2024-02-09" },
        { cveID: "CVE-2010-0188", vendorProject: "Adobe", product: "Reader", dateAdded: "2022-03-03" },
      ],
    }),
  );
  expect(list.withoutPorts).toBe(1);
  expect(list.disclosures).toHaveLength(1);
  expect(list.disclosures[0]).toMatchObject({ product: "Fortinet FortiOS", time: Date.UTC(2024, 1, 9) / 1000 });
  expect(list.disclosures[0]!.series).toContain("tcp/destination/443");
});

test("a table: several ports, quotes, port zero, a product that is known by name", () => {
  const list = read(
    'date,product,port\n2017-05-12,"SMB, v1",445\n2020-01-01,IKE,"udp/500 4500"\n2013-11-02,nobody,0\n2024-01-01,Oracle WebLogic,\n',
  );
  expect(list.disclosures.map(({ series }) => series)).toEqual([
    ["tcp/destination/445"],
    ["udp/destination/500", "tcp/destination/4500"],
    ["tcp/destination/0"],
    ["tcp/destination/7001", "tcp/destination/7002"],
  ]);
  expect(list.disclosures[0]!.product).toBe("SMB, v1");
});

test("bad rows are named by line and left out", () => {
  const list = read("date,product,port\n12.05.2017,SMB,445\n2017-05-12,SMB,70000\n2017-05-12,SMB,445\n");
  expect(list.disclosures).toHaveLength(1);
  expect(list.faults).toEqual([
    expect.stringMatching(/list:2: 12\.05\.2017 is no date/),
    expect.stringMatching(/list:3: 70000: ports are 0 to 65535/),
  ]);
});

test("what is neither is one clear line", () => {
  expect(() => read("hello")).toThrow(/list:1: a header with the columns/);
  expect(() => read("{")).toThrow(/not JSON/);
  expect(() => read('{"a":1}')).toThrow(/not CISA's catalogue/);
  expect(() => readDisclosures(join(folder, "absent"))).toThrow(/--disclosures .*absent/);
});
