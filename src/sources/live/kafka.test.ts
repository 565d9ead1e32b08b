import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Collected, until } from "./collected.fixture.ts";
import { type KafkaOptions, KafkaSource } from "./kafka.ts";

/** librdkafka's mock cluster lives in a kcat process for as long as that waits for its standard input. */
const MOCK_BROKERS = 3;
const hasKcat = spawnSync("kcat", ["-V"]).status === 0;
if (!hasKcat) console.warn("kcat is not here: Kafka is not tested");

const folder = mkdtempSync(join(tmpdir(), "precursor-kafka-"));
let cluster: ChildProcess | null = null;
let brokers = "";
beforeAll(async () => {
  if (!hasKcat) return;
  const mock = ["-X", `test.mock.num.brokers=${MOCK_BROKERS}`, "-X", "debug=mock"];
  // Into a file: a full pipe would stop the brokers while this thread waits for a client
  const messages = openSync(join(folder, "messages"), "w");
  cluster = spawn("kcat", [...mock, "-b", "127.0.0.1:1", "-P", "-t", "unused"], { stdio: ["pipe", "ignore", messages] });
  closeSync(messages);
  const addresses = (): string | undefined => /bootstrap\.servers=([\d.:,]+)\n/.exec(readFileSync(join(folder, "messages"), "utf8"))?.[1];
  await until(() => addresses() !== undefined, "the mock cluster's addresses");
  brokers = addresses()!;
});
afterAll(() => {
  cluster?.kill();
  rmSync(folder, { recursive: true });
});

/** Makes a topic of four partitions. */
function makeTopic(topic: string): void {
  execFileSync("kcat", ["-b", brokers, "-L", "-t", topic], { stdio: "ignore" });
}

function produce(topic: string, lines: readonly string[]): void {
  execFileSync("kcat", ["-b", brokers, "-P", "-t", topic], {
    input: lines.map((line) => `${line}\n`).join(""),
    stdio: ["pipe", "ignore", "ignore"],
  });
}

function source(topic: string, options: Partial<KafkaOptions> = {}): KafkaSource {
  const settings = { brokers: brokers.split(","), topic, group: `group-${topic}`, fromStart: true, tls: null, sasl: null };
  return new KafkaSource(`kafka://mock/${topic}`, { ...settings, ...options });
}

describe.skipIf(!hasKcat)("a Kafka topic on librdkafka's mock brokers", { timeout: 60_000 }, () => {
  test("is read from its start, then as messages come, and the group's place is saved", async () => {
    const topic = "flows";
    makeTopic(topic);
    produce(topic, ['{"n":1}', '{"n":2}']);
    const reader = source(topic);
    const sink = new Collected();
    await reader.start(sink);
    await until(() => sink.chunks.length === 2, "what was there");
    produce(topic, ['{"n":3}']);
    await until(() => sink.chunks.length === 3, "what came");
    await reader.stop();
    expect(sink.chunks.map(({ text }) => text).sort()).toEqual(['{"n":1}\n', '{"n":2}\n', '{"n":3}\n']);
    expect(reader.counters).toMatchObject({ messages: 3, octets: 21, connections: 1, errors: 0 });
    expect(reader.health).toBe("fine");
    // A second member, or the first again, cannot be tried: the mock cluster does not survive the one and never wakes up for the other
    const saved = [
      ...readFileSync(join(folder, "messages"), "utf8").matchAll(/Topic flows \[(\d)\] committing offset (\d+) for group group-flows/g),
    ];
    const places = new Map(saved.map(([, partition, offset]) => [partition, Number(offset)]));
    expect([...places.values()].reduce((sum, offset) => sum + offset, 0)).toBe(3);
  });

  test("binary messages come as they are", async () => {
    const topic = "binary";
    makeTopic(topic);
    const message = Uint8Array.of(8, 2, 10, 0, 13);
    writeFileSync(join(folder, "message"), message);
    execFileSync("kcat", ["-b", brokers, "-P", "-t", topic, join(folder, "message")], { stdio: "ignore" });
    const reader = source(topic);
    const sink = new Collected();
    await reader.start(sink);
    await until(() => sink.chunks.length > 0, "a message");
    await reader.stop();
    expect(sink.chunks[0]!.bytes).toEqual(message);
  });

  test("brokers that are not there are an error in words", async () => {
    const nobody = source("flows", { brokers: ["127.0.0.1:1"] });
    await expect(nobody.start(new Collected())).rejects.toThrow("kafka://mock/flows: no broker answers at that address");
  });
});
