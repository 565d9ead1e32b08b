/** The targets of all scans together: exact while contacts are kept, close to the truth where they are samples. */
import { describe, expect, test } from "vitest";
import { ObservationWriter } from "../formats/format.ts";
import { commitRow, startRow } from "../formats/record-row.ts";
import { parseIPv4 } from "../model/address.ts";
import type { Detection } from "../model/finding.ts";
import { GRADE_CONFIRMED, ObservationBatch } from "../model/observation.ts";
import { PROTOCOL_TCP, TCP_SYN } from "../model/protocol.ts";
import { Observer } from "../observe/index.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import { detect } from "./index.ts";
import { TargetCounter } from "./targets.ts";
import type { ScannedTargets } from "./targets.ts";

const HOME = 0xc6330000;
const dark = (): boolean => true;

/** A scan of neighbours from `first` on, of which one in `scale` is kept. */
function scanOf(first: number, count: number, scale = 1): ScannedTargets {
  const targets = Uint32Array.from({ length: Math.floor(count / scale) }, (_, i) => HOME + first + i * scale);
  const sketch = new HyperLogLog(10);
  for (let i = 0; i < count; i++) sketch.add(mix32(HOME + first + i));
  const registers = scale === 1 ? [] : [sketch.registers];
  return { family: 4, contacts: { targets, scale, registers }, scan: { targetCount: count, darkTargetCount: count } };
}

function countOf(...scans: readonly ScannedTargets[]): { count: number; dark: number } {
  const counter = new TargetCounter();
  for (const scan of scans) counter.add(scan, dark);
  const summary = counter.summary();
  return { count: summary.count, dark: summary.dark };
}

/** Forged SYNs upon one port, a new source each, and between them a scan by one source: contacts of a large table are samples. */
function detectFlood(sources: number, targets: number): Detection {
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  const put = (time: number, source: number, target: number, port: number): void => {
    const row = startRow(writer);
    const { batch } = writer;
    batch.time[row] = time;
    batch.source[row] = source;
    batch.destination[row] = target;
    batch.sourcePort[row] = 40_000;
    batch.destinationPort[row] = port;
    batch.protocol[row] = PROTOCOL_TCP;
    batch.tcpFlags[row] = TCP_SYN;
    batch.grade[row] = GRADE_CONFIRMED;
    commitRow(writer);
  };
  const every = Math.floor(sources / targets);
  for (let i = 0; i < sources; i++) {
    put(1e9 + i / 5000, 0x0b000000 + i * 61, HOME + 7, 80);
    if (i % every === 0 && i / every < targets) put(1e9 + i / 5000, parseIPv4("203.0.113.9") ?? 0, HOME + 1000 + i / every, 445);
  }
  writer.flush();
  return detect(observer.finish(), { home: [] });
}

describe("targets of all scans", () => {
  test("of a scan of 577 hosts during a flood of 120,000 sources are not those of its sample", () => {
    const { scans, targets, floods } = detectFlood(120_000, 577);
    expect(floods).toHaveLength(1);
    const [scan] = scans;
    expect(scan).toMatchObject({ source: "203.0.113.9", ports: [445] });
    expect(targets).toMatchObject({ count: scan?.targetCount, dark: scan?.darkTargetCount });
    expect(Math.abs(targets.count - 577)).toBeLessThan(577 * 0.1);
  });

  test("are exact while all contacts are kept, overlapping or not", () => {
    expect(countOf()).toEqual({ count: 0, dark: 0 });
    expect(countOf(scanOf(0, 100), scanOf(50, 100))).toEqual({ count: 150, dark: 150 });
    const counter = new TargetCounter();
    counter.add(scanOf(0, 100), (target) => target % 2 === 0);
    expect(counter.summary()).toMatchObject({ count: 100, dark: 50, networks: [[HOME, 100]] });
  });

  test("are what one scan says of itself where it is the only sample", () => {
    expect(countOf(scanOf(0, 5000, 16))).toEqual({ count: 5000, dark: 5000 });
    expect(countOf(scanOf(0, 5000, 16), scanOf(10, 20))).toEqual({ count: 5000, dark: 5000 });
  });

  test("of samples are those of their union, not of their sum", () => {
    const apart = countOf(scanOf(0, 3000, 8), scanOf(10_000, 5000, 16), scanOf(30_000, 40)).count;
    expect(Math.abs(apart - 8040) / 8040).toBeLessThan(0.1);
    const same = countOf(...Array.from({ length: 50 }, () => scanOf(0, 5000, 16))).count;
    expect(Math.abs(same - 5000) / 5000).toBeLessThan(0.1);
  });

  test("are never more than the sum, nor than the largest estimate of many by more than its error", () => {
    const wild: ScannedTargets = { ...scanOf(0, 5000, 16), scan: { targetCount: 6500, darkTargetCount: 0 } };
    expect(countOf(...Array.from({ length: 50 }, () => scanOf(0, 5000, 16)), wild).count).toBeLessThan(5000 * 1.1);
    expect(countOf(scanOf(0, 40, 8)).count).toBe(40);
  });
});
