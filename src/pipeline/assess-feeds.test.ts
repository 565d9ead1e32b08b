/** `assess` with reputation feeds: labels, states, and what the report says of both. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import { tcpPacket } from "../lab/packet.ts";
import { TCP_SYN } from "../model/protocol.ts";
import type { Report } from "../model/report.ts";
import { render } from "../report/index.ts";
import { reportShape } from "../report/schema.ts";
import { ASSESS_DEFAULTS, assess } from "./assess.ts";
import { takeFeeds } from "./feed-library.fixture.ts";

const START = 1_795_500_000;
const SOURCE = "45.155.205.99";
/** 100 SYNs from one address to port 445 of as many others. */
const sweep = encodeCapture(
  Array.from({ length: 100 }, (_, i) => ({
    time: START + i,
    frame: ethernet(
      tcpPacket(
        { source: 0x2d9bcd63, destination: 0xc0000201 + i },
        { sourcePort: 40_000, destinationPort: 445, flags: TCP_SYN, window: 8192 },
      ),
    ),
  })),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-assess-feeds-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function take(lists: Readonly<Record<string, string>>, now: number): void {
  takeFeeds(folder, lists, now);
}

async function report(intelFolder: string | null): Promise<Report> {
  return (await assess({ ...ASSESS_DEFAULTS, threads: 1, inputs: [], memory: new Map([["a", sweep]]), intelFolder })).report;
}

test("sources are labelled with the lists that name them, and the report tells how the lists are", async () => {
  const now = Date.now() / 1000;
  take({ "cins-army": `${SOURCE}\n1.2.3.4\n`, "blocklist-de": `${SOURCE}\n5.6.7.8\n`, "tor-exits": "9.8.7.6\n" }, now - 3600);
  take({ "cins-army": "<html>sign in</html>" }, now);
  const made = await report(folder);
  expect(made.scans[0]).toMatchObject({
    source: SOURCE,
    labels: {
      reputation: {
        independent: 2,
        hits: [
          { feed: "blocklist-de", trust: 0.75 },
          { feed: "cins-army", network: SOURCE },
        ],
      },
    },
  });
  expect(made.feeds.map(({ feed, condition }) => `${feed} ${condition}`)).toEqual([
    "blocklist-de fine",
    "cins-army kept",
    "tor-exits fine",
  ]);
  const json: unknown = JSON.parse(render(made, "json"));
  expect(reportShape.parse(json)).toMatchObject({
    feeds: [{ feed: "blocklist-de" }, { feed: "cins-army", condition: "kept", reason: expect.stringMatching(/web page/) as string }, {}],
    scans: [{ reputation: { independent: 2, hits: [{ feed: "blocklist-de", kind: "attacker" }, {}] } }],
  });
  for (const format of ["text", "md", "html"] as const) expect(render(made, format)).toMatch(/cins-army is the last good copy/);
  expect(render(made, "html")).toContain("on 2 lists, 2 independent against it");
});

test("without a library, or with none wanted, there are no labels, and the report says so", async () => {
  for (const place of [null, join(folder, "none"), folder]) {
    const made = await report(place);
    expect(made.feeds).toEqual([]);
    expect(made.scans[0]?.labels.reputation).toBeNull();
    expect(render(made, "text")).toMatch(/; no feeds\./);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a damaged library is told, not passed over", async () => {
  take({ "cins-army": `${SOURCE}\n` }, START);
  const [table = ""] = readdirSync(folder).filter((name) => name.startsWith("table."));
  writeFileSync(join(folder, table), "no table");
  await expect(report(folder)).rejects.toMatchObject({ code: "E_INTEL_TABLE" });
  rmSync(join(folder, table));
  await expect(report(folder)).rejects.toMatchObject({ code: "E_INTEL_LIBRARY" });
});

test("feeds, tables and databases that are damaged are named, and nothing is assessed without them unseen", async () => {
  const now = Date.now() / 1000;
  take({ "cins-army": `${SOURCE}\n` }, now);
  const index = readFileSync(join(folder, "index.json"), "utf8");
  writeFileSync(join(folder, "index.json"), index.slice(0, 100));
  await expect(report(folder)).rejects.toMatchObject({
    code: "E_INTEL_LIBRARY",
    message: expect.stringContaining("index.json is damaged"),
  });
  writeFileSync(join(folder, "index.json"), index);
  const table = readdirSync(folder).find((name) => name.startsWith("table."))!;
  writeFileSync(join(folder, table), "no table");
  await expect(report(folder)).rejects.toMatchObject({ code: "E_INTEL_TABLE", message: expect.stringContaining(table) });
  await expect(
    assess({ ...ASSESS_DEFAULTS, threads: 1, memory: new Map([["a", sweep]]), databases: [join(folder, table)] }),
  ).rejects.toMatchObject({ code: "E_DATABASE", message: expect.stringContaining(table) });
});
