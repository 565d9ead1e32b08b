/** Captures of sFlow on its way to a collector, of either container, with something else in between, for the laws that every format obeys. */
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, vlan } from "../../lab/frame.ts";
import { fragmentIPv4, icmpPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import type { FormatInput } from "../conformance.fixture.ts";
import { countersSample, discardedSample, flowSample, ipv4Fields, rawHeader, sflowDatagram } from "../flow-export/sflow.fixture.ts";
import { FLOW_CAPTURE } from "./flow-capture.ts";

const SEEN = { source: 0xc0000201, destination: 0xc6336402 };
const SYN = tcpPacket(SEEN, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN });
const FROM_EXPORTER = { source: 0x0a000001, destination: 0x0a000002 };
const FROM_EXPORTER6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;

/** The packet in which an exporter sends a datagram. */
export function exported(datagram: Uint8Array, ip: typeof FROM_EXPORTER | typeof FROM_EXPORTER6 = FROM_EXPORTER): Uint8Array {
  return udpPacket(ip, { sourcePort: 40_000, destinationPort: 6343, payload: datagram });
}

/** The `number`th datagram of an agent: a probe sampled, a packet dropped, fields without a header, counters. */
export function datagram(number: number): Uint8Array {
  return sflowDatagram({ sequence: number }, [
    flowSample({ sequence: number, rate: 512 }, [rawHeader(ethernet(SYN))]),
    discardedSample({ sequence: number }, 258, [rawHeader(ethernet(SYN))]),
    flowSample({ sequence: number, source: 9 }, [ipv4Fields(60, 6, 0xc0000201, 0xc6336402, 0, 80, TCP_SYN, 0)]),
    countersSample(number),
  ]);
}

/** What the captures hold, in order: four datagrams (9 samples with a packet of 12 read), and what is none of them. */
export const FRAMES = [
  ethernet(exported(datagram(1))),
  vlan(ethernet(exported(datagram(2), FROM_EXPORTER6)), 7),
  ethernet(SYN),
  ethernet(icmpPacket(FROM_EXPORTER, 8, 0, 1)),
  ethernet(exported(datagram(4))),
  ...fragmentIPv4(exported(datagram(5)), 200).map((fragment) => ethernet(fragment)),
].map((frame, i) => ({ time: 1_383_354_000 + i / 8, frame }));

export const INPUTS: readonly FormatInput[] = (["pcap", "pcapng"] as const).map((format) => ({
  name: `flow-capture, ${format}`,
  format: FLOW_CAPTURE,
  bytes: encodeCapture(FRAMES, { format, littleEndian: format === "pcap" }),
}));
