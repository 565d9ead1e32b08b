/** HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007): how many distinct things, in a fixed number of octets; merges exactly. */

/**
 * Distinct counter with 2^precision one-octet registers; standard error 1.04 / √registers (1.6 % at precision 12).
 * Small counts use linear counting, as the paper does, and are nearly exact.
 */
export class HyperLogLog {
  readonly registers: Uint8Array;
  readonly #precision: number;

  /** @param registers memory to use (2^precision octets), for counters that share one array. */
  constructor(precision: number, registers: Uint8Array = new Uint8Array(1 << precision)) {
    this.#precision = precision;
    this.registers = registers;
  }

  /** Adds a thing by its well-mixed 32-bit hash. */
  add(hash: number): void {
    const precision = this.#precision;
    const index = hash >>> (32 - precision);
    const rank = Math.clz32((hash << precision) | (1 << (precision - 1))) + 1;
    if (rank > this.registers[index]!) this.registers[index] = rank;
  }

  /** The estimated number of distinct things. */
  estimate(): number {
    const { registers } = this;
    const size = registers.length;
    let sum = 0;
    let empty = 0;
    for (const rank of registers) {
      sum += 2 ** -rank;
      if (rank === 0) empty++;
    }
    const alpha = size <= 16 ? 0.673 : size <= 32 ? 0.697 : size <= 64 ? 0.709 : 0.7213 / (1 + 1.079 / size);
    const raw = (alpha * size * size) / sum;
    if (raw <= 2.5 * size && empty > 0) return size * Math.log(size / empty);
    const space = 2 ** 32;
    return raw > space / 30 ? -space * Math.log(1 - raw / space) : raw;
  }

  /** Makes this the counter of the union. Both must have the same precision. */
  merge(other: HyperLogLog): void {
    for (let i = 0; i < this.registers.length; i++) {
      if (other.registers[i]! > this.registers[i]!) this.registers[i] = other.registers[i]!;
    }
  }
}
