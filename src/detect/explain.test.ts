/** The sentences that `--explain` shows, for each way in which an address is or is not a scanner. */
import { describe, expect, test } from "vitest";
import {
  CLASS_FIN,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_TCP_ODD,
  OUTCOME_ANSWERED,
} from "../model/activity.ts";
import { NO_LABELS } from "../model/label.ts";
import { ActivityBuilder, addresses, HOME, onHost, onPort, range, SCANNER } from "./activity-builder.fixture.ts";
import { explainAddress } from "./explain.ts";
import { detect } from "./index.ts";

const TARGETS = addresses("192.0.2.1", 60);

function verdictsOf(builder: ActivityBuilder, address: string): string {
  const { activity } = builder;
  return explainAddress(activity, detect(activity, { home: HOME }), address, NO_LABELS).verdicts.join("\n");
}

describe("explaining an address", () => {
  test("a scanner, by the evidence of its scan", () => {
    expect(verdictsOf(new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(TARGETS, 445)), SCANNER)).toMatch(
      /^horizontal scan, technique syn: port 445 on 60 hosts/,
    );
  });

  test("a decoy, as what may be forged", () => {
    const builder = new ActivityBuilder();
    for (const source of [SCANNER, "203.0.113.10", "203.0.113.11"]) builder.add(source, CLASS_SYN, onPort(TARGETS, 445));
    const { activity } = builder;
    const [scan] = detect(activity, { home: HOME }).scans;
    expect(verdictsOf(builder, scan?.decoys[0] ?? "")).toMatch(/^Decoy or true source of a scan listed under .*2 companions/);
  });

  test("flags at random are one scan; packets of OS detection are no scan of their own", () => {
    const odd = new ActivityBuilder()
      .add(SCANNER, CLASS_TCP_ODD, onPort(TARGETS.slice(0, 40), 0))
      .add(SCANNER, CLASS_FIN, onPort(TARGETS.slice(40), 0));
    expect(verdictsOf(odd, SCANNER)).toContain("one scan, not one a technique");
    const os = new ActivityBuilder()
      .add(SCANNER, CLASS_OS_DETECTION, onHost(TARGETS[0] as string, range(0, 8)))
      .add(SCANNER, CLASS_NULL, onHost(TARGETS[0] as string, [1, 2, 3]));
    expect(verdictsOf(os, SCANNER)).toContain("TCP NULL: no scan of its own: packets of the OS detection");
  });

  test("one side of conversations is said to be so", () => {
    const oneSided = new ActivityBuilder().add(SCANNER, CLASS_SYN, onPort(TARGETS, 443)).add(SCANNER, CLASS_STRAY, onPort(TARGETS, 443));
    expect(verdictsOf(oneSided, SCANNER)).toContain("conversations of which only this side is recorded");
  });

  test("answers: a victim's, and those that were asked for", () => {
    const victim = new ActivityBuilder().add(SCANNER, CLASS_SYN_ACK_SENT, onPort(TARGETS, 80), { packets: 400, last: 120 });
    expect(verdictsOf(victim, SCANNER)).toMatch(/^Victim of forged traffic elsewhere/);
    for (const target of TARGETS) victim.add(target, CLASS_SYN, [[SCANNER, 80, OUTCOME_ANSWERED]]);
    expect(verdictsOf(victim, SCANNER)).toMatch(/Its TCP answers are no backscatter: .* had asked/);
  });

  test("a source of a flood, and its target", () => {
    const builder = new ActivityBuilder();
    const sources = addresses("11.0.0.1", 500, 104_729);
    sources.forEach((source, index) => builder.add(source, CLASS_SYN, [["192.0.2.10", 80]], { first: index / 50, last: index / 50 }));
    expect(verdictsOf(builder, sources[7] as string)).toContain("One of 500 sources of the flood on 192.0.2.10");
  });

  test("one that was never seen", () => {
    expect(verdictsOf(new ActivityBuilder(), SCANNER)).toBe("The address was not seen, neither sending nor answered.");
  });
});
