/**
 * Observations whose addresses are replaced (Crypto-PAn), and what else would tell them. Ports, times and sizes stay: whoever has seen the
 * same packets elsewhere can still match them, which no anonymisation of single fields prevents (Xu et al. 2002, §3; RFC 6235 §5).
 */
import { hashIPv6 } from "../../model/address.ts";
import { type ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP } from "../../model/protocol.ts";
import { AddressMap } from "./address-map.ts";
import type { CryptoPan } from "./crypto-pan.ts";

/** An ICMP redirect carries the address of a gateway in the word that the `sequence` column holds (RFC 792). */
const ICMP_REDIRECT = 5;

/** Replaces the addresses of batches in place, always by the same for the same. */
export class Anonymiser {
  readonly #map: AddressMap;

  constructor(pan: CryptoPan) {
    this.#map = new AddressMap(pan);
  }

  /** Replaces the addresses of all rows of `batch`. */
  anonymise(batch: ObservationBatch): void {
    const map = this.#map;
    const { length, family, quirks } = batch;
    map.begin();
    for (let row = 0; row < length; row++) {
      const quotes = (quirks[row]! & QUIRK_QUOTES_PACKET) !== 0;
      if (family[row] === 6) {
        map.want6(batch.source6, row);
        map.want6(batch.destination6, row);
        if (quotes) map.want6(batch.quotedDestination6, row);
      } else {
        map.want4(batch.source[row]!);
        map.want4(batch.destination[row]!);
        if (quotes) map.want4(batch.quotedDestination[row]!);
        if (isRedirect(batch, row)) map.want4(batch.sequence[row]!);
      }
    }
    map.resolve();
    for (let row = 0; row < length; row++) {
      const quotes = (quirks[row]! & QUIRK_QUOTES_PACKET) !== 0;
      if (family[row] === 6) {
        replace6(map, batch.source6, batch.source, row);
        replace6(map, batch.destination6, batch.destination, row);
        if (quotes) replace6(map, batch.quotedDestination6, batch.quotedDestination, row);
      } else this.#replace4(batch, row, quotes);
    }
  }

  #replace4(batch: ObservationBatch, row: number, quotes: boolean): void {
    const map = this.#map;
    const source = batch.source[row]!;
    const destination = batch.destination[row]!;
    const newSource = map.get4(source);
    const newDestination = map.get4(destination);
    batch.source[row] = newSource;
    batch.destination[row] = newDestination;
    if (quotes) batch.quotedDestination[row] = map.get4(batch.quotedDestination[row]!);
    if (isRedirect(batch, row)) batch.sequence[row] = map.get4(batch.sequence[row]!);
    if (batch.protocol[row] === PROTOCOL_TCP) keepMarks(batch, row, source, destination, newSource, newDestination);
  }
}

function isRedirect(batch: ObservationBatch, row: number): boolean {
  return batch.protocol[row] === PROTOCOL_ICMP && batch.icmpType[row] === ICMP_REDIRECT;
}

/**
 * Tools write the address that they probe into other fields, and stacks answer with it: those would give it away, and without them the tool
 * would not be known again. Mirai: the sequence number is the destination, so answers acknowledge their source + 1. Masscan: the IP
 * identification is destination ^ port ^ sequence number. (Unicornscan's sequence numbers, destination ^ ports ^ a secret, are not changed.)
 */
function keepMarks(
  batch: ObservationBatch,
  row: number,
  source: number,
  destination: number,
  newSource: number,
  newDestination: number,
): void {
  const sequence = batch.sequence[row]!;
  const port = batch.destinationPort[row]!;
  const isMasscan = batch.ipId[row] === ((destination ^ port ^ sequence) & 0xffff);
  if (sequence === destination) batch.sequence[row] = newDestination;
  if (isMasscan) batch.ipId[row] = (newDestination ^ port ^ batch.sequence[row]!) & 0xffff;
  if (batch.acknowledgement[row] === (source + 1) >>> 0) batch.acknowledgement[row] = (newSource + 1) >>> 0;
}

function replace6(map: AddressMap, words: Uint32Array, hashes: Uint32Array, row: number): void {
  map.get6(words, row);
  const at = 4 * row;
  hashes[row] = hashIPv6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
}
