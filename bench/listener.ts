/**
 * Whether the UDP listener keeps up: 30-record NetFlow v5 datagrams over the loopback at a steady pace to `precursor assess udp://… --for`,
 * as a user runs it, then what it counted beside what was sent, and what the kernel says it dropped.
 */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { netflow5Datagrams } from "../src/lab/netflow5.ts";
import { TCP_SYN } from "../src/model/protocol.ts";

const CLI = join(import.meta.dirname, "..", "dist", "cli.js");
const PORT = 29_996;
const RECORDS_A_DATAGRAM = 30;
const SECONDS = 5;
/** Room for the program to start and to end. */
const MARGIN_SECONDS = 5;
/** Datagrams sent at once: a timer cannot pace single ones. */
const BURST_MS = 5;

interface Heard {
  readonly input: {
    readonly records: number;
    readonly lost: Record<string, number>;
    readonly live: readonly { readonly droppedByKernel: number }[];
  };
}

/** Prints a line for each rate, in records a second. */
export async function measureListener(rates: readonly number[]): Promise<void> {
  console.log(`\n${"UDP listener".padEnd(14)}${"sent".padStart(12)}${"counted".padStart(12)}   lost`);
  for (const rate of rates) {
    const { sent, heard } = await once(rate);
    const { records, lost, live } = heard.input;
    const dropped = live.reduce((sum, source) => sum + source.droppedByKernel, 0);
    // The kernel's drops stand there as well, in datagrams
    const gaps = lost["NetFlow v5 records"] ?? 0;
    const words =
      records === sent
        ? "nothing"
        : `${sent - records} records: ${dropped} datagrams dropped by the kernel, sequence gaps of ${gaps} records`;
    console.log(`${`${rate / 1000} k/s`.padEnd(14)}${String(sent).padStart(12)}${String(records).padStart(12)}   ${words}`);
  }
}

async function once(rate: number): Promise<{ sent: number; heard: Heard }> {
  const args = [CLI, "assess", `udp://127.0.0.1:${PORT}`, "--for", `${SECONDS + MARGIN_SECONDS}s`, "-f", "json", "--limit", "1"];
  const program = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  program.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => program.once("close", resolve));
  await setTimeout((MARGIN_SECONDS / 2) * 1000);
  const sent = await send(rate);
  await ended;
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- our own report
  return { sent, heard: JSON.parse(Buffer.concat(chunks).toString("utf8")) as Heard };
}

async function send(rate: number): Promise<number> {
  const probe = {
    time: 1_383_354_000,
    source: 0x0a000001,
    sourcePort: 40_000,
    destinationPort: 445,
    protocol: 6,
    tcpFlags: TCP_SYN,
    bytes: 44,
    icmp: -1,
  };
  const datagram = netflow5Datagrams(Array.from({ length: RECORDS_A_DATAGRAM }, (_, i) => ({ ...probe, destination: 0xc6336400 + i })));
  const view = new DataView(datagram.buffer, datagram.byteOffset);
  const socket = createSocket("udp4");
  const total = Math.round((rate * SECONDS) / RECORDS_A_DATAGRAM);
  const began = performance.now();
  let count = 0;
  while (count < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * (rate / RECORDS_A_DATAGRAM)));
    for (; count < due; count++) {
      view.setUint32(16, count * RECORDS_A_DATAGRAM);
      view.setUint32(24, 0x0a000000 + (count & 0xffff));
      socket.send(Uint8Array.from(datagram), PORT, "127.0.0.1");
    }
    await setTimeout(BURST_MS);
  }
  await new Promise<void>((resolve) => socket.close(resolve));
  return count * RECORDS_A_DATAGRAM;
}
