import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIPv4, formatIPv6, hashIPv6 } from "../../model/address.ts";
import { FilterError } from "../../model/errors.ts";
import { FRAGMENT_FIRST, FRAGMENT_LATER, GRADE_UNCONFIRMED, type ObservationBatch, OPTION_MSS } from "../../model/observation.ts";
import { PROTOCOL_TCP, TCP_ACK, TCP_ECE, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { batchOf, captureOf, FIXTURE_ADDRESSES, FIXTURE_PORTS, fixturePacket, type FixturePacket, words6 } from "./capture-fixture.ts";
import { compileFilter } from "./compile.ts";

const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

const PROBE: FixturePacket = {
  family: 4,
  protocol: PROTOCOL_TCP,
  source: 0x0a000001,
  destination: 0xc0a80101,
  sourcePort: 0,
  destinationPort: 445,
  flags: TCP_SYN,
  ttl: 50,
  fragment: 0,
  payload: 0,
};

function matches(text: string, changes: Partial<FixturePacket> = {}): boolean {
  return compileFilter(text).matches(batchOf([{ ...PROBE, ...changes }]), 0);
}

/** Rows of the batch that pass, by index. */
function passing(text: string, batch: ObservationBatch): number[] {
  const filter = compileFilter(text);
  const rows: number[] = [];
  for (let row = 0; row < batch.length; row++) if (filter.matches(batch, row)) rows.push(row);
  return rows;
}

/** Rows that tcpdump keeps, by the time it prints, which is the index. */
function tcpdumpKeeps(text: string, capture: Uint8Array): number[] {
  const run = spawnSync("tcpdump", ["-r", "-", "-nn", "-tt", "-q", "-O", text], { input: capture, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`tcpdump refused ${text}: ${run.stderr}`);
  const rows: number[] = [];
  for (const line of run.stdout.split("\n")) {
    const time = /^\s?(\d+)\.000000 /.exec(line);
    if (time !== null) rows.push(Number(time[1]));
  }
  return rows;
}

describe("tcpdump's own language", () => {
  const address = fc.constantFrom(...FIXTURE_ADDRESSES).chain((word) => fc.constantFrom(formatIPv4(word), formatIPv6(...words6(word))));
  const port = fc.constantFrom(...FIXTURE_PORTS);
  const direction = fc.constantFrom("", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ");
  const network = fc.constantFrom(
    "10.0.0.0/8",
    "10",
    "192.168",
    "192.168.1",
    "10.0.0.0/30",
    "2001:db8::/32",
    "2001:db8::c0a8:0/112",
    "0.0.0.0/0",
  );
  const leaf = fc.oneof(
    fc.constantFrom("tcp", "udp", "icmp", "sctp", "arp", "ip", "ip6", "icmp6", "ip proto 6", "ip proto \\udp", "ip6 proto 17"),
    fc
      .tuple(fc.constantFrom("", "tcp ", "udp ", "sctp "), direction, port)
      .map(([carrier, way, number]) => `${carrier}${way}port ${number}`),
    fc.tuple(direction, port, fc.nat(400)).map(([way, low, width]) => `${way}portrange ${low}-${low + width}`),
    fc
      .tuple(direction, fc.constantFrom("host ", ""), address)
      .map(([way, type, text]) => (way === "" ? `host ${text}` : `${way}${type}${text}`)),
    fc.tuple(direction, network).map(([way, text]) => `${way}net ${text}`),
    fc.tuple(port, port).map(([one, two]) => `tcp src port ${one} or ${two}`),
    fc.tuple(address, address).map(([one, two]) => `dst host ${one} or ${two}`),
    fc
      .tuple(
        fc.constantFrom("tcp-syn", "(tcp-syn|tcp-ack)", "0x12", "(tcp-rst | 1)"),
        fc.constantFrom("=", "==", "!=", "<", ">="),
        fc.constantFrom("0", "2", "tcp-syn", "0x10"),
      )
      .map(([mask, sign, value]) => `(ip and tcp[tcpflags] & ${mask} ${sign} ${value})`),
  );
  const expression = fc
    .array(fc.tuple(fc.constantFrom("", "", "not ", "! "), leaf, fc.constantFrom("and", "or", "&&", "||"), fc.boolean()), {
      minLength: 1,
      maxLength: 5,
    })
    .map((terms) => {
      let text = "";
      for (const [negation, test, connective, enclose] of terms) {
        text = text === "" ? `${negation}${test}` : `${enclose ? `(${text})` : text} ${connective} ${negation}${test}`;
      }
      return text;
    });

  test.skipIf(!hasTcpdump)("keeps the packets that tcpdump keeps", () => {
    const packets = fc.sample(fixturePacket, { numRuns: 400, seed: 2013 });
    const batch = batchOf(packets);
    const capture = captureOf(packets);
    expect(tcpdumpKeeps("tcp", capture).length).toBeGreaterThan(50);
    fc.assert(
      fc.property(expression, (text) => {
        expect(passing(text, batch), text).toEqual(tcpdumpKeeps(text, capture));
      }),
      { numRuns: 150 },
    );
  });

  test("binds `and` and `or` equally, from the left, as tcpdump does", () => {
    // As C would read it, the TCP packet would pass.
    expect(matches("tcp or udp and port 53")).toBe(false);
    expect(matches("tcp or (udp and port 53)")).toBe(true);
  });

  test("repeats the qualifiers before a bare value", () => {
    expect(matches("tcp dst port 22 or 445")).toBe(true);
    expect(matches("tcp src port 22 or 445")).toBe(false);
    expect(matches("src host 1.2.3.4 or 10.0.0.1")).toBe(true);
    expect(matches("dst host 1.2.3.4 or 10.0.0.1")).toBe(false);
  });
});

describe("words of our own", () => {
  test("port zero is a port, and a later fragment has none", () => {
    expect(matches("portzero")).toBe(true);
    expect(matches("src port 0")).toBe(true);
    expect(matches("dst port 0")).toBe(false);
    expect(matches("portzero", { fragment: FRAGMENT_LATER })).toBe(false);
    expect(matches("port 0-65535", { fragment: FRAGMENT_LATER })).toBe(false);
    expect(matches("port 0,1,2,3-9", { fragment: FRAGMENT_LATER })).toBe(false);
  });

  test("lists and ranges of ports", () => {
    expect(matches("dst port 22,80,440-450")).toBe(true);
    expect(matches("dst port 22, 80 ,3389")).toBe(false);
    expect(matches("dst port smb")).toBe(true);
    expect(matches("host 1.1.1.1,10.0.0.1")).toBe(true);
  });

  test("syn is an opening, with ECN bits or without, and not an answer", () => {
    expect(matches("syn")).toBe(true);
    expect(matches("syn", { flags: TCP_SYN | TCP_ECE })).toBe(true);
    expect(matches("syn", { flags: TCP_SYN | TCP_ACK })).toBe(false);
    expect(matches("syn-ack", { flags: TCP_SYN | TCP_ACK })).toBe(true);
    expect(matches("syn", { protocol: 17 })).toBe(false);
    expect(matches("null", { flags: 0 })).toBe(true);
    expect(matches("xmas", { flags: TCP_FIN | TCP_PSH | TCP_URG })).toBe(true);
  });

  test("flags asks for all of a list, and with = for no others", () => {
    expect(matches("flags SYN,ACK", { flags: TCP_SYN | TCP_ACK | TCP_PSH })).toBe(true);
    expect(matches("flags SYN,ACK")).toBe(false);
    expect(matches("flags = SYN,ACK", { flags: TCP_SYN | TCP_ACK | TCP_PSH })).toBe(false);
    expect(matches("flags = syn")).toBe(true);
    expect(matches("flags != syn")).toBe(false);
    expect(matches("flags none", { flags: 0 })).toBe(true);
  });

  test("unknown flags pass no test of flags, and not its denial by !=", () => {
    for (const text of ["syn", "null", "flags none", "flags != SYN", "tcp[13] & 2 != 2", "tcp[13] = 0"]) {
      expect(matches(text, { fragment: FRAGMENT_LATER }), text).toBe(false);
    }
  });

  test("fragments, first and later", () => {
    expect(matches("fragment")).toBe(false);
    expect(matches("fragment", { fragment: FRAGMENT_FIRST })).toBe(true);
    expect(matches("fragment first", { fragment: FRAGMENT_FIRST })).toBe(true);
    expect(matches("fragment later", { fragment: FRAGMENT_FIRST })).toBe(false);
    expect(matches("fragment later", { fragment: FRAGMENT_LATER })).toBe(true);
  });

  test("numbers of a row", () => {
    expect(matches("ttl < 64")).toBe(true);
    expect(matches("ttl<64")).toBe(true);
    expect(matches("ttl >= 64")).toBe(false);
    expect(matches("length = 40")).toBe(true);
    expect(matches("len > 0x28")).toBe(false);
    expect(matches("payload = 0")).toBe(true);
    // No MSS option, no MSS: not even an unequal one.
    expect(matches("mss != 1460")).toBe(false);
    expect(matches("icmptype = 0")).toBe(false);
    const batch = batchOf([PROBE]);
    batch.options[0] = OPTION_MSS;
    batch.mss[0] = 1460;
    batch.grade[0] = GRADE_UNCONFIRMED;
    expect(passing("mss = 1460 and not confirmed", batch)).toEqual([0]);
  });

  test("IPv6 addresses with the same hash are told apart by their words", () => {
    const batch = batchOf([{ ...PROBE, family: 6 }]);
    const other = 0x0a0000ff;
    batch.source[0] = hashIPv6(...words6(other));
    expect(passing(`src host ${formatIPv6(...words6(0x0a000001))}`, batch)).toEqual([0]);
    expect(passing(`src host ${formatIPv6(...words6(other))}`, batch)).toEqual([]);
    // And the hash is never taken for an IPv4 address.
    expect(passing(`host ${formatIPv4(hashIPv6(...words6(other)))}`, batch)).toEqual([]);
  });
});

describe("errors", () => {
  test.each([
    ["", 0, "empty"],
    ["  ", 0, "empty"],
    ["prot 0", 0, 'did you mean "port"'],
    ["tcp and prtzero", 8, 'did you mean "portzero"'],
    ["tcp and", 7, 'missing after "and"'],
    ["and tcp", 0, 'before "and"'],
    ["(tcp or udp", 0, "never closed"],
    ["tcp)", 3, "closes nothing"],
    ["tcp port 80 udp", 12, '"and" or "or" is missing'],
    ["80", 0, 'did you mean "port 80"'],
    ["port 65536", 5, "beyond 65535"],
    ["port 90-80", 5, "did you mean 80-90"],
    ["dst port htps", 9, 'did you mean "https"'],
    ["port 10.0.0.1", 5, "is an address"],
    ["host 10.0.0.0/8", 5, 'did you mean "net 10.0.0.0/8"'],
    ["host www.example.com", 5, "names are not looked up"],
    ["host 10.0.0.256", 5, "not an IPv4 or IPv6 address"],
    ["net 10.0.0.0/33", 4, "from 0 to 32"],
    ["net 2001:db8::/129", 4, "from 0 to 128"],
    ["ttl < 256", 6, "beyond 255"],
    ["ttl 64", 4, "one of < <="],
    ["flags SNY", 6, "did you mean SYN"],
    ["flags < SYN", 6, "= or !="],
    ["vlan 5", 0, "stripped"],
    ["host fe80::1%eth0", 12, "zone"],
    ['"tcp"', 0, "quotation marks"],
    ["tcp[2] = 0", 4, "tcp[tcpflags]"],
    ["port 22,", 8, "after the comma"],
    ["tcp ⁈", 4, "unexpected character"],
  ])("%s breaks at column %i: %s", (text, position, words) => {
    let caught: unknown;
    try {
      compileFilter(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(FilterError);
    expect((caught as FilterError).message).toContain(words);
    expect((caught as FilterError).message).not.toContain("\n");
    expect((caught as FilterError).position).toBe(position);
  });

  test("any text gives a filter or a FilterError with a column inside it, and a filter answers every row", () => {
    const words = [
      "tcp",
      "port",
      "src",
      "dst",
      "host",
      "net",
      "and",
      "or",
      "not",
      "!",
      "(",
      ")",
      "[",
      "]",
      "tcp[13]",
      "&",
      "|",
      "=",
      "<",
      ",",
      "80",
      "10.0.0.1",
      "::1",
      "flags",
      "SYN",
      "ttl",
      "fragment",
      "proto",
      "1-2",
    ];
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."tcporus ()!&|<>=,:./-0123456789\\[]".split("")) }),
      fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((some) => some.join(" ")),
    );
    const batch = batchOf(fc.sample(fixturePacket, { numRuns: 5, seed: 1 }));
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(passing(text, batch).length).toBeLessThanOrEqual(5);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          const { position } = error as FilterError;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test("long chains are no deeper than short ones, and deep nests are refused, not crashed on", () => {
    const block = Array.from({ length: 20_000 }, (_, index) => `host ${formatIPv4(0x0a000000 + index)}`).join(" or ");
    expect(matches(block)).toBe(true);
    expect(matches(`${"not ".repeat(10_001)}udp`)).toBe(true);
    expect(() => compileFilter("(".repeat(100_000))).toThrow(FilterError);
    expect(() => compileFilter("!(".repeat(100_000))).toThrow(FilterError);
    expect(() => compileFilter("tcp and udp or ".repeat(50_000))).toThrow(FilterError);
    expect(() => compileFilter("x".repeat(2 ** 21))).toThrow(FilterError);
  });
});
