/** What can still be told where records or networks show little: logs without headers, one host, floods of seconds, few hands. */
import { describe, expect, test } from "vitest";
import type { Assessment } from "../model/assessment.ts";
import type { LoneProbes, Scan } from "../model/finding.ts";
import { detection, input, labelled, portZero, scan } from "./findings.fixture.ts";
import { type AssessInput, assess } from "./index.ts";

const judged = (given: AssessInput): Assessment => assess(given).assessment;
const leading = (given: AssessInput): string | undefined => judged(given).hypotheses[0]?.id;
const none = { source: 0, destination: 0, both: 0 };

describe("port zero in records without headers", () => {
  const records = (counts: typeof none): AssessInput =>
    input({
      detection: detection(
        Array.from({ length: 20 }, (_, at) => scan({ source: `198.18.0.${at + 1}`, targetCount: 60, darkTargetCount: 60, portZero: true })),
      ),
      portZero: portZero({ unconfirmed: { tcp: counts, udp: none, flagged: 0 } }),
    });
  test("is none of fragments where the other port is there", () => {
    expect(leading(records({ ...none, source: 1200 }))).toBe("vulnerability-search");
    expect(leading(records({ ...none, both: 1200 }))).toBe("artefact");
  });
});

describe("a few records of port zero with TCP flags, to one host", () => {
  const given = input({
    detection: {
      ...detection([]),
      loneProbes: { sources: 13, packets: 27, miraiSources: 0, services: [{ transport: "tcp", port: 0, sources: 13 }] },
    },
    portZero: portZero({ unconfirmed: { tcp: { ...none, both: 160 }, udp: none, flagged: 150 } }),
    totals: new Map([["tcp", 200]]),
  });
  test("are nothing that ordinary traffic holds", () => {
    expect(leading(given)).toBe("fingerprinting");
    expect(judged(given).severity).toBe("low");
  });
});

describe("port zero that is asked for", () => {
  const many = Array.from({ length: 60 }, (_, at): Scan =>
    scan({ source: `198.18.${at}.1`, ports: [0], targetCount: 30, darkTargetCount: 30, portZero: true, packets: 30 }),
  );
  const labels = new Map(many.map(({ source }, at) => [source, labelled(3000 + at, "Access")]));
  const asked = input({
    detection: detection(many),
    labels,
    portZero: portZero({ tcp: { ...none, both: 1800 }, sources: 60, targets: 240 }),
  });
  test("is no search, since nothing can listen there, though many ask whose headers were not seen", () => {
    expect(leading(asked)).toBe("fingerprinting");
    expect(judged(asked).severity).toBe("medium");
  });
  test("is no service to be checked or named", () => {
    const answered = many.map((one) => ({ ...one, outcomes: { answered: 1, refused: 0, unreachable: 0, silent: 29 } }));
    const { assessment, advice } = assess({ ...asked, detection: detection(answered) });
    expect(`${assessment.summary}${advice.map(({ action }) => action).join()}`).not.toMatch(/services? on TCP\/0|attack on TCP\/0/);
    expect(advice.some(({ action }) => action.startsWith("Check the services"))).toBe(false);
  });
});

describe("lone probes", () => {
  const lone = (probes: Partial<LoneProbes>, all = 1000): AssessInput =>
    input({
      detection: { ...detection([]), loneProbes: { sources: 160, packets: 700, miraiSources: 0, services: [], ...probes } },
      totals: new Map([["tcp", all]]),
    });
  const on = (port: number, sources = 160): LoneProbes["services"] => [{ transport: "tcp", port, sources }];
  test("for one service are what one host sees of a worm or a search", () => {
    const worm = judged(lone({ services: on(445) }));
    expect(["worm-or-botnet", "vulnerability-search"]).toContain(worm.hypotheses[0]?.id);
    expect(worm.severity).toBe("low");
    expect(worm.summary).toContain("160 sources sent 700 lone probes, all for TCP/445");
    expect(leading(lone({ services: on(23), miraiSources: 120 }))).toBe("worm-or-botnet");
  });
  test("for anything are ordinary, and are not called nothing", () => {
    const background = judged(lone({ services: on(8080, 9) }));
    expect(background.hypotheses[0]?.id).toBe("ordinary");
    expect(background.severity).toBe("none");
    expect(background.summary).toContain("only lone probes, as every address of the Internet gets them");
    expect(background.summary).not.toContain("No probing was seen");
  });
  test("are no matter in a busy network", () => {
    expect(judged(lone({ services: on(445) }, 1_000_000)).hypotheses[0]).toMatchObject({ id: "ordinary" });
  });
});

describe("few hands", () => {
  const one = (source: string): Scan =>
    scan({
      source,
      kind: "strobe",
      ports: [443, 8443, 22, 25, 53, 80, 993, 3389, 5985, 7443],
      portCount: 10,
      targetCount: 48,
      darkTargetCount: 0,
      contactCount: 160,
      slow: true,
      outcomes: { answered: 10, refused: 50, unreachable: 0, silent: 100 },
    });
  test("that share out the ports of live hosts search no service", () => {
    const shared = judged(input({ detection: detection([one("198.18.0.1"), one("198.18.7.1"), one("198.18.9.1")]) }));
    expect(shared.hypotheses[0]?.id).toBe("targeted-reconnaissance");
    expect(JSON.stringify(shared.hypotheses)).not.toContain("asked for few services");
  });
});

describe("a flood of seconds", () => {
  test("is not too early to tell", () => {
    const flood = judged(
      input({
        detection: {
          ...detection([]),
          floods: [
            {
              target: "192.88.98.9",
              technique: "syn",
              transport: "tcp",
              ports: [443],
              sources: 20_000,
              packets: 22_000,
              firstSeen: 1_383_354_000,
              lastSeen: 1_383_354_004,
              evidence: [],
            },
          ],
        },
        firstSeen: 1_383_354_000,
        lastSeen: 1_383_354_004,
        totals: new Map([["tcp", 22_000]]),
      }),
    );
    expect(flood).toMatchObject({ tooEarly: false, severity: "high" });
    expect(flood.hypotheses[0]?.id).toBe("ddos");
  });
});

describe("what the sources' networks are for", () => {
  const search = (kind: "hosting" | "access"): number => {
    const scans = Array.from({ length: 40 }, (_, at) => scan({ source: `198.18.${at}.1`, ports: [8443] }));
    const labels = new Map(
      scans.map(({ source }, at) => {
        const label = labelled(3000 + at, "Somebody");
        return [source, { ...label, network: { ...label.network!, kind } }];
      }),
    );
    const { hypotheses } = judged(input({ detection: detection(scans), labels }));
    return hypotheses.find(({ id }) => id === "worm-or-botnet")?.probability ?? Number.NaN;
  };
  test("tells bots in homes from rented scanners", () => {
    expect(search("access")).toBeGreaterThan(0.7);
    expect(search("hosting")).toBeLessThan(0.5);
  });
});
