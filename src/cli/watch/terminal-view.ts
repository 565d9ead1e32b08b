/** The watch on a terminal: its own screen, drawn anew twice a second, and the terminal as it was when it is over. */
import type { Incident } from "../../model/incident.ts";
import type { WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import { watchScreen, type WatchView } from "../../report/watch/watch-screen.ts";
import { lacksUnicode, outputWidth, wantsColour } from "../terminal.ts";

const REDRAW_MS = 500;
/** Alternate screen, no cursor; and back (xterm's control sequences). */
const ENTER = "\u001B[?1049h\u001B[?25l";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H";
const TO_LINE_END = "\u001B[K";
const TO_SCREEN_END = "\u001B[J";
const DEFAULT_HEIGHT = 24;

export interface TerminalOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export class TerminalView {
  readonly #output: TerminalOutput;
  readonly #health: () => WatchHealth;
  readonly #allowsColour: boolean;
  readonly #incidents = new Map<string, Incident>();
  #interval: WatchView["interval"] = null;
  #message: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(output: TerminalOutput, health: () => WatchHealth, allowsColour: boolean) {
    this.#output = output;
    this.#health = health;
    this.#allowsColour = allowsColour;
  }

  start(): void {
    this.#output.write(ENTER);
    process.once("exit", this.#leave);
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#draw();
  }

  take(event: WatchEvent): void {
    switch (event.type) {
      case "interval":
        this.#interval = event;
        break;
      case "incident":
        if (event.incident.phase === "closed") this.#incidents.delete(event.incident.id);
        else this.#incidents.set(event.incident.id, event.incident);
        break;
      case "reload":
        this.#message =
          event.error === null
            ? `config read again: ${reloadWords(event)}`
            : `the config was not taken, the one before holds: ${event.error}`;
        break;
      case "stopped":
      case "started":
      case "health":
        break;
    }
  }

  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    process.removeListener("exit", this.#leave);
    this.#leave();
  }

  readonly #leave = (): void => {
    this.#output.write(LEAVE);
  };

  #draw(): void {
    const { columns, rows } = this.#output;
    const height = rows ?? DEFAULT_HEIGHT;
    const view = {
      now: Date.now() / 1000,
      health: this.#health(),
      interval: this.#interval,
      incidents: [...this.#incidents.values()],
      message: this.#message,
    };
    const lines = watchScreen(view, {
      height,
      width: outputWidth(true, columns),
      colour: wantsColour(true, this.#allowsColour, process.env),
      ascii: lacksUnicode(process.env),
    });
    // The last line has no newline behind it: the screen would scroll
    this.#output.write(`${HOME}${lines.map((line) => line + TO_LINE_END).join("\r\n")}${TO_SCREEN_END}`);
  }
}

function reloadWords({ started, stopped, kept, changed, needsRestart }: Extract<WatchEvent, { type: "reload" }>): string {
  const others = changed.filter((key) => key !== "sources");
  return [
    `${started.length} started, ${stopped.length} stopped, ${kept} went on`,
    ...(others.length === 0 ? [] : [`changed: ${others.join(", ")}`]),
    ...(needsRestart.length === 0 ? [] : [`needs a restart: ${needsRestart.join(", ")}`]),
  ].join("; ");
}
