/**
 * What sFlow agents count: each numbers its datagrams and, for each source of samples, its samples and those it had to drop, so gaps tell
 * what never arrived (sFlow version 5, §3.1 and §5). A table of fixed size: agents beyond it push out others, which only loses a gap.
 */

/** Streams remembered: a large network has some hundred agents with up to a hundred interfaces each. */
const SLOTS = 1 << 14;
/** Places looked at before another stream gives way. */
const PROBES = 8;
/** Numbers that may be missing in one gap; a larger jump is a restart. */
const MOST_MISSING = 1 << 20;
/** Numbers by which a datagram may be late; further back is a restart. */
const MOST_LATE = 64;
/** Words of a slot: three of the key, the next number, the drops told last. */
const WORDS = 5;

export class SflowSequences {
  readonly #words: Uint32Array = new Uint32Array(SLOTS * WORDS);
  readonly #used: Uint8Array = new Uint8Array(SLOTS);
  /** Missing numbers, and drops that the agent told, since the stream's last call of {@link note}. */
  missing = 0;
  dropped = 0;

  /**
   * Notes that number `sequence` of a stream came; sets `missing` and `dropped`.
   * @param drops the agent's own running count of samples it could not send
   */
  note(agent: number, subAgent: number, stream: number, sequence: number, drops: number): void {
    const words = this.#words;
    this.missing = 0;
    this.dropped = 0;
    let hash = Math.imul(agent ^ Math.imul(subAgent, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(stream, 0xc2b2ae35);
    hash ^= hash >>> 15;
    let slot = hash & (SLOTS - 1);
    for (let probe = 0; ; probe++) {
      const at = slot * WORDS;
      if (this.#used[slot] === 0 || probe === PROBES) {
        this.#used[slot] = 1;
        words[at] = agent;
        words[at + 1] = subAgent;
        words[at + 2] = stream;
        words[at + 3] = sequence + 1;
        words[at + 4] = drops;
        return;
      }
      if (words[at] === agent >>> 0 && words[at + 1] === subAgent >>> 0 && words[at + 2] === stream >>> 0) {
        this.#advance(at, sequence, drops);
        return;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  #advance(at: number, sequence: number, drops: number): void {
    const words = this.#words;
    const next = words[at + 3]!;
    const ahead = (sequence - next) >>> 0;
    if (ahead <= MOST_MISSING) this.missing = ahead;
    else if ((next - sequence) >>> 0 <= MOST_LATE) return;
    words[at + 3] = sequence + 1;
    const more = (drops - words[at + 4]!) >>> 0;
    if (more <= MOST_MISSING) this.dropped = more;
    words[at + 4] = drops;
  }
}
