import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Advice, type HypothesisId, SEVERITIES } from "../model/assessment.ts";
import { nftRules } from "../respond/index.ts";
import * as made from "./findings.fixture.ts";
import { assess, type AssessInput } from "./index.ts";

const leading = (input: AssessInput): HypothesisId | undefined => assess(input).assessment.hypotheses[0]?.id;
const probability = (input: AssessInput, id: HypothesisId): number =>
  assess(input).assessment.hypotheses.find((hypothesis) => hypothesis.id === id)?.probability ?? Number.NaN;
/** What a report shows: the rules, and those of what is to be blocked. */
const adviceRules = ({ rules: lines, block }: Advice): readonly string[] =>
  block === undefined ? lines : nftRules({ ...block, families: [4, 6], incident: null, home: [], madeAt: 0 });
const rules = (input: AssessInput): string => assess(input).advice.flatMap(adviceRules).join("\n");
const rank = (severity: (typeof SEVERITIES)[number]): number => SEVERITIES.indexOf(severity);

const EVENTS: readonly (readonly [name: string, input: AssessInput, reading: HypothesisId, severity: string])[] = [
  ["2 November 2013", made.november2013(), "vulnerability-search", "critical"],
  ["CERT Polska 2011", made.certPolska(), "fingerprinting", "medium"],
  ["an acknowledged scanner", made.research("confirmed"), "research", "low"],
  ["addresses of an acknowledged scanner, perhaps forged", made.research("claimed"), "research", "low"],
  ["an acknowledged scanner that does more than scan", made.research("disputed"), "vulnerability-search", "medium"],
  ["Mirai", made.mirai(), "worm-or-botnet", "high"],
  ["a botnet without a mark", made.unmarkedBotnet(), "worm-or-botnet", "high"],
  ["one who asks few live hosts for everything, slowly", made.targeted(), "targeted-reconnaissance", "high"],
  ["operating-system detection", made.osDetection(), "fingerprinting", "medium"],
  ["amplified reflection", made.reflection(), "ddos", "high"],
  ["backscatter", made.backscatter(), "backscatter", "low"],
  ["flow records of fragments", made.artefact(), "artefact", "none"],
  ["a broken device", made.brokenDevice(), "misconfiguration", "low"],
  ["clients of a server that is gone", made.clientsInVain(), "misconfiguration", "low"],
  ["the usual search for services", made.vulnerabilitySearch(), "vulnerability-search", "low"],
  ["ordinary traffic", made.input(), "ordinary", "none"],
];

describe("the reading of", () => {
  test.each(EVENTS)("%s", (_, input, reading, severity) => {
    const { assessment } = assess(input);
    expect(assessment.hypotheses[0]?.id).toBe(reading);
    expect(assessment.severity).toBe(severity);
    expect(assessment.tooEarly).toBe(false);
    expect(assessment.hypotheses).toHaveLength(10);
    expect(assessment.hypotheses.every((hypothesis) => hypothesis.missing.length > 0)).toBe(true);
    if (reading !== "ordinary") expect(assessment.hypotheses[0]?.for.length).toBeGreaterThan(0);
  });
});

describe("2 November 2013", () => {
  const { assessment, advice } = assess(made.november2013());
  test("is told with its numbers, bottom line first", () => {
    expect(assessment.summary).toMatch(/^(Very likely|Almost certainly) reconnaissance for an attack on TCP\/445/);
    expect(assessment.summary).toContain("412 sources, 371 of them in one network (AS29073, Ecatel), sent 23,896 TCP packets from port 0");
    expect(assessment.summary).toContain("there is no history and no other sensor to compare with");
  });
  test("comes with the rule that blocks it, and no block of sources that may be forged", () => {
    expect(adviceRules(advice[0]!).join("\n")).toContain("tcp sport 0");
    expect(rules(made.november2013())).not.toContain("precursor_scanners");
  });
  test("is not DDoS, not research, and says what speaks against those", () => {
    for (const id of ["ddos", "research"] as const) {
      const hypothesis = assessment.hypotheses.find((one) => one.id === id);
      expect(hypothesis?.probability).toBeLessThan(0.05);
      expect(hypothesis?.words).toBe("almost no chance");
      expect(hypothesis?.against.length).toBeGreaterThan(0);
    }
  });
  test("is no more grave when one of its sources sends a thousand times as much", () => {
    const few = made.november2013(4);
    const flooded = {
      ...few,
      portZero: { ...few.portZero, tcp: { source: 4_000_000, destination: 0, both: 0 }, otherPorts: [{ port: 445, packets: 4_000_000 }] },
    };
    expect(assess(flooded).assessment.severity).toBe(assess(few).assessment.severity);
  });
});

describe("near misses", () => {
  test("later fragments alone are no port-zero finding", () => {
    const fragments = made.input({
      portZero: made.portZero({ excluded: { fragments: 1248, icmp: 0, placeholder: 0 } }),
      totals: new Map([
        ["udp", 1252],
        ["fragments", 1252],
      ]),
    });
    const { assessment } = assess(fragments);
    expect(assessment.severity).toBe("none");
    expect(rules(fragments)).toBe("");
    expect(assessment.summary).toContain("1,248 later fragments, which have no ports");
  });
  test("one packet is too early to tell, and low", () => {
    const one = made.input({
      portZero: made.portZero({
        tcp: { source: 1, destination: 0, both: 0 },
        sources: 1,
        targets: 1,
        otherPorts: [{ port: 445, packets: 1 }],
      }),
    });
    const { assessment } = assess(one);
    expect(assessment).toMatchObject({ tooEarly: true, severity: "low", confidence: "low" });
    expect(assessment.summary).toMatch(/^Too early to tell: 1 packet from port zero/);
  });
  test("a capture of one ordinary packet tells nothing, an empty one neither", () => {
    expect(assess(made.input({ totals: new Map([["tcp", 1]]) })).assessment).toMatchObject({ tooEarly: true, severity: "none" });
    expect(assess(made.input({ totals: new Map(), firstSeen: null, lastSeen: null, records: 0 })).assessment.summary).toMatch(
      /^Nothing was observed/,
    );
  });
  test("UDP from source port zero alone is no finding", () => {
    const udp = made.input({ portZero: made.portZero({ udp: { source: 30, destination: 0, both: 0 }, sources: 2, targets: 3 }) });
    expect(assess(udp).assessment.severity).toBe("none");
    expect(leading(udp)).toBe("ordinary");
    expect(rules(udp)).toBe("");
  });
  test("records that cannot prove port zero never bring the top", () => {
    expect(rank(assess(made.artefact(1e6)).assessment.severity)).toBeLessThan(rank("medium"));
  });
  test("port zero answered to by a victim is backscatter, and blocks nothing", () => {
    const answers = made.input({
      detection: made.detection([], [made.victim({ portZero: true })]),
      portZero: made.portZero({ tcp: { source: 0, destination: 3400, both: 0 }, targets: 200, replies: 3400 }),
    });
    expect(leading(answers)).toBe("backscatter");
    expect(rank(assess(answers).assessment.severity)).toBeLessThanOrEqual(rank("low"));
    expect(rules(answers)).toBe("");
  });
  test("one scanner is noise, not an attack", () => {
    const { assessment } = assess(made.vulnerabilitySearch(1));
    expect(assessment.severity).toBe("low");
    expect(assessment.summary).not.toContain("attack");
  });
  test("a few real DNS servers under attack elsewhere are victims, not amplifiers", () => {
    const servers = made.input({
      detection: made.detection([], [made.victim({ transport: "udp", ports: [53] }), made.victim({ transport: "udp", ports: [53] })]),
    });
    expect(leading(servers)).toBe("backscatter");
  });
  test("a fast flood of large answers cut up is DDoS, though no port says so", () => {
    const flood = made.input({
      portZero: made.portZero({ excluded: { fragments: 4800, icmp: 0, placeholder: 0 } }),
      totals: new Map([["udp", 7300]]),
      lastSeen: made.START + 120,
    });
    expect(leading(flood)).toBe("ddos");
    expect(assess(flood).assessment.severity).toBe("medium");
    expect(rules(flood)).toBe("");
  });
  test("what targets answer from port zero is not counted as probes", () => {
    const probes = made.input({
      detection: made.detection([made.scan({ portZero: true, ports: [0], targetCount: 40, contactCount: 40 })]),
      portZero: made.portZero({ tcp: { source: 40, destination: 40, both: 0 }, sources: 1, targets: 40, replies: 40 }),
    });
    expect(assess(probes).assessment.summary).toContain("sent 40 packets to port 0");
    expect(assess(probes).assessment.summary).not.toContain("from port 0");
  });
});

describe("advice", () => {
  test("blocks heavy scanners that are real, foreign and unacknowledged, and nobody else", () => {
    const heavy = { spoofable: false, targetCount: 200 };
    const foreign = made.labelled(64_500, "Somewhere");
    const reserved = { ...foreign, network: null, reserved: { list: "", date: null, name: "private-use", globallyReachable: false } };
    const text = rules(
      made.input({
        detection: made.detection(
          [
            made.scan({ ...heavy, source: "5.5.5.5" }),
            made.scan({ ...heavy, source: "2a00::5" }),
            made.scan({ ...heavy, source: "6.6.6.6", spoofable: true }),
            made.scan({ ...heavy, source: "7.7.7.7", targetCount: 12 }),
            made.scan({ ...heavy, source: "10.1.1.1" }),
            made.scan({ ...heavy, source: "192.88.98.7" }),
            made.scan({ ...heavy, source: "8.8.4.4" }),
            made.scan({ ...heavy, source: "9.9.9.9" }),
            made.scan({ ...heavy, source: "4.4.4.4" }),
          ],
          [made.victim({ victim: "9.9.9.9" })],
        ),
        labels: new Map([
          ...["5.5.5.5", "2a00::5", "6.6.6.6", "7.7.7.7", "192.88.98.7", "9.9.9.9"].map((address) => [address, foreign] as const),
          ["10.1.1.1", reserved],
          ["8.8.4.4", made.labelled(1, "Censys", "claimed")],
        ]),
      }),
    );
    expect(text).toContain("elements = { 5.5.5.5 }");
    expect(text).toContain("elements = { 2a00::5 }");
  });
  test("never touches a victim, and never tells to drop port zero in a flood", () => {
    expect(assess(made.backscatter()).advice[0]?.action).toMatch(/^Do nothing against/);
    expect(rules(made.backscatter())).toBe("");
    expect(rules(made.reflection())).toBe("");
    expect(
      assess(made.reflection())
        .advice.map((advice) => advice.action)
        .join(" "),
    ).toContain("upstream");
  });
  test("every rule that drops a port is for whole packets only", () => {
    for (const [, input] of EVENTS) {
      for (const line of rules(input)
        .split("\n")
        .filter((text) => /port 0/.test(text)))
        expect(line).toMatch(/frag-off & 0x3fff == 0|exthdr frag missing/);
    }
  });
  const nft = spawnSync("nft", ["-c", "-f", "-"], { input: "table inet probe { }\n" });
  test.skipIf(nft.status !== 0)("nft takes the rules", () => {
    const real = made.targeted();
    const withUdp = made.november2013();
    const inputs = [real, { ...withUdp, portZero: { ...withUdp.portZero, udp: { source: 5, destination: 1, both: 1 } } }];
    const sets = inputs.flatMap((input) =>
      assess(input).advice.flatMap((advice) => (adviceRules(advice).length > 0 ? [adviceRules(advice)] : [])),
    );
    expect(sets.length).toBeGreaterThanOrEqual(3);
    for (const set of sets) {
      const run = spawnSync("nft", ["-c", "-f", "-"], { input: `${set.join("\n")}\n`, encoding: "utf8" });
      expect(run.stderr).toBe("");
      expect(run.status).toBe(0);
    }
  });
});

describe("whatever is found", () => {
  const counts = fc.record({ source: fc.nat(1e6), destination: fc.nat(1e6), both: fc.nat(1e6) });
  const scans = fc.array(
    fc
      .record({
        source: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
        targetCount: fc.nat(1e5),
        portCount: fc.nat(65_536),
        contactCount: fc.nat(1e6),
        packets: fc.nat(1e9),
        memberCount: fc.integer({ min: 1, max: 1e6 }),
        spoofable: fc.boolean(),
        slow: fc.boolean(),
        technique: fc.constantFrom("syn", "xmas", "os-detection", "udp", "arp"),
        kind: fc.constantFrom("horizontal", "vertical", "distributed"),
      })
      .map((fields) => made.scan(fields as Parameters<typeof made.scan>[0])),
    { maxLength: 20 },
  );
  const anyInput = fc
    .record({
      scans,
      victims: fc.array(
        fc.record({ packets: fc.nat(1e6), peers: fc.nat(1e4), qualifies: fc.boolean(), transport: fc.constantFrom("tcp", "udp") }),
        { maxLength: 10 },
      ),
      tcp: counts,
      udp: counts,
      unconfirmed: counts,
      numbers: fc.record({
        sources: fc.nat(1e5),
        targets: fc.nat(1e5),
        replies: fc.nat(1e6),
        badHeaderLength: fc.nat(1e6),
        oddFlags: fc.nat(1e6),
      }),
      packets: fc.nat(1e9),
      span: fc.double({ min: -10, max: 1e9, noNaN: true }),
    })
    .map((parts) =>
      made.input({
        detection: made.detection(
          parts.scans,
          parts.victims.map((one) => made.victim(one as Parameters<typeof made.victim>[0])),
        ),
        portZero: made.portZero({
          ...parts.numbers,
          tcp: parts.tcp,
          udp: parts.udp,
          unconfirmed: { tcp: parts.unconfirmed, udp: parts.unconfirmed, flagged: 0 },
        }),
        totals: new Map([["tcp", parts.packets]]),
        lastSeen: made.START + parts.span,
      }),
    );

  test("probabilities add up to one, in falling order, and sentences hold no broken number", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { assessment, advice } = assess(input);
        const probabilities = assessment.hypotheses.map((hypothesis) => hypothesis.probability);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
        const whole = JSON.stringify([assessment, advice], (_, value: unknown) => {
          if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
          return value;
        });
        expect(whole).not.toMatch(/NaN|Infinity|undefined|(?<![:[,])null/);
        if (["research", "artefact", "backscatter"].includes(assessment.hypotheses[0]?.id ?? ""))
          expect(assessment.severity).not.toMatch(/high|critical/);
        if (assessment.tooEarly) expect(assessment.confidence).toBe("low");
      }),
    );
  });
  test("more of the same support does not lower a reading", () => {
    const growing: readonly (readonly [HypothesisId, (size: number) => AssessInput])[] = [
      ["worm-or-botnet", made.mirai],
      ["worm-or-botnet", made.unmarkedBotnet],
      ["artefact", made.artefact],
      ["ddos", made.reflection],
      ["vulnerability-search", made.november2013],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...growing),
        fc.integer({ min: 10, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        ([id, make], size, more) => {
          expect(probability(make(size + more), id)).toBeGreaterThanOrEqual(probability(make(size), id) - 1e-9);
        },
      ),
    );
    for (const [weaker, stronger] of [
      ["claimed", "confirmed"],
      ["disputed", "claimed"],
    ] as const) {
      expect(probability(made.research(stronger), "research")).toBeGreaterThanOrEqual(probability(made.research(weaker), "research"));
    }
  });
  test("priors can be set", () => {
    expect(probability({ ...made.input(), priors: { ddos: 1000 } }, "ddos")).toBeGreaterThan(0.5);
  });
});

describe("a country has no weight", () => {
  test("whatever countries the sources are registered in, probabilities and severity are the same", () => {
    const code = fc.constantFrom("NL", "CN", "RU", "US", "KP", "DE", "SC", null);
    fc.assert(
      fc.property(fc.constantFrom(...EVENTS), fc.array(code, { minLength: 1, maxLength: 40 }), ([, input], codes) => {
        const labels = new Map(
          [...input.labels].map(([address, label], index) => {
            const network = label.network ?? { list: "x", date: null, asn: null, name: null, country: null, kind: null };
            return [address, { ...label, network: { ...network, country: codes[index % codes.length] ?? null } }];
          }),
        );
        // Words may name the country, with its caveat: no number may follow it.
        const weighed = ({ assessment }: ReturnType<typeof assess>): unknown => [
          assessment.severity,
          assessment.confidence,
          assessment.hypotheses.map(({ id, probability: p }) => [id, p]),
        ];
        expect(weighed(assess({ ...input, labels }))).toEqual(weighed(assess(input)));
      }),
      { numRuns: 60 },
    );
  });
});
