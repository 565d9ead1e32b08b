/** Datagrams that the kernel dropped before a socket's buffer, as Linux tells in the last column of /proc/net/udp and udp6 (proc_net_udp(5)). */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import { parseIPv4, parseIPv6 } from "../../model/address.ts";

/** Position of the local address and of the count of drops in a line of the table, columns from 0. */
const LOCAL_COLUMN = 1;
const DROPS_COLUMN = 12;

/** Reads the kernel's count for the socket bound to `address` (IPv4 or IPv6 text) and `port`; null where the system does not tell. */
export function readKernelDrops(address: string, port: number): number | null {
  try {
    return dropsIn(readFileSync(address.includes(":") ? "/proc/net/udp6" : "/proc/net/udp", "latin1"), address, port);
  } catch {
    return null; // no Linux, or /proc is closed
  }
}

/** The same, of a table at hand. Sockets that share the port are added up. */
export function dropsIn(table: string, address: string, port: number): number | null {
  const local = `${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  let drops: number | null = null;
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (columns[LOCAL_COLUMN] === local) drops = (drops ?? 0) + Number(columns[DROPS_COLUMN] ?? 0);
  }
  return drops;
}

/** The kernel prints addresses as 32-bit words of its own byte order. */
function hexAddress(address: string): string {
  const four = parseIPv4(address);
  const words = four === null ? (parseIPv6(address) ?? []) : [four];
  return words.map((word) => hexWord(word)).join("");
}

function hexWord(word: number): string {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, word);
  if (endianness() === "LE") octets.reverse();
  return [...octets].map((octet) => octet.toString(16).toUpperCase().padStart(2, "0")).join("");
}
