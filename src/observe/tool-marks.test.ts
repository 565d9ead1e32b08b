/** Marks of tools, on the lab's probers and on what comes near them. */
import { describe, expect, test } from "vitest";
import { tcpPacket } from "../lab/packet.ts";
import * as probers from "../lab/prober.ts";
import { Random } from "../lab/random.ts";
import { ANDROID, LINUX, WINDOWS, WINDOWS_XP, synOptions } from "../lab/stack.ts";
import { CLASS_ACK, CLASS_FIN, CLASS_SYN, TOOLS } from "../model/activity.ts";
import type { ToolName } from "../model/activity.ts";
import { TCP_ACK, TCP_FIN, TCP_SYN } from "../model/protocol.ts";
import { observeCapture, observePackets, readSample, samplesPresent, sourcesOf } from "./captures.fixture.ts";
import type { SourceDump } from "./captures.fixture.ts";

const SCANNER = 0x0a000001;
const MSS_1460 = Uint8Array.of(2, 4, 5, 0xb4);

/** What the scanner's slot of a class says of `count` probes. */
function scanBy(make: probers.MakeProber, count = 200, kind = CLASS_SYN): SourceDump {
  const random = new Random(7);
  const prober = make(random, SCANNER);
  const packets = Array.from({ length: count }, (_, i) => {
    const { ip, tcp } = prober.probe(0xc0000200 + (i % 250), 1 + ((i * 37) % 60_000), 0);
    return tcpPacket(ip, tcp);
  });
  return sourceIn(packets, kind);
}

function sourceIn(packets: readonly Uint8Array[], kind = CLASS_SYN): SourceDump {
  const source = sourcesOf(observePackets(packets)).find((one) => one.address === "10.0.0.1" && one.trafficClass === kind);
  if (source === undefined) throw new Error("the scanner was not seen");
  return source;
}

function marksOf(source: SourceDump): Partial<Record<ToolName, number>> {
  return Object.fromEntries(TOOLS.map((tool, index) => [tool, source.tools[index] ?? 0]).filter(([, packets]) => packets !== 0));
}

/** SYNs of one machine to many targets, everything random that is random in life. */
function syns(window: number, options: Uint8Array, ttl: number, count = 3000): Uint8Array[] {
  const random = new Random(11);
  return Array.from({ length: count }, (_, i) =>
    tcpPacket(
      { source: SCANNER, destination: 0xc0000200 + (i % 250), ttl, id: random.integer(0, 65_535) },
      {
        sourcePort: random.integer(1024, 65_535),
        destinationPort: 1 + (i % 60_000),
        flags: TCP_SYN,
        sequence: random.word(),
        window,
        options,
      },
    ),
  );
}

describe.skipIf(!samplesPresent)("captures of the tools themselves", () => {
  test.each([
    ["pcap-scanners-live/masscan_p0_80_23.pcap", "masscan"],
    ["pcap-scanners-live/hping_syn_p0.pcap", "hping"],
    ["pcap-scanners-live/hping_port_walk.pcap", "hping"],
  ] as const)("%s carries the mark of %s in every SYN", (path, tool) => {
    const source = sourcesOf(observeCapture(readSample(path))).find((one) => one.address === "10.77.0.1" && one.trafficClass === CLASS_SYN);
    expect(source?.tools[TOOLS.indexOf(tool)]).toBe(source?.packets);
  });
});

describe("the lab's probers", () => {
  test.each([
    ["nmap", probers.nmapProber("syn")],
    ["masscan", probers.masscanProber("old")],
    ["masscan", probers.masscanProber("new")],
    ["zmap", probers.zmapProber("old")],
    ["zmap", probers.zmapProber("new")],
    ["hping", probers.hpingProber],
    ["mirai", probers.miraiProber],
  ] as const)("%s is told from every packet", (tool, make) => {
    expect(marksOf(scanBy(make))[tool]).toBeGreaterThanOrEqual(199);
  });

  test("unicornscan is told from every packet but the first, whose key nothing confirms", () => {
    expect(marksOf(scanBy(probers.unicornscanProber)).unicornscan).toBeGreaterThanOrEqual(198);
  });

  test("nmap's window is its mark in the other techniques too", () => {
    expect(marksOf(scanBy(probers.nmapProber("fin"), 50, CLASS_FIN))).toEqual({ nmap: 50 });
  });

  test("an operating system's connect() has no mark, and its packets are a stack's", () => {
    const source = scanBy(probers.connectProber, 500);
    expect(marksOf(source)).toEqual({});
    expect(source.stackPackets).toBe(500);
  });
});

describe("near misses", () => {
  test.each([LINUX, WINDOWS, WINDOWS_XP, ANDROID])("$name's stack has no mark but what chance gives", (stack) => {
    const marks = marksOf(sourceIn(syns(stack.window, synOptions(stack, 12_345), stack.ttl - 9)));
    expect(marks.masscan ?? 0).toBeLessThanOrEqual(2); // 3,000 chances of 1 in 65,536
    expect({ ...marks, masscan: 0 }).toEqual({ masscan: 0 });
  });

  test("macOS, with ZMap's window and options, at a TTL of its own is not ZMap", () => {
    const options = Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 0, 0);
    expect(marksOf(sourceIn(syns(65_535, options, 55))).zmap).toBeUndefined();
    // From behind a gateway that raises TTLs: the timestamps still tell it.
    expect(marksOf(sourceIn(syns(65_535, options, 250))).zmap).toBeUndefined();
  });

  test("ip.id 54321 by chance is not ZMap without its window", () => {
    const packets = Array.from({ length: 50 }, (_, i) =>
      tcpPacket(
        { source: SCANNER, destination: 0xc0000200 + i, id: 54_321 },
        { sourcePort: 40_000, destinationPort: 80, flags: TCP_SYN, window: 8192 },
      ),
    );
    expect(marksOf(sourceIn(packets))).toEqual({});
  });

  test("window 1024 with other options, or another MSS, is not nmap", () => {
    expect(marksOf(sourceIn(syns(1024, Uint8Array.of(2, 4, 5, 0xb4, 1, 1, 4, 2), 50, 50))).nmap).toBeUndefined();
    expect(marksOf(sourceIn(syns(1024, Uint8Array.of(2, 4, 5, 0xa0), 50, 50))).nmap).toBeUndefined();
    expect(marksOf(sourceIn(syns(1025, MSS_1460, 50, 50))).nmap).toBeUndefined();
  });

  test("window 512 with options is not hping", () => {
    expect(marksOf(sourceIn(syns(512, MSS_1460, 50, 50)))).toEqual({});
  });

  test("a sequence number that is the destination in a FIN is not Mirai", () => {
    const packets = Array.from({ length: 20 }, (_, i) =>
      tcpPacket(
        { source: SCANNER, destination: 0xc0000200 + i },
        { sourcePort: 40_000, destinationPort: 23, flags: TCP_FIN, sequence: 0xc0000200 + i, window: 8192 },
      ),
    );
    expect(marksOf(sourceIn(packets, CLASS_FIN))).toEqual({});
  });

  test("one sequence number and one source port over a /16 do not make Unicornscan", () => {
    const packets = Array.from({ length: 250 }, (_, i) =>
      tcpPacket(
        { source: SCANNER, destination: 0xc0000200 + i },
        { sourcePort: 40_000, destinationPort: 80, flags: TCP_SYN, sequence: 0x12345678, window: 8192 },
      ),
    );
    expect(marksOf(sourceIn(packets)).unicornscan ?? 0).toBeLessThan(10);
  });

  test("repeated packets in a log without sequence numbers do not make Unicornscan", () => {
    const packets = Array.from({ length: 250 }, (_, i) =>
      tcpPacket(
        { source: SCANNER, destination: 0xc0000200 + Math.floor(i / 5) },
        { sourcePort: 40_000 + Math.floor(i / 5), destinationPort: 80, flags: TCP_SYN, sequence: 0, window: 64_240 },
      ),
    );
    expect(marksOf(sourceIn(packets)).unicornscan).toBeUndefined();
  });

  test("a bare ACK of a conversation carries no mark", () => {
    const packets = [
      tcpPacket({ source: SCANNER, destination: 0xc0000201 }, { sourcePort: 40_000, destinationPort: 80, flags: TCP_ACK, window: 1024 }),
    ];
    expect(marksOf(sourceIn(packets, CLASS_ACK))).toEqual({});
  });
});
