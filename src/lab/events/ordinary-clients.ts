/** Ordinary traffic that hosts of the site start: none of it is a scan, though much of it fans out. */
import type { EventOptions, LabEvent, MadeEvent } from "../event.ts";
import { Recorder } from "../event.ts";
import { converse, type Conversation } from "../conversation.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { arrivingTtl, ephemeralPort, publicAddress, publicAddresses } from "../population.ts";
import { randomOctets } from "../scanning.ts";
import { LINUX, STACKS, synOptions, WINDOWS } from "../stack.ts";
import type { Random } from "../random.ts";

/** An ordinary event: its truth is that there is nothing. */
export function ordinary(name: string, title: string, duration: number, write: (recorder: Recorder) => void): LabEvent {
  return {
    name,
    title,
    make(random: Random, options: EventOptions): MadeEvent {
      const recorder = new Recorder(random, options, duration);
      write(recorder);
      return recorder.finish(name, { reading: "ordinary" });
    },
  };
}

/** A page view's worth of conversation, with whatever the caller fixes. */
export function webTalk(
  recorder: Recorder,
  fixed: Partial<Conversation> & Pick<Conversation, "client" | "server" | "start">,
): Conversation {
  const { random } = recorder;
  return {
    clientPort: ephemeralPort(random),
    serverPort: random.chance(0.9) ? 443 : 80,
    clientStack: random.pick(STACKS),
    serverStack: LINUX,
    hops: random.integer(6, 18),
    roundTrip: 0.008 + random.exponential(0.04),
    exchanges: [random.integer(300, 900), Math.min(60_000, Math.round(random.pareto(1200, 1.1)))],
    end: random.weighted([
      ["fin", 7],
      ["client-reset", 2],
      ["open", 1],
    ] as const),
    ...fixed,
  };
}

function browse(recorder: Recorder, visible: "both" | "client" | "server"): void {
  const { random, site } = recorder;
  const servers = publicAddresses(random, 400);
  for (const client of site.hosts(random, recorder.count(12))) {
    for (let page = random.integer(4, 12); page > 0; page--) {
      let start = recorder.moment();
      // One page draws on some ten hosts of CDNs, advertisers and counters.
      for (let part = random.integer(3, 25); part > 0; part--) {
        start += random.exponential(0.1);
        const server = servers[random.zipf(servers.length, 0.9)] as number;
        converse(recorder, webTalk(recorder, { client, server, start, visible }));
      }
    }
  }
}

const WEB_BROWSING = ordinary("web-browsing", "Clients browse: each to hundreds of servers on 443 and 80", 900, (recorder) =>
  browse(recorder, "both"),
);
const WEB_ONE_WAY_OUT = ordinary("web-one-way-out", "Web browsing of which the capture sees only what clients send", 900, (recorder) =>
  browse(recorder, "client"),
);
const WEB_ONE_WAY_IN = ordinary("web-one-way-in", "Web browsing of which the capture sees only what servers send", 900, (recorder) =>
  browse(recorder, "server"),
);

const DNS_RESOLVER = ordinary("dns-resolver", "A resolver asks hundreds of name servers, and its clients ask it", 600, (recorder) => {
  const { random, site } = recorder;
  const resolver = site.host(random);
  const clients = site.hosts(random, recorder.count(40)).filter((client) => client !== resolver);
  const servers = publicAddresses(random, 600);
  for (let question = recorder.count(2500); question > 0; question--) {
    const time = recorder.moment();
    const ask = (from: number, to: number, at: number, answered: boolean): void => {
      const port = ephemeralPort(random);
      const name = randomOctets(recorder, random.integer(26, 44));
      recorder.udp(
        at,
        { source: from, destination: to, ttl: 64, id: random.integer(0, 65_535) },
        { sourcePort: port, destinationPort: 53, payload: name },
      );
      if (answered)
        recorder.udp(
          at + 0.004 + random.exponential(0.03),
          { source: to, destination: from, ttl: site.isInside(to) ? 64 : arrivingTtl(random, 64) },
          { sourcePort: 53, destinationPort: port, payload: randomOctets(recorder, random.integer(60, 400)) },
        );
    };
    ask(random.pick(clients), resolver, time, true);
    const recursions = random.weighted([
      [0, 5],
      [1, 3],
      [2, 2],
      [4, 1],
    ] as const);
    for (let step = 0; step < recursions; step++)
      ask(resolver, servers[random.zipf(servers.length, 0.8)] as number, time + 0.001 + step * 0.05, random.chance(0.93));
  }
});

const NTP_CLIENTS = ordinary("ntp", "Clients ask the pool for the time, and a server of the site answers the world", 3600, (recorder) => {
  const { random, site } = recorder;
  const exchange = (client: number, server: number, port: number, time: number, answered: boolean): void => {
    const payload = new Uint8Array(48).fill(0x23, 0, 1);
    recorder.udp(
      time,
      { source: client, destination: server, ttl: arrivingTtl(random, 64) },
      { sourcePort: port, destinationPort: 123, payload },
    );
    if (answered)
      recorder.udp(
        time + 0.03,
        { source: server, destination: client, ttl: arrivingTtl(random, 64) },
        { sourcePort: 123, destinationPort: port, payload },
      );
  };
  const pool = publicAddresses(random, 60);
  for (const client of site.hosts(random, recorder.count(30))) {
    const peers = random.shuffle(pool).slice(0, 4);
    const port = random.chance(0.5) ? 123 : ephemeralPort(random);
    for (let time = recorder.start + random.uniform() * 64; time < recorder.start + recorder.duration; time += 256)
      for (const peer of peers) exchange(client, peer, port, time + random.uniform() * 2, random.chance(0.95));
  }
  const server = site.host(random);
  for (const client of publicAddresses(random, recorder.count(500)))
    for (let asks = random.integer(1, 4); asks > 0; asks--)
      exchange(client, server, random.chance(0.3) ? 123 : ephemeralPort(random), recorder.moment(), true);
});

const P2P = ordinary("p2p", "A peer of BitTorrent: many peers on high ports, much of it in vain", 1200, (recorder) => {
  const { random, site } = recorder;
  const own = site.host(random);
  const listening = random.integer(20_000, 60_000);
  const clock = random.word();
  for (const peer of publicAddresses(random, recorder.count(350))) {
    const port = random.chance(0.4) ? 6881 + random.integer(0, 8) : random.integer(10_000, 65_000);
    const start = recorder.moment();
    // The distributed hash table: bencoded questions both ways from the one port.
    const payload = randomOctets(recorder, random.integer(90, 140));
    recorder.udp(start, { source: own, destination: peer }, { sourcePort: listening, destinationPort: port, payload });
    const answers = random.chance(0.6);
    if (answers)
      recorder.udp(start + 0.1, { source: peer, destination: own, ttl: 50 }, { sourcePort: port, destinationPort: listening, payload });
    if (random.chance(0.3)) {
      const asked = recorder.moment();
      recorder.udp(asked, { source: peer, destination: own, ttl: 50 }, { sourcePort: port, destinationPort: listening, payload });
      recorder.udp(asked + 0.002, { source: own, destination: peer }, { sourcePort: listening, destinationPort: port, payload });
    }
    if (random.chance(0.35)) {
      if (answers && random.chance(0.7))
        converse(
          recorder,
          webTalk(recorder, {
            client: own,
            server: peer,
            serverPort: port,
            start: start + 0.3,
            clientStack: WINDOWS,
            exchanges: [68, 68, 400, 15_000],
          }),
        );
      else {
        // Gone peers: the SYN is sent three times and nobody answers, or a router refuses.
        const clientPort = ephemeralPort(random);
        const sequence = random.word();
        for (const delay of [0, 1, 3])
          recorder.tcp(
            start + 0.3 + delay,
            { source: own, destination: peer, dontFragment: true },
            {
              sourcePort: clientPort,
              destinationPort: port,
              flags: TCP_SYN,
              sequence,
              window: LINUX.window,
              options: synOptions(LINUX, clock + delay * 1000),
            },
          );
      }
    }
    if (random.chance(0.3))
      converse(
        recorder,
        webTalk(recorder, { client: peer, server: own, serverPort: listening, start: recorder.moment(), exchanges: [68, 68, 17, 16_000] }),
      );
  }
});

const MAIL_SERVER = ordinary(
  "mail-server",
  "A mail server delivers to hundreds of others, some of them dead, and takes mail in",
  1800,
  (recorder) => {
    const { random, site } = recorder;
    const own = site.host(random);
    const dialogue = [0, 90, 30, 250, 60, 40, 60, 40, 3000, 60, 6, 40];
    for (const peer of publicAddresses(random, recorder.count(180))) {
      const start = recorder.moment();
      if (random.chance(0.8))
        converse(
          recorder,
          webTalk(recorder, { client: own, server: peer, serverPort: 25, clientStack: LINUX, start, exchanges: dialogue, end: "fin" }),
        );
      else {
        const sequence = random.word();
        const sourcePort = ephemeralPort(random);
        for (const delay of [0, 1, 3, 7])
          recorder.tcp(
            start + delay,
            { source: own, destination: peer, dontFragment: true },
            { sourcePort, destinationPort: 25, flags: TCP_SYN, sequence, window: LINUX.window, options: synOptions(LINUX, sequence) },
          );
      }
    }
    for (const peer of publicAddresses(random, recorder.count(90)))
      converse(
        recorder,
        webTalk(recorder, { client: peer, server: own, serverPort: 25, start: recorder.moment(), exchanges: dialogue, end: "fin" }),
      );
  },
);

const TRACEROUTE = ordinary("traceroute", "Traceroutes to a few hosts: UDP to rising high ports, TTL rising from 1", 120, (recorder) => {
  const { random, site } = recorder;
  const source = site.host(random);
  for (let trace = random.integer(2, 4); trace > 0; trace--) {
    const destination = publicAddress(random);
    const hops = random.integer(9, 16);
    const routers = publicAddresses(random, hops);
    let time = recorder.moment();
    let port = 33_434;
    const sourcePort = ephemeralPort(random);
    for (let ttl = 1; ttl <= hops; ttl++)
      for (let query = 0; query < 3; query++) {
        const ip = { source, destination, ttl, id: random.integer(0, 65_535) };
        const sent = recorder.udp(time, ip, {
          sourcePort: sourcePort + query,
          destinationPort: port++,
          payload: new Uint8Array(32).fill(0x40),
        });
        const back = { source: routers[ttl - 1] as number, destination: source, ttl: 64 - ttl };
        if (ttl === hops) recorder.unreachable(time + 0.03, destination, source, 3, sent);
        else if (random.chance(0.85)) recorder.icmp(time + 0.002 * ttl, back, 11, 0, 0, sent.subarray(0, 28));
        time += 0.05;
      }
  }
});

export const ORDINARY_CLIENTS: readonly LabEvent[] = [
  WEB_BROWSING,
  WEB_ONE_WAY_OUT,
  WEB_ONE_WAY_IN,
  DNS_RESOLVER,
  NTP_CLIENTS,
  P2P,
  MAIL_SERVER,
  TRACEROUTE,
];
