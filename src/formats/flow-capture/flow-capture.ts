/**
 * Flow-export datagrams (NetFlow, IPFIX, sFlow) inside a capture of what went to a collector: each is read as if it had just come, from
 * the packet's source and at the packet's time. What else the capture holds is counted and passed over.
 */
import { type DecodeContext, type Decoder, DecodeStats, type Format, type ObservationWriter } from "../format.ts";
import { PCAP, PcapDecoder } from "../capture/pcap.ts";
import { PCAPNG, PcapngDecoder } from "../capture/pcapng.ts";
import { FlowFrames } from "./flow-frames.ts";
import { carriesFlows } from "./recognition.ts";

/** The first word of a pcapng section, in either byte order. */
const PCAPNG_SECTION = 0x0a0d0d0a;

/** Captures of flow-export datagrams. */
export const FLOW_CAPTURE: Format = {
  name: "flow-capture",
  title: "NetFlow, IPFIX or sFlow datagrams in a capture",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: Math.max(PCAP.maxRecord, PCAPNG.maxRecord),
  refines: [PCAP, PCAPNG],
  recognises: carriesFlows,
  decoder: (writer, context) => new FlowCaptureDecoder(writer, context),
};

class FlowCaptureDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #frames: FlowFrames;
  #container: Decoder | null = null;

  constructor(writer: ObservationWriter, context: DecodeContext) {
    this.#frames = new FlowFrames(writer, this.stats, context.memory);
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.#container === null) {
      if (end - start < 4) return 0;
      this.#container = this.#open(new DataView(bytes.buffer, bytes.byteOffset + start).getUint32(0));
    }
    return this.#container.push(bytes, start, end);
  }

  end(bytes: Uint8Array, start: number, end: number): void {
    (this.#container ?? this.#open(0)).end(bytes, start, end);
  }

  #open(word: number): Decoder {
    return word === PCAPNG_SECTION ? new PcapngDecoder(this.stats, this.#frames) : new PcapDecoder(this.stats, this.#frames);
  }
}
