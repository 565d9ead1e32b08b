import { describe, expect, test } from "vitest";
import type { Explanation } from "../model/explanation.ts";
import { renderExplanation } from "./explanation.ts";

const SCANNER: Explanation = {
  address: "93.174.93.175",
  labels: {
    network: { asn: 29073, name: "Ecatel", country: "NL", kind: null, list: "asn", date: "2026-06-17" },
    acknowledged: null,
    reserved: null,
    reputation: null,
  },
  classes: [
    {
      name: "TCP SYN",
      packets: 12_345,
      contacts: 12_000,
      targets: 6_000,
      ports: 3,
      firstSeen: 1383354000,
      lastSeen: 1383364800,
      tools: { masscan: 12_300 },
      outcomes: { answered: 3, refused: 40, unreachable: 1, silent: 11_956 },
      topPorts: [445, 0, 22],
      sampleTargets: ["192.0.2.1", "192.0.2.2"],
    },
  ],
  verdicts: ["A horizontal SYN scan of 6,000 targets on 3 ports."],
};

describe("renderExplanation", () => {
  test("shows the label, every class with its numbers, and the verdict, within 100 columns", () => {
    const text = renderExplanation(SCANNER);
    for (const part of [
      "93.174.93.175",
      "AS29073",
      "Ecatel",
      "TCP SYN",
      "12,345",
      "11,956",
      "445, 0, 22",
      "192.0.2.2 and 5,998 more",
      "masscan in 12,300 of 12,345",
      "A horizontal SYN scan",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("2013-11-02 01:00:00");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("says in plain words what a class is, and nothing of how answers were met", () => {
    const [first] = SCANNER.classes;
    if (first === undefined) throw new Error("the sample has no class");
    const outcomes = { answered: 0, refused: 0, unreachable: 0, silent: 7 };
    const classes = [
      { ...first, name: "TCP Xmas", outcomes: { answered: 0, refused: 12_000, unreachable: 0, silent: 0 } },
      { ...first, name: "TCP RST sent", outcomes, tools: {} },
      { ...first, name: "answers received", outcomes, tools: {} },
      { ...first, name: "a class of tomorrow", outcomes, tools: {} },
    ];
    const text = renderExplanation({ ...SCANNER, classes });
    expect(text).toContain("FIN, PSH and URG together, which no stack sends");
    expect(text).toMatch(/TCP RST sent .* – +– +–\n/);
    expect(text).not.toContain("Unreachable");
    expect(text).toContain("from addresses: 192.0.2.1");
    expect(text).toContain("to ports: 445");
    expect(text.indexOf("VERDICT")).toBeLessThan(text.indexOf("SEEN"));
  });

  test("an address that was not seen is said not to have been", () => {
    const labels = {
      network: null,
      acknowledged: null,
      reserved: { name: "private-use", globallyReachable: false, list: "RFC 6890", date: null },
      reputation: null,
    };
    const text = renderExplanation({ address: "10.9.9.9", labels, classes: [], verdicts: [] });
    expect(text).toContain("was not seen");
    expect(text).toContain("private-use");
  });

  test("escape sequences from an input are shown, not sent", () => {
    const text = renderExplanation({ ...SCANNER, verdicts: ["evil \u001B[31m name"] });
    expect(text).not.toContain("\u001B");
  });
});
