/** What a judge remembers, for a later run. */
import type { BookState } from "../../detect/incident/incident-book.ts";
import type { RosterState } from "./sensor-roster.ts";

export interface JudgeState {
  readonly version: number;
  readonly next: number | null;
  readonly roster: RosterState;
  readonly book: BookState;
  readonly detector: Uint8Array;
}
