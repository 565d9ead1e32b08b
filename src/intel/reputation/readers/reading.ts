/** What reading a feed gives: networks, counts of everything else, and the date that the feed states of itself. */
import { EntryColumns } from "../entry-columns.ts";
import { NetworkScanner } from "./network-scanner.ts";

/** Faults that are told whole; all are counted. */
const FAULTS_TOLD = 8;

/** One line, row or object that could not be read. */
export interface FeedFault {
  /** Offset of the first octet of the line or row; of JSON, the number of the value among the values of the list. */
  readonly offset: number;
  /** Line (1-based) of text; null of JSON. */
  readonly line: number | null;
  readonly reason: string;
}

/** All that was found in a feed. Nothing in it is guarded yet. */
export interface FeedReading {
  readonly form: string;
  /** Why the whole is no feed (a web page, compressed octets, broken JSON); null where it was read. */
  readonly refused: string | null;
  readonly networks: EntryColumns;
  /** Lines, rows or values that gave networks. A range is one entry and may be several networks. */
  readonly entries: number;
  /** Well-formed, but no address: domains, URLs, hashes, AS numbers; patterns that an address is only a part of. */
  readonly foreign: number;
  /** Left out as the feed itself says: revoked, expired, not yet valid, below the level asked for, `nomatch`. */
  readonly passedOver: number;
  readonly unparsed: number;
  /** The first few of the unparsed. */
  readonly faults: readonly FeedFault[];
  /** Seconds since 1970: the date that the feed states of itself; null where it states none. */
  readonly dataDate: number | null;
}

/** How to read a feed where its form leaves a choice. */
export interface ReadingOptions {
  /** CSV: the column of addresses, by name or 0-based number, and of the last address of a range. Guessed where absent. */
  readonly column?: string | number | undefined;
  readonly endColumn?: string | number | undefined;
  /** JSON: a member's name, at any depth, or a path of names with dots ("data.items.ip"). Guessed where absent. */
  readonly member?: string | undefined;
  /** ipsum: the number of lists that must name an address. */
  readonly minimum?: number | undefined;
  /** Seconds since 1970: what STIX's validity is measured against. */
  readonly now: number;
}

/** A reader's notes while it works. */
export class ReadingBuilder {
  readonly scanner: NetworkScanner = new NetworkScanner();
  readonly networks: EntryColumns = new EntryColumns();
  entries = 0;
  foreign = 0;
  passedOver = 0;
  unparsed = 0;
  refused: string | null = null;
  dataDate: number | null = null;
  readonly #faults: FeedFault[] = [];

  /** Takes what the scanner has just read as an entry. */
  take(): void {
    this.entries++;
    this.scanner.addTo(this.networks);
  }

  fault(offset: number, line: number | null, reason: string): void {
    this.unparsed++;
    if (this.#faults.length < FAULTS_TOLD) this.#faults.push({ offset, line, reason });
  }

  /** Whether the octets `[at, end)` begin with a network, which is then taken. */
  takeAt(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.scanner.scan(bytes, at, end) < 0) return false;
    this.take();
    return true;
  }

  /** Counts a text that is no network: foreign or unparsed. */
  other(bytes: Uint8Array, at: number, end: number, offset: number, line: number | null): void {
    const fault = this.scanner.fault;
    if (fault === null && isForeign(bytes, at, end)) this.foreign++;
    else this.fault(offset, line, fault ?? `no address: ${shown(bytes, at, end)}`);
  }

  finish(form: string): FeedReading {
    const { refused, networks, entries, foreign, passedOver, unparsed, dataDate } = this;
    return { form, refused, networks, entries, foreign, passedOver, unparsed, faults: this.#faults, dataDate };
  }
}

/** Octets of a text that a fault shows. */
const SHOWN = 40;

/** The start of a text, with all that is not printable ASCII as "?": feeds are strangers' octets. */
function shown(bytes: Uint8Array, at: number, end: number): string {
  let text = "";
  for (let i = at; i < end && i < at + SHOWN; i++) {
    const code = bytes[i]!;
    text += code >= 32 && code < 127 ? String.fromCharCode(code) : "?";
  }
  return JSON.stringify(end > at + SHOWN ? `${text}…` : text);
}

/** Octets of a token that are looked at. */
const LONGEST_TOKEN = 2048;

/** Whether the token at `at` has the form of a domain, URL, path, e-mail address, AS number or hash. */
function isForeign(bytes: Uint8Array, at: number, end: number): boolean {
  let letters = 0;
  let hex = 0;
  let digits = 0;
  let marks = 0;
  let i = at;
  const stop = Math.min(end, at + LONGEST_TOKEN);
  for (; i < stop; i++) {
    const code = bytes[i]!;
    if (code === 32 || code === 9 || code === 44 || code === 59 || code === 34) break;
    if (code < 33 || code === 127) return false;
    const letter = code | 0x20;
    if (letter >= 97 && letter <= 122) {
      letters++;
      if (letter <= 102) hex++;
    } else if (code >= 48 && code <= 57) digits++;
    else if (code === 46 || code === 47 || code === 58 || code === 64) marks++;
    // Internationalised names
    else if (code >= 128) letters++;
  }
  const length = i - at;
  if (letters > 0 && marks > 0 && length > 2) return true;
  if ((length === 32 || length === 40 || length === 64) && hex + digits === length) return true;
  return digits > 0 && letters === 2 && digits + letters === length && (bytes[at]! | 0x20) === 97 && (bytes[at + 1]! | 0x20) === 115;
}
