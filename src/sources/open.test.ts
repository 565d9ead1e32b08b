import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openSource } from "./open.ts";
import { readFully } from "./reader.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program that opens standard input and prints how many octets it gave and what was taken off; `worker` does it in a thread. */
const PROGRAM = `
  import { isMainThread, Worker } from "node:worker_threads";
  import { fileURLToPath } from "node:url";
  if (isMainThread && process.argv[3] === "worker") {
    new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  } else {
    const { openSource } = await import(process.argv[2]);
    try {
      const reader = await openSource("-");
      const buffer = new Uint8Array(100_000);
      let total = 0;
      for (let count; (count = await reader.read(buffer, 0)) > 0; ) total += count;
      console.log(JSON.stringify({ name: reader.name, total, stored: reader.bytesRead, size: reader.size, compression: reader.compression }));
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
`;
const program = join(folder, "program.mjs");
writeFileSync(program, PROGRAM);
const OPEN = new URL("open.ts", import.meta.url).href;

function viaShell(command: string, thread: "main" | "worker"): string {
  const line = command.replace("PROGRAM", `"${process.execPath}" "${program}" "${OPEN}" ${thread}`);
  return execFileSync("bash", ["-c", line], { encoding: "utf8" }).trim();
}

describe("files", () => {
  test("a file is read whole, with its size and place", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i & 255));
    writeFileSync(join(folder, "plain"), bytes);
    const reader = await openSource(join(folder, "plain"));
    const into = new Uint8Array(300_010);
    expect(await readFully(reader, into, 5)).toBe(300_000);
    expect(Buffer.from(into.subarray(5, 300_005)).equals(bytes)).toBe(true);
    expect([reader.size, reader.bytesRead, reader.damage]).toEqual([300_000, 300_000, null]);
    await reader.close();
  });

  test("a compressed file is known by content, whatever its name", async () => {
    writeFileSync(join(folder, "capture.pcap"), gzipSync("hello"));
    const reader = await openSource(join(folder, "capture.pcap"));
    const into = new Uint8Array(10);
    expect(await readFully(reader, into)).toBe(5);
    await reader.close();
  });

  test("a damaged compressed file keeps what came before the damage, though it is read twice", async () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `${(i * 2654435761) >>> 0}`).join("\n");
    const packed = gzipSync(text);
    packed[packed.length - 6]! ^= 1;
    writeFileSync(join(folder, "damaged"), packed);
    const reader = await openSource(join(folder, "damaged"));
    const into = new Uint8Array(text.length + 10);
    expect(await readFully(reader, into)).toBe(text.length);
    expect(reader.damage?.reason).toMatch(/checksum/);
    await reader.close();
  });

  test("a named pipe is read, compressed too", async () => {
    const pipe = join(folder, "fifo");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", `printf hello | gzip -c > "${pipe}"`]);
    const reader = await openSource(pipe);
    const into = new Uint8Array(10);
    expect(await readFully(reader, into)).toBe(5);
    expect([reader.size, reader.compression]).toEqual([null, ["gzip"]]);
    await reader.close();
    writer.kill();
  });
});

describe("standard input", () => {
  for (const thread of ["main", "worker"] as const) {
    test(`comes from a pipe, slow and fast, in the ${thread} thread`, () => {
      expect(JSON.parse(viaShell("(printf abc; sleep 0.3; printf def) | PROGRAM", thread))).toMatchObject({ total: 6, size: null });
      expect(JSON.parse(viaShell("head -c 5000000 /dev/zero | PROGRAM", thread))).toMatchObject({
        name: "standard input",
        total: 5_000_000,
      });
    });
    test(`comes compressed, or from a file, in the ${thread} thread`, () => {
      expect(JSON.parse(viaShell("head -c 5000000 /dev/zero | gzip -c | PROGRAM", thread))).toMatchObject({
        total: 5_000_000,
        compression: ["gzip"],
      });
      expect(JSON.parse(viaShell(`PROGRAM < "${program}"`, thread))).toMatchObject({ total: PROGRAM.length, size: PROGRAM.length });
    });
  }

  test("that is non-blocking and empty for a while is waited for", () => {
    const nonBlocking = `perl -MFcntl -e 'fcntl(STDIN, F_SETFL, O_NONBLOCK); exec @ARGV'`;
    expect(JSON.parse(viaShell(`(sleep 0.4; printf abc) | ${nonBlocking} PROGRAM`, "main"))).toMatchObject({ total: 3 });
  });

  test("that is empty, a folder or closed is an error in words", () => {
    expect(viaShell("PROGRAM < /dev/null", "main")).toBe("E_INPUT_EMPTY standard input: is empty");
    expect(viaShell("PROGRAM < /", "main")).toBe("E_INPUT_UNREADABLE standard input: is a directory");
  });
});

describe("reading in pieces equals reading whole", () => {
  test("for any size of file and buffer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4_000 }), fc.integer({ min: 1, max: 5_000 }), async (bytes, room) => {
        const path = join(folder, "property");
        writeFileSync(path, bytes);
        const reader = await openSource(path);
        const got: number[] = [];
        const buffer = new Uint8Array(room);
        for (let count = await reader.read(buffer, 0); count > 0; count = await reader.read(buffer, 0))
          got.push(...buffer.subarray(0, count));
        await reader.close();
        expect(got).toEqual([...bytes]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what cannot be read is an InputError with a reason in words", () => {
  test.for([
    ["missing", "E_INPUT_UNREADABLE", "no such file or directory"],
    ["a-folder", "E_INPUT_UNREADABLE", "is a directory"],
    ["nothing", "E_INPUT_EMPTY", "is empty"],
    ["nothing.gz", "E_INPUT_EMPTY", "holds nothing once decompressed (gzip)"],
    ["stump.gz", "E_INPUT_DAMAGED", "the gzip data is cut short at octet 5 of the compressed data"],
    ["loop", "E_INPUT_UNREADABLE", "too many symbolic links"],
    ["nothing/below", "E_INPUT_UNREADABLE", "a part of the path is not a directory"],
    ["nul\0in-it", "E_INPUT_UNREADABLE", "is not a possible name of a file"],
  ] as const)("%s", async ([name, code, reason]) => {
    mkdirSync(join(folder, "a-folder"), { recursive: true });
    writeFileSync(join(folder, "nothing"), "");
    writeFileSync(join(folder, "nothing.gz"), gzipSync(""));
    writeFileSync(join(folder, "stump.gz"), gzipSync("hello").subarray(0, 5));
    rmSync(join(folder, "loop"), { force: true });
    symlinkSync("loop", join(folder, "loop"));
    const path = `${folder}/${name}`;
    await expect(openSource(path)).rejects.toMatchObject({ name: "InputError", code, message: `${path}: ${reason}` });
  });

  test("a file without read rights", async (context) => {
    if (process.getuid?.() === 0) return context.skip("root may read everything");
    const path = join(folder, "secret");
    writeFileSync(path, "x", { mode: 0 });
    await expect(openSource(path)).rejects.toThrow("permission denied");
  });

  test("octets in memory that are none", async () => {
    await expect(openSource({ name: "demo", bytes: new Uint8Array(0) })).rejects.toThrow("demo: is empty");
  });
});
