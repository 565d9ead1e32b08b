import { describe, expect, test } from "vitest";
import { FLAGS_UNKNOWN, GRADE_UNCONFIRMED, NO_PORT, RECORD_FLOW } from "../../model/observation.ts";
import { Collector, join, netflow5, SENT, unsigned, UPTIME } from "./datagrams.fixture.ts";

describe("NetFlow v5", () => {
  test("a record is one flow whose ports nothing proves", () => {
    const [row] = new Collector().receive(netflow5({}, [{ sourcePort: 0, packets: 3, octets: 1560, flags: 0x1a, tos: 8 }]));
    expect(row).toMatchObject({
      time: SENT - 2,
      duration: 1,
      family: 4,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      sourcePort: 0,
      destinationPort: 445,
      protocol: 6,
      tcpFlags: 0x1a,
      packets: 3,
      bytes: 1560,
      payload: 1560 - 3 * 52,
      tos: 8,
      record: RECORD_FLOW,
      grade: GRADE_UNCONFIRMED,
    });
  });

  test("ICMP's type and code in the destination port are no port", () => {
    const [row] = new Collector().receive(netflow5({}, [{ protocol: 1, sourcePort: 0, destinationPort: 0x0301 }]));
    expect(row).toMatchObject({ sourcePort: NO_PORT, destinationPort: NO_PORT, icmpType: 3, icmpCode: 1, tcpFlags: 0 });
  });

  test("zeros for TCP flags are flags only of an exporter that has told some", () => {
    const collector = new Collector();
    const rows = collector.receive(netflow5({}, [{ flags: 0 }, { flags: 2 }, { flags: 0 }]));
    expect(rows.map((row) => row.tcpFlags)).toEqual([FLAGS_UNKNOWN, 2, 0]);
    expect(collector.receive(netflow5({ sequence: 3 }, [{ flags: 0 }]), "192.0.2.253")[0]?.tcpFlags).toBe(FLAGS_UNKNOWN);
  });

  test("the sampling interval of the header multiplies, and is noted", () => {
    const collector = new Collector();
    const [row] = collector.receive(netflow5({ sampling: 0x4000 | 1000 }, [{ packets: 2, octets: 80 }]));
    expect(row).toMatchObject({ packets: 2000, bytes: 80_000 });
    expect(collector.stats.sampled).toEqual({ records: 1, least: 1000, greatest: 1000 });
  });

  test("counts beyond 32 bits stop at the top", () => {
    const [row] = new Collector().receive(netflow5({ sampling: 16_000 }, [{ packets: 0xfffffff0, octets: 0xffffffff }]));
    expect(row).toMatchObject({ packets: 0xffffffff, bytes: 0xffffffff });
  });

  test("a flow that began before the uptime wrapped is dated before it", () => {
    const [row] = new Collector().receive(netflow5({ uptime: 1500 }, [{ first: 0x1_0000_0000 - 500, last: 500 }]));
    expect(row).toMatchObject({ time: SENT - 2, duration: 1 });
  });

  test("an exporter whose clock was never set is dated by when its datagram came", () => {
    expect(new Collector().receive(netflow5({ sent: 86_400 }, [{}]))[0]?.time).toBe(SENT - 2);
  });

  test("a record without packets is passed over", () => {
    const collector = new Collector();
    expect(collector.receive(netflow5({}, [{ packets: 0, octets: 0 }]))).toEqual([]);
    expect(Object.fromEntries(collector.stats.skipped)).toEqual({ "flow record without packets": 1 });
  });

  test("gaps are losses; restarts and late datagrams are none", () => {
    const collector = new Collector();
    const lost = (): number => collector.stats.lost.get("NetFlow v5 records") ?? 0;
    collector.receive(netflow5({ sequence: 10 }, [{}, {}]));
    collector.receive(netflow5({ sequence: 12 }, [{}]));
    expect(lost()).toBe(0);
    collector.receive(netflow5({ sequence: 20 }, [{}]));
    expect(lost()).toBe(7);
    // One of the seven comes after all
    collector.receive(netflow5({ sequence: 13 }, [{}]));
    expect(lost()).toBe(6);
    collector.receive(netflow5({ sequence: 0, uptime: 1000 }, [{ first: 0, last: 0 }]));
    collector.receive(netflow5({ sequence: 1, uptime: 2000 }, [{ first: 0, last: 0 }]));
    expect(lost()).toBe(6);
    // Another engine counts for itself
    collector.receive(netflow5({ sequence: 500, domain: 1 }, [{}]));
    expect(lost()).toBe(6);
  });

  test("a datagram shorter than its records is a fault, and nothing of it is read", () => {
    const collector = new Collector();
    const whole = netflow5({}, [{}, {}]);
    expect(collector.receive(whole.subarray(0, whole.length - 1))).toEqual([]);
    expect(collector.receive(Uint8Array.of(0, 5, 0))).toEqual([]);
    expect(collector.receive(Uint8Array.of(0, 5, 0, 1))).toEqual([]);
    expect(collector.stats).toMatchObject({ records: 3, unparsed: 3 });
  });
});

test("NetFlow v1 and v7 are read by layouts of their own", () => {
  const common = [unsigned(0xc0000201, 4), unsigned(0xc6336402, 4), unsigned(0, 8), unsigned(2, 4), unsigned(80, 4)];
  const times = [unsigned(UPTIME - 2000, 4), unsigned(UPTIME - 1000, 4), unsigned(0, 2), unsigned(443, 2)];
  const header = [unsigned(1, 2), unsigned(UPTIME, 4), unsigned(SENT, 4), unsigned(0, 4)];
  const one = join(unsigned(1, 2), ...header, ...common, ...times, unsigned(0, 2), Uint8Array.of(6, 4, 0x12), new Uint8Array(11));
  const seven = join(unsigned(7, 2), ...header, new Uint8Array(8), ...common, ...times, Uint8Array.of(0, 0x12, 6, 4), new Uint8Array(12));
  for (const datagram of [one, seven]) {
    expect(new Collector().receive(datagram)).toMatchObject([
      {
        time: SENT - 2,
        source: "192.0.2.1",
        sourcePort: 0,
        destinationPort: 443,
        protocol: 6,
        tos: 4,
        tcpFlags: 0x12,
        packets: 2,
        bytes: 80,
      },
    ]);
  }
});
