/** What detection finds in activity: scans, backscatter, groups. Plain facts with numbers; judgement comes later. */
import type { Transport, ToolName } from "./activity.ts";
import type { TargetFocus } from "./asset.ts";
import type { Campaign } from "./campaign.ts";
import type { Spoofing } from "./spoofing.ts";

export type ScanKind = "horizontal" | "vertical" | "block" | "strobe" | "distributed";
/** In the words of Nmap's reference guide; `tcp-unknown` where records do not tell TCP flags. */
export type Technique =
  | "syn"
  | "connect"
  | "fin"
  | "null"
  | "xmas"
  | "maimon"
  | "ack"
  | "window"
  | "udp"
  | "sctp-init"
  | "ip-protocol"
  | "icmp"
  | "arp"
  | "os-detection"
  | "tcp-unknown"
  | "other";

/** How the distinct contacts of a scan were met. They add up to the contacts. */
export interface Outcomes {
  readonly answered: number;
  readonly refused: number;
  readonly unreachable: number;
  readonly silent: number;
}

/** One scan by one source with one technique; or, where `kind` is distributed, by many that each did a part. */
export interface Scan {
  /** Address text; for a distributed scan the most active member. */
  readonly source: string;
  readonly kind: ScanKind;
  readonly technique: Technique;
  readonly transport: Transport;
  /** Most contacted first, at most 100; `portCount` is the whole number. */
  readonly ports: readonly number[];
  readonly portCount: number;
  /** A few targets, for people; `targetCount` is the whole number. Empty in scans that detection was told to leave without detail. */
  readonly targets: readonly string[];
  readonly targetCount: number;
  readonly contactCount: number;
  /** Targets that were never seen sending in the whole input; 0 where the records could not show it. */
  readonly darkTargetCount: number;
  readonly packets: number;
  /** Seconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly tool: { readonly name: ToolName; readonly packets: number } | null;
  /** Minutes to hours pass between probes. */
  readonly slow: boolean;
  /** Probes came in IP fragments too short for the TCP flags. */
  readonly fragmented: boolean;
  /** The source never showed that it gets answers: the address may be forged. */
  readonly spoofable: boolean;
  readonly outcomes: Outcomes;
  /** Other addresses that sent the same probes at the same time: decoys around one true source. */
  readonly decoys: readonly string[];
  /** Members of a distributed scan, most active first, at most 100; and how many there are. Empty and 1 otherwise. */
  readonly members: readonly string[];
  readonly memberCount: number;
  /** Whether some probes had port zero at either end. */
  readonly portZero: boolean;
  /** Sentences with numbers that led here, for `--explain` and the report's evidence column. Empty as `targets` are. */
  readonly evidence: readonly string[];
}

/** Answers without questions: the sender is a victim of somebody who forges our addresses. */
export interface Backscatter {
  readonly victim: string;
  readonly transport: "tcp" | "udp" | "icmp";
  /** The victim's own ports, most active first, at most 100. */
  readonly ports: readonly number[];
  readonly packets: number;
  /** Distinct addresses that got the answers. */
  readonly peers: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Whether it meets the RSDoS thresholds (domain: at least 25 packets, 60 s, 30 packets in some minute). */
  readonly qualifies: boolean;
  /** An abused server whose large answers are aimed at few hosts (an amplifier), rather than a victim that answers forged packets. */
  readonly isReflector: boolean;
  /** Of an amplifier the IPv4 addresses that its answers are aimed at (of IPv6 hashes alone are kept); empty for a victim. */
  readonly targets: readonly string[];
  readonly portZero: boolean;
  readonly evidence: readonly string[];
}

/** Many sources (or one that sends without end) upon one host to no purpose but its harm: a denial of service under way, and no scan. */
export interface Flood {
  readonly target: string;
  readonly technique: Technique;
  readonly transport: Transport;
  /** Most hit first, at most 100; empty for ICMP. */
  readonly ports: readonly number[];
  /** Distinct source addresses, most of them forged where they are many. */
  readonly sources: number;
  readonly packets: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly evidence: readonly string[];
}

/** A source that asks one host or two for the same, for hours, and gets nothing: a client whose server is gone, and no scan. */
export interface Persistence {
  readonly source: string;
  readonly transport: "tcp" | "udp";
  readonly targets: readonly string[];
  readonly ports: readonly number[];
  readonly packets: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly wasRefused: boolean;
  readonly evidence: readonly string[];
}

/** Probes from outside that came to nothing and are in no scan: what every address of the Internet gets. */
export interface LoneProbes {
  /** Distinct, estimated beyond a thousand. */
  readonly sources: number;
  readonly packets: number;
  /** Those that carry Mirai's mark. */
  readonly miraiSources: number;
  /** Those that most sources ask for, at most three; ports of file sharing, where peers come to long after they are closed, left out. */
  readonly services: readonly { readonly transport: "tcp" | "udp"; readonly port: number; readonly sources: number }[];
}

/** The targets of all scans, for the map and for judging who is meant. */
export interface TargetSummary {
  /** Distinct targets of scans, and how many of them were never seen sending. */
  readonly count: number;
  readonly dark: number;
  /** IPv4 /24 networks by scan contacts, largest first, at most 65,536: [network as 32-bit integer, contacts]. */
  readonly networks: readonly (readonly [number, number])[];
}

/** The defended networks, given by the user or guessed. */
export interface Home {
  readonly networks: readonly string[];
  readonly guessed: boolean;
}

/** All that detection found. Lists are ordered by weight, heaviest first. */
export interface Detection {
  /** At most MAXIMUM_FINDINGS each; the totals count all. */
  readonly scans: readonly Scan[];
  readonly scansTotal: number;
  /** False where more scans were there than are kept: the total may then count some that are decoys or by-products of others. */
  readonly scansTotalExact: boolean;
  readonly floods: readonly Flood[];
  readonly backscatter: readonly Backscatter[];
  readonly backscatterTotal: number;
  readonly persistence: readonly Persistence[];
  readonly persistenceTotal: number;
  readonly loneProbes: LoneProbes;
  readonly targets: TargetSummary;
  /** Sources that act as one, heaviest first, at most MAXIMUM_FINDINGS. */
  readonly campaigns: readonly Campaign[];
  readonly campaignsTotal: number;
  /** One verdict for each body of traffic that is there. */
  readonly spoofing: readonly Spoofing[];
  /** Whom the probes meant; null where nothing was probed. */
  readonly focus: TargetFocus | null;
  readonly home: Home;
}
