/** `precursor convert` as a user runs it: what is written reads back the same, is anonymous where asked, and is whole or not there. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeCapture, makeEvent } from "../lab/index.ts";
import { inProcess } from "./in-process.fixture.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-convert-"));
  writeFileSync(join(folder, "scan.pcap"), encodeCapture(makeEvent("strobe-syn", 3).packets));
  writeFileSync(join(folder, "words.txt"), "correct horse battery staple\n");
  writeFileSync(join(folder, "notes.txt"), "remember the milk\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const precursor = (...args: readonly string[]): ReturnType<typeof inProcess> => inProcess(args, folder);

interface Facts {
  readonly input: { readonly sources: readonly { readonly format: string; readonly anonymised: boolean }[] };
  readonly portZero: { readonly tcp: unknown };
  readonly scans: readonly {
    readonly source: string;
    readonly targetCount: number;
    readonly kind: string;
    readonly ports: readonly number[];
  }[];
}

async function assessed(...args: readonly string[]): Promise<Facts> {
  return JSON.parse((await precursor("assess", "-f", "json", ...args)).stdout) as Facts;
}

describe("convert", () => {
  test("what is written reads back the same", async () => {
    expect(await precursor("convert", "scan.pcap", "-o", "scan.parquet")).toEqual({ status: 0, stdout: "", stderr: "" });
    const [before, after] = [await assessed("scan.pcap"), await assessed("scan.parquet")];
    expect(after.input.sources[0]?.format).toBe("observations");
    expect({ ...after, input: null, generator: null, madeAt: null }).toEqual({ ...before, input: null, generator: null, madeAt: null });
  });

  test("anonymised under the same words, files fit together; without, they do not; no address is left", async () => {
    const under = async (name: string, ...more: readonly string[]): Promise<Facts> => {
      expect((await precursor("convert", "scan.pcap", "--anonymise", ...more, "-o", name)).status).toBe(0);
      return assessed(name);
    };
    const plain = await assessed("scan.pcap");
    const words = ["--passphrase-file", "words.txt"];
    const [one, two] = [await under("1.parquet", ...words), await under("2.parquet", ...words)];
    const shape = ({ scans }: Facts): unknown => scans.map(({ kind, targetCount, ports }) => ({ kind, targetCount, ports }));
    // Words drawn by chance lead a network to multicast or reserved addresses now and then, where nobody scans: then others are drawn
    let random = await under("3.parquet");
    for (let again = 0; again < 4 && random.scans.length === 0; again++) random = await under("3.parquet");
    for (const facts of [one, two, random]) expect(shape(facts)).toEqual(shape(plain));
    expect(random.portZero.tcp).toEqual(plain.portZero.tcp);
    const source = (facts: Facts): string | undefined => facts.scans[0]?.source;
    expect(source(one)).toBe(source(two));
    expect(new Set([source(plain), source(one), source(random)]).size).toBe(3);
  });

  test("nobody is named whose address only stands for another, and nobody is blocked", async () => {
    expect((await precursor("convert", "scan.pcap", "--anonymise", "-o", "nobody.parquet")).status).toBe(0);
    const facts = await assessed("nobody.parquet");
    expect(facts.input.sources[0]?.anonymised).toBe(true);
    expect((await assessed("scan.pcap")).input.sources[0]?.anonymised).toBe(false);
    for (const scan of facts.scans) expect(scan).toMatchObject({ network: null, acknowledged: null, reserved: null });
    expect((await precursor("assess", "nobody.parquet")).stdout).toMatch(/Anonymous +the addresses of nobody\.parquet were replaced/);
  });

  test("a capture of which nothing could be read makes no file", async () => {
    writeFileSync(join(folder, "cut.pcap"), readFileSync(join(folder, "scan.pcap")).subarray(0, 30));
    const { status, stderr } = await precursor("convert", "cut.pcap", "-o", "x.parquet");
    expect(status).toBe(2);
    expect(stderr).toContain("E_INPUT_DAMAGED");
    expect(existsSync(join(folder, "x.parquet"))).toBe(false);
  });

  test("only what is chosen is written", async () => {
    const port = (await assessed("scan.pcap")).scans[0]?.ports[0] ?? -1;
    expect((await precursor("convert", "scan.pcap", "--filter", `dst port ${port}`, "-o", "part.parquet")).status).toBe(0);
    expect((await assessed("part.parquet")).scans[0]?.ports).toEqual([port]);
  });

  test("--verbose tells what became of it", async () => {
    const { stderr } = await precursor("convert", "scan.pcap", "-o", "verbose.parquet", "-v");
    expect(stderr).toMatch(/scan\.pcap: pcap, \d+ records/);
    expect(stderr).toMatch(/verbose\.parquet: \d+ observations, /);
  });

  test.each([
    [["convert", "notes.txt", "-o", "x.parquet"], /E_INPUT_UNKNOWN/],
    [["convert", "scan.pcap", "-o", "no/such/folder.parquet"], /E_OUTPUT/],
    [["convert", "scan.pcap"], /--output/],
    [["convert", "scan.pcap", "-o", "x.parquet", "--passphrase-file", "words.txt"], /give both/],
    [
      ["convert", "udp://:2055", "-o", "x.parquet"],
      /^precursor: udp:\/\/:2055: convert reads what is finished; assess listens, with --for/,
    ],
    [
      ["convert", "scan.pcap", "-o", "x.parquet", "--anonymise", "--passphrase-file", "missing.txt"],
      /missing\.txt: no such file or directory/,
    ],
    [["convert", "scan.pcap", "-o", "x.parquet", "--filter", "dst prt 5"], /--filter, column/],
    [["convert", "scan.pcap", "-o", "x.parquet", "--input-format", "nonsense"], /no input format 'nonsense'/],
    [["convert", "scan.pcap", "-o", "x.parquet", "--mapping", "notes.txt"], /notes\.txt:1: /],
  ])("%j is one clear line, and leaves nothing behind", async (args, words) => {
    const { status, stdout, stderr } = await precursor(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(words);
    expect(existsSync(join(folder, "x.parquet"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a file that was there stays where nothing comes of the new one", async () => {
    writeFileSync(join(folder, "kept.parquet"), "old");
    expect((await precursor("convert", "notes.txt", "-o", "kept.parquet")).status).toBe(2);
    expect(readFileSync(join(folder, "kept.parquet"), "utf8")).toBe("old");
  });
});
