import { describe, expect, test } from "vitest";
import { renderJudgement } from "./judgement-steps.ts";
import { novemberReport } from "./sample-report.fixture.ts";

describe("the judgement step by step", () => {
  const { assessment } = novemberReport();
  const text = renderJudgement(assessment);
  test("has a row for the priors, each piece that counts, and the result; ratios with their source; what was set aside and on which", () => {
    expect(text).toMatch(/^ {2}prior +22\.0/m);
    expect(text).toMatch(/^ {2}E1 +22\.0/m);
    expect(text).toMatch(/^ {2}result/m);
    expect(text).toContain("search ×8 research ×0.3");
    expect(text).toContain("holds by 50 %, keeps 60 % of its weight beside tool");
    expect(text).toContain("on the word of: Cisco TRAC 2013");
    expect(text).toContain("many-networks, as E2: 118 sources sit in 12 different networks.");
    expect(text).toContain("to the power 0.8, because groups are not wholly independent");
    expect(text).toContain("Without E1, Worm or botnet spreading leads (41 %).");
  });
  test("fits the screen, in ASCII too", () => {
    for (const line of renderJudgement(assessment, { ascii: true }).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).toMatch(/^[\x20-\x7e]*$/);
    }
  });
});
