/**
 * Sketches for the few sources whose contacts are too many to keep: distinct targets by HyperLogLog (Flajolet et al. 2007), ports by one
 * bit each. They lie flat in three arrays, since most packets of a scan-heavy capture come past here.
 */
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";

/** Sources at most; the rest make do with their sample. 2 MiB of registers, and 16 MiB of port maps where all are touched. */
const MAX_WIDE = 2048;
/** 1 KiB, 3.2 % standard error; all of them together stay in the second-level cache. */
const PRECISION = 10;
const REGISTERS = 1 << PRECISION;
const PORT_BYTES = 8192;
/** Ports touched of late, so that a scan of a few ports need not visit its port map each time. */
const RECENT_PORTS = 8;

/** Sketches numbered from 1; 0 is none. */
export class WideSources {
  #count = 0;
  #capacity = 0;
  readonly #released: number[] = [];
  /** All sketches, one after another. Replaced when there are more: read it anew. */
  registers = new Uint8Array(1);
  #ports = new Uint8Array(0);
  /** Ports plus one, placed by their low bits. */
  #recent = new Int32Array(0);

  /** The number of fresh sketches, or 0 when all are taken. */
  take(): number {
    const released = this.#released.pop();
    if (released !== undefined) return released;
    if (this.#count === MAX_WIDE) return 0;
    if (this.#count === this.#capacity) this.#grow();
    return ++this.#count;
  }

  /** Empties sketches and keeps them for another source. */
  release(wide: number): void {
    this.registers.fill(0, (wide - 1) * REGISTERS, wide * REGISTERS);
    this.#ports.fill(0, (wide - 1) * PORT_BYTES, wide * PORT_BYTES);
    this.#recent.fill(0, (wide - 1) * RECENT_PORTS, wide * RECENT_PORTS);
    this.#released.push(wide);
  }

  /** Where in `registers` a target counts. */
  static placeOf(wide: number, target: number): number {
    return (wide - 1) * REGISTERS + (mix32(target) >>> (32 - PRECISION));
  }

  add(wide: number, target: number, port: number): void {
    const hash = mix32(target);
    const at = (wide - 1) * REGISTERS + (hash >>> (32 - PRECISION));
    const rank = Math.clz32((hash << PRECISION) | (1 << (PRECISION - 1))) + 1;
    if (rank > this.registers[at]!) this.registers[at] = rank;
    const recentAt = (wide - 1) * RECENT_PORTS + (port & (RECENT_PORTS - 1));
    if (this.#recent[recentAt] === port + 1) return;
    this.#recent[recentAt] = port + 1;
    const portAt = (wide - 1) * PORT_BYTES + (port >>> 3);
    this.#ports[portAt] = this.#ports[portAt]! | (1 << (port & 7));
  }

  targetCount(wide: number): number {
    return Math.round(this.#sketch(wide).estimate());
  }

  portCount(wide: number): number {
    const words = new Uint32Array(this.#ports.buffer, (wide - 1) * PORT_BYTES, PORT_BYTES / 4);
    let count = 0;
    for (let at = 0; at < words.length; at++) for (let bits = words[at]! | 0; bits !== 0; bits &= bits - 1) count++;
    return count;
  }

  /** A HyperLogLog's registers, to be read only. */
  registersOf(wide: number): Uint8Array {
    return this.registers.subarray((wide - 1) * REGISTERS, wide * REGISTERS);
  }

  /** Takes in sketches of another table. */
  merge(wide: number, other: WideSources, theirs: number): void {
    this.#sketch(wide).merge(other.#sketch(theirs));
    const to = (wide - 1) * PORT_BYTES;
    const from = (theirs - 1) * PORT_BYTES;
    for (let i = 0; i < PORT_BYTES; i++) this.#ports[to + i] = this.#ports[to + i]! | other.#ports[from + i]!;
  }

  #sketch(wide: number): HyperLogLog {
    return new HyperLogLog(PRECISION, this.registersOf(wide));
  }

  #grow(): void {
    this.#capacity = Math.max(16, 2 * this.#capacity);
    const registers = new Uint8Array(this.#capacity * REGISTERS);
    registers.set(this.registers.subarray(0, this.#count * REGISTERS));
    this.registers = registers;
    const ports = new Uint8Array(this.#capacity * PORT_BYTES);
    ports.set(this.#ports);
    this.#ports = ports;
    const recent = new Int32Array(this.#capacity * RECENT_PORTS);
    recent.set(this.#recent);
    this.#recent = recent;
  }
}
