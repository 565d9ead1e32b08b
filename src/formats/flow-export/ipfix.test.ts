import { describe, expect, test } from "vitest";
import { ethernet, vlan } from "../../lab/frame.ts";
import { tcpPacket } from "../../lab/packet.ts";
import { GRADE_CONFIRMED, GRADE_UNCONFIRMED, RECORD_PACKET } from "../../model/observation.ts";
import {
  Collector,
  type Field,
  ipfix,
  optionsTemplate10,
  PLAIN,
  PROBE,
  record,
  SENT,
  set,
  template,
  unsigned,
  type Value,
} from "./datagrams.fixture.ts";

const REVERSE = 29_305;
/** Without its times. */
const BARE = PLAIN.slice(0, 8);
const BARE_PROBE = PROBE.slice(0, 8);

function decoded(fields: readonly Field[], values: readonly Value[]): Collector {
  const collector = new Collector();
  collector.receive(ipfix({}, set(2, template(256, fields)), set(256, record(fields, values))));
  return collector;
}

describe("times", () => {
  const ntp = (seconds: number, fraction: number): Uint8Array =>
    Uint8Array.from([...unsigned(seconds + 2_208_988_800, 4), ...unsigned(fraction, 4)]);
  test.each<{ name: string; fields: Field[]; values: Value[]; time: number; duration: number }>([
    {
      name: "seconds",
      fields: [
        [150, 4],
        [151, 4],
      ],
      values: [SENT - 9, SENT - 7],
      time: SENT - 9,
      duration: 2,
    },
    {
      name: "milliseconds",
      fields: [
        [152, 8],
        [153, 8],
      ],
      values: [SENT * 1000 - 8500, SENT * 1000 - 8000],
      time: SENT - 8.5,
      duration: 0.5,
    },
    {
      name: "microseconds (NTP)",
      fields: [
        [154, 8],
        [155, 8],
      ],
      values: [ntp(SENT - 3, 0x80000000), ntp(SENT, 0)],
      time: SENT - 2.5,
      duration: 2.5,
    },
    { name: "microseconds since 1970", fields: [[154, 8]], values: [unsigned(SENT * 1e6 - 250_000, 8)], time: SENT - 0.25, duration: 0 },
    { name: "nanoseconds since 1970", fields: [[156, 8]], values: [unsigned(SENT * 1e9, 8)], time: SENT, duration: 0 },
    {
      name: "deltas",
      fields: [
        [158, 4],
        [159, 4],
      ],
      values: [3_000_000, 1_000_000],
      time: SENT - 3,
      duration: 2,
    },
    {
      name: "uptime and when the exporter started",
      fields: [
        [22, 4],
        [21, 4],
        [160, 8],
      ],
      values: [5000, 6000, (SENT - 100) * 1000],
      time: SENT - 95,
      duration: 1,
    },
    {
      name: "uptime of nobody knows when",
      fields: [
        [22, 4],
        [21, 4],
      ],
      values: [5000, 6000],
      time: SENT - 1,
      duration: 1,
    },
    {
      name: "end and duration",
      fields: [
        [153, 8],
        [161, 4],
      ],
      values: [SENT * 1000, 1500],
      time: SENT - 1.5,
      duration: 1.5,
    },
    { name: "none", fields: [], values: [], time: SENT, duration: 0 },
  ])("$name", ({ fields, values, time, duration }) => {
    const [row] = decoded([...BARE, ...fields], [...BARE_PROBE, ...values]).rows;
    expect(row?.time).toBeCloseTo(time, 4);
    expect(row?.duration).toBeCloseTo(duration, 4);
  });

  test("options data tells when the exporter started", () => {
    const collector = new Collector();
    const scope: readonly Field[] = [[143, 4]];
    const fields: readonly Field[] = [[160, 8]];
    collector.receive(ipfix({}, set(3, optionsTemplate10(300, scope, fields)), set(300, unsigned(1, 4), unsigned((SENT - 100) * 1000, 8))));
    const timed: readonly Field[] = [...BARE, [22, 4]];
    expect(collector.receive(ipfix({}, set(2, template(256, timed)), set(256, record(timed, [...BARE_PROBE, 4000]))))[0]?.time).toBe(
      SENT - 96,
    );
  });
});

describe("records", () => {
  test("fields of variable length and of other enterprises are stepped over", () => {
    const text = new TextEncoder().encode("x".repeat(300));
    const fields: readonly Field[] = [[96, -1], ...BARE, [7, 3, 9], [371, -1], [11, 2, 5951]];
    const values = [text, ...BARE_PROBE, 9, new Uint8Array(0), 99];
    expect(decoded(fields, values).rows).toMatchObject([{ sourcePort: 0, destinationPort: 445, packets: 1, bytes: 44, tcpFlags: 2 }]);
  });

  test("several records of variable length, padding behind them, and one that is cut", () => {
    const fields: readonly Field[] = [...BARE, [96, -1]];
    const one = record(fields, [...BARE_PROBE, new Uint8Array(5)]);
    const collector = new Collector();
    collector.receive(ipfix({}, set(2, template(256, fields)), set(256, one, one, unsigned(0, 3))));
    expect(collector.rows).toHaveLength(2);
    expect(collector.stats).toMatchObject({ records: 2, unparsed: 0 });
    collector.receive(ipfix({ sequence: 2 }, set(256, one, one.subarray(0, one.length - 1))));
    expect(collector.rows).toHaveLength(3);
    expect(collector.stats.faults).toMatchObject([{ reason: "flow record longer than its set" }]);
  });

  test("reverse elements (RFC 5103) give the answer a row, later than the question", () => {
    const fields: readonly Field[] = [...BARE, [152, 8], [2, 4, REVERSE], [1, 4, REVERSE], [6, 1, REVERSE], [152, 8, REVERSE]];
    const [to, from] = decoded(fields, [...BARE_PROBE, SENT * 1000 - 2000, 1, 40, 0x14, SENT * 1000 - 1500]).rows;
    expect(to).toMatchObject({ time: SENT - 2, source: "192.0.2.1", sourcePort: 0, destinationPort: 445, tcpFlags: 2 });
    expect(from).toMatchObject({
      time: SENT - 1.5,
      source: "198.51.100.2",
      sourcePort: 445,
      destinationPort: 0,
      tcpFlags: 0x14,
      packets: 1,
      bytes: 40,
    });
    // No answer, no row
    expect(decoded(fields, [...BARE_PROBE, SENT * 1000 - 2000, 0, 0, 0, 0]).rows).toHaveLength(1);
  });

  test("yaf's first and union flags", () => {
    const fields: readonly Field[] = [...BARE.filter(([element]) => element !== 6), [14, 1, 6871], [15, 1, 6871]];
    const values = BARE_PROBE.filter((_, i) => i !== 5);
    expect(decoded(fields, [...values, 2, 0x18]).rows).toMatchObject([{ tcpFlags: 0x1a }]);
  });

  test("initiator and responder: the one who answered may be the record's source", () => {
    const fields: readonly Field[] = [...BARE.slice(0, 6), [231, 4], [232, 4], [298, 4], [299, 4], [239, 1]];
    const values = [...BARE_PROBE.slice(0, 6), 100, 50, 3, 2];
    const [to, from] = decoded(fields, [...values, 1]).rows;
    expect(to).toMatchObject({ source: "192.0.2.1", packets: 3, payload: 100, bytes: 220 });
    expect(from).toMatchObject({ source: "198.51.100.2", packets: 2, payload: 50, bytes: 130 });
    expect(from?.time).toBeGreaterThan(to?.time ?? 0);
    const [late, early] = decoded(fields, [...values, 2]).rows;
    expect(late?.time).toBeGreaterThan(early?.time ?? 0);
  });

  test("a sampled frame is decoded as a packet, and counts for as many as were sampled", () => {
    const packet = tcpPacket({ source: 0xc0000201, destination: 0xc6336402 }, { sourcePort: 0, destinationPort: 445, flags: 2 });
    const fields: readonly Field[] = [
      [324, 8],
      [312, 2],
      [315, -1],
      [305, 4],
      [306, 4],
    ];
    const frame = vlan(ethernet(packet), 7);
    const collector = decoded(fields, [unsigned(SENT * 1e6 - 5e5, 8), 90, frame, 1, 511]);
    expect(collector.rows).toMatchObject([
      { record: RECORD_PACKET, time: SENT - 0.5, sourcePort: 0, destinationPort: 445, packets: 512, grade: GRADE_CONFIRMED, tcpFlags: 2 },
    ]);
    expect(collector.stats).toMatchObject({ records: 1, sampled: { records: 1, greatest: 512 } });
    expect(decoded([[313, -1]], [packet]).rows).toMatchObject([{ sourcePort: 0, grade: GRADE_CONFIRMED }]);
    // Neither a packet nor what could be one
    expect(decoded([[313, -1]], [new Uint8Array(0)]).rows).toEqual([]);
    expect(decoded([[313, -1]], [new Uint8Array(9)]).rows).toEqual([]);
  });
});

describe("sampling", () => {
  test("a selector's packets and the space between them", () => {
    const collector = new Collector();
    const options: readonly Field[] = [
      [305, 4],
      [306, 4],
    ];
    const sampled: readonly Field[] = [...BARE, [302, 4]];
    collector.receive(
      ipfix(
        {},
        set(3, optionsTemplate10(300, [[302, 4]], options)),
        set(300, unsigned(5, 4), record(options, [1, 99])),
        set(2, template(256, sampled)),
      ),
    );
    const data = (selector: number): Uint8Array => set(256, record(sampled, [...BARE_PROBE, selector]));
    expect(collector.receive(ipfix({}, data(5), data(6))).map((row) => row.packets)).toEqual([100, 1]);
  });

  test("the record's own interval", () => {
    expect(decoded([...BARE, [34, 4]], [...BARE_PROBE, 20]).rows).toMatchObject([{ packets: 20, bytes: 880, grade: GRADE_UNCONFIRMED }]);
  });
});

describe("template management", () => {
  const announce = set(2, template(256, BARE), template(257, BARE));
  const data = set(256, record(BARE, BARE_PROBE));

  test("a withdrawn template is gone; all of them go at once", () => {
    const collector = new Collector();
    collector.receive(ipfix({}, announce));
    collector.receive(ipfix({}, set(2, template(256, []))));
    expect(collector.receive(ipfix({}, data))).toEqual([]);
    expect(collector.receive(ipfix({ sequence: 1 }, set(257, record(BARE, BARE_PROBE))))).toHaveLength(1);
    collector.receive(ipfix({ sequence: 2 }, set(2, template(2, []))));
    expect(collector.receive(ipfix({ sequence: 2 }, set(257, record(BARE, BARE_PROBE))))).toEqual([]);
    expect(collector.stats.unparsed).toBe(0);
  });

  test("options templates whose scope is missing or longer than they are, are refused", () => {
    const collector = new Collector();
    for (const scopes of [0, 9])
      collector.receive(ipfix({}, set(3, unsigned(300, 2), unsigned(1, 2), unsigned(scopes, 2), unsigned(0x0022_0004, 4))));
    expect(collector.stats.faults.map((fault) => fault.reason)).toEqual(Array(2).fill("options template whose scope does not add up"));
  });
});

describe("sequence numbers", () => {
  const announce = set(2, template(256, BARE));
  const flows = (count: number): Uint8Array => set(256, ...Array.from({ length: count }, () => record(BARE, BARE_PROBE)));

  test("count data records; what could not be counted is not guessed", () => {
    const collector = new Collector();
    const lost = (): number => collector.stats.lost.get("IPFIX data records") ?? 0;
    collector.receive(ipfix({ sequence: 10 }, announce, flows(3)));
    collector.receive(ipfix({ sequence: 13 }, flows(2)));
    expect(lost()).toBe(0);
    collector.receive(ipfix({ sequence: 20 }, flows(1)));
    expect(lost()).toBe(5);
    collector.receive(ipfix({ sequence: 21 }, set(999, unsigned(0, 40))));
    collector.receive(ipfix({ sequence: 33 }, flows(1)));
    expect(lost()).toBe(5);
  });

  test("softflowd counts a message's own flows, and no options data", () => {
    const collector = new Collector();
    const options = [set(3, optionsTemplate10(300, [[143, 4]], [[160, 8]])), set(300, unsigned(0, 12))];
    collector.receive(ipfix({ sequence: 3 }, announce, ...options, flows(3)));
    collector.receive(ipfix({ sequence: 7 }, flows(4)));
    collector.receive(ipfix({ sequence: 9 }, announce, ...options, flows(2)));
    collector.receive(ipfix({ sequence: 14 }, flows(5)));
    expect(collector.stats.lost.size).toBe(0);
  });
});

test("a message that lies about its length is a fault", () => {
  const collector = new Collector();
  const message = ipfix({}, set(2, template(256, BARE)));
  message[3] = 0xff;
  collector.receive(message);
  collector.receive(Uint8Array.of(0, 10, 0, 4));
  expect(collector.stats).toMatchObject({ records: 2, unparsed: 2 });
});
