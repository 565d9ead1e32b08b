import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import { netflow5Datagrams } from "../lab/netflow5.ts";
import { tcpPacket } from "../lab/packet.ts";
import { groupSeriesNumber, portSeriesNumber } from "../model/series.ts";
import { watchEventProblem } from "../report/watch/watch-event-schema.ts";
import { openStore } from "../store/open-store.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const ALL = groupSeriesNumber("all");
/** Octets before the first record of a capture. */
const CAPTURE_HEADER = 24;

let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-watch-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true });
});

interface Event {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A watch in its own process, with the events that it prints. */
class Watch {
  readonly events: Event[] = [];
  readonly child: ChildProcess;
  stderr = "";
  #rest = "";

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [MAIN, "watch", ...args], { cwd: folder, env: { ...process.env, ...environment }, stdio: "pipe" });
    running.push(this.child);
    this.child.stdout?.on("data", (bytes: Buffer) => {
      const lines = (this.#rest + bytes.toString()).split("\n");
      this.#rest = lines.pop() ?? "";
      this.events.push(...lines.map((line) => JSON.parse(line) as Event));
    });
    this.child.stderr?.on("data", (bytes: Buffer) => (this.stderr += bytes.toString()));
  }

  async saw(type: string, count = 1): Promise<Event> {
    await until(
      () => this.events.filter((event) => event.type === type).length >= count,
      () => `${type} ${count}: ${this.stderr}`,
    );
    return this.events.filter((event) => event.type === type)[count - 1]!;
  }

  async ended(signal: NodeJS.Signals): Promise<number | null> {
    const exit = this.child.exitCode === null ? once(this.child, "exit") : null;
    this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }
}

async function until(isDone: () => boolean, what: () => string): Promise<void> {
  for (let tries = 0; !isDone(); tries++) {
    if (tries > 600) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let lines = 0;
/** Appends log lines, each of a source of its own. */
function log(path: string, count: number): void {
  let text = "";
  for (let i = 0; i < count; i++, lines++) {
    const time = new Date().toISOString().slice(0, 19);
    text += `${time}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=198.51.${(lines >> 8) & 255}.${lines & 255} DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
  }
  appendFileSync(path, text);
}

function config(text: string): string {
  const path = join(folder, "precursor.yaml");
  writeFileSync(path, `flushSeconds: 1\nstore: history\nstate: state\n${text}`);
  return path;
}

/** All packets and sources of a series in the store. */
async function counted(series: number): Promise<{ packets: number; sources: number }> {
  const store = await openStore({ kind: "folder", path: join(folder, "history") });
  try {
    const points = await store.series(series, { from: 0, to: Date.now() / 1000 + 600 }, 86_400, null);
    return {
      packets: points.reduce((sum, { packets }) => sum + packets, 0),
      sources: points.reduce((sum, { sources }) => sum + sources, 0),
    };
  } finally {
    await store.close();
  }
}

describe("precursor watch", { timeout: 120_000 }, () => {
  test("kill -9 at any moment loses and doubles nothing of a file", async () => {
    const path = join(folder, "kern.log");
    writeFileSync(path, "");
    const file = config(`sources: [{ uri: "tail:${path}", fromStart: true }]\n`);
    const before = lines;
    for (let round = 0; round < 3; round++) {
      const watch = new Watch(["--config", file]);
      const writing = setInterval(() => log(path, 7), 20);
      try {
        await watch.saw("started");
        await new Promise((resolve) => setTimeout(resolve, 700 + 450 * round));
      } finally {
        clearInterval(writing);
      }
      await watch.ended("SIGKILL");
      log(path, 5);
    }
    const last = new Watch(["--config", file]);
    await last.saw("started");
    log(path, 3);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await last.ended("SIGTERM")).toBe(0);
    expect((await last.saw("stopped"))["reason"]).toBe("terminated");
    const { packets, sources } = await counted(ALL);
    expect(packets).toBe(lines - before);
    // Sketches: 0.8 %
    expect(Math.abs(sources - packets)).toBeLessThan(0.03 * packets);
  });

  test("nor of a capture that grows, which is read again from its start, and counted from its place", async () => {
    const path = join(folder, "growing.pcap");
    let packets = 0;
    const capture = (count: number): Uint8Array =>
      encodeCapture(
        Array.from({ length: count }, () => ({
          time: Date.now() / 1000,
          frame: ethernet(
            tcpPacket(
              { source: 0xc633_0000 + packets++, destination: 0xc000_0201 },
              { sourcePort: 40_000, destinationPort: 445, flags: 2 },
            ),
          ),
        })),
      );
    writeFileSync(path, capture(10));
    const more = (count: number): void => appendFileSync(path, capture(count).subarray(CAPTURE_HEADER));
    const file = config(`sources: [{ uri: "tail:${path}" }]\n`);
    for (let round = 0; round < 2; round++) {
      const watch = new Watch(["--config", file]);
      const writing = setInterval(() => more(7), 20);
      try {
        await watch.saw("started");
        await new Promise((resolve) => setTimeout(resolve, 1100 + 450 * round));
      } finally {
        clearInterval(writing);
      }
      await watch.ended("SIGKILL");
      more(5);
    }
    const last = new Watch(["--config", file]);
    await last.saw("started");
    more(3);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await last.ended("SIGTERM")).toBe(0);
    expect(await counted(ALL)).toMatchObject({ packets });
  });

  test("SIGHUP starts and stops sources, and keeps the config before a bad one", async () => {
    const [one, two] = [join(folder, "one.log"), join(folder, "two.log")];
    writeFileSync(one, "");
    writeFileSync(two, "");
    const file = config(`sources:\n  - uri: tail:${one}\n`);
    const watch = new Watch(["--config", file]);
    await watch.saw("started");
    config(`sources:\n  - uri: tail:${one}\n  - uri: tail:${two}\n`);
    watch.child.kill("SIGHUP");
    expect(await watch.saw("reload")).toMatchObject({ started: [`tail:${two}`], stopped: [], kept: 1, error: null });
    config("sorces: []\n");
    watch.child.kill("SIGHUP");
    expect(await watch.saw("reload", 2)).toMatchObject({
      started: [],
      stopped: [],
      kept: 2,
      error: expect.stringMatching(/precursor\.yaml:4:1: sorces: no such key: did you mean sources\?/),
    });
    expect(watch.stderr).toMatch(/^precursor: the config was not taken, the one before holds: .*:4:1: sorces/);
    config(`sources:\n  - uri: tail:${two}\n`);
    watch.child.kill("SIGHUP");
    expect(await watch.saw("reload", 3)).toMatchObject({ started: [], stopped: [`tail:${one}`], kept: 1 });
    const before = lines;
    log(two, 50);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await watch.ended("SIGINT")).toBe(0);
    expect(await counted(ALL)).toMatchObject({ packets: lines - before });
    for (const event of watch.events) expect(watchEventProblem(event)).toBeNull();
  });

  test("SIGHUP changes thresholds, networks and pace, and names what needs a restart", async () => {
    const path = join(folder, "a.log");
    writeFileSync(path, "");
    const source = `sources: [{ uri: "tail:${path}" }]\n`;
    const watch = new Watch(["--config", config(source)]);
    await watch.saw("started");
    log(path, 20);
    watch.child.kill("SIGHUP");
    expect(await watch.saw("reload")).toMatchObject({ kept: 1, changed: [], needsRestart: [] });
    const positions = join(folder, "state", "spool", "positions.json");
    await until(
      () => existsSync(positions) && readFileSync(positions, "utf8").includes(`"offset":${statSync(path).size}`),
      () => "the first lines to be kept",
    );
    const more = "targets: { servers: [192.0.2.0/30] }\ndetection: { minSources: 50 }\ngraceSeconds: 5\nretention: { hours: 100 }\n";
    const file = config(source + more);
    writeFileSync(file, readFileSync(file, "utf8").replace("store: history", "store: elsewhere"));
    watch.child.kill("SIGHUP");
    expect(await watch.saw("reload", 2)).toMatchObject({
      kept: 1,
      changed: ["targets", "detection", "graceSeconds"],
      needsRestart: ["store", "retention"],
      error: null,
    });
    log(path, 30);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await watch.ended("SIGTERM")).toBe(0);
    expect(watch.stderr).toBe("precursor: the config was taken; needs a restart: store, retention\n");
    for (const event of watch.events) expect(watchEventProblem(event)).toBeNull();
    expect((await counted(ALL)).packets).toBe(50);
    const store = await openStore({ kind: "folder", path: join(folder, "history") });
    const points = await store.targetGroupSeries("servers", ALL, { from: 0, to: Date.now() / 1000 + 600 }, 86_400, null);
    await store.close();
    expect(points.reduce((sum, { packets }) => sum + packets, 0)).toBe(30);
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });

  test("NetFlow over loopback reaches the store", async () => {
    const file = config("sources: [{ uri: 'udp://127.0.0.1:0', name: flows, sensor: edge }]\n");
    const watch = new Watch(["--config", file]);
    const { health } = (await watch.saw("started")) as unknown as { health: { sources: { place: string }[] } };
    const port = Number(health.sources[0]!.place.split(":").at(-1));
    const socket = createSocket("udp4");
    const probe = {
      time: Math.floor(Date.now() / 1000),
      destination: 0xc0000201,
      sourcePort: 40_000,
      destinationPort: 445,
      protocol: 6,
      tcpFlags: 2,
      bytes: 44,
      icmp: -1,
    };
    const datagram = netflow5Datagrams(Array.from({ length: 25 }, (_, host) => ({ ...probe, source: 0xc6330001 + host })));
    await new Promise<void>((resolve) => socket.send(datagram, port, "127.0.0.1", () => resolve()));
    socket.close();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await watch.ended("SIGTERM")).toBe(0);
    expect(await counted(portSeriesNumber("tcp", "destination", 445))).toEqual({ packets: 25, sources: 25 });
  });

  test("two watches in one place: one line", async () => {
    writeFileSync(join(folder, "a.log"), "");
    const file = config(`sources: [{ uri: "tail:${join(folder, "a.log")}" }]\n`);
    const first = new Watch(["--config", file]);
    await first.saw("started");
    const second = spawnSync(process.execPath, [MAIN, "watch", "--config", file], { cwd: folder, encoding: "utf8" });
    expect([second.status, second.stdout]).toEqual([2, ""]);
    expect(second.stderr).toBe(
      `precursor: ${join(folder, "state")}: another watch keeps its state here: held by process ${first.child.pid} (E_STORE_LOCKED)\n`,
    );
  });

  test("a source that cannot start is told, and tried again", async () => {
    const file = config(`sources: [{ uri: "tail:${join(folder, "later.log")}" }]\n`);
    const watch = new Watch(["--config", file]);
    const event = (await watch.saw("started")) as unknown as { health: { sources: { health: string; place: unknown }[] } };
    expect(event.health.sources).toMatchObject([{ place: null, health: "no such file or directory" }]);
    expect(await watch.ended("SIGTERM")).toBe(0);
  });

  test("a server that is away: everything waits on disk", async () => {
    const path = join(folder, "a.log");
    writeFileSync(path, "");
    const watch = new Watch([
      "--store",
      "http://127.0.0.1:9/",
      "--state",
      join(folder, "state"),
      "--config",
      config(`sources: [{ uri: "tail:${path}" }]\n`),
    ]);
    const event = (await watch.saw("started")) as unknown as { health: { store: unknown } };
    expect(event.health.store).toMatchObject({ isUp: false });
    log(path, 20);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await watch.ended("SIGTERM")).toBe(0);
    expect(existsSync(join(folder, "state", "spool", "000000000001.batch"))).toBe(true);
  });

  test.skipIf(spawnSync("systemd-notify", ["--version"]).status !== 0 || spawnSync("python3", ["-V"]).status !== 0)(
    "systemd is told that it is ready, alive, reloading and stopping",
    async () => {
      const socket = join(folder, "notify");
      const heard = join(folder, "heard");
      // Like systemd, it lets go of the descriptor of BARRIER=1, on which systemd-notify waits
      const program = `import socket\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind("${socket}")\nf = open("${heard}", "ab", 0)\nwhile True: f.write(s.recv(4096) + b"\\n")`;
      const listener = spawn("python3", ["-c", program], { stdio: "ignore" });
      running.push(listener);
      await until(
        () => existsSync(socket),
        () => "the socket",
      );
      writeFileSync(join(folder, "a.log"), "");
      const watch = new Watch(["--config", config(`sources: [{ uri: "tail:${join(folder, "a.log")}" }]\n`)], {
        NOTIFY_SOCKET: socket,
        WATCHDOG_USEC: "400000",
      });
      const hears = (word: string): Promise<void> =>
        until(
          () => existsSync(heard) && readFileSync(heard, "utf8").includes(word),
          () => word,
        );
      await hears("READY=1");
      await hears("STATUS=1 sources");
      await hears("WATCHDOG=1");
      watch.child.kill("SIGHUP");
      await hears("RELOADING=1");
      await hears("MONOTONIC_USEC=");
      expect(await watch.ended("SIGTERM")).toBe(0);
      await hears("STOPPING=1");
    },
  );
});
