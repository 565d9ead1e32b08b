/** What a lab event is, and the recorder that its author writes packets into: it keeps time order and counts port zero from what it is told to send. */
import { formatNetwork } from "../model/address.ts";
import type { PortZeroCounts } from "../model/activity.ts";
import type { TimedPacket } from "./capture-writer.ts";
import { ethernet, INSIDE, ROUTER } from "./frame.ts";
import {
  fragmentIPv4,
  icmpError,
  icmpPacket,
  ipPacket,
  sctpInitPacket,
  tcpPacket,
  udpPacket,
  type Address,
  type IpFields,
  type TcpFields,
  type UdpFields,
} from "./packet.ts";
import type { Random } from "./random.ts";
import { Site } from "./site.ts";
import type { Truth } from "./truth.ts";

/** Knobs that every event understands; each event picks its own where they are left out. */
export interface EventOptions {
  /** Seconds since 1970 at which the event begins. */
  readonly start?: number;
  /** Seconds it lasts, roughly. */
  readonly duration?: number;
  /** Multiplies the numbers of sources and targets. */
  readonly scale?: number;
  /** The defended network; drawn by the seed where left out. */
  readonly site?: Site;
}

/** A kind of event: how to make one. */
export interface LabEvent {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  make(random: Random, options: EventOptions): MadeEvent;
}

export interface MadeEvent {
  /** In order of time. */
  readonly packets: Iterable<TimedPacket>;
  readonly truth: Truth;
}

/** 2026-03-10 09:00 UTC, a Tuesday: when events begin unless told otherwise. */
const DEFAULT_START = Date.UTC(2026, 2, 10, 9) / 1000;

/** Takes packets in any order and gives them back in order of time, with the truth about port zero. */
export class Recorder {
  readonly random: Random;
  readonly site: Site;
  readonly start: number;
  readonly scale: number;
  readonly duration: number;
  readonly #packets: TimedPacket[] = [];
  readonly #tcpZero: PortZeroCounts = { source: 0, destination: 0, both: 0 };
  readonly #udpZero: PortZeroCounts = { source: 0, destination: 0, both: 0 };

  /** @param duration in seconds, the event's own choice where the options leave it open. */
  constructor(random: Random, options: EventOptions, duration: number) {
    this.random = random;
    this.site = options.site ?? Site.draw(random);
    this.start = options.start ?? DEFAULT_START;
    this.scale = options.scale ?? 1;
    this.duration = options.duration ?? duration;
  }

  /** A number of sources or targets, scaled, at least one. */
  count(number: number): number {
    return Math.max(1, Math.round(number * this.scale));
  }

  /** A moment within the event, uniform. */
  moment(): number {
    return this.start + this.random.uniform() * this.duration;
  }

  tcp(time: number, ip: IpFields, tcp: TcpFields): Uint8Array {
    countZero(this.#tcpZero, tcp.sourcePort, tcp.destinationPort);
    return this.ip(time, tcpPacket(ip, tcp));
  }

  udp(time: number, ip: IpFields, udp: UdpFields): Uint8Array {
    countZero(this.#udpZero, udp.sourcePort, udp.destinationPort);
    return this.ip(time, udpPacket(ip, udp));
  }

  /** TCP cut into IPv4 fragments of `size` octets, a few microseconds apart. */
  tcpFragments(time: number, ip: IpFields, tcp: TcpFields, size: number): void {
    countZero(this.#tcpZero, tcp.sourcePort, tcp.destinationPort);
    fragmentIPv4(tcpPacket(ip, tcp), size).forEach((fragment, index) => this.ip(time + index * 5e-6, fragment));
  }

  /** UDP cut into IPv4 fragments of `size` octets, a few microseconds apart. */
  udpFragments(time: number, ip: IpFields, udp: UdpFields, size: number): void {
    countZero(this.#udpZero, udp.sourcePort, udp.destinationPort);
    fragmentIPv4(udpPacket(ip, udp), size).forEach((fragment, index) => this.ip(time + index * 5e-6, fragment));
  }

  icmp(time: number, ip: IpFields, type: number, code: number, rest: number, body?: Uint8Array): Uint8Array {
    return this.ip(time, icmpPacket(ip, type, code, rest, body));
  }

  /** An ICMP destination-unreachable about a packet. */
  unreachable(time: number, from: Address, to: Address, code: number, about: Uint8Array): void {
    this.ip(time, icmpError({ source: from, destination: to, ttl: 60 }, 3, code, about));
  }

  sctpInit(time: number, ip: IpFields, sourcePort: number, destinationPort: number): Uint8Array {
    return this.ip(time, sctpInitPacket(ip, sourcePort, destinationPort, this.random.word()));
  }

  protocol(time: number, ip: IpFields, protocol: number, payload: Uint8Array): Uint8Array {
    return this.ip(time, ipPacket(ip, protocol, payload));
  }

  /** An IP packet as it is, framed by which side of the router it comes from. Returns it for an error to quote. */
  ip(time: number, packet: Uint8Array): Uint8Array {
    const outbound = (packet[0] ?? 0) >>> 4 === 4 && this.site.isInside(new DataView(packet.buffer, packet.byteOffset).getUint32(12));
    this.frame(time, outbound ? ethernet(packet, INSIDE, ROUTER) : ethernet(packet));
    return packet;
  }

  /** A frame as it is. */
  frame(time: number, frame: Uint8Array): void {
    this.#packets.push({ time, frame });
  }

  /** The event, whole. What the truth leaves out is empty. */
  finish(event: string, truth: Pick<Truth, "reading"> & Partial<Truth>): MadeEvent {
    this.#packets.sort((a, b) => a.time - b.time);
    return {
      packets: this.#packets,
      truth: {
        event,
        home: this.site.networks.map(formatNetwork),
        scans: [],
        mayReport: [],
        backscatter: [],
        portZero: { tcp: this.#tcpZero, udp: this.#udpZero },
        packets: this.#packets.length,
        ...truth,
      },
    };
  }
}

function countZero(counts: PortZeroCounts, sourcePort: number, destinationPort: number): void {
  if (sourcePort === 0 && destinationPort === 0) counts.both++;
  else if (sourcePort === 0) counts.source++;
  else if (destinationPort === 0) counts.destination++;
}
