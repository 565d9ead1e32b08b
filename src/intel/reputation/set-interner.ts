/**
 * Sets of (feed, prefix length), each kept once: what covers a stretch of addresses is one of few combinations. A set holds a feed at most
 * once, with its most specific network.
 */

/** The set of what no feed covers. */
export const EMPTY_SET = 0;
/** Bits of a member that hold the prefix length; the feed's number is above. */
export const LENGTH_BITS = 8;
/** Members that fit beside a set's number in an exact double: feed numbers below 1,024. */
const MEMBERS = 2 ** 18;
/** Answers kept in front of the map, a power of two: most additions repeat the last ones. */
const FRONT = 4096;

export class SetInterner {
  /** Members of set `i` are `pool[offsets[i]…offsets[i + 1])`, ascending. */
  readonly offsets: number[] = [0, 0];
  pool: Uint32Array = new Uint32Array(1024);
  readonly #byMembers = new Map<string, number>([["", EMPTY_SET]]);
  readonly #additions = new Map<number, number>();
  readonly #frontKeys = new Float64Array(FRONT).fill(-1);
  readonly #frontSets = new Uint32Array(FRONT);

  get count(): number {
    return this.offsets.length - 1;
  }

  /** The set with the feed's network of `bits` added, in place of a wider one of the same feed. */
  add(set: number, feed: number, bits: number): number {
    const member = (feed << LENGTH_BITS) | bits;
    const key = set * MEMBERS + member;
    const slot = (Math.imul(set, 0x9e3779b1) ^ Math.imul(member, 0x85ebca6b)) >>> 20;
    if (this.#frontKeys[slot] === key) return this.#frontSets[slot]!;
    let sum = this.#additions.get(key);
    if (sum === undefined) {
      sum = this.#intern(set, feed, member);
      this.#additions.set(key, sum);
    }
    this.#frontKeys[slot] = key;
    this.#frontSets[slot] = sum;
    return sum;
  }

  #intern(set: number, feed: number, member: number): number {
    const others = [...this.pool.subarray(this.offsets[set], this.offsets[set + 1])].filter((other) => other >>> LENGTH_BITS !== feed);
    const members = [...others, member].sort((x, y) => x - y);
    const text = members.join();
    const known = this.#byMembers.get(text);
    if (known !== undefined) return known;
    const start = this.offsets[this.count]!;
    if (start + members.length > this.pool.length) {
      const larger = new Uint32Array(2 * this.pool.length + members.length);
      larger.set(this.pool);
      this.pool = larger;
    }
    this.pool.set(members, start);
    const id = this.count;
    this.offsets.push(start + members.length);
    this.#byMembers.set(text, id);
    return id;
  }
}
