/** Packets of one interval and sensor, counted as a recorder counts them: rows of activity, and series with their distinct things. */
import { ACTIVITY_TECHNIQUES } from "../../model/history.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP } from "../../model/protocol.ts";
import { groupSeriesNumber, PORT_SERIES_COUNT, portSeriesNumber, SERIES_COUNT } from "../../model/series.ts";
import { systemOf } from "./darknet-senders.ts";
import { MOST_PACKETS, type Packets } from "./darknet-year.ts";
import { PairTable } from "./pair-table.ts";
import { isAssigned } from "./port-habits.ts";

const BACKSCATTER = ACTIVITY_TECHNIQUES.indexOf("backscatter");
const ALL = groupSeriesNumber("all");
const PRIVILEGED = groupSeriesNumber("privileged");
const UNASSIGNED = groupSeriesNumber("unassigned");
const PORT_ZERO = groupSeriesNumber("port-zero");
const TCP_SOURCE = portSeriesNumber("tcp", "source", 0);
const TCP_DESTINATION = portSeriesNumber("tcp", "destination", 0);
const UDP_SERIES = portSeriesNumber("udp", "source", 0);
const PRIVILEGED_PORTS = 1024;
/** A packet is in two series of ports, and in the four groups. */
const MOST_ROWS = 2 * MOST_PACKETS + 4;
const ROW_KEY = 2 ** 18;

/** Kinds of distinct things of a series. */
export const MEMBER_KINDS = ["sources", "networks", "asns", "targets"] as const;
export type MemberKind = (typeof MEMBER_KINDS)[number];

/** Tables of one interval of one sensor; emptied by `clear`. */
export class IntervalColumns {
  /** Source × (technique, protocol, port) of every row of activity. */
  readonly activity = new PairTable();
  readonly #activityTargets = new PairTable();
  readonly packets = new Float64Array(MOST_PACKETS);
  readonly portZero = new Float64Array(MOST_PACKETS);
  readonly targets = new Uint32Array(MOST_PACKETS);
  /** Row + 1 of a series, 0 where it had nothing. */
  readonly #rowOf = new Int32Array(SERIES_COUNT);
  /** Rows of series, the series of every row, and its packets. */
  rows = 0;
  readonly series = new Uint32Array(MOST_ROWS);
  readonly seriesPackets = new Float64Array(MOST_ROWS);
  readonly members: Readonly<Record<MemberKind, PairTable>> = {
    sources: new PairTable(),
    networks: new PairTable(),
    asns: new PairTable(),
    targets: new PairTable(),
  };

  /** Counts the packets whose targets are in the range, both ends included. */
  count(all: Packets, firstTarget: number, lastTarget: number): void {
    for (let at = 0; at < all.length; at++) {
      const target = all.target[at]!;
      if (target >= firstTarget && target <= lastTarget) this.#countOne(all, at);
    }
  }

  /** Rows of series that are kept, ascending by series: source ports that one source alone used are what every client picks at random. */
  keptSeries(): Uint32Array {
    const counts = new Uint32Array(this.rows);
    const { first, size } = this.members.sources;
    for (let at = 0; at < size; at++) counts[first[at]!] = counts[first[at]!]! + 1;
    const keys = new Float64Array(this.rows);
    let kept = 0;
    for (let row = 0; row < this.rows; row++) {
      const series = this.series[row]!;
      if (counts[row]! > 1 || !isEphemeral(series)) keys[kept++] = series * ROW_KEY + row;
    }
    return keptRows(keys.subarray(0, kept).sort());
  }

  clear(): void {
    for (let row = 0; row < this.rows; row++) this.#rowOf[this.series[row]!] = 0;
    this.seriesPackets.fill(0, 0, this.rows);
    this.rows = 0;
    for (const kind of MEMBER_KINDS) this.members[kind].clear();
    this.packets.fill(0, 0, this.activity.size);
    this.portZero.fill(0, 0, this.activity.size);
    this.targets.fill(0, 0, this.activity.size);
    this.activity.clear();
    this.#activityTargets.clear();
  }

  #countOne(all: Packets, at: number): void {
    const source = all.source[at]!;
    const target = all.target[at]!;
    const protocol = all.protocol[at]!;
    const port = all.port[at]!;
    const technique = all.technique[at]!;
    const sourcePort = all.sourcePort[at]!;
    const knownRows = this.activity.size;
    const row = this.activity.number(source, ((technique << 28) | (protocol << 16) | port) >>> 0);
    this.packets[row] = this.packets[row]! + 1;
    if (sourcePort === 0) this.portZero[row] = this.portZero[row]! + 1;
    const knownTargets = this.#activityTargets.size;
    const isNewTarget = this.#activityTargets.number(row, target) === knownTargets;
    if (isNewTarget) this.targets[row] = this.targets[row]! + 1;
    if (technique === BACKSCATTER || protocol === PROTOCOL_ICMP) return;
    // In series that follow from the row, its source is new at most when the row is
    const isNewSource = row === knownRows;
    const first = protocol === PROTOCOL_TCP ? 0 : UDP_SERIES;
    this.#add(first + TCP_DESTINATION + port, source, target, isNewSource, isNewTarget);
    this.#add(ALL, source, target, isNewSource, isNewTarget);
    if (port < PRIVILEGED_PORTS) this.#add(PRIVILEGED, source, target, isNewSource, isNewTarget);
    if (!isAssigned(protocol, port)) this.#add(UNASSIGNED, source, target, isNewSource, isNewTarget);
    this.#add(first + TCP_SOURCE + sourcePort, source, target, true, true);
    if (protocol === PROTOCOL_TCP && (sourcePort === 0 || port === 0)) this.#add(PORT_ZERO, source, target, true, true);
  }

  #add(series: number, source: number, target: number, isNewSource: boolean, isNewTarget: boolean): void {
    let row = this.#rowOf[series]! - 1;
    if (row < 0) {
      row = this.rows++;
      this.series[row] = series;
      this.#rowOf[series] = row + 1;
    }
    this.seriesPackets[row] = this.seriesPackets[row]! + 1;
    const { sources, networks, asns, targets } = this.members;
    const known = sources.size;
    if (isNewSource && sources.number(row, source) === known) {
      networks.number(row, source >>> 8);
      asns.number(row, systemOf(source));
    }
    if (isNewTarget) targets.number(row, target);
  }
}

/** Rows out of keys of series and row. */
function keptRows(keys: Float64Array): Uint32Array {
  const rows = new Uint32Array(keys.length);
  for (let at = 0; at < keys.length; at++) rows[at] = keys[at]! % ROW_KEY;
  return rows;
}

function isEphemeral(series: number): boolean {
  return series < PORT_SERIES_COUNT && (series >>> 16) % 2 === 0 && (series & 0xffff) >= PRIVILEGED_PORTS;
}
