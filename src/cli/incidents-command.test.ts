/** What people say of an incident while a watch runs: other processes, by way of the one that holds the store. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Incident } from "../model/incident.ts";
import type { WatchEvent } from "../model/watch-event.ts";
import { fillHistory, probeLines, SPIKE } from "../pipeline/watch/watched-history.fixture.ts";
import { openStore } from "../store/open-store.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const WATCH = join(import.meta.dirname, "../pipeline/watch/timed-watch.fixture.ts");
const ID = "20131102T0100Z-tcp-source-0";

let folder: string;
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-incidents-"));
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** `precursor …args` as a process of its own; what it printed. */
async function precursor(...args: readonly string[]): Promise<string> {
  const environment = { ...process.env, PRECURSOR_STORE: join(folder, "history") };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, ...args], { env: environment });
  expect(stderr).toBe("");
  return stdout;
}

async function stored(): Promise<Incident> {
  const { incidents } = JSON.parse(await precursor("incidents", "list", "--format", "json")) as { incidents: Incident[] };
  expect(incidents).toHaveLength(1);
  return incidents[0]!;
}

describe("incidents of a store that a watch holds", { timeout: 120_000 }, () => {
  test("are acknowledged, annotated and closed by other processes, and the watch heeds it", async () => {
    await fillHistory(folder, 7);
    const log = join(folder, "fw.log");
    writeFileSync(log, "");
    const watch = spawn(process.execPath, [WATCH, folder, join(folder, "state"), log, String(SPIKE + 15)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    child = watch;
    const events: WatchEvent[] = [];
    createInterface(watch.stdout).on("line", (line) => events.push(JSON.parse(line) as WatchEvent));
    const judged = async (time: number): Promise<Extract<WatchEvent, { type: "interval" }>> => {
      for (let tries = 0; tries < 1200; tries++) {
        const event = events.find((one) => one.type === "interval" && one.time === time);
        if (event?.type === "interval") return event;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`waited in vain for the interval ${time}`);
    };
    const told = (): (readonly unknown[])[] =>
      events.flatMap((event) => (event.type === "incident" ? [[event.change, event.isAlert, event.incident.phase]] : []));
    let at = SPIKE - 300;
    const next = async (sources: number): Promise<number> => {
      at += 300;
      appendFileSync(log, probeLines(at + 60, sources));
      watch.stdin.write(`${at + 280}\n`);
      await new Promise((resolve) => setTimeout(resolve, 900));
      watch.stdin.write(`${at + 311}\n`);
      return (await judged(at)).openIncidents;
    };
    await judged(at);
    expect(await next(100)).toBe(1);
    expect(told()).toEqual([["opened", true, "open"]]);
    expect(await stored()).toMatchObject({ id: ID, acknowledgedBy: null });

    await precursor("incidents", "ack", ID, "--by", "ana");
    await precursor("incidents", "note", "20131102", "asked", "the", "provider", "--by", "ben");
    expect(await next(110)).toBe(1);
    const changed = events.findLast((event) => event.type === "incident");
    expect(changed?.type === "incident" ? changed.incident.acknowledgedBy : null).toBe("ana");

    // Between two intervals: the next is ten times as high, and would be told
    await precursor("incidents", "close", ID, "a customer's test", "--by", "ana");
    const before = told().length;
    expect(await next(1100)).toBe(0);
    expect(told().slice(before)).toEqual([["closed", false, "closed"]]);
    expect(await next(1200)).toBe(0);
    expect(told()).toHaveLength(before + 1);

    watch.kill("SIGTERM");
    await once(watch, "exit");
    expect(events.at(-1)?.type).toBe("stopped");
    const store = await openStore({ kind: "folder", path: join(folder, "history") });
    const [kept, ...others] = await store.incidents(null, 10);
    await store.close();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ id: ID, phase: "closed", acknowledgedBy: "ana" });
    expect(kept?.timeline.filter(({ by }) => by !== null).map(({ kind, text, by }) => [kind, text, by])).toEqual([
      ["acknowledged", "", "ana"],
      ["note", "asked the provider", "ben"],
      ["closed", "a customer's test", "ana"],
    ]);
  });
});
