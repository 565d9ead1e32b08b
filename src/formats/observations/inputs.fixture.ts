/** A file of observations, made from packets of all kinds. */
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, gre, vxlan } from "../../lab/frame.ts";
import { fragmentIPv4, icmpError, icmpPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { PCAP } from "../capture/pcap.ts";
import type { FormatInput } from "../conformance.fixture.ts";
import { decodeBytes } from "../decode-bytes.ts";
import { ObservationWriter } from "../format.ts";
import { OBSERVATIONS } from "./observations.ts";
import { ObservationsWriter } from "./writer.ts";

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const ENDS6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const SYN = { sourcePort: 0, destinationPort: 445, flags: TCP_SYN, options: Uint8Array.of(2, 4, 5, 0xb4) };
const FRAMES = [
  ethernet(tcpPacket(ENDS, SYN)),
  ethernet(tcpPacket(ENDS6, SYN)),
  ethernet(icmpError(ENDS, 3, 3, udpPacket(ENDS, { sourcePort: 1, destinationPort: 0 }))),
  ethernet(icmpPacket(ENDS6, 128, 0, 1)),
  ...fragmentIPv4(udpPacket(ENDS, { sourcePort: 5, destinationPort: 0, payload: new Uint8Array(90) }), 64).map((part) => ethernet(part)),
  ethernet(gre(ENDS, tcpPacket(ENDS6, SYN))),
  ethernet(vxlan(ENDS, 40_000, 7, ethernet(tcpPacket(ENDS, SYN)))),
];

/** A capture of those packets. */
export const CAPTURE: Uint8Array = encodeCapture(FRAMES.map((frame, i) => ({ time: 1_383_354_000 + i / 8, frame })));

function convert(capture: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const converted = new ObservationsWriter((octets) => parts.push(octets.slice()), { createdBy: "a test", isAnonymised: false });
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    converted.write(batch);
    batch.length = 0;
    return batch;
  });
  decodeBytes(capture, writer, PCAP);
  converted.finish();
  return new Uint8Array(Buffer.concat(parts));
}

export const INPUTS: readonly FormatInput[] = [{ name: "observations", format: OBSERVATIONS, bytes: convert(CAPTURE) }];
