/** What history says of the time that an input covers. */
import type { Incident } from "./incident.ts";

export interface Past {
  /** Seconds since 1970: the first interval of history, and the end of the last before the input's end. */
  readonly since: number;
  readonly until: number;
  /** Sensors alive in the input's time, all of history's. */
  readonly sensorsAlive: number;
  /** Whether a watch or a replay has judged history up to the input's time: only then does it say something that there is no incident. */
  readonly isJudged: boolean;
  /** The time that was judged, which the input's is in, or the last before it; null where none was. */
  readonly judged: { readonly since: number; readonly until: number } | null;
  /** Incidents that were open in the input's time, the one that tells most first. None: nothing was out of the ordinary. */
  readonly incidents: readonly Incident[];
}
