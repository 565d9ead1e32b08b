/** What became of an input whose history was kept. */
export interface ImportedInput {
  readonly name: string;
  readonly observations: number;
  /** Seconds since 1970 of the first and the last observation; null where no observation has a time. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Intervals from the first to the last, all of which count as alive. */
  readonly intervals: number;
  /** Those of them that history had of this sensor before. */
  readonly knownIntervals: number;
  /** Octets at its beginning, decompressed, that history had from an earlier state of the file: not counted in anything here. */
  readonly knownBytes: number;
  /** Observations that inputs before it had too: not counted in anything here. */
  readonly shared: number;
  readonly parts: number;
  readonly seriesRows: number;
  readonly activityRows: number;
  /** Sources that found no row of activity of their own. */
  readonly folded: number;
  /** Packets that were left out: what own networks sent, what went by them, port zero that no header proves. */
  readonly own: number;
  readonly elsewhere: number;
  readonly unconfirmedPortZero: number;
  /** Rows of times that no interval holds, and of clocks that are years off. */
  readonly timeless: number;
  readonly implausibleTimes: number;
  /** Observations that history has more than before: none, where it had the input. */
  readonly added: number;
}
