/** Packets over time: by kind, and by probed port, in bins that fit the span whatever it turns out to be. */
import type { PortActivity, Timeline, TimelineSeries } from "../model/activity.ts";
import { TimeBins, foldBins } from "./time-bins.ts";

/** Bins of the timeline by kind. */
const KIND_BINS = 256;
/** Bins of the matrix of ports by time: 256 KiB each and transport, taken when first used. */
const PORT_BINS = 64;
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
  readonly ports: readonly (Uint32Array | null)[];
  /** By bin, transport and stretch of ports: 1 where any of its counters was used. */
  readonly stretches: Uint8Array;
}

/** Counts packets by kind and time, and by destination port and time. Merges exactly. */
export class TimelineCounter {
  readonly #kindBins = new TimeBins(KIND_BINS);
  readonly #kinds = new Float64Array(SERIES.length * KIND_BINS);
  readonly #portBins = new TimeBins(PORT_BINS);
  /** By bin and transport (TCP, UDP): counters by port. */
  #ports: (Uint32Array | null)[] = new Array<Uint32Array | null>(2 * PORT_BINS).fill(null);
  /** By bin, transport and stretch of ports: 1 where any of its counters was used. */
  #stretches = new Uint8Array(2 * PORT_BINS * STRETCHES);
  /** Counters that folding left over, all zero, to be used again. */
  readonly #spare: Uint32Array[] = [];
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
    const ports = this.#ports[at] ?? this.#takePorts(at);
    ports[port] = ports[port]! + packets;
    this.#stretches[at * STRETCHES + (port >>> STRETCH_BITS)] = 1;
  }

  #takePorts(at: number): Uint32Array {
    const ports = this.#spare.pop() ?? new Uint32Array(PORTS);
    this.#ports[at] = ports;
    return ports;
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
      stretches: this.#stretches,
    };
  }

  /** Takes in another's counts, which must not be used afterwards. */
  merge({ kindWidth, kindBase, lastKindBin, kinds, portWidth, portBase, ports, stretches }: TimelineState): void {
    if (Number.isNaN(kindBase)) return;
    this.fit(kindBase * kindWidth, (kindBase + lastKindBin) * kindWidth);
    for (let kind = 0; kind < SERIES.length; kind++) {
      for (let bin = 0; bin < KIND_BINS; bin++) {
        const packets = kinds[kind * KIND_BINS + bin]!;
        if (packets > 0) this.count(kind, (kindBase + bin) * kindWidth, packets);
      }
    }
    for (const [at, counts] of ports.entries()) {
      if (counts === null) continue;
      const to = 2 * this.#portBins.indexOf((portBase + (at >>> 1)) * portWidth) + (at & 1);
      const used = stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES);
      const there = this.#ports[to] ?? null;
      if (there === null) this.#ports[to] = counts;
      else addPorts(there, counts, used);
      addFlags(this.#stretches, to, used);
    }
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
    if (this.#ports.every((ports) => ports === null)) return [];
    const totals = new Float64Array(2 * PORTS);
    let last = 0;
    for (const [at, ports] of this.#ports.entries()) {
      if (ports === null) continue;
      last = at >>> 1;
      const row = (at & 1) * PORTS;
      eachUsed(this.#stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES), (from, to) => {
        for (let port = from; port < to; port++) totals[row + port] = totals[row + port]! + ports[port]!;
      });
    }
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
      bins: Array.from({ length: last + 1 }, (_, bin) => this.#ports[2 * bin + (at < PORTS ? 0 : 1)]?.[at % PORTS] ?? 0),
    }));
  }

  /** Lets go of the counts by port, up to 32 MiB, once nobody asks any more. */
  forgetPorts(): void {
    this.#ports.fill(null);
    this.#stretches.fill(0);
    this.#spare.length = 0;
  }

  #foldPorts(move: { offset: number; shift: number }): void {
    const moved = new Array<Uint32Array | null>(2 * PORT_BINS).fill(null);
    const stretches = new Uint8Array(this.#stretches.length);
    for (const [at, ports] of this.#ports.entries()) {
      if (ports === null) continue;
      const to = 2 * Math.floor(((at >>> 1) + move.offset) / 2 ** move.shift) + (at & 1);
      const used = this.#stretches.subarray(at * STRETCHES, (at + 1) * STRETCHES);
      const there = moved[to];
      if (there === null || there === undefined) moved[to] = ports;
      else {
        addPorts(there, ports, used);
        eachUsed(used, (from, end) => ports.fill(0, from, end));
        this.#spare.push(ports);
      }
      addFlags(stretches, to, used);
    }
    this.#ports = moved;
    this.#stretches = stretches;
  }

  #lastUsedBin(): number {
    for (let bin = KIND_BINS - 1; bin > 0; bin--) {
      for (let kind = 0; kind < SERIES.length; kind++) if (this.#kinds[kind * KIND_BINS + bin]! > 0) return bin;
    }
    return 0;
  }
}

/** Adds the counters of the stretches that are used. */
function addPorts(to: Uint32Array, from: Uint32Array, used: Uint8Array): void {
  eachUsed(used, (first, end) => {
    for (let port = first; port < end; port++) to[port] = to[port]! + from[port]!;
  });
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
