/** A watch whose disk is full: a file system of a few megabytes, in a namespace of its own, with everything that the watch keeps on it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "main.ts");
const MEGABYTES = 16;

/** Whether a file system can be mounted in a namespace, and why not. */
const refusal = ((): string | null => {
  const tried = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { encoding: "utf8" });
  return tried.error === undefined && tried.status === 0 ? null : (tried.error?.message ?? tried.stderr.trim());
})();
if (refusal !== null) console.log(`skipped: a full disk needs a mount namespace: ${refusal}`);

let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-full-"));
});
afterEach(async () => {
  for (const child of running.splice(0).reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** Mounts a small file system at `disk` and stays, so that it does; its process id. */
async function holdDisk(disk: string): Promise<number> {
  mkdirSync(disk);
  const script = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && echo mounted && exec sleep 600';
  const holder = spawn("unshare", ["-Urm", "sh", "-c", script, "sh", String(MEGABYTES), disk], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(holder);
  await once(holder.stdout, "data");
  return holder.pid!;
}

/** A program beside the holder, in its namespaces. */
function inside(holder: number, ...command: readonly string[]): string[] {
  return ["--preserve-credentials", "-U", "-m", "-t", String(holder), "--", ...command];
}

class Watch {
  stdout = "";
  stderr = "";
  readonly child: ChildProcess;

  constructor(holder: number, config: string) {
    this.child = spawn("nsenter", inside(holder, process.execPath, MAIN, "watch", "--config", config), { stdio: "pipe" });
    running.push(this.child);
    this.child.stdout?.on("data", (bytes: Buffer) => (this.stdout += bytes.toString()));
    this.child.stderr?.on("data", (bytes: Buffer) => (this.stderr += bytes.toString()));
  }

  async says(word: RegExp): Promise<void> {
    for (let tries = 0; !word.test(this.stdout + this.stderr); tries++) {
      if (tries > 1200 || this.child.exitCode !== null) throw new Error(`waited in vain for ${word}: ${this.stderr}`);
      await sleep(50);
    }
  }

  async ended(signal: NodeJS.Signals): Promise<number | null> {
    const exit = once(this.child, "exit");
    this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }
}

let hosts = 0;
function log(path: string, count: number): void {
  const time = new Date().toISOString().slice(0, 19);
  let text = "";
  for (let i = 0; i < count; i++, hosts++) {
    text += `${time}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=198.51.${hosts >> 8}.${hosts & 255} DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
  }
  appendFileSync(path, text);
}

describe.skipIf(refusal !== null)("a watch whose disk is full", { timeout: 120_000 }, () => {
  test("says so in one line, goes on, survives kill -9 and a restart, and has everything once there is room again", async () => {
    const disk = join(folder, "disk");
    const path = join(folder, "fw.log");
    const config = join(folder, "precursor.yaml");
    writeFileSync(path, "");
    writeFileSync(config, `flushSeconds: 1\nstore: disk/history\nstate: disk/state\nsources: [{ uri: "tail:${path}", fromStart: true }]\n`);
    const holder = await holdDisk(disk);
    // The disk as it is seen from there
    const seen = join("/proc", String(holder), "root", disk);
    const first = new Watch(holder, config);
    await first.says(/"started"/);
    log(path, 40);
    const kept = async (): Promise<void> => {
      const { length } = readFileSync(path);
      const file = join(seen, "state", "spool", "positions.json");
      for (let tries = 0; ; tries++) {
        const text = existsSync(file) ? readFileSync(file, "utf8") : "";
        if (text.includes(`"offset":${length}`)) return;
        if (tries > 600) throw new Error(`waited in vain for the place ${length}: ${text}`);
        await sleep(50);
      }
    };
    await kept();

    const fill = spawnSync("dd", ["if=/dev/zero", `of=${join(seen, "ballast")}`, "bs=4096"], { encoding: "utf8" });
    expect(fill.stderr).toMatch(/[Nn]o space/);
    log(path, 40);
    await first.says(/^precursor: the spool takes nothing: no space left on the disk of the spool; /m);
    log(path, 40);
    await sleep(1500);
    expect(first.stderr.trimEnd().split("\n")).toHaveLength(1);
    await first.ended("SIGKILL");

    const second = new Watch(holder, config);
    await second.says(/"started"/);
    await second.says(/^precursor: the spool takes nothing: /m);
    log(path, 40);
    rmSync(join(seen, "ballast"));
    await second.says(/^precursor: over: the spool takes nothing: /m);
    log(path, 40);
    await kept();
    expect(await second.ended("SIGTERM")).toBe(0);
    expect(second.stderr).not.toMatch(/\n\s+at /);

    const asked = inside(holder, process.execPath, MAIN, "store", "info", "--format", "json", "--store", join(disk, "history"));
    const { stdout } = spawnSync("nsenter", asked, { encoding: "utf8" });
    const { sensors } = JSON.parse(stdout) as { sensors: { observations: number }[] };
    expect(sensors.map(({ observations }) => observations)).toEqual([hosts]);
  });
});
