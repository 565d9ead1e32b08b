/** The whole of observing: real captures in halves, clocks that lie, and names of IPv6 addresses. */
import { describe, expect, test } from "vitest";
import { tcpPacket, udpPacket } from "../lab/packet.ts";
import { CLASS_RECEIVED, CLASS_SYN } from "../model/activity.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../model/protocol.ts";
import {
  captureOf,
  dumpActivity,
  eachBatch,
  observeCapture,
  observePackets,
  readSample,
  samplesPresent,
  sourcesOf,
} from "./captures.fixture.ts";
import { Observer } from "./index.ts";

const CAPTURES = [
  "pcap-scanners-live/nmap_syn_p0_1-100.pcap",
  "pcap-scanners-live/masscan_p0_80_23.pcap",
  "pcap-scans/synscan.pcap",
  "pcap-backscatter-dos/bro-simple-scan-backscatter.pcap",
  "pcap-benign-control/gnutella.pcap",
  "pcap-port0/fuzz-2006-06-26-2594.pcap",
];

describe.skipIf(!samplesPresent)("merging (skipped without ../shared/samples)", () => {
  test.each(CAPTURES)("two observers of alternate stretches of %s say together what one says of the whole", (path) => {
    const capture = readSample(path);
    const halves = [new Observer(), new Observer()] as const;
    let at = 0;
    eachBatch(capture, 64, (batch) => halves[at++ % 2 === 0 ? 0 : 1].observe(batch));
    halves[0].merge(halves[1]);
    expect(dumpActivity(halves[0].finish())).toEqual(dumpActivity(observeCapture(capture)));
  });
});

describe.skipIf(!samplesPresent)("batches (skipped without ../shared/samples)", () => {
  test.each(CAPTURES)("of any size give the same of %s", (path) => {
    const capture = readSample(path);
    expect(dumpActivity(observeCapture(capture, 17))).toEqual(dumpActivity(observeCapture(capture)));
  });
});

const SCANNER = 0x0a000001;
const GOOD = 1_383_354_000;
const syn = (target: number): Uint8Array =>
  tcpPacket({ source: SCANNER, destination: target }, { sourcePort: 40_000, destinationPort: 80, flags: TCP_SYN });

/** An activity of one SYN at each time. */
function at(times: readonly number[]): ReturnType<typeof observeCapture> {
  return observeCapture(captureOf(times.map((time, index) => ({ time, frame: syn(0xc0000200 + index) }))));
}

describe("clocks", () => {
  test("nothing observed is nothing seen", () => {
    const activity = new Observer().finish();
    expect(activity).toMatchObject({ firstSeen: null, lastSeen: null, observations: 0, senderCount: 0 });
  });

  test.each([
    ["1970", 0],
    ["2106", 4_294_967_295],
    ["six years on", GOOD + 6 * 366 * 86_400],
  ])("a packet of %s among good ones is observed, at the middle of the others, and counted", (_, broken) => {
    const activity = at([GOOD, GOOD + 10, broken, GOOD + 20]);
    expect(activity).toMatchObject({ firstSeen: GOOD, lastSeen: GOOD + 20, observations: 4 });
    expect(activity.totals.get("implausible-time")).toBe(1);
    expect(sourcesOf(activity)).toMatchObject([{ packets: 4, contactCount: 4, times: [GOOD, GOOD + 20] }]);
    const sum = [...activity.timeline.series.values()].flat().reduce((total, count) => total + count, 0);
    expect(sum).toBe(4);
    expect(activity.timeline.binSeconds).toBeLessThan(1);
  });

  test("near miss: four years between packets are believed, in either order", () => {
    const later = GOOD + 4 * 366 * 86_400;
    for (const times of [
      [GOOD, later],
      [later, GOOD],
    ]) {
      expect(at(times)).toMatchObject({ firstSeen: GOOD, lastSeen: later });
      expect(at(times).totals.get("implausible-time")).toBe(0);
    }
  });

  test("a whole capture from a clock that starts at 1970 is observed as it says", () => {
    const activity = at([0, 1, 2]);
    expect(activity).toMatchObject({ firstSeen: 0, lastSeen: 2 });
    expect(activity.totals.get("implausible-time")).toBe(0);
  });

  test("one broken packet at the start does not make all others implausible", () => {
    const activity = at([0, GOOD, GOOD + 10, GOOD + 20]);
    expect(activity.totals.get("implausible-time")).toBe(1);
    expect(activity).toMatchObject({ firstSeen: GOOD, lastSeen: GOOD + 20 });
  });
});

describe("views", () => {
  test("targets are exact though the answers received are a coarser sample", () => {
    const ends = { source: SCANNER, destination: 0 };
    const packets: Uint8Array[] = [];
    // 400 targets, two ports each; and answers that were never asked for, from 2,000 more.
    for (let i = 0; i < 400; i++) {
      for (const destinationPort of [80, 443])
        packets.push(tcpPacket({ ...ends, destination: 0xc6330000 + i }, { sourcePort: 40_000, destinationPort, flags: TCP_SYN }));
    }
    for (let i = 0; i < 2000; i++) {
      packets.push(
        tcpPacket({ source: 0xcb007100 + i, destination: SCANNER }, { sourcePort: 80, destinationPort: 40_000, flags: TCP_RST | TCP_ACK }),
      );
    }
    const sources = sourcesOf(observePackets(packets)).filter((source) => source.address === "10.0.0.1");
    const probes = sources.find((source) => source.trafficClass === CLASS_SYN);
    expect(sources.find((source) => source.trafficClass === CLASS_RECEIVED)?.scale).toBeGreaterThan(1);
    expect(probes?.scale).toBeGreaterThan(1);
    expect(probes).toMatchObject({ contactCount: 800, targetCount: 400, portCount: 2 });
  });

  test("many IPv6 addresses keep their names", () => {
    const packets = Array.from({ length: 3000 }, (_, i) =>
      udpPacket({ source: [0x20010db8, i, 0, 1], destination: [0x20010db8, 0, 0, 0x80] }, { sourcePort: 40_000, destinationPort: 53 }),
    );
    const activity = observePackets(packets);
    const addresses = new Set<string>();
    activity.visit(1, (view) => addresses.add(view.address));
    expect(addresses.size).toBe(3000);
    expect([...addresses].every((address) => address.startsWith("2001:db8:"))).toBe(true);
    expect(Math.abs(activity.senderCount - 3000)).toBeLessThan(100);
  });
});
