/** Ordinary traffic of every kind that fans out. */
import { describe, expect, test } from "vitest";
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_MAIMON,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_UDP,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
} from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { ActivityBuilder, addresses, onHost, onPort, range, SCANNER, withHosts, HOME } from "./activity-builder.fixture.ts";
import type { ContactRow } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const SERVED = OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA;
function scansOf(activity: Activity): readonly Scan[] {
  return detect(activity, { home: HOME }).scans;
}

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

  test("a resolver, and DNS answers whose questions are not recorded", () => {
    const resolver = [...onPort(web.slice(0, 150), 53, OUTCOME_ANSWERED | OUTCOME_DATA), ...onPort(web.slice(150), 53)];
    expect(scansOf(new ActivityBuilder().add(client, CLASS_UDP, resolver).activity)).toEqual([]);
    const answers = onHost("192.0.2.53", range(30_000, 60));
    expect(scansOf(new ActivityBuilder().add("9.9.9.9", CLASS_UDP, answers, { servicePortPackets: 60 }).activity)).toEqual([]);
  });

  test("peers, each on a port of its own, many of them gone", () => {
    const contacts = web.map((peer, index): ContactRow => [peer, 10_000 + 37 * index, index % 2 === 0 ? SERVED : 0]);
    expect(scansOf(new ActivityBuilder().add(client, CLASS_SYN, contacts).activity)).toEqual([]);
  });

  test("thousands of peers, many on their network's usual ports, and the near miss: one port more", () => {
    const peers = addresses("11.0.0.1", 3000, 70_001);
    const contacts = (other: (index: number) => number): Activity => {
      const rows = peers.map((peer, i): ContactRow => [peer, i % 5 < 2 ? 6881 + (i % 9) : other(i), i % 3 === 0 ? SERVED : 0]);
      return new ActivityBuilder().add(client, CLASS_SYN, rows).activity;
    };
    expect(scansOf(contacts((i) => 10_000 + ((7919 * i) % 50_000)))).toEqual([]);
    expect(scansOf(contacts(() => 8291))).toMatchObject([{ source: client, technique: "connect" }]);
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

  test("conversations of which only the client's side is recorded", () => {
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
