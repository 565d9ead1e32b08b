/** Syslog over TCP (RFC 6587) and TLS (RFC 5425): many connections, each with its framing, all within limits. */
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now } from "../live.ts";
import { type Endpoint, formatEndpoint, lacksIPv6, listenError, plainAddress } from "./endpoint.ts";
import { LineBuffer } from "./line-of.ts";
import { SyslogFrames } from "./syslog-frames.ts";

/** What senders are allowed. */
export interface SyslogLimits {
  /** Connections at a time; one more is closed at once. */
  readonly connections: number;
  /** Octets of a message. RFC 5424 §6.1 asks for 2,048; firewalls' JSON has been seen at 20,000. */
  readonly messageBytes: number;
  /** Seconds without an octet after which a connection is closed; senders open another. */
  readonly idleSeconds: number;
}

export const SYSLOG_LIMITS: SyslogLimits = { connections: 1024, messageBytes: 65_536, idleSeconds: 3600 };

/** How long a TLS handshake may take, milliseconds: longer than any network needs, short enough that idlers do not fill the table. */
const HANDSHAKE_MS = 10_000;

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Who must have signed the senders' certificates; null to ask them for none. */
  readonly clientAuthority: string | null;
}

/** Listens for syslog connections. Hands out each message as a line. */
export class SyslogServer implements LiveSource {
  readonly name: string;
  readonly kind = "datagram";
  readonly counters: LiveCounters = new LiveCounters();
  place: string | null = null;
  readonly #endpoint: Endpoint;
  readonly #tls: TlsFiles | null;
  readonly #limits: SyslogLimits;
  readonly #open = new Set<Socket>();
  readonly #lines = new LineBuffer();
  #server: Server | null = null;
  #paused = false;
  #failure: string | null = null;

  constructor(name: string, endpoint: Endpoint, tls: TlsFiles | null, limits: SyslogLimits = SYSLOG_LIMITS) {
    this.name = name;
    this.#endpoint = endpoint;
    this.#tls = tls;
    this.#limits = limits;
  }

  get health(): string {
    if (this.#failure !== null) return this.#failure;
    return this.#open.size >= this.#limits.connections ? `all ${this.#limits.connections} connections are taken` : FINE;
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
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of this.#open) socket.destroy();
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
    const options = this.#readTls(files);
    try {
      return createTlsServer(options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError("E_INPUT_UNREADABLE", this.name, `the certificate and key cannot be used: ${reason}`, error);
    }
  }

  #prepare(server: Server, sink: LiveSink): void {
    server.maxConnections = this.#limits.connections;
    server.on(this.#tls === null ? "connection" : "secureConnection", (socket: Socket) => this.#accept(socket, sink));
    server.on("drop", () => {
      this.counters.droppedByUs++;
    });
    server.on("tlsClientError", () => {
      this.counters.errors++;
    });
  }

  #readTls({ certificate, key, clientAuthority }: TlsFiles): TlsOptions {
    const options: TlsOptions = { cert: this.#readPem(certificate), key: this.#readPem(key), handshakeTimeout: HANDSHAKE_MS };
    if (clientAuthority === null) return options;
    return { ...options, ca: this.#readPem(clientAuthority), requestCert: true, rejectUnauthorized: true };
  }

  #readPem(path: string): Buffer {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new InputError("E_INPUT_UNREADABLE", this.name, `${path}: ${systemReason(error)}`, error);
    }
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
