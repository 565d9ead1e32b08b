/**
 * Packets from or to port zero, in all six kinds, with what only looks like it kept apart. Source, destination and both are counted
 * apart, TCP and UDP apart (PAM 2021, doi 10.1007/978-3-030-72582-2_32, on why: most "port zero" in flow data are fragments).
 */
import type { PortZeroActivity, PortZeroCounts, PortZeroSource } from "../model/activity.ts";
import { CLASS_UDP } from "../model/activity.ts";
import type { ObservationBatch } from "../model/observation.ts";
import { FLAGS_UNKNOWN, GRADE_CONFIRMED, QUIRK_BAD_HEADER_LENGTH, RECORD_PACKET } from "../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../model/protocol.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import type { SourceTable } from "./source-table.ts";

/** 16 KiB, 0.8 %; nearly exact below 40,000. */
const DISTINCT_PRECISION = 14;
const PORTS = 65536;
const MOST_SOURCES = 100;
const MOST_OTHER_PORTS = 20;

const newCounts = (): PortZeroCounts => ({ source: 0, destination: 0, both: 0 });

/** The counts of a counter, and the registers of its sketches. */
export interface PortZeroState extends Pick<
  PortZeroCounter,
  "tcp" | "udp" | "unconfirmed" | "excluded" | "replies" | "badHeaderLength" | "oddFlags" | "firstSeen" | "lastSeen"
> {
  readonly sources: Uint8Array;
  readonly targets: Uint8Array;
  readonly otherPorts: Float64Array | null;
}

/** Counts port-zero packets. Who sent how many to whom is in a SourceTable that the owner fills with the same entries as the main one. */
export class PortZeroCounter {
  readonly tcp = newCounts();
  readonly udp = newCounts();
  readonly unconfirmed = { tcp: newCounts(), udp: newCounts(), flagged: 0 };
  readonly excluded = { fragments: 0, icmp: 0, placeholder: 0 };
  replies = 0;
  badHeaderLength = 0;
  oddFlags = 0;
  firstSeen = Number.POSITIVE_INFINITY;
  lastSeen = Number.NEGATIVE_INFINITY;
  readonly #sources = new HyperLogLog(DISTINCT_PRECISION);
  readonly #targets = new HyperLogLog(DISTINCT_PRECISION);
  #otherPorts: Float64Array | null = null;

  /** Counts a row with a zero port. True where it is a confirmed probe: one whose sender and target count. */
  count(batch: ObservationBatch, row: number): boolean {
    const protocol = batch.protocol[row]!;
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return false;
    const isTcp = protocol === PROTOCOL_TCP;
    const confirmed = batch.grade[row] === GRADE_CONFIRMED;
    const table = confirmed ? this : this.unconfirmed;
    const counts = isTcp ? table.tcp : table.udp;
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    const packets = batch.packets[row]!;
    if (sourcePort !== 0) counts.destination += packets;
    else if (destinationPort !== 0) counts.source += packets;
    else counts.both += packets;
    if (!confirmed) {
      const flags = batch.tcpFlags[row]!;
      if (isTcp && flags !== FLAGS_UNKNOWN && (flags & 0x3f) !== 0) this.unconfirmed.flagged += packets;
      return false;
    }
    const time = batch.time[row]!;
    if (time < this.firstSeen) this.firstSeen = time;
    if (time > this.lastSeen) this.lastSeen = time;
    if (isTcp && (batch.quirks[row]! & QUIRK_BAD_HEADER_LENGTH) !== 0) this.badHeaderLength += packets;
    if (isTcp && isTcpReply(batch, row)) {
      this.replies += packets;
      return false;
    }
    if (isTcp && isOdd(batch, row)) this.oddFlags += packets;
    this.#sources.add(mix32(batch.source[row]!));
    this.#targets.add(mix32(batch.destination[row]!));
    this.#otherPorts ??= new Float64Array(PORTS);
    const other = sourcePort !== 0 ? sourcePort : destinationPort;
    this.#otherPorts[other] = this.#otherPorts[other]! + packets;
    return true;
  }

  /** All counts, as plain values. */
  state(): PortZeroState {
    const { tcp, udp, unconfirmed, excluded, replies, badHeaderLength, oddFlags, firstSeen, lastSeen } = this;
    const counts = { tcp, udp, unconfirmed, excluded, replies, badHeaderLength, oddFlags, firstSeen, lastSeen };
    return { ...counts, sources: this.#sources.registers, targets: this.#targets.registers, otherPorts: this.#otherPorts };
  }

  merge(other: PortZeroState): void {
    addCounts(this.tcp, other.tcp);
    addCounts(this.udp, other.udp);
    addCounts(this.unconfirmed.tcp, other.unconfirmed.tcp);
    addCounts(this.unconfirmed.udp, other.unconfirmed.udp);
    this.unconfirmed.flagged += other.unconfirmed.flagged;
    this.excluded.fragments += other.excluded.fragments;
    this.excluded.icmp += other.excluded.icmp;
    this.excluded.placeholder += other.excluded.placeholder;
    this.replies += other.replies;
    this.badHeaderLength += other.badHeaderLength;
    this.oddFlags += other.oddFlags;
    this.firstSeen = Math.min(this.firstSeen, other.firstSeen);
    this.lastSeen = Math.max(this.lastSeen, other.lastSeen);
    this.#sources.merge(new HyperLogLog(DISTINCT_PRECISION, other.sources));
    this.#targets.merge(new HyperLogLog(DISTINCT_PRECISION, other.targets));
    if (other.otherPorts === null) return;
    this.#otherPorts ??= new Float64Array(PORTS);
    for (let port = 0; port < PORTS; port++) this.#otherPorts[port] = this.#otherPorts[port]! + other.otherPorts[port]!;
  }

  /** @param table the entries of port-zero probes. @param addressText text of a slot's address. */
  finish(table: SourceTable, addressText: (family: 4 | 6, word: number) => string): PortZeroActivity {
    return {
      tcp: this.tcp,
      udp: this.udp,
      unconfirmed: this.unconfirmed,
      excluded: this.excluded,
      sources: Math.round(this.#sources.estimate()),
      targets: Math.round(this.#targets.estimate()),
      replies: this.replies,
      badHeaderLength: this.badHeaderLength,
      oddFlags: this.oddFlags,
      otherPorts: this.#topOtherPorts(),
      topSources: topSources(table, addressText),
      firstSeen: this.firstSeen > this.lastSeen ? null : this.firstSeen,
      lastSeen: this.firstSeen > this.lastSeen ? null : this.lastSeen,
    };
  }

  #topOtherPorts(): { port: number; packets: number }[] {
    const found: { port: number; packets: number }[] = [];
    for (const [port, packets] of (this.#otherPorts ?? new Float64Array(0)).entries()) if (packets > 0) found.push({ port, packets });
    return found.sort((a, b) => b.packets - a.packets || a.port - b.port).slice(0, MOST_OTHER_PORTS);
  }
}

/**
 * SYN/ACK or RST, and nothing with them that makes them what no stack sends. Flags that were not seen answer nothing; nor do those of a
 * whole direction with its SYN and more, which an opener's has too.
 */
export function isTcpReply(batch: ObservationBatch, row: number): boolean {
  const flags = batch.tcpFlags[row]!;
  if (flags === FLAGS_UNKNOWN) return false;
  if (batch.record[row] !== RECORD_PACKET && (flags & TCP_SYN) !== 0) return (flags & 0x3f) === (TCP_SYN | TCP_ACK);
  if ((flags & TCP_SYN) !== 0) return (flags & (TCP_ACK | TCP_FIN | TCP_RST)) === TCP_ACK;
  return (flags & (TCP_RST | TCP_FIN)) === TCP_RST;
}

/** What no stack sends: neither an opening SYN, nor an answer, nor a segment of a conversation. A union of flags is none of them. */
function isOdd(batch: ObservationBatch, row: number): boolean {
  const flags = batch.tcpFlags[row]!;
  if (flags === FLAGS_UNKNOWN || batch.record[row] !== RECORD_PACKET) return false;
  if ((flags & 0x3f) === TCP_SYN || isTcpReply(batch, row)) return false;
  return (flags & TCP_ACK) === 0 || (flags & (TCP_SYN | TCP_RST)) !== 0;
}

function addCounts(to: PortZeroCounts, from: PortZeroCounts): void {
  to.source += from.source;
  to.destination += from.destination;
  to.both += from.both;
}

/** The slots with most packets, in order: a list as long as wanted, into which few of a flood's many slots ever get. */
function heaviestSlots(table: SourceTable, limit: number): number[] {
  const isBefore = (a: number, b: number): boolean => {
    const difference = table.packetsOf(a) - table.packetsOf(b);
    return difference > 0 || (difference === 0 && table.wordOf(a) < table.wordOf(b));
  };
  const best: number[] = [];
  for (let slot = 0; slot < table.capacity; slot++) {
    if (!table.isUsed(slot) || (best.length === limit && !isBefore(slot, best[limit - 1]!))) continue;
    const place = best.findIndex((other) => isBefore(slot, other));
    best.splice(place < 0 ? best.length : place, 0, slot);
    if (best.length > limit) best.pop();
  }
  return best;
}

/** The sources that sent most, their classes added up. */
function topSources(table: SourceTable, addressText: (family: 4 | 6, word: number) => string): PortZeroSource[] {
  const byAddress = new Map<string, { packets: number; tcpPackets: number; targets: number; firstSeen: number; lastSeen: number }>();
  // Twice as many slots as wanted: a source may have one a class.
  for (const slot of heaviestSlots(table, 2 * MOST_SOURCES)) {
    const address = addressText(table.familyOf(slot), table.wordOf(slot));
    const packets = table.packetsOf(slot);
    const tcpPackets = table.classOf(slot) === CLASS_UDP ? 0 : packets;
    const targets = table.wideTargets(slot) ?? table.keptOf(slot) * 2 ** table.levelOf(slot);
    const there = byAddress.get(address);
    const { firstSeen, lastSeen } = { firstSeen: table.firstSeenOf(slot), lastSeen: table.lastSeenOf(slot) };
    byAddress.set(
      address,
      there === undefined
        ? { packets, tcpPackets, targets, firstSeen, lastSeen }
        : {
            packets: there.packets + packets,
            tcpPackets: there.tcpPackets + tcpPackets,
            targets: Math.max(there.targets, targets),
            firstSeen: Math.min(there.firstSeen, firstSeen),
            lastSeen: Math.max(there.lastSeen, lastSeen),
          },
    );
  }
  return [...byAddress]
    .map(([address, counts]) => ({ address, ...counts }))
    .sort((a, b) => b.packets - a.packets || a.firstSeen - b.firstSeen)
    .slice(0, MOST_SOURCES);
}
