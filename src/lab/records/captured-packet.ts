/** Packets of a capture as far as exporters of records look at them: IPv4 alone, as the simplest of them do. */
import { FLAGS_UNKNOWN, FRAGMENT_LATER, FRAGMENT_NONE, type ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { PROTOCOL_ICMP } from "../../model/protocol.ts";

/** A packet as far as a record of flows tells of it. */
export interface FlowPacket {
  /** Seconds since 1970. */
  readonly time: number;
  /** IPv4 addresses as 32-bit integers. */
  readonly source: number;
  readonly destination: number;
  /** -1 where there are none. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  /** 0 where they were not seen, as exporters write it. */
  readonly tcpFlags: number;
  readonly bytes: number;
  /** ICMP type × 256 + code, or -1. */
  readonly icmp: number;
}

/** What who keeps connections looks at besides. */
export interface CapturedPacket extends FlowPacket {
  /** Octets behind the transport header. */
  readonly payload: number;
  readonly isFragment: boolean;
  readonly isLaterFragment: boolean;
  /** What an ICMP error is about. */
  readonly about: {
    readonly protocol: number;
    readonly sourcePort: number;
    readonly destinationPort: number;
    readonly target: number;
  } | null;
}

/** The IPv4 packets of a batch that a capture was decoded into. */
export function capturedPackets(batch: ObservationBatch): CapturedPacket[] {
  const packets: CapturedPacket[] = [];
  for (let row = 0; row < batch.length; row++) {
    const protocol = batch.protocol[row]!;
    if (batch.family[row] !== 4 || protocol > 255) continue;
    const flags = batch.tcpFlags[row]!;
    const fragment = batch.fragment[row]!;
    packets.push({
      time: batch.time[row]!,
      source: batch.source[row]!,
      destination: batch.destination[row]!,
      sourcePort: batch.sourcePort[row]!,
      destinationPort: batch.destinationPort[row]!,
      protocol,
      tcpFlags: flags === FLAGS_UNKNOWN ? 0 : flags,
      bytes: batch.bytes[row]!,
      icmp: protocol === PROTOCOL_ICMP && fragment !== FRAGMENT_LATER ? batch.icmpType[row]! * 256 + batch.icmpCode[row]! : -1,
      payload: batch.payload[row]!,
      isFragment: fragment !== FRAGMENT_NONE,
      isLaterFragment: fragment === FRAGMENT_LATER,
      about:
        (batch.quirks[row]! & QUIRK_QUOTES_PACKET) === 0
          ? null
          : {
              protocol: batch.quotedProtocol[row]!,
              sourcePort: batch.quotedSourcePort[row]!,
              destinationPort: batch.quotedDestinationPort[row]!,
              target: batch.quotedDestination[row]!,
            },
    });
  }
  return packets;
}
