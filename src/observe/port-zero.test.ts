/** Port zero in its six kinds, and what only looks like it. */
import { describe, expect, test } from "vitest";
import { fragmentIPv4, icmpPacket, sctpInitPacket, tcpPacket, udpPacket } from "../lab/packet.ts";
import { CLASS_SYN, CLASS_TINY_FRAGMENT } from "../model/activity.ts";
import { GRADE_UNCONFIRMED, ObservationBatch } from "../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../model/protocol.ts";
import { observeCapture, observePackets, readSample, samplesPresent, sourcesOf } from "./captures.fixture.ts";
import { Observer } from "./index.ts";

const ip = { source: 0x0a000001, destination: 0xc0000201 };
const tcp = (sourcePort: number, destinationPort: number, flags = TCP_SYN): Uint8Array =>
  tcpPacket(ip, { sourcePort, destinationPort, flags });
const udp = (sourcePort: number, destinationPort: number): Uint8Array => udpPacket(ip, { sourcePort, destinationPort });
const NONE = { source: 0, destination: 0, both: 0 };

describe.skipIf(!samplesPresent)("real captures", () => {
  test("a SYN scan of port zero by hping3", () => {
    const { portZero } = observeCapture(readSample("pcap-scanners-live/hping_syn_p0.pcap"));
    // Each probe to port 0 was refused, from port 0.
    expect(portZero.tcp).toEqual({ destination: 20, source: 20, both: 0 });
    expect(portZero).toMatchObject({ replies: 20, sources: 1, targets: 1 });
    expect(portZero.topSources[0]).toMatchObject({ address: "10.77.0.1", packets: 20, tcpPackets: 20 });
  });

  test("1,248 later fragments are no port zero at all", () => {
    const { portZero } = observeCapture(readSample("pcap-fragments/ip_fragmented_garbage.pcap"));
    expect([portZero.tcp, portZero.udp]).toEqual([NONE, NONE]);
    expect(portZero.excluded.fragments).toBe(1248);
    expect(portZero.topSources).toEqual([]);
  });
});

describe("the six kinds", () => {
  test.each([
    ["TCP from 0", tcp(0, 445), { tcp: { ...NONE, source: 1 }, udp: NONE }],
    ["TCP to 0", tcp(445, 0), { tcp: { ...NONE, destination: 1 }, udp: NONE }],
    ["TCP from 0 to 0", tcp(0, 0), { tcp: { ...NONE, both: 1 }, udp: NONE }],
    ["UDP from 0", udp(0, 445), { tcp: NONE, udp: { ...NONE, source: 1 } }],
    ["UDP to 0", udp(445, 0), { tcp: NONE, udp: { ...NONE, destination: 1 } }],
    ["UDP from 0 to 0", udp(0, 0), { tcp: NONE, udp: { ...NONE, both: 1 } }],
  ])("%s", (_, packet, expected) => {
    const { portZero } = observePackets([packet, tcp(1, 65_535), udp(1, 65_535)]);
    expect(portZero).toMatchObject({ ...expected, sources: 1, targets: 1, replies: 0 });
    expect(portZero.unconfirmed).toEqual({ tcp: NONE, udp: NONE, flagged: 0 });
    expect(portZero.topSources).toMatchObject([{ address: "10.0.0.1", packets: 1, targets: 1 }]);
  });

  test("the mix on the other port is told, largest first", () => {
    const { portZero } = observePackets([tcp(0, 445), tcp(0, 445), tcp(80, 0), udp(0, 53)]);
    expect(portZero.otherPorts).toEqual([
      { port: 445, packets: 2 },
      { port: 53, packets: 1 },
      { port: 80, packets: 1 },
    ]);
  });

  test("the source's slot knows how many of its packets had port zero", () => {
    const [source] = sourcesOf(observePackets([tcp(0, 445), tcp(40_000, 0), tcp(40_000, 80)]));
    expect(source).toMatchObject({ trafficClass: CLASS_SYN, packets: 3, portZeroPackets: 2 });
  });
});

describe("what only looks like it", () => {
  test("ICMP, SCTP and later fragments", () => {
    const fragments = fragmentIPv4(udpPacket(ip, { sourcePort: 53, destinationPort: 40_000, payload: new Uint8Array(2000) }), 1480);
    const { portZero } = observePackets([icmpPacket(ip, 0, 0, 0), sctpInitPacket(ip, 0, 0, 1), ...fragments]);
    expect([portZero.tcp, portZero.udp, portZero.sources]).toEqual([NONE, NONE, 0]);
    expect(portZero.excluded).toMatchObject({ icmp: 1, fragments: 1 });
  });

  test("answers to port zero are counted, and make nobody a source", () => {
    const { portZero } = observePackets([tcp(80, 0, TCP_SYN | TCP_ACK), tcp(80, 0, TCP_RST), tcp(80, 0, TCP_RST | TCP_ACK)]);
    expect(portZero).toMatchObject({ tcp: { ...NONE, destination: 3 }, replies: 3, sources: 0, targets: 0, topSources: [], oddFlags: 0 });
  });

  test("records that cannot prove it stay apart", () => {
    const batch = new ObservationBatch(2);
    batch.time.fill(1_383_354_000);
    batch.family.fill(4);
    batch.source.fill(1);
    batch.protocol.set([PROTOCOL_TCP, PROTOCOL_UDP]);
    batch.tcpFlags[0] = TCP_SYN;
    batch.packets.fill(9);
    batch.grade.fill(GRADE_UNCONFIRMED);
    batch.length = 2;
    const observer = new Observer();
    observer.observe(batch);
    const { portZero } = observer.finish();
    expect(portZero).toMatchObject({
      tcp: NONE,
      udp: NONE,
      unconfirmed: { tcp: { ...NONE, both: 9 }, udp: { ...NONE, both: 9 }, flagged: expect.any(Number) },
      sources: 0,
    });
  });
});

describe("odd packets", () => {
  test("flags that no stack sends are odd, with or without ACK and RST, and never answers", () => {
    const odd = [
      0,
      TCP_FIN,
      TCP_FIN | TCP_PSH | TCP_URG,
      TCP_SYN | TCP_FIN,
      TCP_SYN | TCP_RST,
      TCP_RST | TCP_FIN,
      TCP_SYN | TCP_ACK | TCP_FIN,
      0x3f,
    ];
    const { portZero } = observePackets(odd.map((flags) => tcp(0, 445, flags)));
    expect(portZero).toMatchObject({ oddFlags: odd.length, replies: 0, sources: 1 });
    expect(portZero.topSources[0]?.packets).toBe(odd.length);
  });

  test("near miss: SYN, ACK and data are not odd", () => {
    expect(observePackets([tcp(0, 445), tcp(0, 445, TCP_ACK), tcp(0, 445, TCP_ACK | TCP_PSH)]).portZero).toMatchObject({
      oddFlags: 0,
      sources: 1,
    });
  });

  test("impossible header lengths are counted", () => {
    const packets = [0, 4, 8, 12, 16].map((claimedHeaderLength) =>
      tcpPacket(ip, { sourcePort: 0, destinationPort: 0, flags: TCP_SYN, claimedHeaderLength }),
    );
    expect(observePackets(packets).portZero).toMatchObject({ badHeaderLength: 5, tcp: { ...NONE, both: 5 } });
  });

  test("first fragments too short for their flags are probes from port zero, not answers", () => {
    const [first] = fragmentIPv4(tcp(0, 445), 8);
    const { portZero } = observePackets([first!]);
    expect(portZero).toMatchObject({ tcp: { ...NONE, source: 1 }, replies: 0, sources: 1, oddFlags: 0 });
  });

  test("the tiny fragments' slot knows its port-zero packets", () => {
    const [first] = fragmentIPv4(tcp(0, 445), 8);
    expect(sourcesOf(observePackets([first!]))).toMatchObject([{ trafficClass: CLASS_TINY_FRAGMENT, portZeroPackets: 1 }]);
  });
});
