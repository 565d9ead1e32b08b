/** The end of a listener: what the kernel holds already is let in first. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** How long that takes at most, milliseconds: who goes on sending must not keep a listener open. */
const EMPTY_MS = 500;

/** Lets come what is there, one look at the sockets a turn of the event loop, until one brings nothing. `counted` says how much came so far. */
export async function letComeIn(counted: () => number): Promise<void> {
  const end = performance.now() + EMPTY_MS;
  for (let before = -1; before !== counted() && performance.now() < end;) {
    before = counted();
    await nextTurn();
    await nextTurn();
  }
}
