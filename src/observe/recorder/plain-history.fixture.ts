/** For tests: history by maps and sets, row by row, without bounds or speed; and what a batch of history holds, in one order. */
import { formatIPv6, type Network } from "../../model/address.ts";
import { ACTIVITY_TECHNIQUES, type ActivityTechnique, type HistoryBatch, type Members } from "../../model/history.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { ACTION_DENIED, FLAGS_UNKNOWN, FRAGMENT_LATER, GRADE_CONFIRMED, NO_PORT, RECORD_FLOW } from "../../model/observation.ts";
import { seriesName } from "../../model/series.ts";
import { NetworkSet } from "../filter/network-set.ts";
import { looksLikeAnswer, looksLikeTcpAnswer } from "../service-ports.ts";

export interface PlainSeries {
  packets: number;
  readonly sources: Set<number>;
  readonly targets: Set<number>;
}

export interface PlainActivity {
  packets: number;
  sourcePortZero: number;
  readonly targets: Set<number>;
}

/** By "interval series-name", and by "interval source transport port technique". */
export interface PlainHistory {
  readonly series: Map<string, PlainSeries>;
  readonly activity: Map<string, PlainActivity>;
  readonly observations: Map<number, number>;
}

/** One pass over batches by the rules of docs/history.md, for captures of IPv4 and IPv6. */
export class PlainRecorder implements PlainHistory {
  readonly series = new Map<string, PlainSeries>();
  readonly activity = new Map<string, PlainActivity>();
  readonly observations = new Map<number, number>();
  readonly #opened = new Map<string, string>();
  readonly #unassigned: { tcp: Uint8Array; udp: Uint8Array };
  readonly #home: NetworkSet | null;
  readonly #only: NetworkSet | null;

  /** @param only targets that count, all where not given. */
  constructor(unassigned: { tcp: Uint8Array; udp: Uint8Array }, home: readonly Network[] = [], only: readonly Network[] = []) {
    this.#unassigned = unassigned;
    this.#only = only.length === 0 ? null : new NetworkSet(only);
    this.#home = home.length === 0 ? null : new NetworkSet(home);
  }

  observe(batch: ObservationBatch): void {
    for (let row = 0; row < batch.length; row++) this.#row(batch, row);
  }

  #row(batch: ObservationBatch, row: number): void {
    const interval = Math.floor(batch.time[row]! / 300) * 300;
    this.observations.set(interval, (this.observations.get(interval) ?? 0) + 1);
    if (batch.packets[row] === 0 || batch.fragment[row] === FRAGMENT_LATER) return;
    const found = this.#techniqueOf(batch, row);
    if (found === null || isForMany(batch, row) || this.#isNotOurs(batch, row) || this.#isOther(batch, row)) return;
    const [technique, packets] = found;
    const protocol = batch.protocol[row]!;
    const confirmed = batch.grade[row] === GRADE_CONFIRMED;
    const sourcePort = batch.sourcePort[row]!;
    const plainPort = batch.destinationPort[row] === 0 && !confirmed ? NO_PORT : batch.destinationPort[row]!;
    const port = protocol === 1 || protocol === 58 ? batch.icmpType[row]! : plainPort;
    this.#addActivity(batch, row, `${interval} ${addressOf(batch, row)} ${protocol} ${port} ${technique}`, packets);
    if (technique === "backscatter") return;
    const add = (series: string, withTargets: boolean): void => this.#addSeries(batch, row, `${interval} ${series}`, packets, withTargets);
    add("group/all", true);
    if (protocol !== 6 && protocol !== 17) return;
    const transport = protocol === 6 ? "tcp" : "udp";
    if (sourcePort !== 0 || confirmed) add(`${transport}/source/${sourcePort}`, sourcePort < 1024);
    if (confirmed && (port === 0 || (protocol === 6 && sourcePort === 0))) add("group/port-zero", true);
    if (port === NO_PORT) return;
    add(`${transport}/destination/${port}`, true);
    if (port < 1024) add("group/privileged", true);
    if (this.#unassigned[transport][port] === 1) add("group/unassigned", true);
  }

  #techniqueOf(batch: ObservationBatch, row: number): [ActivityTechnique, number] | null {
    const protocol = batch.protocol[row]!;
    const sourcePort = batch.sourcePort[row]!;
    const port = batch.destinationPort[row]!;
    const packets = batch.packets[row]!;
    const all = batch.tcpFlags[row]!;
    const flags = all & 0x3f;
    const unconfirmed = batch.grade[row] !== GRADE_CONFIRMED;
    const mayBeFragment = unconfirmed && sourcePort === 0 && port === 0 && (all === FLAGS_UNKNOWN || flags === 0);
    const pair = [`${batch.source[row]} ${sourcePort}`, `${batch.destination[row]} ${port}`];
    const open = (): void => this.#open(protocol, pair);
    const first = this.#first(protocol, pair);
    if (protocol === 17) {
      if (sourcePort < 0 || port < 0 || mayBeFragment || first === "receiver") return null;
      if (first === null && looksLikeAnswer(sourcePort, port)) return ["backscatter", packets];
      if (first === null) open();
      return ["udp", packets];
    }
    if (protocol === 1 || protocol === 58) return this.#icmp(batch, row);
    if (protocol === 0x0806) return null;
    if (protocol !== 6) {
      if (first === "receiver") return null;
      open();
      return ["other", packets];
    }
    if (sourcePort < 0 || port < 0 || mayBeFragment) return null;
    const isZero = (sourcePort === 0 || port === 0) && !unconfirmed;
    if (batch.record[row] === RECORD_FLOW && !isZero) return this.#flow(batch, row, first, open);
    if (all === FLAGS_UNKNOWN) return null;
    const syn = (flags & 2) !== 0;
    const rst = (flags & 4) !== 0;
    const fin = (flags & 1) !== 0;
    const ack = (flags & 16) !== 0;
    if ((syn && ack && !fin && !rst) || (!syn && rst && !fin)) return first === null ? ["backscatter", packets] : null;
    if (!syn && !rst && ack) {
      if (first === null || isZero) open();
      return isZero ? ["tcp-ack", packets] : null;
    }
    open();
    if (flags === 2) return ["tcp-syn", packets];
    if (flags === 1) return ["tcp-fin", packets];
    if (flags === 0) return ["tcp-null", packets];
    return [flags === 0x29 ? "tcp-xmas" : "tcp-odd", packets];
  }

  #flow(batch: ObservationBatch, row: number, first: string | null, open: () => void): [ActivityTechnique, number] | null {
    const all = batch.tcpFlags[row]!;
    const flags = all & 0x3f;
    const answers = looksLikeTcpAnswer(batch.sourcePort[row]!, batch.destinationPort[row]!);
    if (all !== FLAGS_UNKNOWN && (flags & 2) === 0) {
      if ((flags & 4) !== 0 && (flags & ~0x14) === 0) return first === null ? ["backscatter", batch.packets[row]!] : null;
      if ((flags & 16) !== 0 || (flags & 4) !== 0) {
        if (first === null) open();
        return null;
      }
      open();
      return [flags === 1 ? "tcp-fin" : flags === 0 ? "tcp-null" : flags === 0x29 ? "tcp-xmas" : "tcp-odd", batch.packets[row]!];
    }
    if (all === FLAGS_UNKNOWN ? batch.action[row] === ACTION_DENIED && !answers : (flags & 0x14) === 0) {
      open();
      return [all === FLAGS_UNKNOWN ? "tcp-unknown" : flags === 2 ? "tcp-syn" : "tcp-odd", batch.packets[row]!];
    }
    if (first === "receiver") return null;
    if (first === null) {
      if (flags === 0x12 && all !== FLAGS_UNKNOWN) return ["backscatter", batch.packets[row]!];
      if (answers) return all === FLAGS_UNKNOWN && batch.action[row] === ACTION_DENIED ? ["backscatter", batch.packets[row]!] : null;
      open();
    }
    return [all === FLAGS_UNKNOWN ? "tcp-unknown" : "tcp-syn", 1];
  }

  #icmp(batch: ObservationBatch, row: number): [ActivityTechnique, number] | null {
    const six = batch.protocol[row] === 58;
    const type = batch.icmpType[row]!;
    const packets = batch.packets[row]!;
    const requests = new Map(six ? [[129, 128]] : [[0, 8], [14, 13], [16, 15], [18, 17]]); // prettier-ignore
    const ends = (asked: number): string[] => [`${batch.source[row]} ${asked}`, `${batch.destination[row]} ${asked}`];
    if ([...requests.values()].includes(type)) {
      this.#open(batch.protocol[row]!, ends(type));
      return ["icmp", packets];
    }
    const asked = requests.get(type);
    if (asked !== undefined) return this.#first(batch.protocol[row]!, ends(asked)) === null ? ["backscatter", packets] : null;
    if (six ? type >= 128 : ![3, 4, 5, 11, 12].includes(type)) return null;
    if ((batch.quirks[row]! & 0x80) === 0) return ["backscatter", packets];
    const quoted = batch.quotedProtocol[row]!;
    const echo = quoted === 1 ? 8 : quoted === 58 ? 128 : null;
    const from = echo ?? batch.quotedSourcePort[row]!;
    const to = echo ?? batch.quotedDestinationPort[row]!;
    const pair = [`${batch.destination[row]} ${from}`, `${batch.quotedDestination[row]} ${to}`];
    return this.#first(quoted, pair) === null ? ["backscatter", packets] : null;
  }

  #first(protocol: number, pair: readonly string[]): "sender" | "receiver" | null {
    const opener = this.#opened.get(`${protocol} ${pair.toSorted().join(" ")}`);
    if (opener === undefined) return null;
    return opener === pair[0] ? "sender" : "receiver";
  }

  #open(protocol: number, pair: readonly string[]): void {
    this.#opened.set(`${protocol} ${pair.toSorted().join(" ")}`, pair[0]!);
  }

  #isOther(batch: ObservationBatch, row: number): boolean {
    if (this.#only === null) return false;
    return batch.family[row] === 6 ? !this.#only.hasIPv6(batch.destination6, row) : !this.#only.hasIPv4(batch.destination[row]!);
  }

  #isNotOurs(batch: ObservationBatch, row: number): boolean {
    const home = this.#home;
    if (home === null) return false;
    if (batch.family[row] === 6) return home.hasIPv6(batch.source6, row) || !home.hasIPv6(batch.destination6, row);
    return home.hasIPv4(batch.source[row]!) || !home.hasIPv4(batch.destination[row]!);
  }

  #addActivity(batch: ObservationBatch, row: number, key: string, packets: number): void {
    const there = this.activity.get(key) ?? { packets: 0, sourcePortZero: 0, targets: new Set<number>() };
    this.activity.set(key, there);
    there.packets += packets;
    if (batch.sourcePort[row] === 0 && batch.grade[row] === GRADE_CONFIRMED) there.sourcePortZero += packets;
    there.targets.add(batch.destination[row]!);
  }

  #addSeries(batch: ObservationBatch, row: number, key: string, packets: number, withTargets: boolean): void {
    const there = this.series.get(key) ?? { packets: 0, sources: new Set<number>(), targets: new Set<number>() };
    this.series.set(key, there);
    there.packets += packets;
    there.sources.add(batch.source[row]!);
    if (withTargets) there.targets.add(batch.destination[row]!);
  }
}

/** The same of batches that the recorder made: members of parts united, packets added. Targets of activity are sums. */
export function mergeBatches(batches: readonly HistoryBatch[]): {
  series: Map<string, PlainSeries & { networks: Set<number>; asns: Set<number> }>;
  activity: Map<string, { packets: number; sourcePortZero: number; targets: number }>;
  observations: Map<number, number>;
} {
  const series = new Map<string, PlainSeries & { networks: Set<number>; asns: Set<number> }>();
  const activity = new Map<string, { packets: number; sourcePortZero: number; targets: number }>();
  const observations = new Map<number, number>();
  for (const batch of batches) {
    const { members } = batch.series;
    for (let row = 0; row < batch.series.length; row++) {
      const key = `${batch.series.interval[row]} ${seriesName(batch.series.series[row]!)}`;
      const there = series.get(key) ?? { packets: 0, sources: new Set(), targets: new Set(), networks: new Set(), asns: new Set() };
      series.set(key, there);
      there.packets += batch.series.packets[row]!;
      for (const measure of ["sources", "targets", "networks", "asns"] as const)
        for (const thing of membersOf(members[measure], row)) there[measure].add(thing);
    }
    const columns = batch.activity;
    for (let row = 0; row < columns.length; row++) {
      const text = sourceText(columns.source, row);
      const key = `${columns.interval[row]} ${text} ${columns.transport[row]} ${columns.port[row]} ${ACTIVITY_TECHNIQUES[columns.technique[row]!]}`;
      const there = activity.get(key) ?? { packets: 0, sourcePortZero: 0, targets: 0 };
      activity.set(key, there);
      there.packets += columns.packets[row]!;
      there.sourcePortZero += columns.sourcePortZero[row]!;
      there.targets += columns.targets[row]!;
    }
    for (const row of batch.liveness) observations.set(row.interval, (observations.get(row.interval) ?? 0) + row.observations);
  }
  return { series, activity, observations };
}

function membersOf({ offsets, values }: Members, row: number): Uint32Array {
  return values.subarray(offsets[row], offsets[row + 1]);
}

function addressOf(batch: ObservationBatch, row: number): string {
  const words = [0, 0, 0xffff, batch.source[row]!];
  if (batch.family[row] === 6) for (let i = 0; i < 4; i++) words[i] = batch.source6[4 * row + i]!;
  return formatIPv6(words[0]!, words[1]!, words[2]!, words[3]!);
}

function sourceText(source: Uint8Array, row: number): string {
  const view = new DataView(source.buffer, source.byteOffset + 16 * row, 16);
  return formatIPv6(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
}

function isForMany(batch: ObservationBatch, row: number): boolean {
  return batch.family[row] === 6 ? batch.destination6[4 * row]! >>> 24 === 0xff : batch.destination[row]! >>> 28 >= 14;
}
