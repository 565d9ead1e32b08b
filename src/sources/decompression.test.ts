import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createZstdCompress, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codecOf, DecompressingReader } from "./decompression.ts";
import { MemoryReader } from "./memory.ts";
import { openSource } from "./open.ts";
import type { ByteReader } from "./reader.ts";

const SAMPLE = new URL("../../../shared/samples/pcap-scanners-live/nmap_connect.pcap", import.meta.url);

/** Everything a reader gives, taken through a buffer of `room` octets. */
async function readAll(reader: ByteReader, room = 65_536): Promise<Buffer> {
  const parts: Buffer[] = [];
  const buffer = new Uint8Array(room);
  for (;;) {
    const count = await reader.read(buffer, 0);
    if (count === 0) break;
    parts.push(Buffer.from(buffer.subarray(0, count)));
  }
  await reader.close();
  return Buffer.concat(parts);
}

/** Text that compresses by about a third and never repeats. */
function lines(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => `${(i * 2654435761) >>> 0} line ${i}\n`).join(""));
}

/** The same, as a source that can be read only once. */
class OneWay implements ByteReader {
  readonly name = "pipe";
  readonly size = null;
  readonly compression: readonly string[] = [];
  readonly damage = null;
  readonly #inner: MemoryReader;
  constructor(bytes: Uint8Array) {
    this.#inner = new MemoryReader("pipe", bytes);
  }
  get bytesRead(): number {
    return this.#inner.bytesRead;
  }
  async read(into: Uint8Array, offset: number): Promise<number> {
    return this.#inner.read(into.subarray(0, Math.min(into.length, offset + 777)), offset);
  }
  close(): void {}
}

describe("what the real gzip and zstd wrote", () => {
  for (const tool of ["gzip", "zstd"]) {
    const has = spawnSync(tool, ["--version"]).status === 0;
    if (!has) console.warn(`${tool} is not installed: left out`);

    test.skipIf(!has)(`${tool}: a capture comes back whole`, async (context) => {
      if (!existsSync(SAMPLE)) return context.skip("the samples folder is not here");
      const plain = readFileSync(SAMPLE);
      const packed = execFileSync(tool, ["-c"], { input: plain });
      const reader = await openSource({ name: "a", bytes: packed });
      expect(reader.compression).toEqual([tool]);
      expect(await readAll(reader)).toEqual(plain);
      expect(reader.bytesRead).toBe(packed.length);
      expect(reader.damage).toBeNull();
    });

    test.skipIf(!has)(`${tool}: members one after another are one stream`, async () => {
      const parts = [lines(9_000), Buffer.from("x"), lines(30_000)];
      const packed = Buffer.concat(parts.map((part) => execFileSync(tool, ["-c"], { input: part, maxBuffer: 1 << 26 })));
      expect(await readAll(await openSource({ name: "a", bytes: packed }))).toEqual(Buffer.concat(parts));
      expect(await readAll(new DecompressingReader(new OneWay(packed), tool as "gzip" | "zstd", null))).toEqual(Buffer.concat(parts));
    });
  }

  test("zstd inside gzip inside gzip is taken off whole", async () => {
    const plain = lines(5_000);
    const reader = await openSource({ name: "a", bytes: gzipSync(gzipSync(zstdCompressSync(plain))) });
    expect(reader.compression).toEqual(["gzip", "gzip", "zstd"]);
    expect(await readAll(reader)).toEqual(plain);
  });

  test("skippable zstd frames are skipped", async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const packed = Buffer.concat([skippable, zstdCompressSync("one "), skippable, zstdCompressSync("two"), skippable]);
    const reader = await openSource({ name: "a", bytes: packed });
    expect((await readAll(reader)).toString()).toBe("one two");
    expect(reader.damage).toBeNull();
  });

  test("zero padding after gzip is not damage, also when it is longer than a step, and a member behind it is read", async () => {
    const packed = Buffer.concat([gzipSync("one "), Buffer.alloc(100_000), gzipSync("two"), Buffer.alloc(512)]);
    const reader = await openSource({ name: "a", bytes: packed });
    expect((await readAll(reader)).toString()).toBe("one two");
    expect(reader.damage).toBeNull();
  });
});

describe("what only looks compressed", () => {
  test("captures, text and short heads are not", () => {
    for (const head of [
      [0xd4, 0xc3, 0xb2, 0xa1],
      [0x0a, 0x0d, 0x0d, 0x0a],
      [0x1f, 0x8b],
      [0x28, 0xb5, 0x2f],
      [0x1f, 0x8b, 0x07, 0],
    ]) {
      expect(codecOf(Uint8Array.from(head))).toBeNull();
    }
  });
});

describe("chunked reading equals whole reading", () => {
  test("for any contents, any split into members and any buffer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 1, max: 40 }), fc.boolean()), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom("gzip" as const, "zstd" as const),
        fc.integer({ min: 1, max: 70_000 }),
        async (members, codec, room) => {
          const plain = members.map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)));
          const packed = Buffer.concat(plain.map((part) => (codec === "gzip" ? gzipSync(part) : zstdCompressSync(part))));
          const fromMemory = new DecompressingReader(new MemoryReader("m", packed), codec, () => new MemoryReader("m", packed));
          expect((await readAll(fromMemory, Math.max(room, 16))).equals(Buffer.concat(plain))).toBe(true);
          const fromPipe = new DecompressingReader(new OneWay(packed), codec, null);
          expect((await readAll(fromPipe)).equals(Buffer.concat(plain))).toBe(true);
          expect([fromMemory.damage, fromPipe.damage]).toEqual([null, null]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("damaged data", () => {
  test("cut anywhere, gzip gives what the real gzip gives, and says that it is cut", async () => {
    const plain = lines(20_000);
    const packed = gzipSync(plain);
    for (const keep of [packed.length - 1, packed.length - 9, packed.length >> 1, 40_000, 32_768, 1_000]) {
      const reader = await openSource({ name: "a", bytes: packed.subarray(0, keep) });
      const got = await readAll(reader);
      expect(got.equals(plain.subarray(0, got.length))).toBe(true);
      expect(got.length).toBeGreaterThanOrEqual(Math.min(plain.length, keep));
      expect(reader.damage?.offset).toBe(got.length);
      expect(reader.damage?.reason).toBe(`the gzip data is cut short at octet ${keep} of the compressed data`);
    }
  });

  test("a changed checksum loses nothing, in one member or in the first of several", async () => {
    const first = gzipSync(lines(20_000));
    first[first.length - 5]! ^= 0xff;
    for (const packed of [first, Buffer.concat([first, gzipSync("more")])]) {
      const reader = await openSource({ name: "a", bytes: packed });
      expect((await readAll(reader)).equals(lines(20_000))).toBe(true);
      expect(reader.damage?.reason).toMatch(/^the gzip checksum does not match at octet \d+/);
    }
  });

  test("a broken octet in the middle keeps everything before it, in gzip and zstd, from files and from pipes", async () => {
    const plain = lines(60_000);
    for (const [codec, packed] of [
      ["gzip", gzipSync(plain)],
      ["zstd", zstdCompressSync(plain)],
    ] as const) {
      const broken = Buffer.from(packed);
      const at = packed.length >> 1;
      broken.fill(0xff, at, at + 64);
      const reader = await openSource({ name: "a", bytes: broken });
      const got = await readAll(reader);
      // Broken octets may decode to wrong text for a long way: deflate sees only what cannot be, and the checksum comes last
      expect(commonPrefix(got, plain)).toBeGreaterThan(plain.length * 0.4);
      expect(reader.damage).toMatchObject({ offset: got.length });
      expect(reader.damage?.reason).toMatch(new RegExp(`^the ${codec} (data is damaged|checksum does not match) at octet \\d+`));
      const pipe = new DecompressingReader(new OneWay(broken), codec, null);
      const fromPipe = await readAll(pipe);
      expect(commonPrefix(fromPipe, plain)).toBeGreaterThan(plain.length * 0.35);
      expect(pipe.damage?.offset).toBe(fromPipe.length);
    }
  });

  test("something else behind the last member is told, and loses nothing", async () => {
    for (const [codec, packed] of [
      ["gzip", gzipSync("hello")],
      ["zstd", zstdCompressSync("hello")],
    ] as const) {
      const reader = await openSource({ name: "a", bytes: Buffer.concat([packed, Buffer.from("something else")]) });
      expect((await readAll(reader)).toString()).toBe("hello");
      expect(reader.damage?.reason).toContain(`something that is not ${codec} follows`);
    }
  });

  test("damage in the outer layer is told through the inner one", async () => {
    const packed = gzipSync(zstdCompressSync(lines(20_000)));
    const reader = await openSource({ name: "a", bytes: packed.subarray(0, packed.length - 30) });
    await readAll(reader);
    expect(reader.damage?.reason).toMatch(/^the gzip data is cut short/);
  });

  test("random mutations never throw or hang", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("gzip" as const, "zstd" as const),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 5 }),
        async (codec, changes) => {
          const plain = lines(150);
          const packed = codec === "gzip" ? gzipSync(plain) : zstdCompressSync(plain);
          for (const [at, change] of changes) packed[at % packed.length]! ^= change;
          const reader = new DecompressingReader(new MemoryReader("m", packed), codec, () => new MemoryReader("m", packed));
          const got = await readAll(reader, 4_096);
          if (reader.damage !== null) expect(reader.damage.offset).toBe(got.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("hostile data", () => {
  test("a bomb that expands thousands of times does not grow memory", async () => {
    const zeros = Readable.from(Array.from({ length: 1000 }).fill(Buffer.alloc(1_000_000)));
    const layer = await buffer(zeros.pipe(createZstdCompress()));
    expect(layer.length).toBeLessThan(100_000);
    const reader = await openSource({ name: "bomb", bytes: layer });
    const into = new Uint8Array(65_536);
    let total = 0;
    let peak = 0;
    const before = process.memoryUsage();
    for (let step = 0; step < 4_000; step++) {
      const count = await reader.read(into, 0);
      if (count === 0) break;
      total += count;
      const now = process.memoryUsage();
      peak = Math.max(peak, now.external + now.arrayBuffers - before.external - before.arrayBuffers);
    }
    await reader.close();
    expect(total).toBeGreaterThan(100_000_000);
    expect(peak).toBeLessThan(200_000_000);
  });

  test("a reader that is closed early lets go", async () => {
    const reader = await openSource({ name: "a", bytes: gzipSync(lines(100_000)) });
    expect(await reader.read(new Uint8Array(100), 0)).toBeGreaterThan(0);
    await reader.close();
    await reader.close();
  });
});

function commonPrefix(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
