/**
 * 2 November 2013: for three hours TCP packets with source port zero, many of them to TCP/445, from one hosting network.
 * Sources: Cisco TRAC, "Massive Increase in Reconnaissance Activity - Precursor to Attack?"; Bou-Harb et al., DFRWS 2014 (doi 10.1016/j.diin.2014.05.012)
 * for the three horizontal scans, the header lengths of zero and the odd flags.
 */
import { formatIPv4, formatNetwork, parseIPv4, parseNetwork } from "../../model/address.ts";
import type { Asset } from "../../model/asset.ts";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { encodeCapture } from "../capture-writer.ts";
import { converse } from "../conversation.ts";
import { Recorder, type EventOptions, type LabEvent, type MadeEvent } from "../event.ts";
import type { TcpFields } from "../packet.ts";
import { arrivingTtl, neighbour, publicAddresses } from "../population.ts";
import { connectProber, masscanProber, nmapProber } from "../prober.ts";
import { Random } from "../random.ts";
import { answerTcp } from "../scanning.ts";
import { Site } from "../site.ts";
import { WINDOWS_XP } from "../stack.ts";
import { scanTruth, type ScanTruth, type Truth } from "../truth.ts";
import { webTalk } from "./ordinary-clients.ts";

/** The capture runs from midnight for five hours; the event from one to four o'clock UTC. */
const CAPTURE_START = Date.UTC(2013, 10, 2, 0) / 1000;
const CAPTURE_SECONDS = 5 * 3600;
const EVENT_AFTER = 3600;
const EVENT_SECONDS = 3 * 3600;
/** The four addresses that Cisco named, and their /24s, where most of the others are drawn from. */
const NAMED_SOURCES = ["93.174.93.175", "80.82.65.237", "94.102.63.22", "89.248.168.215"].map((text) => parseIPv4(text) ?? 0);
const SOURCES = 40;
/** Of the sources, how many sit in the hosting network. */
const HOSTING_SHARE = 0.75;
/** Sensors: /24 networks far apart, of many owners and sectors. */
const SENSORS = 20;
/** The event was "not focused on any single industry"; which industries the sensors stood in was not told, so these are made up. */
const SECTORS = ["energy", "finance", "health", "government", "retail"] as const;
/** Ports of the three horizontal scans, 445 far ahead, then the rest of what was worth asking for in 2013. */
const EVENT_PORTS = [
  [445, 56],
  [22, 10],
  [3389, 8],
  [80, 6],
  [1433, 5],
  [8080, 4],
  [23, 4],
  [5900, 3],
  [3306, 2],
  [443, 2],
] as const;
export const BACKGROUND_PORTS = [
  [445, 20],
  [3389, 12],
  [22, 12],
  [1433, 10],
  [23, 9],
  [80, 9],
  [8080, 7],
  [3306, 6],
  [5900, 4],
  [139, 3],
  [135, 3],
  [25, 2],
  [4899, 2],
  [5060, 1],
] as const;
const ODD_FLAGS = [
  0,
  TCP_FIN,
  TCP_FIN | TCP_PSH | TCP_URG,
  TCP_SYN | TCP_FIN,
  TCP_SYN | TCP_RST,
  TCP_SYN | TCP_ACK | TCP_FIN,
  TCP_URG,
  0xff,
] as const;
const BAD_HEADER_SHARE = 0.14;
const ODD_FLAGS_SHARE = 0.08;
/** Packets in the whole at scale 1: of the event, and of the background around it. */
const EVENT_PACKETS = 32_000;
const BACKGROUND_PROBES = 26_000;
const BACKGROUND_TALKS = 1500;
/** Of the talks, those that clients of the sites begin; the others come from outside. */
const OUTWARD_SHARE = 0.7;
/** Those from outside in a second. */
export const VISITS_A_SECOND = ((1 - OUTWARD_SHARE) * BACKGROUND_TALKS) / CAPTURE_SECONDS;

export const NOVEMBER_2013: LabEvent = {
  name: "november-2013",
  title: "2 November 2013: three hours of TCP source port zero, mostly to 445, from one hosting network",
  make: (random, options) => makeNovember(random, options),
};

/** The event as a capture in memory, some megabytes for `precursor demo`, and the networks of its sensors with their sectors. */
export function november2013Capture(options: { readonly seed?: number; readonly scale?: number } = {}): {
  bytes: Uint8Array;
  truth: Truth;
  assets: Asset[];
} {
  const { packets, truth } = makeNovember(new Random(options.seed ?? 2013), { scale: options.scale ?? 1 });
  return { bytes: encodeCapture(packets), truth, assets: truth.home.flatMap(sensorAsset) };
}

/** Networks far apart, of many owners, for the sensors of the event. */
export function novemberSite(random: Random): Site {
  return new Site(publicAddresses(random, SENSORS), 24, 0.15, random.word());
}

/** What the networks of a site hold: each is of a made-up sector. */
export function sensorAssets(site: Site): Asset[] {
  return site.networks.map(formatNetwork).flatMap(sensorAsset);
}

/** The event and the site's own traffic from midnight to five, without what is sent on any night. */
export function novemberAlone(random: Random, site: Site): MadeEvent {
  const recorder = new Recorder(random, { start: CAPTURE_START, site }, CAPTURE_SECONDS);
  const scans = writeEvent(recorder);
  writeTalks(recorder);
  return recorder.finish("november-2013", { reading: "vulnerability-search", scans });
}

function sensorAsset(home: string, index: number): Asset[] {
  const network = parseNetwork(home);
  const sector = SECTORS[index % SECTORS.length] ?? null;
  return network === null ? [] : [{ name: `sensor-${index + 1}`, networks: [network], sector, role: null, services: [], exposure: null }];
}

function makeNovember(random: Random, options: EventOptions): MadeEvent {
  const site = options.site ?? novemberSite(random);
  const recorder = new Recorder(random, { ...options, start: options.start ?? CAPTURE_START, site }, CAPTURE_SECONDS);
  const scans = writeEvent(recorder);
  const background = writeBackground(recorder);
  return recorder.finish("november-2013", {
    reading: "vulnerability-search",
    scans: [...scans, ...background.scans],
    mayReport: background.mayReport,
  });
}

/** The sources with port zero: Zipf-like activity, each on one port above all. */
function writeEvent(recorder: Recorder): ScanTruth[] {
  const { random, site } = recorder;
  const scans: ScanTruth[] = [];
  const sources = eventSources(random);
  const weights = sources.map((_, index) => 1 / (index + 3) ** 0.8);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, source] of sources.entries()) {
    const share = (weights[index] ?? 0) / total;
    const targets = site.addresses(random, Math.round(recorder.count(EVENT_PACKETS) * share));
    const port = index < NAMED_SOURCES.length ? 445 : random.weighted(EVENT_PORTS);
    const ttl = arrivingTtl(random, random.pick([64, 128]));
    const begin = recorder.start + EVENT_AFTER + random.exponential(180);
    const end = recorder.start + EVENT_AFTER + EVENT_SECONDS - random.exponential(300);
    for (const target of targets) {
      const ip = { source, destination: target, ttl, id: random.integer(0, 65_535) };
      const tcp = eventSegment(random, port);
      const time = begin + random.uniform() * (end - begin);
      recorder.tcp(time, ip, tcp);
      // A stack drops a header that claims less than 20 octets, or more than there is, without a word.
      if (tcp.claimedHeaderLength === undefined && tcp.flags === TCP_SYN) answerTcp(recorder, time, ip, tcp);
    }
    if (targets.length > 0)
      scans.push(
        scanTruth({
          source: formatIPv4(source),
          kind: "horizontal",
          technique: "syn",
          transport: "tcp",
          ports: [port],
          targetCount: targets.length,
          tool: null,
        }),
      );
  }
  return scans;
}

function eventSources(random: Random): number[] {
  const hosted = new Set(NAMED_SOURCES);
  while (hosted.size < SOURCES * HOSTING_SHARE) hosted.add(neighbour(random, random.pick(NAMED_SOURCES)));
  return [...hosted, ...publicAddresses(random, SOURCES - hosted.size)];
}

/** Mostly a plain SYN; some with a header length that cannot be, some with flags that nobody sends. */
function eventSegment(random: Random, destinationPort: number): TcpFields {
  const plain = {
    sourcePort: 0,
    destinationPort,
    sequence: random.word(),
    window: random.pick([1024, 8192, 16_384, 65_535]),
    flags: TCP_SYN,
  };
  const dice = random.uniform();
  if (dice < BAD_HEADER_SHARE)
    return {
      ...plain,
      claimedHeaderLength: random.weighted([
        [0, 8],
        [4, 1],
        [8, 1],
        [12, 1],
        [16, 1],
      ] as const),
    };
  if (dice < BAD_HEADER_SHARE + ODD_FLAGS_SHARE) return { ...plain, flags: random.pick(ODD_FLAGS) };
  return plain;
}

/** What such a capture holds on any night of that year: scans, worms' remains, and the sites' own traffic. */
function writeBackground(recorder: Recorder): { scans: ScanTruth[]; mayReport: string[] } {
  const { random, site } = recorder;
  const scans: ScanTruth[] = [];
  const mayReport: string[] = [];
  let left = recorder.count(BACKGROUND_PROBES);
  while (left > 0) {
    const wanted = Math.min(left, 2500, Math.round(random.pareto(2, 0.9)));
    left -= wanted;
    const [source] = publicAddresses(random, 1) as [number];
    const port = random.weighted(BACKGROUND_PORTS);
    const prober = random.pick([connectProber, connectProber, masscanProber("old"), nmapProber("syn")])(random, source);
    const targets = site.addresses(random, wanted);
    const begin = recorder.moment();
    const lasts = Math.min(recorder.start + recorder.duration - begin, 60 + random.exponential(5400));
    for (const target of targets) {
      const { ip, tcp } = prober.probe(target, port, 0);
      const time = begin + random.uniform() * lasts;
      recorder.tcp(time, ip, tcp);
      answerTcp(recorder, time, ip, tcp);
    }
    const text = formatIPv4(source);
    if (targets.length >= 100)
      scans.push(
        scanTruth({
          source: text,
          kind: "horizontal",
          technique: "syn",
          transport: "tcp",
          ports: [port],
          targetCount: targets.length,
          tool: prober.tool,
        }),
      );
    else mayReport.push(text);
  }
  mayReport.push(...writeEverydayPortZero(recorder));
  writeTalks(recorder);
  return { scans, mayReport };
}

/** Port zero on an ordinary day: a handful of sources, each seen by a few sensors. */
function writeEverydayPortZero(recorder: Recorder): string[] {
  const { random, site } = recorder;
  return publicAddresses(random, 12).map((source) => {
    const ttl = arrivingTtl(random, 64);
    for (let packets = random.integer(2, 9); packets > 0; packets--) {
      const ip = { source, destination: site.address(random), ttl, id: random.word() & 0xffff };
      const tcp = {
        sourcePort: 0,
        destinationPort: random.weighted(BACKGROUND_PORTS),
        flags: TCP_SYN,
        sequence: random.word(),
        window: 512,
      };
      const time = recorder.moment();
      recorder.tcp(time, ip, tcp);
      answerTcp(recorder, time, ip, tcp);
    }
    return formatIPv4(source);
  });
}

function writeTalks(recorder: Recorder): void {
  const { random, site } = recorder;
  const clients = site.hosts(random, 60);
  const remote = publicAddresses(random, 300);
  for (let talk = recorder.count(BACKGROUND_TALKS); talk > 0; talk--) {
    const outward = random.chance(OUTWARD_SHARE);
    const server = outward ? (remote[random.zipf(remote.length, 0.9)] as number) : site.server(random, 80);
    const client = outward ? random.pick(clients) : (publicAddresses(random, 1)[0] as number);
    const fixed = {
      client,
      server,
      serverPort: outward && random.chance(0.4) ? 443 : 80,
      start: recorder.moment(),
      clientStack: WINDOWS_XP,
    };
    converse(recorder, webTalk(recorder, { ...fixed, exchanges: [random.integer(300, 800), random.integer(300, 2800)] }));
  }
}
