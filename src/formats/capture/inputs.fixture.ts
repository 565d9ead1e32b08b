/** Captures that hold one of each kind of packet, made by us, for the laws that every format obeys. */
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, gre, vlan, vxlan } from "../../lab/frame.ts";
import { fragmentIPv4, icmpError, icmpPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import type { FormatInput } from "../conformance.fixture.ts";
import { PCAP } from "./pcap.ts";
import { PCAPNG } from "./pcapng.ts";

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const ENDS6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const SYN = { sourcePort: 0, destinationPort: 445, flags: TCP_SYN, options: Uint8Array.of(2, 4, 5, 0xb4) };
/** Packets of every input, in order. */
export const PACKETS = [
  ethernet(tcpPacket(ENDS, SYN)),
  ethernet(tcpPacket(ENDS6, SYN)),
  vlan(ethernet(udpPacket(ENDS, { sourcePort: 0, destinationPort: 53, payload: new Uint8Array(7) })), 105),
  ethernet(icmpError(ENDS, 3, 3, udpPacket(ENDS, { sourcePort: 1, destinationPort: 0 }))),
  ethernet(icmpPacket(ENDS6, 128, 0, 1)),
  ethernet(gre(ENDS, tcpPacket(ENDS6, SYN))),
  ethernet(vxlan(ENDS, 40_000, 7, ethernet(tcpPacket(ENDS, SYN)))),
  ...fragmentIPv4(udpPacket(ENDS, { sourcePort: 5, destinationPort: 0, payload: new Uint8Array(90) }), 64).map((fragment) =>
    ethernet(fragment),
  ),
].map((frame, i) => ({ time: 1_383_354_000 + i / 8, frame }));

export interface CaptureInput extends FormatInput {
  /** Where one may cut without damage, each with the records before it. */
  readonly boundaries: ReadonlyMap<number, number>;
}

/** One small input of each format in each byte order. */
export const INPUTS: readonly CaptureInput[] = [true, false].flatMap((littleEndian) =>
  (["pcap", "pcapng"] as const).map((format) => ({
    name: `${format}, ${littleEndian ? "little-endian" : "big-endian"}`,
    format: format === "pcap" ? PCAP : PCAPNG,
    bytes: encodeCapture(PACKETS, { format, littleEndian }),
    boundaries: new Map([
      ...PACKETS.map((_, i): [number, number] => [encodeCapture(PACKETS.slice(0, i), { format, littleEndian }).length, i]),
      [encodeCapture(PACKETS, { format, littleEndian }).length, PACKETS.length] as [number, number],
      // A pcapng section may end before its first interface.
      ...(format === "pcapng" ? [[28, 0] as [number, number]] : []),
    ]),
  })),
);
