/** Scans that many sources make, and many sources that make none. */
import { describe, expect, test } from "vitest";
import {
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_SYN,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
} from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Scan } from "../model/finding.ts";
import { ActivityBuilder, addresses, onHost, onPort, range, SCANNER, withHosts, HOME } from "./activity-builder.fixture.ts";
import { detect } from "./index.ts";

const SERVED = OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA;
function scansOf(activity: Activity): readonly Scan[] {
  return detect(activity, { home: HOME }).scans;
}

describe("many sources", () => {
  test("decoys are listed on the scan of the source that shows itself", () => {
    const contacts = onHost("192.0.2.7", range(1, 100), OUTCOME_REFUSED);
    const builder = withHosts(new ActivityBuilder(), ["192.0.2.7"]);
    for (const decoy of ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
      builder.add(decoy, CLASS_SYN, contacts, { first: 100, last: 110 });
    builder.add(SCANNER, CLASS_SYN, contacts, { first: 100.001, last: 110 }).add(SCANNER, CLASS_RST_SENT, [["192.0.2.7", 50_000]]);
    expect(scansOf(builder.activity)).toMatchObject([{ source: SCANNER, decoys: ["198.51.100.1", "198.51.100.2", "198.51.100.3"] }]);
  });

  test("the same sweep an hour later is no decoy", () => {
    const contacts = onPort(addresses("192.0.2.1", 100), 23);
    const builder = new ActivityBuilder()
      .add("198.51.100.1", CLASS_SYN, contacts, { first: 0, last: 10 })
      .add(SCANNER, CLASS_SYN, contacts, { first: 3600, last: 3610 });
    expect(scansOf(builder.activity)).toMatchObject([{ decoys: [] }, { decoys: [] }]);
  });

  test("sources that share out a port over a network are one distributed scan", () => {
    const targets = addresses("192.0.2.1", 200);
    const builder = new ActivityBuilder();
    for (let member = 0; member < 50; member++)
      builder.add(`100.${member}.7.7`, CLASS_SYN, onPort(targets.slice(member * 4, member * 4 + 4), 8291), {
        first: member,
        last: member + 30,
      });
    expect(scansOf(builder.activity)).toMatchObject([
      { kind: "distributed", ports: [8291], memberCount: 50, targetCount: 200, contactCount: 200 },
    ]);
  });

  test("background radiation on one port is not glued together", () => {
    let state = 7;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % limit;
    };
    const builder = new ActivityBuilder();
    for (let source = 0; source < 300; source++) {
      const targets = addresses(`198.18.${random(2)}.0`, 256).filter(() => random(256) < 3);
      if (targets.length > 0)
        builder.add(`100.${source & 255}.${source >> 8}.7`, CLASS_SYN, onPort(targets.slice(0, 8), 23), {
          first: random(86_400),
          last: 86_400,
        });
    }
    expect(scansOf(builder.activity)).toEqual([]);
  });

  test("clients of one service are no scan", () => {
    const builder = new ActivityBuilder().add("192.0.2.80", CLASS_SERVED, [["100.0.0.1", 443]]);
    for (let client = 0; client < 200; client++) builder.add(`100.0.${client}.7`, CLASS_SYN, [["192.0.2.80", 443, SERVED]]);
    expect(scansOf(builder.activity)).toEqual([]);
  });
});
