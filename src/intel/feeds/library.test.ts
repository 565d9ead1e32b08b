import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IntelError } from "../../model/errors.ts";
import { CATALOGUE } from "./catalogue.ts";
import { feedStates } from "./feed-state.ts";
import { EMPTY_INDEX } from "./library-index.ts";
import { Library, readLibrary, readTable } from "./library.ts";
import { PLAIN_WORKS } from "./plain-works.fixture.ts";
import { updateFromFiles } from "./update.ts";

const NOW = 1_700_000_000;
const KILLS = 6;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-library-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function take(text: string): void {
  const library = Library.open(folder);
  try {
    const options = { feeds: CATALOGUE, disabled: new Set<string>(), works: PLAIN_WORKS, now: NOW };
    const files = [{ name: "/tmp/x.txt", octets: new TextEncoder().encode(text), modified: NOW - 60 }];
    updateFromFiles(library, options, [{ feed: "cins-army", files }], false);
  } finally {
    library.close();
  }
}

test("a library keeps a feed's copy, its record, and the table, and nothing else", () => {
  take("192.0.2.1\n192.0.2.2\n");
  take("192.0.2.3\n192.0.2.4\n192.0.2.5\n");
  const read = readTable(folder);
  expect(new TextDecoder().decode(read?.table ?? new Uint8Array())).toBe("cins-army 0.7: 192.0.2.3 192.0.2.4 192.0.2.5");
  expect(read?.index.feeds["cins-army"]).toMatchObject({
    entries: 3,
    fetchedAt: NOW - 60,
    refusal: null,
    licence: '"use in any way you see fit"',
  });
  expect(readdirSync(join(folder, "copies"))).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.startsWith("table."))).toEqual(["table.2.bin"]);
});

test("there is none where there is no folder, and one update at a time", () => {
  expect(readLibrary(join(folder, "none"))).toBeNull();
  expect(readTable(folder)).toBeNull();
  const held = Library.open(folder);
  expect(() => Library.open(folder)).toThrow(expect.objectContaining({ code: "E_INTEL_LOCKED" }) as Error);
  held.close();
  Library.open(folder).close();
});

test("what is damaged is named, not used", () => {
  take("192.0.2.1\n");
  const [copy = ""] = readdirSync(join(folder, "copies"));
  writeFileSync(join(folder, "copies", copy), "192.0.2.9\n");
  const library = Library.open(folder);
  const record = library.index.feeds["cins-army"]?.copies[0];
  expect(() => record && library.readCopy(record)).toThrow(/damaged/);
  library.close();
  for (const text of ["", "{", "[]", '{"schema":"other"}', indexWith({ file: "../../etc/passwd" }), indexWith({ file: 5 })]) {
    writeFileSync(join(folder, "index.json"), text);
    expect(() => readLibrary(folder)).toThrow(IntelError);
  }
});

test("a table that is damaged or gone is made anew by the next update, whatever it fetches", () => {
  take("192.0.2.1\n");
  for (const spoil of [(path: string) => writeFileSync(path, "damaged"), (path: string) => rmSync(path)]) {
    spoil(join(folder, readLibrary(folder)?.table?.file ?? ""));
    take("192.0.2.1\n");
    expect(new TextDecoder().decode(readTable(folder)?.table ?? new Uint8Array())).toBe("cins-army 0.7: 192.0.2.1");
  }
});

test("a copy that is damaged costs its feed, told, until it is fetched again", () => {
  take("192.0.2.1\n");
  const [copy = ""] = readdirSync(join(folder, "copies"));
  writeFileSync(join(folder, "copies", copy), "192.0.2.9\n");
  rmSync(join(folder, readLibrary(folder)?.table?.file ?? ""));
  const library = Library.open(folder);
  updateFromFiles(library, { feeds: CATALOGUE, disabled: new Set(), works: PLAIN_WORKS, now: NOW }, [], false);
  library.close();
  expect(readTable(folder)?.table).toHaveLength(0);
  expect(feedStates(readLibrary(folder) ?? EMPTY_INDEX, NOW)).toMatchObject([
    { feed: "cins-army", condition: "refused", reason: expect.stringMatching(/damaged/) as string },
  ]);
  take("192.0.2.1\n");
  expect(feedStates(readLibrary(folder) ?? EMPTY_INDEX, NOW)).toMatchObject([{ condition: "fine" }]);
});

test("killed again and again at any moment, a library is whole: one list's copy, record and table", async () => {
  let finished = -1;
  for (let kill = 0; kill < KILLS; kill++) {
    const script = join(import.meta.dirname, "killed-update.fixture.ts");
    const child = spawn(process.execPath, [script, folder, String(finished + 1)], { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      finished = Number(line);
    });
    await once(lines, "line");
    await sleep(Math.random() * 60);
    child.kill("SIGKILL");
    await once(child, "exit");
    const read = readTable(folder);
    const record = read?.index.feeds["cins-army"];
    const round = (record?.fetchedAt ?? 0) - NOW;
    expect(round).toBeGreaterThanOrEqual(finished);
    const [copy] = record?.copies ?? [];
    const text = readFileSync(join(folder, "copies", copy?.file ?? ""), "utf8");
    expect(text).toBe(`${round}.0.0.0\n`.repeat(20_000));
    expect(new TextDecoder().decode(read?.table ?? new Uint8Array())).toBe(`cins-army 0.7: ${`${round}.0.0.0 `.repeat(20_000).trim()}`);
    finished = Math.max(finished, round);
  }
  Library.open(folder).close();
  expect(readdirSync(join(folder, "copies"))).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.startsWith("table.") || name.endsWith(".partial"))).toHaveLength(1);
});

function indexWith(table: object): string {
  const read = JSON.parse(
    JSON.stringify({ schema: "precursor.intel-index/1", generation: 1, table: { madeFrom: "", ...table }, feeds: {}, overlap: {} }),
  ) as object;
  return JSON.stringify(read);
}
