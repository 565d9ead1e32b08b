import fc from "fast-check";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../intel/feeds/catalogue.ts";
import { ConfigError } from "../../model/errors.ts";
import { readFeeds } from "./feeds-file.ts";

function problemsOf(text: string): readonly string[] {
  try {
    readFeeds(text, "feeds.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("feeds of one's own join the catalogue, with another trust and without those that are not wanted", () => {
  const choice = readFeeds(
    `feeds:
  - id: ours
    name: Our honeypot
    urls: [https://hp.example.org/list.csv]
    kind: attacker
    form: csv
    column: source
    trust: 0.9
  - {id: partner, kind: scanner}
disable: [bitwire]
trust: {cins-army: 0.4, ours: 0.95}
home: [192.0.2.0/24, 2001:db8::/32]
online: {abuseipdb: {keyFile: keys/abuse}}
`,
    "/etc/precursor/feeds.yaml",
  );
  expect(choice.feeds.size).toBe(CATALOGUE.size + 2);
  expect(choice.feeds.get("ours")).toMatchObject({
    name: "Our honeypot",
    form: "csv",
    choice: { column: "source" },
    trust: 0.95,
    own: true,
  });
  expect(choice.feeds.get("partner")).toMatchObject({ name: "partner", urls: [], trust: 0.5, refresh: 86_400 });
  expect(choice.feeds.get("cins-army")).toMatchObject({ trust: 0.4, trustReason: "as you say" });
  expect(choice.disabled).toEqual(new Set(["bitwire"]));
  expect(choice.home).toHaveLength(2);
  expect(choice.online.abuseipdb?.keyFile).toBe("/etc/precursor/keys/abuse");
  expect(readFeeds("", "feeds.yaml").feeds.size).toBe(CATALOGUE.size);
});

test("what does not fit is told with its line and what was meant", () => {
  const text = `feeds:
  - id: cins-army
    kind: attacker
  - id: Ours!
    kind: atacker
    ulrs: []
disable: [bitwir]
trust: {cins-army: 2}
`;
  expect(problemsOf(text)).toEqual([
    "feeds.yaml:6:5: feeds[1].ulrs: no such key: did you mean urls?",
    "feeds.yaml:4:9: feeds[1].id: a name of small letters, digits and dashes, such as our-honeypot",
    expect.stringMatching(/^feeds\.yaml:5:11: feeds\[1\]\.kind: .*"scanner"/),
    "feeds.yaml:8:20: trust.cins-army: must be at most 1",
  ]);
  expect(problemsOf("feeds:\n  - {id: cins-army, kind: attacker}\ndisable: [bitwir]\n")).toEqual([
    "feeds.yaml:2:10: feeds[0].id: the catalogue has a feed of that name; give it one of its own",
    "feeds.yaml:3:11: disable[0]: no feed is called 'bitwir': did you mean bitwire?",
  ]);
});

test("any text is a list of feeds, or has problems with lines", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const problem of problemsOf(text)) expect(problem).toMatch(/^feeds\.yaml:\d+:\d+: /);
    }),
  );
});
