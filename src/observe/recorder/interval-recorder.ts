/**
 * Observations in, rows of history out: for one sensor, in intervals of five minutes by the observations' own time. Members of series are
 * sets, so parts of an interval, and sensors, merge exactly; when a table is full the recorder says so, and is emptied before time.
 */
import { randomBytes } from "node:crypto";
import type { Network } from "../../model/address.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { BATCH_ROWS, GRADE_CONFIRMED, type ObservationBatch } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import { groupSeriesNumber, portSeriesNumber, PORT_SERIES_COUNT, SERIES_GROUPS } from "../../model/series.ts";
import { AddressNames } from "../address-names.ts";
import { NetworkSet } from "../filter/network-set.ts";
import { settleTimes } from "../plausible-times.ts";
import { activityKey, ActivityRows } from "./activity-rows.ts";
import { activityColumns, type AsnOf, livenessRows } from "./history-columns.ts";
import { Intervals } from "./intervals.ts";
import { CONTACT, FOLDED_SOURCE, ownerOf, pairId, SOURCE_4, SOURCE_6, TARGET } from "./members.ts";
import { PairSet } from "./pair-set.ts";
import { NO_SERIES, SeriesCells } from "./series-cells.ts";
import { PORTLESS_SERIES, PRIVILEGED_PORTS, seriesColumns, type UnassignedPorts } from "./series-columns.ts";
import { BACKSCATTER, TrafficSorter } from "./traffic-sorter.ts";

/** How much memory the tables may take, at most. All are powers of two. */
interface RecorderLimits {
  /** Places for pairs of series and source, series and target, activity row and target: 8 octets each, two thirds of them used. */
  readonly pairs: number;
  /** Cells: interval × series, about 24 octets each. */
  readonly cells: number;
  /** Activity rows that are kept of one interval, and at once: 100 octets each. Beyond, an interval's sources are folded. */
  readonly activityRows: number;
}

/** 2.8 million pairs (32 MiB), a million cells (24 MiB), 262,144 rows (24 MiB). */
const DEFAULT_LIMITS: RecorderLimits = { pairs: 1 << 22, cells: 1 << 20, activityRows: 1 << 18 };

export interface RecorderOptions {
  readonly sensor: string;
  /** The defended networks; empty where they are not known, and own clients' traffic cannot be told from others'. */
  readonly home: readonly Network[];
  readonly unassigned: UnassignedPorts;
  readonly limits?: Partial<RecorderLimits>;
}

const TCP_SOURCE = portSeriesNumber("tcp", "source", 0);
const TCP_DESTINATION = portSeriesNumber("tcp", "destination", 0);
const UDP_SOURCE = portSeriesNumber("udp", "source", 0);
const UDP_DESTINATION = portSeriesNumber("udp", "destination", 0);
const GROUPS = SERIES_GROUPS.length;
const groupPlace = (group: (typeof SERIES_GROUPS)[number]): number => groupSeriesNumber(group) - PORT_SERIES_COUNT;
const PORT_ZERO = groupPlace("port-zero");
const UNASSIGNED = groupPlace("unassigned");
const PRIVILEGED = groupPlace("privileged");
const ALL = groupPlace("all");

/** Pairs that one row may add: two sources, one that is folded, a contact and two targets. */
const PAIRS_PER_ROW = 6;

export class IntervalRecorder {
  /** Rows seen, those of times that no interval can hold, and those of broken clocks, which were put among their neighbours. */
  observations = 0;
  timeless = 0;
  implausibleTimes = 0;
  readonly sensor: string;
  readonly #limits: RecorderLimits;
  readonly #unassigned: UnassignedPorts;
  readonly #sorter: TrafficSorter;
  readonly #intervals = new Intervals(GROUPS);
  readonly #cells: SeriesCells;
  readonly #rows: ActivityRows;
  readonly #pairs: PairSet;
  #names = new AddressNames();

  // The rows of the batch in hand that count, column by column.
  readonly #row = new Uint32Array(BATCH_ROWS);
  readonly #interval = new Uint32Array(BATCH_ROWS);
  readonly #source = new Uint32Array(BATCH_ROWS);
  readonly #target = new Uint32Array(BATCH_ROWS);
  readonly #key = new Uint32Array(BATCH_ROWS);
  readonly #packets = new Float64Array(BATCH_ROWS);
  /** Series of the destination's and the source's port, or NO_SERIES; and their cells, 0 for none. */
  readonly #series = new Uint32Array(BATCH_ROWS);
  readonly #sourceSeries = new Uint32Array(BATCH_ROWS);
  readonly #cell = new Uint32Array(BATCH_ROWS);
  readonly #sourceCell = new Uint32Array(BATCH_ROWS);
  /** Row of activity, and whether what it tells of its source must be told to the series, too: it is new, or folded. */
  readonly #activity = new Uint32Array(BATCH_ROWS);
  readonly #isFresh = new Uint8Array(BATCH_ROWS);
  // Pairs on their way into the set.
  readonly #ids = new Uint32Array(2 * BATCH_ROWS);
  readonly #things = new Uint32Array(2 * BATCH_ROWS);
  readonly #isNew = new Uint8Array(2 * BATCH_ROWS);

  constructor({ sensor, home, unassigned, limits }: RecorderOptions) {
    // Where things lie in the tables is not to be foreseen by whoever chooses his addresses; what is read out does not depend on it.
    const seed = randomBytes(4).readUInt32LE();
    this.sensor = sensor;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#unassigned = unassigned;
    this.#sorter = new TrafficSorter(home.length === 0 ? null : new NetworkSet(home));
    this.#cells = new SeriesCells(BATCH_ROWS, seed);
    this.#rows = new ActivityRows(this.#limits.activityRows, BATCH_ROWS, seed);
    this.#pairs = new PairSet(this.#limits.pairs, 2 * BATCH_ROWS, seed);
  }

  /** Packets whose record says port zero and cannot prove it: they are in no series of port zero. */
  get unconfirmedPortZero(): number {
    return this.#sorter.unconfirmedPortZero;
  }

  /** Packets of own clients to others. */
  get outbound(): number {
    return this.#sorter.outbound;
  }

  /** Whether nothing was observed, touched or lost since the last time. */
  get isEmpty(): boolean {
    return this.#intervals.length === 0;
  }

  /** Whether a further batch might find no room: {@link take} first. */
  get isFull(): boolean {
    return (
      this.#pairs.size + PAIRS_PER_ROW * BATCH_ROWS > PairSet.roomOf(this.#limits.pairs) ||
      this.#cells.length + 2 * BATCH_ROWS > this.#limits.cells ||
      this.#rows.room < 2 * BATCH_ROWS ||
      this.#names.room < BATCH_ROWS ||
      this.#intervals.isFull
    );
  }

  /** Takes in a batch of at most BATCH_ROWS rows, which it may change (times of broken clocks). The rows are not kept. @throws RangeError where full. */
  observe(batch: ObservationBatch): void {
    if (batch.length === 0) return;
    if (this.isFull) throw new RangeError("the recorder is full: take what it has first");
    this.implausibleTimes += settleTimes(batch);
    this.observations += batch.length;
    const length = this.#sort(batch);
    this.#cells.countAll(this.#interval, this.#series, this.#packets, length, this.#cell);
    this.#cells.countAll(this.#interval, this.#sourceSeries, this.#packets, length, this.#sourceCell);
    this.#addRows(batch, length);
    this.#addSources(length);
    this.#addTargets(length);
  }

  /** Notes that the sensor was alive in the interval around `time`, be there observations or not. */
  touch(time: number): void {
    this.#intervals.numberAt(time);
  }

  /** Notes that records of the interval around `time` are known to be lost. */
  lose(time: number, records: number): void {
    const interval = this.#intervals.numberAt(time);
    if (interval >= 0) this.#intervals.lost[interval] = this.#intervals.lost[interval]! + records;
  }

  /** Hands all out that was recorded since the last time, and begins anew. Lists of members are in no order. */
  take(asnOf: AsnOf): HistoryBatch {
    const batch: HistoryBatch = {
      sensor: this.sensor,
      series: seriesColumns({
        cells: this.#cells,
        intervals: this.#intervals,
        pairs: this.#pairs,
        names: this.#names,
        unassigned: this.#unassigned,
        asnOf,
      }),
      activity: activityColumns(this.#rows, this.#intervals, this.#names, asnOf),
      targetGroups: [],
      liveness: livenessRows(this.#intervals),
    };
    this.#intervals.clear();
    this.#cells.clear();
    this.#rows.clear();
    this.#pairs.clear();
    this.#names = new AddressNames();
    return batch;
  }

  /** Finds the rows that count, and their series. Returns how many there are. */
  #sort(batch: ObservationBatch): number {
    const sorter = this.#sorter;
    const intervals = this.#intervals;
    const { time, source, sourcePort, destination, family, protocol } = batch;
    let length = 0;
    for (let row = 0; row < batch.length; row++) {
      const interval = intervals.numberAt(time[row]!);
      if (interval < 0) {
        this.timeless++;
        continue;
      }
      intervals.observations[interval] = intervals.observations[interval]! + 1;
      if (!sorter.sort(batch, row)) continue;
      const { technique, port, packets } = sorter;
      this.#row[length] = row;
      this.#interval[length] = interval;
      this.#source[length] = source[row]!;
      this.#target[length] = destination[row]!;
      this.#key[length] = activityKey(protocol[row]!, port, technique, family[row] === 6);
      this.#packets[length] = packets;
      if (technique === BACKSCATTER) {
        this.#series[length] = NO_SERIES;
        this.#sourceSeries[length] = NO_SERIES;
      } else this.#noteSeries(length, interval, protocol[row]!, sourcePort[row]!);
      if (family[row] === 6) this.#names.noteSource(batch, row);
      length++;
    }
    return length;
  }

  #noteSeries(at: number, interval: number, protocol: number, sourcePort: number): void {
    const { port, packets, showsPort, showsSourcePort } = this.#sorter;
    const { groupPackets } = this.#intervals;
    const groups = interval * GROUPS;
    groupPackets[groups + ALL] = groupPackets[groups + ALL]! + packets;
    const isTcp = protocol === PROTOCOL_TCP;
    this.#sourceSeries[at] = NO_SERIES;
    this.#series[at] = PORTLESS_SERIES;
    if (!isTcp && protocol !== PROTOCOL_UDP) return;
    if (showsSourcePort) this.#sourceSeries[at] = (isTcp ? TCP_SOURCE : UDP_SOURCE) + sourcePort;
    const isZero = (port === 0 && showsPort) || (isTcp && sourcePort === 0 && showsSourcePort);
    if (isZero) groupPackets[groups + PORT_ZERO] = groupPackets[groups + PORT_ZERO]! + packets;
    if (!showsPort) return;
    this.#series[at] = (isTcp ? TCP_DESTINATION : UDP_DESTINATION) + port;
    if (port < PRIVILEGED_PORTS) groupPackets[groups + PRIVILEGED] = groupPackets[groups + PRIVILEGED]! + packets;
    const unassigned = isTcp ? this.#unassigned.tcp : this.#unassigned.udp;
    if (unassigned[port] === 1) groupPackets[groups + UNASSIGNED] = groupPackets[groups + UNASSIGNED]! + packets;
  }

  /** Adds the packets to activity; sources of an interval that are too many go into one row. */
  #addRows(batch: ObservationBatch, length: number): void {
    const rows = this.#rows;
    const intervals = this.#intervals;
    rows.touch(this.#interval, this.#source, this.#key, length);
    let folded = 0;
    for (let i = 0; i < length; i++) {
      const interval = this.#interval[i]!;
      let row = rows.find(i, interval, this.#source[i]!, this.#key[i]!);
      this.#isFresh[i] = row === 0 ? 1 : 0;
      if (row === 0 && intervals.rows[interval]! < this.#limits.activityRows) {
        intervals.rows[interval] = intervals.rows[interval]! + 1;
        row = rows.add(interval, this.#source[i]!, this.#key[i]!);
      } else if (row === 0) {
        row = rows.folded(interval, batch.protocol[this.#row[i]!]!);
        this.#ids[folded] = pairId(row, FOLDED_SOURCE);
        this.#things[folded++] = this.#source[i]!;
      }
      this.#activity[i] = row;
      const packets = this.#packets[i]!;
      rows.packets[row] = rows.packets[row]! + packets;
      const at = this.#row[i]!;
      const isZero = batch.sourcePort[at] === 0 && batch.grade[at] === GRADE_CONFIRMED;
      if (isZero) rows.sourcePortZero[row] = rows.sourcePortZero[row]! + packets;
    }
    if (folded === 0) return;
    this.#pairs.addAll(this.#ids, this.#things, folded, this.#isNew);
    for (let i = 0; i < folded; i++) {
      const interval = rows.interval[ownerOf(this.#ids[i]!)]!;
      intervals.folded[interval] = intervals.folded[interval]! + this.#isNew[i]!;
    }
  }

  /** Adds sources to their series. That of the destination's port has those of a row of activity that was there before. */
  #addSources(length: number): void {
    let pairs = 0;
    for (let i = 0; i < length; i++) {
      const kind = (this.#key[i]! & 1) === 1 ? SOURCE_6 : SOURCE_4;
      const cell = this.#cell[i]!;
      if (cell !== 0 && this.#isFresh[i] === 1) {
        this.#ids[pairs] = pairId(cell, kind);
        this.#things[pairs++] = this.#source[i]!;
      }
      const sourceCell = this.#sourceCell[i]!;
      if (sourceCell === 0) continue;
      this.#ids[pairs] = pairId(sourceCell, kind);
      this.#things[pairs++] = this.#source[i]!;
    }
    this.#pairs.addAll(this.#ids, this.#things, pairs, this.#isNew);
  }

  /** Counts distinct targets of rows of activity, and adds those that are new there to their series. */
  #addTargets(length: number): void {
    for (let i = 0; i < length; i++) this.#ids[i] = pairId(this.#activity[i]!, CONTACT);
    this.#pairs.addAll(this.#ids, this.#target, length, this.#isNew);
    const { targets } = this.#rows;
    let pairs = 0;
    for (let i = 0; i < length; i++) {
      const row = this.#activity[i]!;
      targets[row] = targets[row]! + this.#isNew[i]!;
    }
    for (let i = 0; i < length; i++) {
      const cell = this.#cell[i]!;
      if (cell !== 0 && (this.#isNew[i] === 1 || this.#isFresh[i] === 1)) {
        this.#ids[pairs] = pairId(cell, TARGET);
        this.#things[pairs++] = this.#target[i]!;
      }
      const sourceCell = this.#sourceCell[i]!;
      if (sourceCell === 0 || (this.#sourceSeries[i]! & 0xffff) >= PRIVILEGED_PORTS) continue;
      this.#ids[pairs] = pairId(sourceCell, TARGET);
      this.#things[pairs++] = this.#target[i]!;
    }
    this.#pairs.addAll(this.#ids, this.#things, pairs, this.#isNew);
  }
}
