/** Inputs of all kinds to one observer: folders with other things beside records, and live sources with and without an end. */
import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeCapture, makeEvent } from "../lab/index.ts";
import { netflow5Datagrams } from "../lab/netflow5.ts";
import { TCP_SYN } from "../model/protocol.ts";
import { ASSESS_DEFAULTS } from "./assess-options.ts";
import { gather } from "./gather.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-gather-"));
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "logs", "a.pcap"), encodeCapture(makeEvent("strobe-syn", 3).packets));
  writeFileSync(join(folder, "logs", "README"), "what these files are\n");
  writeFileSync(join(folder, "logs", "empty.log"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

describe("folders", () => {
  test("what lies beside records is passed over; the same file by name is a failure", async () => {
    const read = await gather({ ...ASSESS_DEFAULTS, threads: 1, inputs: [at("logs")] });
    expect(read.summary.sources.map(({ name }) => name)).toEqual([at("logs/a.pcap")]);
    expect(read.unreadable).toEqual([]);
    expect(read.passedOver.toSorted()).toEqual([at("logs/README"), at("logs/empty.log")]);
    const named = await gather({ ...ASSESS_DEFAULTS, threads: 1, inputs: [at("logs/a.pcap"), at("logs/README")] });
    expect(named.unreadable.map(({ code }) => code)).toEqual(["E_INPUT_UNKNOWN"]);
    expect(named.passedOver).toEqual([]);
  });

  test("a folder without any record is an error", async () => {
    mkdirSync(at("nothing"));
    writeFileSync(at("nothing/README"), "nothing\n");
    await expect(gather({ ...ASSESS_DEFAULTS, threads: 1, inputs: [at("nothing")] })).rejects.toMatchObject({ code: "E_INPUT_UNKNOWN" });
  });
});

const LISTEN = { seconds: 0.2, stateFolder: null, fromStart: false, follow: false };

describe("live sources", () => {
  test.each([
    [["udp://127.0.0.1:0"], null, /goes on without end: say how long to listen/],
    [["a.pcap"], LISTEN, /--for is for live sources/],
    [["udp://127.0.0.1:0", "a.pcap"], LISTEN, /a\.pcap: files and live sources are assessed apart/],
    [["udp://nowhere"], LISTEN, /udp:\/\/nowhere/],
  ])("%j with %j is refused", async (inputs, listen, words) => {
    await expect(gather({ ...ASSESS_DEFAULTS, inputs, listen })).rejects.toThrow(words);
  });

  test("that hear nothing are no failure; where all fail, the first failure is thrown", async () => {
    const quiet = await gather({ ...ASSESS_DEFAULTS, inputs: ["udp://127.0.0.1:0"], listen: LISTEN });
    expect([quiet.summary.sources, quiet.unreadable, quiet.observer.finish().observations]).toEqual([[], [], 0]);
    const inputs = ["udp://127.0.0.1:0", "udp://192.0.2.77:2055"];
    const beside = await gather({ ...ASSESS_DEFAULTS, inputs, listen: LISTEN });
    expect(beside.unreadable.map(({ source }) => source)).toEqual(["udp://192.0.2.77:2055"]);
    await expect(gather({ ...ASSESS_DEFAULTS, inputs: inputs.slice(1), listen: LISTEN })).rejects.toMatchObject({
      code: "E_INPUT_UNREADABLE",
    });
  });

  test("flow export that comes while it listens is observed", async () => {
    const probe = {
      time: 1_383_354_000,
      source: 0x0a000001,
      sourcePort: 0,
      destinationPort: 445,
      protocol: 6,
      tcpFlags: TCP_SYN,
      bytes: 40,
      icmp: -1,
    };
    const datagrams = netflow5Datagrams(Array.from({ length: 30 }, (_, i) => ({ ...probe, destination: 0xc6336400 + i })));
    const port = 20_000 + (process.pid % 20_000);
    const sender = createSocket("udp4");
    const sending = setInterval(() => sender.send(datagrams, port, "127.0.0.1"), 100);
    try {
      const { observer, summary, live } = await gather({
        ...ASSESS_DEFAULTS,
        inputs: [`udp://127.0.0.1:${port}`],
        listen: { ...LISTEN, seconds: 1.5 },
      });
      expect(summary.sources[0]).toMatchObject({ format: "flow-export" });
      expect(live[0]?.counters.messages).toBeGreaterThan(0);
      expect(observer.finish().portZero.unconfirmed.tcp.source).toBeGreaterThanOrEqual(30);
    } finally {
      clearInterval(sending);
      sender.close();
    }
  });
});
