/**
 * TCP flags out of what Zeek keeps of a connection: the letters of `history`, or else `conn_state`.
 * Source: scripts/base/protocols/conn/main.zeek (meaning of both), TCPSessionAdapter.cc `update_history` (which packet gives which letter).
 */
import { FLAGS_UNKNOWN } from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { WordTable } from "../text/word-table.ts";

/** Letters of one side, as bits. */
const SAW_SYN = 1;
const SAW_SYN_ACK = 2;
const SAW_ACK = 4;
const SAW_DATA = 8;
const SAW_FIN = 16;
const SAW_RST = 32;
/** `i`: FIN and RST in one packet. */
const SAW_FIN_RST = 64;
/** `q`: SYN with FIN or with RST in one packet. */
const SAW_SYN_FIN = 128;
/** `c`: packets with a bad checksum, which Zeek counts and does not look at. */
const SAW_BAD_CHECKSUM = 256;
/** `x` (of neither side): Zeek stopped looking. */
const STOPPED = 512;

const LETTERS: ReadonlyMap<string, number> = new Map([
  ["s", SAW_SYN],
  ["h", SAW_SYN_ACK],
  ["a", SAW_ACK],
  ["d", SAW_DATA],
  // A retransmission is a packet with data; so is what a gap (g) stands for.
  ["t", SAW_DATA],
  ["g", SAW_DATA],
  ["f", SAW_FIN],
  ["r", SAW_RST],
  ["i", SAW_FIN_RST],
  ["q", SAW_SYN_FIN],
  ["c", SAW_BAD_CHECKSUM],
]);
/** Bits by octet; those of the originator's (upper case) letters stand SIDE bits higher. */
const SIDE = 10;
const BITS = new Int32Array(256);
for (const [letter, bit] of LETTERS) {
  BITS[letter.charCodeAt(0)] = bit;
  BITS[letter.toUpperCase().charCodeAt(0)] = bit << SIDE;
}
BITS["x".charCodeAt(0)] = STOPPED | (STOPPED << SIDE);
BITS["X".charCodeAt(0)] = STOPPED | (STOPPED << SIDE);
const SIDE_MASK = (1 << SIDE) - 1;

/** The letters of both sides that fill `bytes[start, end)`: for {@link flagsOfHistory} and {@link historyTellsData}. 0 where there are none. */
export function readHistory(bytes: Uint8Array, start: number, end: number): number {
  let bits = 0;
  for (let i = start; i < end; i++) bits |= BITS[bytes[i]!]!;
  return bits;
}

/** Whether the side sent data: 1 or 0, or -1 where the history cannot tell. */
export function historyTellsData(history: number, originator: boolean): number {
  const own = originator ? history >>> SIDE : history & SIDE_MASK;
  if ((own & SAW_DATA) !== 0) return 1;
  return (own & (STOPPED | SAW_BAD_CHECKSUM)) !== 0 || history === 0 ? -1 : 0;
}

/** Whether the history holds a letter of a packet that the side sent. */
export function historyTellsPackets(history: number, originator: boolean): boolean {
  return ((originator ? history >>> SIDE : history & SIDE_MASK) & ~STOPPED) !== 0;
}

/**
 * The union of the flags of one side's packets, or FLAGS_UNKNOWN. Zeek notes that a FIN or RST came, not whether ACK stood beside it:
 * a FIN counts as FIN and ACK (what stacks send; RFC 9293 §3.10.4), and a RST that answers a bare SYN as RST and ACK (§3.5.2). Packets
 * with no letter at all have none of SYN, FIN, RST, ACK and no data.
 */
export function flagsOfHistory(history: number, originator: boolean): number {
  const own = originator ? history >>> SIDE : history & SIDE_MASK;
  const other = originator ? history & SIDE_MASK : history >>> SIDE;
  if ((own & ~(STOPPED | SAW_BAD_CHECKSUM)) === 0) return own === 0 ? 0 : FLAGS_UNKNOWN;
  let flags = 0;
  if ((own & SAW_SYN) !== 0) flags |= TCP_SYN;
  if ((own & SAW_SYN_ACK) !== 0) flags |= TCP_SYN | TCP_ACK;
  if ((own & SAW_ACK) !== 0) flags |= TCP_ACK;
  if ((own & SAW_FIN) !== 0) flags |= TCP_FIN | TCP_ACK;
  if ((own & SAW_FIN_RST) !== 0) flags |= TCP_FIN | TCP_RST;
  if ((own & SAW_SYN_FIN) !== 0) flags |= TCP_SYN | TCP_FIN;
  // Data goes with ACK, except in a SYN that nobody answered.
  if ((own & SAW_DATA) !== 0 && !((own & SAW_SYN) !== 0 && other === 0)) flags |= TCP_ACK;
  if ((own & SAW_RST) !== 0) flags |= (other & ~SAW_SYN) === 0 && other !== 0 ? TCP_RST | TCP_ACK : TCP_RST;
  return flags;
}

const SYN_ACK = TCP_SYN | TCP_ACK;
/** Flags of originator and responder (NONE: it sent nothing) by conn_state; OTH tells nothing. */
const NONE = 0;
const STATES: readonly (readonly [state: string, originator: number, responder: number])[] = [
  ["S0", TCP_SYN, NONE],
  ["S1", SYN_ACK, SYN_ACK],
  ["SF", SYN_ACK | TCP_FIN, SYN_ACK | TCP_FIN],
  ["REJ", TCP_SYN, TCP_RST | TCP_ACK],
  ["S2", SYN_ACK | TCP_FIN, SYN_ACK],
  ["S3", SYN_ACK, SYN_ACK | TCP_FIN],
  ["RSTO", SYN_ACK | TCP_RST, SYN_ACK],
  ["RSTR", SYN_ACK, SYN_ACK | TCP_RST],
  ["RSTOS0", TCP_SYN | TCP_RST, NONE],
  ["RSTRH", NONE, SYN_ACK | TCP_RST],
  ["SH", TCP_SYN | TCP_FIN | TCP_ACK, NONE],
  ["SHR", NONE, SYN_ACK | TCP_FIN],
  ["OTH", NONE, NONE],
];
/** Number of each conn_state, for the functions below. */
export const STATE_TABLE: WordTable = new WordTable(STATES.map(([state], number) => [state, number]));
export const STATE_OTH: number = STATES.length - 1;
const STATE_FLAGS = Uint16Array.from(STATES.flatMap(([, originator, responder]) => [originator, responder]));

/** Flags of one side by the number of its conn_state (or NOT_A_NUMBER), or FLAGS_UNKNOWN. */
export function flagsOfState(state: number, originator: boolean): number {
  const flags = state < 0 ? NONE : STATE_FLAGS[2 * state + (originator ? 0 : 1)]!;
  return flags === NONE ? FLAGS_UNKNOWN : flags;
}

/** Whether the conn_state says that this side sent packets: 1 or 0, or -1 where it does not tell. */
export function stateTellsPackets(state: number, originator: boolean): number {
  if (state < 0 || state === STATE_OTH) return -1;
  return STATE_FLAGS[2 * state + (originator ? 0 : 1)]! === NONE ? 0 : 1;
}
