/**
 * What systemd is told of a service (sd_notify(3)). Its socket takes datagrams between local processes, which Node cannot send:
 * systemd-notify(1) does, so the unit needs NotifyAccess=all. Without NOTIFY_SOCKET nothing is done.
 */
import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

export class Systemd {
  /** How often the watchdog has to hear from us, milliseconds: half of what it allows, as sd_watchdog_enabled(3) advises. Null: never. */
  readonly watchdogMs: number | null;
  readonly #isThere: boolean;
  /** One message after another, in order. */
  #last: Promise<void> = Promise.resolve();

  constructor(environment: Environment) {
    this.#isThere = (environment["NOTIFY_SOCKET"] ?? "") !== "";
    const microseconds = Number(environment["WATCHDOG_USEC"] ?? "");
    const isOurs = environment["WATCHDOG_PID"] === undefined || environment["WATCHDOG_PID"] === String(process.pid);
    this.watchdogMs = this.#isThere && isOurs && microseconds > 0 ? microseconds / 2000 : null;
  }

  ready(status: string): Promise<void> {
    return this.#tell("READY=1", `STATUS=${status}`);
  }

  /** Asked for by Type=notify-reload: since when. */
  reloading(): Promise<void> {
    return this.#tell("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(): Promise<void> {
    return this.#tell("STOPPING=1");
  }

  alive(status: string): Promise<void> {
    return this.#tell("WATCHDOG=1", `STATUS=${status}`);
  }

  #tell(...words: readonly string[]): Promise<void> {
    if (!this.#isThere) return Promise.resolve();
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          const child = spawn("systemd-notify", [`--pid=${process.pid}`, ...words], { stdio: "ignore" });
          child.once("error", () => resolve());
          child.once("close", () => resolve());
        }),
    );
    return this.#last;
  }
}
