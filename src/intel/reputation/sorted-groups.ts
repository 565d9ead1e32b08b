/**
 * Search among sorted numbers in groups by interpolation: where numbers are spread evenly over their group's span, as allocations of IPv6 and
 * the sites in them roughly are, the first guess is a cache line from the answer. From a bad guess the search gallops, so it never takes more
 * than twice the steps of a binary one (Bentley and Yao, "An almost optimal algorithm for unbounded searching", 1976).
 */

/** First reach of a search from its guess, either side: 8 numbers of 4 octets are half a cache line. */
const REACH = 4;

/** Columns by group; groups are in order, and so are the numbers in each. */
export interface SortedGroups {
  /** The first number of each group, and behind the last group the end of all. */
  readonly starts: Uint32Array;
  /** The least number of a group. */
  readonly bases: Uint32Array;
  /** Numbers of a group for each unit of its span. */
  readonly scales: Float32Array;
}

export function groupsOf(starts: Uint32Array, numbers: Uint32Array): SortedGroups {
  const bases = new Uint32Array(starts.length - 1);
  const scales = new Float32Array(starts.length - 1);
  for (let group = 0; group < bases.length; group++) {
    const [start, end] = [starts[group]!, starts[group + 1]!];
    if (start === end) continue;
    bases[group] = numbers[start]!;
    scales[group] = (end - start) / (numbers[end - 1]! - numbers[start]! + 1);
  }
  return { starts, bases, scales };
}

/** The place of the last number of a group that is at most `wanted`; of the one before the group where there is none. */
export function lastUpTo(numbers: Uint32Array, { starts, bases, scales }: SortedGroups, group: number, wanted: number): number {
  const start = starts[group]!;
  const end = starts[group + 1]!;
  const base = bases[group]!;
  const guess = wanted <= base ? start : Math.min(end, start + Math.floor((wanted - base) * scales[group]!));
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
