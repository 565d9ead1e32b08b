/**
 * Marks that scanning tools leave in single TCP packets.
 * Sources: Antonakakis et al. 2017 (Mirai), Durumeric et al. 2014 and the tools' own sources (ZMap, Masscan), Nmap's tcpip.cc, hping3's
 * defaults, Ghiëtte et al. 2016 (Unicornscan's session key).
 */
import type { ObservationBatch } from "../model/observation.ts";
import { OPTION_MSS, OPTION_SACK_PERMITTED, OPTION_TIMESTAMP, OPTION_WINDOW_SCALE } from "../model/observation.ts";
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from "../model/protocol.ts";
import { MARK_HPING, MARK_MASSCAN, MARK_MIRAI, MARK_NMAP, MARK_ORDINARY, MARK_ZMAP } from "./entry-block.ts";

/** ZMap before 4.1.0 put this into every IP identification. */
const ZMAP_IP_ID = 54321;
const ZMAP_WINDOW = 65535;
/** ZMap sends with TTL 255; stacks that use window 65535 start at 64 or 128. */
const ZMAP_LEAST_TTL = 200;
/** hping3's default window, without options. */
const HPING_WINDOW = 512;
const NMAP_MSS = 1460;
/** The urgent pointer of Nmap's ECN probe. */
const ECN_URGENT = 0xf7f5;

/** The mark of a tool (or of an ordinary stack) in a TCP probe, or 0. Mirai is tested first: its mark is 32 bits long. */
export function toolMark(batch: ObservationBatch, row: number): number {
  const destination = batch.destination[row]!;
  const sequence = batch.sequence[row]!;
  const window = batch.window[row]!;
  const options = batch.options[row]!;
  const isSyn = (batch.tcpFlags[row]! & 0x3f) === TCP_SYN;
  if (batch.family[row] === 4) {
    if (isSyn && sequence === destination) return MARK_MIRAI;
    const ipId = batch.ipId[row]!;
    if (ipId === ZMAP_IP_ID && window === ZMAP_WINDOW) return MARK_ZMAP;
    if (isSyn && ipId === ((destination ^ batch.destinationPort[row]! ^ sequence) & 0xffff)) return MARK_MASSCAN;
  }
  if (isSyn) {
    // No option set of ZMap's has timestamps; macOS, with the same window, has them.
    if (window === ZMAP_WINDOW && batch.ttl[row]! >= ZMAP_LEAST_TTL && (options & OPTION_TIMESTAMP) === 0) return MARK_ZMAP;
    if ((options & OPTION_MSS) !== 0 && (options & (OPTION_SACK_PERMITTED | OPTION_WINDOW_SCALE | OPTION_TIMESTAMP)) !== 0)
      return MARK_ORDINARY;
    if (isNmapWindow(window) && options === OPTION_MSS && batch.mss[row] === NMAP_MSS) return MARK_NMAP;
    return window === HPING_WINDOW && options === 0 ? MARK_HPING : 0;
  }
  if (options !== 0) return 0;
  if (isNmapWindow(window)) return MARK_NMAP;
  return window === HPING_WINDOW ? MARK_HPING : 0;
}

/**
 * The upper 16 bits of Unicornscan's session key that this packet would imply: equal from packet to packet where the tool is in use.
 * Its TCPHASHTRACK: sequence = key ^ destination as a little-endian machine holds it ^ (destination port << 16 | source port). The lower
 * half would also agree for any tool with one sequence number and one source port that stays within a /16. 0 where records hold no sequence numbers.
 */
export function unicornscanSession(batch: ObservationBatch, row: number): number {
  // Logs without sequence numbers tell no key: repeated packets to one target would all imply the same.
  if (batch.sequence[row] === 0) return 0;
  const destination = batch.destination[row]!;
  const swapped = ((destination & 0xff) << 8) | ((destination >>> 8) & 0xff);
  return ((batch.sequence[row]! >>> 16) ^ swapped ^ batch.destinationPort[row]!) & 0xffff;
}

/** The number (in OS_TESTS) of the Nmap OS-detection test that a TCP packet is, or -1. nmap.org/book/osdetect-methods.html */
export function osDetectionTest(batch: ObservationBatch, row: number): number {
  const options = batch.options[row]!;
  const flags = batch.tcpFlags[row]! & 0x3f;
  const window = batch.window[row]!;
  if (flags === TCP_SYN) {
    const congestion = batch.tcpFlags[row]! & (TCP_ECE | TCP_CWR);
    if (window === 3 && batch.urgent[row] === ECN_URGENT && congestion !== 0) return 1;
    if ((options & OPTION_TIMESTAMP) === 0) return -1;
    if (window === 31337) return 5;
    return window === 1 || window === 63 || window === 4 || window === 16 || window === 512 ? 0 : -1;
  }
  if ((options & (OPTION_MSS | OPTION_TIMESTAMP | OPTION_WINDOW_SCALE)) !== (OPTION_MSS | OPTION_TIMESTAMP | OPTION_WINDOW_SCALE))
    return -1;
  if (flags === 0) return window === 128 ? 2 : -1;
  if (flags === (TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH)) return window === 256 ? 3 : -1;
  if (flags === TCP_ACK) return window === 1024 ? 4 : window === 32768 ? 6 : -1;
  return flags === (TCP_FIN | TCP_PSH | TCP_URG) && window === 65535 ? 7 : -1;
}

function isNmapWindow(window: number): boolean {
  return window === 1024 || window === 2048 || window === 3072 || window === 4096;
}
