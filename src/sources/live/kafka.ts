/** Messages of a Kafka topic, read as a member of a consumer group, so that a restart goes on where it was. The client is loaded when it is needed. */
import type { Consumer, ConsumerOptions, MessagesStream } from "@platformatic/kafka";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now, type SourcePosition } from "../live.ts";
import { LineBuffer, looksLikeText } from "./line-of.ts";

/** How often the group's place is saved at the brokers, milliseconds. */
const COMMIT_MS = 2000;
/** How often a broker that does not answer is asked again before that is an error, and the wait before it, milliseconds. */
const RETRIES = 3;
const RETRY_DELAY_MS = 500;
const CONNECT_TIMEOUT_MS = 5000;

/** What is read. */
export interface KafkaOptions {
  /** `host:port` of one or more brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly group: string;
  /** Where the group has no place yet: read what the topic holds already, or only what comes. */
  readonly fromStart: boolean;
  /** TLS to the brokers; `authority` is the path of a PEM file, or null for the system's. */
  readonly tls: { readonly authority: string | null } | null;
  /** SASL; the password is the first line of a file, so that it stands in no list of processes. */
  readonly sasl: {
    readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
    readonly user: string;
    readonly passwordFile: string;
  } | null;
  /** Where to read on, where somebody else keeps it: goes before the group's place at the brokers. */
  readonly saved?: SourcePosition | null;
}

/** Reads a topic. Text messages (JSON) are handed out as lines. */
export class KafkaSource implements LiveSource {
  readonly name: string;
  readonly kind = "datagram";
  readonly counters: LiveCounters = new LiveCounters();
  readonly place: string;
  health: string = FINE;
  readonly #options: KafkaOptions;
  readonly #lines = new LineBuffer();
  #consumer: Consumer | null = null;
  #stream: MessagesStream<Buffer, Buffer, Buffer, Buffer> | null = null;
  /** The next message of each partition, as text: offsets have 64 bits. */
  readonly #next = new Map<number, string>();

  constructor(name: string, options: KafkaOptions) {
    this.name = name;
    this.place = `${options.brokers.join(",")}/${options.topic}`;
    this.#options = options;
  }

  async start(sink: LiveSink): Promise<void> {
    const { topic, fromStart } = this.#options;
    const settings = this.#settings();
    const { KafkaConsumer } = await import("./kafka-consumer.ts");
    const consumer = new KafkaConsumer(settings);
    consumer.on("error", (error: Error) => this.#trouble(error));
    try {
      const { topics } = await consumer.metadata({ topics: [topic] });
      if (!topics.has(topic)) throw new Error(`there is no topic '${topic}'`);
      const fallbackMode = fromStart ? "earliest" : "latest";
      const offsets = savedOffsets(this.#options);
      for (const { partition, offset } of offsets) this.#next.set(partition, String(offset));
      const from = offsets.length > 0 ? ({ mode: "manual", offsets } as const) : ({ mode: "committed" } as const);
      const stream = await consumer.consume({ topics: [topic], ...from, fallbackMode, autocommit: COMMIT_MS });
      await ready(stream);
      stream.on("error", (error) => this.#trouble(error));
      stream.on("data", ({ value, partition, offset }) => {
        this.#next.set(partition, String(offset + 1n));
        this.#message(value, sink);
      });
      this.#stream = stream;
    } catch (error) {
      await consumer.close(true).catch(() => {});
      throw new InputError("E_INPUT_UNREADABLE", this.name, reasonOf(error), error);
    }
    this.#consumer = consumer;
    this.counters.connections++;
  }

  async stop(): Promise<void> {
    const [stream, consumer] = [this.#stream, this.#consumer];
    this.#stream = null;
    this.#consumer = null;
    try {
      await stream?.close();
      await consumer?.close(true);
    } catch (error) {
      this.#trouble(error);
    }
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  position(): SourcePosition | null {
    return this.#next.size === 0 ? null : { offsets: Object.fromEntries(this.#next) };
  }

  #settings(): ConsumerOptions<Buffer, Buffer, Buffer, Buffer> {
    const { brokers, group, tls, sasl } = this.#options;
    return {
      groupId: group,
      clientId: "precursor",
      bootstrapBrokers: [...brokers],
      retries: RETRIES,
      retryDelay: RETRY_DELAY_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(tls === null
        ? {}
        : { tls: tls.authority === null ? {} : { ca: this.#readFile(tls.authority) }, tlsServerName: !brokers.some(isNumeric) }),
      ...(sasl === null
        ? {}
        : {
            sasl: { mechanism: sasl.mechanism, username: sasl.user, password: this.#readFile(sasl.passwordFile).split(/\r?\n/)[0] ?? "" },
          }),
    };
  }

  #readFile(path: string): string {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw new InputError("E_INPUT_UNREADABLE", this.name, `${path}: ${systemReason(error)}`, error);
    }
  }

  #message(value: Buffer | undefined, sink: LiveSink): void {
    const { counters } = this;
    counters.messages++;
    if (value === undefined || value.length === 0) return; // a tombstone of a compacted topic
    counters.octets += value.length;
    const record = looksLikeText(value) ? this.#lines.line(value, 0, value.length) : value;
    if (record !== null) sink.chunk(record, null, now());
  }

  #trouble(error: unknown): void {
    this.counters.errors++;
    this.health = `reading the topic failed: ${reasonOf(error)}`;
  }
}

function savedOffsets({ topic, saved }: KafkaOptions): { topic: string; partition: number; offset: bigint }[] {
  const offsets = saved?.["offsets"];
  if (typeof offsets !== "object" || offsets === null) return [];
  return Object.entries(offsets).flatMap(([partition, offset]) =>
    /^\d{1,9}$/.test(partition) && typeof offset === "string" && /^\d{1,19}$/.test(offset)
      ? [{ topic, partition: Number(partition), offset: BigInt(offset) }]
      : [],
  );
}

/** Waits until the stream knows where it reads on: before that, a failure is one to start. */
async function ready(stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("offsets", () => {
      stream.removeListener("error", reject);
      resolve();
    });
  });
}

/** Whether a broker is named by its address, of which TLS takes no server name (RFC 6066 §3). */
function isNumeric(broker: string): boolean {
  return isIP(broker.slice(0, broker.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1")) !== 0;
}

/** The innermost reason of the client's nested errors, in one line. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = "code" in error ? error.code : "";
  if (code === "ECONNREFUSED") return "no broker answers at that address";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the name of the broker is not known";
  return error.message.replace(/\s+/g, " ");
}
