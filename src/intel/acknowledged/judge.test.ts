import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ToolName } from "../../model/activity.ts";
import type { NameLabel } from "../../model/label.ts";
import type { Manners } from "../../model/manners.ts";
import type { ReputationHit } from "../../model/reputation.ts";
import { acknowledgedLabel, isCandidate } from "./judge.ts";

const CENSYS = "162.142.125.7";
const NOBODY = "80.82.65.237";
const REAL: Manners = { spoofable: false, tools: new Map(), beyond: [] };
const FORGEABLE: Manners = { ...REAL, spoofable: true };
const GUESSING: Manners = {
  ...REAL,
  beyond: ["opened 400 connections to 2 services that ask for a password, and talked: that is guessing"],
};

function named(name: string, forwardConfirmed: boolean): NameLabel {
  return { name, forwardConfirmed, doubt: null };
}

function hit(kind: ReputationHit["kind"]): ReputationHit {
  return { feed: "misp-x", kind, network: `${NOBODY}/32`, trust: 0.8, list: "MISP: list of X scanners", date: "2026-08-10" };
}

function tools(...names: ToolName[]): Manners {
  return { ...REAL, tools: new Map(names.map((name) => [name, 10])) };
}

describe("the status of an acknowledged scanner", () => {
  test("is confirmed by a list and an exchange, and more so by name and tool", () => {
    const byList = acknowledgedLabel(CENSYS, REAL);
    expect(byList).toMatchObject({ organisation: "Censys", status: "confirmed" });
    expect(byList?.reason).toMatch(/^162\.142\.125\.7 is in the networks that Censys scans from .*completed an exchange/);
    const byAll = acknowledgedLabel(CENSYS, tools("zmap"), { hits: [], name: named("a.censys-scanner.com", true) });
    expect(byAll?.reason).toMatch(
      /a\.censys-scanner\.com, which leads back to it, and it completed .* with the tool that the organisation names \(zmap\)/,
    );
  });
  test("is confirmed by a name alone, where the name leads back; an unconfirmed name is nothing", () => {
    expect(acknowledgedLabel(NOBODY, REAL, { hits: [], name: named("x.stretchoid.com", true) })).toMatchObject({
      organisation: "Stretchoid",
      status: "confirmed",
    });
    expect(acknowledgedLabel(NOBODY, REAL, { hits: [], name: named("x.stretchoid.com", false) })).toBeNull();
    expect(acknowledgedLabel(NOBODY, REAL, { hits: [], name: named("host.example", true) })).toBeNull();
  });
  test("comes of feeds of acknowledged scanners, and of no other feed", () => {
    const label = acknowledgedLabel(NOBODY, REAL, { hits: [hit("attacker"), hit("acknowledged")], name: null });
    expect(label).toMatchObject({
      organisation: "MISP: list of X scanners",
      list: "MISP: list of X scanners",
      date: "2026-08-10",
      status: "confirmed",
    });
    expect(acknowledgedLabel(NOBODY, REAL, { hits: [hit("attacker"), hit("resolver")], name: null })).toBeNull();
  });
  test("is at best claimed where the source may be forged, whatever lists and names say", () => {
    const proofs = { hits: [hit("acknowledged")], name: named("a.censys-scanner.com", true) };
    expect(acknowledgedLabel(CENSYS, FORGEABLE, proofs)).toMatchObject({ status: "claimed" });
  });
  test("is claimed where the tool is another than it names, or the name is another's", () => {
    expect(acknowledgedLabel(CENSYS, tools("masscan"))).toMatchObject({ status: "claimed", reason: expect.stringContaining("masscan") });
    // Shodan names no tool, so none contradicts it.
    expect(acknowledgedLabel("71.6.135.131", tools("masscan"))?.status).toBe("confirmed");
    expect(acknowledgedLabel(CENSYS, REAL, { hits: [], name: named("vps12.host.example", true) })).toMatchObject({
      status: "claimed",
      reason: expect.stringContaining("changed hands"),
    });
    expect(acknowledgedLabel(CENSYS, REAL, { hits: [], name: named("vps12.host.example", false) })?.status).toBe("confirmed");
  });
  test("is disputed by behaviour beyond scanning, which beats all else and is told", () => {
    const label = acknowledgedLabel(CENSYS, GUESSING, { hits: [hit("acknowledged")], name: named("a.censys-scanner.com", true) });
    expect(label).toMatchObject({ status: "disputed", reason: expect.stringContaining("opened 400 connections") });
    expect(acknowledgedLabel(CENSYS, { ...GUESSING, spoofable: true })?.status).toBe("disputed");
  });
  test("property: forgeable is never confirmed, beyond is always disputed, and a label needs a candidate", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(CENSYS, NOBODY, "71.6.135.131", "10.0.0.1", "", "(cafe)"),
        fc.boolean(),
        fc.subarray(["zmap", "masscan", "mirai"] as ToolName[]),
        fc.subarray(["floods", "hides"]),
        fc.option(fc.tuple(fc.constantFrom("a.censys-scanner.com", "h.example", "\u0000"), fc.boolean())),
        fc.subarray(["acknowledged", "attacker"] as const),
        (address, spoofable, marks, beyond, name, kinds) => {
          const proofs = { hits: kinds.map(hit), name: name === null ? null : named(...name) };
          const label = acknowledgedLabel(address, { spoofable, tools: new Map(marks.map((tool) => [tool, 5])), beyond }, proofs);
          expect(label !== null).toBe(isCandidate(address, proofs));
          if (label === null) return;
          if (beyond.length > 0) expect(label.status).toBe("disputed");
          else if (spoofable) expect(label.status).toBe("claimed");
          expect(label.reason.startsWith(address)).toBe(true);
          expect(label.reason.endsWith(".")).toBe(true);
        },
      ),
    );
  });
});
