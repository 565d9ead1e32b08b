import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_CONVERSED,
  CLASS_FIN,
  CLASS_ICMP_REQUEST,
  CLASS_MAIMON,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_RECEIVED,
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import { parseNetwork } from "../model/address.ts";
import type { Network } from "../model/address.ts";
import type { Scan } from "../model/finding.ts";
import { ActivityBuilder, addresses } from "./activity-builder.ts";
import type { ContactRow } from "./activity-builder.ts";
import { detect, MAXIMUM_FINDINGS } from "./index.ts";

const HOME: Network[] = [parseNetwork("192.0.2.0/24"), parseNetwork("198.18.0.0/15")].filter((network) => network !== null);
const SCANNER = "203.0.113.9";
const SERVED = OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA;

function scansOf(activity: Activity): readonly Scan[] {
  return detect(activity, { home: HOME }).scans;
}
function onPort(targets: readonly string[], port: number, outcome = 0): ContactRow[] {
  return targets.map((target) => [target, port, outcome]);
}
function onHost(host: string, ports: readonly number[], outcome = 0): ContactRow[] {
  return ports.map((port) => [host, port, outcome]);
}
function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
/** Hosts that sent something, so that they are not dark. */
function withHosts(builder: ActivityBuilder, hosts: readonly string[]): ActivityBuilder {
  for (const host of hosts) builder.add(host, CLASS_SERVED, [[SCANNER, 9999]]);
  return builder;
}

describe("kinds of scan and their near misses", () => {
  test("nine dark hosts on 445 are a horizontal scan (Zeek's verdict), six are none", () => {
    const [scan] = scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("192.0.2.10", 9), 445)).activity);
    expect(scan).toMatchObject({
      source: SCANNER,
      kind: "horizontal",
      technique: "syn",
      ports: [445],
      targetCount: 9,
      darkTargetCount: 9,
      spoofable: true,
    });
    expect(scan?.outcomes).toEqual({ answered: 0, refused: 0, unreachable: 0, silent: 9 });
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("192.0.2.10", 6), 445)).activity)).toEqual([]);
  });

  test("five closed low ports of a host are a vertical scan, four are none", () => {
    const scan = (ports: number[]): readonly Scan[] =>
      scansOf(
        withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(SCANNER, CLASS_SYN, onHost("192.0.2.7", ports, OUTCOME_REFUSED)).activity,
      );
    expect(scan([21, 22, 23, 25, 80])).toMatchObject([{ kind: "vertical", portCount: 5, targetCount: 1, darkTargetCount: 0 }]);
    expect(scan([21, 22, 23, 25])).toEqual([]);
  });

  test("many hosts by many ports are a block, many hosts by few ports a strobe", () => {
    const hosts = addresses("192.0.2.1", 40);
    const block = hosts.slice(0, 20).flatMap((host) => onHost(host, range(100, 25)));
    const strobe = hosts.flatMap((host) => onHost(host, [22, 80, 443]));
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, block).activity)).toMatchObject([{ kind: "block", contactCount: 500 }]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, strobe).activity)).toMatchObject([
      { kind: "strobe", portCount: 3, targetCount: 40 },
    ]);
  });

  test("live hosts that keep silent need Zeek's 25, ten do once three are dark", () => {
    const live = addresses("192.0.2.1", 30);
    const of = (targets: string[]): number =>
      scansOf(withHosts(new ActivityBuilder(), live).add(SCANNER, CLASS_SYN, onPort(targets, 5900)).activity).length;
    expect(of(live.slice(0, 25))).toBe(1);
    expect(of(live.slice(0, 24))).toBe(0);
    expect(of([...live.slice(0, 7), ...addresses("192.0.2.100", 3)])).toBe(1);
    expect(of([...live.slice(0, 7), ...addresses("192.0.2.100", 2)])).toBe(0);
  });

  test("minutes between probes make it slow, seconds do not", () => {
    const contacts = onPort(addresses("192.0.2.1", 31), 22);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { last: 30 * 600 }).activity)).toMatchObject([{ slow: true }]);
    expect(scansOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, contacts, { last: 30 * 20 }).activity)).toMatchObject([{ slow: false }]);
  });

  test("port zero: three packets to one host are a probe, one is a stray", () => {
    const of = (packets: number): readonly Scan[] =>
      scansOf(
        new ActivityBuilder().add(SCANNER, CLASS_SYN, [["192.0.2.7", 0, OUTCOME_REFUSED]], { packets, portZeroPackets: packets }).activity,
      );
    expect(of(20)).toMatchObject([{ kind: "vertical", ports: [0], portZero: true }]);
    expect(of(1)).toEqual([]);
  });
});

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

describe("many sources", () => {
  test("decoys are listed on the scan of the source that shows itself", () => {
    const contacts = onHost("192.0.2.7", range(1, 100), OUTCOME_REFUSED);
    const builder = withHosts(new ActivityBuilder(), ["192.0.2.7"]);
    for (const decoy of ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
      builder.add(decoy, CLASS_SYN, contacts, { first: 100, last: 110 });
    builder.add(SCANNER, CLASS_SYN, contacts, { first: 100.001, last: 110 }).add(SCANNER, CLASS_RST_SENT, [["192.0.2.7", 50_000]]);
    expect(scansOf(builder.activity)).toMatchObject([{ source: SCANNER, decoys: ["198.51.100.1", "198.51.100.2", "198.51.100.3"] }]);
  });

  test("the same sweep an hour later is no decoy", () => {
    const contacts = onPort(addresses("192.0.2.1", 100), 23);
    const builder = new ActivityBuilder()
      .add("198.51.100.1", CLASS_SYN, contacts, { first: 0, last: 10 })
      .add(SCANNER, CLASS_SYN, contacts, { first: 3600, last: 3610 });
    expect(scansOf(builder.activity)).toMatchObject([{ decoys: [] }, { decoys: [] }]);
  });

  test("sources that share out a port over a network are one distributed scan", () => {
    const targets = addresses("192.0.2.1", 200);
    const builder = new ActivityBuilder();
    for (let member = 0; member < 50; member++)
      builder.add(`100.${member}.7.7`, CLASS_SYN, onPort(targets.slice(member * 4, member * 4 + 4), 8291), {
        first: member,
        last: member + 30,
      });
    expect(scansOf(builder.activity)).toMatchObject([
      { kind: "distributed", ports: [8291], memberCount: 50, targetCount: 200, contactCount: 200 },
    ]);
  });

  test("background radiation on one port is not glued together", () => {
    let state = 7;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % limit;
    };
    const builder = new ActivityBuilder();
    for (let source = 0; source < 300; source++) {
      const targets = addresses(`198.18.${random(2)}.0`, 256).filter(() => random(256) < 3);
      if (targets.length > 0)
        builder.add(`100.${source & 255}.${source >> 8}.7`, CLASS_SYN, onPort(targets.slice(0, 8), 23), {
          first: random(86_400),
          last: 86_400,
        });
    }
    expect(scansOf(builder.activity)).toEqual([]);
  });

  test("clients of one service are no scan", () => {
    const builder = new ActivityBuilder().add("192.0.2.80", CLASS_SERVED, [["100.0.0.1", 443]]);
    for (let client = 0; client < 200; client++) builder.add(`100.0.${client}.7`, CLASS_SYN, [["192.0.2.80", 443, SERVED]]);
    expect(scansOf(builder.activity)).toEqual([]);
  });
});

describe("backscatter", () => {
  const peers = addresses("192.0.2.1", 100);
  const victim = "198.51.100.80";
  const syn = (builder: ActivityBuilder, last = 120): ActivityBuilder =>
    builder.add(victim, CLASS_SYN_ACK_SENT, onPort(peers, 80), { packets: 400, last });

  test("answers that nobody asked for name the victim, and no scanner", () => {
    const { scans, backscatter } = detect(syn(new ActivityBuilder()).activity, { home: HOME });
    expect(scans).toEqual([]);
    expect(backscatter).toMatchObject([{ victim, transport: "tcp", ports: [80], peers: 100, packets: 400, qualifies: true }]);
    expect(detect(syn(new ActivityBuilder(), 86_400).activity, { home: HOME }).backscatter).toMatchObject([{ qualifies: false }]);
  });

  test("answers to a scan in the same capture are answers", () => {
    const builder = syn(new ActivityBuilder());
    for (const peer of peers) builder.add(peer, CLASS_SYN, [[victim, 80, OUTCOME_ANSWERED]]);
    expect(detect(builder.activity, { home: HOME }).backscatter).toEqual([]);
  });

  test("a server of which only its own side was captured is no victim", () => {
    expect(detect(syn(new ActivityBuilder()).add(victim, CLASS_STRAY, onPort(peers, 50_000)).activity, { home: HOME }).backscatter).toEqual(
      [],
    );
  });

  test("a scanner's own resets are no backscatter", () => {
    const builder = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(peers, 80, OUTCOME_ANSWERED))
      .add(SCANNER, CLASS_RST_SENT, onPort(peers, 40_000), { packets: 400, last: 120 });
    const { scans, backscatter } = detect(builder.activity, { home: HOME });
    expect(scans).toMatchObject([{ source: SCANNER }]);
    expect(backscatter).toEqual([]);
  });
});

describe("ordinary traffic is no scan", () => {
  const client = "192.0.2.50";
  const web = addresses("151.101.0.1", 200, 65_537);

  test("a browser with some dead servers", () => {
    const contacts = [...onPort(web.slice(0, 180), 443, SERVED), ...onPort(web.slice(180), 443)];
    expect(scansOf(new ActivityBuilder().add(client, CLASS_SYN, contacts).activity)).toEqual([]);
  });

  test("a scan beside the browsing is found, and the browsing left out", () => {
    const contacts = [...onPort(web, 443, SERVED), ...onPort(addresses("192.0.2.100", 40), 445, OUTCOME_REFUSED)];
    expect(scansOf(new ActivityBuilder().add(client, CLASS_SYN, contacts).activity)).toMatchObject([{ ports: [445], contactCount: 40 }]);
  });

  test("a resolver, and DNS answers whose questions were not captured", () => {
    const resolver = [...onPort(web.slice(0, 150), 53, OUTCOME_ANSWERED | OUTCOME_DATA), ...onPort(web.slice(150), 53)];
    expect(scansOf(new ActivityBuilder().add(client, CLASS_UDP, resolver).activity)).toEqual([]);
    const answers = onHost("192.0.2.53", range(30_000, 60));
    expect(scansOf(new ActivityBuilder().add("9.9.9.9", CLASS_UDP, answers, { servicePortPackets: 60 }).activity)).toEqual([]);
  });

  test("peers, each on a port of its own, many of them gone", () => {
    const contacts = web.map((peer, index): ContactRow => [peer, 10_000 + 37 * index, index % 2 === 0 ? SERVED : 0]);
    expect(scansOf(new ActivityBuilder().add(client, CLASS_SYN, contacts).activity)).toEqual([]);
  });

  test("traceroute to one host", () => {
    expect(
      scansOf(new ActivityBuilder().add(client, CLASS_UDP, onHost("151.101.0.1", range(33_434, 60)), { ttlMin: 1, ttlMax: 20 }).activity),
    ).toEqual([]);
  });

  test("late FINs and ACKs to a service that is there", () => {
    const servers = addresses("192.0.2.1", 60);
    const builder = new ActivityBuilder();
    for (const server of servers) builder.add(server, CLASS_SERVED, [["100.1.1.1", 443]]);
    builder.add("100.64.0.9", CLASS_MAIMON, onPort(servers, 443)).add("100.64.0.9", CLASS_ACK, onPort(servers, 443, OUTCOME_REFUSED));
    expect(scansOf(builder.activity)).toEqual([]);
  });

  test("a balancer's checks, half-open and over and over", () => {
    const backends = addresses("192.0.2.1", 40);
    expect(
      scansOf(
        withHosts(new ActivityBuilder(), backends).add(client, CLASS_SYN, onPort(backends, 8080, OUTCOME_ANSWERED), { packets: 40 * 100 })
          .activity,
      ),
    ).toEqual([]);
  });

  test("conversations of which only the client's side was captured", () => {
    const servers = addresses("192.0.2.1", 60);
    const builder = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(servers, 443)).add(SCANNER, CLASS_STRAY, onPort(servers, 443));
    expect(scansOf(builder.activity)).toEqual([]);
  });

  test("announcements to groups and broadcasts", () => {
    const contacts = [...onPort(addresses("239.255.255.1", 40), 1900), ...onPort(addresses("192.0.2.255", 1), 137)];
    expect(scansOf(new ActivityBuilder().add(client, CLASS_UDP, contacts).activity)).toEqual([]);
  });

  test("a router's look-ups for hosts that somebody scans", () => {
    const hosts = addresses("192.0.2.1", 60);
    const builder = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(hosts, 23))
      .add("192.0.2.254", CLASS_ARP_REQUEST, onPort(hosts, 0));
    expect(scansOf(builder.activity)).toMatchObject([{ source: SCANNER }]);
  });
});

describe("home", () => {
  test("is guessed from private ranges that take part, else from what is probed most, and says so", () => {
    const inside = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(addresses("10.1.2.3", 20), 22));
    expect(detect(inside.activity, { home: [] }).home).toEqual({ networks: ["10.0.0.0/8"], guessed: true });
    const dark = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(addresses("44.1.2.3", 20), 22))
      .add("10.0.0.1", CLASS_SYN, [["44.1.2.4", 22]]);
    expect(detect(dark.activity, { home: [] }).home).toEqual({ networks: ["44.1.2.0/24"], guessed: true });
    expect(detect(dark.activity, { home: HOME }).home).toEqual({ networks: ["192.0.2.0/24", "198.18.0.0/15"], guessed: false });
  });
});

describe("evidence and order", () => {
  test("sentences carry the numbers", () => {
    const contacts = [...onHost("192.0.2.7", range(1, 48), OUTCOME_REFUSED), ...onHost("192.0.2.7", [80, 443], OUTCOME_ANSWERED)];
    const [scan] = scansOf(
      withHosts(new ActivityBuilder(), ["192.0.2.7"]).add(SCANNER, CLASS_SYN, contacts, { last: 0.4, tools: { nmap: 50 } }).activity,
    );
    expect(scan?.evidence).toContain("50 ports of one host in 0.4 s; 48 refused, 2 answered");
    expect(scan?.evidence).toContain("Nmap's mark, its window and option layout, in 50 of 50 packets");
    expect(scan?.evidence).toContain("2 answered connections left half-open");
  });

  test("the heaviest come first, the list is bounded and the total is not", () => {
    const builder = new ActivityBuilder();
    const targets = addresses("192.0.2.1", 40);
    for (let source = 0; source < MAXIMUM_FINDINGS + 500; source++)
      builder.add(
        `100.${source >> 16}.${(source >> 8) & 255}.${source & 255}`,
        CLASS_SYN,
        onPort(targets.slice(0, source < 3 ? 40 : 9), 23),
        { first: source * 100 },
      );
    const { scans, scansTotal } = detect(builder.activity, { home: HOME });
    expect(scans).toHaveLength(MAXIMUM_FINDINGS);
    expect(scansTotal).toBe(MAXIMUM_FINDINGS + 500);
    expect(scans.slice(0, 3).map((scan) => scan.targetCount)).toEqual([40, 40, 40]);
  });
});

describe("any activity", () => {
  const contact = fc.tuple(
    fc.integer({ min: 0, max: 300 }).map((host) => addresses("192.0.1.200", 1, 0).concat(addresses("192.0.2.0", 301))[host] as string),
    fc.nat(65_535),
    fc.nat(31),
  );
  const source = fc.record({
    address: fc.integer({ min: 0, max: 40 }).map((host) => `100.0.0.${host}`),
    trafficClass: fc.constantFrom(...range(1, 22), CLASS_RECEIVED, CLASS_CONVERSED),
    contacts: fc.array(contact, { maxLength: 80 }),
    scale: fc.constantFrom(1, 1, 2, 64),
    seconds: fc.nat(100_000),
    packets: fc.nat(5000),
  });

  test("gives outcomes that add up, bounded lists and the same findings in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(source, { maxLength: 30, selector: (row) => `${row.address} ${row.trafficClass}` }), (rows) => {
        const build = (order: typeof rows): Activity => {
          const builder = new ActivityBuilder();
          for (const row of order)
            builder.add(row.address, row.trafficClass, row.contacts, {
              scale: row.scale,
              last: row.seconds,
              packets: Math.max(row.packets, row.contacts.length),
              portZeroPackets: row.packets % 7,
            });
          return builder.activity;
        };
        const found = detect(build(rows), { home: HOME });
        for (const { outcomes, contactCount, ports, members, darkTargetCount, targetCount } of found.scans) {
          expect(outcomes.answered + outcomes.refused + outcomes.unreachable + outcomes.silent).toBe(contactCount);
          expect(Math.min(outcomes.answered, outcomes.refused, outcomes.unreachable, outcomes.silent)).toBeGreaterThanOrEqual(0);
          expect(Math.max(ports.length, members.length)).toBeLessThanOrEqual(100);
          expect(darkTargetCount).toBeLessThanOrEqual(targetCount);
        }
        expect(detect(build(rows.toReversed()), { home: HOME })).toEqual(found);
      }),
      { numRuns: 150 },
    );
  });
});
