/** Chatter of a local network, as a port mirror on it shows: ARP, DHCP, mDNS, SSDP, NetBIOS, IPv6 neighbour discovery. */
import { formatIPv4 } from "../../model/address.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { arpFrame, BROADCAST, ethernet, hardwareAddress } from "../frame.ts";
import { arpBody, icmpPacket, udpPacket, type Address } from "../packet.ts";
import { Site } from "../site.ts";
import { scanTruth } from "../truth.ts";
import { ordinary } from "./ordinary-clients.ts";

const NOBODY = new Uint8Array(6);
const ALL_NODES = [0xff020000, 0, 0, 1] as const;
const MDNS_GROUP = 0xe00000fb;
const SSDP_GROUP = 0xeffffffa;

/** A private /24 where every address up to `hosts` may be in use. */
function lan(recorder: Recorder, hosts: number): { base: number; hosts: number[] } {
  const base = (0xc0a80000 | (recorder.random.integer(0, 254) << 8)) >>> 0;
  const numbers = recorder.random.shuffle(Array.from({ length: 253 }, (_, index) => index + 2)).slice(0, hosts);
  return { base, hosts: numbers.map((number) => base + number) };
}

/** The multicast Ethernet address of an IPv4 group (RFC 1112). */
function groupAddress(group: number): Uint8Array {
  return Uint8Array.of(0x01, 0, 0x5e, (group >>> 16) & 127, (group >>> 8) & 255, group & 255);
}

function multicast(
  recorder: Recorder,
  time: number,
  source: number,
  group: number,
  sourcePort: number,
  port: number,
  length: number,
  ttl: number,
): void {
  const packet = udpPacket(
    { source, destination: group, ttl, id: recorder.random.integer(0, 65_535) },
    { sourcePort, destinationPort: port, payload: new Uint8Array(length).fill(0x20) },
  );
  recorder.frame(time, ethernet(packet, hardwareAddress(source), group >>> 28 === 14 ? groupAddress(group) : BROADCAST));
}

const LAN_CHATTER = ordinary("lan-chatter", "A LAN talks to itself: mDNS, SSDP, NetBIOS, DHCP and their answers", 1800, (recorder) => {
  const { random } = recorder;
  const { base, hosts } = lan(recorder, 60);
  for (const host of hosts) {
    for (
      let time = recorder.start + random.uniform() * 60;
      time < recorder.start + recorder.duration;
      time += 60 + random.exponential(120)
    ) {
      multicast(recorder, time, host, MDNS_GROUP, 5353, 5353, random.integer(40, 300), 255);
      if (random.chance(0.3)) multicast(recorder, time + 1, host, SSDP_GROUP, random.integer(49_152, 65_535), 1900, 130, 2);
      if (random.chance(0.3)) multicast(recorder, time + 2, host, base + 255, 137, 137, 50, 128);
      if (random.chance(0.2)) multicast(recorder, time + 3, host, base + 255, 138, 138, 200, 128);
      if (random.chance(0.2)) multicast(recorder, time + 4, host, 0xffffffff, 17_500, 17_500, 150, 64);
    }
    const discover = recorder.moment();
    multicast(recorder, discover, 0, 0xffffffff, 68, 67, 300, 64);
    multicast(recorder, discover + 0.1, base + 1, 0xffffffff, 67, 68, 300, 64);
  }
});

const ROUTER_ARP = ordinary(
  "arp-router",
  "The router of a LAN asks who has the addresses it must reach, at its normal pace",
  1800,
  (recorder) => {
    const { random } = recorder;
    const { base, hosts } = lan(recorder, 80);
    const router = hardwareAddress(base + 1);
    for (const host of hosts)
      for (
        let time = recorder.start + random.uniform() * 300;
        time < recorder.start + recorder.duration;
        time += 240 + random.uniform() * 120
      ) {
        recorder.frame(time, arpFrame(arpBody(1, router, base + 1, NOBODY, host), router, BROADCAST));
        if (random.chance(0.9))
          recorder.frame(time + 0.0004, arpFrame(arpBody(2, hardwareAddress(host), host, router, base + 1), hardwareAddress(host), router));
        if (random.chance(0.3))
          recorder.frame(time + 20, arpFrame(arpBody(1, hardwareAddress(host), host, NOBODY, base + 1), hardwareAddress(host), BROADCAST));
      }
  },
);

const NEIGHBOUR_DISCOVERY = ordinary(
  "ipv6-neighbour-discovery",
  "IPv6 hosts solicit one another and their router, and the router advertises",
  1800,
  (recorder) => {
    const { random } = recorder;
    const hosts = Array.from({ length: 40 }, () => [0xfe800000, 0, random.word(), random.word()] as const);
    const router = [0xfe800000, 0, 0, 1] as const;
    const send = (time: number, source: Address, destination: Address, type: number, rest: number, body: Uint8Array): void =>
      recorder.frame(
        time,
        ethernet(
          icmpPacket({ source, destination, ttl: 255 }, type, 0, rest, body),
          hardwareAddress(random.integer(10, 90)),
          Uint8Array.of(0x33, 0x33, 0, 0, 0, 1),
        ),
      );
    const target = (address: readonly number[]): Uint8Array => {
      const body = new Uint8Array(24);
      const view = new DataView(body.buffer);
      address.forEach((word, index) => view.setUint32(4 * index, word));
      body.set([1, 1, ...hardwareAddress(7)], 16);
      return body;
    };
    for (let time = recorder.start; time < recorder.start + recorder.duration; time += 200)
      send(time, router, ALL_NODES, 134, 0x40000708, new Uint8Array(8));
    for (const host of hosts)
      for (
        let time = recorder.start + random.uniform() * 120;
        time < recorder.start + recorder.duration;
        time += 90 + random.exponential(120)
      ) {
        const peer = random.chance(0.6) ? router : random.pick(hosts);
        const solicited = [0xff020000, 0, 1, (0xff000000 | (peer[3] & 0xffffff)) >>> 0] as const;
        send(time, host, solicited, 135, 0, target(peer));
        send(time + 0.001, peer, host, 136, 0x60000000, target(peer));
      }
  },
);

/** A host on the LAN that asks for every address: `nmap -sn`, `arp-scan`, a worm. */
export const ARP_SWEEP: LabEvent = {
  name: "horizontal-arp",
  title: "One host of a LAN asks by ARP for every address of its /24",
  make(random, options) {
    const base = (0xc0a80000 | (random.integer(0, 254) << 8)) >>> 0;
    const recorder = new Recorder(random, { ...options, site: new Site([base], 24, 0.3, random.word()) }, 10);
    const source = base + random.integer(2, 254);
    const own = hardwareAddress(source);
    let time = recorder.start;
    const targets = random.shuffle(Array.from({ length: 254 }, (_, index) => base + index + 1)).filter((target) => target !== source);
    for (const target of targets) {
      const live = recorder.site.isLive(target);
      for (let attempt = 0; attempt < (live ? 1 : 2); attempt++)
        recorder.frame(time + attempt * 0.5, arpFrame(arpBody(1, own, source, NOBODY, target), own, BROADCAST));
      if (live)
        recorder.frame(time + 0.0003, arpFrame(arpBody(2, hardwareAddress(target), target, own, source), hardwareAddress(target), own));
      time += random.exponential(recorder.duration / 254);
    }
    return recorder.finish("horizontal-arp", {
      // An inventory far more often than an intruder, and nothing here tells them apart.
      reading: "misconfiguration",
      scans: [
        scanTruth({
          source: formatIPv4(source),
          kind: "horizontal",
          technique: "arp",
          transport: "arp",
          ports: [],
          targetCount: targets.length,
          tool: null,
        }),
      ],
    });
  },
};

export const ORDINARY_LAN: readonly LabEvent[] = [LAN_CHATTER, ROUTER_ARP, NEIGHBOUR_DISCOVERY];
