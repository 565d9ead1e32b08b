/** `precursor.report/1`: what `assess` says, whatever the output. Field names are a contract; times are seconds since 1970 until they are printed. */
import type { PortActivity, PortZeroActivity, Timeline } from "./activity.ts";
import type { Advice, Assessment } from "./assessment.ts";
import type { TargetFocus } from "./asset.ts";
import type { Campaign } from "./campaign.ts";
import type { Backscatter, Flood, Home, LoneProbes, Persistence, Scan, TargetSummary } from "./finding.ts";
import type { AddressLabels, NameLookups } from "./label.ts";
import type { Past } from "./past.ts";
import type { FeedState } from "./reputation.ts";
import type { Spoofing } from "./spoofing.ts";

/** One input as it was read. */
export interface InputSource {
  readonly name: string;
  readonly format: string;
  readonly records: number;
  /** Octets as stored (compressed where it was). */
  readonly bytes: number;
  /** Where and why reading had to stop, or null. */
  readonly damage: { readonly offset: number; readonly reason: string } | null;
  /** Records that were skipped and lost nothing: they spoke of something else than traffic. */
  readonly foreign: number;
  /** Records that ought to be of the format and did not parse, and the first few of them. */
  readonly unparsed: number;
  readonly faults: readonly { readonly at: number; readonly unit: "line" | "octet"; readonly reason: string }[];
  /** Its addresses were replaced before it was shared: nothing follows from whose they seem to be. */
  readonly anonymised: boolean;
  /** What the input looks like instead, where many of its records did not parse; else null. */
  readonly looksLike: string | null;
  /** What the format's records can prove. */
  readonly proves: InputProves;
  /** Records that a sampling exporter counted for many, and the least and greatest factor; null where there were none. */
  readonly sampled: { readonly records: number; readonly least: number; readonly greatest: number } | null;
}

/** A live source as it was listened to. */
export interface LiveInput {
  readonly name: string;
  /** Where it listened, or null where it could not start. */
  readonly place: string | null;
  /** "fine", or what is wrong. */
  readonly health: string;
  readonly bytes: number;
  readonly messages: number;
  /** Datagrams or packets that nobody took in time, and messages and connections that were refused as too long or too many. */
  readonly droppedByKernel: number;
  readonly droppedByUs: number;
  readonly errors: number;
  /** What no format recognised. */
  readonly unrecognised: { readonly records: number; readonly bytes: number };
  /** Senders that were forgotten to make room for others. */
  readonly forgottenSenders: number;
}

/** Whether a live source listened as it should, and nothing came: no fault of anybody's. */
export function isQuiet({ place, health, bytes }: LiveInput): boolean {
  return place !== null && health === "fine" && bytes === 0;
}

/** What a kind of record can prove. */
export interface InputProves {
  readonly portsOnTheWire: boolean;
  readonly tcpFlags: boolean;
  readonly outcome: boolean;
  readonly fragments: boolean;
  readonly action: boolean;
}

export interface ReportInput {
  readonly sources: readonly InputSource[];
  readonly records: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly encapsulations: Readonly<Record<string, number>>;
  /** What exporters sent and did not arrive, by kind, as gaps in their sequence numbers tell. */
  readonly lost: Readonly<Record<string, number>>;
  /** What live sources did, where there were any. */
  readonly live: readonly LiveInput[];
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly totals: Readonly<Record<string, number>>;
  /** Inputs that could not be read at all, one line each. */
  readonly unreadable: readonly string[];
  /** Files of folders that are empty or of no format that is read. */
  readonly passedOver: readonly string[];
  /** What a live run could not save for the next one. */
  readonly troubles: readonly string[];
}

export interface LabelledScan extends Scan {
  readonly labels: AddressLabels;
}
export interface LabelledBackscatter extends Backscatter {
  readonly labels: AddressLabels;
}

/** Everything a renderer needs. */
export interface Report {
  /** Version of Precursor that made it. */
  readonly version: string;
  /** Seconds since 1970. */
  readonly madeAt: number;
  readonly input: ReportInput;
  readonly home: Home;
  readonly portZero: PortZeroActivity;
  /** Labels of the addresses in `portZero.topSources`, by address. */
  readonly portZeroLabels: ReadonlyMap<string, AddressLabels>;
  readonly scansTotal: number;
  readonly scans: readonly LabelledScan[];
  /** False where more scans were found than are kept: the total may then count decoys and by-products. */
  readonly scansTotalExact: boolean;
  readonly floods: readonly Flood[];
  readonly backscatterTotal: number;
  readonly backscatter: readonly LabelledBackscatter[];
  readonly persistenceTotal: number;
  readonly persistence: readonly Persistence[];
  readonly loneProbes: LoneProbes;
  readonly targets: TargetSummary;
  readonly campaignsTotal: number;
  readonly campaigns: readonly Campaign[];
  readonly spoofing: readonly Spoofing[];
  readonly focus: TargetFocus | null;
  /** Null where no history was asked. */
  readonly past: Past | null;
  readonly timeline: Timeline;
  readonly ports: readonly PortActivity[];
  readonly senderCount: number;
  readonly forgotten: { readonly sources: number; readonly contacts: number; readonly flows: number };
  readonly assessment: Assessment;
  readonly advice: readonly Advice[];
  /** What asking DNS for the sources' names came to; absent or null where it was not asked. */
  readonly names?: NameLookups | null;
  /** Data lists used for labels, with their dates. `settled`: a registry that changes once in years, of which no age says whether it is out of date. */
  readonly lists: readonly { readonly list: string; readonly date: string | null; readonly licence: string; readonly settled?: true }[];
  /** Reputation feeds on disk, be they in use or not; empty where there are none. */
  readonly feeds: readonly FeedState[];
}
