/**
 * Datagrams that wait, copied into one buffer: kept as the objects that Node makes of them they would outlive young garbage collections, and old
 * ones stop the program for longer than a kernel's buffer lasts.
 */

/** Octets of the buffer at first; it doubles as it is needed. */
const FIRST_BYTES = 1 << 20;
const FIRST_SLOTS = 1 << 10;
/** Octets that each datagram counts beside its own: its slot, so that a flood of empty ones is bounded too. */
export const SLOT_BYTES = 64;

/** A first-in, first-out queue, bounded by octets, {@link SLOT_BYTES} of each datagram's slot among them. */
export class DatagramQueue {
  readonly #mostBytes: number;
  /** Octets that wait are `bytes[bytesHead, bytesEnd)`, in order. */
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #bytesHead = 0;
  #bytesEnd = 0;
  /** Datagrams that wait are `[head, end)` of these. */
  #lengths: Uint32Array = new Uint32Array(FIRST_SLOTS);
  #times: Float64Array = new Float64Array(FIRST_SLOTS);
  #peers: string[] = [];
  #head = 0;
  #end = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#end - this.#head;
  }

  /** Takes a copy; false where there is no room. */
  push(bytes: Uint8Array, peer: string, receivedAt: number): boolean {
    if (this.length === 0) {
      this.#head = 0;
      this.#end = 0;
      this.#bytesHead = 0;
      this.#bytesEnd = 0;
    }
    const waiting = this.#bytesEnd - this.#bytesHead;
    if (waiting + bytes.length + SLOT_BYTES * (this.length + 1) > this.#mostBytes) return false;
    if (this.#bytesEnd + bytes.length > this.#bytes.length) this.#makeRoom(waiting, bytes.length);
    if (this.#end === this.#lengths.length) this.#makeSlots();
    this.#bytes.set(bytes, this.#bytesEnd);
    this.#bytesEnd += bytes.length;
    this.#lengths[this.#end] = bytes.length;
    this.#times[this.#end] = receivedAt;
    this.#peers[this.#end] = peer;
    this.#end++;
    return true;
  }

  /** Hands out the first datagram; its octets are valid during the call. There must be one. */
  shift(to: (bytes: Uint8Array, peer: string, receivedAt: number) => void): void {
    const slot = this.#head++;
    const start = this.#bytesHead;
    this.#bytesHead += this.#lengths[slot]!;
    to(this.#bytes.subarray(start, this.#bytesHead), this.#peers[slot]!, this.#times[slot]!);
  }

  /** Moves what waits to the front, or into a larger buffer, so that `more` octets fit. */
  #makeRoom(waiting: number, more: number): void {
    if (2 * waiting + more > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(2 * (waiting + more), this.#mostBytes));
      larger.set(this.#bytes.subarray(this.#bytesHead, this.#bytesEnd), 0);
      this.#bytes = larger;
    } else this.#bytes.copyWithin(0, this.#bytesHead, this.#bytesEnd);
    this.#bytesHead = 0;
    this.#bytesEnd = waiting;
  }

  #makeSlots(): void {
    const waiting = this.length;
    const slots = Math.max(FIRST_SLOTS, 2 * waiting);
    const lengths = new Uint32Array(slots);
    const times = new Float64Array(slots);
    lengths.set(this.#lengths.subarray(this.#head, this.#end), 0);
    times.set(this.#times.subarray(this.#head, this.#end), 0);
    this.#peers = this.#peers.slice(this.#head, this.#end);
    this.#lengths = lengths;
    this.#times = times;
    this.#head = 0;
    this.#end = waiting;
  }
}
