/** NetFlow v9 datagrams: the header of RFC 3954 §5.1 and, behind it, sets. */
import { TemplateDecoder } from "./template-decoder.ts";
import { EXPORT_NETFLOW_9, type ExportOutput, noteFault, type VersionDecoder } from "./version.ts";

/** Version, records, uptime (ms), seconds since 1970, sequence number, source id. */
export const NETFLOW_9_HEADER = 20;
export const NETFLOW_9_TEMPLATES = 0;
export const NETFLOW_9_OPTIONS_TEMPLATES = 1;

const CUT = "NetFlow v9 datagram shorter than its header";
const LOST = "NetFlow v9 datagrams";

/** Decodes NetFlow v9. */
export class NetFlow9Decoder implements VersionDecoder {
  readonly #output: ExportOutput;
  readonly #decoder: TemplateDecoder;

  constructor(output: ExportOutput) {
    this.#output = output;
    this.#decoder = new TemplateDecoder(output, {
      protocol: EXPORT_NETFLOW_9,
      templates: NETFLOW_9_TEMPLATES,
      optionsTemplates: NETFLOW_9_OPTIONS_TEMPLATES,
    });
  }

  datagram(view: DataView, at: number, end: number, exporter: string, receivedAt: number): void {
    const decoder = this.#decoder;
    if (end - at < NETFLOW_9_HEADER) {
      this.#output.stats.records++;
      noteFault(this.#output, CUT, at);
      return;
    }
    const count = view.getUint16(at + 2);
    const uptime = view.getUint32(at + 4);
    decoder.clock.set(view.getUint32(at + 8), uptime, receivedAt);
    const domain = decoder.domain(exporter, view.getUint32(at + 16), receivedAt);
    // The number counts datagrams; some exporters count records all the same.
    const lost = domain.sequence.note(view.getUint32(at + 12), 1, count, uptime);
    if (lost !== 0) this.#output.stats.lose(LOST, lost);
    decoder.sets(view, at + NETFLOW_9_HEADER, end, exporter, domain, receivedAt);
  }
}
