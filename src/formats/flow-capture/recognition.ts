/** Whether a capture is one of flow export, judged by the packets in its head. */
import { FRAGMENT_NONE, NO_PORT, ObservationBatch } from "../../model/observation.ts";
import { type FrameConsumer, FrameDecoder } from "../capture/frames.ts";
import { PCAP, PcapDecoder } from "../capture/pcap.ts";
import { PCAPNG, PcapngDecoder } from "../capture/pcapng.ts";
import { FrameRun } from "../capture/plain-frames.ts";
import { isExportDatagram } from "../flow-export/plausible.ts";
import { DecodeStats, ObservationWriter } from "../format.ts";

/**
 * Whether `head` begins a capture whose packets are flow-export datagrams for the most part: more of them than of other TCP and UDP. A
 * capture of ordinary traffic in which some datagrams pass by stays one of packets.
 */
export function carriesFlows(head: Uint8Array): boolean {
  const pcapng = PCAPNG.recognises(head);
  if (!pcapng && !PCAP.recognises(head)) return false;
  const count = new FlowCount();
  const stats = new DecodeStats();
  const container = pcapng ? new PcapngDecoder(stats, count) : new PcapDecoder(stats, count);
  container.push(head, 0, head.length);
  return count.flows > count.others;
}

/** Counts frames that carry a sound flow-export datagram, and other whole packets with ports. */
class FlowCount implements FrameConsumer {
  readonly run: FrameRun = new FrameRun();
  flows = 0;
  others = 0;
  readonly #batch: ObservationBatch = new ObservationBatch(1);
  readonly #packets: FrameDecoder = new FrameDecoder(new ObservationWriter(this.#batch, (batch) => batch), new DecodeStats());

  decode(view: DataView): void {
    const { run } = this;
    for (let i = 0; i < run.length; i++) {
      const row = this.#packets.decodeOne(view, run.linkType[i]!, run.at[i]!, run.captured[i]!, run.wire[i]!);
      if (row < 0) continue;
      const at = this.#packets.udpPayload();
      if (at >= 0 && isExportDatagram(view, at, this.#packets.payloadEnd)) this.flows++;
      else if (this.#batch.fragment[row] === FRAGMENT_NONE && this.#batch.sourcePort[row] !== NO_PORT) this.others++;
    }
    run.length = 0;
  }

  tally(): void {}
}
