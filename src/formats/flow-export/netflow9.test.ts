import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
} from "../../model/observation.ts";
import {
  address6,
  Collector,
  type Field,
  join,
  netflow9,
  optionsTemplate9,
  PLAIN,
  PROBE,
  record,
  SENT,
  set,
  template,
  unsigned,
  UPTIME,
  type Value,
} from "./datagrams.fixture.ts";

const NOT_COME = "data whose template did not come";

/** The rows of one record of a template. */
function decoded(fields: readonly Field[], values: readonly Value[]): Collector {
  const collector = new Collector();
  collector.receive(netflow9({}, set(0, template(256, fields)), set(256, record(fields, values))));
  return collector;
}

describe("NetFlow v9 records", () => {
  test("a template's fields make a row", () => {
    expect(decoded(PLAIN, PROBE).rows).toMatchObject([
      {
        time: SENT - 2,
        source: "192.0.2.1",
        destination: "198.51.100.2",
        sourcePort: 0,
        destinationPort: 445,
        tcpFlags: 2,
        packets: 1,
        bytes: 44,
        payload: 0,
        grade: GRADE_UNCONFIRMED,
        fragment: FRAGMENT_NONE,
        action: ACTION_UNKNOWN,
      },
    ]);
  });

  test("IPv6 addresses, and templates for both families", () => {
    const fields: readonly Field[] = [[27, 16], [28, 16], ...PLAIN];
    const six = [address6(0x20010db8, 0, 0, 1), address6(0x20010db8, 0, 0, 2)];
    expect(decoded(fields, [...six, 0, 0, ...PROBE.slice(2)]).rows).toMatchObject([
      { family: 6, source: "2001:db8::1", destination: "2001:db8::2" },
    ]);
    expect(decoded(fields, [address6(0, 0, 0, 0), address6(0, 0, 0, 0), ...PROBE]).rows).toMatchObject([
      { family: 4, source: "192.0.2.1" },
    ]);
  });

  test("a template without ports tells none: the row is a placeholder", () => {
    const fields = PLAIN.filter(([element]) => element !== 7 && element !== 11);
    const values = PROBE.filter((_, i) => i !== 2 && i !== 3);
    expect(decoded(fields, values).rows).toMatchObject([{ sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER }]);
  });

  test("ports of UDP and TCP apart are taken by protocol", () => {
    const fields: readonly Field[] = [...PLAIN.filter(([element]) => element !== 7 && element !== 11), [180, 2], [181, 2]];
    const values = PROBE.filter((_, i) => i !== 2 && i !== 3);
    const udp = values.map((value, i) => (i === 2 ? 17 : value));
    expect(decoded(fields, [...udp, 5000, 53]).rows).toMatchObject([{ protocol: 17, sourcePort: 5000, destinationPort: 53 }]);
    expect(decoded(fields, [...values, 0, 0]).rows).toMatchObject([{ protocol: 6, sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER }]);
  });

  test.each([
    { offset: 0, flags: 0x40, fragment: FRAGMENT_NONE, grade: GRADE_CONFIRMED, port: 0 },
    { offset: 0, flags: 0x20, fragment: FRAGMENT_FIRST, grade: GRADE_CONFIRMED, port: 0 },
    { offset: 185, flags: 0, fragment: FRAGMENT_LATER, grade: GRADE_CONFIRMED, port: NO_PORT },
  ])("fragment elements prove ports, or that there are none: offset $offset, flags $flags", ({ offset, flags, fragment, grade, port }) => {
    const rows = decoded([...PLAIN, [88, 2], [197, 1]], [...PROBE, offset, flags]).rows;
    expect(rows).toMatchObject([{ sourcePort: port, fragment, grade }]);
  });

  test.each([
    { flags: 0x40, fragment: FRAGMENT_NONE, grade: GRADE_CONFIRMED },
    { flags: 0x00, fragment: FRAGMENT_NONE, grade: GRADE_UNCONFIRMED },
    { flags: 0x20, fragment: FRAGMENT_FIRST, grade: GRADE_UNCONFIRMED },
  ])("fragment flags without the offset prove little: $flags", ({ flags, fragment, grade }) => {
    expect(decoded([...PLAIN, [197, 1]], [...PROBE, flags]).rows).toMatchObject([{ fragment, grade }]);
  });

  test.each([
    { status: 0x40, action: ACTION_ALLOWED },
    { status: 0x82, action: ACTION_DENIED },
    { status: 0xc0, action: ACTION_UNKNOWN },
    { status: 2, action: ACTION_DENIED },
  ])("forwarding status $status", ({ status, action }) => {
    expect(decoded([...PLAIN, [89, 1]], [...PROBE, status]).rows).toMatchObject([{ action }]);
  });

  test("ICMP from its own element before the destination port", () => {
    const icmp = PROBE.map((value, i) => (i === 4 ? 1 : i === 3 ? 0 : value));
    expect(decoded([...PLAIN, [32, 2]], [...icmp, 0x0800]).rows).toMatchObject([{ icmpType: 8, icmpCode: 0, sourcePort: NO_PORT }]);
    expect(decoded([...PLAIN, [176, 1], [177, 1]], [...icmp, 3, 13]).rows).toMatchObject([{ icmpType: 3, icmpCode: 13 }]);
  });

  test("a record of one packet tells its identification and sequence number, of several it does not", () => {
    const fields: readonly Field[] = [...PLAIN, [54, 4], [184, 4], [186, 2], [192, 1]];
    expect(decoded(fields, [...PROBE, 54_321, 0xc6336402, 1024, 242]).rows).toMatchObject([
      { ipId: 54_321, sequence: 0xc6336402, window: 1024, ttl: 242 },
    ]);
    const two = PROBE.map((value, i) => (i === 6 ? 2 : value));
    expect(decoded(fields, [...two, 54_321, 0xc6336402, 1024, 242]).rows).toMatchObject([{ ipId: 0, sequence: 0, window: 0, ttl: 242 }]);
  });

  test("layer 2, NAT events and records without a protocol are passed over, each by name", () => {
    for (const [fields, reason] of [
      [
        [
          [56, 6],
          [80, 6],
          [1, 4],
          [2, 4],
        ],
        "flow record of layer 2 (no IP addresses)",
      ],
      [[...PLAIN.slice(0, 5), [225, 4], [230, 1], [323, 8]], "NAT event (no traffic)"],
      [
        [
          [8, 4],
          [1, 4],
          [2, 4],
        ],
        "flow record without both addresses",
      ],
      [[...PLAIN.slice(0, 4), [1, 4], [2, 4]], "flow record without a protocol"],
    ] as const) {
      const collector = decoded(
        fields,
        fields.map(() => 1),
      );
      expect(collector.rows).toEqual([]);
      expect(Object.fromEntries(collector.stats.skipped)).toEqual({ [reason]: 1 });
      expect(collector.stats.records).toBe(1);
    }
  });
});

describe("Cisco ASA events", () => {
  const FIELDS: readonly Field[] = [...PLAIN.slice(0, 5), [233, 1], [323, 8], [231, 4], [232, 4]];
  const event = (kind: number, sent: number, answered: number): Collector =>
    decoded(FIELDS, [...PROBE.slice(0, 5), kind, (SENT - 5) * 1000, sent, answered]);

  test("a denied flow is one packet that was dropped", () => {
    expect(event(3, 0, 0).rows).toMatchObject([{ time: SENT - 5, packets: 1, action: ACTION_DENIED, sourcePort: 0 }]);
  });

  test("a flow's beginning is left to its end, which tells both directions", () => {
    expect(event(1, 0, 0).rows).toEqual([]);
    expect(event(2, 300, 0).rows).toMatchObject([{ packets: 1, payload: 300, bytes: 340, action: ACTION_ALLOWED }]);
    const [to, from] = event(2, 300, 900).rows;
    expect(to).toMatchObject({ source: "192.0.2.1", sourcePort: 0, destinationPort: 445, payload: 300 });
    expect(from).toMatchObject({ source: "198.51.100.2", sourcePort: 445, destinationPort: 0, payload: 900 });
    expect(from?.time).toBeGreaterThan(to?.time ?? 0);
  });

  test("a flow torn down without an octet was a probe without an answer", () => {
    expect(event(2, 0, 0).rows).toMatchObject([{ packets: 1, payload: 0 }]);
  });
});

describe("sampling", () => {
  const SAMPLED: readonly Field[] = [...PLAIN, [48, 1]];
  const OPTIONS: readonly Field[] = [
    [48, 1],
    [50, 4],
  ];
  const announce = set(1, optionsTemplate9(300, [[1, 4]], OPTIONS));
  const option = (id: number, factor: number): Uint8Array => set(300, unsigned(0, 4), record(OPTIONS, [id, factor]));

  test("each sampler has its factor, and each exporter and source its samplers", () => {
    const collector = new Collector();
    collector.receive(netflow9({ domain: 1 }, announce, option(1, 100), option(2, 2000), set(0, template(256, SAMPLED))));
    const data = (id: number): Uint8Array => set(256, record(SAMPLED, [...PROBE, id]));
    expect(collector.receive(netflow9({ domain: 1 }, data(1), data(2), data(3))).map((row) => row.packets)).toEqual([100, 2000, 1]);
    collector.receive(netflow9({ domain: 2 }, set(0, template(256, SAMPLED))));
    expect(collector.receive(netflow9({ domain: 2 }, data(1))).map((row) => row.packets)).toEqual([1]);
    expect(collector.stats.sampled).toEqual({ records: 2, least: 100, greatest: 2000 });
    expect(collector.stats.skipped.get("options data (samplers, the exporter's own counts)")).toBe(2);
  });

  test("records that name no sampler take the only one, or the general one", () => {
    const collector = new Collector();
    collector.receive(netflow9({}, announce, option(7, 50), set(0, template(256, PLAIN))));
    expect(collector.receive(netflow9({}, set(256, record(PLAIN, PROBE))))[0]?.packets).toBe(50);
    const general: readonly Field[] = [
      [34, 4],
      [35, 1],
    ];
    collector.receive(netflow9({}, set(1, optionsTemplate9(301, [[1, 4]], general)), set(301, unsigned(0, 4), record(general, [10, 1]))));
    expect(collector.receive(netflow9({}, set(256, record(PLAIN, PROBE))))[0]?.packets).toBe(10);
  });

  test("a factor beyond belief is none", () => {
    const collector = new Collector();
    collector.receive(netflow9({}, announce, option(7, 0xffffffff), option(8, 0), set(0, template(256, PLAIN))));
    expect(collector.receive(netflow9({}, set(256, record(PLAIN, PROBE))))[0]?.packets).toBe(1);
  });
});

describe("templates", () => {
  const announce = netflow9({ sequence: 2 }, set(0, template(256, PLAIN)));
  const data = (sequence: number): Uint8Array =>
    netflow9({ sequence, sent: SENT - 60, uptime: UPTIME - 60_000 }, set(256, record(PLAIN, PROBE)));

  test("data that comes first waits, and is dated by its own datagram", () => {
    const collector = new Collector();
    expect(collector.receive(data(1))).toEqual([]);
    expect(collector.receive(announce)).toMatchObject([{ time: SENT - 60 + 58, sourcePort: 0 }]);
    expect(collector.receive(data(3))).toHaveLength(1);
    collector.decoder.finish();
    expect(collector.stats).toMatchObject({ records: 2, unparsed: 0 });
    expect(collector.stats.skipped.size).toBe(0);
  });

  test("data whose template never comes is counted", () => {
    const collector = new Collector();
    collector.receive(data(1));
    collector.receive(announce, "192.0.2.253");
    expect(collector.rows).toEqual([]);
    collector.decoder.finish();
    expect(collector.stats.skipped.get(NOT_COME)).toBe(1);
  });

  test("another layout under the same id replaces the first", () => {
    const collector = new Collector();
    collector.receive(announce);
    const turned = [...PLAIN.slice(1, 2), ...PLAIN.slice(0, 1), ...PLAIN.slice(2)];
    collector.receive(netflow9({}, set(0, template(256, turned))));
    expect(collector.receive(netflow9({}, set(256, record(PLAIN, PROBE))))).toMatchObject([
      { source: "198.51.100.2", destination: "192.0.2.1" },
    ]);
    // An options template too
    collector.receive(netflow9({}, set(1, optionsTemplate9(256, [[1, 4]], [[34, 4]]))));
    expect(collector.receive(netflow9({}, set(256, record(PLAIN, PROBE))))).toEqual([]);
  });

  test("templates outlive an input and serve the next one", () => {
    const memory = new Map<string, unknown>();
    new Collector(memory).receive(announce, "");
    const next = new Collector(memory);
    expect(next.receive(data(900_000), "")).toHaveLength(1);
    // Its numbers are not those of the input before
    expect(next.stats.lost.size).toBe(0);
  });

  test("a template of an earlier input is not believed where the data does not fit", () => {
    const memory = new Map<string, unknown>();
    const other: readonly Field[] = [...PLAIN, [48, 5]];
    new Collector(memory).receive(netflow9({}, set(0, template(256, other))), "");
    const next = new Collector(memory);
    expect(next.receive(data(1), "")).toEqual([]);
    expect(next.receive(announce, "")).toHaveLength(1);
  });

  test("a template that was not announced for a day is forgotten", () => {
    const collector = new Collector();
    collector.receive(announce);
    expect(collector.receive(data(3), undefined, SENT + 86_000)).toHaveLength(1);
    expect(collector.receive(data(4), undefined, SENT + 87_000)).toEqual([]);
  });
});

describe("hostile sets", () => {
  const faults = (...sets: readonly Uint8Array[]): string[] => {
    const collector = new Collector();
    collector.receive(netflow9({}, ...sets));
    expect(collector.rows).toEqual([]);
    return collector.stats.faults.map((fault) => fault.reason);
  };

  test("templates that promise what no datagram can hold", () => {
    expect(faults(set(0, unsigned(256, 2), unsigned(0xffff, 2)))).toEqual(["template of more than 1,024 fields"]);
    expect(faults(set(0, unsigned(256, 2), unsigned(9, 2), unsigned(8, 2)))).toEqual(["template longer than its set"]);
    expect(faults(set(0, template(255, PLAIN)))).toEqual(["template with an id below 256"]);
    expect(faults(set(0, template(256, [])))).toEqual(["template of records without octets"]);
    expect(
      faults(
        set(
          0,
          template(256, [
            [1, 0],
            [2, 0],
          ]),
        ),
      ),
    ).toEqual(["template of records without octets"]);
    expect(
      faults(
        set(
          0,
          template(256, [
            [1, 0xffff],
            [2, 1],
          ]),
        ),
      ),
    ).toEqual(["template of records longer than a datagram"]);
    expect(faults(set(1, unsigned(256, 2), unsigned(3, 2), unsigned(5, 2), unsigned(0, 8)))).toEqual([
      "options template whose scope does not add up",
    ]);
  });

  test("sets whose lengths lie", () => {
    expect(faults(join(unsigned(256, 2), unsigned(3, 2)))).toEqual(["set shorter than its header"]);
    expect(faults(join(unsigned(256, 2), unsigned(400, 2)))).toEqual(["set longer than its datagram"]);
    expect(faults(set(99, unsigned(1, 4)))).toEqual(["set with a reserved id"]);
    expect(faults(new Uint8Array(40))).toEqual([]);
  });

  test("records of one octet, as many as a datagram holds, end", () => {
    const collector = new Collector();
    collector.receive(netflow9({}, set(0, template(256, [[4, 1]])), set(256, new Uint8Array(60_000))));
    expect(collector.stats).toMatchObject({ records: 60_000, unparsed: 0 });
  });

  test("fields of odd lengths are read or left out", () => {
    const fields = PLAIN.map(([element, length]): Field => [element, element === 2 ? 3 : element === 1 ? 8 : element === 7 ? 0 : length]);
    // No source port to read: no ports at all
    expect(decoded(fields, PROBE).rows).toMatchObject([{ packets: 1, bytes: 44, sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER }]);
  });
});
