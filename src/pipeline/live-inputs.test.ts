import { createSocket } from "node:dgram";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { rowOf, type Row } from "../formats/decode-whole.ts";
import { DecodeStats, freshContext, ObservationWriter } from "../formats/format.ts";
import { delimited, NETFLOW_DNS, SFLOW_SYN } from "../formats/goflow2/inputs.fixture.ts";
import { ObservationBatch } from "../model/observation.ts";
import { FINE, type LiveSource } from "../sources/live.ts";
import { until } from "../sources/live/collected.fixture.ts";
import { parseLiveSource } from "../sources/live/parse.ts";
import { FormatChoice } from "./format-choice.ts";
import { type LiveReading, type LiveSummary, readLive } from "./live-inputs.ts";
import { LiveRecords } from "./live-records.ts";
import { LiveTally } from "./live-tally.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-live-"));
afterAll(() => rmSync(folder, { recursive: true }));

const READING: LiveReading = { seconds: null, format: null, mapping: null, stateFolder: null, stop: null, onProgress: null };
const NETFILTER = (port: number): string =>
  `<4>Nov  2 01:00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=192.0.2.1 DST=198.51.100.2 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=0 DPT=${port} WINDOW=1024 RES=0x00 SYN URGP=0 `;
const ASA =
  '<166>Nov 02 2013 01:00:01: %ASA-4-106023: Deny tcp src outside:192.0.2.9/0 dst inside:198.51.100.3/445 by access-group "OUT" [0x0, 0x0]';

function source(text: string, follow = false): LiveSource {
  const made = parseLiveSource(text, { stateFolder: null, fromStart: true, follow });
  if (made === null) throw new Error(text);
  return made;
}

/** Reads sources while `act` works on them, until `act` is over and the rows are `expected` in number. */
async function readWhile(
  sources: readonly LiveSource[],
  expected: number,
  act: () => Promise<void>,
  reading = READING,
): Promise<{ rows: Row[]; summary: LiveSummary }> {
  const rows: Row[] = [];
  const writer = new ObservationWriter(new ObservationBatch(64), (batch) => {
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    batch.length = 0;
    return batch;
  });
  const stop = new AbortController();
  const reader = readLive(sources, writer, { ...reading, stop: stop.signal });
  await until(() => sources.every(({ place }) => place !== null), "the sources to start");
  await act();
  await until(() => rows.length + writer.batch.length >= expected, `${expected} rows`);
  stop.abort();
  return { rows, summary: await reader };
}

function portOf({ place }: LiveSource): number {
  return Number(place?.split(":").at(-1));
}

async function sendDatagrams(port: number, datagrams: readonly (Uint8Array | string)[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const datagram of datagrams) await new Promise<void>((resolve) => socket.send(datagram, port, "127.0.0.1", () => resolve()));
  socket.close();
}

/** NetFlow v5 of one record each: from 192.0.2.1 port 0 to 445. */
function netflow5(sequence: number): Uint8Array {
  const bytes = new Uint8Array(24 + 48);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 5);
  view.setUint16(2, 1);
  view.setUint32(4, 100_000);
  view.setUint32(8, 1_383_354_000);
  view.setUint32(16, sequence);
  view.setUint32(24, 0xc0000201);
  view.setUint32(28, 0xc6336402);
  view.setUint32(24 + 16, 1);
  view.setUint32(24 + 20, 40);
  view.setUint32(24 + 24, 90_000);
  view.setUint32(24 + 28, 90_000);
  view.setUint16(24 + 34, 445);
  view.setUint8(24 + 37, 2);
  view.setUint8(24 + 38, 6);
  return bytes;
}

function octets(...digits: readonly string[]): Uint8Array {
  return Uint8Array.from(digits.join("").replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe("live sources", () => {
  test("of datagrams: flow export and syslog at one port, gaps and rubbish counted", async () => {
    const udp = source("udp://127.0.0.1:0");
    const datagrams = [netflow5(7), netflow5(8), NETFILTER(23), "\0\0rubbish", netflow5(12), ASA, "<13>hello"];
    const { rows, summary } = await readWhile([udp], 5, () => sendDatagrams(portOf(udp), datagrams));
    expect(rows.map((row) => [row.source, row.sourcePort, row.destinationPort])).toEqual([
      ["192.0.2.1", 0, 445],
      ["192.0.2.1", 0, 445],
      ["192.0.2.1", 0, 23],
      ["192.0.2.1", 0, 445],
      ["192.0.2.9", 0, 445],
    ]);
    expect(summary.sources.map(({ name, format }) => [name, format])).toEqual([
      [udp.name, "flow-export"],
      [udp.name, "netfilter"],
    ]);
    expect(summary.sources[0]).toMatchObject({ records: 4, bytes: 3 * 72 + 9, unparsed: 1 });
    expect([...summary.lost.values()].reduce((sum, lost) => sum + lost, 0)).toBe(3);
    expect(summary.live).toMatchObject([{ name: udp.name, health: FINE, unrecognisedRecords: 0 }]);
    expect(summary.live[0]!.counters.messages).toBe(7);
  });

  test("of syslog over TCP: a relay's lines of several kinds, one of which tells what it is", async () => {
    const tcp = source("syslog+tcp://127.0.0.1:0");
    const { rows, summary } = await readWhile([tcp], 4, async () => {
      const socket = connect(portOf(tcp), "127.0.0.1");
      const other = "<38>Nov  2 01:00:02 fw sshd[1]: closed";
      socket.end(`${["<13>hello", other, NETFILTER(22), ASA, NETFILTER(445), other, ASA].join("\n")}\n`);
      await new Promise((resolve) => socket.once("close", resolve));
    });
    expect(rows.map((row) => row.destinationPort)).toEqual([22, 445, 445, 445]);
    expect(summary.sources).toMatchObject([
      { format: "netfilter", records: 5, unparsed: 0 },
      { format: "syslog", records: 1, unparsed: 0 },
    ]);
    expect(summary.live[0]).toMatchObject({ unrecognisedRecords: 1 });
  });

  test("of files: a Zeek log through rotation, while another source cannot start and a third is silent", async () => {
    const path = join(folder, "conn.log");
    const header =
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tcount\tcount\tcount\n";
    const line = (port: number): string => `1383354000.5\tC1\t192.0.2.1\t0\t198.51.100.2\t${port}\ttcp\tS0\t1\t40\t0\t0\n`;
    writeFileSync(path, header + line(1));
    const zeek = source(path, true);
    const silent = source("udp://127.0.0.1:0");
    const taken = source("udp://192.0.2.77:2055");
    let progress = 0;
    const rows: Row[] = [];
    const writer = new ObservationWriter(new ObservationBatch(64), (batch) => {
      for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
      batch.length = 0;
      return batch;
    });
    const stop = new AbortController();
    const onProgress = (_bytes: number, records: number): void => void (progress = records);
    const reader = readLive([zeek, silent, taken], writer, { ...READING, stop: stop.signal, onProgress });
    await until(() => progress === 1, "the first line");
    appendFileSync(path, line(2));
    renameSync(path, `${path}.1`);
    writeFileSync(path, header + line(3));
    await until(() => rows.length >= 3, "the new file");
    stop.abort();
    const summary = await reader;
    expect(rows.map((row) => row.destinationPort)).toEqual([1, 2, 3]);
    expect(summary.sources).toMatchObject([{ name: path, format: "zeek", records: 3, damage: null, unparsed: 0 }]);
    expect(summary.unreadable.map((error) => error.message)).toEqual(["udp://192.0.2.77:2055: this machine has no such address"]);
    expect(summary.live.map(({ place }) => place === null)).toEqual([false, false, true]);
  });

  test("end by themselves when the time is over", async () => {
    const writer = new ObservationWriter(new ObservationBatch(64), (batch) => batch);
    const summary = await readLive([source("udp://127.0.0.1:0")], writer, { ...READING, seconds: 0.3 });
    expect(summary).toMatchObject({ sources: [], unreadable: [], live: [{ health: FINE, counters: { octets: 0 } }] });
  });

  test("of which nothing is recognised are unreadable", async () => {
    const udp = source("udp://127.0.0.1:0");
    const stop = new AbortController();
    const writer = new ObservationWriter(new ObservationBatch(64), (batch) => batch);
    const reader = readLive([udp], writer, { ...READING, stop: stop.signal });
    await until(() => udp.place !== null, "the source to start");
    await sendDatagrams(portOf(udp), ["nothing that anybody knows"]);
    await until(() => udp.counters.messages > 0, "the datagram");
    stop.abort();
    expect((await reader).unreadable.map(({ code }) => code)).toEqual(["E_INPUT_UNKNOWN"]);
  });

  test("of a format that was named wait for no recognition, and there must be such a format", async () => {
    const udp = source("udp://127.0.0.1:0");
    const { summary } = await readWhile([udp], 0, () => sendDatagrams(portOf(udp), ["<13>hello"]), { ...READING, format: "netfilter" });
    expect(summary.sources.every(({ format }) => format === "netfilter")).toBe(true);
    const writer = new ObservationWriter(new ObservationBatch(64), (batch) => batch);
    await expect(readLive([udp], writer, { ...READING, format: "nothing" })).rejects.toThrow("no input format 'nothing'");
  });
});

describe("records of many senders", () => {
  const SENDERS = 64;
  const make = (): { records: LiveRecords; writer: ObservationWriter; tally: LiveTally } => {
    const writer = new ObservationWriter(new ObservationBatch(SENDERS * 2), (batch) => batch);
    const tally = new LiveTally("x", { sources: [], lost: new Map(), skipped: new Map(), encapsulations: new Map(), unreadable: [] });
    return {
      writer,
      tally,
      records: new LiveRecords(
        { writer, tally, context: freshContext(), choice: new FormatChoice({ format: null, mapping: null }) },
        SENDERS,
      ),
    };
  };

  test("goflow2's messages are read with and without their length", () => {
    const { records, writer } = make();
    for (const record of [SFLOW_SYN, delimited(SFLOW_SYN), NETFLOW_DNS]) records.record(record, "", 0);
    expect([records.records, records.unrecognised, writer.batch.length]).toEqual([3, 0, 3]);
  });

  test("are bounded: the one heard longest ago is forgotten, what it sent stays counted", () => {
    const { records, writer, tally } = make();
    const line = Buffer.from(`${NETFILTER(1)}\n`);
    for (let i = 0; i < SENDERS + 10; i++) records.record(line, `10.0.${i >> 8}.${i & 255}`, i / 100);
    records.end();
    expect([records.forgotten, writer.batch.length]).toEqual([10, SENDERS + 10]);
    expect(tally.inputs()).toMatchObject([{ format: "netfilter", records: SENDERS + 10 }]);
  });

  test("that nobody recognises do not take all the time: so many a second are looked at", () => {
    const { records, writer } = make();
    const noise = Buffer.from("nothing that anybody knows\n");
    for (let i = 0; i < 1000; i++) records.record(noise, "192.0.2.1", 100);
    records.record(Buffer.from(NETFILTER(1)), "192.0.2.2", 100);
    expect([records.unrecognised, writer.batch.length]).toEqual([1001, 0]);
    records.record(Buffer.from(`${NETFILTER(1)}\n`), "192.0.2.2", 101);
    expect(writer.batch.length).toBe(1);
  });

  test("a tally of nothing is empty", () => {
    const { tally } = make();
    expect(tally.inputs()).toEqual([]);
    expect(new DecodeStats().records).toBe(0);
  });
});

test("templates of flow exporters are kept from run to run; a folder that cannot be written ends the run before it begins", async () => {
  const states = join(folder, "states");
  const template = octets(
    "00090001 00000100 52744870 00000001 00000007",
    "00000024 01040007 00080004 000c0004 00070002 000b0002 00040001 00020004 00010004",
  );
  const data = octets("00090001 00000100 52744870 00000002 00000007", "01040019 c0000201 c6336402 0000 01bd 06 00000001 00000028");
  const sender = createSocket("udp4");
  await new Promise<void>((resolve) => sender.bind(0, "127.0.0.1", resolve));
  const send = (datagram: Uint8Array, port: number): Promise<void> =>
    new Promise((resolve) => sender.send(datagram, port, "127.0.0.1", () => resolve()));
  const first = source("udp://127.0.0.1:0");
  const reading = { ...READING, stateFolder: states };
  const one = await readWhile([first], 0, () => send(template, portOf(first)), reading);
  expect([one.rows.length, one.summary.troubles]).toEqual([0, []]);
  const second = source("udp://127.0.0.1:0");
  const two = await readWhile([second], 1, () => send(data, portOf(second)), reading);
  expect(two.rows).toMatchObject([{ sourcePort: 0, destinationPort: 445, bytes: 40 }]);
  sender.close();
  writeFileSync(join(folder, "file"), "");
  for (const [stateFolder, reason] of [
    [join(folder, "file"), "a file stands where a folder should be"],
    [join(folder, "file", "below"), "a file stands where a folder should be"],
    ["/proc/nothing/below", "no such file or directory"],
  ] as const) {
    const third = source("udp://127.0.0.1:0");
    const writer = new ObservationWriter(new ObservationBatch(64), (batch) => batch);
    await expect(readLive([third], writer, { ...READING, stateFolder })).rejects.toThrow(`--state ${stateFolder}: ${reason}`);
    expect(third.place).toBeNull();
  }
});

test("a folder of states that goes away is told at the end", async () => {
  const states = join(folder, "gone");
  const udp = source("udp://127.0.0.1:0");
  const gone = async (): Promise<void> => {
    rmSync(states, { recursive: true });
    writeFileSync(states, "");
  };
  const { summary } = await readWhile([udp], 0, gone, { ...READING, stateFolder: states });
  expect(summary.troubles).toEqual(["the templates of flow exporters cannot be saved: a file stands where a folder should be"]);
});
