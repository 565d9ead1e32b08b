/**
 * Templates as exporters announce them: RFC 3954 §5.2 and §6.1 (NetFlow v9), RFC 7011 §3.4 (IPFIX).
 * A template keeps the octets that announced it, so that a repeated announcement is told by comparing and a saved one is read again
 * by the same parser; its plan is compiled when data for it first comes.
 */
import { Plan, type TemplateField } from "./plan.ts";
import { EXPORT_IPFIX } from "./version.ts";

/** The length that marks a variable-length field (RFC 7011 §7). */
export const VARIABLE_LENGTH = 0xffff;
/** Ids below name sets, not templates. */
export const FIRST_TEMPLATE_ID = 256;
/** Fields of one template that are believed; real ones have up to about 100. */
const MOST_FIELDS = 1024;
/** Longest record that fits in a datagram. */
const MOST_OCTETS = 0xffff;

/** Why a template was refused. */
export const TEMPLATE_CUT = "template longer than its set";
export const TEMPLATE_BAD_ID = "template with an id below 256";
export const TEMPLATE_TOO_MANY_FIELDS = "template of more than 1,024 fields";
export const TEMPLATE_EMPTY = "template of records without octets";
export const TEMPLATE_TOO_LONG = "template of records longer than a datagram";
export const TEMPLATE_BAD_SCOPE = "options template whose scope does not add up";

/** One announced template. */
export class Template {
  readonly id: number;
  readonly options: boolean;
  /** The octets of the template record, from its id on. */
  readonly announced: Uint8Array;
  /** When it was last announced: seconds since 1970 by the receiver's clock. */
  heard: number;
  /** The run of a decoder that heard it. Those of an earlier one must prove themselves: see `fits`. */
  epoch: number;
  readonly #protocol: number;
  #plan: Plan | null = null;

  constructor(protocol: number, id: number, options: boolean, announced: Uint8Array, heard: number, epoch: number) {
    this.#protocol = protocol;
    this.id = id;
    this.options = options;
    this.announced = announced;
    this.heard = heard;
    this.epoch = epoch;
  }

  get plan(): Plan {
    this.#plan ??= new Plan(fieldsOf(this.announced, this.#protocol, this.options), this.options);
    return this.#plan;
  }

  /** Whether this template was announced in these octets. */
  isSame(options: boolean, view: DataView, at: number, end: number): boolean {
    const { announced } = this;
    if (options !== this.options || end - at !== announced.length) return false;
    for (let i = 0; i < announced.length; i++) if (announced[i] !== view.getUint8(at + i)) return false;
    return true;
  }

  /** Whether `octets` of data can be records of this layout: whole ones and at most three octets of padding. */
  fits(octets: number): boolean {
    const { plan } = this;
    if (octets < plan.recordLength) return false;
    return plan.variable || octets % plan.recordLength < 4;
  }
}

/** What {@link TemplateScanner} found at a place. */
export class TemplateScanner {
  id = 0;
  /** Where the next template begins. */
  next = 0;
  /** A template withdrawal (RFC 7011 §8.1): the id, or the set's own id for all of them. */
  withdrawal = false;

  /** Reads the bounds of the template record at `at` of a set that ends at `end`; null, or why it is refused. `next` is then `end`. */
  scan(protocol: number, options: boolean, view: DataView, at: number, end: number): string | null {
    this.next = end;
    this.withdrawal = false;
    if (end - at < 4) return TEMPLATE_CUT;
    this.id = view.getUint16(at);
    const ipfix = protocol === EXPORT_IPFIX;
    let fields = view.getUint16(at + 2);
    if (ipfix && fields === 0) {
      this.withdrawal = true;
      this.next = at + 4;
      return null;
    }
    if (this.id < FIRST_TEMPLATE_ID) return TEMPLATE_BAD_ID;
    let position = at + 4;
    if (options) {
      if (end - at < 6) return TEMPLATE_CUT;
      const second = view.getUint16(at + 4);
      position = at + 6;
      if (ipfix) {
        if (second === 0 || second > fields) return TEMPLATE_BAD_SCOPE;
      } else {
        // NetFlow v9 gives octets of scope and option specifiers, four octets each
        if (fields % 4 !== 0 || second % 4 !== 0) return TEMPLATE_BAD_SCOPE;
        fields = (fields + second) / 4;
      }
    }
    if (fields > MOST_FIELDS) return TEMPLATE_TOO_MANY_FIELDS;
    let octets = 0;
    for (let i = 0; i < fields; i++) {
      if (end - position < 4) return TEMPLATE_CUT;
      const enterprise = ipfix && view.getUint8(position) >= 0x80;
      const length = view.getUint16(position + 2);
      octets += ipfix && length === VARIABLE_LENGTH ? 1 : length;
      position += enterprise ? 8 : 4;
    }
    if (position > end) return TEMPLATE_CUT;
    if (octets === 0) return TEMPLATE_EMPTY;
    if (octets > MOST_OCTETS) return TEMPLATE_TOO_LONG;
    this.next = position;
    return null;
  }
}

/** The fields of a template record that {@link TemplateScanner} let pass. */
function fieldsOf(announced: Uint8Array, protocol: number, options: boolean): TemplateField[] {
  const view = new DataView(announced.buffer, announced.byteOffset, announced.byteLength);
  const ipfix = protocol === EXPORT_IPFIX;
  // NetFlow v9's scope types are numbers of their own (RFC 3954 §6.1), no elements
  const scopes = options && !ipfix ? view.getUint16(2) / 4 : 0;
  const fields: TemplateField[] = [];
  let at = options ? 6 : 4;
  while (at < announced.length) {
    const first = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const ofEnterprise = ipfix && first >= 0x8000;
    fields.push({
      enterprise: ofEnterprise ? view.getUint32(at + 4) : 0,
      element: fields.length < scopes ? 0 : ofEnterprise ? first & 0x7fff : first,
      length: length === VARIABLE_LENGTH && ipfix ? -1 : length,
    });
    at += ofEnterprise ? 8 : 4;
  }
  return fields;
}
