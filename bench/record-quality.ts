/** How right detection is where it gets records instead of packets: lab events with known truth, turned into each kind of record. */
import { detect } from "../src/detect/index.ts";
import { decodeBytes } from "../src/formats/decode-bytes.ts";
import { ObservationWriter } from "../src/formats/format.ts";
import { encodeCapture, EVENTS, makeEvent, type ScanTruth, type Truth } from "../src/lab/index.ts";
import { type CapturedPacket, capturedPackets } from "../src/lab/records/captured-packet.ts";
import { formatIPv4, parseNetwork } from "../src/model/address.ts";
import type { Detection } from "../src/model/finding.ts";
import { ObservationBatch } from "../src/model/observation.ts";
import { Observer } from "../src/observe/index.ts";
import { NetfilterLog } from "./netfilter-log.ts";
import { DROP_LOG, RECORD_KINDS, type RecordKind, samplePackets, type Traffic } from "./record-kinds.ts";

/** Contacts of a scan that samples must hold for it to be demanded: twice the points that make a scan. */
const SAMPLED_CONTACTS = 50;

/** What came of one event in one kind of record. */
export interface RecordScore {
  readonly event: string;
  readonly kind: string;
  /** Scans that the records can show, and those of them that were found; with their technique where it can be told; with their shape. */
  readonly scans: number;
  readonly found: number;
  readonly misses: readonly string[];
  readonly wrong: readonly string[];
  readonly falseAlarms: readonly string[];
  readonly victims: number;
  readonly victimsFound: number;
  readonly falseVictims: readonly string[];
  /** Hosts said to be flooded: no event of the lab is a flood. */
  readonly falseFloods: readonly string[];
}

/** How an event is made and judged. */
export interface ScoreOptions {
  /** The defended networks are left to be guessed. */
  readonly guessHome?: boolean;
  /** Multiplies the numbers of sources and targets: samplers pass over what is small. */
  readonly scale?: number;
  /** Names of the kinds of records; all where left out. */
  readonly kinds?: readonly string[];
}

/** The scores of an event in all kinds of records. */
export function scoreEvent(name: string, seed: number, { guessHome = false, scale = 1, kinds }: ScoreOptions = {}): RecordScore[] {
  const { traffic, truth } = trafficOfEvent(name, seed, scale, kinds === undefined || kinds.includes(DROP_LOG));
  return RECORD_KINDS.filter(({ name: own }) => kinds === undefined || kinds.includes(own)).map((kind) => {
    const bytes = kind.make(traffic, seed);
    return score(name, kind, truth, detectIn(bytes, guessHome ? [] : traffic.home), traffic.packets, seed);
  });
}

/** A capture as records of one kind. */
export function recordsOf(kind: string, capture: Uint8Array, truth: Truth, seed: number): Uint8Array {
  const made = RECORD_KINDS.find(({ name }) => name === kind);
  if (made === undefined) throw new RangeError(`no kind of records is called ${kind}`);
  return made.make(trafficOf(capture, truth, kind === DROP_LOG), seed);
}

/** Names of all events. */
export const EVENT_NAMES: readonly string[] = EVENTS.map((event) => event.name);

function trafficOfEvent(name: string, seed: number, scale: number, logs: boolean): { traffic: Traffic; truth: Truth } {
  const { packets, truth } = makeEvent(name, seed, { scale });
  return { traffic: trafficOf(encodeCapture(packets), truth, logs), truth };
}

function trafficOf(capture: Uint8Array, truth: Truth, logs: boolean): Traffic {
  const packets: CapturedPacket[] = [];
  const log = new NetfilterLog(truth.home);
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    for (const packet of capturedPackets(batch)) packets.push(packet);
    if (logs) log.add(batch);
    batch.length = 0;
    return batch;
  });
  decodeBytes(capture, writer);
  return { packets, dropLog: () => log.lines(), home: truth.home.map((text) => parseNetwork(text)).filter((network) => network !== null) };
}

function detectIn(bytes: Uint8Array, home: Traffic["home"]): Detection {
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  // An event of which the records show nothing leaves none.
  const stats = bytes.length > 1 ? decodeBytes(bytes, writer) : null;
  return detect(observer.finish(), { home, sampling: Math.max(1, stats?.sampled?.greatest ?? 1) });
}

function score(
  event: string,
  kind: RecordKind,
  truth: Truth,
  detection: Detection,
  packets: readonly CapturedPacket[],
  seed: number,
): RecordScore {
  const inSample = kind.sampling === 1 ? null : contactsBySource(samplePackets(packets, kind.sampling, seed));
  const misses: string[] = [];
  const wrong: string[] = [];
  const demanded = truth.scans.filter((scan) => kind.shows(scan.technique) !== false && (inSample === null || isSampled(scan, inSample)));
  for (const scan of demanded) {
    const sources = new Set([scan.source, ...scan.members]);
    const found = detection.scans.filter((one) => [one.source, ...one.members, ...one.decoys].some((source) => sources.has(source)));
    const what = `${scan.source} ${scan.kind} ${scan.technique}`;
    const techniques = kind.shows(scan.technique);
    if (found.length === 0) misses.push(what);
    else {
      const match = found.find(
        ({ technique }) =>
          techniques === null || techniques === false || techniques.includes(technique) || (scan.fragmented && technique === "null"),
      );
      if (match === undefined) wrong.push(`${what}: ${found.map(({ technique }) => technique).join()}`);
      else if (kind.sampling === 1 && match.kind !== scan.kind) wrong.push(`${what}: ${match.kind}`);
    }
  }
  const known = new Set([...truth.scans.flatMap(({ source, members, decoys }) => [source, ...members, ...decoys]), ...truth.mayReport]);
  const victims = new Set(truth.backscatter.map(({ victim }) => victim));
  const named = new Set(detection.backscatter.map(({ victim }) => victim));
  return {
    event,
    kind: kind.name,
    scans: demanded.length,
    found: demanded.length - misses.length,
    misses,
    wrong,
    falseAlarms: detection.scans
      .filter(({ source, members }) => ![source, ...members].some((one) => known.has(one)))
      .map(({ source, kind: shape, technique, contactCount }) => `${source} ${shape} ${technique} ${contactCount}`),
    victims: victims.size,
    victimsFound: [...victims].filter((victim) => named.has(victim)).length,
    falseFloods: detection.floods.map(({ target, technique }) => `${target} ${technique}`),
    falseVictims: [...named].filter((victim) => !victims.has(victim) && !known.has(victim)),
  };
}

function contactsBySource(packets: readonly CapturedPacket[]): ReadonlyMap<string, number> {
  const contacts = new Map<string, Set<number>>();
  for (const { source, destination, destinationPort } of packets) {
    const address = formatIPv4(source);
    const own = contacts.get(address) ?? new Set<number>();
    own.add(destination * 65_536 + destinationPort);
    contacts.set(address, own);
  }
  return new Map([...contacts].map(([address, own]) => [address, own.size]));
}

function isSampled(scan: ScanTruth, contacts: ReadonlyMap<string, number>): boolean {
  return scan.members.length === 0 && (contacts.get(scan.source) ?? 0) >= SAMPLED_CONTACTS;
}
