/**
 * TCP flags out of the `State` that Argus prints: those of both sides (`ra -Zb`: `FSPA_SRPA`), or a word for what came of the connection;
 * Zeek's words stand in files that were made from its logs. Sources: ra(1), Argus's argus_util.c (`ArgusGetTcpStatus`), and what
 * argus 3.0.8 prints for packets made for the purpose.
 */
import { FLAGS_UNKNOWN } from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { flagsOfState, STATE_TABLE, stateTellsPackets } from "../zeek/history.ts";
import { WordTable } from "../text/word-table.ts";

const UNDERSCORE = 95;
/** F, S, R, P, A, U, E, C: bits 0 to 7. */
const BITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const place = "FSRPAUEC".indexOf(String.fromCharCode(code));
  return place < 0 ? 0 : 1 << place;
});

/** SYN without an answer; SYN and SYN-ACK; established; closed by FIN; reset. Others (INT, TIM, …) tell no flags. */
const REQUESTED = 0;
const ACCEPTED = 1;
const CONNECTED = 2;
const CLOSED = 3;
const RESET = 4;
const WORDS: WordTable = new WordTable([
  ["REQ", REQUESTED],
  ["ACC", ACCEPTED],
  ["CON", CONNECTED],
  ["EST", CONNECTED],
  ["FIN", CLOSED],
  ["CLO", CLOSED],
  ["RST", RESET],
]);

/** What the state at hand says of source and destination. One object is reused. */
export class TcpState {
  /** Union of the flags of each side, FLAGS_UNKNOWN where not told. */
  source: number = FLAGS_UNKNOWN;
  destination: number = FLAGS_UNKNOWN;
  /** The state says that the destination sent nothing. */
  isUnanswered = false;

  /**
   * Reads the state that fills `bytes[start, end)`.
   * @param answered whether both sides sent packets
   * @param hasData whether either sent data
   * @param isWhole Argus saw how it began: it prints `->`, not `?>`
   */
  read(bytes: Uint8Array, start: number, end: number, answered: boolean, hasData: boolean, isWhole: boolean): void {
    this.source = FLAGS_UNKNOWN;
    this.destination = FLAGS_UNKNOWN;
    this.isUnanswered = false;
    if (this.#letters(bytes, start, end)) return;
    const zeek = STATE_TABLE.find(bytes, start, end);
    if (zeek >= 0) {
      this.source = flagsOfState(zeek, true);
      this.destination = flagsOfState(zeek, false);
      this.isUnanswered = stateTellsPackets(zeek, false) === 0;
      return;
    }
    const began = isWhole ? TCP_SYN : 0;
    switch (WORDS.find(bytes, start, end)) {
      case REQUESTED:
        this.source = TCP_SYN;
        break;
      case ACCEPTED:
        this.source = TCP_SYN;
        this.destination = TCP_SYN | TCP_ACK;
        break;
      case CONNECTED:
        if (answered) this.#both(began | TCP_ACK);
        break;
      case CLOSED:
        if (answered) this.#both(began | TCP_ACK | TCP_FIN);
        break;
      case RESET:
        // Which side reset it is not told; where nothing was said before, it was a refusal.
        if (!answered) break;
        if (hasData) this.#both(began | TCP_ACK);
        else {
          this.source = TCP_SYN;
          this.destination = TCP_RST | TCP_ACK;
        }
        break;
      default:
    }
  }

  #both(flags: number): void {
    this.source = flags;
    this.destination = flags;
  }

  /** `FSRPAUEC_FSRPAUEC`, each letter there or not; whether it was that. */
  #letters(bytes: Uint8Array, start: number, end: number): boolean {
    let flags = 0;
    let source = -1;
    for (let at = start; at < end; at++) {
      const code = bytes[at]!;
      if (code === UNDERSCORE && source < 0) {
        source = flags;
        flags = 0;
        continue;
      }
      const bit = code < 128 ? BITS[code]! : 0;
      if (bit === 0) return false;
      flags |= bit;
    }
    if (source < 0) return false;
    this.source = source;
    this.destination = flags;
    return true;
  }
}
