/** Which ports senders of unsolicited traffic ask for: the usual favourites first, then all others by a Zipf law, in an order of the seed's. */
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";

/** Shares, in percent of all habits, as darknets of the 2010s and 2020s tell them: telnet ahead, then remote access, web, databases, phones. */
const FAVOURITES: readonly (readonly [protocol: number, port: number, percent: number])[] = [
  [PROTOCOL_TCP, 23, 16],
  [PROTOCOL_TCP, 445, 12],
  [PROTOCOL_TCP, 22, 8],
  [PROTOCOL_TCP, 80, 6],
  [PROTOCOL_TCP, 443, 4],
  [PROTOCOL_TCP, 3389, 4],
  [PROTOCOL_TCP, 8080, 3],
  [PROTOCOL_TCP, 1433, 2.5],
  [PROTOCOL_TCP, 2323, 2],
  [PROTOCOL_TCP, 5900, 1.5],
  [PROTOCOL_TCP, 3306, 1.5],
  [PROTOCOL_TCP, 25, 1],
  [PROTOCOL_TCP, 21, 1],
  [PROTOCOL_TCP, 6379, 1],
  [PROTOCOL_TCP, 139, 1],
  [PROTOCOL_UDP, 5060, 3],
  [PROTOCOL_UDP, 53, 2.5],
  [PROTOCOL_UDP, 1900, 1.5],
  [PROTOCOL_UDP, 123, 1.5],
  [PROTOCOL_UDP, 161, 1],
  [PROTOCOL_UDP, 53413, 1],
];
/** Percent of the other habits that are UDP, and the exponent of their ports. */
const TAIL_UDP_PERCENT = 10;
const TAIL_EXPONENT = 0.9;
const PORTS = 65_535;

/** A port with its protocol in the upper half: protocol · 65,536 + port. */
export type Habit = number;

/** A habit for each of many steps of a uniform draw, so that one is found in constant time. */
const STEPS = 1 << 14;
const favourites = new Uint32Array(STEPS);
{
  let filled = 0;
  for (const [protocol, port, percent] of FAVOURITES) {
    favourites.fill(protocol * 65_536 + port, filled, filled + Math.round((percent / 100) * STEPS));
    filled += Math.round((percent / 100) * STEPS);
  }
}

/** Always the same for the same two words, which are to be random. */
export function habitOf(word: number, other: number): Habit {
  const favourite = favourites[word >>> 18]!;
  if (favourite !== 0) return favourite;
  const rank = Math.floor((1 + (other / 2 ** 32) * ((PORTS + 1) ** (1 - TAIL_EXPONENT) - 1)) ** (1 / (1 - TAIL_EXPONENT)));
  const protocol = (word & 0xffff) % 100 < TAIL_UDP_PERCENT ? PROTOCOL_UDP : PROTOCOL_TCP;
  // 40,507 is prime and has no factor in common with 65,535: every port once, neighbours in rank far apart
  return protocol * 65_536 + 1 + ((rank * 40_507) % PORTS);
}

/** What stands in for IANA's list: the favourites, and ports below 1024. */
export function isAssigned(protocol: number, port: number): boolean {
  return port < 1024 || ASSIGNED.has(protocol * 65_536 + port);
}

const ASSIGNED = new Set(FAVOURITES.map(([protocol, port]) => protocol * 65_536 + port));
