import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeMmdb } from "../../intel/mmdb-writer.fixture.ts";
import { ConfigError } from "../../model/errors.ts";
import { loadConfig } from "./load-config.ts";
import { watchSetting } from "./watch-setting.ts";
import { whoSetting } from "./who-setting.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-who-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function config(text: string): ReturnType<typeof loadConfig> {
  const path = join(folder, "precursor.yaml");
  writeFileSync(path, text);
  return loadConfig(path);
}

test("feeds, databases and assets of a config", () => {
  writeFileSync(join(folder, "asn.mmdb"), writeMmdb("My-ASN", 1_780_000_000, [["192.0.2.0/24", { asn: 64_500 }]]));
  writeFileSync(join(folder, "assets.yaml"), "assets:\n  - { name: plant, networks: [192.0.2.0/25], sector: energy }\n");
  const read = config("intel: { folder: feeds, mmdb: [asn.mmdb] }\nassets: assets.yaml\n");
  expect(whoSetting(read)).toMatchObject({
    intel: { folder: join(folder, "feeds"), databases: [join(folder, "asn.mmdb")] },
    assets: [{ name: "plant", sector: "energy" }],
  });
  // Assets are home where none is named, and never blocked where one is
  expect(watchSetting(read, { sources: [] })).toMatchObject({ home: [{ bits: 25 }], ours: [{ bits: 25 }] });
  const both = config("home: [198.51.100.0/24]\nassets: assets.yaml\n");
  expect(watchSetting(both, { sources: [] })).toMatchObject({ home: [{ bits: 24 }], ours: [{ bits: 24 }, { bits: 25 }] });
});

test("near miss: switched off, no folder is looked into; databases still are", () => {
  expect(whoSetting(config("intel: { enabled: false, folder: feeds }\n")).intel).toEqual({ folder: null, databases: [] });
});

test("a database that is none, or assets that do not fit, are told with their place", () => {
  writeFileSync(join(folder, "no.mmdb"), "no database");
  expect(() => whoSetting(config("intel:\n  mmdb:\n    - no.mmdb\n"))).toThrow(
    /precursor\.yaml:3:7: intel\.mmdb\[0\]: .*no\.mmdb: is no MaxMind DB/,
  );
  writeFileSync(join(folder, "assets.yaml"), "assets:\n  - { name: plant }\n");
  expect(() => whoSetting(config("assets: assets.yaml\n"))).toThrow(ConfigError);
  expect(() => whoSetting(config("assets: assets.yaml\n"))).toThrow(/assets\.yaml:2/);
});
