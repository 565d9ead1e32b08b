/** For tests: frames and captures observed, and all that an activity tells in one order. */
import { existsSync, readFileSync } from "node:fs";
import { decodeBytes } from "../formats/decode-bytes.ts";
import { ObservationWriter } from "../formats/format.ts";
import { encodeCapture } from "../lab/capture-writer.ts";
import type { TimedPacket } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import type { Activity } from "../model/activity.ts";
import { ObservationBatch } from "../model/observation.ts";
import { Observer } from "./index.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
export const samplesPresent = existsSync(SAMPLES);
if (!samplesPresent) console.warn("skipped: real captures are not here (../shared/samples)");

export function readSample(path: string): Uint8Array {
  return readFileSync(new URL(path, SAMPLES));
}

/** Hands a capture's batches on. `rows` a batch. */
export function eachBatch(capture: Uint8Array, rows: number, take: (batch: ObservationBatch) => void): void {
  const writer = new ObservationWriter(new ObservationBatch(rows), (batch) => {
    take(batch);
    batch.length = 0;
    return batch;
  });
  if (decodeBytes(capture, writer) === null) throw new Error("no capture");
}

export function observeCapture(capture: Uint8Array, rows = 2048): Activity {
  const observer = new Observer();
  eachBatch(capture, rows, (batch) => observer.observe(batch));
  return observer.finish();
}

/** IP packets (or whole frames) observed at the given time, one after another by a millisecond. */
export function observePackets(packets: readonly Uint8Array[], start = 1_383_354_000): Activity {
  return observeCapture(captureOf(packets.map((packet, index) => ({ time: start + index / 1000, frame: packet }))));
}

/** An Ethernet capture; what is an IP packet gets a frame of its own. */
export function captureOf(packets: readonly TimedPacket[]): Uint8Array {
  return encodeCapture(packets.map(({ time, frame }) => ({ time, frame: isIp(frame) ? ethernet(frame) : frame })));
}

function isIp(packet: Uint8Array): boolean {
  const version = packet[0]! >>> 4;
  return version === 4 || (version === 6 && packet.length > 14 && packet[12] !== 0x08);
}

export interface SourceDump {
  readonly address: string;
  readonly trafficClass: number;
  readonly packets: number;
  readonly contactCount: number;
  readonly targetCount: number;
  readonly portCount: number;
  readonly tools: readonly number[];
  readonly stackPackets: number;
  readonly headerMarks: number;
  readonly flagsUntold: number;
  readonly portZeroPackets: number;
  readonly scale: number;
  /** "target:port" with the outcome's bits where there are any. */
  readonly contacts: readonly string[];
  readonly times: readonly [number, number];
  readonly ttls: readonly [number, number];
}

/** Every address × class, in order. */
export function sourcesOf(activity: Activity): SourceDump[] {
  const sources: SourceDump[] = [];
  activity.visit(0, (view) => {
    const { length, scale, target, port, outcome, flagsUntold } = view.contacts();
    sources.push({
      address: view.address,
      trafficClass: view.trafficClass,
      packets: view.packets,
      contactCount: view.contactCount,
      targetCount: view.targetCount,
      portCount: view.portCount,
      tools: [0, 1, 2, 3, 4, 5].map((tool) => view.toolPackets(tool)),
      stackPackets: view.stackPackets,
      headerMarks: view.headerMarks,
      flagsUntold,
      portZeroPackets: view.portZeroPackets,
      scale,
      contacts: Array.from(
        { length },
        (_, i) => `${activity.addressText(view.family, target[i]!)}:${port[i]!}${outcome[i] === 0 ? "" : ` ${outcome[i]!}`}`,
      ).sort(),
      times: [view.firstSeen, view.lastSeen],
      ttls: [view.ttlMin, view.ttlMax],
    });
  });
  const nameOf = (source: SourceDump): string => `${source.address} ${String(source.trafficClass).padStart(2, "0")}`;
  return sources.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** All that an activity tells. */
export function dumpActivity(activity: Activity): object {
  const { firstSeen, lastSeen, observations, portZero, senderCount, forgotten } = activity;
  return {
    firstSeen,
    lastSeen,
    observations,
    senderCount,
    forgotten,
    portZero,
    totals: Object.fromEntries(activity.totals),
    timeline: { ...activity.timeline, series: Object.fromEntries(activity.timeline.series) },
    ports: activity.topPorts(50),
    sources: sourcesOf(activity),
  };
}

/** Classes that an address is seen in: class → contacts. */
export function classesOf(activity: Activity, address: string): Map<number, readonly string[]> {
  const classes = new Map<number, readonly string[]>();
  for (const source of sourcesOf(activity)) if (source.address === address) classes.set(source.trafficClass, source.contacts);
  return classes;
}
