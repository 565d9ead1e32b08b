import { describe, expect, test } from "vitest";
import { z } from "zod";
import { render } from "./index.ts";
import { novemberReport, SAMPLE_REPORTS } from "./sample-report.fixture.ts";
import { REPORT_SCHEMA, reportShape } from "./schema.ts";

describe("the schema of precursor.report/1", () => {
  for (const [name, make] of SAMPLE_REPORTS) {
    test(`accepts ${name}`, () => {
      const value: unknown = JSON.parse(render(make(), "json"));
      expect(reportShape.safeParse(value).error).toBeUndefined();
    });
  }

  test("as published, read back, accepts and refuses the same", () => {
    const published = z.fromJSONSchema(JSON.parse(JSON.stringify(REPORT_SCHEMA)) as Parameters<typeof z.fromJSONSchema>[0]);
    const value = JSON.parse(render(novemberReport(), "json")) as Record<string, unknown>;
    expect(published.safeParse(value).success).toBe(true);
    expect(published.safeParse({ ...value, schema: "precursor.report/2" }).success).toBe(false);
    expect(published.safeParse({ ...value, scans: [{}] }).success).toBe(false);
    expect(published.safeParse({ ...value, added: "later" }).success).toBe(true);
  });

  test("is of draft 2020-12 and names every field that others rely on", () => {
    expect(REPORT_SCHEMA["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
    const value = JSON.parse(render(novemberReport(), "json")) as {
      scans: object[];
      backscatter: object[];
      portZero: object;
      assessment: { hypotheses: object[] };
    };
    const scan = [
      "source",
      "kind",
      "technique",
      "transport",
      "ports",
      "portCount",
      "targetCount",
      "packets",
      "firstSeen",
      "lastSeen",
      "tool",
      "acknowledged",
      "network",
      "spoofable",
      "outcomes",
    ];
    for (const field of scan) expect(value.scans[0]).toHaveProperty(field);
    for (const field of ["victim", "transport", "ports", "packets", "peers", "firstSeen", "lastSeen", "qualifies"])
      expect(value.backscatter[0]).toHaveProperty(field);
    for (const field of ["tcp", "udp", "unconfirmed.tcp", "unconfirmed.udp", "excluded", "sources", "targets"])
      expect(value.portZero).toHaveProperty(field);
    for (const field of ["id", "probability", "words", "for", "against", "missing"])
      expect(value.assessment.hypotheses[0]).toHaveProperty(field);
  });
});

describe("the JSON", () => {
  test("cuts lists at the limit and keeps their whole number beside", () => {
    const value = JSON.parse(render(novemberReport(), "json", { limit: 3 })) as Record<string, unknown>;
    expect(value["scans"]).toHaveLength(3);
    expect(value).toMatchObject({ scansTotal: 128, backscatterTotal: 2, targets: { networksTotal: 157 } });
  });

  test("writes times as ISO 8601 in UTC with milliseconds", () => {
    const value = JSON.parse(render(novemberReport(), "json")) as { input: { firstSeen: string; lastSeen: string } };
    expect(value.input).toMatchObject({ firstSeen: "2013-11-02T00:30:00.000Z", lastSeen: "2013-11-02T04:29:59.750Z" });
  });
});
