/** Datagrams from a UDP port: flow export (RFC 7011 §10.3, sFlow) and syslog (RFC 5426). */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now } from "../live.ts";
import { DatagramQueue } from "./datagram-queue.ts";
import { type Endpoint, formatEndpoint, lacksIPv6, listenError, plainAddress } from "./endpoint.ts";
import { readKernelDrops } from "./kernel-drops.ts";
import { LineBuffer, looksLikeText } from "./line-of.ts";
import { letComeIn } from "./settle.ts";

/** Receive buffers asked for, octets. Linux gives what it has (net.core.rmem_max), others refuse. 64 MiB hold 4 s of 10,000 datagrams a second. */
const RECEIVE_BUFFERS = [64 << 20, 16 << 20, 4 << 20, 1 << 20] as const;
/**
 * Octets of datagrams that wait in this process. Taking one out of the kernel's buffer is ten times as quick as decoding it, and that buffer is
 * often small: what comes in bursts, or while this thread was busy, is taken out first and handed out later.
 */
const QUEUE_BYTES = 64 << 20;
/** Datagrams handed out between two looks at the socket; Node takes up to 32 in a look, so the socket is emptied first. */
const HAND_OUT = 16;
/**
 * In the place of a sender's port: of text one address is one sender, as programs that log may take a new port for each message. Of flow export two
 * ports are two, since that is what a transport session is (RFC 7011 §10.3.3).
 */
const WHOLE_ADDRESS = -1;
/** How often the kernel is asked for its drops, milliseconds. */
const LOOK_MS = 1000;
/** How long drops are told as trouble after the last one, seconds. */
const TROUBLE_SECONDS = 60;

/** Listens on a UDP port. Text gets a newline behind each datagram. */
export class UdpSource implements LiveSource {
  readonly name: string;
  readonly kind = "datagram";
  readonly counters: LiveCounters = new LiveCounters();
  place: string | null = null;
  readonly #endpoint: Endpoint;
  readonly #lines = new LineBuffer();
  #sink: LiveSink | null = null;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #bound = { address: "", port: 0 };
  #bufferBytes = 0;
  #kernelCount = 0;
  #lastDrop = Number.NEGATIVE_INFINITY;
  #failure: string | null = null;
  #lastPeer = { address: "", port: WHOLE_ADDRESS, text: "" };
  readonly #queue = new DatagramQueue(QUEUE_BYTES);
  #paused = false;
  #isScheduled = false;

  constructor(name: string, endpoint: Endpoint) {
    this.name = name;
    this.#endpoint = endpoint;
  }

  get health(): string {
    if (this.#failure !== null) return this.#failure;
    if (now() - this.#lastDrop > TROUBLE_SECONDS) return FINE;
    const { droppedByKernel } = this.counters;
    const advice = this.#bufferBytes < RECEIVE_BUFFERS[0] ? "; a larger net.core.rmem_max gives it more room" : "";
    return `the kernel dropped ${droppedByKernel} datagrams: its buffer of ${this.#bufferBytes} octets was full${advice}`;
  }

  async start(sink: LiveSink): Promise<void> {
    const { address, port } = this.#endpoint;
    let socket: Socket;
    try {
      socket = await bind(address ?? "::", port).catch((error: unknown) => {
        if (address !== null || !lacksIPv6(error)) throw error;
        return bind("0.0.0.0", port);
      });
    } catch (error) {
      throw listenError(this.name, error);
    }
    this.#sink = sink;
    this.#socket = socket;
    this.#bound = socket.address();
    this.#bufferBytes = enlargeBuffer(socket);
    this.place = formatEndpoint(this.#bound.address, this.#bound.port);
    socket.on("message", (bytes, from) => this.#take(bytes, from));
    socket.on("error", (error) => {
      this.counters.errors++;
      this.#failure = `receiving failed: ${error.message}`;
    });
    this.#timer = setInterval(() => this.#countDrops(), LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    await letComeIn(() => this.counters.messages);
    this.#countDrops();
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
    while (this.#queue.length > 0) this.#handOut();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  #take(bytes: Uint8Array, from: RemoteInfo): void {
    const { counters } = this;
    counters.messages++;
    counters.octets += bytes.length;
    if (this.#queue.push(bytes, this.#peer(from.address, looksLikeText(bytes) ? WHOLE_ADDRESS : from.port), now())) this.#schedule();
    else counters.droppedByUs++;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#paused || this.#queue.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#handOut();
      this.#schedule();
    });
  }

  #handOut(): void {
    const sink = this.#sink;
    if (sink === null) return;
    for (let i = 0; i < HAND_OUT && this.#queue.length > 0; i++) {
      this.#queue.shift((bytes, peer, receivedAt) => {
        const record = looksLikeText(bytes) ? this.#lines.line(bytes, 0, bytes.length) : bytes;
        if (record !== null && record.length > 0) sink.chunk(record, peer, receivedAt);
      });
    }
  }

  /** Most datagrams come from the sender of the one before: its text is kept. */
  #peer(address: string, port: number): string {
    const last = this.#lastPeer;
    if (last.address !== address || last.port !== port) {
      const plain = plainAddress(address);
      this.#lastPeer = { address, port, text: port === WHOLE_ADDRESS ? plain : formatEndpoint(plain, port) };
    }
    return this.#lastPeer.text;
  }

  #countDrops(): void {
    const count = readKernelDrops(this.#bound.address, this.#bound.port);
    if (count === null) return;
    // The kernel's counter has 32 bits
    const fresh = (count - this.#kernelCount) >>> 0;
    if (fresh === 0) return;
    this.counters.droppedByKernel += fresh;
    this.#kernelCount = count;
    this.#lastDrop = now();
  }
}

async function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4" });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}

/** Octets of the receive buffer that the kernel gave. */
function enlargeBuffer(socket: Socket): number {
  for (const size of RECEIVE_BUFFERS) {
    try {
      socket.setRecvBufferSize(size);
      break;
    } catch {
      continue; // ENOBUFS: more than this system allows
    }
  }
  return socket.getRecvBufferSize();
}
