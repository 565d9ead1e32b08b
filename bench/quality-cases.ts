/** What the quality benchmark runs over: the samples with their published verdicts, and the lab's events with their known truth. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ToolName } from "../src/model/activity.ts";
import type { HypothesisId } from "../src/model/assessment.ts";
import type { ScanKind, Technique } from "../src/model/finding.ts";
import { encodeCapture, EVENTS, makeEvent, type Truth } from "../src/lab/index.ts";
import { SAMPLE_VERDICTS, type SampleVerdict } from "./sample-verdicts.ts";

/** Where the samples are, beside the checkout. */
export const SAMPLES = join(import.meta.dirname, "..", "..", "shared", "samples");

/** A scan that must be found. */
export interface CaseScan {
  /** Any of these addresses as the source counts as found: more than one for a distributed scan. */
  readonly sources: readonly string[];
  /** Any of these is right. */
  readonly techniques: readonly Technique[];
  /** Null where the verdict does not say. */
  readonly kind: ScanKind | null;
  /** Undefined where the verdict does not say, null where the packets carry no mark. */
  readonly tool: ToolName | null | undefined;
}

/** [source, destination, both] of TCP, then of UDP. */
export type PortZeroTruth = readonly [number, number, number, number, number, number];

/** One capture with what is true of it. */
export interface QualityCase {
  readonly name: string;
  readonly origin: "sample" | "lab";
  readonly capture: () => Uint8Array;
  readonly scans: readonly CaseScan[];
  /** Addresses whose report is no false alarm: decoys, and what is unclear. */
  readonly mayReport: ReadonlySet<string>;
  readonly victims: readonly string[];
  readonly portZero: PortZeroTruth;
  readonly reading: HypothesisId | null;
  /** The defended networks; Precursor guesses them where the case is a sample. */
  readonly home: readonly string[];
}

/** The samples that are there; none where the folder is absent. */
export function sampleCases(): QualityCase[] {
  return SAMPLE_VERDICTS.filter(({ path }) => existsSync(join(SAMPLES, path))).map(sampleCase);
}

/** Every event of the lab, made with each seed; one is in memory at a time. */
export function* labCases(seeds: readonly number[]): Generator<QualityCase> {
  for (const seed of seeds) {
    for (const { name } of EVENTS) {
      const { packets, truth } = makeEvent(name, seed);
      yield labCase(truth, () => encodeCapture(packets));
    }
  }
}

function sampleCase(verdict: SampleVerdict): QualityCase {
  const [a, b, c] = verdict.tcpZero ?? [0, 0, 0];
  const [d, e, f] = verdict.udpZero ?? [0, 0, 0];
  return {
    name: verdict.path.replace(/\.pcap(ng)?$/, ""),
    origin: "sample",
    capture: () => readFileSync(join(SAMPLES, verdict.path)),
    scans: verdict.scans.map(({ source, techniques, tool }) => ({ sources: [source], techniques, kind: null, tool })),
    mayReport: new Set(verdict.mayReport),
    victims: verdict.backscatter ?? [],
    portZero: [a, b, c, d, e, f],
    reading: null,
    home: verdict.home ?? [],
  };
}

function labCase(truth: Truth, capture: () => Uint8Array): QualityCase {
  const { tcp, udp } = truth.portZero;
  return {
    name: truth.event,
    origin: "lab",
    capture,
    scans: truth.scans.map(({ source, members, technique, kind, tool }) => ({
      sources: [source, ...members],
      techniques: [technique],
      kind,
      tool,
    })),
    mayReport: new Set([...truth.mayReport, ...truth.scans.flatMap(({ decoys }) => decoys)]),
    victims: truth.backscatter.map(({ victim }) => victim),
    portZero: [tcp.source, tcp.destination, tcp.both, udp.source, udp.destination, udp.both],
    reading: truth.reading,
    home: truth.home,
  };
}
