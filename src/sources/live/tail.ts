/**
 * A file as it grows, through rotation by renaming and by copytruncate (logrotate(8)), like `tail -F`, with its place saved. What is
 * compressed of the old file is not read again: it was read while it grew.
 */
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now, type SourcePosition } from "../live.ts";
import { FollowedFile, identityOf } from "./followed-file.ts";
import { headerLength } from "./header-lines.ts";
import { saveState } from "./state-file.ts";
import { loadPosition, positionOf, type TailPosition, tailStateFile } from "./tail-position.ts";

/** How often the file is looked at even if nobody tells of a change (network file systems do not), milliseconds. */
const POLL_MS = 500;
/** How long a renamed file is still read: its writer keeps it open until it is told, seconds. */
const LINGER_SECONDS = 2;
/** How often the place is saved, seconds. */
const SAVE_SECONDS = 5;
/** Octets in which a header is looked for. */
const HEADER_BYTES = 65_536;

/** How a file is followed. */
export interface TailOptions {
  /** Folder of the saved place, or null to save none. */
  readonly stateFolder: string | null;
  /** Without a saved place: read what the file holds already, or only what comes. */
  readonly fromStart: boolean;
  /** The place, where somebody else keeps it. */
  readonly saved?: SourcePosition | null;
}

/** Follows a file. */
export class TailSource implements LiveSource {
  readonly name: string;
  readonly kind = "stream";
  readonly counters: LiveCounters = new LiveCounters();
  readonly place: string;
  health: string = FINE;
  readonly #path: string;
  readonly #options: TailOptions;
  readonly #stateFile: string | null;
  #sink: LiveSink | null = null;
  #file: FollowedFile | null = null;
  /** When another file was first seen under the path, seconds; null while it is the same. */
  #replacedAt: number | null = null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #paused = false;
  #step: Promise<void> | null = null;
  #again = false;
  #savedAt = 0;
  #savedOffset = -1;
  /** Up to where the file at hand was read in an earlier run, octets: of what is no text, all of it is handed out again, as known. */
  #knownUntil = 0;
  /** The place when it was stopped. */
  #final: TailPosition | null = null;

  constructor(name: string, path: string, options: TailOptions) {
    this.name = name;
    this.place = path;
    this.#path = path;
    this.#options = options;
    this.#stateFile = options.stateFolder === null ? null : tailStateFile(options.stateFolder, path);
  }

  async start(sink: LiveSink): Promise<void> {
    try {
      if (!statSync(this.#path).isFile()) throw new InputError("E_INPUT_UNREADABLE", this.name, "is not a file that can be followed");
      const given = this.#options.saved ?? null;
      const saved = given !== null ? positionOf(given) : this.#stateFile === null ? null : loadPosition(this.#stateFile);
      this.#file = this.#openFirst(sink, saved);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError("E_INPUT_UNREADABLE", this.name, systemReason(error), error);
    }
    this.#sink = sink;
    const file = basename(this.#path);
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === file) this.#wake();
      });
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      this.#watcher = null; // no watches left: looking must do
    }
    this.#timer = setInterval(() => this.#wake(), POLL_MS);
    this.#wake();
  }

  async stop(): Promise<void> {
    if (this.#sink === null) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watcher?.close();
    this.#paused = false;
    this.#again = false;
    await this.#step;
    await this.#look(this.#sink);
    this.#save();
    this.#sink.ended(null);
    this.#sink = null;
    this.#final = this.#place();
    this.#file?.close();
    this.#file = null;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  position(unused: number): SourcePosition | null {
    const position = this.#place();
    return position === null ? null : { ...position, offset: Math.max(0, this.#knownUntil, position.offset - unused) };
  }

  /** Opens the file at the place where reading goes on: the renamed one first, where the file was rotated while nobody followed it. */
  #openFirst(sink: LiveSink, saved: TailPosition | null): FollowedFile {
    const renamed = saved === null ? null : renamedFrom(this.#path, saved.file);
    let file = this.#open(renamed ?? this.#path);
    if (renamed !== null && saved !== null && !file.isSame(saved)) {
      file.close();
      file = this.#open(this.#path);
    }
    const place = saved !== null && file.identity === saved.file && file.isSame(saved) ? saved.offset : 0;
    if (!file.isText) {
      this.#knownUntil = place;
      return file;
    }
    if (saved === null && !this.#options.fromStart) file.seekEnd();
    if (place > 0) file.offset = place;
    if (file.offset > 0) {
      const head = file.head(Math.min(file.offset, HEADER_BYTES));
      this.#handOut(sink, head.subarray(0, headerLength(head)), 0);
    }
    return file;
  }

  #open(path: string): FollowedFile {
    const file = new FollowedFile(path);
    this.counters.connections++;
    return file;
  }

  /** One look at a time; a wake during one asks for another. */
  #wake(): void {
    const sink = this.#sink;
    if (sink === null || this.#paused) return;
    if (this.#step !== null) {
      this.#again = true;
      return;
    }
    this.#step = this.#look(sink).finally(() => {
      this.#step = null;
      if (this.#again) {
        this.#again = false;
        this.#wake();
      }
    });
  }

  async #look(sink: LiveSink): Promise<void> {
    try {
      await this.#drain(sink);
      this.#followReplacement(sink);
      this.health = FINE;
      if (now() - this.#savedAt >= SAVE_SECONDS) this.#save();
    } catch (error) {
      this.counters.errors++;
      this.health = `reading failed: ${systemReason(error)}`;
    }
  }

  async #drain(sink: LiveSink): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    if (file.wasCut()) {
      sink.ended(null);
      file.rewind();
      this.#knownUntil = 0;
      this.counters.connections++;
    }
    while (!this.#paused) {
      const piece = file.next(false);
      if (piece.length === 0) return;
      this.#handOut(sink, piece, file.offset - piece.length);
      await setImmediate();
    }
  }

  /** Goes over to the file that took the name, once the old one has been quiet. */
  #followReplacement(sink: LiveSink): void {
    const file = this.#file;
    const identity = identityAt(this.#path);
    if (identity === null || this.#paused) return; // renamed, and the new one is not there yet
    if (file !== null) {
      if (identity === file.identity) return;
      this.#replacedAt ??= now();
      if (now() - this.#replacedAt < LINGER_SECONDS) return;
      for (let piece = file.next(true); piece.length > 0; piece = file.next(true)) this.#handOut(sink, piece, file.offset - piece.length);
      sink.ended(null);
      file.close();
      this.#file = null;
    }
    this.#replacedAt = null;
    this.#knownUntil = 0;
    this.#file = this.#open(this.#path);
    this.#again = true;
  }

  /** @param at where in the file the piece begins */
  #handOut(sink: LiveSink, piece: Uint8Array, at: number): void {
    const known = piece.subarray(0, Math.max(0, this.#knownUntil - at));
    const fresh = piece.subarray(known.length);
    if (known.length > 0) sink.known(known, null, now());
    if (fresh.length === 0) return;
    this.counters.octets += fresh.length;
    this.counters.messages++;
    sink.chunk(fresh, null, now());
  }

  /** The place behind what was handed out, in this run or before. */
  #place(): TailPosition | null {
    const position = this.#file?.position ?? this.#final;
    return position === null ? null : { ...position, offset: Math.max(this.#knownUntil, position.offset) };
  }

  #save(): void {
    const file = this.#file;
    this.#savedAt = now();
    if (file === null || this.#stateFile === null || file.offset === this.#savedOffset) return;
    try {
      saveState(this.#stateFile, this.#place() ?? file.position);
      this.#savedOffset = file.offset;
    } catch (error) {
      this.counters.errors++;
      this.health = `the place in the file cannot be saved: ${systemReason(error)}`;
    }
  }
}

/** The path of the file `identity` beside `path`, if that is not it: "x.log.1" for "x.log". Null where there is none, as when it was compressed. */
function renamedFrom(path: string, identity: string): string | null {
  if (identityAt(path) === identity) return null;
  const name = readdirSync(dirname(path)).find(
    (name) => name.startsWith(basename(path)) && identityAt(join(dirname(path), name)) === identity,
  );
  return name === undefined ? null : join(dirname(path), name);
}

function identityAt(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : identityOf(stat);
}
