/** Packets over time: by kind, and by probed port, in bins that fit the span whatever it turns out to be. */
import type { PortActivity, Timeline, TimelineSeries } from "../model/activity.ts";
import { TimeBins, foldBins } from "./time-bins.ts";

/** Bins of the timeline by kind. */
const KIND_BINS = 256;
/** Bins of the matrix of ports by time: 256 KiB each and transport. */
const PORT_BINS = 64;
const PORT_ROWS = 2 * PORT_BINS;
const PORTS = 65536;
/** Ports of a bin are looked at by stretches of 256: most bins of a short time hold few. */
const STRETCH_BITS = 8;
const STRETCHES = PORTS >>> STRETCH_BITS;

/** Order of the rows of counts: what `kind` in `count` means. */
const SERIES: readonly TimelineSeries[] = ["tcp-probes", "udp", "icmp", "replies", "port-zero", "other"];
export const SERIES_TCP_PROBES = 0;
export const SERIES_UDP = 1;
export const SERIES_ICMP = 2;
export const SERIES_REPLIES = 3;
export const SERIES_PORT_ZERO = 4;
export const SERIES_OTHER = 5;

/** Counts by kind and by port, with their bins, as plain values. */
export interface TimelineState {
  /** Widths in seconds, and numbers of the first bins counted from 1970 in widths; NaN where nothing was counted. */
  readonly kindWidth: number;
  readonly kindBase: number;
  readonly lastKindBin: number;
  readonly kinds: Float64Array;
  readonly portWidth: number;
  readonly portBase: number;
  /** Rows of counters by port, and by bin and transport (TCP, UDP) the number of its row, or -1. */
  readonly ports: Uint32Array | null;
  readonly rows: Int16Array;
  /** By bin, transport and stretch of ports: 1 where any of its counters was used. */
  readonly stretches: Uint8Array;
}

/** Counts packets by kind and time, and by destination port and time. Merges exactly. */
export class TimelineCounter {
  readonly #kindBins = new TimeBins(KIND_BINS);
  readonly #kinds = new Float64Array(SERIES.length * KIND_BINS);
  readonly #portBins = new TimeBins(PORT_BINS);
  /**
   * Rows of counters by port, one after another, all zero where they were not taken. One piece of 32 MiB: the C library takes that from the
   * system, which gives memory when it is first touched, and gives it back whole.
   */
  #ports: Uint32Array | null = null;
  /** By bin and transport (TCP, UDP): the number of its row, or -1. */
  #rows = new Int16Array(PORT_ROWS).fill(-1);
  /** Rows taken so far, and those of them that folding left over. */
  #taken = 0;
  readonly #spare: number[] = [];
  /** By bin, transport and stretch of ports: 1 where any of its counters was used. */
  #stretches = new Uint8Array(PORT_ROWS * STRETCHES);
  /** Where the batch in hand lies in one bin: that bin, and its ports; otherwise -1, and every time is looked up. */
  #kindBin = -1;
  #portBin = -1;

  /** Makes bins for all times from `first` to `last`: call before counting a batch. */
  fit(first: number, last: number): void {
    this.#fitBins(first, last);
    const kindBin = this.#kindBins.indexOf(first);
    this.#kindBin = kindBin === this.#kindBins.indexOf(last) ? kindBin : -1;
    const portBin = this.#portBins.indexOf(first);
    this.#portBin = portBin === this.#portBins.indexOf(last) ? portBin : -1;
  }

  #fitBins(first: number, last: number): void {
    for (const time of [first, last]) {
      const kindMove = this.#kindBins.fit(time);
      if (kindMove !== null) foldBins(this.#kinds, SERIES.length, KIND_BINS, kindMove);
      const portMove = this.#portBins.fit(time);
      if (portMove !== null) this.#foldPorts(portMove);
    }
  }

  /** Counts packets of a kind (SERIES_…) at a time of the batch that was fitted. */
  count(kind: number, time: number, packets: number): void {
    const at = kind * KIND_BINS + (this.#kindBin >= 0 ? this.#kindBin : this.#kindBins.indexOf(time));
    this.#kinds[at] = this.#kinds[at]! + packets;
  }

  /** Counts packets to a port at a time of the batch that was fitted. */
  countPort(udp: boolean, port: number, time: number, packets: number): void {
    const at = 2 * (this.#portBin >= 0 ? this.#portBin : this.#portBins.indexOf(time)) + (udp ? 1 : 0);
    const ports = (this.#ports ??= new Uint32Array(PORT_ROWS * PORTS));
    const counter = (this.#rows[at]! < 0 ? this.#takeRow(at) : this.#rows[at]!) * PORTS + port;
    ports[counter] = ports[counter]! + packets;
    this.#stretches[at * STRETCHES + (port >>> STRETCH_BITS)] = 1;
  }

  #takeRow(at: number): number {
    const row = this.#spare.pop() ?? this.#taken++;
    this.#rows[at] = row;
    return row;
  }

  state(): TimelineState {
    const [kindBins, portBins] = [this.#kindBins, this.#portBins];
    return {
      kindWidth: kindBins.width,
      kindBase: kindBins.base,
      lastKindBin: this.#lastUsedBin(),
      kinds: this.#kinds,
      portWidth: portBins.width,
      portBase: portBins.base,
      ports: this.#ports,
      rows: this.#rows,
      stretches: this.#stretches,
    };
  }

  /** Takes in another's counts, which must not be used afterwards. */
  merge({ kindWidth, kindBase, lastKindBin, kinds, portWidth, portBase, ports, rows, stretches }: TimelineState): void {
    if (Number.isNaN(kindBase)) return;
    this.fit(kindBase * kindWidth, (kindBase + lastKindBin) * kindWidth);
    for (let kind = 0; kind < SERIES.length; kind++) {
      for (let bin = 0; bin < KIND_BINS; bin++) {
        const packets = kinds[kind * KIND_BINS + bin]!;
        if (packets > 0) this.count(kind, (kindBase + bin) * kindWidth, packets);
      }
    }
    if (ports === null) return;
    const adopts = this.#ports === null;
    const held = (this.#ports ??= ports);
    if (adopts) this.#taken = PORT_ROWS;
    for (let at = 0; at < PORT_ROWS; at++) {
      const row = rows[at]!;
      if (row < 0) continue;
      const to = 2 * this.#portBins.indexOf((portBase + (at >>> 1)) * portWidth) + (at & 1);
      const used = stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES);
      if (adopts && this.#rows[to]! < 0) this.#rows[to] = row;
      else {
        addPorts(held, this.#rows[to]! < 0 ? this.#takeRow(to) : this.#rows[to]!, ports, row, used);
        if (adopts) clearPorts(ports, row, used);
      }
      addFlags(this.#stretches, to, used);
    }
    // Rows of what was taken over lie anywhere: those that no bin has are left over.
    if (adopts) for (let row = 0; row < PORT_ROWS; row++) if (!this.#rows.includes(row)) this.#spare.push(row);
  }

  /** The timeline, cut to the bins between the first and the last packet. */
  timeline(): Timeline {
    const bins = this.#kindBins;
    const last = this.#lastUsedBin();
    const series = new Map<TimelineSeries, readonly number[]>();
    for (const [kind, name] of SERIES.entries()) series.set(name, [...this.#kinds.subarray(kind * KIND_BINS, kind * KIND_BINS + last + 1)]);
    return { start: Number.isNaN(bins.base) ? 0 : bins.base * bins.width, binSeconds: bins.width, series };
  }

  /** The most probed destination ports, in bins of their own. */
  topPorts(limit: number): PortActivity[] {
    const ports = this.#ports;
    if (ports === null) return [];
    const totals = new Float64Array(2 * PORTS);
    let last = 0;
    for (let at = 0; at < PORT_ROWS; at++) {
      if (this.#rows[at]! < 0) continue;
      last = at >>> 1;
      const base = (at & 1) * PORTS;
      const first = this.#rows[at]! * PORTS;
      eachUsed(this.#stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES), (from, to) => {
        for (let port = from; port < to; port++) totals[base + port] = totals[base + port]! + ports[first + port]!;
      });
    }
    const counted = (bin: number, at: number): number => {
      const row = this.#rows[2 * bin + (at < PORTS ? 0 : 1)]!;
      return row < 0 ? 0 : ports[row * PORTS + (at % PORTS)]!;
    };
    const used = totals.filter((packets) => packets > 0);
    // A sort of bare numbers tells which may be among the first: ten times as fast as one that compares pairs.
    const least = used.sort()[Math.max(0, used.length - limit)] ?? Number.POSITIVE_INFINITY;
    const most: number[] = [];
    for (let at = 0; at < 2 * PORTS; at++) if (totals[at]! >= least) most.push(at);
    most.sort((a, b) => totals[b]! - totals[a]! || a - b);
    return most.slice(0, limit).map((at) => ({
      transport: at < PORTS ? "tcp" : "udp",
      port: at % PORTS,
      packets: totals[at]!,
      start: this.#portBins.base * this.#portBins.width,
      binSeconds: this.#portBins.width,
      bins: Array.from({ length: last + 1 }, (_, bin) => counted(bin, at)),
    }));
  }

  /** Lets go of the counts by port, up to 32 MiB, once nobody asks any more. */
  forgetPorts(): void {
    this.#ports = null;
    this.#rows.fill(-1);
    this.#stretches.fill(0);
    this.#taken = 0;
    this.#spare.length = 0;
  }

  #foldPorts(move: { offset: number; shift: number }): void {
    const ports = this.#ports;
    if (ports === null) return;
    const moved = new Int16Array(PORT_ROWS).fill(-1);
    const stretches = new Uint8Array(this.#stretches.length);
    for (let at = 0; at < PORT_ROWS; at++) {
      const row = this.#rows[at]!;
      if (row < 0) continue;
      const to = 2 * Math.floor(((at >>> 1) + move.offset) / 2 ** move.shift) + (at & 1);
      const used = this.#stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES);
      if (moved[to]! < 0) moved[to] = row;
      else {
        addPorts(ports, moved[to]!, ports, row, used);
        clearPorts(ports, row, used);
        this.#spare.push(row);
      }
      addFlags(stretches, to, used);
    }
    this.#rows = moved;
    this.#stretches = stretches;
  }

  #lastUsedBin(): number {
    for (let bin = KIND_BINS - 1; bin > 0; bin--) {
      for (let kind = 0; kind < SERIES.length; kind++) if (this.#kinds[kind * KIND_BINS + bin]! > 0) return bin;
    }
    return 0;
  }
}

/** Adds the counters of a row, of the stretches that are used, to those of another. */
function addPorts(to: Uint32Array, toRow: number, from: Uint32Array, fromRow: number, used: Uint8Array): void {
  const [toBase, fromBase] = [toRow * PORTS, fromRow * PORTS];
  eachUsed(used, (first, end) => {
    for (let port = first; port < end; port++) to[toBase + port] = to[toBase + port]! + from[fromBase + port]!;
  });
}

/** Empties the stretches of a row that are used. */
function clearPorts(ports: Uint32Array, row: number, used: Uint8Array): void {
  eachUsed(used, (from, end) => ports.fill(0, row * PORTS + from, row * PORTS + end));
}

/** Marks stretches as used in the counters at a place. */
function addFlags(stretches: Uint8Array, at: number, used: Uint8Array): void {
  for (let stretch = 0; stretch < STRETCHES; stretch++) if (used[stretch] === 1) stretches[at * STRETCHES + stretch] = 1;
}

/** Calls back with the first port of each stretch that is used, and with the one behind its last. */
function eachUsed(used: Uint8Array, visit: (from: number, to: number) => void): void {
  for (let stretch = 0; stretch < STRETCHES; stretch++)
    if (used[stretch] === 1) visit(stretch << STRETCH_BITS, (stretch + 1) << STRETCH_BITS);
}
