/**
 * NetFlow v1, v5 and v7, whose records have one layout each: read by plans as if a template had announced it.
 * Sources: Cisco, "NetFlow Export Datagram Format" (NetFlow FlowCollector Installation and User Guide, tables B-1 to B-6); cflowd's v5.
 */
import { Clock } from "./clock.ts";
import { FlowRows } from "./flow-row.ts";
import { Plan, type TemplateField } from "./plan.ts";
import { RecordReader } from "./record-reader.ts";
import { factorOfHeader5 } from "./sampling.ts";
import { SequenceTracker, UNITS_UNKNOWN } from "./sequence.ts";
import { type TemplateCache, templateCacheOf } from "./template-cache.ts";
import { EXPORT_NETFLOW_1, EXPORT_NETFLOW_5, EXPORT_NETFLOW_7, type ExportOutput, noteFault, type VersionDecoder } from "./version.ts";

/** Elements by IANA's numbers; 0 is what no row needs. */
const PASSED_OVER = 0;
/** Addresses, next hop, interfaces, packets, octets, first and last uptime, ports: the same in all three. */
const COMMON: readonly (readonly [element: number, length: number])[] = [
  [8, 4],
  [12, 4],
  [PASSED_OVER, 8],
  [2, 4],
  [1, 4],
  [22, 4],
  [21, 4],
  [7, 2],
  [11, 2],
];

interface FixedVersion {
  readonly version: number;
  readonly header: number;
  readonly record: number;
  readonly plan: Plan;
  readonly cut: string;
  readonly lost: string;
}

function fixedVersion(version: number, header: number, rest: readonly (readonly [element: number, length: number])[]): FixedVersion {
  const fields = [...COMMON, ...rest].map(([element, length]): TemplateField => ({ enterprise: 0, element, length }));
  const plan = new Plan(fields, false);
  return {
    version,
    header,
    record: plan.recordLength,
    plan,
    cut: `NetFlow v${version} datagram shorter than its records`,
    lost: `NetFlow v${version} records`,
  };
}

/** Version, records, uptime (ms), seconds and nanoseconds since 1970. Behind the ports: padding, protocol, type of service, flags, rest. */
export const NETFLOW_1: FixedVersion = fixedVersion(EXPORT_NETFLOW_1, 16, [
  [PASSED_OVER, 2],
  [4, 1],
  [5, 1],
  [6, 1],
  [PASSED_OVER, 11],
]);
/** The same, then sequence number, engine type and id, sampling. Behind the ports: padding, flags, protocol, type of service, systems, masks. */
export const NETFLOW_5: FixedVersion = fixedVersion(EXPORT_NETFLOW_5, 24, [
  [PASSED_OVER, 1],
  [6, 1],
  [4, 1],
  [5, 1],
  [PASSED_OVER, 8],
]);
/** The same without engine and sampling. The octet before the TCP flags says which fields are valid, and the router's address comes last. */
export const NETFLOW_7: FixedVersion = fixedVersion(EXPORT_NETFLOW_7, 24, [
  [PASSED_OVER, 1],
  [6, 1],
  [4, 1],
  [5, 1],
  [PASSED_OVER, 12],
]);

/** Decodes the datagrams of one version with records of fixed layout. */
export class FixedDecoder implements VersionDecoder {
  readonly #output: ExportOutput;
  readonly #layout: FixedVersion;
  readonly #cache: TemplateCache;
  readonly #epoch: number;
  readonly #reader: RecordReader = new RecordReader();
  readonly #clock: Clock = new Clock();
  readonly #rows: FlowRows;

  constructor(output: ExportOutput, layout: FixedVersion) {
    this.#output = output;
    this.#layout = layout;
    this.#cache = templateCacheOf(output.memory);
    this.#epoch = ++this.#cache.epoch;
    this.#rows = new FlowRows(output.writer);
  }

  datagram(view: DataView, at: number, end: number, exporter: string, receivedAt: number): void {
    const { stats } = this.#output;
    const { version, header, record, plan, cut, lost: unit } = this.#layout;
    const count = end - at < header ? 0xffff : view.getUint16(at + 2);
    if (end - at < header + count * record) {
      stats.records++;
      noteFault(this.#output, cut, at);
      return;
    }
    const uptime = view.getUint32(at + 4);
    this.#clock.set(view.getUint32(at + 8) + view.getUint32(at + 12) / 1e9, uptime, receivedAt);
    const hasEngine = version === EXPORT_NETFLOW_5;
    const domain = this.#cache.domain(exporter, version, hasEngine ? view.getUint16(at + 20) : 0, receivedAt);
    if (domain.epoch !== this.#epoch) {
      domain.epoch = this.#epoch;
      domain.sequence = new SequenceTracker();
    }
    if (version !== EXPORT_NETFLOW_1) {
      const lost = domain.sequence.note(view.getUint32(at + 16), count, UNITS_UNKNOWN, uptime);
      if (lost !== 0) stats.lose(unit, lost);
    }
    const factor = hasEngine ? factorOfHeader5(view.getUint16(at + 22)) : 1;
    const reader = this.#reader;
    const rows = this.#rows;
    reader.clear();
    rows.tellsFlags = domain.tellsFlags;
    stats.records += count;
    let place = at + header;
    for (let i = 0; i < count; i++) {
      reader.readFixed(plan, view, place);
      const reason = rows.write(plan, reader, this.#clock, factor);
      if (reason !== null) stats.skip(reason);
      else if (factor > 1) stats.noteSampling(factor);
      place += record;
    }
    domain.tellsFlags = rows.tellsFlags;
  }
}
