import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, vlan } from "../../lab/frame.ts";
import { tcpPacket, udpPacket } from "../../lab/packet.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const PACKETS = [
  tcpPacket(ENDS, { sourcePort: 0, destinationPort: 445, flags: 2, options: Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 1, 0) }),
  tcpPacket(ENDS, { sourcePort: 1, destinationPort: 0, flags: 0x18, payload: new Uint8Array(11) }),
  udpPacket(ENDS, { sourcePort: 0, destinationPort: 0, payload: new Uint8Array(8) }),
];
const LINKTYPE_RAW = 101;

function rowsOf(frames: readonly Uint8Array[], linkType: number, snapLength: number): readonly Row[] {
  return decodeWhole(
    PCAP,
    encodeCapture(
      frames.map((frame, i) => ({ time: i, frame })),
      { linkType, snapLength },
    ),
  ).rows;
}

test("the fast path sees what the slow one sees, whatever the header holds and wherever it is cut", () => {
  // Raw IP never takes the fast path, Ethernet with or without a tag does.
  const change = fc.tuple(fc.integer({ min: 1, max: 51 }), fc.integer({ min: 0, max: 255 }));
  const packet = fc.tuple(fc.constantFrom(...PACKETS), fc.array(change, { maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 8 }), fc.integer({ min: 20, max: 80 }), (choices, kept) => {
      const packets = choices.map(([original, changes]) => {
        const copy = original.slice();
        for (const [at, octet] of changes) if (at < copy.length) copy[at] = octet;
        return copy;
      });
      const slow = rowsOf(packets, LINKTYPE_RAW, kept);
      const frames = packets.map((octets) => ethernet(octets));
      expect(rowsOf(frames, 1, kept + 14)).toEqual(slow);
      expect(
        rowsOf(
          frames.map((frame) => vlan(frame, 5)),
          1,
          kept + 18,
        ),
      ).toEqual(slow);
    }),
    { numRuns: 600 },
  );
});
