/** Events that are drawn whole, so that no two are of one mould: surveys by listed scanners, searches from source port zero. */
import { formatIPv4 } from "../../model/address.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { arrivingTtl, neighbour, publicAddresses } from "../population.ts";
import { connectProber, masscanProber, zmapProber } from "../prober.ts";
import type { Random } from "../random.ts";
import { answerTcp } from "../scanning.ts";
import { choosePorts } from "../events/scans.ts";
import { scanTruth, type ScanTruth } from "../truth.ts";
import type { Surroundings } from "./scenario.ts";

/** From how many targets on a source's part must be found by itself. */
const DEMANDED_TARGETS = 60;

/** A survey from networks that an organisation scans from: its own tool, a few ports, wide. */
export function researchFrom(random: Random, networks: Surroundings["acknowledged"]): LabEvent {
  const { base, bits } = random.pick(networks);
  const size = 2 ** (32 - bits);
  const makeProber = random.pick([zmapProber("new"), zmapProber("old"), masscanProber("new"), connectProber]);
  const technique = makeProber === connectProber ? "connect" : "syn";
  return {
    name: "research-listed",
    title: "A survey by a scanner that is on a list",
    make(own, options) {
      const recorder = new Recorder(own, options, 6 * 3600);
      const ports = choosePorts(own, own.integer(1, 6));
      const sources = new Set<number>();
      const wanted = Math.min(own.integer(1, 12), Math.max(1, size - 2));
      while (sources.size < wanted) sources.add((base + (size > 2 ? own.integer(1, size - 2) : 0)) >>> 0);
      const targets = recorder.site.addresses(own, recorder.count(own.integer(300, 1200)));
      const probers = [...sources].map((source) => makeProber(own, source));
      for (const port of ports) {
        for (const target of targets) {
          const { ip, tcp } = own.pick(probers).probe(target, port, 0);
          const time = recorder.moment();
          recorder.tcp(time, ip, tcp);
          answerTcp(recorder, time, ip, tcp, technique);
        }
      }
      return recorder.finish("research-listed", { reading: "research", mayReport: [...sources].map(formatIPv4) });
    },
  };
}

/** As on 2 November 2013, with another service, other networks, other shares. */
export function portZeroSearch(random: Random): LabEvent {
  const port = random.pick([445, 22, 23, 80, 1433, 3389, 5900, 8080]);
  const hosted = random.uniform();
  const aside = 0.3 * random.uniform();
  const window = random.pick([512, 1024, 8192, 16_384, 65_535]);
  return {
    name: "port-zero-search",
    title: "A search for one service, with TCP source port zero, mostly from one network",
    make(own, options) {
      const recorder = new Recorder(own, options, 3 * 3600);
      const [network = 0, ...strangers] = publicAddresses(own, 30);
      const scans: ScanTruth[] = [];
      const mayReport: string[] = [];
      const sources = new Set<number>();
      while (sources.size < own.integer(8, 28)) sources.add(own.chance(hosted) ? neighbour(own, network) : own.pick(strangers));
      for (const source of sources) {
        const ttl = arrivingTtl(own, own.pick([64, 128]));
        const targets = recorder.site.addresses(own, recorder.count(own.integer(40, 500)));
        const ports = new Set<number>();
        for (const target of targets) {
          const destinationPort = own.chance(aside) ? own.pick([22, 80, 445, 8080]) : port;
          ports.add(destinationPort);
          const ip = { source, destination: target, ttl, id: own.integer(0, 65_535) };
          const tcp = { sourcePort: 0, destinationPort, flags: TCP_SYN, sequence: own.word(), window };
          const time = recorder.moment();
          recorder.tcp(time, ip, tcp);
          answerTcp(recorder, time, ip, tcp);
        }
        if (targets.length < DEMANDED_TARGETS) mayReport.push(formatIPv4(source));
        else
          scans.push(
            scanTruth({
              source: formatIPv4(source),
              kind: ports.size === 1 ? "horizontal" : "strobe",
              technique: "syn",
              transport: "tcp",
              ports: [...ports],
              targetCount: targets.length,
              tool: null,
            }),
          );
      }
      return recorder.finish("port-zero-search", { reading: "vulnerability-search", scans, mayReport });
    },
  };
}
