import { describe, expect, test } from "vitest";
import type { Assessment } from "../model/assessment.ts";
import type { FocusTest } from "../model/asset.ts";
import type { Incident, Uptick } from "../model/incident.ts";
import type { AddressLabels } from "../model/label.ts";
import type { Past } from "../model/past.ts";
import type { FeedState } from "../model/reputation.ts";
import * as made from "./findings.fixture.ts";
import { assess, type AssessInput } from "./index.ts";

const DAY = 86_400;

const judge = (input: AssessInput): Assessment => assess(input).assessment;
const textOf = ({ note }: Assessment): string => note.map(({ text }) => text).join(" ");
const held = ({ steps }: Assessment): string[] => steps.flatMap((step) => (step.kind === "evidence" ? [step.id] : []));
const chanceOf = (input: AssessInput, id: string): number =>
  judge(input).hypotheses.find((one) => one.id === id)?.probability ?? Number.NaN;

function uptick(overrides: Partial<Uptick> = {}): Uptick {
  const record = { rank: 1, since: made.START - 365 * DAY, ofAll: true };
  return {
    series: "tcp/source/0",
    kind: "surge",
    start: made.START,
    end: null,
    peakTime: made.START,
    peak: 98,
    expected: 19,
    pValue: 1e-12,
    record,
    ...overrides,
  };
}
function past(incidents: readonly Partial<Incident>[], overrides: Partial<Past> = {}): Past {
  const whole = incidents.map((one, index): Incident => ({
    id: `incident-${index}`,
    phase: "open",
    openedAt: made.START,
    updatedAt: made.START,
    closedAt: null,
    leading: uptick(),
    others: [],
    sources: 98,
    networks: 12,
    asns: 8,
    targets: 900,
    sensors: 18,
    sensorsAlive: 20,
    alertedSize: 98,
    acknowledgedBy: null,
    timeline: [],
    ...one,
  }));
  return {
    since: made.START - 365 * DAY,
    until: made.START + 3600,
    sensorsAlive: 20,
    isJudged: true,
    judged: null,
    incidents: whole,
    ...overrides,
  };
}
function feed(id: string): FeedState {
  return {
    feed: id,
    name: id,
    kind: "attacker",
    licence: "",
    condition: "fine",
    reason: null,
    entries: 1000,
    guarded: 0,
    fetchedAt: null,
    dataDate: null,
  };
}
function withReputation(input: AssessInput, independent: number): AssessInput {
  const labels = [...input.labels].map(([address, label]): [string, AddressLabels] => [
    address,
    { ...label, reputation: independent === 0 ? null : { hits: [], independent } },
  ]);
  return { ...input, labels: new Map(labels), feeds: ["a", "b", "c", "d"].map(feed) };
}

describe("the note", () => {
  const november = judge({ ...made.november2013(), past: past([{}]) });
  test("begins with the bottom line, then why, next and what to do, and every sentence leads somewhere that is there", () => {
    const order = ["bottom-line", "why", "next", "do"];
    const parts = november.note.map(({ part }) => order.indexOf(part));
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
    expect(new Set(parts).size).toBe(4);
    const refs = new Set(november.steps.flatMap((step) => (step.kind === "evidence" ? [step.ref] : [])));
    for (const { leadsTo } of november.note) {
      expect(leadsTo.length).toBeGreaterThan(0);
      for (const one of leadsTo) if (/^E\d/.test(one)) expect(refs).toContain(one);
    }
  });
  test("tells the record, the sensors, the sector that cannot be known, the addresses that mean little, and that it is no DDoS", () => {
    const text = textOf(november);
    expect(text).toContain(
      "It is the highest in all 365 days of history: 98 sources of TCP from port 0 in five minutes, where 19 are usual.",
    );
    expect(text).toContain("18 of 20 sensors see it.");
    expect(text).toContain("No research scanner explains it.");
    expect(text).toContain("Whether a sector is meant cannot be known");
    expect(text).toContain("where they are registered (NL 100 %) says little about who is behind.");
    expect(text).toContain("It is not DDoS (almost no chance).");
    expect(text).not.toContain("no history");
  });
  test("tells that no sector is singled out, with the number, where the owner named sectors", () => {
    const spread: FocusTest = {
      aspect: "sector",
      group: "energy",
      observed: 60,
      of: 256,
      unit: "targets",
      expectedShare: 0.25,
      groups: 4,
      pValue: 0.71,
      verdict: "spread",
      sentence: "",
    };
    const input = made.november2013();
    const focus = { order: "random", orderSentence: "", tests: [spread], sectors: 4, ipv6Targets: 0 } as const;
    const text = textOf(judge({ ...input, detection: { ...input.detection, focus } }));
    expect(text).toContain("No sector is singled out of 4 (60 of 256 targets in energy, where 25 % is its share, p = 0.71).");
    const alone = textOf(judge({ ...input, detection: { ...input.detection, focus: { ...focus, tests: [], sectors: 1 } } }));
    expect(alone).toContain("cannot be known: all assets are of one.");
    const nowhere = { ...spread, of: 0, observed: 0, verdict: "cannot-tell" } as const;
    const six = { ...focus, tests: [nowhere], ipv6Targets: 300 };
    expect(textOf(judge({ ...input, detection: { ...input.detection, focus: six } }))).toContain("all targets are IPv6 addresses");
  });
  test("words attribution by whether addresses are forged", () => {
    const input = made.november2013();
    const spoofing = [{ subject: "port-zero", sources: 412, verdict: "spoofed", evidence: [] }] as const;
    expect(textOf(judge({ ...input, detection: { ...input.detection, spoofing } }))).toContain("The addresses are forged: nothing follows");
    const real = [{ ...spoofing[0], verdict: "real" }] as const;
    const judged = judge({ ...input, detection: { ...input.detection, spoofing: real } });
    expect(textOf(judged)).toContain("The sources are likely compromised or rented hosts");
    expect(judged.limits).not.toContain("most sources may be forged");
  });
  test("says of what is ordinary no more than that, and of what is too early to tell no sector", () => {
    expect(textOf(judge(made.input()))).not.toMatch(/sector|DDoS|Strongest/);
  });
  test("of history that nobody judged says so, and infers nothing from its silence", () => {
    const judged = judge({ ...made.november2013(), past: past([], { isJudged: false }) });
    expect(textOf(judged)).toContain("was not judged yet, so that it says nothing of this (precursor replay --save judges it)");
    const until = made.START - 2 * DAY;
    const partly = judge({ ...made.november2013(), past: past([], { isJudged: false, judged: { since: until - 300 * DAY, until } }) });
    expect(textOf(partly)).toMatch(/History was judged up to 20\d\d-\d\d-\d\d only/);
    expect(held(judged)).not.toContain("history-quiet");
  });
});

describe("evidence from beyond the input", () => {
  test("an incident of another port says nothing", () => {
    const judged = judge({ ...made.november2013(), past: past([{ leading: uptick({ series: "udp/destination/53413" }) }]) });
    expect(held(judged)).toContain("history-quiet");
    expect(held(judged)).not.toContain("sensors-many");
  });
  test("what many sensors see is not aimed at one; what one of many sees may be", () => {
    const input = made.targeted();
    const at = (sensors: number): AssessInput => ({
      ...input,
      past: past([{ sensors, leading: uptick({ series: "tcp/destination/21" }) }]),
    });
    const ports = {
      ...input.detection,
      scans: input.detection.scans.map((scan) => ({ ...scan, ports: [21], portCount: 1, contactCount: 3 })),
    };
    const one = { ...at(1), detection: ports };
    const many = { ...at(18), detection: ports };
    expect(held(judge(one))).toContain("sensors-one");
    expect(chanceOf(many, "targeted-reconnaissance")).toBeLessThan(chanceOf(one, "targeted-reconnaissance"));
  });
  test("a record seen first in many networks leans to a botnet that grows, and counts in part beside history", () => {
    const input = made.unmarkedBotnet();
    const grown = { ...input, past: past([{ phase: "growing", networks: 90, leading: uptick({ series: "tcp/destination/23" }) }]) };
    const step = judge(grown).steps.find((one) => one.kind === "evidence" && one.id === "new-sources-rise");
    expect(step).toMatchObject({ overlaps: "history", keeps: 0.6 });
    expect(chanceOf(grown, "worm-or-botnet")).toBeGreaterThan(chanceOf(input, "worm-or-botnet"));
  });
  test("a bad reputation speaks against research, one list alone says little, and none of four lists leans the other way", () => {
    const input = made.vulnerabilitySearch(20);
    const [bad, hint, clean] = [2, 1, 0].map((independent) => chanceOf(withReputation(input, independent), "research"));
    expect(bad).toBeLessThan(hint!);
    expect(hint).toBeLessThan(clean!);
    expect(held(judge(input))).not.toContain("reputation-clean");
  });
  test("sources that act as one are no accident", () => {
    const input = made.unmarkedBotnet();
    const members = made.addresses(60, 13);
    const campaign = {
      id: "C1",
      members,
      memberCount: 60,
      transport: "tcp",
      ports: [23],
      portCount: 1,
      targetCount: 20,
      packets: 999,
      firstSeen: made.START,
      lastSeen: made.START,
      tool: null,
      portZero: false,
      isHidden: false,
      ties: [{ kind: "rhythm", weight: 3, sentence: "They keep the same pause of 31 s." }],
    } as const;
    const judged = judge({ ...input, detection: { ...input.detection, campaigns: [campaign], campaignsTotal: 1 } });
    expect(judged.steps).toContainEqual(
      expect.objectContaining({ id: "campaign", sentence: "60 sources act as one: they keep the same pause of 31 s." }),
    );
  });
});

describe("what could change it", () => {
  test("the piece without which another reading leads is named, with that reading", () => {
    const claimed = judge(made.research("claimed"));
    expect(claimed.flip).toMatchObject({ to: "vulnerability-search" });
    const step = claimed.steps.find((one) => one.kind === "evidence" && one.ref === claimed.flip?.ref);
    expect(step).toMatchObject({ group: "acknowledged" });
  });
  test("near miss: where much speaks for it, none does", () => {
    expect(judge(made.november2013()).flip).toBeNull();
  });
  test("what is missing is ranked by what it would tell, and vanishes once it is known", () => {
    const before = judge(made.artefact());
    expect(before.missing[0]).toMatchObject({ what: expect.stringContaining("packet capture"), couldLead: expect.any(String) });
    const { missing } = judge(made.vulnerabilitySearch());
    const bits = missing.map((one) => one.bits);
    expect(bits).toEqual(bits.toSorted((a, b) => b - a));
    expect(Math.max(...bits)).toBeLessThan(Math.log2(10));
    const known = judge({ ...withReputation(made.vulnerabilitySearch(), 2), past: past([]) });
    expect(known.missing.map(({ what }) => what).join()).not.toMatch(/history|sensors|reputation/);
  });
  test("steps replay from the priors to the result, set aside names what it depends on", () => {
    const judged = judge(made.research("confirmed"));
    expect(judged.steps[0]).toMatchObject({ kind: "prior" });
    const last = judged.steps.at(-1);
    expect(last).toMatchObject({ kind: "tempering", exponent: 0.8 });
    for (const { id, probability } of judged.hypotheses)
      if (last?.kind === "tempering") expect(last.probabilities[id]).toBeCloseTo(probability, 12);
    const aside = judged.steps.find((step) => step.kind === "set-aside");
    expect(aside).toMatchObject({ id: "acknowledged-claimed", group: "acknowledged" });
  });
  test("what comes next is told with its base rate, and not where it is too early", () => {
    expect(judge(made.november2013()).outlook.map(({ probability }) => probability?.low)).toEqual([0.5, 0.8]);
    expect(judge(made.reflection()).outlook[0]).toMatchObject({ what: "The flood ends", horizonSeconds: 1800 });
    expect(judge(made.input({ totals: new Map([["tcp", 1]]) })).outlook).toEqual([]);
  });
});
