import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Collected, until } from "./collected.fixture.ts";
import { InterfaceSource } from "./interface.ts";
import { EntryCursor, JournalSource } from "./journal.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-children-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Captures on `lo` of a network of its own while it sends datagrams, and prints what came of it. */
const CAPTURE = `
  import { execFileSync } from "node:child_process";
  import { createSocket } from "node:dgram";
  const { InterfaceSource } = await import(process.argv[2]);
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const parts = [];
  let ended = 0;
  const sink = { chunk: (bytes) => parts.push(Buffer.from(bytes)), ended: () => ended++ };
  const source = new InterfaceSource("interface:lo", "lo", [process.argv[3]]);
  await source.start(sink);
  const socket = createSocket("udp4");
  for (let i = 0; i < 500; i++) await new Promise((resolve) => socket.send("x".repeat(300), 9, "127.0.0.1", resolve));
  socket.close();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await source.stop();
  const bytes = Buffer.concat(parts);
  let packets = 0;
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) if (bytes[at + 16 + 23] === 17) packets++;
  const { counters, health, place } = source;
  console.log(JSON.stringify({ magic: bytes.readUInt32LE(0).toString(16), packets, ended, counters, health, place }));
`;

/** Whether this user may make a network namespace and capture in it. */
function canCapture(tool: string): boolean {
  const { status } = spawnSync("unshare", ["-n", "sh", "-c", `ip link set lo up && command -v ${tool}`], { stdio: "ignore" });
  return status === 0;
}

describe("an interface", () => {
  for (const tool of ["tcpdump", "dumpcap"]) {
    test(`is captured by the real ${tool}`, async (context) => {
      if (!canCapture(tool)) {
        console.warn(`${tool} is not here, or may not capture: left out`);
        return context.skip();
      }
      const program = join(folder, "capture.mjs");
      writeFileSync(program, CAPTURE);
      const module = new URL("interface.ts", import.meta.url).href;
      const printed = execFileSync("unshare", ["-n", process.execPath, program, module, tool], { encoding: "utf8", timeout: 30_000 });
      const result: unknown = JSON.parse(printed);
      expect(result).toMatchObject({
        magic: expect.stringMatching(/^a1b2(?:c3d4|3c4d)$/),
        packets: 500,
        ended: 1,
        health: "fine",
        place: "lo",
      });
      expect(result).toMatchObject({ counters: { droppedByKernel: 0, connections: 1, errors: 0 } });
    });
  }

  test("is captured by dumpcap where there is no tcpdump", async (context) => {
    const dumpcap = spawnSync("sh", ["-c", "command -v dumpcap"], { encoding: "utf8" }).stdout.trim();
    if (dumpcap === "" || !canCapture("dumpcap")) return context.skip("dumpcap is not here, or may not capture");
    const programs = join(folder, "programs");
    mkdirSync(programs);
    for (const program of ["ip", "unshare"])
      symlinkSync(spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim(), join(programs, program));
    symlinkSync(dumpcap, join(programs, "dumpcap"));
    const program = join(folder, "either.mjs");
    writeFileSync(program, CAPTURE.replace(", [process.argv[3]]", ""));
    const module = new URL("interface.ts", import.meta.url).href;
    const env = { ...process.env, PATH: programs };
    const printed = execFileSync("unshare", ["-n", process.execPath, program, module], { encoding: "utf8", timeout: 30_000, env });
    expect(JSON.parse(printed)).toMatchObject({ packets: 500, ended: 1, health: "fine" });
  });

  test("that is none, or may not be captured, is an error in one line", async (context) => {
    if (spawnSync("tcpdump", ["--version"]).status !== 0) return context.skip("tcpdump is not here");
    const none = new InterfaceSource("interface:nothing9", "nothing9");
    await expect(none.start(new Collected())).rejects.toThrow(
      /^interface:nothing9: (?:there is no interface 'nothing9'|capturing needs root, or the rights .*)$/,
    );
    const noTool = new InterfaceSource("interface:lo", "lo", []);
    await expect(noTool.start(new Collected())).rejects.toThrow(
      "interface:lo: capturing needs tcpdump or dumpcap, and neither is installed",
    );
  });
});

describe("the journal", () => {
  const REMOTE = "/usr/lib/systemd/systemd-journal-remote";
  /** Appends an entry to a journal file, in the export format (systemd.io/JOURNAL_EXPORT_FORMATS). */
  const append = (directory: string, i: number): void => {
    const time = 1_800_000_000_000_000 + i * 1e6;
    const entry = [
      `__CURSOR=s=0123456789abcdef0123456789abcdef;i=${i};b=0123456789abcdef0123456789abcde0;m=${i};t=${time};x=${i}`,
      `__REALTIME_TIMESTAMP=${time}`,
      `__MONOTONIC_TIMESTAMP=${i + 1}`,
      "_BOOT_ID=0123456789abcdef0123456789abcde0",
      i % 2 === 0 ? "_TRANSPORT=kernel" : "_TRANSPORT=syslog",
      `MESSAGE=IN=eth0 OUT= SRC=192.0.2.1 DST=198.51.100.2 PROTO=TCP SPT=0 DPT=${i}`,
    ];
    execFileSync(REMOTE, ["-o", join(directory, "test.journal"), "-"], {
      input: `${entry.join("\n")}\n\n`,
      stdio: ["pipe", "pipe", "pipe"],
    });
  };

  test("is followed by the real journalctl, and goes on after a restart", async (context) => {
    const directory = join(folder, "journal");
    mkdirSync(directory);
    try {
      append(directory, 0);
      execFileSync("journalctl", ["-D", directory, "-n", "0"], { stdio: "pipe" });
    } catch {
      console.warn("journalctl and systemd-journal-remote are not here: the journal is left out");
      return context.skip();
    }
    const options = { matches: ["_TRANSPORT=kernel"], directory, stateFolder: join(folder, "states") };
    const first = new JournalSource("journald:", options);
    const one = new Collected();
    await first.start(one);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const i of [1, 2]) append(directory, i);
    await until(() => one.text.includes("DPT=2"), "an entry");
    await first.stop();
    for (const i of [3, 4, 6]) append(directory, i);
    const second = new JournalSource("journald:", options);
    const two = new Collected();
    await second.start(two);
    await until(() => two.text.includes("DPT=6"), "the entries in between");
    await second.stop();
    const ports = (text: string): string[] => [...text.matchAll(/DPT=(\d+)/g)].map((match) => match[1]!);
    expect([ports(one.text), ports(two.text)]).toEqual([["2"], ["4", "6"]]);
    expect(JSON.parse(one.text.split("\n")[0]!)).toMatchObject({ _TRANSPORT: "kernel" });
    expect([first.health, second.health]).toEqual(["fine", "fine"]);
    expect(two.ends.length).toBe(1);
  });

  test("that journalctl cannot read says so", async (context) => {
    if (spawnSync("journalctl", ["--version"]).status !== 0) return context.skip("journalctl is not here");
    const source = new JournalSource("journald:/none", { matches: [], directory: "/nonexistent/journal", stateFolder: null });
    await expect(source.start(new Collected())).rejects.toThrow(/^journald:\/none: journalctl ended \(1\): .*No such file or directory/);
  });

  test("cursors are those of whole entries, wherever they stand in them and however they come", () => {
    const cursor = (i: number): string => `s=0123456789abcdef;i=${i};b=01;m=3;t=4;x=5`;
    const evil = '"MESSAGE":"\\"__CURSOR\\":\\"s=evil0000000000\\""';
    const lines = Buffer.from([1, 2, 3].map((i) => `{"PRIORITY":"4","__CURSOR":"${cursor(i)}",${evil}}\n`).join(""));
    for (const size of [1, 7, 60, 1000]) {
      const found = new EntryCursor();
      for (let at = 0; at < lines.length; at += size) {
        const end = Math.min(at + size, lines.length);
        found.push(lines.subarray(at, end));
        const whole = lines.subarray(0, end).filter((octet) => octet === 10).length;
        expect(found.last).toBe(whole === 0 ? null : cursor(whole));
      }
    }
    const other = new EntryCursor();
    other.push(Buffer.from('{"__CURSOR":"--rotate"}\n'));
    expect(other.last).toBeNull();
  });
});
