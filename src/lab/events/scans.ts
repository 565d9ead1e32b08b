/** Plain scans of every shape and technique by one source, as nmap's reference guide names them. */
import type { Transport } from "../../model/activity.ts";
import type { ScanKind, Technique } from "../../model/finding.ts";
import { formatIPv4 } from "../../model/address.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { arrivingTtl, publicAddress } from "../population.ts";
import { connectProber, masscanProber, nmapProber, type MakeProber } from "../prober.ts";
import { icmpSweep, protocolScan, sctpScan, tcpScan, udpScan, type Contact, type ScanPlan } from "../scanning.ts";
import type { Random } from "../random.ts";
import { scanTruth } from "../truth.ts";

/** The ports that scanners ask for most. */
export const POPULAR_PORTS = [
  21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 995, 1433, 1521, 1723, 2222, 3306, 3389, 5060, 5432, 5900, 6379, 8000,
  8080, 8443, 8888, 9200, 11_211, 27_017,
] as const;

/** Contacts of a scan of the given shape into `targets`, in the order a scanner takes: random. */
export function shapeContacts(random: Random, targets: readonly number[], ports: readonly number[]): Contact[] {
  return random.shuffle(targets.flatMap((target) => ports.map((port): Contact => [target, port])));
}

/** `count` different ports: popular ones first, then any. */
export function choosePorts(random: Random, count: number): number[] {
  const ports = new Set(random.shuffle(POPULAR_PORTS).slice(0, count));
  while (ports.size < count) ports.add(random.integer(1, 65_535) as (typeof POPULAR_PORTS)[number]);
  return [...ports];
}

/**
 * Techniques of a person with a tool for one site. A block of some dozen addresses out of a /16, most of them dark, asked with plain probes
 * is what the part of an Internet-wide search looks like that falls upon the site: nothing shows that the site is meant.
 */
const NEEDS_A_PERSON: ReadonlySet<Technique> = new Set(["fin", "null", "xmas", "maimon", "ack", "sctp-init", "ip-protocol"]);

interface Shape {
  readonly kind: ScanKind;
  targets(random: Random): number;
  ports(random: Random): number;
}
const SHAPES: readonly Shape[] = [
  { kind: "horizontal", targets: (random) => random.integer(80, 600), ports: () => 1 },
  { kind: "vertical", targets: () => 1, ports: (random) => random.integer(60, 1000) },
  { kind: "block", targets: (random) => random.integer(20, 60), ports: (random) => random.integer(25, 60) },
  { kind: "strobe", targets: (random) => random.integer(60, 250), ports: (random) => random.integer(3, 6) },
];

/** A scan event of one shape and one technique. Numbers of targets and ports are drawn for every seed. */
function scanEvent(shape: Shape, technique: Technique): LabEvent {
  const name = `${shape.kind}-${technique}`;
  return {
    name,
    title: `One source, ${shape.kind} scan, ${technique}`,
    make(random, options) {
      const recorder = new Recorder(random, options, 600);
      const source = publicAddress(random);
      const targets = chooseTargets(recorder, shape, technique);
      const ports = portsFor(random, technique, shape.ports(random));
      const contacts = shapeContacts(random, targets, ports);
      const gap = Math.min(recorder.duration / contacts.length, random.pareto(0.002, 1));
      const plan: ScanPlan = { technique, contacts, start: recorder.start, gap: () => random.exponential(gap) };
      const { transport, tool } = run(recorder, source, plan);
      return recorder.finish(name, {
        reading:
          shape.kind === "vertical" || (shape.kind === "block" && NEEDS_A_PERSON.has(technique))
            ? "targeted-reconnaissance"
            : "vulnerability-search",
        scans: [
          scanTruth({ source: formatIPv4(source), kind: shape.kind, technique, transport, ports, targetCount: targets.length, tool }),
        ],
      });
    },
  };
}

/** Vertical scans go to a host, the others wherever the numbers lead. */
function chooseTargets(recorder: Recorder, shape: Shape, technique: Technique): number[] {
  const { random, site } = recorder;
  if (shape.kind !== "vertical") return site.addresses(random, recorder.count(shape.targets(random)));
  return [technique === "connect" ? site.server(random, 80) : site.host(random)];
}

function portsFor(random: Random, technique: Technique, count: number): number[] {
  if (technique === "icmp") return [8];
  if (technique === "ip-protocol")
    return random.shuffle(Array.from({ length: 140 }, (_, protocol) => protocol)).slice(0, Math.min(140, count));
  if (technique === "udp")
    return [...new Set([...[53, 123, 161, 1900, 137, 500, 69, 5060].slice(0, count), ...choosePorts(random, count)])].slice(0, count);
  // A connect scan shows only where something answers, so a part of its ports is served.
  if (technique === "connect") return [...new Set([...random.shuffle([22, 80, 443]), ...choosePorts(random, count)])].slice(0, count);
  return choosePorts(random, count);
}

function run(recorder: Recorder, source: number, plan: ScanPlan): { transport: Transport; tool: "nmap" | "masscan" | null } {
  const { random } = recorder;
  switch (plan.technique) {
    case "udp":
      udpScan(recorder, source, arrivingTtl(random, 64), plan);
      return { transport: "udp", tool: null };
    case "sctp-init":
      sctpScan(recorder, source, plan);
      return { transport: "sctp", tool: null };
    case "ip-protocol":
      protocolScan(recorder, source, plan);
      return { transport: "ip", tool: null };
    case "icmp":
      icmpSweep(recorder, source, arrivingTtl(random, 64), plan);
      return { transport: "icmp", tool: null };
    default: {
      const make: MakeProber =
        plan.technique === "connect"
          ? connectProber
          : plan.technique === "syn" && random.chance(0.4)
            ? masscanProber("old")
            : nmapProber(plan.technique);
      const prober = make(random, source);
      tcpScan(recorder, prober, plan);
      return { transport: "tcp", tool: prober.tool as "nmap" | "masscan" | null };
    }
  }
}

const TCP_TECHNIQUES: readonly Technique[] = ["syn", "connect", "fin", "null", "xmas", "maimon", "ack"];
const TECHNIQUES_BY_KIND: Readonly<Record<string, readonly Technique[]>> = {
  horizontal: [...TCP_TECHNIQUES, "udp", "sctp-init", "icmp"],
  vertical: [...TCP_TECHNIQUES, "udp", "sctp-init", "ip-protocol"],
  block: ["syn", "connect", "udp"],
  strobe: ["syn", "connect", "fin", "udp"],
};

/** Every shape with every technique that goes with it. */
export const PLAIN_SCANS: readonly LabEvent[] = SHAPES.flatMap((shape) =>
  (TECHNIQUES_BY_KIND[shape.kind] ?? []).map((technique) => scanEvent(shape, technique)),
);
