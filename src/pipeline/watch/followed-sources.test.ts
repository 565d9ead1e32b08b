import { afterAll, describe, expect, test } from "vitest";
import { Intel } from "../../intel/index.ts";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { Recorder } from "../../lab/event.ts";
import { connectProber, type MakeProber, miraiProber, zmapProber } from "../../lab/prober.ts";
import { Random } from "../../lab/random.ts";
import { tcpScan } from "../../lab/scanning.ts";
import { Site } from "../../lab/site.ts";
import { parseIPv4 } from "../../model/address.ts";
import { NO_MANNERS } from "../../model/manners.ts";
import { eachBatch } from "../../observe/captures.fixture.ts";
import { FollowedSources } from "./followed-sources.ts";

/** Two addresses of Censys, and nobody's. */
const CENSYS = "162.142.125.7";
const CENSYS_TOO = "162.142.125.9";
const NOBODY = "45.155.205.99";

const intel = Intel.open({ networks: false });
afterAll(() => intel.close());

/** A scan of a /24 that is full of hosts. */
function scan(source: string, prober: MakeProber): Uint8Array {
  const random = new Random(5);
  const site = Site.draw(random, 24, 0.9);
  const recorder = new Recorder(random, { site }, 600);
  tcpScan(recorder, prober(random, parseIPv4(source) ?? 0), {
    contacts: site.addresses(random, 250).map((target) => [target, 443]),
    start: recorder.start,
    gap: () => 0.2,
    technique: prober === connectProber ? "connect" : "syn",
  });
  return encodeCapture(recorder.finish("scan", { reading: "research" }).packets);
}

function watched(followed: FollowedSources, capture: Uint8Array): void {
  eachBatch(capture, 256, (batch) => followed.observe(batch));
}

const statusOf = (followed: FollowedSources, address: string): string | undefined =>
  intel.label(address, () => followed.mannersOf(address) ?? NO_MANNERS).acknowledged?.status;

describe("sources of open incidents", () => {
  test("are confirmed as acknowledged scanners where they complete exchanges, and disputed where they carry a bot's mark", () => {
    const followed = new FollowedSources();
    followed.follow("one", [CENSYS, CENSYS_TOO]);
    expect(statusOf(followed, CENSYS)).toBe("claimed");
    watched(followed, scan(CENSYS, connectProber));
    watched(followed, scan(CENSYS_TOO, miraiProber));
    expect(statusOf(followed, CENSYS)).toBe("confirmed");
    expect(statusOf(followed, CENSYS_TOO)).toBe("disputed");
  });
  test("send more than is looked at: that is counted until the next look, and what was seen counts", () => {
    const followed = new FollowedSources(100);
    followed.follow("one", [CENSYS]);
    watched(followed, scan(CENSYS, zmapProber("old")));
    expect(followed.leftOut).toBeGreaterThan(100);
    expect(followed.mannersOf(CENSYS)?.tools.get("zmap") ?? 0).toBeGreaterThan(30);
    expect(followed.leftOut).toBe(0);
  });
  test("show their tools, which add up from look to look, also when they are followed anew", () => {
    const followed = new FollowedSources();
    followed.follow("one", [CENSYS]);
    watched(followed, scan(CENSYS, zmapProber("old")));
    const first = followed.mannersOf(CENSYS)?.tools.get("zmap") ?? 0;
    expect(first).toBeGreaterThan(100);
    followed.follow("one", [CENSYS, NOBODY]);
    watched(followed, scan(CENSYS, zmapProber("old")));
    expect(followed.mannersOf(CENSYS)?.tools.get("zmap")).toBe(2 * first);
  });
  test("near miss: of whom nobody follows, or any longer, nothing is known", () => {
    const followed = new FollowedSources();
    watched(followed, scan(CENSYS, connectProber));
    followed.follow("one", [NOBODY]);
    watched(followed, scan(CENSYS, connectProber));
    expect(followed.mannersOf(CENSYS)).toBeNull();
    expect(followed.mannersOf(NOBODY)).toBeNull();
    followed.follow("two", [NOBODY]);
    followed.keepOnly(new Set(["two"]));
    expect(followed.size).toBe(1);
    followed.keepOnly(new Set());
    expect(followed.size).toBe(0);
  });
  test("are a thousand at most, whoever chooses them", () => {
    const followed = new FollowedSources();
    for (let one = 0; one < 256; one++)
      followed.follow(
        `incident ${one}`,
        Array.from({ length: 20 }, (_, at) => `10.${one}.0.${at}`),
      );
    expect(followed.size).toBe(1024);
  });
});
