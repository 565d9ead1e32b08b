import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "./in-process.fixture.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-demo-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const precursor = (args: readonly string[]): ReturnType<typeof inProcess> => inProcess(args, folder);

describe("demo", () => {
  test("demo assesses 2 November 2013, and writes its capture where asked", async () => {
    const run = await precursor(["demo", "--write", "demo.pcap", "--format", "json"]);
    expect(run.status).toBe(0);
    expect(run.stderr).toContain("wrote demo.pcap");
    const report = JSON.parse(run.stdout) as { portZero: { tcp: { source: number } } };
    expect(report.portZero.tcp.source).toBeGreaterThan(1000);
    const again = JSON.parse((await precursor(["assess", "demo.pcap", "-f", "json"])).stdout) as typeof report;
    expect(again.portZero).toEqual(report.portZero);
    const text = (await precursor(["assess", "demo.pcap"])).stdout;
    expect(text.trimEnd().split("\n").length, "lines of one screen").toBeLessThanOrEqual(60);
  });

  test("demo makes any event, as packets or as a router would export them, and says which there are", async () => {
    expect((await precursor(["demo", "--list"])).stdout).toMatch(/^fragmented-amplification +DNS amplification/m);
    const run = await precursor(["demo", "fragmented-amplification", "--netflow", "-f", "json"]);
    const { portZero, assessment } = JSON.parse(run.stdout) as {
      portZero: { unconfirmed: { udp: { both: number } } };
      assessment: { hypotheses: { id: string }[] };
    };
    expect(portZero.unconfirmed.udp.both).toBeGreaterThan(1000);
    expect(assessment.hypotheses[0]?.id).toBe("ddos");
    expect(await precursor(["demo", "no-such-event"])).toMatchObject({ status: 2, stderr: expect.stringContaining("E_USAGE") as string });
  });

  test("demo writes what its networks hold, as assess reads it", async () => {
    await precursor(["demo", "--write", "with.pcap", "--write-assets", "with.yaml", "-f", "json"]);
    const run = await precursor(["assess", "with.pcap", "--assets", "with.yaml", "-f", "json"]);
    const { focus } = JSON.parse(run.stdout) as { focus: { sectors: number; tests: { aspect: string; verdict: string }[] } };
    expect(focus.sectors).toBe(5);
    expect(focus.tests.find(({ aspect }) => aspect === "sector")?.verdict).toBe("spread");
    expect((await precursor(["demo", "ntp", "--write-assets", "none.yaml"])).status).toBe(2);
  });
});
