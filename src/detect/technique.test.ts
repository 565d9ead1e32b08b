/** Techniques and tools, each beside what it must not be taken for. */
import { describe, expect, test } from "vitest";
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_FIN,
  CLASS_ICMP_REQUEST,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_SYN,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { ActivityBuilder, addresses, onHost, onPort, range, SCANNER, withHosts, HOME } from "./activity-builder.fixture.ts";
import type { ContactRow } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

function scansOf(activity: Activity): readonly Scan[] {
  return detect(activity, { home: HOME }).scans;
}

describe("techniques", () => {
  test("packets that no stack sends need five contacts, or fewer of several techniques", () => {
    const ports = range(2000, 4);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_FIN, onHost("192.0.2.7", range(2000, 5))).activity)).toMatchObject([
      { technique: "fin" },
    ]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_FIN, onHost("192.0.2.7", ports)).activity)).toEqual([]);
    const three = new ActivityBuilder()
      .add(SCANNER, CLASS_FIN, onHost("192.0.2.7", ports))
      .add(SCANNER, CLASS_NULL, onHost("192.0.2.7", ports))
      .add(SCANNER, CLASS_XMAS, onHost("192.0.2.7", ports));
    expect(scansOf(three.activity).map((scan) => scan.technique)).toEqual(["fin", "null", "xmas"]);
  });

  test("a connect scan goes on after the SYN-ACK, a SYN scan does not", () => {
    const closed = onHost("192.0.2.7", range(1, 60), OUTCOME_REFUSED);
    const open = (outcome: number): ContactRow[] => onHost("192.0.2.7", [80, 443], outcome);
    const of = (outcome: number): Scan | undefined =>
      scansOf(withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(SCANNER, CLASS_SYN, [...closed, ...open(outcome)]).activity)[0];
    expect(of(OUTCOME_ANSWERED | OUTCOME_COMPLETED)).toMatchObject({ technique: "connect", spoofable: false });
    expect(of(OUTCOME_ANSWERED)).toMatchObject({ technique: "syn", spoofable: true });
  });

  test("records without flags show TCP and no more, unless packets went to and fro", () => {
    const of = (outcome: number, flagsUntold: number): Scan | undefined =>
      scansOf(
        withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(
          SCANNER,
          CLASS_SYN,
          [...onHost("192.0.2.7", range(1, 60)), ...onHost("192.0.2.7", [80, 443], outcome)],
          { flagsUntold },
        ).activity,
      )[0];
    expect(of(0, 62)).toMatchObject({ technique: "tcp-unknown", transport: "tcp" });
    expect(of(0, 62)?.evidence.join()).toContain("the records do not tell TCP flags");
    expect(of(OUTCOME_ANSWERED, 62)).toMatchObject({ technique: "tcp-unknown" });
    expect(of(OUTCOME_ANSWERED | OUTCOME_COMPLETED, 62)).toMatchObject({ technique: "connect" });
    expect(of(0, 30)).toMatchObject({ technique: "syn" });
  });

  test("with nothing answered a stack's options tell, and its patience", () => {
    const contacts = onHost("192.0.2.7", range(1, 60));
    const of = (packets: number, stackPackets: number): string | undefined =>
      scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { packets, stackPackets }).activity)[0]?.technique;
    expect(of(120, 120)).toBe("connect");
    expect(of(60, 60)).toBe("syn");
    expect(of(120, 0)).toBe("syn");
  });

  test("ACK scans are met with RSTs; halves of conversations are not", () => {
    const host = withHosts(new ActivityBuilder(), ["192.0.2.7"]);
    expect(scansOf(host.add(SCANNER, CLASS_ACK, onHost("192.0.2.7", range(1, 50), OUTCOME_REFUSED)).activity)).toMatchObject([
      { technique: "ack" },
    ]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_ACK, onHost("192.0.2.7", range(3000, 20))).activity)).toEqual([]);
  });

  test("UDP, ICMP, ARP, tiny fragments and OS detection", () => {
    const hosts = addresses("192.0.2.1", 60);
    const of = (trafficClass: number, contacts: ContactRow[]): Scan | undefined =>
      scansOf(new ActivityBuilder().add(SCANNER, trafficClass, contacts).activity)[0];
    expect(of(CLASS_UDP, onHost("192.0.2.7", [0, 53, 123, 161, 1900], OUTCOME_UNREACHABLE))).toMatchObject({
      technique: "udp",
      transport: "udp",
      kind: "vertical",
    });
    expect(of(CLASS_ICMP_REQUEST, onPort(hosts, 8))).toMatchObject({ technique: "icmp", kind: "horizontal" });
    expect(of(CLASS_ARP_REQUEST, onPort(hosts, 0))).toMatchObject({ technique: "arp", kind: "horizontal", ports: [], portZero: false });
    expect(of(CLASS_TINY_FRAGMENT, onHost("192.0.2.7", range(1, 30)))).toMatchObject({ technique: "syn", fragmented: true });
    expect(of(CLASS_OS_DETECTION, onHost("192.0.2.7", range(0, 10)))).toMatchObject({ technique: "os-detection", tool: { name: "nmap" } });
  });

  test("flags at random are one scan", () => {
    const hosts = addresses("198.18.0.1", 200);
    const builder = new ActivityBuilder()
      .add(SCANNER, CLASS_TCP_ODD, onPort(hosts.slice(0, 90), 0), { portZeroPackets: 90 })
      .add(SCANNER, CLASS_NULL, onPort(hosts.slice(90, 130), 0), { portZeroPackets: 40 })
      .add(SCANNER, CLASS_SYN, onPort(hosts.slice(130), 0), { portZeroPackets: 70 });
    expect(scansOf(builder.activity)).toMatchObject([
      { technique: "other", contactCount: 200, targetCount: 200, portZero: true, kind: "horizontal" },
    ]);
  });
});

describe("tools", () => {
  const contacts = onPort(addresses("192.0.2.1", 50), 23);
  const toolOf = (tools: Record<string, number>): unknown =>
    scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { tools }).activity)[0]?.tool;
  test("one Mirai packet is strong, one Masscan packet is chance", () => {
    expect(toolOf({ mirai: 1 })).toEqual({ name: "mirai", packets: 1 });
    expect(toolOf({ masscan: 1 })).toBeNull();
    expect(toolOf({ masscan: 50 })).toEqual({ name: "masscan", packets: 50 });
    expect(toolOf({ nmap: 10 })).toBeNull();
    expect(toolOf({ nmap: 48 })).toEqual({ name: "nmap", packets: 48 });
  });
});
