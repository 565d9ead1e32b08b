/** Records instead of packets: no ordinary event may be taken for a scan in any kind of record, and scans are found in all that show them. */
import { describe, expect, test } from "vitest";
import { scoreEvent } from "./record-quality.ts";

/** Nothing in these is a scan. */
const ORDINARY = [
  "fragmented-amplification",
  "later-fragments",
  "icmp-echo",
  "udp-source-zero",
  "backscatter",
  "backscatter-port-zero",
  "web-one-way-out",
  "web-one-way-in",
  "dns-resolver",
  "ntp",
  "p2p",
  "mail-server",
  "traceroute",
  "mobile-nat-strays",
  "health-checks",
  "dns-authority",
];
/** One of each kind of contact, and those that are hard to see in records. */
const SCANS = [
  "horizontal-syn",
  "vertical-null",
  "vertical-ack",
  "vertical-udp",
  "horizontal-udp",
  "vertical-sctp-init",
  "vertical-ip-protocol",
  "fragmented-syn",
  "slow-scan",
  "decoy-scan",
  "os-detection",
];

describe("lab events as records", () => {
  test.each(ORDINARY)("%s accuses nobody", (event) => {
    const accused = scoreEvent(event, 3).flatMap(({ kind, falseAlarms, falseVictims, falseFloods }) =>
      [...falseAlarms, ...falseVictims, ...falseFloods].map((who) => `${kind}: ${who}`),
    );
    expect(accused).toEqual([]);
  });

  test.each(["dns-resolver", "mail-server"])("%s, busy and sampled, accuses nobody", (event) => {
    const accused = scoreEvent(event, 1, { scale: 4, kinds: ["1 in 10"] }).flatMap(({ falseAlarms, falseVictims, falseFloods }) => [
      ...falseAlarms,
      ...falseVictims,
      ...falseFloods,
    ]);
    expect(accused).toEqual([]);
  });

  test("a sampled sweep of many is found", () => {
    const [score] = scoreEvent("horizontal-syn", 1, { scale: 10, kinds: ["1 in 10"] });
    expect(score).toMatchObject({ scans: 1, found: 1, falseAlarms: [] });
  });

  test.each(SCANS)("%s is found", (event) => {
    const scores = scoreEvent(event, 2);
    expect(
      scores.flatMap(({ kind, misses, wrong, falseAlarms }) => [...misses, ...wrong, ...falseAlarms].map((what) => `${kind}: ${what}`)),
    ).toEqual([]);
    expect(scores.reduce((sum, { scans }) => sum + scans, 0)).toBeGreaterThan(0);
  });
});
