/**
 * A capture as the log of a Linux firewall that sees it: what psad reads. The firewall tracks connections, lets in what a host of its own
 * answers and all that its own side opens, and drops and logs the rest (nf_log_syslog's line, with psad's recommended rules).
 */
import { containsIPv4, formatIPv4, parseNetwork, type Network } from "../src/model/address.ts";
import { FLAGS_UNKNOWN, FRAGMENT_LATER, NO_PORT, type ObservationBatch } from "../src/model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../src/model/protocol.ts";

/** ICMP types that report an error about another packet (RFC 792): related to a connection, not a new one. */
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12]);
const ECHO_REPLY = 0;

interface Packet {
  readonly time: number;
  readonly key: string;
  readonly opens: string;
  readonly line: string;
  readonly sourceInside: boolean;
}

/** Gathers packets, and prints the log at the end: whether a connection was answered is known only then. */
export class NetfilterLog {
  readonly #home: readonly Network[];
  readonly #packets: Packet[] = [];
  /** Who opened each connection, and those that were answered. */
  readonly #openers = new Map<string, string>();
  readonly #answered = new Set<string>();

  /** @param home CIDR networks whose own connections are let out; none where empty. */
  constructor(home: readonly string[]) {
    this.#home = home.map((text) => parseNetwork(text)).filter((network) => network !== null);
  }

  add(batch: ObservationBatch): void {
    for (let row = 0; row < batch.length; row++) this.#addRow(batch, row);
  }

  /** The lines, in order of time. */
  lines(): string[] {
    return this.#packets
      .filter(({ key, opens, sourceInside }) => !sourceInside && !this.#answered.has(key) && this.#openers.get(key) === opens)
      .sort((a, b) => a.time - b.time)
      .map(({ line }) => line);
  }

  #addRow(batch: ObservationBatch, row: number): void {
    const protocol = batch.protocol[row]!;
    const family = batch.family[row]!;
    // Netfilter logs no ARP, and reassembles before it looks; IPv6 is left to a log of its own
    if (protocol === PROTOCOL_ARP || family !== 4 || batch.fragment[row] === FRAGMENT_LATER) return;
    const source = batch.source[row]!;
    const destination = batch.destination[row]!;
    const icmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
    if (icmp && ICMP_ERRORS.has(batch.icmpType[row]!)) return;
    const from = `${source}:${icmp ? "" : batch.sourcePort[row]!}`;
    const to = `${destination}:${icmp ? "" : batch.destinationPort[row]!}`;
    const key = `${protocol} ${from < to ? `${from} ${to}` : `${to} ${from}`}`;
    const opener = this.#openers.get(key);
    if (opener === undefined) this.#openers.set(key, from);
    else if (opener !== from && isAcceptance(batch, row, protocol)) this.#answered.add(key);
    this.#packets.push({
      time: batch.time[row]!,
      key,
      opens: from,
      line: lineOf(batch, row),
      sourceInside: this.#isHome(source) && !this.#isHome(destination),
    });
  }

  #isHome(address: number): boolean {
    return this.#home.some((network) => containsIPv4(network, address));
  }
}

/** Whether a packet back from the other side means that a host let the first one in. */
function isAcceptance(batch: ObservationBatch, row: number, protocol: number): boolean {
  if (protocol === PROTOCOL_TCP) return (batch.tcpFlags[row]! & TCP_RST) === 0;
  if (protocol === PROTOCOL_ICMP) return batch.icmpType[row] === ECHO_REPLY;
  return true;
}

function lineOf(batch: ObservationBatch, row: number): string {
  const time = batch.time[row]!;
  const head = `${syslogTime(time)} lab kernel: [${(time % 1e6).toFixed(6)}] DROP IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 `;
  const addresses = `SRC=${formatIPv4(batch.source[row]!)} DST=${formatIPv4(batch.destination[row]!)}`;
  const tos = `0x${(batch.tos[row]! & 0x1e).toString(16).padStart(2, "0").toUpperCase()}`;
  const ip = `${addresses} LEN=${batch.bytes[row]!} TOS=${tos} PREC=0x00 TTL=${batch.ttl[row]!} ID=${batch.ipId[row]!}`;
  return `${head}${ip} ${transportOf(batch, row)}`;
}

function transportOf(batch: ObservationBatch, row: number): string {
  const protocol = batch.protocol[row]!;
  const hasPorts = batch.sourcePort[row] !== NO_PORT && batch.destinationPort[row] !== NO_PORT;
  const ports = hasPorts ? ` SPT=${batch.sourcePort[row]!} DPT=${batch.destinationPort[row]!}` : "";
  // A first fragment too small for its flags is put together with the rest before the log; here that were SYNs.
  const flags = batch.tcpFlags[row] === FLAGS_UNKNOWN ? TCP_SYN : batch.tcpFlags[row]!;
  if (protocol === PROTOCOL_TCP)
    return `PROTO=TCP${ports} WINDOW=${batch.window[row]!} RES=0x00 ${flagWords(flags)}URGP=${batch.urgent[row]!} `;
  if (protocol === PROTOCOL_UDP) return `PROTO=UDP${ports} LEN=${batch.payload[row]! + 8} `;
  if (protocol === PROTOCOL_ICMP) return `PROTO=ICMP TYPE=${batch.icmpType[row]!} CODE=${batch.icmpCode[row]!} ID=1 SEQ=1 `;
  return `PROTO=${protocol} `;
}

/** In the kernel's order. */
function flagWords(flags: number): string {
  const words: [number, string][] = [
    [TCP_URG, "URG"],
    [TCP_ACK, "ACK"],
    [TCP_PSH, "PSH"],
    [TCP_RST, "RST"],
    [TCP_SYN, "SYN"],
    [TCP_FIN, "FIN"],
  ];
  return words.map(([bit, word]) => ((flags & bit) !== 0 ? `${word} ` : "")).join("");
}

/** "Nov  2 01:00:00", as syslogd writes it. */
function syslogTime(time: number): string {
  const date = new Date(time * 1000);
  const month = date.toLocaleString("en", { month: "short", timeZone: "UTC" });
  return `${month} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)}`;
}
