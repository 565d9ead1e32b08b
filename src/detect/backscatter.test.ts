/** Answers that nobody asked for, and answers that somebody did. */
import { describe, expect, test } from "vitest";
import { CLASS_RST_SENT, CLASS_STRAY, CLASS_SYN, CLASS_SYN_ACK_SENT, OUTCOME_ANSWERED } from "../model/activity.ts";
import { parseNetwork } from "../model/address.ts";
import { ActivityBuilder, addresses, HOME, onPort, SCANNER } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

describe("backscatter", () => {
  const peers = addresses("192.0.2.1", 100);
  const victim = "198.51.100.80";
  const syn = (builder: ActivityBuilder, last = 120): ActivityBuilder =>
    builder.add(victim, CLASS_SYN_ACK_SENT, onPort(peers, 80), { packets: 400, last });

  test("answers that nobody asked for name the victim, and no scanner", () => {
    const { scans, backscatter } = detect(syn(new ActivityBuilder()).activity, { home: HOME });
    expect(scans).toEqual([]);
    expect(backscatter).toMatchObject([{ victim, transport: "tcp", ports: [80], peers: 100, packets: 400, qualifies: true }]);
    expect(detect(syn(new ActivityBuilder(), 86_400).activity, { home: HOME }).backscatter).toMatchObject([{ qualifies: false }]);
  });

  test("a network of few addresses has few peers, and the answers are as many", () => {
    const [home] = [parseNetwork("192.0.2.0/29")].filter((network) => network !== null);
    const few = (packets: number, count: number): unknown =>
      detect(
        new ActivityBuilder().add(victim, CLASS_SYN_ACK_SENT, onPort(addresses("192.0.2.1", count), 80), { packets, last: 3000 }).activity,
        { home: [home!] },
      ).backscatter;
    expect(few(100, 5)).toMatchObject([{ victim, peers: 5 }]);
    expect(few(20, 5)).toEqual([]);
    expect(few(100, 2)).toEqual([]);
  });

  test("answers to a scan in the same capture are answers", () => {
    const builder = syn(new ActivityBuilder());
    for (const peer of peers) builder.add(peer, CLASS_SYN, [[victim, 80, OUTCOME_ANSWERED]]);
    expect(detect(builder.activity, { home: HOME }).backscatter).toEqual([]);
  });

  test("a server of which only its own side was captured is no victim", () => {
    expect(detect(syn(new ActivityBuilder()).add(victim, CLASS_STRAY, onPort(peers, 50_000)).activity, { home: HOME }).backscatter).toEqual(
      [],
    );
  });

  test("a scanner's own resets are no backscatter", () => {
    const builder = new ActivityBuilder()
      .add(SCANNER, CLASS_SYN, onPort(peers, 80, OUTCOME_ANSWERED))
      .add(SCANNER, CLASS_RST_SENT, onPort(peers, 40_000), { packets: 400, last: 120 });
    const { scans, backscatter } = detect(builder.activity, { home: HOME });
    expect(scans).toMatchObject([{ source: SCANNER }]);
    expect(backscatter).toEqual([]);
  });
});
