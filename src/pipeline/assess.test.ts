/** `assess` as a whole: the same report from one thread and from two, from disk and from memory, and what the options change. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { DnsServer } from "../intel/acknowledged/dns-server.fixture.ts";
import { writeMmdb } from "../intel/mmdb-writer.fixture.ts";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import { tcpPacket, udpPacket } from "../lab/packet.ts";
import { Random } from "../lab/random.ts";
import { FilterError, InputError, UsageError } from "../model/errors.ts";
import { TCP_SYN } from "../model/protocol.ts";
import type { Report } from "../model/report.ts";
import type { AssessOptions, Progress } from "./assess.ts";
import { ASSESS_DEFAULTS, assess } from "./assess.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const present = existsSync(SAMPLES);
if (!present) console.warn("skipped: real captures are not here (../shared/samples)");
const sample = (path: string): string => new URL(path, SAMPLES).pathname;

const folder = mkdtempSync(join(tmpdir(), "precursor-assess-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function report(inputs: readonly string[], options: Partial<AssessOptions> = {}): Promise<Report> {
  return (await assess({ ...ASSESS_DEFAULTS, threads: 1, inputs, ...options })).report;
}

/** As text, maps and all, without the moment that it was made. */
function textOf(made: Report): string {
  return JSON.stringify({ ...made, madeAt: 0 }, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value), 1);
}

const START = 1_383_354_000;
/** More than three quarters of the slots for conversations (`DEFAULT_LIMITS`). */
const CONVERSATIONS = 450_000;
/** 200 SYNs from port 0 to as many addresses of 192.0.2.0/24 and 203.0.113.0/24 by turns, a second apart. */
const sweep = encodeCapture(
  Array.from({ length: 200 }, (_, i) => ({
    time: START + i,
    frame: ethernet(
      tcpPacket(
        { source: 0x0a000001, destination: (i % 2 === 0 ? 0xc0000200 : 0xcb007100) + (i >> 1) + 1 },
        { sourcePort: 0, destinationPort: i % 4 === 0 ? 22 : 445, flags: TCP_SYN, window: 8192 },
      ),
    ),
  })),
);

/** UDP of so many conversations that the table of them cannot hold them all, from and to addresses that come again. */
function crowded(): Uint8Array {
  const frame = ethernet(udpPacket({ source: 0, destination: 0 }, { sourcePort: 1, destinationPort: 53 }));
  const capture = new Uint8Array(24 + CONVERSATIONS * (16 + frame.length));
  const view = new DataView(capture.buffer);
  capture.set(encodeCapture([]));
  const random = new Random(11);
  for (let i = 0, at = 24; i < CONVERSATIONS; i++, at += 16 + frame.length) {
    view.setUint32(at, START + Math.floor(i / 1000), true);
    view.setUint32(at + 4, (i % 1000) * 1000, true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    capture.set(frame, at + 16);
    view.setUint32(at + 16 + 26, 0x0b000000 + random.zipf(2000, 1.05));
    view.setUint32(at + 16 + 30, 0xc0000200 + (random.word() & 0xff));
    view.setUint16(at + 16 + 34, 1024 + (random.word() & 0x7fff));
  }
  return capture;
}

describe("a capture with more conversations than fit", () => {
  test("is reported alike by another process, by one thread and by two", async () => {
    const path = join(folder, "crowded.pcap");
    writeFileSync(path, crowded());
    const first = await report([path], { threads: 2 });
    expect(first.forgotten.flows).toBeGreaterThan(10_000);
    // What modules draw by chance when they are loaded, they draw again.
    vi.resetModules();
    const fresh = await import("./assess.ts");
    const second = await fresh.assess({ ...ASSESS_DEFAULTS, threads: 1, inputs: [path] });
    expect(textOf(second.report)).toBe(textOf(first));
  });
});

describe.skipIf(!present)("real captures (skipped without ../shared/samples)", () => {
  test.each([
    [["pcap-scans/synscan.pcap"]],
    [["pcap-scanners-live/masscan_p0_80_23.pcap", "pcap-benign-control/gnutella.pcap"]],
    [["pcap-backscatter-dos/bro-simple-scan-backscatter.pcap"]],
    [["maltrail-corpus"]],
  ])("%j: two threads report what one does", async (paths) => {
    const inputs = paths.map(sample);
    expect(textOf(await report(inputs, { threads: 2 }))).toBe(textOf(await report(inputs, { threads: 1 })));
  });

  test("octets in memory report what the file does", async () => {
    const path = sample("pcap-scans/synscan.pcap");
    expect(textOf(await report([], { memory: new Map([[path, readFileSync(path)]]) }))).toBe(textOf(await report([path])));
  });

  test("filter, since and until hold in the other thread as in this one", async () => {
    const path = sample("pcap-scans/synscan.pcap");
    const { input } = await report([path]);
    const options = { filter: "tcp and dst port 1-500", since: input.firstSeen! + 0.5, until: input.lastSeen! - 0.5 };
    expect(textOf(await report([path], { ...options, filter: "tcp", threads: 2 }))).toBe(
      textOf(await report([path], { ...options, filter: "tcp" })),
    );
  });
});

describe("options", () => {
  const memory = new Map([["sweep", sweep]]);

  test("a sweep from port zero is one scan and 200 port-zero packets", async () => {
    const made = await report([], { memory });
    expect(made.scansTotal).toBe(1);
    expect(made.scans[0]).toMatchObject({ source: "10.0.0.1", targetCount: 200, portZero: true });
    expect(made.portZero.tcp).toEqual({ source: 200, destination: 0, both: 0 });
    expect(made.input).toMatchObject({ records: 200, firstSeen: START, lastSeen: START + 199, unreadable: [] });
  });

  test("since and until bound what is observed, the end left out", async () => {
    const made = await report([], { memory, since: START + 50, until: START + 99 });
    expect(made.portZero.tcp.source).toBe(49);
    expect(made.input).toMatchObject({ firstSeen: START + 50, lastSeen: START + 98, records: 200 });
    const none = await report([], { memory, since: START + 1000 });
    expect(none).toMatchObject({ scansTotal: 0, senderCount: 0 });
    expect(none.input.firstSeen).toBeNull();
  });

  test("a filter keeps what it matches", async () => {
    const made = await report([], { memory, filter: "dst port 22" });
    expect(made.portZero.tcp.source).toBe(50);
    expect(made.ports.map(({ port }) => port)).toEqual([22]);
  });

  test("home networks are taken as given, else guessed", async () => {
    expect((await report([], { memory, home: ["192.0.2.0/24", "203.0.113.7/24"] })).home).toMatchObject({
      networks: ["192.0.2.0/24", "203.0.113.0/24"],
      guessed: false,
    });
    expect((await report([], { memory })).home.guessed).toBe(true);
  });

  test("what cannot be is said with an error of its own", async () => {
    await expect(report([])).rejects.toBeInstanceOf(UsageError);
    await expect(report([], { memory, home: ["10.0.0.0/33"] })).rejects.toThrow(/--home 10\.0\.0\.0\/33/);
    await expect(report([], { memory, filter: "dst prt 22" })).rejects.toBeInstanceOf(FilterError);
    await expect(report([join(folder, "missing.pcap")])).rejects.toBeInstanceOf(InputError);
    await expect(report([], { memory: new Map([["empty", new Uint8Array(0)]]) })).rejects.toMatchObject({ code: "E_INPUT_EMPTY" });
  });

  test("one input that cannot be read is named beside the others' findings", async () => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, "nothing to see\n");
    for (const threads of [1, 2]) {
      const good = join(folder, "sweep.pcap");
      writeFileSync(good, sweep);
      const made = await report([path, good], { threads });
      expect(made.scansTotal).toBe(1);
      expect(made.input.unreadable).toHaveLength(1);
      expect(made.input.unreadable[0]).toContain("E_INPUT_UNKNOWN");
    }
  });

  test("unreadable inputs alone are the same error from either thread count", async () => {
    const path = join(folder, "empty.pcap");
    writeFileSync(path, "");
    for (const threads of [1, 2])
      await expect(report([path], { threads })).rejects.toMatchObject({ name: "InputError", code: "E_INPUT_EMPTY" });
  });

  test("an address is explained where asked for", async () => {
    const options = { ...ASSESS_DEFAULTS, memory, threads: 1 };
    const { explanation } = await assess({ ...options, explain: "10.0.0.1" });
    expect(explanation).not.toBeNull();
    expect((await assess({ ...options, explain: null })).explanation).toBeNull();
  });

  test("limit cuts the lists, and leaves their totals", async () => {
    const made = await report([], { memory, limit: 0 });
    expect(made.scans).toEqual([]);
    expect(made.scansTotal).toBe(1);
  });

  test("progress rises to the whole of a large input", async () => {
    const path = join(folder, "large.pcap");
    const packet = sweep.subarray(24);
    const large = new Uint8Array(24 + 1500 * packet.length);
    large.set(sweep.subarray(0, 24));
    for (let i = 0; i < 1500; i++) large.set(packet, 24 + i * packet.length);
    writeFileSync(path, large);
    const news: Progress[] = [];
    const made = await report([path], { threads: 2, onProgress: (progress) => news.push(progress) });
    expect(made.input.records).toBe(300_000);
    for (const [i, progress] of news.entries()) {
      expect(progress.bytesTotal).toBe(large.length);
      expect(progress.bytesDone).toBeLessThanOrEqual(large.length);
      expect(progress.bytesDone).toBeGreaterThanOrEqual(news[i - 1]?.bytesDone ?? 0);
    }
  });
});

describe("who asks", () => {
  /** SYNs to 200 addresses, from an ephemeral port or from port zero, by a source in Censys' networks. */
  const scanBy = (source: number, sourcePort: number): Uint8Array =>
    encodeCapture(
      Array.from({ length: 200 }, (_, i) => ({
        time: START + i,
        frame: ethernet(
          tcpPacket(
            { source, destination: 0xc000_0200 + i },
            { sourcePort, destinationPort: 443, sequence: 7 + i * 1_000_003, flags: TCP_SYN },
          ),
        ),
      })),
    );
  const CENSYS = 0xa28e_7d07;
  const judged = async (capture: Uint8Array, options: Partial<AssessOptions> = {}): Promise<Report> =>
    report(["c.pcap"], { memory: new Map([["c.pcap", capture]]), ...options });

  test("an acknowledged source that asks plainly is claimed, and one that sends from port zero is disputed", async () => {
    const plain = await judged(scanBy(CENSYS, 40_000));
    expect(plain.scans[0]?.labels.acknowledged).toMatchObject({ organisation: "Censys", status: "claimed" });
    expect(plain.names).toBeNull();
    const odd = await judged(scanBy(CENSYS, 0));
    expect(odd.scans[0]?.labels.acknowledged).toMatchObject({ status: "disputed", reason: expect.stringContaining("TCP port zero") });
  });
  test("DNS is asked where it is named, and a database of one's own comes first", async () => {
    const server = new DnsServer({
      records: new Map([
        ["PTR 7.125.142.162.in-addr.arpa", ["x.censys-scanner.com"]],
        ["A x.censys-scanner.com", ["162.142.125.7"]],
      ]),
    });
    const path = join(folder, "own.mmdb");
    writeFileSync(path, writeMmdb("Own", START, [["162.142.0.0/16", { asn: "AS64500", as_name: "Mine", country_code: "NL" }]]));
    const resolvers = [await server.start()];
    const made = await judged(scanBy(CENSYS, 40_000), { resolvers, databases: [path] });
    await server.stop();
    expect(made.names).toMatchObject({ asked: 1, confirmed: 1, failed: 0 });
    expect(made.scans[0]?.labels).toMatchObject({
      network: { asn: 64_500, name: "Mine", country: "NL" },
      name: { name: "x.censys-scanner.com", forwardConfirmed: true },
      // It has a true name, and still nobody saw it get an answer.
      acknowledged: { status: "claimed" },
    });
    expect(made.lists[0]).toMatchObject({ list: "Own (own.mmdb)", date: "2013-11-02" });
  });
  test("a database that is none ends it before anything is read", async () => {
    const none = join(folder, "none.mmdb");
    writeFileSync(none, "<html>");
    await expect(judged(scanBy(CENSYS, 1), { databases: [none] })).rejects.toMatchObject({ code: "E_DATABASE" });
  });
});
