/** `import` on the command line: what it prints, and what it refuses. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import { tcpPacket } from "../lab/packet.ts";
import { groupSeriesNumber } from "../model/series.ts";
import { openStore } from "../store/open-store.ts";
import { IMPORT_SCHEMA } from "../report/imported.ts";
import { inProcess } from "./in-process.fixture.ts";

let folder: string;
const precursor = (...args: string[]) => inProcess(args, folder, { PRECURSOR_STORE: join(folder, "history") });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-import-"));
  const frames = Array.from({ length: 600 }, (_, i) => ({
    time: 1_383_354_000 + i,
    frame: ethernet(
      tcpPacket({ source: 0xc633_6400 + (i % 200), destination: 0xc000_0201 }, { sourcePort: 0, destinationPort: 445, flags: 2 }),
    ),
  }));
  writeFileSync(join(folder, "probes.pcap"), encodeCapture(frames));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("import", () => {
  test("a name that nothing has leaves no empty history behind", async () => {
    const { status } = await precursor("import", "absent.pcap", "--store", "untouched");
    expect([status, existsSync(join(folder, "untouched"))]).toEqual([2, false]);
  });

  test("nor do octets of no known format, nor inputs of which nothing is chosen, which is told", async () => {
    writeFileSync(
      join(folder, "noise.bin"),
      Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3)) & 0xff),
    );
    const noise = await precursor("import", "noise.bin", "--store", "untouched");
    expect([noise.status, noise.stdout, existsSync(join(folder, "untouched"))]).toEqual([2, "", false]);
    expect(noise.stderr).toContain("E_INPUT_UNKNOWN");
    const none = await precursor("import", "probes.pcap", "--since", "2020-01-01", "--store", "untouched", "--format", "json");
    expect([none.status, existsSync(join(folder, "untouched"))]).toEqual([0, false]);
    expect(JSON.parse(none.stdout)).toMatchObject({ store: join(folder, "untouched"), observations: 0, added: 0 });
  });

  test("tells what was read, of what time, and what history holds of it", async () => {
    const { status, stdout, stderr } = await precursor("import", "probes.pcap");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("600 observations of 1 input");
    expect(stdout).toContain("2013-11-02 01:00:00");
    expect(stdout).toContain("2 intervals");
    const history = await precursor("history", "tcp/source/0", "--since", "2013-11-02", "--until", "2013-11-03", "--format", "json");
    expect(history.stdout).toContain('"packets": 300');
  });

  test("a second time adds nothing, and says so in text and JSON", async () => {
    expect((await precursor("import", "probes.pcap")).stdout).toContain("nothing was added");
    const { stdout } = await precursor("import", "probes.pcap", "--format", "json");
    const value: unknown = JSON.parse(stdout);
    expect(value).toMatchObject({
      schema: "precursor.import/1",
      sensor: "default",
      observations: 600,
      added: 0,
      intervals: 2,
      knownIntervals: 2,
    });
    const published = z.fromJSONSchema(JSON.parse(JSON.stringify(IMPORT_SCHEMA)) as Parameters<typeof z.fromJSONSchema>[0]);
    expect(published.safeParse(value).error).toBeUndefined();
  });

  test("takes networks, target groups, sensor and store from a config, and groups from the command line", async () => {
    writeFileSync(
      join(folder, "precursor.yaml"),
      "store: configured\nsensor: north\nhome: [192.0.2.0/24]\ntargets: { servers: [192.0.2.0/30], others: [192.0.2.128/25] }\n",
    );
    const args = ["import", "probes.pcap", "--config", "precursor.yaml", "--target", "one=192.0.2.1,192.0.2.7", "--format", "json"];
    const { stdout } = await precursor(...args);
    expect(JSON.parse(stdout)).toMatchObject({ store: join(folder, "configured"), sensor: "north", added: 600, elsewhere: 0 });
    const store = await openStore({ kind: "folder", path: join(folder, "configured") });
    const range = { from: 1_383_350_000, to: 1_383_360_000 };
    expect(await store.targetGroups(range)).toEqual(["one", "servers"]);
    const points = await store.targetGroupSeries("one", groupSeriesNumber("all"), range, 86_400, null);
    await store.close();
    expect(points).toMatchObject([{ packets: 600, sources: 200 }]);
  });

  test.each<[string[], string]>([
    [["import", "probes.pcap", "--target", "servers"], "--target takes a name and networks"],
    [["import", "probes.pcap", "--target", "servers=192.0.2.300"], "--target takes a name and networks"],
    [["import", "probes.pcap", "--config", "absent.yaml"], "absent.yaml"],
    [["import"], "no input"],
    [["import", "nowhere.pcap"], "nowhere.pcap"],
    [["import", "probes.pcap", "--sensor", "a b"], "--sensor takes a name"],
    [["import", "probes.pcap", "--home", "192.0.2.300/24"], "--home takes networks"],
    [["import", "probes.pcap", "--store", "ftp://x"], "a folder, or a URL"],
  ])("%j is refused in one line", async (args, reason) => {
    const { status, stdout, stderr } = await precursor(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split("\n").length).toBe(1);
  });
});
