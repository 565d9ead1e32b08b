/**
 * Live sources: listeners, tails, captures and queues, which push octets as they come, unlike the readers of `reader.ts`, which are pulled.
 * One shape for all, so that whoever reads them needs to know neither sockets nor files.
 */

/** What a source counted since it was started; the numbers only grow. */
export class LiveCounters {
  /** Octets that arrived: payloads of datagrams and messages, contents of streams. */
  octets = 0;
  /** Datagrams, syslog messages, Kafka messages; for streams the pieces that were handed out. */
  messages = 0;
  /** Datagrams or packets that the kernel threw away because nobody took them in time. */
  droppedByKernel = 0;
  /** Messages and connections that this program refused: too long, too many. */
  droppedByUs = 0;
  /** Connections accepted, files opened (the first and each rotated one), child processes started. */
  connections = 0;
  /** Connections that broke the protocol, handshakes that failed, errors of the system. */
  errors = 0;
}

/** What a live source calls, always in the thread that started it, one call after the other. */
export interface LiveSink {
  /**
   * Octets came. They are the caller's again when the call returns: copy what is to be kept.
   * @param peer who sent them, as text ("192.0.2.1" or "192.0.2.1:2055"): the key of what is remembered of a sender; null where a source
   * has but one
   * @param receivedAt seconds since 1970
   */
  chunk(bytes: Uint8Array, peer: string | null, receivedAt: number): void;
  /**
   * Octets that came in an earlier run, and that have to be read again for what comes to make sense: records of a capture or of flow export
   * lean on those before. Nothing of them counts. Otherwise as `chunk`.
   */
  known(bytes: Uint8Array, peer: string | null, receivedAt: number): void;
  /** The stream of that peer is over (connection closed, file rotated or cut, process ended); what comes next is another stream. */
  ended(peer: string | null): void;
}

/**
 * `"datagram"`: each chunk is a whole record or several, and nothing goes on into the next: UDP datagrams, syslog messages (one line each,
 * its newline behind it), Kafka messages. `"stream"`: chunks are consecutive octets, cut anywhere.
 */
export type ChunkKind = "datagram" | "stream";

/** The health of a source where nothing is amiss; else it is the reason, for people. */
export const FINE = "fine";

/** A place in a source from which it can be read on: plain JSON, made and understood by sources of one kind. */
export type SourcePosition = Readonly<Record<string, unknown>>;

/** One live source. */
export interface LiveSource {
  /** As the user wrote it. */
  readonly name: string;
  readonly kind: ChunkKind;
  readonly counters: Readonly<LiveCounters>;
  /** {@link FINE}, or what is wrong in words. */
  readonly health: string;
  /** Where it listens ("127.0.0.1:2055"), or what it reads; null before {@link LiveSource.start}. A port of 0 in the name is a real one here. */
  readonly place: string | null;
  /**
   * Starts; settles once data can come.
   * @throws InputError where it cannot: the port is taken, a right is missing, there is no such file.
   */
  start(sink: LiveSink): Promise<void>;
  /** Ends it, hands out what is left and saves positions. Never throws; counters and health stay readable. */
  stop(): Promise<void>;
  /** Asks to hand out nothing for now. Connections, files and processes wait; datagrams are kept while there is room, then dropped and counted. */
  pause(): void;
  resume(): void;
  /**
   * The place behind what was handed out, but for its last `unused` octets; null where there is none yet. Sources that cannot be read again
   * (listeners, captures) have no such method.
   */
  position?(unused: number): SourcePosition | null;
}

/** Seconds since 1970. */
export function now(): number {
  return Date.now() / 1000;
}
