/**
 * The same traffic as a capture and as NetFlow v5: what the capture proves, the records only say, and what the capture keeps out (later
 * fragments), the records add to it. Nothing else may differ.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeWhole, type Row } from "../formats/decode-whole.ts";
import { HEAD_BYTES } from "../formats/format.ts";
import { recogniseFormat } from "../formats/index.ts";
import { encodeCapture, makeEvent, november2013Capture } from "../lab/index.ts";
import { type FlowPacket, netflow5Datagrams } from "../lab/netflow5.ts";
import { parseIPv4 } from "../model/address.ts";
import { FLAGS_UNKNOWN, FRAGMENT_LATER } from "../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from "../model/protocol.ts";
import { ASSESS_DEFAULTS, assess } from "./assess.ts";

const SAMPLES = join(import.meta.dirname, "../../../shared/samples");
const present = existsSync(SAMPLES);
if (!present) console.warn("skipped: real captures are not here (../shared/samples)");
const samples = present
  ? ["pcap-port0", "pcap-fragments", "pcap-scanners-live", "pcap-scans", "pcap-backscatter-dos"].flatMap((folder) =>
      readdirSync(join(SAMPLES, folder))
        .filter((name) => name.endsWith(".pcap"))
        .map((name) => join(folder, name)),
    )
  : [];

function flowPacket(row: Row): FlowPacket {
  return {
    time: row.time,
    source: parseIPv4(row.source) ?? 0,
    destination: parseIPv4(row.destination) ?? 0,
    sourcePort: row.sourcePort,
    destinationPort: row.destinationPort,
    protocol: row.protocol,
    tcpFlags: row.tcpFlags === FLAGS_UNKNOWN ? 0 : row.tcpFlags,
    bytes: row.bytes,
    icmp: row.protocol === PROTOCOL_ICMP && row.fragment !== FRAGMENT_LATER ? row.icmpType * 256 + row.icmpCode : -1,
  };
}

async function check(capture: Uint8Array): Promise<void> {
  const format = recogniseFormat(capture.subarray(0, HEAD_BYTES));
  if (format === null) throw new Error("no capture");
  const { rows } = decodeWhole(format, capture);
  const four = rows.filter((row) => row.family === 4 && row.protocol < 256);
  if (four.length === 0) return;
  const later = (protocol: number): number => four.filter((row) => row.fragment === FRAGMENT_LATER && row.protocol === protocol).length;
  // Headers cut too short for ports are written as port zero, too.
  const portless = (protocol: number): number =>
    four.filter((row) => row.fragment !== FRAGMENT_LATER && row.protocol === protocol && row.sourcePort < 0).length;
  const zero = (protocol: number, role: (row: Row) => boolean): number =>
    four.filter((row) => row.protocol === protocol && role(row)).length;
  const expected = Object.fromEntries(
    [["tcp", PROTOCOL_TCP] as const, ["udp", PROTOCOL_UDP] as const].map(([name, protocol]) => [
      name,
      {
        source: zero(protocol, (row) => row.sourcePort === 0 && row.destinationPort > 0),
        destination: zero(protocol, (row) => row.sourcePort > 0 && row.destinationPort === 0),
        both: zero(protocol, (row) => row.sourcePort === 0 && row.destinationPort === 0) + later(protocol) + portless(protocol),
      },
    ]),
  );
  const exported = netflow5Datagrams(four.map(flowPacket));
  const { report } = await assess({ ...ASSESS_DEFAULTS, threads: 1, memory: new Map([["flows", exported]]) });
  const { tcp, udp } = report.portZero.unconfirmed;
  expect({ tcp, udp }).toEqual(expected);
  const none = { source: 0, destination: 0, both: 0 };
  expect([report.portZero.tcp, report.portZero.udp]).toEqual([none, none]);
}

describe("events of the lab", () => {
  test("2 November 2013", async () => check(november2013Capture().bytes));
  test.each(["fragmented-amplification", "later-fragments", "backscatter-port-zero", "cert-polska-2011", "udp-source-zero"])(
    "%s",
    async (name) => check(encodeCapture(makeEvent(name, 1).packets)),
  );
});

describe.skipIf(!present)("real captures", () => {
  test.each(samples)("%s", async (name) => check(new Uint8Array(readFileSync(join(SAMPLES, name)))));
});
