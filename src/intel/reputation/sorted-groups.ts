/**
 * Search among sorted numbers in groups by interpolation: where numbers are spread evenly over their group's span, as allocations of IPv6 and
 * the sites in them roughly are, the first guess is a cache line from the answer. From a bad guess the search gallops, so it never takes more
 * than twice the steps of a binary one (Bentley and Yao, "An almost optimal algorithm for unbounded searching", 1976).
 */

/** First reach of a search from its guess, either side: 8 numbers of 4 octets are half a cache line. */
const REACH = 4;

/** Words of a group's row. Four are never on two cache lines, and what a search begins with is one wait for memory. */
export const GROUP_WORDS = 4;

/** A row a group: where its numbers start and end (those of the next start there), the least of them, and numbers for each unit of their span. */
export interface SortedGroups {
  readonly rows: Uint32Array;
  /** The same octets, for the last member of a row. */
  readonly scales: Float32Array;
}

/** `starts`: the place of each group's first number, and behind the last group the end of all. */
export function groupsOf(starts: Uint32Array, numbers: Uint32Array): SortedGroups {
  const groups = groupsIn(new Uint32Array(GROUP_WORDS * (starts.length - 1)));
  for (let group = 0; group < starts.length - 1; group++) {
    const [start, end] = [starts[group]!, starts[group + 1]!];
    const base = start === end ? 0 : numbers[start]!;
    groups.rows.set([start, end, base], GROUP_WORDS * group);
    if (start < end) groups.scales[GROUP_WORDS * group + 3] = (end - start) / (numbers[end - 1]! - base + 1);
  }
  return groups;
}

export function groupsIn(rows: Uint32Array): SortedGroups {
  return { rows, scales: new Float32Array(rows.buffer, rows.byteOffset, rows.length) };
}

/** Whether the groups cut `count` numbers into stretches without a gap. */
export function areGroupsOf({ rows }: SortedGroups, count: number): boolean {
  let end = 0;
  for (let row = 0; row < rows.length; row += GROUP_WORDS) {
    if (rows[row] !== end || rows[row + 1]! < end) return false;
    end = rows[row + 1]!;
  }
  return end === count;
}

/** The place of the last number of a group that is at most `wanted`; of the one before the group where there is none. */
export function lastUpTo(numbers: Uint32Array, { rows, scales }: SortedGroups, group: number, wanted: number): number {
  const row = group << 2;
  const start = rows[row]!;
  const end = rows[row + 1]!;
  const base = rows[row + 2]!;
  const guess = wanted <= base ? start : Math.min(end, start + Math.floor((wanted - base) * scales[row + 3]!));
  let low = guess - REACH;
  for (let reach = REACH; low > start && numbers[low]! > wanted; low -= reach) reach *= 2;
  let high = guess + REACH;
  for (let reach = REACH; high < end && numbers[high]! <= wanted; high += reach) reach *= 2;
  if (low < start) low = start;
  if (high > end) high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
