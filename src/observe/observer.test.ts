import { describe, expect, test } from "vitest";
import { dumpActivity, eachBatch, observeCapture, readSample, samplesPresent } from "./captures.fixture.ts";
import { Observer } from "./index.ts";

const CAPTURES = [
  "pcap-scanners-live/nmap_syn_p0_1-100.pcap",
  "pcap-scanners-live/masscan_p0_80_23.pcap",
  "pcap-scans/synscan.pcap",
  "pcap-backscatter-dos/bro-simple-scan-backscatter.pcap",
  "pcap-benign-control/gnutella.pcap",
  "pcap-port0/fuzz-2006-06-26-2594.pcap",
];

describe.skipIf(!samplesPresent)("merging (skipped without ../shared/samples)", () => {
  test.each(CAPTURES)("two observers of alternate stretches of %s say together what one says of the whole", (path) => {
    const capture = readSample(path);
    const halves = [new Observer(), new Observer()] as const;
    let at = 0;
    eachBatch(capture, 64, (batch) => halves[at++ % 2 === 0 ? 0 : 1].observe(batch));
    halves[0].merge(halves[1]);
    expect(dumpActivity(halves[0].finish())).toEqual(dumpActivity(observeCapture(capture)));
  });
});

describe("clocks", () => {
  test("nothing observed is nothing seen", () => {
    const activity = new Observer().finish();
    expect(activity).toMatchObject({ firstSeen: null, lastSeen: null, observations: 0, senderCount: 0 });
  });
});
