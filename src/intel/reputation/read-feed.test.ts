import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NOW } from "./feeds.fixture.ts";
import { type FeedReading, readFeed } from "./read-feed.ts";
import { READABLE_FORMS } from "./recognise.ts";

const INTEL = new URL("../../../../shared/intel/", import.meta.url);
const OPENFILTERS = new URL("openfilters-internet-scanners/", INTEL);
const present = existsSync(INTEL);
if (!present) console.warn("skipped: shared lists are not here (../shared/intel)");

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, form: Parameters<typeof readFeed>[1] = "auto", options = {}): FeedReading =>
  readFeed(encode(text), form, { now: NOW, ...options });
const networks = (reading: FeedReading): string[] => [...reading.networks.networks()];
const day = (seconds: number | null): string | null => (seconds === null ? null : new Date(seconds * 1000).toISOString().slice(0, 16));

/** A small feed of each form, with its form, networks, foreign entries and date. */
const SAMPLES: readonly (readonly [
  name: string,
  form: string,
  text: string,
  found: readonly string[],
  counts: readonly [foreign: number, passed: number, unparsed: number],
  date: string | null,
])[] = [
  [
    "addresses",
    "addresses",
    "# Last update: Tue, 24 Nov 2026 03:00:00 +0100\n198.51.100.7\n2001:db8::/32 some text\r\n198.51.100.8 - 198.51.100.11\nevil.example\n198.51.100.999\n",
    ["198.51.100.7/32", "198.51.100.8/30", "2001:db8::/32"],
    [1, 0, 1],
    "2026-11-24T02:00",
  ],
  [
    "netset",
    "netset",
    "#\n# dshield\n#\n# ipv4 hash:net ipset\n#\n# This File Date : Mon Nov 23 11:36:32 UTC 2026\n#\n198.51.100.0/24\n",
    ["198.51.100.0/24"],
    [0, 0, 0],
    "2026-11-23T11:36",
  ],
  [
    "ipset",
    "ipset",
    "create bad hash:net family inet hashsize 1024 maxelem 65536\nadd bad 198.51.100.0/24 timeout 60\nadd bad 198.51.100.128/25 nomatch\nadd bad 203.0.113.9,tcp:80\n",
    ["198.51.100.0/24", "203.0.113.9/32"],
    [0, 1, 0],
    null,
  ],
  [
    "nft",
    "nft",
    'table inet f {\n set bad {\n type ipv4_addr; flags interval\n elements = { 198.51.100.1, 198.51.100.4-198.51.100.7 timeout 1h comment "a, } b",\n 198.51.100.9 . 80, $other }\n }\n}\ndefine six_v6 = {\n\t2001:db8::/32, # text\n}\n',
    ["198.51.100.1/32", "198.51.100.4/30", "2001:db8::/32"],
    [2, 0, 0],
    null,
  ],
  [
    "csv of abuse.ch",
    "csv",
    '################\n# Last updated: 2026-11-24 12:00:01 UTC #\n"first_seen_utc","dst_ip","dst_port","malware"\n"2026-01-01 00:00:00","198.51.100.7","443","X, the ""Y"""\n"2026-01-01 00:00:00","evil.example","443","Z"\n',
    ["198.51.100.7/32"],
    [1, 0, 0],
    "2026-11-24T12:00",
  ],
  [
    "csv with ports",
    "csv",
    '# "first_seen","ioc_value"\n"2026-01-01","198.51.100.7:8080"\n"2026-01-01","[2001:db8::1]:80"\n',
    ["198.51.100.7/32", "2001:db8::1/128"],
    [0, 0, 0],
    null,
  ],
  [
    "csv with start and end",
    "csv",
    "start_ip;end_ip;name\n198.51.100.0;198.51.100.255;A\n198.51.100.9;198.51.100.1;B\n",
    ["198.51.100.0/24"],
    [0, 0, 1],
    null,
  ],
  ["json of texts", "json", '["198.51.100.7", "2001:db8::/48", "evil.example"]', ["198.51.100.7/32", "2001:db8::/48"], [1, 0, 0], null],
  [
    "json of cloud ranges",
    "json",
    '{"creationTime":"2026-11-24T01:02:03.000","prefixes":[{"ipv4Prefix":"198.51.100.0/24","service":"x"},{"ipv6Prefix":"2001:db8::/32"}]}',
    ["198.51.100.0/24", "2001:db8::/32"],
    [0, 0, 0],
    "2026-11-24T01:02",
  ],
  [
    "json by address",
    "json",
    '{"198.51.100.7":{"score":3},"2001:db8::1":{"score":4}}',
    ["198.51.100.7/32", "2001:db8::1/128"],
    [0, 0, 0],
    null,
  ],
  [
    "DROP as JSON lines",
    "json",
    '{"cidr":"198.51.100.0/24","sblid":"SBL1","rir":"x"}\n{"cidr":"2001:db8::/32","sblid":"SBL2"}\n{"type":"metadata","timestamp":1795478400,"records":2}\n',
    ["198.51.100.0/24", "2001:db8::/32"],
    [0, 0, 0],
    "2026-11-24T00:00",
  ],
  [
    "MISP warninglist",
    "misp-warninglist",
    '{"name":"n","type":"cidr","version":26081010,"list":["198.51.100.7","2001:DB8::/32","nonsense"]}',
    ["198.51.100.7/32", "2001:db8::/32"],
    [0, 0, 1],
    "2026-08-10T10:00",
  ],
  [
    "MISP list of host names",
    "misp-warninglist",
    '{"name":"n","type":"hostname","version":20260811,"list":["a.example","1.2.3.4"]}',
    [],
    [2, 0, 0],
    "2026-08-11T00:00",
  ],
  [
    "STIX",
    "stix",
    JSON.stringify({
      type: "bundle",
      objects: [
        {
          type: "indicator",
          pattern_type: "stix",
          modified: "2026-11-20T00:00:00Z",
          pattern:
            "[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value ISSUBSET '203.0.113.0/24'] OR [ipv6-addr:value IN ('2001:db8::1', '2001:db8::3')]",
        },
        { type: "indicator", pattern_type: "stix", pattern: "[ipv4-addr:value = '198.51.100.8' AND network-traffic:dst_port = 80]" },
        { type: "indicator", pattern_type: "stix", pattern: "[ipv4-addr:value = '198.51.100.9']", revoked: true },
        { type: "indicator", pattern_type: "stix", pattern: "[ipv4-addr:value = '198.51.100.10']", valid_until: "2020-01-01T00:00:00Z" },
        { type: "indicator", pattern_type: "stix", pattern: "[ipv4-addr:value = '198.51.100.11']", valid_from: "2090-01-01T00:00:00Z" },
        { type: "ipv4-addr", value: "198.51.100.12" },
        { type: "indicator" },
      ],
    }),
    ["198.51.100.7/32", "203.0.113.0/24", "198.51.100.12/32", "2001:db8::1/128", "2001:db8::3/128"],
    [1, 3, 1],
    "2026-11-20T00:00",
  ],
  [
    "DShield",
    "dshield-block",
    "#  DShield.org Recommended Block List\n#    updated: Tue Nov 24 08:00:02 UTC 2026\nStart\tEnd\tNetmask\tAttacks\tName\tCountry\temail\n198.51.100.0\t198.51.100.255\t24\t1000\tN\tUS\ta@example\n198.51.100.0\t198.51.99.0\t24\t1\n",
    ["198.51.100.0/24"],
    [0, 0, 1],
    "2026-11-24T08:00",
  ],
  [
    "Spamhaus DROP",
    "spamhaus-drop",
    "; Spamhaus DROP List 2026/11/24 - (c) 2026\n; Last-Modified: Tue, 24 Nov 2026 05:17:47 GMT\n; Expires: Tue, 24 Nov 2026 09:17:47 GMT\n198.51.100.0/24 ; SBL1\n203.0.113.0/24 ; SBL2\n",
    ["198.51.100.0/24", "203.0.113.0/24"],
    [0, 0, 0],
    "2026-11-24T05:17",
  ],
  [
    "ipsum",
    "ipsum",
    "# IPsum Threat Intelligence Feed\n# Last update: Tue, 24 Nov 2026 03:00:00 +0100\n198.51.100.7\t9\n198.51.100.8\t2\n198.51.100.9\tx\n",
    ["198.51.100.7/32"],
    [0, 1, 1],
    "2026-11-24T02:00",
  ],
  [
    "Maltrail",
    "maltrail",
    "# Copyright (c) Maltrail\n# Reference: https://example.org/x\n\n198.51.100.7\n198.51.100.8:8080\n198.51.100.9/gate.php\nevil.example\n/path.php\n[2001:db8::1]:443\n",
    ["198.51.100.7/32", "198.51.100.8/32", "2001:db8::1/128"],
    [3, 0, 0],
    null,
  ],
];

describe("reading feeds", () => {
  test.skipIf(!present)("nft sets of scanners hold what their lists of networks hold", () => {
    let compared = 0;
    for (const name of readdirSync(OPENFILTERS).filter((file) => file.endsWith(".nft"))) {
      const reading = readFeed(readFileSync(new URL(name, OPENFILTERS)), "auto", { now: NOW });
      expect(reading, name).toMatchObject({ form: "nft", refused: null, unparsed: 0 });
      for (const family of ["v4", "v6"]) {
        const file = new URL(`cidr/${name.replace(".nft", "")}_${family}.txt`, OPENFILTERS);
        if (!existsSync(file)) continue;
        const listed = readFeed(readFileSync(file), "auto", { now: NOW });
        expect(listed, file.pathname).toMatchObject({ refused: null, unparsed: 0, foreign: 0 });
        const mine = new Set(networks(reading));
        expect(networks(listed).filter((network) => !mine.has(network)).length, file.pathname).toBeLessThanOrEqual(
          networks(listed).length / 2,
        );
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  test.skipIf(!present)("MISP warninglists are read whole", () => {
    for (const name of readdirSync(new URL("misp/", INTEL)).filter((file) => file.endsWith(".json"))) {
      const octets = readFileSync(new URL(`misp/${name}`, INTEL));
      const { list, type } = JSON.parse(octets.toString()) as { list: string[]; type: string };
      const reading = readFeed(octets, "auto", { now: NOW });
      expect(reading, name).toMatchObject({ form: "misp-warninglist", refused: null, unparsed: 0 });
      expect(type === "cidr" ? reading.entries : reading.foreign, name).toBe(list.length);
    }
  });

  test.each(SAMPLES)("%s", (_name, form, text, found, [foreign, passedOver, unparsed], date) => {
    const reading = read(text);
    expect(reading).toMatchObject({ form, refused: null, foreign, passedOver, unparsed });
    expect(networks(reading)).toStrictEqual(found);
    expect(day(reading.dataDate)).toBe(date);
    expect(reading.faults).toHaveLength(unparsed);
  });

  test("options say what a guess cannot know", () => {
    expect(networks(read("a,b\n198.51.100.1,198.51.100.2\n", "csv", { column: "b" }))).toStrictEqual(["198.51.100.2/32"]);
    expect(networks(read("198.51.100.1,198.51.100.2\n", "csv", { column: 1 }))).toStrictEqual(["198.51.100.2/32"]);
    expect(read("a,b\n198.51.100.1,198.51.100.2\n", "csv", { column: "c" }).refused).toMatch(/no column "c"; it has a, b/);
    const json = '{"data":[{"evil":{"at":"198.51.100.1"},"ip":"198.51.100.2"}]}';
    expect(networks(read(json, "json", { member: "data.evil.at" }))).toStrictEqual(["198.51.100.1/32"]);
    expect(networks(read(json, "json", { member: "at" }))).toStrictEqual(["198.51.100.1/32"]);
    expect(networks(read("198.51.100.8\t2\n", "ipsum", { minimum: 2 }))).toStrictEqual(["198.51.100.8/32"]);
  });

  test("faults name line, offset and reason", () => {
    expect(
      read("198.51.100.1\n1.2.3\n2001:db8:::1\n1.2.3.4/33\n01.2.3.04\n1.2.3.0/255.0.255.0\n4.4.4.4-3.3.3.3\n", "addresses").faults,
    ).toStrictEqual([
      { offset: 13, line: 2, reason: "an incomplete IPv4 address" },
      { offset: 19, line: 3, reason: "an incomplete IPv6 address" },
      { offset: 32, line: 4, reason: "a prefix length out of range" },
      { offset: 43, line: 5, reason: 'no address: "01.2.3.04"' },
      { offset: 53, line: 6, reason: "a netmask with holes" },
      { offset: 73, line: 7, reason: "a range that ends before it begins" },
    ]);
  });

  test("web pages, archives and octets are refused, whatever form is asked for", () => {
    for (const form of ["auto", ...READABLE_FORMS] as const) {
      expect(read("\n<!DOCTYPE html><html><body>198.51.100.1</body></html>", form).refused).toMatch(/web page/);
      expect(read("<html>\n198.51.100.1\n", form).refused).toMatch(/web page/);
      expect(read("", form).refused).toBe("is empty");
      expect(readFeed(Uint8Array.of(0x1f, 0x8b, 8, 0), form, { now: NOW }).refused).toMatch(/gzip/);
      expect(readFeed(new Uint8Array(100), form, { now: NOW }).refused).toMatch(/binary/);
    }
    expect(read('{"list": [', "json").refused).toMatch(/broken JSON/);
    expect(read('{"error":"forbidden"}')).toMatchObject({ form: "json", refused: null, entries: 0 });
  });

  test("byte order marks, UTF-16, line ends of all kinds, long lines and odd octets do not disturb", () => {
    const expected = ["198.51.100.1/32", "198.51.100.2/32"];
    const text = "198.51.100.1\r\n198.51.100.2";
    expect(networks(read(`\uFEFF${text}`))).toStrictEqual(expected);
    const wide = Uint8Array.from([0xff, 0xfe, ...[...encode(text)].flatMap((octet) => [octet, 0])]);
    expect(networks(readFeed(wide, "auto", { now: NOW }))).toStrictEqual(expected);
    expect(networks(read("198.51.100.1\r198.51.100.2 \u00e9\u0000\r"))).toStrictEqual(expected);
    const long = `198.51.100.1 ${"x".repeat(1e6)}\n${"y".repeat(1e6)}\n198.51.100.2\n`;
    expect(read(long, "addresses")).toMatchObject({ entries: 2, unparsed: 1 });
  });

  test("a range is the fewest networks that make it up", () => {
    expect(networks(read("198.51.100.1-198.51.100.6"))).toStrictEqual([
      "198.51.100.1/32",
      "198.51.100.2/31",
      "198.51.100.4/31",
      "198.51.100.6/32",
    ]);
    expect(networks(read("0.0.0.0-255.255.255.255"))).toStrictEqual(["0.0.0.0/0"]);
    expect(networks(read("0.0.0.1-255.255.255.254"))).toStrictEqual(["0.0.0.0/0"]);
    expect(networks(read("2001:db8::1-2001:db8::2"))).toStrictEqual(["2001:db8::1/128", "2001:db8::2/128"]);
    expect(networks(read("2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"))).toStrictEqual(["2001:db8::/32"]);
    expect(networks(read("::ffff:198.51.100.7"))).toStrictEqual(["198.51.100.7/32"]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(2 ** 20), (first, length) => {
        const last = Math.min(0xffffffff, first + length);
        const quad = (word: number): string => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join(".");
        const { words4, bits4, count4 } = read(`${quad(first)}-${quad(last)}`, "addresses").networks;
        let next = first;
        for (let i = 0; i < count4; i++) {
          expect(words4[i]).toBe(next);
          next += 2 ** (32 - bits4[i]!);
        }
        expect(next).toBe(last + 1);
      }),
    );
  });

  test("no octets make a reader throw, and none makes counts of nothing", () => {
    const samples = SAMPLES.map(([, , text]) => encode(text));
    const change = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      octet: fc.integer({ min: 0, max: 255 }),
      cut: fc.boolean(),
      twice: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { maxLength: 12 }),
        fc.constantFrom("auto", ...READABLE_FORMS),
        (sample, changes, form) => {
          let octets = Uint8Array.from(sample);
          for (const { at, octet, cut, twice } of changes) {
            const place = Math.floor(at * octets.length);
            if (cut) octets = octets.slice(0, place);
            else if (twice) octets = Uint8Array.from([...octets.subarray(0, place), ...octets.subarray(place >> 1)]).slice(0, 4096);
            else if (octets.length > 0) octets[place] = octet;
          }
          const reading = readFeed(octets, form, { now: NOW });
          expect(reading.networks.count).toBeGreaterThanOrEqual(reading.entries);
          for (const network of networks(reading)) expect(network).toMatch(/^[0-9a-f.:]+\/\d+$/);
          expect(reading.faults.length).toBe(Math.min(8, reading.unparsed));
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom("auto", ...READABLE_FORMS), (octets, form) => {
        readFeed(octets, form, { now: NOW });
      }),
    );
  });
});
