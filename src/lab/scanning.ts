/** Sends a scan's probes into a site and lets the site answer as RFC 9293, RFC 792 and RFC 1122 have it. */
import type { Technique } from "../model/finding.ts";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../model/protocol.ts";
import type { Recorder } from "./event.ts";
import type { IpFields, TcpFields } from "./packet.ts";
import { ephemeralPort } from "./population.ts";
import type { Prober } from "./prober.ts";
import { dataOptions, LINUX, synOptions } from "./stack.ts";

/** One target and port (or IP protocol, or ICMP type). */
export type Contact = readonly [target: number, port: number];

export interface ScanPlan {
  readonly technique: Technique;
  readonly contacts: Iterable<Contact>;
  /** Seconds since 1970. */
  readonly start: number;
  /** Seconds between two probes; called once a probe. */
  readonly gap: () => number;
  /** Further tries after silence, a second apart; 0 where left out. */
  readonly retries?: number;
  /** Octets of a fragment, for `nmap -f` (8). */
  readonly fragmentSize?: number;
}

/** Seconds from the router to a host of the site and back. */
const SITE_DELAY = 0.0006;
/** Of hosts that could send an ICMP error, the share of errors that rate limits let pass (Linux: one a second and peer). */
const ICMP_PASSES = 0.5;

/** Runs a TCP scan; returns the time of its last probe. */
export function tcpScan(recorder: Recorder, prober: Prober, plan: ScanPlan): number {
  let time = plan.start;
  for (const [target, port] of plan.contacts) {
    for (let attempt = 0; attempt <= (plan.retries ?? 0); attempt++) {
      const { ip, tcp } = prober.probe(target, port, attempt);
      const sent = time + attempt * (1 + recorder.random.uniform() * 0.2);
      if (plan.fragmentSize === undefined) recorder.tcp(sent, ip, tcp);
      else recorder.tcpFragments(sent, ip, tcp, plan.fragmentSize);
      if (answerTcp(recorder, sent, ip, tcp, plan.technique)) break;
    }
    time += plan.gap();
  }
  return time;
}

/**
 * Lets the site answer a TCP probe, and the prober's kernel (or, in a connect scan, its program) go on. Returns whether there was an answer.
 * Open ports answer SYN only; closed ones send RST to everything but RST.
 */
export function answerTcp(recorder: Recorder, time: number, ip: IpFields, tcp: TcpFields, technique: Technique = "syn"): boolean {
  const { random, site } = recorder;
  const target = ip.destination as number;
  const reception = site.tcp(target, tcp.destinationPort);
  if (reception === "dark" || reception === "filtered") return false;
  const back: IpFields = { source: target, destination: ip.source, ttl: 64, dontFragment: true };
  const ports = { sourcePort: tcp.destinationPort, destinationPort: tcp.sourcePort };
  const answered = time + SITE_DELAY + random.exponential(0.0003);
  const probeAck = ((tcp.sequence ?? 0) + (tcp.flags & (TCP_SYN | TCP_FIN) ? 1 : 0)) >>> 0;
  const bare = (tcp.flags & TCP_ACK) !== 0;
  if (reception === "open" && !bare && (tcp.flags & TCP_SYN) !== 0) {
    const sequence = random.word();
    const clock = random.word();
    const options = tcp.options !== undefined && tcp.options.length > 4 ? synOptions(LINUX, clock) : Uint8Array.of(2, 4, 0x05, 0xb4);
    recorder.tcp(answered, back, {
      ...ports,
      flags: TCP_SYN | TCP_ACK,
      sequence,
      acknowledgement: probeAck,
      window: 65_160,
      options,
    });
    const roundTrip = answered + 0.02 + random.exponential(0.03);
    const forth = { ...ip, ttl: ip.ttl ?? 64 };
    const established = { sourcePort: tcp.sourcePort, destinationPort: tcp.destinationPort, sequence: probeAck };
    if (technique === "connect") {
      const later = { ...established, acknowledgement: (sequence + 1) >>> 0, window: 502, options: dataOptions(LINUX, clock, clock) };
      recorder.tcp(roundTrip, forth, { ...later, flags: TCP_ACK });
      recorder.tcp(roundTrip + 0.0002, forth, { ...later, flags: TCP_RST | TCP_ACK });
    } else recorder.tcp(roundTrip, { ...forth, id: 0 }, { ...established, flags: TCP_RST, window: 0 });
    return true;
  }
  if (reception === "open" && !bare) return false; // FIN, NULL and Xmas meet silence on open ports
  recorder.tcp(answered, back, {
    ...ports,
    flags: bare ? TCP_RST : TCP_RST | TCP_ACK,
    sequence: bare ? (tcp.acknowledgement ?? 0) : 0,
    acknowledgement: bare ? 0 : probeAck,
    window: 0,
  });
  return true;
}

/** Payloads that scanners send to UDP ports so that a service answers (nmap-service-probes); other ports get none. */
const UDP_PAYLOADS: ReadonlyMap<number, Uint8Array> = new Map([
  [53, hex("00061e0100010000000000000776657273696f6e0462696e640000100003")],
  [123, hex("e30004fa0001000000010000000000000000000000000000000000000000000000000000000000000000c54f234b71b152f3")],
  [161, hex("302902010004067075626c6963a01c0204562c5c3c020100020100300e300c06082b060102010101000500")],
  [
    1900,
    new TextEncoder().encode('M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:"ssdp:discover"\r\nMX:3\r\n\r\n'),
  ],
]);

/** Runs a UDP scan from one source port; returns the time of its last probe. */
export function udpScan(recorder: Recorder, source: number, ttl: number, plan: ScanPlan): number {
  const { random, site } = recorder;
  const sourcePort = ephemeralPort(random);
  let time = plan.start;
  for (const [target, port] of plan.contacts) {
    const ip = { source, destination: target, ttl, id: random.integer(0, 65_535) };
    const payload = UDP_PAYLOADS.get(port);
    const sent = recorder.udp(time, ip, { sourcePort, destinationPort: port, ...(payload && { payload }) });
    const reception = site.udp(target, port);
    if (reception === "open" && payload)
      recorder.udp(
        time + SITE_DELAY,
        { source: target, destination: source },
        { sourcePort: port, destinationPort: sourcePort, payload: randomOctets(recorder, random.integer(48, 200)) },
      );
    else if (reception === "closed" && random.chance(ICMP_PASSES)) recorder.unreachable(time + SITE_DELAY, target, source, 3, sent);
    time += plan.gap();
  }
  return time;
}

/** Runs an SCTP INIT scan; hosts without SCTP say "protocol unreachable". */
export function sctpScan(recorder: Recorder, source: number, plan: ScanPlan): number {
  const { random, site } = recorder;
  const sourcePort = ephemeralPort(random);
  let time = plan.start;
  for (const [target, port] of plan.contacts) {
    const sent = recorder.sctpInit(
      time,
      { source, destination: target, ttl: random.integer(37, 59), id: random.integer(0, 65_535) },
      sourcePort,
      port,
    );
    if (site.tcp(target, port) === "closed" && random.chance(ICMP_PASSES)) recorder.unreachable(time + SITE_DELAY, target, source, 2, sent);
    time += plan.gap();
  }
  return time;
}

/** Runs an IP protocol scan (`nmap -sO`): empty packets, but whole headers for the protocols that nmap knows. Contacts hold the protocol as port. */
export function protocolScan(recorder: Recorder, source: number, plan: ScanPlan): number {
  const { random, site } = recorder;
  const sourcePort = ephemeralPort(random);
  let time = plan.start;
  for (const [target, protocol] of plan.contacts) {
    const ip = { source, destination: target, ttl: random.integer(37, 59), id: random.integer(0, 65_535) };
    if (protocol === 1) recorder.icmp(time, ip, 8, 0, random.word());
    else if (protocol === 6) {
      const tcp = { sourcePort, destinationPort: 80, flags: TCP_ACK, acknowledgement: random.word(), window: 1024 };
      recorder.tcp(time, ip, tcp);
      answerTcp(recorder, time, ip, tcp, "ack");
    } else if (protocol === 17) recorder.udp(time, ip, { sourcePort, destinationPort: 40_125 });
    else if (protocol === 132) recorder.sctpInit(time, ip, sourcePort, 80);
    else {
      const sent = recorder.protocol(time, ip, protocol, new Uint8Array(0));
      if (site.tcp(target, 1) === "closed" && random.chance(ICMP_PASSES)) recorder.unreachable(time + SITE_DELAY, target, source, 2, sent);
    }
    time += plan.gap();
  }
  return time;
}

/** Pings every target once; hosts answer. */
export function icmpSweep(recorder: Recorder, source: number, ttl: number, plan: ScanPlan): number {
  const { random, site } = recorder;
  const identifier = random.integer(0, 65_535);
  let time = plan.start;
  for (const [target, type] of plan.contacts) {
    const rest = ((identifier << 16) | random.integer(0, 65_535)) >>> 0;
    recorder.icmp(time, { source, destination: target, ttl, id: random.integer(0, 65_535) }, type, 0, rest);
    if (type === 8 && site.isLive(target)) recorder.icmp(time + SITE_DELAY, { source: target, destination: source }, 0, 0, rest);
    time += plan.gap();
  }
  return time;
}

/** Random octets, as a stand-in for data whose content does not matter. */
export function randomOctets(recorder: Recorder, count: number): Uint8Array {
  const octets = new Uint8Array(count);
  for (let i = 0; i < count; i++) octets[i] = recorder.random.word() & 255;
  return octets;
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
