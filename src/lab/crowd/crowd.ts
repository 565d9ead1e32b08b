/** Crowds: sources by the hundred thousand, as rows of observations with known truth; as captures they would be too much for a benchmark. */
import { FRAGMENT_NONE, NO_PORT, ObservationBatch, QUIRK_DONT_FRAGMENT, RECORD_PACKET } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_SYN } from "../../model/protocol.ts";
import type { Random } from "../random.ts";

/** One packet. What is left out is a plain SYN's. */
export interface CrowdPacket {
  readonly time: number;
  readonly source: number;
  readonly destination: number;
  readonly port: number;
  readonly sourcePort: number;
  readonly ttl: number;
  readonly udp?: boolean;
  readonly flags?: number;
  readonly sequence?: number;
  readonly window?: number;
  readonly options?: number;
  readonly ipId?: number;
  readonly payload?: number;
  readonly dontFragment?: boolean;
}

/** How a source makes its packets: all but whom, when and which port. */
export type Dress = (target: number, port: number) => Omit<CrowdPacket, "time" | "source" | "destination" | "port">;

export interface CrowdSite {
  /** The defended network's first address and how many there are. */
  readonly first: number;
  readonly size: number;
  /** Hosts that serve on 80 and 443. */
  readonly servers: readonly number[];
}

export interface PlantedCampaign {
  readonly name: string;
  readonly members: readonly number[];
}

export interface Crowd {
  readonly random: Random;
  readonly site: CrowdSite;
  /** Seconds since 1970, and seconds. */
  readonly start: number;
  readonly span: number;
  readonly packets: CrowdPacket[];
  /** Sources in use: nobody has two roles. */
  readonly used: Set<number>;
}

/** The packets in order of time, in batches; the batch is used again after each. */
export function* batchesOf({ packets }: Crowd): Generator<ObservationBatch> {
  const batch = new ObservationBatch();
  packets.sort((a, b) => a.time - b.time);
  for (const packet of packets) {
    fill(batch, packet);
    if (batch.length < batch.capacity) continue;
    yield batch;
    batch.length = 0;
  }
  if (batch.length > 0) yield batch;
}

function fill(batch: ObservationBatch, packet: CrowdPacket): void {
  const at = batch.length++;
  const udp = packet.udp ?? false;
  batch.time[at] = packet.time;
  batch.source[at] = packet.source;
  batch.destination[at] = packet.destination;
  batch.sourcePort[at] = packet.sourcePort;
  batch.destinationPort[at] = packet.port;
  batch.sequence[at] = packet.sequence ?? 0;
  batch.acknowledgement[at] = 0;
  batch.optionsHash[at] = 0;
  batch.bytes[at] = 40 + (packet.payload ?? 0);
  batch.payload[at] = packet.payload ?? 0;
  batch.packets[at] = 1;
  batch.quotedSourcePort[at] = NO_PORT;
  batch.quotedDestinationPort[at] = NO_PORT;
  batch.duration[at] = 0;
  batch.protocol[at] = udp ? PROTOCOL_UDP : PROTOCOL_TCP;
  batch.tcpFlags[at] = udp ? 0 : (packet.flags ?? TCP_SYN);
  batch.window[at] = packet.window ?? 0;
  batch.mss[at] = (packet.options ?? 0) & 1 ? 1460 : 0;
  batch.ipId[at] = packet.ipId ?? 0;
  batch.quirks[at] = packet.dontFragment === true ? QUIRK_DONT_FRAGMENT : 0;
  batch.urgent[at] = 0;
  batch.family[at] = 4;
  batch.fragment[at] = FRAGMENT_NONE;
  batch.grade[at] = 0;
  batch.ttl[at] = packet.ttl;
  batch.options[at] = packet.options ?? 0;
  batch.tunnels[at] = 0;
  batch.tos[at] = 0;
  batch.record[at] = RECORD_PACKET;
  batch.action[at] = 0;
}
