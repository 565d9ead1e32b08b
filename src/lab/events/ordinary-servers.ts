/** Ordinary traffic to servers of the site: strays and retries among it look like probes and are none. */
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { converse } from "../conversation.ts";
import type { LabEvent } from "../event.ts";
import { arrivingTtl, ephemeralPort, publicAddress, publicAddresses } from "../population.ts";
import { ANDROID, dataOptions, LINUX, synOptions } from "../stack.ts";
import { ordinary, webTalk } from "./ordinary-clients.ts";

const CDN_SERVER = ordinary("cdn-server", "A busy web server: over a thousand clients on 443 and 80", 600, (recorder) => {
  const { random, site } = recorder;
  const server = site.server(random, 443);
  for (const client of publicAddresses(random, recorder.count(1200)))
    for (let visits = random.integer(1, 3); visits > 0; visits--)
      converse(
        recorder,
        webTalk(recorder, {
          client,
          server,
          start: recorder.moment(),
          exchanges: [random.integer(300, 900), Math.min(30_000, Math.round(random.pareto(800, 1.1)))],
        }),
      );
});

const MOBILE_STRAYS = ordinary(
  "mobile-nat-strays",
  "Late FIN, ACK and RST of mobile clients behind carriers' NAT, to an open web server",
  3600,
  (recorder) => {
    const { random, site } = recorder;
    const servers = site.hosts(random, 4);
    for (const client of publicAddresses(random, recorder.count(160))) {
      const server = random.pick(servers);
      const sourcePort = random.integer(1024, 65_535);
      const sequence = random.word();
      const acknowledgement = random.word();
      const options = dataOptions(ANDROID, random.word(), random.word());
      let time = recorder.moment();
      if (random.chance(0.4))
        time =
          converse(recorder, webTalk(recorder, { client, server, start: time, serverPort: 443, clientStack: ANDROID, end: "open" })) + 400;
      const flags = random.weighted([
        [TCP_FIN | TCP_ACK, 5],
        [TCP_ACK, 3],
        [TCP_RST, 2],
        [TCP_RST | TCP_ACK, 2],
      ] as const);
      // Retransmitted with doubling patience; the server has forgotten the connection and resets it.
      const tries = flags & TCP_RST ? 1 : random.integer(1, 4);
      for (let attempt = 0; attempt < tries; attempt++) {
        const at = time + 0.4 * 2 ** attempt;
        recorder.tcp(
          at,
          { source: client, destination: server, ttl: arrivingTtl(random, 64), dontFragment: true, id: random.integer(0, 65_535) },
          {
            sourcePort,
            destinationPort: 443,
            flags,
            sequence,
            acknowledgement: flags & TCP_ACK ? acknowledgement : 0,
            window: 1369,
            options,
          },
        );
        if ((flags & TCP_RST) === 0)
          recorder.tcp(
            at + 0.0005,
            { source: server, destination: client, dontFragment: true },
            { sourcePort: 443, destinationPort: sourcePort, flags: TCP_RST, sequence: acknowledgement, window: 0 },
          );
      }
    }
  },
);

const HEALTH_CHECKS = ordinary(
  "health-checks",
  "A load balancer asks its backends every few seconds: SYN, SYN-ACK, RST",
  900,
  (recorder) => {
    const { random, site } = recorder;
    const balancer = site.host(random);
    const port = random.pick([80, 443, 8080, 5432]);
    const backends = site.hosts(random, random.integer(4, 12)).filter((host) => host !== balancer);
    const dead = random.chance(0.5) ? backends[0] : undefined;
    const half = random.chance(0.5);
    for (const backend of backends)
      for (let time = recorder.start + random.uniform() * 5; time < recorder.start + recorder.duration; time += 5) {
        if (backend !== dead && !half) {
          converse(
            recorder,
            webTalk(recorder, {
              client: balancer,
              server: backend,
              serverPort: port,
              clientStack: LINUX,
              start: time,
              roundTrip: 0.0004,
              hops: 0,
              exchanges: [80, 220],
              end: "fin",
            }),
          );
          continue;
        }
        const sourcePort = ephemeralPort(random);
        const sequence = random.word();
        const open = backend !== dead;
        recorder.tcp(
          time,
          { source: balancer, destination: backend, dontFragment: true, id: random.integer(0, 65_535) },
          { sourcePort, destinationPort: port, flags: TCP_SYN, sequence, window: LINUX.window, options: synOptions(LINUX, sequence) },
        );
        recorder.tcp(
          time + 0.0003,
          { source: backend, destination: balancer, dontFragment: true },
          {
            sourcePort: port,
            destinationPort: sourcePort,
            flags: open ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK,
            sequence: open ? random.word() : 0,
            acknowledgement: (sequence + 1) >>> 0,
            window: open ? 65_160 : 0,
            ...(open && { options: synOptions(LINUX, 1, sequence) }),
          },
        );
        if (open)
          recorder.tcp(
            time + 0.0005,
            { source: balancer, destination: backend },
            { sourcePort, destinationPort: port, flags: TCP_RST, sequence: (sequence + 1) >>> 0, window: 0 },
          );
      }
  },
);

const PASSWORD_GUESSING = ordinary(
  "password-guessing",
  "One source guesses passwords on one SSH server: hundreds of whole conversations with one port",
  1200,
  (recorder) => {
    const { random, site } = recorder;
    const client = publicAddress(random);
    const server = site.server(random, 22);
    let start = recorder.start;
    for (let guess = recorder.count(400); guess > 0; guess--) {
      const exchanges = [22, 41, 1500, 1100, 48, 452, 16, 44, 44, 60, 140, 76];
      converse(
        recorder,
        webTalk(recorder, {
          client,
          server,
          serverPort: 22,
          clientStack: LINUX,
          start,
          exchanges,
          end: random.chance(0.8) ? "fin" : "server-reset",
        }),
      );
      start += random.exponential(recorder.duration / 400);
    }
  },
);

const BUSY_RESOLVER = ordinary("dns-authority", "A name server of the site answers thousands of resolvers", 600, (recorder) => {
  const { random, site } = recorder;
  const server = site.host(random);
  for (const client of publicAddresses(random, recorder.count(1500)))
    for (let asks = random.integer(1, 3); asks > 0; asks--) {
      const time = recorder.moment();
      const port = ephemeralPort(random);
      recorder.udp(
        time,
        { source: client, destination: server, ttl: arrivingTtl(random, 64) },
        { sourcePort: port, destinationPort: 53, payload: new Uint8Array(random.integer(28, 50)).fill(1) },
      );
      recorder.udp(
        time + 0.0005,
        { source: server, destination: client },
        { sourcePort: 53, destinationPort: port, payload: new Uint8Array(random.integer(60, 300)).fill(2) },
      );
    }
});

export const ORDINARY_SERVERS: readonly LabEvent[] = [CDN_SERVER, MOBILE_STRAYS, HEALTH_CHECKS, PASSWORD_GUESSING, BUSY_RESOLVER];
