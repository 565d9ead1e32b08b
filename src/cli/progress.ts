/** How far reading has come, on one line of standard error that is rewritten, and gone at the end. */
import type { Progress } from "../pipeline/assess.ts";

/** Nobody needs to be told of what is over by then. */
const QUIET_SECONDS = 2;
/** Between lines where they cannot be rewritten (a log), seconds. */
const LOG_SECONDS = 5;

const DEFAULT_COLUMNS = 80;

/** Erases the line (ECMA-48 EL) from its start. */
const ERASE_LINE = "\r\u001B[K";

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

/** A place to show progress. On a terminal one line is rewritten; elsewhere a line is added now and then. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  #shown = false;
  #saidAt = 0;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    this.say(progress.seconds, () => progressText(progress));
  }

  /** Shows a text of one's own after so many seconds of work; it is asked for only where it is shown. */
  say(seconds: number, text: () => string): void {
    if (seconds < QUIET_SECONDS) return;
    if (this.#stream.isTTY === true) {
      this.#stream.write(`${ERASE_LINE}${text().slice(0, roomOf(this.#stream))}`);
      this.#shown = true;
    } else {
      if (this.#saidAt > 0 && seconds - this.#saidAt < LOG_SECONDS) return;
      this.#stream.write(`precursor: ${text()}\n`);
    }
    this.#saidAt = seconds;
  }

  /** Takes the line away; call before anything else is written. */
  clear(): void {
    if (this.#shown) this.#stream.write(ERASE_LINE);
    this.#shown = false;
  }
}

/** Columns that do not wrap; a terminal that does not tell its size says 0. */
function roomOf(stream: ProgressStream): number {
  const columns = stream.columns ?? 0;
  return (columns > 0 ? columns : DEFAULT_COLUMNS) - 1;
}

/** " 42 %  12.3 M records  8.1 M records/s  612 MB/s  0:14 left"; without percent and time left where the size is not known. */
export function progressText(progress: Progress): string {
  const { bytesDone, bytesTotal, records, seconds } = progress;
  const parts: string[] = [];
  const known = bytesTotal !== null && bytesTotal > 0;
  if (known) parts.push(`${String(Math.floor((100 * Math.min(bytesDone, bytesTotal)) / bytesTotal)).padStart(3)} %`);
  else parts.push(scaled(bytesDone, "B"));
  parts.push(scaled(records, "records"));
  if (seconds > 0) {
    parts.push(`${scaled(records / seconds, "records")}/s`, `${scaled(bytesDone / seconds, "B")}/s`);
    if (known && bytesDone > 0) parts.push(`${clock(((bytesTotal - bytesDone) * seconds) / bytesDone)} left`);
  }
  return parts.join("  ");
}

/** 12345678 → "12.3 M records"; decimal prefixes, three digits. */
export function scaled(value: number, unit: string): string {
  const prefixes = ["", "k", "M", "G", "T", "P"];
  let index = 0;
  let number = value;
  while (number >= 999.5 && index < prefixes.length - 1) {
    number /= 1000;
    index++;
  }
  const digits = index === 0 || number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
  const prefix = prefixes[index] ?? "";
  return `${number.toFixed(digits)} ${prefix}${prefix !== "" && unit.length > 1 ? " " : ""}${unit}`;
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
