/** The systemd journal as JSON lines, followed by journalctl(1) in a child process, with the cursor saved. */
import { setTimeout } from "node:timers/promises";
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now, type SourcePosition } from "../live.ts";
import { type ChildStream, startChild } from "./child-stream.ts";
import { loadState, saveState, stateFile } from "./state-file.ts";

/** How often the cursor is saved, milliseconds. */
const SAVE_MS = 5000;
/** journalctl that cannot read ends at once; one that is still there after so long follows, milliseconds. */
const BEGIN_MS = 500;
/** Octets of an entry that are kept until the rest of it comes. */
const MAX_ENTRY = 1 << 20;
/** The field of the journal's place (systemd.journal-fields(7)), as `journalctl -o json` writes it. */
const CURSOR_FIELD = '"__CURSOR":"';
const NEWLINE = 10;
const QUOTE = 34;
const CURSOR = /^s=[0-9a-f;=a-z]{10,400}$/;

/** What of the journal is followed. */
export interface JournalOptions {
  /** Matches of journalctl, `_TRANSPORT=kernel`. */
  readonly matches: readonly string[];
  /** A folder of journal files (those that systemd-journal-remote writes), or null for this machine's journal. */
  readonly directory: string | null;
  /** Folder of the saved cursor, or null to save none. */
  readonly stateFolder: string | null;
  /** The cursor, where somebody else keeps it. */
  readonly saved?: SourcePosition | null;
}

/** Follows the journal. */
export class JournalSource implements LiveSource {
  readonly name: string;
  readonly kind = "stream";
  readonly counters: LiveCounters = new LiveCounters();
  readonly place: string;
  health: string = FINE;
  readonly #options: JournalOptions;
  readonly #stateFile: string | null;
  #child: ChildStream | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #cursor = new EntryCursor();
  #savedCursor: string | null = null;
  #lastMessage = "";

  constructor(name: string, options: JournalOptions) {
    this.name = name;
    this.#options = options;
    this.place = options.directory ?? "this machine's journal";
    const subject = [options.directory ?? "", ...options.matches].join(" ");
    this.#stateFile = options.stateFolder === null ? null : stateFile(options.stateFolder, "journal", subject);
  }

  async start(sink: LiveSink): Promise<void> {
    const given = this.#options.saved ?? (this.#stateFile === null ? null : loadState(this.#stateFile));
    const saved = given?.["cursor"] ?? null;
    const from = typeof saved === "string" && CURSOR.test(saved) ? [`--after-cursor=${saved}`, "--no-tail"] : ["--lines=0"];
    const { directory, matches } = this.#options;
    const where = directory === null ? [] : [`--directory=${directory}`];
    let onEnded = (): void => {};
    const ended = new Promise<boolean>((resolve) => {
      onEnded = () => resolve(true);
    });
    try {
      this.#child = await startChild("journalctl", ["--output=json", "--follow", "--quiet", ...where, ...from, ...matches], {
        output: (bytes) => this.#output(bytes, sink),
        message: (line) => {
          this.#lastMessage = line;
        },
        ended: (code, signal, asked) => {
          sink.ended(null);
          onEnded();
          if (!asked)
            this.health = `journalctl ended (${signal ?? code ?? "?"})${this.#lastMessage === "" ? "" : `: ${this.#lastMessage}`}`;
        },
      });
    } catch (error) {
      throw new InputError("E_INPUT_UNREADABLE", this.name, systemReason(error), error);
    }
    if (this.#child === null) throw new InputError("E_INPUT_UNREADABLE", this.name, "journalctl is not installed on this machine");
    if (await Promise.race([ended, setTimeout(BEGIN_MS, false)])) throw new InputError("E_INPUT_UNREADABLE", this.name, this.health);
    this.counters.connections++;
    this.#timer = setInterval(() => this.#save(), SAVE_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    await child.stop("SIGTERM");
    this.#save();
  }

  pause(): void {
    this.#child?.pause();
  }

  resume(): void {
    this.#child?.resume();
  }

  position(): SourcePosition | null {
    const cursor = this.#cursor.last;
    return cursor === null ? null : { cursor };
  }

  #output(bytes: Uint8Array, sink: LiveSink): void {
    this.counters.octets += bytes.length;
    this.counters.messages++;
    sink.chunk(bytes, null, now());
    this.#cursor.push(bytes);
  }

  #save(): void {
    const cursor = this.#cursor.last;
    if (this.#stateFile === null || cursor === null || cursor === this.#savedCursor) return;
    try {
      saveState(this.#stateFile, { cursor });
      this.#savedCursor = cursor;
    } catch (error) {
      this.counters.errors++;
      this.health = `the place in the journal cannot be saved: ${systemReason(error)}`;
    }
  }
}

/** The cursor of the last whole entry in journalctl's output, which comes in any pieces. */
export class EntryCursor {
  last: string | null = null;
  /** The beginning of the entry that is not whole yet. */
  #entry: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array): void {
    const text = Buffer.concat([this.#entry, bytes]);
    const end = text.lastIndexOf(NEWLINE) + 1;
    this.last = lastCursor(text.subarray(0, end)) ?? this.last;
    this.#entry = text.length - end > MAX_ENTRY ? new Uint8Array(0) : Uint8Array.from(text.subarray(end));
  }
}

/** The cursor of the last of whole lines, or null. It may stand anywhere in its line. */
function lastCursor(lines: Buffer): string | null {
  // Values are escaped, so the quoted name stands nowhere but where it is the name
  const at = lines.lastIndexOf(CURSOR_FIELD);
  if (at < 0) return null;
  const start = at + CURSOR_FIELD.length;
  const cursor = lines.toString("latin1", start, lines.indexOf(QUOTE, start));
  return CURSOR.test(cursor) ? cursor : null;
}
