/**
 * ICMP as pf's filterlog prints it. Three layouts: pfSense's words, each with fields of its own (print-icmp.c); OPNsense's
 * `datalength=64` alone; and since 2026 OPNsense's `datalength=64,echoreq,0,37728,1,` with the keywords of pf.conf(5).
 * pfSense prints nothing for ICMPv6.
 */
import { ICMP_TYPE_UNKNOWN, NO_PORT, type ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import { AddressField } from "../text/address-field.ts";
import { ascii, parseInteger, startsWith } from "../text/fields.ts";
import { protocolNamed } from "../text/protocol-words.ts";
import { WordTable } from "../text/word-table.ts";
import type { FilterlogFields } from "./filterlog-fields.ts";

const HEADER = 8;
const ICMP_UNREACHABLE = 3;
const CODE_PROTOCOL = 2;
const CODE_PORT = 3;

const DATA_LENGTH = ascii("datalength=");
const UNKNOWN = ascii("unknown(");

/** pfSense: type * 256 + code. Where the code stands in words further on it is read from there. */
const WORDS = new WordTable([
  ["request", 8 << 8],
  ["reply", 0],
  ["unreachproto", (ICMP_UNREACHABLE << 8) | CODE_PROTOCOL],
  ["unreachport", (ICMP_UNREACHABLE << 8) | CODE_PORT],
  ["needfrag", (ICMP_UNREACHABLE << 8) | 4],
  ["unreach", ICMP_UNREACHABLE << 8],
  ["redirect", 5 << 8],
  ["timexceed", 11 << 8],
  ["paramprob", 12 << 8],
  ["tstamp", 13 << 8],
  ["tstampreply", 14 << 8],
  ["maskreply", 18 << 8],
]);

/** pfSense's other types, with the length of the message right behind: `source quench64`. */
const PHRASES: readonly { readonly text: Uint8Array; readonly type: number }[] = [
  { text: ascii("source quench"), type: 4 },
  { text: ascii("routeradv"), type: 9 },
  { text: ascii("router solicitation"), type: 10 },
  { text: ascii("information request"), type: 15 },
  { text: ascii("information reply"), type: 16 },
  { text: ascii("address mask request"), type: 17 },
];

/** What stands behind `host 192.0.2.1 unreachable`, and the code where `net` and where `host` stands before it. */
const UNREACHABLE: readonly { readonly text: Uint8Array; readonly net: number; readonly host: number }[] = [
  { text: ascii(" - source route failed"), net: 5, host: 5 },
  { text: ascii(" - unknown"), net: 6, host: 7 },
  { text: ascii(" - source host isolated"), net: 8, host: 8 },
  { text: ascii(" - admin prohibited filter"), net: 13, host: 13 },
  { text: ascii(" - admin prohibited"), net: 9, host: 10 },
  { text: ascii(" - tos prohibited"), net: 11, host: 12 },
  { text: ascii(" - host precedence violation"), net: 14, host: 14 },
  { text: ascii(" - precedence cutoff"), net: 15, host: 15 },
];
const UNREACHABLE_WORD = ascii(" unreachable");
const LETTER_N = 110;

/** Keywords of pf.conf(5) for types of ICMP and of ICMPv6. */
const TYPES4 = new WordTable([
  ["echorep", 0],
  ["unreach", 3],
  ["squench", 4],
  ["redir", 5],
  ["althost", 6],
  ["echoreq", 8],
  ["routeradv", 9],
  ["routersol", 10],
  ["timex", 11],
  ["paramprob", 12],
  ["timereq", 13],
  ["timerep", 14],
  ["inforeq", 15],
  ["inforep", 16],
  ["maskreq", 17],
  ["maskrep", 18],
  ["trace", 30],
  ["dataconv", 31],
  ["mobredir", 32],
  ["ipv6-where", 33],
  ["ipv6-here", 34],
  ["mobregreq", 35],
  ["mobregrep", 36],
  ["skip", 39],
  ["photuris", 40],
]);
const TYPES6 = new WordTable([
  ["unreach", 1],
  ["toobig", 2],
  ["timex", 3],
  ["paramprob", 4],
  ["echoreq", 128],
  ["echorep", 129],
  ["listqry", 130],
  ["listenrep", 131],
  ["listendone", 132],
  ["routersol", 133],
  ["routeradv", 134],
  ["neighbrsol", 135],
  ["neighbradv", 136],
  ["redir", 137],
  ["routrrenum", 138],
  ["niqry", 139],
  ["nirep", 140],
  ["listenrepv2", 143],
  ["mtraceresp", 200],
  ["mtrace", 201],
]);
/** Their codes: no keyword stands for two codes of one family. */
const CODES4 = new WordTable([
  ["net-unr", 0],
  ["host-unr", 1],
  ["proto-unr", 2],
  ["port-unr", 3],
  ["needfrag", 4],
  ["srcfail", 5],
  ["net-unk", 6],
  ["host-unk", 7],
  ["isolate", 8],
  ["net-prohib", 9],
  ["host-prohib", 10],
  ["net-tos", 11],
  ["host-tos", 12],
  ["filter-prohib", 13],
  ["host-preced", 14],
  ["cutoff-preced", 15],
  ["redir-net", 0],
  ["redir-host", 1],
  ["redir-tos-net", 2],
  ["redir-tos-host", 3],
  ["normal-adv", 0],
  ["common-adv", 16],
  ["transit", 0],
  ["reassemb", 1],
  ["badhead", 0],
  ["optmiss", 1],
  ["badlen", 2],
  ["unknown-ind", 1],
  ["auth-fail", 2],
  ["decrypt-fail", 3],
]);
const CODES6 = new WordTable([
  ["noroute-unr", 0],
  ["admin-unr", 1],
  ["beyond-unr", 2],
  ["addr-unr", 3],
  ["port-unr", 4],
  ["transit", 0],
  ["reassemb", 1],
  ["badhead", 0],
  ["nxthdr", 1],
  ["redironlink", 0],
  ["redirrouter", 1],
]);

/** Reads the ICMP part of a line into a row whose IP columns are set. */
export class FilterlogIcmp {
  readonly #address: AddressField = new AddressField();

  /** @param at first field behind the addresses; @param room octets behind the IP header, which pfSense prints again, glued to the last. */
  read(fields: FilterlogFields, at: number, batch: ObservationBatch, row: number, room: number): void {
    batch.payload[row] = room > HEADER ? room - HEADER : 0;
    batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
    if (fields.first(at) === 0) return;
    if (fields.startsWith(at, DATA_LENGTH)) this.#keywords(fields, at + 1, batch, row);
    else this.#words(fields, at, batch, row, room);
  }

  /** OPNsense: type, code, identifier, sequence number, MTU. */
  #keywords(fields: FilterlogFields, at: number, batch: ObservationBatch, row: number): void {
    if (fields.first(at) === 0) return;
    const { bytes } = fields;
    const six = batch.family[row] === 6;
    let type = (six ? TYPES6 : TYPES4).find(bytes, fields.start(at), fields.end(at));
    if (type < 0 && fields.startsWith(at, UNKNOWN)) type = parseInteger(bytes, fields.start(at) + UNKNOWN.length, fields.end(at) - 1);
    if (type < 0 || type > 255) return;
    batch.icmpType[row] = type;
    if (fields.first(at + 1) === 0) return;
    let code = fields.integer(at + 1);
    if (code < 0) code = (six ? CODES6 : CODES4).find(bytes, fields.start(at + 1), fields.end(at + 1));
    if (code >= 0 && code <= 255) batch.icmpCode[row] = code;
    const id = fields.integer(at + 2);
    const sequence = fields.integer(at + 3);
    if (id >= 0 && id <= 0xffff && sequence >= 0 && sequence <= 0xffff) batch.sequence[row] = ((id << 16) | sequence) >>> 0;
  }

  #words(fields: FilterlogFields, at: number, batch: ObservationBatch, row: number, room: number): void {
    const known = WORDS.find(fields.bytes, fields.start(at), fields.end(at));
    if (known < 0) {
      for (const { text, type } of PHRASES) if (fields.startsWith(at, text)) batch.icmpType[row] = type;
      return;
    }
    const type = known >>> 8;
    batch.icmpType[row] = type;
    batch.icmpCode[row] = known & 0xff;
    if (type === 8 || type === 0 || type === 13) {
      const id = fields.integer(at + 1);
      const sequence = this.#glued(fields, at + 2, room);
      if (id >= 0 && id <= 0xffff && sequence >= 0 && sequence <= 0xffff) batch.sequence[row] = ((id << 16) | sequence) >>> 0;
    } else if (type === ICMP_UNREACHABLE && known !== ICMP_UNREACHABLE << 8) this.#quote(fields, at + 1, batch, row, known & 0xff, room);
    else if (type === ICMP_UNREACHABLE) batch.icmpCode[row] = unreachableCode(fields, at + 1);
  }

  /** `192.0.2.1,UDP,53` behind unreachport, `192.0.2.1,47` behind unreachproto: whom the error is about. */
  #quote(fields: FilterlogFields, at: number, batch: ObservationBatch, row: number, code: number, room: number): void {
    if ((code !== CODE_PORT && code !== CODE_PROTOCOL) || fields.count <= at + 1) return;
    if (!this.#address.read(fields.bytes, fields.start(at), fields.end(at)) || this.#address.family !== batch.family[row]) return;
    let protocol = protocolNamed(fields.bytes, fields.start(at + 1), fields.end(at + 1));
    if (protocol < 0) protocol = code === CODE_PORT ? fields.integer(at + 1) : this.#glued(fields, at + 1, room);
    const port = code === CODE_PORT ? this.#glued(fields, at + 2, room) : NO_PORT;
    if (protocol < 0 || protocol > 255 || port > 0xffff || (code === CODE_PORT && port < 0)) return;
    this.#address.asQuoted(batch, row);
    batch.quotedProtocol[row] = protocol;
    // The source port of the quoted packet is not told
    batch.quotedSourcePort[row] = NO_PORT;
    batch.quotedDestinationPort[row] = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP ? port : NO_PORT;
    batch.quirks[row] = batch.quirks[row]! | QUIRK_QUOTES_PACKET;
  }

  /** A number with the length of the ICMP message glued on (`1` and `64` as `164`); without it, or where it is not there, -1. */
  #glued(fields: FilterlogFields, field: number, room: number): number {
    if (field >= fields.count || room < 0) return -1;
    let digits = 1;
    for (let rest = room; rest >= 10; rest = Math.trunc(rest / 10)) digits++;
    const cut = fields.end(field) - digits;
    if (cut <= fields.start(field) || parseInteger(fields.bytes, cut, cut + digits) !== room) return -1;
    return parseInteger(fields.bytes, fields.start(field), cut);
  }
}

function unreachableCode(fields: FilterlogFields, field: number): number {
  if (field >= fields.count) return 0;
  const { bytes } = fields;
  const end = fields.end(field);
  const net = fields.first(field) === LETTER_N;
  let at = fields.start(field);
  while (at < end && !startsWith(bytes, at, end, UNREACHABLE_WORD)) at++;
  at += UNREACHABLE_WORD.length;
  for (const { text, net: netCode, host } of UNREACHABLE) if (startsWith(bytes, at, end, text)) return net ? netCode : host;
  return net ? 0 : 1;
}
