/** Scans with a purpose: worms, botnets that grow, research, the search for one vulnerability, reconnaissance of one organisation. */
import { formatIPv4 } from "../../model/address.ts";
import type { Technique } from "../../model/finding.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { neighbour, publicAddress, publicAddresses } from "../population.ts";
import { connectProber, masscanProber, miraiProber, zmapProber, type Prober } from "../prober.ts";
import { answerTcp, tcpScan, type Contact } from "../scanning.ts";
import { scanTruth, type ScanTruth } from "../truth.ts";
import { choosePorts } from "./scans.ts";

/** From how many targets on a source's part in a campaign must be found by itself. */
const DEMANDED_TARGETS = 60;

/** One source's probes at random moments of a span; its truth, or its name where it did too little. */
function part(
  recorder: Recorder,
  prober: Prober,
  targets: readonly number[],
  portOf: () => number,
  begin: number,
  seconds: number,
  technique: Technique = "syn",
): { scan: ScanTruth } | { minor: string } {
  const ports = new Set<number>();
  for (const target of targets) {
    const port = portOf();
    ports.add(port);
    const { ip, tcp } = prober.probe(target, port, 0);
    const time = begin + recorder.random.uniform() * seconds;
    recorder.tcp(time, ip, tcp);
    answerTcp(recorder, time, ip, tcp, technique);
  }
  const source = formatIPv4(prober.source);
  if (targets.length < DEMANDED_TARGETS) return { minor: source };
  const kind = ports.size === 1 ? "horizontal" : "strobe";
  return {
    scan: scanTruth({
      source,
      kind,
      technique,
      transport: "tcp",
      ports: [...ports],
      targetCount: targets.length,
      tool: prober.tool,
    }),
  };
}

function gather(parts: readonly ({ scan: ScanTruth } | { minor: string })[]): { scans: ScanTruth[]; mayReport: string[] } {
  return {
    scans: parts.flatMap((one) => ("scan" in one ? [one.scan] : [])),
    mayReport: parts.flatMap((one) => ("minor" in one ? [one.minor] : [])),
  };
}

const WORM_MIRAI: LabEvent = {
  name: "worm-mirai",
  title: "Mirai: hundreds of devices probe 23 and 2323 at random",
  make(random, options) {
    const recorder = new Recorder(random, options, 3600);
    const parts = publicAddresses(random, recorder.count(300)).map((source) => {
      const targets = recorder.site.addresses(random, Math.min(400, Math.round(random.pareto(3, 0.9))));
      return part(
        recorder,
        miraiProber(random, source),
        targets,
        () => (random.chance(0.9) ? 23 : 2323),
        recorder.start,
        recorder.duration,
      );
    });
    return recorder.finish("worm-mirai", { reading: "worm-or-botnet", ...gather(parts) });
  },
};

const WORM_445: LabEvent = {
  name: "worm-445",
  // A worm is a program with connect(): where 445 is open it goes on.
  title: "A worm of Sasser's and Conficker's kind: infected Windows machines sweep 445, by neighbourhood and at random",
  make(random, options) {
    const recorder = new Recorder(random, options, 3600);
    const parts = publicAddresses(random, recorder.count(120)).map((source) => {
      const wanted = Math.min(500, Math.round(random.pareto(8, 0.9)));
      const first = recorder.site.address(random);
      const inRow = random.chance(0.4);
      const targets = inRow
        ? Array.from({ length: wanted }, (_, index) => first + index).filter((target) => recorder.site.isInside(target))
        : recorder.site.addresses(random, wanted);
      return part(recorder, connectProber(random, source), targets, () => 445, recorder.start, recorder.duration, "connect");
    });
    return recorder.finish("worm-445", { reading: "worm-or-botnet", ...gather(parts) });
  },
};

const BOTNET_GROWTH: LabEvent = {
  name: "botnet-growth",
  title: "New sources in new networks, more every hour, all with one tool and two ports",
  make(random, options) {
    const recorder = new Recorder(random, options, 12 * 3600);
    const count = recorder.count(400);
    const parts = publicAddresses(random, count).map((source, index) => {
      // The square root makes the number of active members rise in a line.
      const begin = recorder.start + recorder.duration * Math.sqrt(index / count) * 0.95;
      const targets = recorder.site.addresses(random, Math.min(200, Math.round(random.pareto(4, 1.1))));
      return part(
        recorder,
        miraiProber(random, source),
        targets,
        () => random.pick([5555, 7547]),
        begin,
        recorder.start + recorder.duration - begin,
      );
    });
    return recorder.finish("botnet-growth", { reading: "worm-or-botnet", ...gather(parts) });
  },
};

const RESEARCH: LabEvent = {
  name: "research-zmap",
  title: "A research scanner: one range, new ZMap, one port, wide and slow",
  make(random, options) {
    const recorder = new Recorder(random, options, 6 * 3600);
    const range = publicAddress(random);
    const sources = [...new Set(Array.from({ length: random.integer(4, 8) }, () => neighbour(random, range)))];
    const targets = recorder.site.addresses(random, recorder.count(1500));
    const port = random.pick([443, 22, 80, 8443]);
    const parts = sources.map((source, index) => {
      const own = targets.filter((_, at) => at % sources.length === index);
      return part(recorder, zmapProber("new")(random, source), own, () => port, recorder.start, recorder.duration);
    });
    // Without a name or a list nothing on the wire tells research from a search by others with the same tool.
    return recorder.finish("research-zmap", { reading: "vulnerability-search", ...gather(parts) });
  },
};

const VULNERABILITY_SEARCH: LabEvent = {
  name: "vulnerability-search",
  title: "After an advisory: a few hosting networks sweep everything for one product's ports, fast",
  make(random, options) {
    const recorder = new Recorder(random, options, 3600);
    const ranges = publicAddresses(random, 3);
    const port = random.pick([8443, 10_443, 4443, 9443, 7001]);
    const parts = Array.from({ length: recorder.count(24) }, () => {
      const source = neighbour(random, random.pick(ranges));
      const targets = recorder.site.addresses(random, random.integer(80, 1200));
      return part(recorder, masscanProber("new")(random, source), targets, () => port, recorder.start + random.uniform() * 1200, 1800);
    });
    return recorder.finish("vulnerability-search", { reading: "vulnerability-search", ...gather(parts) });
  },
};

const TARGETED: LabEvent = {
  name: "targeted-reconnaissance",
  title: "One source takes hours over a few chosen hosts and many ports of each",
  make(random, options) {
    const recorder = new Recorder(random, options, 8 * 3600);
    const source = publicAddress(random);
    const targets = recorder.site.hosts(random, random.integer(2, 5));
    const ports = choosePorts(random, random.integer(60, 200));
    const contacts = targets.flatMap((target) => random.shuffle(ports).map((port): Contact => [target, port]));
    const gap = recorder.duration / contacts.length;
    tcpScan(recorder, connectProber(random, source), {
      technique: "connect",
      contacts,
      start: recorder.start,
      gap: () => random.exponential(gap),
    });
    return recorder.finish("targeted-reconnaissance", {
      reading: "targeted-reconnaissance",
      scans: [
        scanTruth({
          source: formatIPv4(source),
          kind: "block",
          technique: "connect",
          transport: "tcp",
          ports,
          targetCount: targets.length,
          tool: null,
        }),
      ],
    });
  },
};

const MISCONFIGURATION: LabEvent = {
  name: "misconfiguration",
  title: "A few hosts keep asking for one service that is gone: same target, same port, for hours",
  make(random, options) {
    const recorder = new Recorder(random, options, 6 * 3600);
    const target = recorder.site.address(random);
    const port = random.pick([8080, 514, 1433, 9100]);
    for (const source of publicAddresses(random, random.integer(1, 4))) {
      const prober = connectProber(random, source);
      for (let time = recorder.start + random.uniform() * 60; time < recorder.start + recorder.duration; time += 60 + random.uniform()) {
        const { ip, tcp } = prober.probe(target, port, 0);
        for (const delay of [0, 1.02, 3.05]) {
          recorder.tcp(time + delay, ip, tcp); // the same segment again: a retransmission
          if (answerTcp(recorder, time + delay, ip, tcp)) break;
        }
      }
    }
    return recorder.finish("misconfiguration", { reading: "misconfiguration" });
  },
};

const INVENTORY: LabEvent = {
  name: "inventory",
  title: "A management station of one's own asks its hosts, and the addresses between them, for a few services",
  make(random, options) {
    const recorder = new Recorder(random, options, 1800);
    const station = recorder.site.host(random);
    const ports = random.shuffle([22, 135, 139, 161, 443, 445, 3389, 8080]).slice(0, random.integer(2, 5));
    const targets = recorder.site.addresses(random, recorder.count(random.integer(100, 400))).filter((target) => target !== station);
    const contacts = targets.flatMap((target) => ports.map((port): Contact => [target, port]));
    const gap = recorder.duration / contacts.length;
    tcpScan(recorder, connectProber(random, station), {
      technique: "connect",
      contacts,
      start: recorder.start,
      gap: () => random.exponential(gap),
    });
    return recorder.finish("inventory", {
      reading: "misconfiguration",
      scans: [
        scanTruth({
          source: formatIPv4(station),
          kind: "strobe",
          technique: "connect",
          transport: "tcp",
          ports,
          targetCount: targets.length,
          tool: null,
        }),
      ],
    });
  },
};

export const CAMPAIGNS: readonly LabEvent[] = [
  WORM_MIRAI,
  WORM_445,
  BOTNET_GROWTH,
  RESEARCH,
  VULNERABILITY_SEARCH,
  TARGETED,
  MISCONFIGURATION,
  INVENTORY,
];
