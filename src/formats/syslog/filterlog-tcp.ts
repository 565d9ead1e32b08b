/** TCP as pf's filterlog prints it: flags by their letters, options by their names (print-tcp.c of pfSense and OPNsense). */
import {
  OPTION_EOL,
  OPTION_MSS,
  OPTION_NOP,
  OPTION_OTHER,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMP,
  OPTION_WINDOW_SCALE,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { WordTable } from "../text/word-table.ts";

const SEMICOLON = 59;
/** Flags' bits by the letter's code. */
const LETTERS = new Int16Array(128).fill(-1);
for (const [letter, bit] of [
  ["F", TCP_FIN],
  ["S", TCP_SYN],
  ["R", TCP_RST],
  ["P", TCP_PSH],
  ["A", TCP_ACK],
  ["U", TCP_URG],
  ["E", TCP_ECE],
  ["C", TCP_CWR],
] as const) {
  LETTERS[letter.charCodeAt(0)] = bit;
}

/** Beside the bits of the `options` column: a selective acknowledgement stands there, whose length is not told. */
export const SELECTIVE = 0x100;
/** Beside them: an option whose length is not known. */
const UNKNOWN_LENGTH = 0x200;
/** The rest counts the options' octets. */
const OCTETS = 16;
const TCP_HEADER = 20;

/** Each option: its bits, and its octets above them. */
const OPTIONS = new WordTable([
  ["eol", OPTION_EOL | (1 << OCTETS)],
  ["nop", OPTION_NOP | (1 << OCTETS)],
  ["mss", OPTION_MSS | (4 << OCTETS)],
  ["wscale", OPTION_WINDOW_SCALE | (3 << OCTETS)],
  ["sackok", OPTION_SACK_PERMITTED | (2 << OCTETS)],
  ["sack", OPTION_OTHER | SELECTIVE | (2 << OCTETS)],
  ["ts", OPTION_TIMESTAMP | (10 << OCTETS)],
  ["md5", OPTION_OTHER | (18 << OCTETS)],
  ["uto", OPTION_OTHER | (4 << OCTETS)],
]);

/** The flags that letters stand for, or below 0 where one is no flag. Empty is no flag at all: a NULL scan. */
export function readFlags(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let i = start; i < end; i++) {
    const bit = bytes[i]! < 128 ? LETTERS[bytes[i]!]! : -1;
    if (bit < 0) return -1;
    flags |= bit;
  }
  return flags;
}

/** Bits of the `options` column for `mss;nop;wscale;sackOK;TS`, and above its eight bits what {@link leastHeader} needs. */
export function readOptionNames(bytes: Uint8Array, start: number, end: number): number {
  let found = 0;
  let octets = 0;
  for (let at = start; at < end;) {
    let stop = at;
    while (stop < end && bytes[stop] !== SEMICOLON) stop++;
    const option = OPTIONS.find(bytes, at, stop);
    if (option < 0) found |= OPTION_OTHER | UNKNOWN_LENGTH;
    else {
      found |= option & 0xffff;
      octets += option >>> OCTETS;
    }
    at = stop + 1;
  }
  return found | (Math.min(octets, 0xff) << OCTETS);
}

/** Octets of the shortest TCP header that holds the options, or below 0 where their lengths are not known. */
export function leastHeader(options: number): number {
  if ((options & UNKNOWN_LENGTH) !== 0) return -1;
  return TCP_HEADER + (((options >>> OCTETS) + 3) & ~3);
}
