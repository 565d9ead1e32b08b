/**
 * Sets of NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): templates are kept, data is read by them, and waits where its template is yet
 * to come. `netflow9.ts` and `ipfix.ts` know the headers.
 */
import { FrameDecoder } from "../capture/frames.ts";
import { clampCount, commitRow } from "../record-row.ts";
import { Clock } from "./clock.ts";
import {
  SLOT_FRAME,
  SLOT_FRAME_LENGTH,
  SLOT_FRAME_SIZE,
  SLOT_FRAME_TYPE,
  SLOT_INIT_TIME,
  SLOT_PACKET,
  SLOT_PACKET_LENGTH,
  SLOT_TOTAL_LENGTH,
} from "./elements.ts";
import { FlowRows } from "./flow-row.ts";
import { countNoTemplate, type HeldBack, heldBackOf } from "./held-back.ts";
import { type Plan, USE_FLOW, USE_NOTHING, USE_OPTIONS } from "./plan.ts";
import { RecordReader } from "./record-reader.ts";
import { factorOfValues } from "./sampling.ts";
import { SequenceTracker, UNITS_UNKNOWN } from "./sequence.ts";
import { FIRST_TEMPLATE_ID, Template, TemplateScanner } from "./template.ts";
import { type Domain, type TemplateCache, templateCacheOf } from "./template-cache.ts";
import { type ExportOutput, noteFault } from "./version.ts";

const SET_HEADER = 4;
/** Octets of padding behind a set's last record, at most (RFC 7011 §3.3.1 aligns to eight octets at the widest). */
const MOST_PADDING = 7;
/** Sets of one datagram that are held back; real ones have a few dozen in all, and each costs memory of its own. */
const MOST_HELD = 64;
const LINK_ETHERNET = 1;
const LINK_RAW_IP = 101;
const FRAME_TYPE_ETHERNET = 1;

const SET_TOO_SHORT = "set shorter than its header";
const SET_TOO_LONG = "set longer than its datagram";
const SET_RESERVED = "set with a reserved id";
const RECORD_CUT = "flow record longer than its set";
const OPTIONS = "options data (samplers, the exporter's own counts)";
const FRAME_TYPE = "sampled frame of a link type not decoded";
const NO_FRAME = "sampled packet without octets";

/** What differs between the two protocols. */
export interface SetLayout {
  readonly protocol: number;
  readonly templates: number;
  readonly optionsTemplates: number;
}

/** Reads the sets of datagrams. */
export class TemplateDecoder {
  readonly clock: Clock = new Clock();
  readonly cache: TemplateCache;
  /** Data records of the last datagram that were described by an options template. */
  optionsRecords = 0;
  readonly #output: ExportOutput;
  readonly #layout: SetLayout;
  readonly #reader: RecordReader = new RecordReader();
  readonly #scanner: TemplateScanner = new TemplateScanner();
  readonly #rows: FlowRows;
  readonly #held: HeldBack;
  readonly #frames: FrameDecoder;
  readonly #epoch: number;
  /** Sets of the datagram at hand that were held back. */
  #heldNow = 0;

  constructor(output: ExportOutput, layout: SetLayout) {
    this.#output = output;
    this.#layout = layout;
    this.cache = templateCacheOf(output.memory);
    this.#held = heldBackOf(output.memory);
    this.#epoch = ++this.cache.epoch;
    this.#rows = new FlowRows(output.writer);
    this.#frames = new FrameDecoder(output.writer, output.stats);
  }

  /** The state of the datagram's exporter and observation domain. Sequence numbers of an earlier input say nothing of this one. */
  domain(exporter: string, id: number, receivedAt: number): Domain {
    const domain = this.cache.domain(exporter, this.#layout.protocol, id, receivedAt);
    if (domain.epoch !== this.#epoch) {
      domain.epoch = this.#epoch;
      domain.sequence = new SequenceTracker();
    }
    return domain;
  }

  /**
   * Reads the sets in `[at, end)`, `clock` being set to the datagram's times, and returns how many data records there were, or
   * UNITS_UNKNOWN where some could not be counted.
   */
  sets(view: DataView, start: number, end: number, exporter: string, domain: Domain, receivedAt: number): number {
    const { templates, optionsTemplates } = this.#layout;
    let records = 0;
    this.optionsRecords = 0;
    this.#heldNow = 0;
    let at = start;
    while (end - at >= SET_HEADER) {
      const id = view.getUint16(at);
      const length = view.getUint16(at + 2);
      if (length < SET_HEADER) {
        // Some exporters fill their datagrams up with zeros.
        if (id !== 0 || length !== 0) this.#fault(SET_TOO_SHORT, at);
        break;
      }
      if (length > end - at) {
        this.#fault(SET_TOO_LONG, at);
        records = UNITS_UNKNOWN;
        break;
      }
      const body = at + SET_HEADER;
      const next = at + length;
      if (id >= FIRST_TEMPLATE_ID) {
        const template = this.cache.template(exporter, domain, id, receivedAt);
        if (template === undefined || (template.epoch !== this.#epoch && !template.fits(next - body))) {
          this.#hold(view, body, next, domain, id, exporter === "" ? null : receivedAt);
          records = UNITS_UNKNOWN;
        } else {
          const count = this.#data(view, body, next, domain, template.plan);
          if (records !== UNITS_UNKNOWN) records += count;
          if (template.options) this.optionsRecords += count;
        }
      } else if (id === templates || id === optionsTemplates) {
        this.#templates(view, body, next, exporter, domain, id === optionsTemplates, receivedAt);
      } else this.#fault(SET_RESERVED, at);
      at = next;
    }
    this.#frames.tally();
    return records;
  }

  #fault(reason: string, at: number): void {
    this.#output.stats.records++;
    noteFault(this.#output, reason, at);
  }

  #hold(view: DataView, at: number, end: number, domain: Domain, template: number, receivedAt: number | null): void {
    const { stats, place } = this.#output;
    if (++this.#heldNow > MOST_HELD) {
      countNoTemplate(stats);
      return;
    }
    const octets = new Uint8Array(view.buffer, at, end - at).slice();
    const { exportTime, uptime } = this.clock;
    this.#held.add({ domain, template, octets, exportTime, uptime, receivedAt, stats, place: place + at });
  }

  #templates(view: DataView, start: number, end: number, exporter: string, domain: Domain, options: boolean, receivedAt: number): void {
    const { protocol } = this.#layout;
    const scanner = this.#scanner;
    let at = start;
    // Fewer octets are padding; so are zeros, as no template has the id 0.
    while (end - at >= SET_HEADER && view.getUint16(at) !== 0) {
      const reason = scanner.scan(protocol, options, view, at, end);
      if (reason !== null) {
        this.#fault(reason, at);
        return;
      }
      const { id, next } = scanner;
      if (scanner.withdrawal) {
        if (id === (options ? this.#layout.optionsTemplates : this.#layout.templates)) this.cache.withdrawAll(exporter, domain, options);
        else this.cache.withdraw(exporter, domain, id);
      } else this.#announce(view, at, next, exporter, domain, id, options, receivedAt);
      at = next;
    }
  }

  #announce(
    view: DataView,
    at: number,
    end: number,
    exporter: string,
    domain: Domain,
    id: number,
    options: boolean,
    receivedAt: number,
  ): void {
    const known = domain.templates.get(id);
    if (known?.isSame(options, view, at, end) === true) {
      known.heard = receivedAt;
      known.epoch = this.#epoch;
    } else {
      const announced = new Uint8Array(view.buffer, at, end - at).slice();
      this.cache.announce(exporter, domain, new Template(this.#layout.protocol, id, options, announced, receivedAt, this.#epoch));
    }
    this.#catchUp(domain, id);
  }

  /** Reads what has waited for the template; of an earlier input, what fits it. Records are counted, dated and placed where they stood. */
  #catchUp(domain: Domain, id: number): void {
    const template = domain.templates.get(id);
    if (template === undefined || this.#held.size === 0) return;
    const { clock } = this;
    const output = this.#output;
    const { exportTime, uptime } = clock;
    const { stats, place } = output;
    for (const set of this.#held.take(domain, id, (held) => held.stats === stats || template.fits(held.octets.length))) {
      // No batch holds rows of two inputs: their clocks may be years apart
      if (set.stats !== output.stats) output.writer.flush();
      clock.exportTime = set.exportTime;
      clock.uptime = set.uptime;
      output.stats = set.stats;
      output.place = set.place;
      this.#data(new DataView(set.octets.buffer), 0, set.octets.length, domain, template.plan);
    }
    if (output.stats !== stats) output.writer.flush();
    output.stats = stats;
    output.place = place;
    clock.exportTime = exportTime;
    clock.uptime = uptime;
  }

  /** Reads the records of a data set and returns how many there were. */
  #data(view: DataView, start: number, end: number, domain: Domain, plan: Plan): number {
    const { stats } = this.#output;
    const reader = this.#reader;
    const { recordLength } = plan;
    if (plan.use === USE_NOTHING && !plan.variable) {
      const count = Math.floor((end - start) / recordLength);
      stats.records += count;
      stats.skip(plan.skipReason, count);
      return count;
    }
    reader.clear();
    this.clock.startedAt = domain.startedAt;
    this.#rows.tellsFlags = domain.tellsFlags;
    const general = domain.samplers.factorOf(-1);
    let count = 0;
    let at = start;
    while (end - at >= recordLength) {
      let next = at + recordLength;
      if (plan.variable) {
        if (isPadding(view, at, end)) break;
        next = reader.readVariable(plan, view, at, end);
        if (next < 0) {
          this.#fault(RECORD_CUT, at);
          break;
        }
      } else reader.readFixed(plan, view, at);
      count++;
      this.#record(view, domain, plan, general);
      at = next;
    }
    stats.records += count;
    domain.tellsFlags = this.#rows.tellsFlags;
    return count;
  }

  #record(view: DataView, domain: Domain, plan: Plan, general: number): void {
    const { stats } = this.#output;
    const { values } = this.#reader;
    if (plan.use === USE_OPTIONS) {
      this.#options(domain, plan);
      stats.skip(OPTIONS);
      return;
    }
    if (plan.use === USE_NOTHING) {
      stats.skip(plan.skipReason);
      return;
    }
    let factor = plan.samplerSlot === 0 ? general : domain.samplers.factorOf(values[plan.samplerSlot]!);
    if (plan.hasSampling) factor = factorOfValues(values) || factor;
    const reason = plan.use === USE_FLOW ? this.#flow(plan, values, factor) : this.#packet(view, plan, values, factor);
    if (reason !== null) stats.skip(reason);
    else if (factor > 1) stats.noteSampling(factor);
  }

  #flow(plan: Plan, values: Float64Array, factor: number): string | null {
    const { startedAt } = this.clock;
    if (values[SLOT_INIT_TIME]! > 0) this.clock.startedAt = values[SLOT_INIT_TIME]! / 1000;
    const reason = this.#rows.write(plan, this.#reader, this.clock, factor);
    this.clock.startedAt = startedAt;
    return reason;
  }

  /** A record of one sampled packet: its own octets tell more than the fields beside them. */
  #packet(view: DataView, plan: Plan, values: Float64Array, factor: number): string | null {
    const isFrame = values[SLOT_FRAME_LENGTH]! > 0;
    const at = values[isFrame ? SLOT_FRAME : SLOT_PACKET]!;
    const held = values[isFrame ? SLOT_FRAME_LENGTH : SLOT_PACKET_LENGTH]!;
    if (held === 0) return NO_FRAME;
    const type = values[SLOT_FRAME_TYPE]!;
    if (isFrame && type !== 0 && type !== FRAME_TYPE_ETHERNET) return FRAME_TYPE;
    const size = values[isFrame ? SLOT_FRAME_SIZE : SLOT_TOTAL_LENGTH]!;
    const row = this.#frames.decodeOne(view, isFrame ? LINK_ETHERNET : LINK_RAW_IP, at, held, Math.max(size, held));
    // Its own reason has been counted.
    if (row < 0) return null;
    const { batch } = this.#output.writer;
    const { clock } = this;
    const start = clock.timeOf(plan.startKind, values[plan.startSlot]!);
    batch.time[row] = start > 0 ? start : clock.exportTime;
    batch.packets[row] = clampCount(factor);
    batch.bytes[row] = clampCount(batch.bytes[row]! * factor);
    batch.payload[row] = clampCount(batch.payload[row]! * factor);
    commitRow(this.#output.writer);
    return null;
  }

  #options(domain: Domain, plan: Plan): void {
    const { values } = this.#reader;
    if (values[SLOT_INIT_TIME]! > 0) domain.startedAt = values[SLOT_INIT_TIME]! / 1000;
    if (!plan.hasSampling) return;
    const factor = factorOfValues(values);
    if (factor > 0) domain.samplers.set(plan.samplerSlot === 0 ? -1 : values[plan.samplerSlot]!, factor);
  }
}

/** Whether what is left of a set is padding: few octets, all zero. */
function isPadding(view: DataView, at: number, end: number): boolean {
  if (end - at > MOST_PADDING) return false;
  for (let i = at; i < end; i++) if (view.getUint8(i) !== 0) return false;
  return true;
}
