/**
 * Observations in, rows of history out: for one sensor, in intervals of five minutes by the observations' own time. Members of series are
 * sets, so parts of an interval, and sensors, merge exactly; when a table is full the recorder says so, and is emptied before time.
 */
import { randomBytes } from "node:crypto";
import type { Network } from "../../model/address.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { BATCH_ROWS, GRADE_CONFIRMED, type ObservationBatch } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import { portSeriesNumber } from "../../model/series.ts";
import { AddressNames } from "../address-names.ts";
import { NetworkSet } from "../filter/network-set.ts";
import { settleTimes } from "../plausible-times.ts";
import { activityKey, ActivityRows } from "./activity-rows.ts";
import { ChanceSources } from "./chance-sources.ts";
import { activityColumns, type AsnOf, livenessRows } from "./history-columns.ts";
import { Intervals } from "./intervals.ts";
import { CONTACT, pairId, SOURCE_4, SOURCE_6, TARGET } from "./members.ts";
import { PairSet } from "./pair-set.ts";
import { NO_SERIES, SeriesCells } from "./series-cells.ts";
import {
  BOTH_ZERO_SERIES,
  MOST_TARGET_GROUPS,
  PORTLESS_SERIES,
  PRIVILEGED_PORTS,
  SCOPE,
  seriesColumns,
  type UnassignedPorts,
} from "./series-columns.ts";
import { BACKSCATTER, TrafficSorter } from "./traffic-sorter.ts";

/** How much memory the tables may take, at most. All are powers of two. */
interface RecorderLimits {
  /**
   * Places for pairs of series and source, series and target, activity row and target: 8 octets each, two thirds of them used;
   * and half as many for sources of ports that are chosen by chance.
   */
  readonly pairs: number;
  /** Cells: interval × series, 48 octets each. */
  readonly cells: number;
  /** Activity rows that are kept of one interval, and at once: 64 octets each. Beyond, an interval's sources are folded. */
  readonly activityRows: number;
}

/** 2.8 million pairs (32 MiB), 2 million sources of ports chosen by chance (16 MiB), a million cells (48 MiB), 262,144 rows (16 MiB). */
const DEFAULT_LIMITS: RecorderLimits = { pairs: 1 << 22, cells: 1 << 20, activityRows: 1 << 18 };

export interface TargetGroup {
  readonly name: string;
  readonly networks: readonly Network[];
}

export interface RecorderOptions {
  readonly sensor: string;
  /** The defended networks: what counts goes to them and comes from others. Empty where they are not known: then all counts. */
  readonly home: readonly Network[];
  readonly unassigned: UnassignedPorts;
  /** The user's groups of targets, at most MOST_TARGET_GROUPS; a target may be in several. */
  readonly targetGroups: readonly TargetGroup[];
  readonly limits?: Partial<RecorderLimits>;
  /**
   * Where things lie in the tables is not to be foreseen by whoever chooses his addresses: random where not given. With the same seed the
   * same batches give the same to the last bit.
   */
  readonly seed?: number;
}

const TCP_SOURCE = portSeriesNumber("tcp", "source", 0);
const TCP_DESTINATION = portSeriesNumber("tcp", "destination", 0);
const UDP_SOURCE = portSeriesNumber("udp", "source", 0);
const UDP_DESTINATION = portSeriesNumber("udp", "destination", 0);
/** `isFresh` of a row of activity that is for all that was folded. */
const FRESH_FOLDED = 2;
/** Pairs that one row may add: two sources, a contact and two targets. */
const PAIRS_PER_ROW = 5;
/** Pairs that it may add for every group that its target is in. */
const PAIRS_PER_GROUP = 4;

export class IntervalRecorder {
  /** Rows seen, those of times that no interval can hold, and those of broken clocks, which were put among their neighbours. */
  observations = 0;
  timeless = 0;
  implausibleTimes = 0;
  readonly sensor: string;
  readonly #limits: RecorderLimits;
  readonly #unassigned: UnassignedPorts;
  readonly #targetGroups: readonly { readonly name: string; readonly targets: NetworkSet }[];
  readonly #sorter: TrafficSorter;
  readonly #intervals = new Intervals();
  readonly #cells: SeriesCells;
  readonly #rows: ActivityRows;
  readonly #pairs: PairSet;
  readonly #chance: ChanceSources;
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
  /** Whether the row of activity had not had the target before, or is folded. */
  readonly #isNewContact = new Uint8Array(BATCH_ROWS);
  // Pairs on their way into the set.
  readonly #ids = new Uint32Array(4 * BATCH_ROWS);
  readonly #things = new Uint32Array(4 * BATCH_ROWS);
  readonly #isNew = new Uint8Array(4 * BATCH_ROWS);

  constructor({ sensor, home, unassigned, targetGroups, limits, seed = randomBytes(4).readUInt32LE() }: RecorderOptions) {
    if (targetGroups.length > MOST_TARGET_GROUPS) throw new RangeError(`more than ${MOST_TARGET_GROUPS} groups of targets`);
    this.sensor = sensor;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#unassigned = unassigned;
    this.#targetGroups = targetGroups
      .slice(0, MOST_TARGET_GROUPS)
      .map(({ name, networks }) => ({ name, targets: new NetworkSet(networks) }));
    this.#sorter = new TrafficSorter(home.length === 0 ? null : new NetworkSet(home), seed);
    this.#cells = new SeriesCells(BATCH_ROWS, seed);
    this.#rows = new ActivityRows(this.#limits.activityRows, BATCH_ROWS, seed);
    this.#chance = new ChanceSources(this.#limits.pairs / 2);
    this.#pairs = new PairSet(this.#limits.pairs, 4 * BATCH_ROWS, seed);
  }

  /** Packets whose record says port zero and cannot prove it: they are in no series of port zero. */
  get unconfirmedPortZero(): number {
    return this.#sorter.unconfirmedPortZero;
  }

  /** Packets that the defended networks sent. */
  get own(): number {
    return this.#sorter.own;
  }

  /** Packets that went neither from nor to the defended networks. */
  get elsewhere(): number {
    return this.#sorter.elsewhere;
  }

  /** Starts of the intervals since the last time that were observed, touched, or lost something; valid until the next call of anything. */
  get openIntervals(): Uint32Array {
    return this.#intervals.start.subarray(0, this.#intervals.length);
  }

  /** Whether nothing was observed, touched or lost since the last time. */
  get isEmpty(): boolean {
    return this.#intervals.length === 0;
  }

  /** Whether a further batch might find no room: {@link take} first. */
  get isFull(): boolean {
    const groups = this.#targetGroups.length;
    return (
      this.#pairs.size + (PAIRS_PER_ROW + PAIRS_PER_GROUP * groups) * BATCH_ROWS > PairSet.roomOf(this.#limits.pairs) ||
      this.#cells.length + 3 * (1 + groups) * BATCH_ROWS > this.#limits.cells ||
      this.#chance.lacks(BATCH_ROWS) ||
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
    this.#chance.makeRoom(BATCH_ROWS, this.#cells.length);
    for (const [place, { targets }] of this.#targetGroups.entries()) this.#addTargetGroup(batch, length, (place + 1) * SCOPE, targets);
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
    const { series, targetGroups } = seriesColumns({
      cells: this.#cells,
      intervals: this.#intervals,
      pairs: this.#pairs,
      chance: this.#chance,
      names: this.#names,
      unassigned: this.#unassigned,
      targetGroups: this.#targetGroups.map(({ name }) => name),
      asnOf,
    });
    const batch: HistoryBatch = {
      sensor: this.sensor,
      activity: activityColumns(this.#rows, this.#intervals, this.#names, asnOf),
      series,
      targetGroups,
      liveness: livenessRows(this.#intervals),
    };
    this.#intervals.clear();
    this.#cells.clear();
    this.#rows.clear();
    this.#pairs.clear();
    this.#chance.clear();
    this.#names = new AddressNames();
    return batch;
  }

  /** Finds the rows that count, and their series. Returns how many there are. */
  #sort(batch: ObservationBatch): number {
    const sorter = this.#sorter;
    const intervals = this.#intervals;
    const { time, source, sourcePort, destination, family, protocol } = batch;
    let length = 0;
    sorter.begin(batch);
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
    const isTcp = protocol === PROTOCOL_TCP;
    this.#sourceSeries[at] = NO_SERIES;
    this.#series[at] = PORTLESS_SERIES;
    if (!isTcp && protocol !== PROTOCOL_UDP) return;
    if (showsSourcePort) this.#sourceSeries[at] = (isTcp ? TCP_SOURCE : UDP_SOURCE) + sourcePort;
    if (!showsPort) return;
    this.#series[at] = (isTcp ? TCP_DESTINATION : UDP_DESTINATION) + port;
    if (isTcp && port === 0 && sourcePort === 0) this.#cells.count(interval, BOTH_ZERO_SERIES, packets);
  }

  /** Adds the packets to activity; sources of an interval that are too many go into one row. */
  #addRows(batch: ObservationBatch, length: number): void {
    const rows = this.#rows;
    const intervals = this.#intervals;
    rows.touch(this.#interval, this.#source, this.#key, length);
    for (let i = 0; i < length; i++) {
      const interval = this.#interval[i]!;
      let row = rows.find(i, interval, this.#source[i]!, this.#key[i]!);
      this.#isFresh[i] = row === 0 ? 1 : 0;
      if (row === 0 && intervals.rows[interval]! < this.#limits.activityRows) {
        intervals.rows[interval] = intervals.rows[interval]! + 1;
        row = rows.add(interval, this.#source[i]!, this.#key[i]!);
      } else if (row === 0) {
        row = rows.folded(interval, batch.protocol[this.#row[i]!]!);
        this.#isFresh[i] = FRESH_FOLDED;
        intervals.fold(interval, this.#source[i]!);
      }
      this.#activity[i] = row;
      const packets = this.#packets[i]!;
      rows.packets[row] = rows.packets[row]! + packets;
      const at = this.#row[i]!;
      const isZero = batch.sourcePort[at] === 0 && batch.grade[at] === GRADE_CONFIRMED;
      if (isZero) rows.sourcePortZero[row] = rows.sourcePortZero[row]! + packets;
    }
  }

  /** Adds sources to their series. That of the destination's port has those of a row of activity that was there before. */
  #addSources(length: number): void {
    let pairs = 0;
    for (let i = 0; i < length; i++) {
      const kind = (this.#key[i]! & 1) === 1 ? SOURCE_6 : SOURCE_4;
      const cell = this.#cell[i]!;
      if (cell !== 0 && this.#isFresh[i] !== 0) {
        this.#ids[pairs] = pairId(cell, kind);
        this.#things[pairs++] = this.#source[i]!;
      }
      const sourceCell = this.#sourceCell[i]!;
      if (sourceCell === 0) continue;
      if ((this.#sourceSeries[i]! & 0xffff) >= PRIVILEGED_PORTS) {
        this.#chance.add(sourceCell, kind === SOURCE_6, this.#source[i]!);
        continue;
      }
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
      // Of a source that is folded nothing is known.
      this.#isNewContact[i] = this.#isFresh[i] === FRESH_FOLDED ? 1 : this.#isNew[i]!;
    }
    for (let i = 0; i < length; i++) {
      const cell = this.#cell[i]!;
      if (cell !== 0 && this.#isNewContact[i] === 1) {
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

  /** Counts the rows whose target is in a group once more, in the group's scope. */
  #addTargetGroup(batch: ObservationBatch, length: number, scope: number, targets: NetworkSet): void {
    let pairs = 0;
    for (let i = 0; i < length; i++) {
      const series = this.#series[i]!;
      const row = this.#row[i]!;
      if (series === NO_SERIES) continue;
      const isIn = batch.family[row] === 6 ? targets.hasIPv6(batch.destination6, row) : targets.hasIPv4(batch.destination[row]!);
      if (!isIn) continue;
      const interval = this.#interval[i]!;
      const packets = this.#packets[i]!;
      const sourceSeries = this.#sourceSeries[i]!;
      const isPlainZero = series === TCP_DESTINATION && sourceSeries === TCP_SOURCE;
      if (isPlainZero) this.#cells.count(interval, scope + BOTH_ZERO_SERIES, packets);
      pairs = this.#addScoped(i, this.#cells.count(interval, scope + series, packets), pairs, this.#isNewContact[i] === 1);
      if (sourceSeries === NO_SERIES || (sourceSeries & 0xffff) >= PRIVILEGED_PORTS) continue;
      pairs = this.#addScoped(i, this.#cells.count(interval, scope + sourceSeries, packets), pairs, true);
    }
    this.#pairs.addAll(this.#ids, this.#things, pairs, this.#isNew);
  }

  /** Puts source and target of a row into the list of pairs, where they may be new, and returns how long that is. */
  #addScoped(i: number, cell: number, pairs: number, isNew: boolean): number {
    if (!isNew) return pairs;
    this.#ids[pairs] = pairId(cell, (this.#key[i]! & 1) === 1 ? SOURCE_6 : SOURCE_4);
    this.#things[pairs] = this.#source[i]!;
    this.#ids[pairs + 1] = pairId(cell, TARGET);
    this.#things[pairs + 1] = this.#target[i]!;
    return pairs + 2;
  }
}
