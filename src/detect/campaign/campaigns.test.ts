/** Campaigns: what was planted in a crowd is found, what has nothing to do with one another is not. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../formats/decode-bytes.ts";
import { ObservationWriter } from "../../formats/format.ts";
import { batchesOf, type Crowd, type PlantedCampaign } from "../../lab/crowd/crowd.ts";
import { makeCrowd } from "../../lab/crowd/make-crowd.ts";
import { encodeCapture, makeEvent } from "../../lab/index.ts";
import { CLASS_SYN } from "../../model/activity.ts";
import { formatIPv4, parseNetwork } from "../../model/address.ts";
import type { Campaign } from "../../model/campaign.ts";
import type { Detection } from "../../model/finding.ts";
import { NO_LABELS } from "../../model/label.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { Observer } from "../../observe/index.ts";
import { ActivityBuilder, addresses, HOME } from "../activity-builder.fixture.ts";
import type { SourceRow } from "../activity-builder.fixture.ts";
import { detect, explainAddress } from "../index.ts";

const SAMPLES = new URL("../../../../shared/samples/", import.meta.url).pathname;
const present = existsSync(SAMPLES);
const HOME_OF_CROWD = [parseNetwork("198.18.0.0/20")].filter((network) => network !== null);

function observerOf(crowd: Crowd, part: (index: number) => boolean = () => true): Observer {
  const observer = new Observer();
  const packets = crowd.packets.filter((_, index) => part(index));
  for (const batch of batchesOf({ ...crowd, packets })) observer.observe(batch);
  return observer;
}

function campaignsIn(observer: Observer): readonly Campaign[] {
  return detect(observer.finish(), { home: HOME_OF_CROWD }).campaigns;
}

/** Which planted campaign most members are of, and how many of them. */
function originOf(campaign: Campaign, planted: readonly PlantedCampaign[]): { name: string; share: number } {
  const counts = planted.map(({ name, members }) => {
    const own = new Set(members.map(formatIPv4));
    return { name, share: campaign.members.filter((member) => own.has(member)).length / campaign.members.length };
  });
  return counts.toSorted((a, b) => b.share - a.share)[0] ?? { name: "none", share: 0 };
}

function detectBytes(bytes: Uint8Array): Detection | null {
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  return decodeBytes(bytes, writer) === null ? null : detect(observer.finish(), { home: [] });
}

describe.skipIf(!present)("real captures", () => {
  const folders = [
    "pcap-scans",
    "pcap-port0",
    "pcap-malware",
    "pcap-benign-control",
    "pcap-backscatter-dos",
    "pcap-scanners-live",
    "maltrail-corpus",
  ];
  const files = present
    ? folders.flatMap((folder) =>
        readdirSync(join(SAMPLES, folder))
          .filter((name) => /\.pcap(?:ng)?$/.test(name))
          .map((name) => join(folder, name)),
      )
    : [];
  test("hold no campaign: at most two hundred senders, of which one scans", () => {
    expect(files.length).toBeGreaterThan(20);
    const found = files.filter((file) => (detectBytes(readFileSync(join(SAMPLES, file)))?.campaignsTotal ?? 0) > 0);
    expect(found).toEqual([]);
  });
});

describe("a crowd with a campaign of each kind in it", () => {
  const { crowd, planted } = makeCrowd(3, 8000);
  const campaigns = campaignsIn(observerOf(crowd));

  test("every campaign that is found was planted, and hardly a stranger is in it", () => {
    for (const campaign of campaigns) expect(originOf(campaign, planted).share, campaign.id).toBeGreaterThanOrEqual(0.85);
  });

  test("nearly all that were planted are found", () => {
    const found = new Set(campaigns.map((campaign) => originOf(campaign, planted).name));
    expect(found.size).toBeGreaterThanOrEqual(planted.length - 1);
  });

  test("members that each stay under every threshold are found by what they share out", () => {
    const hidden = campaigns.find((campaign) => originOf(campaign, planted).name === "hidden shares");
    expect(hidden?.isHidden).toBe(true);
    expect(hidden?.memberCount).toBeGreaterThan(100);
    expect(hidden?.ties.map(({ kind }) => kind)).toContain("targets-shared-out");
  });

  test("port zero ties, whatever the ports", () => {
    const zero = campaigns.find((campaign) => originOf(campaign, planted).name === "port zero");
    expect(zero?.portZero).toBe(true);
    expect(zero?.ties.map(({ sentence }) => sentence).join()).toContain("port zero");
  });

  test("identities and ties are in order of weight", () => {
    expect(campaigns.map(({ id }) => id)).toEqual(campaigns.map((_, index) => `C${index + 1}`));
    for (const { ties } of campaigns) {
      expect(ties.length).toBeGreaterThan(1);
      expect(ties.map(({ weight }) => weight)).toEqual(ties.map(({ weight }) => weight).toSorted((a, b) => b - a));
    }
  });

  test("two halves observed apart and merged give the same campaigns", () => {
    const merged = observerOf(crowd, (index) => index % 3 === 0);
    merged.merge(observerOf(crowd, (index) => index % 3 !== 0));
    expect(campaignsIn(merged)).toEqual(campaigns);
  });

  test("a member is told of its campaign, and why, even one too quiet to be listed", () => {
    const large = campaigns.find(({ memberCount }) => memberCount > 100);
    const origin = planted.find(({ name }) => name === (large === undefined ? "" : originOf(large, planted).name));
    const asked = origin?.members.map(formatIPv4).find((member) => large?.members.includes(member) === false) ?? "";
    const activity = observerOf(crowd).finish();
    const detection = detect(activity, { home: HOME_OF_CROWD, asked });
    const { verdicts } = explainAddress(activity, detection, asked, NO_LABELS);
    expect(verdicts.join("\n")).toMatch(/Member of campaign C\d+, \d+ sources that act as one.*: all \d+ ask for/);
  });
});

describe("sources that have nothing to do with one another", () => {
  test.each([11, 12])("background alone is no campaign: Mirai's bots, worms, crawlers, clients of a dead service (seed %i)", (seed) => {
    expect(campaignsIn(observerOf(makeCrowd(seed, 12_000, []).crowd))).toEqual([]);
  });

  test.each(["worm-mirai", "worm-445", "botnet-growth"])("%s: a worm's victims start when they are infected", (event) => {
    const { packets } = makeEvent(event, 5);
    expect(detectBytes(encodeCapture(packets))?.campaigns).toEqual([]);
  });

  test("nor are clients that call at once for a service that went away", () => {
    const builder = crowdOfBuilder(60);
    for (const client of addresses("20.0.0.1", 60, 70_001)) {
      const at = 40_000 + (addresses("20.0.0.1", 60, 70_001).indexOf(client) % 30);
      builder.add(
        client,
        CLASS_SYN,
        addresses("198.18.0.1", 3).map((target) => [target, 443]),
        { first: at, last: at + 3, packets: 9, stackPackets: 9, headerMarks: 7 },
      );
    }
    expect(detect(builder.activity, { home: HOME }).campaigns).toEqual([]);
  });

  test("nor is a scanner with its decoys: one of them is true, and the others are nobody", () => {
    const { packets } = makeEvent("decoy-scan", 1);
    expect(detectBytes(encodeCapture(packets))?.campaigns).toEqual([]);
  });
});

describe("whatever the order", () => {
  test("the same sources give the same campaigns", () => {
    const rows = [...unrelated(80), ...together(12)];
    const expected = detectRows(rows);
    expect(expected).toMatchObject([{ memberCount: 12, isHidden: true }]);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(detectRows(shuffled)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });
});

interface Row {
  readonly source: string;
  readonly targets: readonly string[];
  readonly port: number;
  readonly row: SourceRow;
}

function detectRows(rows: readonly Row[]): readonly Campaign[] {
  const builder = new ActivityBuilder();
  for (const { source, targets, port, row } of rows)
    builder.add(
      source,
      CLASS_SYN,
      targets.map((target) => [target, port]),
      row,
    );
  return detect(builder.activity, { home: HOME }).campaigns;
}

/** Sources all over a day, on a few ports. */
function unrelated(count: number): Row[] {
  return addresses("41.7.0.3", count, 1_000_003).map((source, index) => {
    const first = (index * 7919 * 13) % 80_000;
    const row = { first, last: first + 200 + index * 11, packets: 5, headerMarks: [7, 11, 19, 35][index % 4]! };
    return { source, targets: addresses(`198.18.${index % 200}.5`, 5, 37), port: [23, 445, 3389][index % 3]!, row };
  });
}

/** Sources that begin within a minute and share out a network on one port. */
function together(count: number): Row[] {
  return addresses("77.1.0.9", count, 3_000_017).map((source, index) => ({
    source,
    targets: addresses(`198.19.${index}.7`, 6, 11),
    port: 2375,
    row: { first: 30_000 + index * 4, last: 31_000 + index, packets: 6, headerMarks: 56 },
  }));
}

function crowdOfBuilder(count: number): ActivityBuilder {
  const builder = new ActivityBuilder();
  for (const { source, targets, port, row } of unrelated(count))
    builder.add(
      source,
      CLASS_SYN,
      targets.map((target) => [target, port]),
      row,
    );
  return builder;
}
