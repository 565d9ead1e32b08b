/** What looks like port zero, or like scanning, and is not: fragments of a flood, ICMP, tunnels, UDP without a source port, backscatter; and CERT Polska's 2011, which is real. */
import { formatIPv4 } from "../../model/address.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { gre } from "../frame.ts";
import { fragmentIPv4, ipPacket, udpPacket, type IpFields } from "../packet.ts";
import { arrivingTtl, ephemeralPort, publicAddress, publicAddresses } from "../population.ts";
import { randomOctets } from "../scanning.ts";
import { scanTruth, type BackscatterTruth } from "../truth.ts";
import { ordinary } from "./ordinary-clients.ts";

/** Payload octets of a fragment at an MTU of 1,500. */
const FRAGMENT_PAYLOAD = 1480;

const AMPLIFICATION: LabEvent = {
  name: "fragmented-amplification",
  title: "DNS amplification in fragments: a flood at one target, in flow data 0 -> 0 beside port 53",
  make(random, options) {
    const recorder = new Recorder(random, options, 120);
    const victim = recorder.site.host(random);
    const backscatter: BackscatterTruth[] = [];
    for (const reflector of publicAddresses(random, recorder.count(300))) {
      const ttl = arrivingTtl(random, 64);
      const packets = random.integer(5, 12);
      backscatter.push({ victim: formatIPv4(reflector), transport: "udp", ports: [53], peers: 1, packets });
      for (let answers = packets; answers > 0; answers--) {
        const ip = { source: reflector, destination: victim, ttl, id: random.integer(0, 65_535) };
        const payload = randomOctets(recorder, random.integer(2800, 4000));
        recorder.udpFragments(recorder.moment(), ip, { sourcePort: 53, destinationPort: ephemeralPort(random), payload }, FRAGMENT_PAYLOAD);
      }
    }
    return recorder.finish("fragmented-amplification", { reading: "ddos", backscatter });
  },
};

const LATER_FRAGMENTS = ordinary(
  "later-fragments",
  "Later fragments alone, whose first octets would read as ports zero",
  300,
  (recorder) => {
    const { random, site } = recorder;
    for (const source of publicAddresses(random, recorder.count(40))) {
      const ip = { source, destination: site.host(random), ttl: arrivingTtl(random, 64) };
      for (let datagrams = random.integer(2, 8); datagrams > 0; datagrams--) {
        // What a tap behind a filter sees: first fragments are gone. Zeros stand where ports would.
        const body = new Uint8Array(1000);
        const packet = laterFragment(recorder, ip, random.pick([6, 17]), body);
        recorder.ip(recorder.moment(), packet);
      }
    }
  },
);

/** The last fragment of a larger packet. */
function laterFragment(recorder: Recorder, ip: IpFields, protocol: number, body: Uint8Array): Uint8Array {
  const payload = new Uint8Array(FRAGMENT_PAYLOAD + body.length);
  payload.set(body, FRAGMENT_PAYLOAD);
  const whole = ipPacket({ ...ip, id: recorder.random.integer(0, 65_535) }, protocol, payload);
  return fragmentIPv4(whole, FRAGMENT_PAYLOAD)[1] as Uint8Array;
}

const ICMP_ECHO = ordinary("icmp-echo", "Monitoring pings a few hosts and they answer: type 0 is no port", 900, (recorder) => {
  const { random, site } = recorder;
  const monitor = publicAddress(random);
  for (const host of site.hosts(random, 6))
    for (let time = recorder.start, sequence = 0; time < recorder.start + recorder.duration; time += 10, sequence++) {
      const rest = ((host & 0xffff) * 65_536 + sequence) >>> 0;
      recorder.icmp(time, { source: monitor, destination: host, ttl: 55 }, 8, 0, rest, new Uint8Array(56));
      recorder.icmp(time + 0.0005, { source: host, destination: monitor }, 0, 0, rest, new Uint8Array(56));
    }
});

const TUNNELS = ordinary("gre-esp", "ESP and GRE between two gateways: protocols without ports", 300, (recorder) => {
  const { random, site } = recorder;
  const own = site.host(random);
  const peer = publicAddress(random);
  const payload = new Uint8Array(600); // zeros, where a careless tool would read ports
  for (let packets = recorder.count(600); packets > 0; packets--) {
    const [source, destination] = random.chance(0.5) ? [own, peer] : [peer, own];
    const outer = { source, destination, ttl: 60 };
    if (random.chance(0.5)) recorder.protocol(recorder.moment(), outer, 50, payload);
    else {
      const inner = { source: 0x0a010000 + (source & 255), destination: 0x0a020000 + (destination & 255) };
      recorder.ip(recorder.moment(), gre(outer, udpPacket(inner, { sourcePort: 4500, destinationPort: 4500, payload })));
    }
  }
});

const UDP_SOURCE_ZERO = ordinary(
  "udp-source-zero",
  "Senders that want no answer leave the UDP source port zero, as RFC 768 lets them",
  1800,
  (recorder) => {
    const { random, site } = recorder;
    const collector = site.host(random);
    for (const source of publicAddresses(random, random.integer(2, 5)))
      for (let messages = random.integer(20, 60); messages > 0; messages--)
        recorder.udp(
          recorder.moment(),
          { source, destination: collector, ttl: 55, id: random.integer(0, 65_535) },
          { sourcePort: 0, destinationPort: 514, payload: new TextEncoder().encode("<134>lab: a message that wants no answer") },
        );
  },
);

/** A flood forges addresses of the site among all others; the victim's answers arrive. */
function backscatterEvent(name: string, title: string, forgedPort: (random: Recorder["random"]) => number): LabEvent {
  return {
    name,
    title,
    make(random, options) {
      const recorder = new Recorder(random, options, 900);
      const backscatter: BackscatterTruth[] = publicAddresses(random, random.integer(1, 3)).map((victim) => {
        const port = random.pick([80, 443, 25_565, 22]);
        const ttl = arrivingTtl(random, 64);
        const peers = recorder.site.addresses(random, recorder.count(random.integer(300, 1500)));
        let packets = 0;
        for (const peer of peers) {
          const time = recorder.moment();
          const destinationPort = forgedPort(random);
          const overloaded = random.chance(0.3);
          const acknowledgement = random.word();
          const sequence = random.word();
          // An unanswered SYN-ACK is sent again with doubling patience.
          for (const delay of overloaded ? [0] : [0, 1, 3].slice(0, random.integer(1, 3))) {
            packets++;
            recorder.tcp(
              time + delay,
              { source: victim, destination: peer, ttl, dontFragment: true },
              {
                sourcePort: port,
                destinationPort,
                flags: overloaded ? TCP_RST | TCP_ACK : TCP_SYN | TCP_ACK,
                sequence: overloaded ? 0 : sequence,
                acknowledgement,
                window: overloaded ? 0 : 29_200,
                ...(!overloaded && { options: Uint8Array.of(2, 4, 0x05, 0xb4) }),
              },
            );
          }
        }
        return { victim: formatIPv4(victim), transport: "tcp", ports: [port], peers: peers.length, packets };
      });
      return recorder.finish(name, { reading: "backscatter", backscatter });
    },
  };
}

const BACKSCATTER = backscatterEvent("backscatter", "SYN-ACK and RST of victims of a forged flood", (random) =>
  random.integer(1024, 65_535),
);
const BACKSCATTER_ZERO = backscatterEvent(
  "backscatter-port-zero",
  "The same, where the forged packets used source port zero: answers to port zero",
  () => 0,
);

/** Flags as CERT Polska counted them: near random, 0x12, none and SYN ahead. */
const CERT_FLAGS_AHEAD = [0x12, 0, 0x02] as const;

const CERT_POLSKA: LabEvent = {
  name: "cert-polska-2011",
  title: "November 2011: TCP to port zero, header lengths that cannot be, random flags",
  make(random, options) {
    const recorder = new Recorder(random, { start: Date.UTC(2011, 10, 13) / 1000, ...options }, 4 * 86_400);
    const sources = publicAddresses(random, recorder.count(25));
    const targets = recorder.site.addresses(random, recorder.count(300));
    const reached = new Map<number, Set<number>>();
    for (let packets = recorder.count(15_000); packets > 0; packets--) {
      const source = sources[random.zipf(sources.length, 1)] as number;
      const target = random.pick(targets);
      const known = reached.get(source);
      if (known) known.add(target);
      else reached.set(source, new Set([target]));
      recorder.tcp(
        recorder.moment(),
        { source, destination: target, ttl: arrivingTtl(random, 128), id: random.integer(0, 65_535) },
        {
          sourcePort: random.chance(14_200 / 15_000) ? 0 : random.integer(1, 65_535),
          destinationPort: 0,
          // 180, 171 and 139 of 15,000 were seen, where chance gives each of 256 values 59.
          flags: random.chance(0.02) ? random.pick(CERT_FLAGS_AHEAD) : random.integer(0, 255),
          sequence: random.word(),
          acknowledgement: random.word(),
          window: random.integer(0, 65_535),
          claimedHeaderLength: random.weighted([
            [0, 1113],
            [12, 1005],
            [8, 941],
            [16, 882],
            [4, 832],
            ...[20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60].map((length) => [length, 930] as const),
          ]),
          payload: randomOctets(recorder, 20),
        },
      );
    }
    return recorder.finish("cert-polska-2011", {
      reading: "fingerprinting",
      scans: [...reached]
        .filter(([, own]) => own.size >= 100)
        .map(([source, own]) =>
          scanTruth({
            source: formatIPv4(source),
            kind: "horizontal",
            technique: "other",
            transport: "tcp",
            ports: [0],
            targetCount: own.size,
            tool: null,
          }),
        ),
      mayReport: [...reached].filter(([, own]) => own.size < 100).map(([source]) => formatIPv4(source)),
    });
  },
};

export const ARTEFACTS: readonly LabEvent[] = [
  AMPLIFICATION,
  LATER_FRAGMENTS,
  ICMP_ECHO,
  TUNNELS,
  UDP_SOURCE_ZERO,
  BACKSCATTER,
  BACKSCATTER_ZERO,
  CERT_POLSKA,
];
