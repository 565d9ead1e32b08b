/** Captures of flow export: found by what they hold, read datagram by datagram, and never taken for ordinary captures or the other way round. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { tcpPacket, udpPacket } from "../../lab/packet.ts";
import { GRADE_UNCONFIRMED } from "../../model/observation.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole } from "../decode-whole.ts";
import { HEAD_BYTES } from "../format.ts";
import { claimants, recogniseFormat } from "../index.ts";
import { FLOW_CAPTURE } from "./flow-capture.ts";
import { datagram, exported, FRAMES, INPUTS } from "./inputs.fixture.ts";

const SAMPLES = join(import.meta.dirname, "../../../../shared/samples");
const present = existsSync(SAMPLES);
if (!present) console.warn(`flow captures: no samples in ${SAMPLES}, tests with them are skipped`);

const sample = (name: string): Uint8Array => new Uint8Array(readFileSync(join(SAMPLES, name)));
const read = (name: string): ReturnType<typeof decodeWhole> => decodeWhole(FLOW_CAPTURE, sample(name));

describe.skipIf(!present)("real captures", () => {
  test("of sFlow give the packets that tshark and tcpdump show in them", () => {
    const qinq = read("flow-captures/sflow/data-qinq.pcap").rows;
    expect(qinq).toHaveLength(1);
    expect(qinq[0]).toMatchObject({ source: "49.49.49.2", sourcePort: 32_017, destination: "49.49.49.109", destinationPort: 443 });
    expect(qinq[0]).toMatchObject({ packets: 4096, tcpFlags: 0x10, protocol: 6 });
    const icmp = read("flow-captures/sflow/data-icmpv4.pcap").rows;
    expect(icmp).toMatchObject([{ protocol: 1, icmpType: 8, icmpCode: 0, source: "203.0.113.4", destination: "203.0.113.5", packets: 1 }]);
    const discarded = read("flow-captures/sflow/data-discard-interface.pcap").rows;
    expect(discarded).toMatchObject([{ family: 6, sourcePort: 46_026, destinationPort: 22, packets: 1024, action: 2 }]);
    const six = read("netflow-pcap-tcpdump/sflow-print-v6.pcap");
    expect(six.rows).toHaveLength(13);
    expect(six.rows.every((row) => row.protocol === 63 && row.source === "10.10.10.2" && row.destination === "50.1.1.2")).toBe(true);
    expect(Object.fromEntries(six.stats.skipped)).toEqual({ "sFlow counters sample": 48 });
  });

  test("of NetFlow and IPFIX give as many flows as nfdump counts, 13 of the sweep's from and 13 to port zero", () => {
    for (const version of ["nf5", "nf9", "nf10"]) {
      expect(read(`flow-exports/backscatter.${version}.pcap`).rows).toHaveLength(1292);
      const sweep = read(`flow-exports/nmap_sweep_p0.${version}.pcap`).rows;
      expect(sweep).toHaveLength(78);
      expect(sweep.filter((row) => row.sourcePort === 0)).toHaveLength(13);
      expect(sweep.filter((row) => row.destinationPort === 0)).toHaveLength(13);
      expect(sweep.every((row) => row.grade === GRADE_UNCONFIRMED)).toBe(true);
    }
    expect(read("flow-captures/netflow/nfv5.pcap").rows).toHaveLength(29);
    expect(read("flow-captures/netflow/data+templates.pcap").stats.sampled).toMatchObject({ records: 21, least: 100, greatest: 100 });
    // NetFlow v5 on its way to sFlow's port: seven flows in five datagrams.
    expect(read("netflow-pcap-tcpdump/sflow_multiple_counter_30_pdus.pcap").rows).toHaveLength(7);
  });

  test("of exporters are told from captures of packets", () => {
    for (const folder of ["flow-captures/netflow", "flow-captures/sflow", "flow-exports"]) {
      for (const name of readdirSync(join(SAMPLES, folder)).filter((file) => file.endsWith(".pcap"))) {
        expect(recogniseFormat(sample(`${folder}/${name}`).subarray(0, HEAD_BYTES))?.name, name).toBe("flow-capture");
      }
    }
    for (const folder of [
      "pcap-scans",
      "pcap-backscatter-dos",
      "pcap-benign-control",
      "pcap-encap",
      "pcap-fragments",
      "pcap-malware",
      "pcapng",
    ]) {
      for (const name of readdirSync(join(SAMPLES, folder)).filter((file) => /\.pcap(ng)?$/.test(file))) {
        expect(recogniseFormat(sample(`${folder}/${name}`).subarray(0, HEAD_BYTES))?.name, name).toMatch(/^pcap(ng)?$/);
      }
    }
  });
});

test.each(INPUTS)("$name: datagrams are read at their packet's time, the rest is counted", ({ bytes }) => {
  const { rows, stats } = decodeWhole(FLOW_CAPTURE, bytes);
  expect(rows.map((row) => [row.time - 1_383_354_000, row.packets, row.action, row.grade])).toEqual(
    [0, 0.125, 0.5].flatMap((time) => [
      [time, 512, 0, 0],
      [time, 1, 2, 0],
      [time, 1, 0, 1],
    ]),
  );
  expect(stats).toMatchObject({ records: 12 + FRAMES.length - 3, unparsed: 0, damage: null });
  expect(Object.fromEntries(stats.skipped)).toEqual({
    "sFlow counters sample": 3,
    "packet that is no flow-export datagram": 2,
    "fragment of a datagram: flow export is read from whole ones": 2,
  });
  expect(Object.fromEntries(stats.lost)).toEqual({ "sFlow datagrams": 1, "sFlow samples": 3 });
});

test("a head is one of flow export where datagrams are more than half of what has ports", () => {
  const flow = ethernet(exported(datagram(1)));
  const other = ethernet(tcpPacket({ source: 1, destination: 2 }, { sourcePort: 1, destinationPort: 2, flags: TCP_SYN }));
  // A name server's query whose number is 5 begins like NetFlow v5.
  const query = ethernet(
    udpPacket(
      { source: 1, destination: 2 },
      { sourcePort: 1, destinationPort: 53, payload: Uint8Array.of(0, 5, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0) },
    ),
  );
  const name = (...frames: readonly Uint8Array[]): readonly string[] =>
    claimants(encodeCapture(frames.map((frame, i) => ({ time: i, frame })))).map((format) => format.name);
  expect(name(flow, other, flow)).toEqual(["flow-capture"]);
  expect(name(flow, other)).toEqual(["pcap"]);
  expect(name(query, query)).toEqual(["pcap"]);
  expect(name()).toEqual(["pcap"]);
});

test("a damaged datagram is a fault on its way to a collector, and nothing anywhere else", () => {
  const damaged = datagram(2).slice(0, 60);
  const elsewhere = udpPacket({ source: 1, destination: 2 }, { sourcePort: 1, destinationPort: 2, payload: damaged });
  const frames = [exported(damaged), exported(datagram(1)), exported(damaged), elsewhere].map((packet, i) => ({
    time: i,
    frame: ethernet(packet),
  }));
  const bytes = encodeCapture(frames);
  const { stats } = decodeWhole(FLOW_CAPTURE, bytes);
  expect(stats.skipped.get("packet that is no flow-export datagram")).toBe(2);
  expect(stats.unparsed).toBe(1);
  const at = encodeCapture(frames.slice(0, 2)).length + 16 + 14 + 20 + 8;
  expect(stats.faults).toMatchObject([{ unit: "octet", at: at + 28 }]);
  expect(decodeWhole(FLOW_CAPTURE, bytes, 50).stats.faults).toEqual(stats.faults);
});

test("a datagram that the capture cut is told", () => {
  const frame = ethernet(exported(datagram(1)));
  const kept = frame.subarray(0, 100);
  const frames = [frame, kept].map((octets, i) => ({ time: i, frame: octets }));
  const bytes = encodeCapture(frames, { littleEndian: true });
  // The last word of a record's header is the length on the wire.
  new DataView(bytes.buffer).setUint32(bytes.length - kept.length - 4, frame.length, true);
  const { stats } = decodeWhole(FLOW_CAPTURE, bytes);
  expect(stats.faults).toMatchObject([{ reason: "flow-export datagram cut by the capture" }]);
});
