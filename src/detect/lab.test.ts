/** Events with known truth, from octets to findings: every scan found as what it is, and nothing else. */
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../formats/decode-bytes.ts";
import { ObservationWriter } from "../formats/format.ts";
import { PCAP } from "../formats/index.ts";
import { encodeCapture, EVENTS, makeEvent } from "../lab/index.ts";
import type { ScanTruth, Truth } from "../lab/index.ts";
import { parseNetwork } from "../model/address.ts";
import type { Detection, Scan } from "../model/finding.ts";
import { ObservationBatch } from "../model/observation.ts";
import { Observer } from "../observe/index.ts";
import { detect } from "./index.ts";

const SEEDS = [1, 2];

function detectEvent(name: string, seed: number, scale = 1): { detection: Detection; truth: Truth } {
  const { packets, truth } = makeEvent(name, seed, { scale });
  const bytes = encodeCapture(packets);
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  decodeBytes(bytes, writer, PCAP);
  const home = truth.home.map((text) => parseNetwork(text)).filter((network) => network !== null);
  return { detection: detect(observer.finish(), { home }), truth };
}

function isOf(scan: Scan, truth: ScanTruth): boolean {
  return (
    (scan.source === truth.source || truth.members.includes(scan.source)) &&
    scan.technique === truth.technique &&
    (scan.kind === "distributed") === (truth.kind === "distributed")
  );
}

/** What of a scan contradicts its truth. A tool, slowness: seen where truth says none is no contradiction (marks and gaps are facts too). */
function differences(scan: Scan | undefined, truth: ScanTruth): string[] {
  const title = `${truth.source} ${truth.kind} ${truth.technique}`;
  if (scan === undefined) return [`${title}: not found`];
  const said: string[] = [];
  if (scan.kind !== truth.kind) said.push(`kind ${scan.kind}`);
  if (scan.transport !== truth.transport) said.push(`transport ${scan.transport}`);
  if (truth.tool !== null && scan.tool?.name !== truth.tool) said.push(`tool ${scan.tool?.name ?? "none"}`);
  if (truth.slow && !scan.slow) said.push("not slow");
  if (scan.fragmented !== truth.fragmented) said.push(`fragmented ${String(scan.fragmented)}`);
  if (scan.decoys.join() !== truth.decoys.toSorted().join()) said.push(`decoys ${scan.decoys.join()}`);
  if (truth.members.length > 0 && scan.memberCount < 0.9 * truth.members.length) said.push(`members ${scan.memberCount}`);
  if (Math.abs(scan.portCount - truth.ports.length) > 0.1 * truth.ports.length) said.push(`ports ${scan.portCount}`);
  return said.length === 0 ? [] : [`${title}: ${said.join(", ")}`];
}

describe.each(EVENTS.map((event) => [event.name, event.title] as const))("%s", (name, title) => {
  test.each(SEEDS)(`${title} (seed %i)`, (seed) => {
    const { detection, truth } = detectEvent(name, seed);
    const wrong = truth.scans.flatMap((expected) =>
      differences(
        detection.scans.find((scan) => isOf(scan, expected)),
        expected,
      ),
    );
    const known = new Set([...truth.scans.map((scan) => scan.source), ...truth.mayReport]);
    // A source with flags at random may show more than one technique; no other source may show any.
    const extra = detection.scans.filter((scan) => !known.has(scan.source) && !truth.scans.some((expected) => isOf(scan, expected)));
    expect({ wrong, extra: extra.map(({ source, kind, technique }) => `${source} ${kind} ${technique}`) }).toEqual({
      wrong: [],
      extra: [],
    });
    const victims = new Set(detection.backscatter.map((found) => found.victim));
    expect(truth.backscatter.filter((expected) => !victims.has(expected.victim))).toEqual([]);
    const expected = new Set([...truth.backscatter.map((entry) => entry.victim), ...known]);
    expect(detection.backscatter.filter((found) => !expected.has(found.victim))).toEqual([]);
  });
});

test.each(SEEDS)("a peer of BitTorrent stays one at twelve times the size (seed %i)", (seed) => {
  expect(detectEvent("p2p", seed, 12).detection.scans).toEqual([]);
});
