/** Entries on their way into the source table: what classifying a batch of observations, or ending a flow, comes down to. */

/** An entry's `who` is an IPv6 hash: bit 8 of `kind`, above the traffic class. */
export const ENTRY_FAMILY_6 = 0x100;

/** `mark` values: 0 none, or 1 + index in TOOLS. */
export const MARK_MIRAI = 1;
export const MARK_MASSCAN = 2;
export const MARK_ZMAP = 3;
export const MARK_NMAP = 4;
export const MARK_UNICORNSCAN = 5;
export const MARK_HPING = 6;
/** What tools do not send: a SYN with the options of an operating system's stack, or, in the other classes, a packet from a service's port. */
export const MARK_ORDINARY = 7;

/** In a contact word, above the OUTCOME bits: the contact is known by a record that does not tell TCP flags. */
export const CONTACT_FLAGS_UNTOLD = 0x20000000;

/** In class UDP, where the first two counters have no tool to count: a packet from a port that amplifiers answer from, to a client's port, and to a service's. */
export const MARK_AMPLIFIED = MARK_MIRAI;
export const MARK_AMPLIFIED_AT_SERVICE = MARK_MASSCAN;

/** Columns of entries. Each says: this address, in this class, touched this contact, with so many packets, between these times. */
export class EntryBatch {
  length = 0;
  readonly capacity: number;
  /** IPv4 address or IPv6 hash of the address that the entry is kept under. */
  readonly who: Uint32Array;
  /** Traffic class, with ENTRY_FAMILY_6. */
  readonly kind: Uint16Array;
  readonly target: Uint32Array;
  /** Contact word: port | transport + 1 << 16 | OUTCOME bits << 24, and CONTACT_FLAGS_UNTOLD. */
  readonly contact: Uint32Array;
  readonly packets: Uint32Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly ttl: Uint8Array;
  readonly mark: Uint8Array;
  /** Unicornscan's session key as this packet would imply it (16 bits), 0 where it does not apply. */
  readonly session: Uint16Array;
  /** What the header looks like (`header-mark.ts`), where it stands in a slot (HEADER_SHIFT); 0 where it is no TCP probe's. */
  readonly header: Uint16Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.who = new Uint32Array(capacity);
    this.kind = new Uint16Array(capacity);
    this.target = new Uint32Array(capacity);
    this.contact = new Uint32Array(capacity);
    this.packets = new Uint32Array(capacity);
    this.first = new Float64Array(capacity);
    this.last = new Float64Array(capacity);
    this.ttl = new Uint8Array(capacity);
    this.mark = new Uint8Array(capacity);
    this.session = new Uint16Array(capacity);
    this.header = new Uint16Array(capacity);
  }
}
