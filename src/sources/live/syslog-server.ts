/** Syslog over TCP (RFC 6587) and TLS (RFC 5425): many connections, each with its framing, all within limits. */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { InputError } from "../../model/errors.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now } from "../live.ts";
import { type Endpoint, formatEndpoint, lacksIPv6, listenError, plainAddress } from "./endpoint.ts";
import { LineBuffer } from "./line-of.ts";
import { letComeIn } from "./settle.ts";
import { SyslogFrames } from "./syslog-frames.ts";
import { readTlsFiles, type TlsFiles, tlsReason } from "./tls-files.ts";

/** What senders are allowed. */
export interface SyslogLimits {
  /** Connections at a time; one more is closed at once. */
  readonly connections: number;
  /** Octets of a message. RFC 5424 §6.1 asks for 2,048; firewalls' JSON has been seen at 20,000. */
  readonly messageBytes: number;
  /** Seconds without an octet after which a connection is closed; senders open another. */
  readonly idleSeconds: number;
  /** Seconds that a TLS handshake may take: more than any network needs, few enough that idlers do not fill the table. */
  readonly handshakeSeconds: number;
}

export const SYSLOG_LIMITS: SyslogLimits = { connections: 1024, messageBytes: 65_536, idleSeconds: 3600, handshakeSeconds: 10 };

/** Listens for syslog connections. Hands out each message as a line. */
export class SyslogServer implements LiveSource {
  readonly name: string;
  readonly kind = "datagram";
  readonly counters: LiveCounters = new LiveCounters();
  place: string | null = null;
  readonly #endpoint: Endpoint;
  readonly #tls: TlsFiles | null;
  readonly #limits: SyslogLimits;
  /** All connections, those in a TLS handshake among them. */
  readonly #connected = new Set<Socket>();
  /** Those that messages come from; with TLS, what it makes of the ones above. */
  readonly #open = new Set<Socket>();
  readonly #lines = new LineBuffer();
  #server: Server | null = null;
  #paused = false;
  #failure: string | null = null;
  /** Why the last handshake failed. */
  #refusal: string | null = null;

  constructor(name: string, endpoint: Endpoint, tls: TlsFiles | null, limits: SyslogLimits = SYSLOG_LIMITS) {
    this.name = name;
    this.#endpoint = endpoint;
    this.#tls = tls;
    this.#limits = limits;
  }

  get health(): string {
    if (this.#failure !== null) return this.#failure;
    if (this.#connected.size >= this.#limits.connections) return `all ${this.#limits.connections} connections are taken`;
    const { connections, errors } = this.counters;
    if (connections > 0 || this.#refusal === null) return FINE;
    return `no sender got through: ${errors} handshake${errors === 1 ? "" : "s"} failed, the last with "${this.#refusal}"`;
  }

  async start(sink: LiveSink): Promise<void> {
    const { address, port } = this.#endpoint;
    const server = this.#tls === null ? createServer() : this.#makeTlsServer(this.#tls);
    this.#prepare(server, sink);
    try {
      await listen(server, address ?? "::", port).catch((error: unknown) => {
        if (address !== null || !lacksIPv6(error)) throw error;
        return listen(server, "0.0.0.0", port);
      });
    } catch (error) {
      throw listenError(this.name, error);
    }
    server.on("error", (error) => {
      this.counters.errors++;
      this.#failure = `accepting connections failed: ${error.message}`;
    });
    this.#server = server;
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.place = formatEndpoint(bound.address, bound.port);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    await letComeIn(() => this.counters.octets);
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of this.#open) socket.destroy();
    for (const socket of this.#connected) socket.destroy();
    await closed;
  }

  pause(): void {
    this.#paused = true;
    for (const socket of this.#open) socket.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const socket of this.#open) socket.resume();
  }

  #makeTlsServer(files: TlsFiles): Server {
    const options = { ...readTlsFiles(this.name, files), handshakeTimeout: 1000 * this.#limits.handshakeSeconds };
    try {
      return createTlsServer(options);
    } catch (error) {
      throw new InputError("E_INPUT_UNREADABLE", this.name, `the certificate and key cannot be used: ${tlsReason(error)}`, error);
    }
  }

  #prepare(server: Server, sink: LiveSink): void {
    server.maxConnections = this.#limits.connections;
    server.on("connection", (socket: Socket) => {
      this.#connected.add(socket);
      socket.on("close", () => this.#connected.delete(socket));
    });
    server.on(this.#tls === null ? "connection" : "secureConnection", (socket: Socket) => this.#accept(socket, sink));
    server.on("drop", () => {
      this.counters.droppedByUs++;
    });
    // Node closes what fails, but not what does nothing
    server.on("tlsClientError", (error: Error, socket: Socket) => {
      this.counters.errors++;
      this.#refusal = tlsReason(error);
      socket.destroy();
    });
  }

  #accept(socket: Socket, sink: LiveSink): void {
    const { counters } = this;
    counters.connections++;
    this.#open.add(socket);
    // One sender is one address, over however many connections
    const peer = plainAddress(socket.remoteAddress ?? "");
    let receivedAt = 0;
    const frames = new SyslogFrames(this.#limits.messageBytes, (bytes, start, end) => {
      counters.messages++;
      const line = this.#lines.line(bytes, start, end);
      if (line !== null) sink.chunk(line, peer, receivedAt);
    });
    let tooLong = 0;
    socket.setTimeout(1000 * this.#limits.idleSeconds, () => socket.destroy());
    socket.on("data", (bytes: Buffer) => {
      receivedAt = now();
      counters.octets += bytes.length;
      const good = frames.push(bytes);
      counters.droppedByUs += frames.tooLong - tooLong;
      tooLong = frames.tooLong;
      if (good) return;
      counters.errors++;
      socket.destroy();
    });
    socket.on("error", () => {
      counters.errors++;
    });
    socket.on("close", () => {
      this.#open.delete(socket);
      receivedAt = now();
      if (frames.end()) counters.errors++;
    });
    if (this.#paused) socket.pause();
  }
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
