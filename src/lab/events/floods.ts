/** Denial of service as its victim sees it: forged SYNs, amplifiers that answer whole, and what the victims of attacks elsewhere send back as ICMP. */
import { formatIPv4 } from "../../model/address.ts";
import { TCP_ACK, TCP_SYN } from "../../model/protocol.ts";
import { converse } from "../conversation.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { udpPacket } from "../packet.ts";
import { arrivingTtl, ephemeralPort, publicAddress, publicAddresses } from "../population.ts";
import { randomOctets } from "../scanning.ts";
import { LINUX, synOptions } from "../stack.ts";
import type { BackscatterTruth } from "../truth.ts";
import { webTalk } from "./ordinary-clients.ts";

const SYN_FLOOD: LabEvent = {
  name: "syn-flood",
  title: "SYNs from addresses drawn at random, all to one service of one host, which answers as many as it can",
  make(random, options) {
    const recorder = new Recorder(random, options, 90);
    const port = random.pick([80, 443, 22, 25_565, 8080]);
    const target = recorder.site.server(random, port);
    // Some floods send bare SYNs, some copy a stack's options.
    const dressed = random.chance(0.5);
    const answered = random.uniform();
    for (let packets = recorder.count(random.integer(6000, 20_000)); packets > 0; packets--) {
      const source = publicAddress(random);
      const time = recorder.moment();
      const sourcePort = random.integer(1024, 65_535);
      const sequence = random.word();
      recorder.tcp(
        time,
        { source, destination: target, ttl: arrivingTtl(random, random.pick([64, 128, 255])), id: random.integer(0, 65_535) },
        {
          sourcePort,
          destinationPort: port,
          flags: TCP_SYN,
          sequence,
          window: random.pick([512, 8192, 64_240]),
          ...(dressed && { options: synOptions(LINUX, random.word()) }),
        },
      );
      if (!random.chance(answered)) continue;
      recorder.tcp(
        time + 0.001,
        { source: target, destination: source, ttl: 64, dontFragment: true },
        {
          sourcePort: port,
          destinationPort: sourcePort,
          flags: TCP_SYN | TCP_ACK,
          sequence: random.word(),
          acknowledgement: (sequence + 1) >>> 0,
          window: 65_160,
        },
      );
    }
    // Some of the host's clients still get through.
    for (const client of publicAddresses(random, 20)) {
      converse(recorder, webTalk(recorder, { client, server: target, serverPort: port, start: recorder.moment() }));
    }
    return recorder.finish("syn-flood", { reading: "ddos" });
  },
};

/** Amplifiers whose answers fit one packet, with the octets of one. */
const AMPLIFIERS = [
  [123, 440],
  [389, 1300],
  [1900, 310],
  [11_211, 1400],
  [19, 1024],
] as const;

const REFLECTION: LabEvent = {
  name: "reflection",
  title: "Amplifiers of one kind (NTP, CLDAP, SSDP, memcached, chargen) answer at one host that never asked",
  make(random, options) {
    const recorder = new Recorder(random, options, 120);
    const [port, octets] = random.pick(AMPLIFIERS);
    const victim = recorder.site.host(random);
    const victimPort = random.chance(0.5) ? ephemeralPort(random) : random.pick([80, 443, 53]);
    const backscatter: BackscatterTruth[] = publicAddresses(random, recorder.count(random.integer(60, 400))).map((reflector) => {
      const ttl = arrivingTtl(random, 64);
      // One question for NTP's list of clients brings a hundred packets.
      const packets = random.integer(40, 200);
      for (let answers = packets; answers > 0; answers--)
        recorder.udp(
          recorder.moment(),
          { source: reflector, destination: victim, ttl, id: random.integer(0, 65_535) },
          { sourcePort: port, destinationPort: victimPort, payload: randomOctets(recorder, octets) },
        );
      return { victim: formatIPv4(reflector), transport: "udp", ports: [port], peers: 1, packets };
    });
    return recorder.finish("reflection", { reading: "ddos", backscatter });
  },
};

const ICMP_BACKSCATTER: LabEvent = {
  name: "backscatter-icmp",
  title: "A victim of a forged UDP flood says that its port is closed, to addresses of the site among all others",
  make(random, options) {
    const recorder = new Recorder(random, options, 900);
    const victim = publicAddress(random);
    const ttl = arrivingTtl(random, 64);
    const peers = recorder.site.addresses(random, recorder.count(random.integer(300, 1500)));
    let packets = 0;
    for (const peer of peers) {
      for (let errors = random.integer(1, 3); errors > 0; errors--) {
        packets++;
        const about = udpPacket(
          { source: peer, destination: victim, ttl: 50 },
          { sourcePort: random.integer(1024, 65_535), destinationPort: random.integer(1, 65_535), payload: new Uint8Array(32) },
        );
        // From afar, where Recorder.unreachable speaks for hosts of the site.
        recorder.icmp(recorder.moment(), { source: victim, destination: peer, ttl }, 3, 3, 0, about.subarray(0, 28));
      }
    }
    return recorder.finish("backscatter-icmp", {
      reading: "backscatter",
      backscatter: [{ victim: formatIPv4(victim), transport: "icmp", ports: [], peers: peers.length, packets }],
    });
  },
};

export const FLOODS: readonly LabEvent[] = [SYN_FLOOD, REFLECTION, ICMP_BACKSCATTER];
