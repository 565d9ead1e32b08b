/**
 * Observations travel in columnar batches of some thousands of rows, reused, so that the hot path allocates nothing per record.
 * One row is one packet (or, from flow records and logs, one record that stands for `packets` of them).
 */

/** A port column's value where the record has no port: ICMP, later fragments, cut headers. Zero is a port; this is not. */
export const NO_PORT = -1;
/** `tcpFlags` of a TCP row whose flags byte was not seen (a cut header or an eight-byte first fragment). */
export const FLAGS_UNKNOWN = 0xffff;

/** `icmpType` where a record does not tell it: reserved in ICMP and ICMPv6, so neither a request nor an answer; 0 would be an echo reply. */
export const ICMP_TYPE_UNKNOWN = 255;

export const FRAGMENT_NONE = 0;
export const FRAGMENT_FIRST = 1;
export const FRAGMENT_LATER = 2;

/** The ports were read from a real transport header. */
export const GRADE_CONFIRMED = 0;
/** The record says so, but cannot prove it: flow records without fragment elements write later fragments as port zero. */
export const GRADE_UNCONFIRMED = 1;
/** A record of a transport with ports that does not tell them, or prints a `(0)` that stands for "not looked at". Its ports are NO_PORT. */
export const GRADE_PLACEHOLDER = 2;

/** The row is one packet (or, in a log, what was written about one). */
export const RECORD_PACKET = 0;
/**
 * The row sums up `packets` packets of one direction of a conversation: `tcpFlags` is the union of theirs, `time` when the first came,
 * `duration` how long they went on. A record of both directions is two rows, the opener's first and with the earlier time.
 */
export const RECORD_FLOW = 1;

/** What a device did with the packets: not told, let through, or dropped (a refusal with RST or ICMP counts as dropped). */
export const ACTION_UNKNOWN = 0;
export const ACTION_ALLOWED = 1;
export const ACTION_DENIED = 2;

/** Bits of the `options` column: which TCP options a header carried. */
export const OPTION_MSS = 0x01;
export const OPTION_WINDOW_SCALE = 0x02;
export const OPTION_SACK_PERMITTED = 0x04;
export const OPTION_TIMESTAMP = 0x08;
export const OPTION_NOP = 0x10;
export const OPTION_EOL = 0x20;
export const OPTION_OTHER = 0x40;

/** Bits of the `quirks` column: what a sane stack would not send. */
export const QUIRK_BAD_HEADER_LENGTH = 0x0001;
export const QUIRK_RESERVED_BITS = 0x0002;
export const QUIRK_SNAPPED = 0x0004;
export const QUIRK_IP_OPTIONS = 0x0008;
export const QUIRK_URGENT_POINTER = 0x0010;
export const QUIRK_DONT_FRAGMENT = 0x0020;
/** The first fragment ends before the TCP flags: what `nmap -f` sends, and what no stack does. */
export const QUIRK_TINY_FRAGMENT = 0x0040;
/** An ICMP error's quote held a packet; the `quoted…` columns of the row are valid. */
export const QUIRK_QUOTES_PACKET = 0x0080;
/** The reserved bit of the IPv4 flags is set (RFC 3514 made a joke of it; corsaro treats it as a sign of forging). */
export const QUIRK_EVIL_BIT = 0x0100;

/** Rows in a batch: large enough to hide the cost of a call, small enough for the second-level cache. */
export const BATCH_ROWS = 2048;

/** One f64, fourteen 4-octet, three 16-octet (IPv6), seven 2-octet and twelve 1-octet columns. */
const COLUMN_BYTES_PER_ROW = 8 + 14 * 4 + 3 * 16 + 7 * 2 + 12;

/**
 * Columns of observations. Every array holds `capacity` rows, of which the first `length` are valid.
 *
 * Addresses: `source` and `destination` hold an IPv4 address as an unsigned 32-bit integer (`10.0.0.1` is 0x0a000001), or, where
 * `family` is 6, a 32-bit hash of the IPv6 address, whose four words stand at `4 * row` of `source6` and `destination6`.
 * The `…6` and `quoted…` columns are valid only where `family` is 6 and where `quirks` has QUIRK_QUOTES_PACKET.
 */
export class ObservationBatch {
  length = 0;
  readonly capacity: number;
  readonly buffer: ArrayBufferLike;

  /** Seconds since 1970-01-01 UTC. */
  readonly time: Float64Array;
  readonly source: Uint32Array;
  readonly destination: Uint32Array;
  readonly source6: Uint32Array;
  readonly destination6: Uint32Array;
  /** 0–65535, or NO_PORT. */
  readonly sourcePort: Int32Array;
  readonly destinationPort: Int32Array;
  /** TCP sequence number; for ICMP the word behind the checksum (echo: identifier, sequence), for SCTP the verification tag. */
  readonly sequence: Uint32Array;
  readonly acknowledgement: Uint32Array;
  /** FNV-1a of the TCP option bytes; 0 where there are none, or only those of an established conversation (ACK with NOP NOP TS or SACK). */
  readonly optionsHash: Uint32Array;
  /** Octets of the IP packet on the wire, whatever the capture kept. */
  readonly bytes: Uint32Array;
  /** Octets after the transport header. */
  readonly payload: Uint32Array;
  /** Packets this row stands for, sampling included; 1 for captures. 0 where another record has counted them already. */
  readonly packets: Uint32Array;
  readonly quotedDestination: Uint32Array;
  readonly quotedDestination6: Uint32Array;
  readonly quotedSourcePort: Int32Array;
  readonly quotedDestinationPort: Int32Array;
  /** Seconds from the first to the last packet of the row; 0 for packets. */
  readonly duration: Float32Array;
  /** IP protocol (innermost header reached), or PROTOCOL_ARP. */
  readonly protocol: Uint16Array;
  /**
   * The twelve bits of TCP offset 12–13 below the header length, or FLAGS_UNKNOWN. For SCTP the type of the first chunk (1 is INIT),
   * for DCCP the packet type (0 is Request).
   */
  readonly tcpFlags: Uint16Array;
  readonly window: Uint16Array;
  readonly mss: Uint16Array;
  /** IPv4 identification, 0 for IPv6. */
  readonly ipId: Uint16Array;
  readonly quirks: Uint16Array;
  /** TCP urgent pointer. */
  readonly urgent: Uint16Array;
  /** 4 or 6. */
  readonly family: Uint8Array;
  readonly fragment: Uint8Array;
  readonly grade: Uint8Array;
  readonly ttl: Uint8Array;
  readonly options: Uint8Array;
  readonly icmpType: Uint8Array;
  readonly icmpCode: Uint8Array;
  readonly quotedProtocol: Uint8Array;
  /** Tunnel headers stripped before the IP header of this row (GRE, VXLAN, …; VLAN tags, MPLS and PPPoE of the link do not count). */
  readonly tunnels: Uint8Array;
  /** IPv4 type of service, or IPv6 traffic class. */
  readonly tos: Uint8Array;
  /** RECORD_PACKET or RECORD_FLOW. */
  readonly record: Uint8Array;
  readonly action: Uint8Array;

  /**
   * @param buffer with {@link ObservationBatch.byteLength}(capacity) octets from `byteOffset` (a multiple of 8); a SharedArrayBuffer to
   * hand batches between threads.
   */
  constructor(capacity: number = BATCH_ROWS, buffer?: ArrayBufferLike, byteOffset: number = 0) {
    const memory = buffer ?? new ArrayBuffer(ObservationBatch.byteLength(capacity));
    this.capacity = capacity;
    this.buffer = memory;
    let offset = byteOffset;
    const take = (bytesPerRow: number): number => {
      const at = offset;
      offset += bytesPerRow * capacity;
      return at;
    };
    this.time = new Float64Array(memory, take(8), capacity);
    this.source = new Uint32Array(memory, take(4), capacity);
    this.destination = new Uint32Array(memory, take(4), capacity);
    this.sourcePort = new Int32Array(memory, take(4), capacity);
    this.destinationPort = new Int32Array(memory, take(4), capacity);
    this.sequence = new Uint32Array(memory, take(4), capacity);
    this.acknowledgement = new Uint32Array(memory, take(4), capacity);
    this.optionsHash = new Uint32Array(memory, take(4), capacity);
    this.bytes = new Uint32Array(memory, take(4), capacity);
    this.payload = new Uint32Array(memory, take(4), capacity);
    this.packets = new Uint32Array(memory, take(4), capacity);
    this.quotedDestination = new Uint32Array(memory, take(4), capacity);
    this.quotedSourcePort = new Int32Array(memory, take(4), capacity);
    this.quotedDestinationPort = new Int32Array(memory, take(4), capacity);
    this.duration = new Float32Array(memory, take(4), capacity);
    this.source6 = new Uint32Array(memory, take(16), 4 * capacity);
    this.destination6 = new Uint32Array(memory, take(16), 4 * capacity);
    this.quotedDestination6 = new Uint32Array(memory, take(16), 4 * capacity);
    this.protocol = new Uint16Array(memory, take(2), capacity);
    this.tcpFlags = new Uint16Array(memory, take(2), capacity);
    this.window = new Uint16Array(memory, take(2), capacity);
    this.mss = new Uint16Array(memory, take(2), capacity);
    this.ipId = new Uint16Array(memory, take(2), capacity);
    this.quirks = new Uint16Array(memory, take(2), capacity);
    this.urgent = new Uint16Array(memory, take(2), capacity);
    this.family = new Uint8Array(memory, take(1), capacity);
    this.fragment = new Uint8Array(memory, take(1), capacity);
    this.grade = new Uint8Array(memory, take(1), capacity);
    this.ttl = new Uint8Array(memory, take(1), capacity);
    this.options = new Uint8Array(memory, take(1), capacity);
    this.icmpType = new Uint8Array(memory, take(1), capacity);
    this.icmpCode = new Uint8Array(memory, take(1), capacity);
    this.quotedProtocol = new Uint8Array(memory, take(1), capacity);
    this.tunnels = new Uint8Array(memory, take(1), capacity);
    this.tos = new Uint8Array(memory, take(1), capacity);
    this.record = new Uint8Array(memory, take(1), capacity);
    this.action = new Uint8Array(memory, take(1), capacity);
  }

  /** Octets of memory that a batch of `capacity` rows needs. */
  static byteLength(capacity: number): number {
    return COLUMN_BYTES_PER_ROW * capacity;
  }
}

/**
 * Takes a full (or last) batch and returns the one to fill next, empty: the same one where the rows were used at once, another where
 * batches travel between threads. The rows must not be touched after the call.
 */
export type BatchSink = (batch: ObservationBatch) => ObservationBatch;
