/** What observing makes of observations: who did what kind of thing to whom, when, and how it was met. Read by `detect`. */

/**
 * Traffic classes. Activity is kept per address × class, so that one address may scan with two techniques and serve a web site, and
 * each is told apart. Probes are what opens a conversation; replies are what answers one.
 */
export const CLASS_SYN = 1;
export const CLASS_FIN = 2;
export const CLASS_NULL = 3;
export const CLASS_XMAS = 4;
/** FIN+ACK with no conversation around it. */
export const CLASS_MAIMON = 5;
/** ACK with no conversation around it: ACK scan, or window scan, which looks the same on the wire. */
export const CLASS_ACK = 6;
/** TCP flag combinations that no stack sends and no named technique uses. */
export const CLASS_TCP_ODD = 7;
export const CLASS_UDP = 8;
export const CLASS_SCTP_INIT = 9;
/** ICMP echo, timestamp, mask and information requests; the contact's port is the ICMP type. */
export const CLASS_ICMP_REQUEST = 10;
export const CLASS_ARP_REQUEST = 11;
/** IP protocols without ports; the contact's port is the protocol number. */
export const CLASS_IP_PROTOCOL = 12;
/** Nmap's OS detection; the contact's port is the number of the test (OS_TESTS). Counted besides the class that the packet is of. */
export const CLASS_OS_DETECTION = 13;
/** First fragments too short for their TCP flags. */
export const CLASS_TINY_FRAGMENT = 14;
/** DCCP requests and other transports with ports. */
export const CLASS_OTHER_TRANSPORT = 15;
/** The last class that is a probe. */
export const LAST_PROBE_CLASS = 15;

export const CLASS_SYN_ACK_SENT = 16;
export const CLASS_RST_SENT = 17;
export const CLASS_ICMP_REPLY_SENT = 18;
/** ICMP errors sent; the contact is the peer they went to and the port they are about (of the sender, as quoted). */
export const CLASS_ICMP_ERROR_SENT = 19;
/** Took part in a two-way conversation as the side that answered; the contact's port is the address's own. */
export const CLASS_SERVED = 20;
/** Took part in a two-way conversation that it opened, or whose opening was not seen; the contact's port is the peer's. */
export const CLASS_CONVERSED = 21;
/** TCP segments of a conversation of which only this side was seen (one-way capture, lost entries): never evidence of a probe. */
export const CLASS_STRAY = 22;
/** Not sent but got: answers that reached the address; the contact is (who answered, its port), with OUTCOME bits. */
export const CLASS_RECEIVED = 32;

/** Names of classes, for `--explain`. */
export const CLASS_NAMES: ReadonlyMap<number, string> = new Map([
  [CLASS_SYN, "TCP SYN"],
  [CLASS_FIN, "TCP FIN"],
  [CLASS_NULL, "TCP NULL"],
  [CLASS_XMAS, "TCP Xmas"],
  [CLASS_MAIMON, "TCP FIN/ACK out of the blue"],
  [CLASS_ACK, "TCP ACK out of the blue"],
  [CLASS_TCP_ODD, "TCP with impossible flags"],
  [CLASS_UDP, "UDP"],
  [CLASS_SCTP_INIT, "SCTP INIT"],
  [CLASS_ICMP_REQUEST, "ICMP request"],
  [CLASS_ARP_REQUEST, "ARP request"],
  [CLASS_IP_PROTOCOL, "IP protocol"],
  [CLASS_OS_DETECTION, "Nmap OS detection"],
  [CLASS_TINY_FRAGMENT, "tiny TCP fragment"],
  [CLASS_OTHER_TRANSPORT, "other transport"],
  [CLASS_SYN_ACK_SENT, "TCP SYN/ACK sent"],
  [CLASS_RST_SENT, "TCP RST sent"],
  [CLASS_ICMP_REPLY_SENT, "ICMP reply sent"],
  [CLASS_ICMP_ERROR_SENT, "ICMP error sent"],
  [CLASS_SERVED, "conversation served"],
  [CLASS_CONVERSED, "conversation held"],
  [CLASS_STRAY, "one-sided conversation"],
  [CLASS_RECEIVED, "answers received"],
]);

/** The name of class SYN where records do not tell TCP flags. */
export const FLAGS_UNTOLD_NAME = "TCP, flags not recorded";

/** How a contact was met. Bits; silence is their absence. */
export const OUTCOME_ANSWERED = 0x01;
export const OUTCOME_REFUSED = 0x02;
export const OUTCOME_UNREACHABLE = 0x04;
/** The opener went on after the SYN-ACK: a full handshake (a connect scan's, or an ordinary client's). */
export const OUTCOME_COMPLETED = 0x08;
/** Application data went over it, from either side. */
export const OUTCOME_DATA = 0x10;

/** Scanning tools recognised by single packets; the order is that of the `tools` counters. */
export const TOOLS = ["mirai", "masscan", "zmap", "nmap", "unicornscan", "hping"] as const;
export type ToolName = (typeof TOOLS)[number];

/** Nmap's OS-detection probes (nmap.org/book/osdetect-methods.html), in the order of CLASS_OS_DETECTION's port numbers. */
export const OS_TESTS = ["SEQ", "ECN", "T2", "T3", "T4", "T5", "T6", "T7", "IE", "U1"] as const;

/** Code of a transport in a contact. */
export const TRANSPORTS = ["tcp", "udp", "sctp", "icmp", "arp", "ip", "dccp", "udp-lite"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * The distinct contacts of one address in one class. Exact while `scale` is 1; beyond that a uniform sample in which every contact
 * stands for `scale` (distinct sampling, Gibbons 2001). Arrays are reused by the next call that fills them.
 */
export interface Contacts {
  readonly length: number;
  readonly scale: number;
  /** IPv4 address, or hash of an IPv6 address: {@link Activity.addressText} gives its text. */
  readonly target: Uint32Array;
  readonly port: Uint16Array;
  /** OUTCOME bits, answers joined in. */
  readonly outcome: Uint8Array;
  /** How many of these are known by records that do not tell TCP flags: of class SYN is then whatever opened a conversation. */
  readonly flagsUntold: number;
}

/** The targets of contacts, one a contact that is kept. The array is reused by the next call that fills it. */
export interface ContactTargets {
  readonly length: number;
  readonly target: Uint32Array;
}

/** One address × class. The object is a cursor: reading it after the visitor returns is an error. */
export interface SourceView {
  readonly family: 4 | 6;
  /** IPv4 address, or hash of an IPv6 address. */
  readonly word: number;
  readonly address: string;
  readonly trafficClass: number;
  readonly packets: number;
  /** Seconds since 1970, both. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Distinct (target, port): exact to 1,024, estimated beyond. */
  readonly contactCount: number;
  /** Distinct targets and ports over all contacts: exact while small, HyperLogLog beyond. */
  readonly targetCount: number;
  readonly portCount: number;
  readonly ttlMin: number;
  readonly ttlMax: number;
  /** Whether the source was forgotten and came back while the table was full: its counts are lower bounds. */
  readonly returning: boolean;
  /** Packets that carry the tool's mark, in the order of TOOLS. */
  toolPackets(tool: number): number;
  /** TCP SYNs whose options are an operating system's: MSS and at least one of SACK-permitted, window scale, timestamps. 0 in other classes. */
  readonly stackPackets: number;
  /** What the TCP headers look like, joined over all packets: equal for sources whose packets are made alike. 0 where nothing tells. */
  readonly headerMarks: number;
  /** Packets with port zero at either end. */
  readonly portZeroPackets: number;
  /** TCP and UDP packets from a service's port (below 1024, or 1900, 3702, 5353, 11211, …) to a port from 1024 on: what answers look like. */
  readonly servicePortPackets: number;
  /** UDP packets from a port that amplified floods are bounced from, DNS left out, whatever port they went to. 0 in other classes. */
  readonly amplifierPackets: number;
  contacts(): Contacts;
  /** Whom the contacts are with, no more: spares the look for answers. Where answers are a coarser sample, it holds more than {@link contacts}. */
  targets(): ContactTargets;
  /** Registers of a HyperLogLog of the hashes (mix32) of all targets, to be read only; null where contacts are few enough to be kept. */
  readonly targetRegisters: Uint8Array | null;
}

/** Counts of packets by role of the zero port; the three are disjoint. */
export interface PortZeroCounts {
  source: number;
  destination: number;
  both: number;
}

/** Packets from or to port zero. */
export interface PortZeroActivity {
  readonly tcp: PortZeroCounts;
  readonly udp: PortZeroCounts;
  /** From records that cannot prove a header; `flagged` are those TCP packets whose record tells flags, which later fragments have not. */
  readonly unconfirmed: { readonly tcp: PortZeroCounts; readonly udp: PortZeroCounts; readonly flagged: number };
  readonly excluded: { fragments: number; icmp: number; placeholder: number };
  /** Distinct addresses that sent from or to port zero (answers to such packets left out), and that were sent to. */
  readonly sources: number;
  readonly targets: number;
  /** Port-zero packets that are answers (SYN-ACK, RST): backscatter, or replies to a probe. */
  readonly replies: number;
  /** TCP port-zero packets whose header length is impossible, and whose flags no stack sends: marks of a broken tool or fingerprinting. */
  readonly badHeaderLength: number;
  readonly oddFlags: number;
  /** The mix on the other port, largest first. */
  readonly otherPorts: readonly { readonly port: number; readonly packets: number }[];
  /** The most active, largest first, at most 100; `transport` is where it sent most. */
  readonly topSources: readonly PortZeroSource[];
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
}

export interface PortZeroSource {
  readonly address: string;
  readonly packets: number;
  readonly tcpPackets: number;
  readonly targets: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** Packets in equal bins of time, for plots. */
export interface Timeline {
  /** Seconds since 1970 at which the first bin starts, and seconds a bin lasts (a power of two times a millisecond-exact unit). */
  readonly start: number;
  readonly binSeconds: number;
  readonly series: ReadonlyMap<TimelineSeries, readonly number[]>;
}
export type TimelineSeries = "tcp-probes" | "udp" | "icmp" | "replies" | "port-zero" | "other";

/** One destination port that was probed. */
export interface PortActivity {
  readonly transport: "tcp" | "udp";
  readonly port: number;
  readonly packets: number;
  /** Seconds since 1970 at which the first bin starts, seconds a bin lasts, and packets a bin: coarser than the timeline's. */
  readonly start: number;
  readonly binSeconds: number;
  readonly bins: readonly number[];
}

/** Everything that was seen, bounded. */
export interface Activity {
  /** Seconds since 1970; null where nothing was observed. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly observations: number;
  /** Packets by protocol and kind; keys are stable words: "tcp", "udp", "icmp", "arp", "sctp", "other", "fragments", "reassembled" (UDP datagrams of records that came in fragments), "ipv6", "tunnelled". */
  readonly totals: ReadonlyMap<string, number>;
  readonly portZero: PortZeroActivity;
  readonly timeline: Timeline;
  /** The most probed destination ports, largest first. */
  topPorts(limit: number): readonly PortActivity[];
  /** Distinct addresses that sent something (estimated when large). */
  readonly senderCount: number;
  /** How much the tables had to forget: all zero on any ordinary capture. */
  readonly forgotten: { readonly sources: number; readonly contacts: number; readonly flows: number };
  /** Visits every address × class with at least `minimumContacts` distinct contacts, or until there are enough. The view is a cursor. */
  visit(minimumContacts: number, visitor: (source: SourceView) => void, isEnough?: () => boolean): void;
  /** Visits every class of one address; nothing where it was never seen. */
  visitAddress(address: string, visitor: (source: SourceView) => void): void;
  /** The same for a view's word or a contact's target. */
  visitWord(family: 4 | 6, word: number, visitor: (source: SourceView) => void): void;
  /** Text of a contact's target or a view's word; a hash in brackets where an IPv6 address was too many to keep. */
  addressText(family: 4 | 6, word: number): string;
  /** Whether the address answered on the port (SYN-ACK, a served conversation, a UDP answer). */
  serves(target: number, port: number): boolean;
  /** Whether the address sent anything at all: false for dark space. */
  isLive(target: number): boolean;
  /** The same of many: how many never sent anything; `dark`, where given, becomes 1 for those and 0 for the others. */
  findDark(targets: Uint32Array, length: number, dark: Uint8Array | null): number;
}
