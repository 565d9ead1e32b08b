/** Standard input belongs to whoever it was meant for: the engine of a store in this process would take it for its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serverLibrary } from "../store/cluster.fixture.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const LINES = 5000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-stdin-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(serverLibrary() === null)(
  "a log that is piped into an import comes whole, and a shell's loop keeps what it reads",
  () => {
    const lines = Array.from({ length: LINES }, (_, i) => {
      const address = `198.51.${i >> 8}.${i & 255}`;
      return `2013-11-02T01:00:00+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=${address} DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
    });
    const environment = { ...process.env, PRECURSOR_STORE: join(folder, "history") };
    const imported = spawnSync(process.execPath, [MAIN, "import", "-", "--format", "json"], {
      input: lines.join(""),
      encoding: "utf8",
      env: environment,
    });
    expect([imported.status, imported.stderr]).toEqual([0, ""]);
    expect(JSON.parse(imported.stdout)).toMatchObject({ observations: LINES, added: LINES });
    const loop = 'while read -r word; do "$1" "$2" incidents; echo "$word"; done';
    const looped = spawnSync("sh", ["-c", loop, "sh", process.execPath, MAIN], { input: "a\nb\n", encoding: "utf8", env: environment });
    expect([looped.stdout, looped.stderr]).toEqual(["No incidents.\na\nNo incidents.\nb\n", ""]);
  },
  60_000,
);
