import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { FINE } from "../live.ts";
import { Collected, until } from "./collected.fixture.ts";
import { headerLength } from "./header-lines.ts";
import { loadPosition, tailStateFile } from "./tail-position.ts";
import { TailSource } from "./tail.ts";

const root = mkdtempSync(join(tmpdir(), "precursor-tail-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder = "";
let log = "";
let states = "";
beforeEach(() => {
  folder = mkdtempSync(join(root, "t-"));
  log = join(folder, "x.log");
  states = join(folder, "states");
});

function tail(options: { fromStart?: boolean; save?: boolean } = {}): TailSource {
  return new TailSource(`tail:${log}`, log, { stateFolder: options.save === true ? states : null, fromStart: options.fromStart ?? false });
}

async function follow(source: TailSource): Promise<Collected> {
  const sink = new Collected();
  await source.start(sink);
  return sink;
}

describe("a growing file", () => {
  test("gives what comes, in whole lines, from now on or from its start", async () => {
    writeFileSync(log, "old 1\nold 2\nhal");
    const [fresh, whole] = [tail(), tail({ fromStart: true })];
    const [fromNow, fromStart] = [await follow(fresh), await follow(whole)];
    appendFileSync(log, "f 3\nnew 4\npart");
    await until(() => fromNow.text.endsWith("new 4\n") && fromStart.text.endsWith("new 4\n"), "the new lines");
    await fresh.stop();
    await whole.stop();
    expect(fromNow.text).toBe("half 3\nnew 4\n");
    expect(fromStart.text).toBe("old 1\nold 2\nhalf 3\nnew 4\n");
    expect(fresh.counters).toMatchObject({ octets: 13, connections: 1, errors: 0 });
    expect(fresh.health).toBe(FINE);
  });

  test("gives its header before what comes", async () => {
    writeFileSync(log, "#separator \\x09\n#fields\tts\n1\n2\n");
    const source = tail();
    const sink = await follow(source);
    appendFileSync(log, "3\n");
    await until(() => sink.text.endsWith("3\n"), "a line");
    await source.stop();
    expect(sink.text).toBe("#separator \\x09\n#fields\tts\n3\n");
  });

  test("of binary records is read from its start, octet by octet as it grows", async () => {
    writeFileSync(log, Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 1, 10, 2));
    const source = tail();
    const sink = await follow(source);
    appendFileSync(log, Uint8Array.of(3, 4));
    await until(() => sink.text.length === 9, "all octets");
    await source.stop();
    expect(sink.text.endsWith("\x01\n\x02\x03\x04")).toBe(true);
  });

  test("of binary records gives again, as known, what an earlier run had, and its place is behind that from the first moment", async () => {
    const records = (from: number, to: number): Uint8Array => Uint8Array.from({ length: to - from }, (_, i) => (from + i) % 251);
    writeFileSync(log, records(0, 600_000));
    const first = tail({ save: true });
    const whole = await follow(first);
    await until(() => whole.text.length === 600_000, "all octets");
    // A record that is being written is of the next run
    const saved = first.position(10);
    await first.stop();
    appendFileSync(log, records(600_000, 600_100));
    const second = new TailSource(`tail:${log}`, log, { stateFolder: null, fromStart: false, saved });
    const sink = new Collected();
    const started = second.start(sink);
    expect(second.position(0)).toEqual(saved);
    await started;
    await until(() => sink.text.length === 110, "what is new");
    expect(Buffer.from(sink.again + sink.text, "latin1").equals(records(0, 600_100))).toBe(true);
    expect(sink.again.length).toBe(599_990);
    expect(second.counters.octets).toBe(110);
    // The file is cut, and begins anew
    writeFileSync(log, Uint8Array.of(0xff, 0, 1));
    await until(() => sink.text.length === 113, "the new beginning");
    expect(second.position(0)).toMatchObject({ offset: 3 });
    await second.stop();
  });

  test("waits while it is paused", async () => {
    writeFileSync(log, "");
    const source = tail();
    const sink = await follow(source);
    source.pause();
    appendFileSync(log, "1\n");
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(sink.text).toBe("");
    source.resume();
    await until(() => sink.text === "1\n", "the line");
    await source.stop();
  });

  test("with lines longer than what is read at a time loses none of it", async () => {
    writeFileSync(log, "");
    const source = tail();
    const sink = await follow(source);
    appendFileSync(log, `${"x".repeat(700_000)}\nend\n`);
    await until(() => sink.text.endsWith("end\n"), "the end");
    await source.stop();
    expect(sink.text.length).toBe(700_005);
  });
});

describe("rotation", () => {
  test("by renaming: the old file is read to its end, then the new one from its start", async () => {
    writeFileSync(log, "1\n");
    const source = tail();
    const sink = await follow(source);
    appendFileSync(log, "2\n");
    renameSync(log, `${log}.1`);
    writeFileSync(log, "4\n");
    appendFileSync(`${log}.1`, "3\n"); // the writer has not been told yet
    await until(() => sink.text.endsWith("4\n"), "the new file");
    appendFileSync(log, "5\n");
    execFileSync("gzip", [`${log}.1`]);
    await until(() => sink.text.endsWith("5\n"), "a new line");
    await source.stop();
    expect(sink.text).toBe("2\n3\n4\n5\n");
    const before = sink.ends.map(({ after }) => sink.chunks.slice(0, after).map(({ text }) => text));
    expect(before.map((texts) => texts.join(""))).toEqual(["2\n3\n", "2\n3\n4\n5\n"]);
    expect(source.counters.connections).toBe(2);
  });

  test("by copying and cutting, shorter and longer than before", async () => {
    writeFileSync(log, "1 one\n");
    const source = tail({ fromStart: true });
    const sink = await follow(source);
    await until(() => sink.text === "1 one\n", "the first");
    truncateSync(log, 0);
    appendFileSync(log, "2\n");
    await until(() => sink.text.endsWith("2\n"), "the second");
    // Cut and grown beyond the place between two looks
    source.pause();
    truncateSync(log, 0);
    appendFileSync(log, "3 three and more\n");
    source.resume();
    await until(() => sink.text.endsWith("more\n"), "the third");
    await source.stop();
    expect(sink.text).toBe("1 one\n2\n3 three and more\n");
    expect(sink.ends.length).toBe(3);
  });

  test("by the real logrotate, both ways", async (context) => {
    const config = join(folder, "logrotate.conf");
    const rotate = (how: string): void => {
      writeFileSync(config, `${log} {\n  su root root\n  rotate 3\n  compress\n  ${how}\n}\n`, { mode: 0o644 });
      execFileSync("logrotate", ["-f", "-s", join(folder, "status"), config], { stdio: "pipe" });
    };
    writeFileSync(log, "1\n");
    try {
      rotate("create 0644");
    } catch {
      console.warn("logrotate is not here, or may not run: left out");
      return context.skip();
    }
    const source = tail({ fromStart: true });
    const sink = await follow(source);
    appendFileSync(log, "2\n");
    await until(() => sink.text === "2\n", "the first file");
    rotate("create 0644");
    appendFileSync(log, "3\n");
    await until(() => sink.text.endsWith("3\n"), "the renamed and the new file");
    rotate("copytruncate");
    appendFileSync(log, "4\n");
    await until(() => sink.text.endsWith("4\n"), "the cut file");
    await source.stop();
    expect(sink.text).toBe("2\n3\n4\n");
    expect(readdirSync(folder).filter((name) => name.endsWith(".gz")).length).toBe(3);
  });
});

describe("a restart", () => {
  test("goes on where it was, half lines included", async () => {
    writeFileSync(log, "1\n");
    const first = tail({ save: true, fromStart: true });
    const one = await follow(first);
    appendFileSync(log, "2\nhal");
    await until(() => one.text === "1\n2\n", "two lines");
    await first.stop();
    expect(loadPosition(tailStateFile(states, log))?.offset).toBe(4);
    appendFileSync(log, "f 3\n");
    const second = tail({ save: true });
    const two = await follow(second);
    await until(() => two.text.endsWith("3\n"), "the rest");
    await second.stop();
    expect(two.text).toBe("half 3\n");
  });

  test("after a rotation reads the rest of the renamed file first", async () => {
    writeFileSync(log, "#fields\n1\n");
    const first = tail({ save: true, fromStart: true });
    const one = await follow(first);
    await until(() => one.text !== "", "a line");
    await first.stop();
    appendFileSync(log, "2\n");
    renameSync(log, `${log}.1`);
    writeFileSync(log, "#fields\n3\n");
    const second = tail({ save: true });
    const two = await follow(second);
    await until(() => two.text.endsWith("3\n"), "the new file");
    await second.stop();
    expect(two.text).toBe("#fields\n2\n#fields\n3\n");
    expect(two.ends.length).toBe(2);
  });

  test("after the old file was compressed reads the new one from its start, and so when the inode holds another file now", async () => {
    writeFileSync(log, "1\n");
    const first = tail({ save: true, fromStart: true });
    const one = await follow(first);
    await until(() => one.text !== "", "a line");
    await first.stop();
    writeFileSync(log, "another\n"); // same inode, other beginning
    const second = tail({ save: true });
    const two = await follow(second);
    await until(() => two.text === "another\n", "the other file");
    await second.stop();
    renameSync(log, `${log}.1`);
    execFileSync("gzip", [`${log}.1`]);
    writeFileSync(log, "third\n");
    const third = tail({ save: true });
    const three = await follow(third);
    await until(() => three.text === "third\n", "the third file");
    await third.stop();
  });

  test("with a state file that makes no sense starts as if there were none", async () => {
    writeFileSync(log, "1\n");
    const source = tail({ save: true });
    await follow(source);
    await source.stop();
    const path = tailStateFile(states, log);
    expect(existsSync(path)).toBe(true);
    const good = readFileSync(path, "utf8");
    fc.assert(
      fc.property(fc.nat({ max: good.length }), fc.string(), (at, noise) => {
        writeFileSync(path, good.slice(0, at) + noise);
        loadPosition(path);
      }),
      { numRuns: 50 },
    );
    writeFileSync(path, '{"file":1}');
    expect(loadPosition(path)).toBeNull();
  });
});

test("what cannot be followed is an error in words", async () => {
  await expect(follow(tail())).rejects.toThrow(`tail:${log}: no such file or directory`);
  const source = new TailSource("tail:/", "/", { stateFolder: null, fromStart: false });
  await expect(source.start(new Collected())).rejects.toThrow("tail:/: is not a file that can be followed");
});

test("headers are lines of names, never records", () => {
  const length = (text: string): number => headerLength(Buffer.from(text));
  expect(length("#a\n#b\nx 1\n")).toBe(6);
  expect(length("#a\n#half")).toBe(3);
  expect(length("version srcaddr dstaddr\n2 1\n")).toBe(24);
  expect(length("Nov  2 01:00:00 host\n")).toBe(0);
  expect(length('{"a":true}\n')).toBe(0);
  expect(length("")).toBe(0);
});
