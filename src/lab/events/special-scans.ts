/** Scans made to be missed or to confuse: slow, distributed, behind decoys, in tiny fragments; and Nmap's OS detection. */
import { formatIPv4 } from "../../model/address.ts";
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { Recorder, type LabEvent } from "../event.ts";
import type { TcpFields } from "../packet.ts";
import { publicAddress, publicAddresses } from "../population.ts";
import { connectProber, nmapProber } from "../prober.ts";
import { answerTcp, icmpSweep, tcpScan, type Contact } from "../scanning.ts";
import { Site } from "../site.ts";
import { scanTruth } from "../truth.ts";
import { choosePorts, shapeContacts } from "./scans.ts";

/** An open and a closed port of a host that answers, so that all of Nmap's tests make sense. */
const OPEN_PORT = 80;

const FRAGMENTED: LabEvent = {
  name: "fragmented-syn",
  title: "nmap -f: a vertical SYN scan whose TCP headers come in fragments of eight octets",
  make(random, options) {
    const recorder = new Recorder(random, options, 60);
    const source = publicAddress(random);
    const target = recorder.site.host(random);
    const ports = choosePorts(random, random.integer(60, 200));
    const gap = random.pareto(0.005, 1.2);
    tcpScan(recorder, nmapProber("syn")(random, source), {
      technique: "syn",
      contacts: shapeContacts(random, [target], ports),
      start: recorder.start,
      gap: () => random.exponential(gap),
      retries: 1,
      fragmentSize: 8,
    });
    return recorder.finish("fragmented-syn", {
      reading: "targeted-reconnaissance",
      // Window and options, Nmap's mark, travel in the later fragments: no tool is asked for.
      scans: [
        scanTruth({
          source: formatIPv4(source),
          kind: "vertical",
          technique: "syn",
          transport: "tcp",
          ports,
          targetCount: 1,
          tool: null,
          fragmented: true,
        }),
      ],
    });
  },
};

const SLOW: LabEvent = {
  name: "slow-scan",
  title: "One source takes minutes to hours between probes, over days",
  make(random, options) {
    const recorder = new Recorder(random, options, 3 * 86_400);
    const source = publicAddress(random);
    const ports = [random.pick([22, 445, 3389, 5900])];
    const probes = random.integer(60, 160);
    const targets = recorder.site.addresses(random, recorder.count(probes));
    const gap = recorder.duration / targets.length;
    tcpScan(recorder, connectProber(random, source), {
      technique: "syn",
      contacts: targets.map((target): Contact => [target, ports[0] as number]),
      start: recorder.start,
      gap: () => Math.min(3 * 3600, Math.max(60, random.exponential(gap))),
    });
    return recorder.finish("slow-scan", {
      // One port of addresses at random, most of them dark: a slow search of everything falls upon a site just so.
      reading: "vulnerability-search",
      scans: [
        scanTruth({
          source: formatIPv4(source),
          kind: "horizontal",
          technique: "syn",
          transport: "tcp",
          ports,
          targetCount: targets.length,
          tool: null,
          slow: true,
        }),
      ],
    });
  },
};

const DISTRIBUTED: LabEvent = {
  name: "distributed-scan",
  title: "Many sources share one sweep: each probes a handful of targets, no target twice",
  make(random, options) {
    const recorder = new Recorder(random, options, 1800);
    const port = random.pick([7547, 8291, 5555, 9200, 6379]);
    const members = publicAddresses(random, recorder.count(random.integer(60, 200)));
    const each = random.integer(3, 8);
    const targets = recorder.site.addresses(random, members.length * each);
    for (const [index, member] of members.entries()) {
      const prober = connectProber(random, member);
      for (const target of targets.slice(index * each, (index + 1) * each)) {
        const { ip, tcp } = prober.probe(target, port, 0);
        const time = recorder.moment();
        recorder.tcp(time, ip, tcp);
        answerTcp(recorder, time, ip, tcp);
      }
    }
    const names = members.map(formatIPv4);
    return recorder.finish("distributed-scan", {
      reading: "worm-or-botnet",
      scans: [
        scanTruth({
          source: names[0] ?? "",
          kind: "distributed",
          technique: "syn",
          transport: "tcp",
          ports: [port],
          targetCount: targets.length,
          tool: null,
          members: names,
        }),
      ],
    });
  },
};

const DECOYS: LabEvent = {
  name: "decoy-scan",
  title: "nmap -D: every probe also comes from forged addresses; only the true source goes on after a SYN-ACK",
  make(random, options) {
    const recorder = new Recorder(random, options, 60);
    const source = publicAddress(random);
    const decoys = publicAddresses(random, random.integer(4, 9));
    const target = recorder.site.server(random, OPEN_PORT);
    const ports = [...new Set([OPEN_PORT, ...choosePorts(random, random.integer(60, 150))])];
    const prober = nmapProber("syn")(random, source);
    // Nmap puts itself at a fixed place among the decoys.
    const order = [...decoys.slice(0, 2), source, ...decoys.slice(2)];
    let time = recorder.start;
    for (const [address, port] of shapeContacts(random, [target], ports)) {
      const { ip, tcp } = prober.probe(address, port, 0);
      for (const [index, apparent] of order.entries()) {
        const at = time + index * 2e-5;
        const disguised = { ...ip, source: apparent, id: random.integer(0, 65_535) };
        recorder.tcp(at, disguised, tcp);
        if (apparent === source) answerTcp(recorder, at, disguised, tcp);
        else answerForged(recorder, at, apparent, address, tcp);
      }
      time += random.exponential(0.02);
    }
    return recorder.finish("decoy-scan", {
      reading: "targeted-reconnaissance",
      mayReport: decoys.map(formatIPv4),
      scans: [
        scanTruth({
          source: formatIPv4(source),
          kind: "vertical",
          technique: "syn",
          transport: "tcp",
          ports,
          targetCount: 1,
          tool: "nmap",
          decoys: decoys.map(formatIPv4),
        }),
      ],
    });
  },
};

/** The site answers the forged source, which knows of nothing and resets what is offered. */
function answerForged(recorder: Recorder, time: number, forged: number, target: number, tcp: TcpFields): void {
  const { random, site } = recorder;
  const reception = site.tcp(target, tcp.destinationPort);
  if (reception !== "open" && reception !== "closed") return;
  const acknowledgement = ((tcp.sequence ?? 0) + 1) >>> 0;
  const open = reception === "open";
  recorder.tcp(
    time + 0.0006,
    { source: target, destination: forged, dontFragment: true },
    {
      sourcePort: tcp.destinationPort,
      destinationPort: tcp.sourcePort,
      flags: open ? TCP_SYN | TCP_ACK : 0x14,
      sequence: open ? random.word() : 0,
      acknowledgement,
      window: open ? 65_160 : 0,
      ...(open && { options: Uint8Array.of(2, 4, 0x05, 0xb4) }),
    },
  );
}

/** Options and windows of Nmap's six SEQ probes (nmap.org/book/osdetect-methods.html). */
const SEQ_PROBES: readonly (readonly [window: number, options: string])[] = [
  [1, "03030a01020405b4080affffffff000000000402"],
  [63, "020405780303000402080affffffff0000000000"],
  [4, "080affffffff0000000001010303050102040280"],
  [4, "0402080affffffff0000000003030a00"],
  [16, "020402180402080affffffff0000000003030a00"],
  [512, "020401090402080affffffff00000000"],
];
const ECN_OPTIONS = "03030a01020405b404020101";
const T2_TO_T6_OPTIONS = "03030a0102040109080affffffff000000000402";
const T7_OPTIONS = "03030f0102040109080affffffff000000000402";

const OS_DETECTION: LabEvent = {
  name: "os-detection",
  title: "nmap -O: a short SYN scan, then SEQ, ECN, T2 to T7, IE and U1 at one host",
  make(random, options) {
    // A host that filters nothing, or Nmap would not find a closed port to test.
    const recorder = new Recorder(random, options, 30);
    const source = publicAddress(random);
    const target = answeringServer(recorder);
    const ports = [...new Set([OPEN_PORT, ...choosePorts(random, 100)])];
    const ttl = (): number => random.integer(37, 59);
    const scanned = tcpScan(recorder, nmapProber("syn")(random, source), {
      technique: "syn",
      contacts: shapeContacts(random, [target], ports),
      start: recorder.start,
      gap: () => random.exponential(0.01),
    });
    const closed = ports.find((port) => recorder.site.tcp(target, port) === "closed") ?? 1;
    const sequence = random.word();
    const acknowledgement = random.word();
    const basePort = random.integer(33_000, 60_000);
    let time = scanned + 1;
    let test = 0;
    const send = (fields: Pick<TcpFields, "flags" | "window"> & Partial<TcpFields>, optionText: string, dontFragment = false): void => {
      const ip = { source, destination: target, ttl: ttl(), id: random.integer(0, 65_535), dontFragment };
      const tcp: TcpFields = {
        sourcePort: basePort + test,
        destinationPort: OPEN_PORT,
        sequence: (sequence + test) >>> 0,
        acknowledgement,
        options: octets(optionText),
        ...fields,
      };
      recorder.tcp(time, ip, tcp);
      answerTcp(recorder, time, ip, tcp);
      test++;
      time += 0.1;
    };
    for (const [window, optionText] of SEQ_PROBES) send({ flags: TCP_SYN, window }, optionText);
    const echo = { source, destination: target, ttl: ttl() };
    const identifier = random.integer(0, 65_534);
    recorder.icmp(
      time,
      { ...echo, dontFragment: true, id: random.integer(0, 65_535) },
      8,
      9,
      ((identifier << 16) | 295) >>> 0,
      new Uint8Array(120),
    );
    recorder.icmp(
      time + 0.025,
      { ...echo, tos: 4, id: random.integer(0, 65_535) },
      8,
      0,
      (((identifier + 1) << 16) | 296) >>> 0,
      new Uint8Array(150),
    );
    const udpSent = recorder.udp(
      time + 0.05,
      { ...echo, id: 0x1042 },
      { sourcePort: basePort + 20, destinationPort: random.integer(30_000, 45_000), payload: new Uint8Array(300).fill(0x43) },
    );
    recorder.unreachable(time + 0.0506, target, source, 3, udpSent);
    time += 0.1;
    // The bit 0x800 of the reserved four is set in the ECN probe.
    send({ flags: 0x800 | TCP_CWR | TCP_ECE | TCP_SYN, window: 3, urgent: 0xf7f5, acknowledgement: 0 }, ECN_OPTIONS);
    send({ flags: 0, window: 128 }, T2_TO_T6_OPTIONS, true);
    send({ flags: TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH, window: 256 }, T2_TO_T6_OPTIONS);
    send({ flags: TCP_ACK, window: 1024 }, T2_TO_T6_OPTIONS, true);
    send({ flags: TCP_SYN, window: 31_337, destinationPort: closed }, T2_TO_T6_OPTIONS);
    send({ flags: TCP_ACK, window: 32_768, destinationPort: closed }, T2_TO_T6_OPTIONS, true);
    send({ flags: TCP_FIN | TCP_PSH | TCP_URG, window: 65_535, destinationPort: closed }, T7_OPTIONS);
    const shared = { source: formatIPv4(source), kind: "vertical", transport: "tcp", ports, targetCount: 1 } as const;
    return recorder.finish("os-detection", {
      reading: "fingerprinting",
      scans: [
        scanTruth({ ...shared, technique: "syn", tool: "nmap" }),
        scanTruth({ ...shared, technique: "os-detection", ports: [], tool: "nmap" }),
      ],
    });
  },
};

/** A host that serves the open port and refuses others instead of dropping them. */
function answeringServer(recorder: Recorder): number {
  const { random, site } = recorder;
  for (let attempt = 0; attempt < 200; attempt++) {
    const server = site.server(random, OPEN_PORT);
    if (site.tcp(server, 1) === "closed") return server;
  }
  return site.server(random, OPEN_PORT);
}

const PING_THEN_SCAN: LabEvent = {
  name: "block-after-ping",
  title: "A ping sweep of a dark network, then a block scan of what was swept",
  make(random, options) {
    const recorder = new Recorder(random, { site: Site.draw(random, 24, 0), ...options }, 600);
    const source = publicAddress(random);
    const targets = recorder.site.addresses(random, recorder.count(random.integer(100, 200)));
    const ports = choosePorts(random, random.integer(20, 30));
    const swept = icmpSweep(recorder, source, 50, {
      technique: "icmp",
      contacts: targets.map((target): Contact => [target, 8]),
      start: recorder.start,
      gap: () => random.exponential(0.05),
    });
    tcpScan(recorder, connectProber(random, source), {
      technique: "syn",
      contacts: shapeContacts(random, targets, ports),
      start: swept + 5,
      gap: () => random.exponential(0.02),
    });
    const shared = { source: formatIPv4(source), targetCount: targets.length, tool: null } as const;
    return recorder.finish("block-after-ping", {
      reading: "vulnerability-search",
      scans: [
        scanTruth({ ...shared, kind: "horizontal", technique: "icmp", transport: "icmp", ports: [8] }),
        scanTruth({ ...shared, kind: "block", technique: "syn", transport: "tcp", ports }),
      ],
    });
  },
};

export const SPECIAL_SCANS: readonly LabEvent[] = [FRAGMENTED, SLOW, DISTRIBUTED, DECOYS, OS_DETECTION, PING_THEN_SCAN];

function octets(hexText: string): Uint8Array {
  return Uint8Array.from(hexText.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
