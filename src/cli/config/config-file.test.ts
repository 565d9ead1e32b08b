import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "../../model/errors.ts";
import { CONFIG_EXAMPLE } from "./config-example.ts";
import { readConfig } from "./config-file.ts";
import { configSchema, configShape } from "./config-schema.ts";
import { showConfig, withoutSecrets } from "./config-view.ts";
import { nearestWord } from "./did-you-mean.ts";

function problemsOf(text: string): readonly string[] {
  try {
    readConfig(text, "precursor.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("the example is valid, and names every key", () => {
  const { file } = readConfig(CONFIG_EXAMPLE, "/etc/precursor/precursor.yaml");
  expect(file.sources).toEqual([{ uri: "udp://127.0.0.1:2055", name: "flows", fromStart: false }]);
  const keys = [
    configShape,
    configShape.shape.intel.unwrap(),
    configShape.shape.detection.unwrap(),
    configShape.shape.retention.unwrap(),
    configShape.shape.sources.unwrap().unwrap(),
  ];
  for (const shape of keys) for (const key of Object.keys(shape.shape)) expect(CONFIG_EXAMPLE).toMatch(new RegExp(`\\b${key}:`));
});

test("an empty file is one without sources, all at their defaults", () => {
  const { file } = readConfig("# nothing\n", "precursor.yaml");
  expect(file).toMatchObject({ sources: [], sensor: "default", detection: { minSources: 10 }, retention: { days: "forever" } });
});

test("paths are relative to the file", () => {
  const { file } = readConfig("sources: [{ uri: tail:fw.csv, mapping: fw.yaml }]\nstore: history\nstate: /s\n", "/etc/p/precursor.yaml");
  expect(file).toMatchObject({ store: "/etc/p/history", state: "/s", sources: [{ uri: "tail:fw.csv", mapping: "/etc/p/fw.yaml" }] });
  const who = readConfig("assets: a.csv\nintel: { folder: feeds, mmdb: [asn.mmdb, /g/city.mmdb] }\n", "/etc/p/precursor.yaml").file;
  expect(who.assets).toBe("/etc/p/a.csv");
  expect(who.intel).toEqual({ enabled: true, folder: "/etc/p/feeds", mmdb: ["/etc/p/asn.mmdb", "/g/city.mmdb"] });
  expect(readConfig("store: http://h:8123\n", "/etc/p/x.yaml").file.store).toBe("http://h:8123");
});

describe("what is wrong is told with file, line, column and path", () => {
  test.each([
    [
      "sources:\n  - uri: udp://127.0.0.1:2055\n  - uri: udp:2055\n",
      /^precursor\.yaml:3:10: sources\[1\]\.uri: udp:2055: is written with \/\//,
    ],
    ["sources:\n  - ury: udp://:1\n", /^precursor\.yaml:2:5: sources\[0\]\.ury: no such key: did you mean uri\?$/],
    ["sorces: []\n", /^precursor\.yaml:1:1: sorces: no such key: did you mean sources\?$/],
    ["web: []\n", /^precursor\.yaml:1:1: web: no such key: allowed are sources, sensor, /],
    ["detection:\n  minSource: 3\n", /^precursor\.yaml:2:3: detection\.minSource: no such key: did you mean minSources\?$/],
    [
      "detection:\n  minSources: many\n",
      /^precursor\.yaml:2:15: detection\.minSources: is missing or of the wrong kind: a number is expected$/,
    ],
    ["detection:\n  realertFactor: 1\n", /^precursor\.yaml:2:18: detection\.realertFactor: must be at least 1\.1$/],
    ["intel:\n  mmdb: GeoLite2.mmdb\n", /^precursor\.yaml:2:9: intel\.mmdb: is missing or of the wrong kind: a list is expected$/],
    ["intel: { enable: false }\n", /^precursor\.yaml:1:10: intel\.enable: no such key: did you mean enabled\?$/],
    ["assets: []\n", /^precursor\.yaml:1:9: assets: is missing or of the wrong kind: text is expected$/],
    ["home: [192.0.2.0/33]\n", /^precursor\.yaml:1:8: home\[0\]: an address or a network in CIDR notation/],
    ["targets:\n  web: [x]\n", /^precursor\.yaml:2:9: targets\.web\[0\]: an address or a network/],
    ["retention: { hours: never }\n", /^precursor\.yaml:1:21: retention\.hours: days \(1 to 36500\), or forever$/],
    ["retention: { hours: 0 }\n", /^precursor\.yaml:1:21: retention\.hours: must be at least 1$/],
    ["store: clickhouse://db:9000\n", /^precursor\.yaml:1:8: store: a folder, or an address that begins with http/],
    ["sources:\n  - uri: udp://:1\n    format: netflo\n", /^precursor\.yaml:3:13: sources\[0\]\.format: no input format/],
    ["sources:\n  - uri: udp://:1\n    filter: port\n", /^precursor\.yaml:3:13: sources\[0\]\.filter: /],
    ["sources:\n  - uri: udp://:1\n  - uri: udp://:1\n", /^precursor\.yaml:3:5: sources\[1\]: is named 'udp:\/\/:1' like sources\[0\]/],
    ["sources: [\n", /^precursor\.yaml:\d+:\d+: /],
    ["sensor: a\nsensor: b\n", /^precursor\.yaml:2:1: /],
    ["just words", /^precursor\.yaml:1:1: the file: is missing or of the wrong kind: a map of keys is expected$/],
    ["a: &a [1]\nb: [*a, *a]\n", /^precursor\.yaml:1:1: /],
  ])("%#", (text, message) => expect(problemsOf(text)[0]).toMatch(message));

  test("all of it at once", () => {
    const problems = problemsOf("sorces: []\nhome: [x]\nflushSeconds: 0\n");
    expect(problems).toHaveLength(3);
    expect(new ConfigError("p.yaml", problems).message).toMatch(/; and 2 more: precursor config check p\.yaml$/);
  });
});

test("any text is read or refused with a line", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const problem of problemsOf(text)) expect(problem).toMatch(/^precursor\.yaml:\d+:\d+: /);
    }),
  );
});

test("the published schema takes the example and refuses what the check refuses", () => {
  const published = z.fromJSONSchema(configSchema());
  const example = { sources: [{ uri: "udp://:1" }], detection: { minSources: 3 } };
  expect(published.safeParse(example).success).toBe(true);
  expect(published.safeParse({ ...example, extra: 1 }).success).toBe(false);
});

test("secrets are not shown", () => {
  const { file } = readConfig("store: http://me:hunter2@h:8123/\nsources: [{ uri: 'kafka://h/t?user=me&password-file=/p' }]\n", "x.yaml");
  const shown = showConfig(file, { store: file.store!, state: "/s", intel: "/i" });
  expect(shown).toContain("http://me:***@h:8123/");
  expect(shown).not.toContain("hunter2");
  expect(readConfig(shown, "x.yaml").file.detection).toEqual(file.detection);
  expect(withoutSecrets("http://h/?password=x&a=b")).toBe("http://h/?password=***&a=b");
});

test("the nearest word is one that is near", () => {
  const known = ["sources", "sensor", "store", "state"];
  expect(nearestWord("soruces", known)).toBe("sources");
  expect(nearestWord("web", known)).toBeNull();
});
