/**
 * Who asked whom over UDP of late, so that answers are not taken for questions: a table of a fixed size in which later pairs overwrite
 * earlier ones. What is overwritten is counted as if nobody had asked.
 */
import { mix32, mixPair } from "../../sketch/hash.ts";
import { looksLikeAnswer } from "../service-ports.ts";

/** Pairs kept: 128 KiB of the second-level cache. */
const PLACES = 1 << 15;

export class AskedPairs {
  readonly #pairs = new Uint32Array(PLACES);

  /** Whether a packet goes the way of an answer: by its ports, or because the other side was seen asking. Remembers it as a question where not. */
  isAnswer(from: number, to: number, fromPort: number, toPort: number): boolean {
    if (looksLikeAnswer(fromPort, toPort)) return true;
    const asked = pairOf(to, from, toPort, fromPort);
    if (this.#pairs[asked & (PLACES - 1)] === asked) return true;
    const asks = pairOf(from, to, fromPort, toPort);
    this.#pairs[asks & (PLACES - 1)] = asks;
    return false;
  }
}

function pairOf(from: number, to: number, fromPort: number, toPort: number): number {
  return mixPair(mixPair(from, to), mix32((fromPort << 16) | toPort));
}
