/** IPFIX messages: the header of RFC 7011 §3.1 and, behind it, sets. */
import { NO_UPTIME, UNITS_UNKNOWN } from "./sequence.ts";
import { TemplateDecoder } from "./template-decoder.ts";
import { EXPORT_IPFIX, type ExportOutput, noteFault, type VersionDecoder } from "./version.ts";

/** Version, length, seconds since 1970, sequence number, observation domain. */
export const IPFIX_HEADER = 16;
export const IPFIX_TEMPLATES = 2;
export const IPFIX_OPTIONS_TEMPLATES = 3;

const CUT = "IPFIX message shorter than its header says";
const LOST = "IPFIX data records";

/** Decodes IPFIX. */
export class IpfixDecoder implements VersionDecoder {
  readonly #output: ExportOutput;
  readonly #decoder: TemplateDecoder;

  constructor(output: ExportOutput) {
    this.#output = output;
    this.#decoder = new TemplateDecoder(output, {
      protocol: EXPORT_IPFIX,
      templates: IPFIX_TEMPLATES,
      optionsTemplates: IPFIX_OPTIONS_TEMPLATES,
    });
  }

  datagram(view: DataView, at: number, end: number, exporter: string, receivedAt: number): void {
    const decoder = this.#decoder;
    const length = end - at < IPFIX_HEADER ? 0 : view.getUint16(at + 2);
    if (length < IPFIX_HEADER || length > end - at) {
      this.#output.stats.records++;
      noteFault(this.#output, CUT, at);
      return;
    }
    decoder.clock.set(view.getUint32(at + 4), NO_UPTIME, receivedAt);
    const domain = decoder.domain(exporter, view.getUint32(at + 12), receivedAt);
    const records = decoder.sets(view, at + IPFIX_HEADER, at + length, exporter, domain, receivedAt);
    // The number is that of the records before this message; softflowd leaves out options data and adds the message's own.
    const flows = records === UNITS_UNKNOWN ? UNITS_UNKNOWN : records - decoder.optionsRecords;
    const lost = domain.sequence.note(view.getUint32(at + 8), records, flows, NO_UPTIME);
    if (lost !== 0) this.#output.stats.lose(LOST, lost);
  }
}
