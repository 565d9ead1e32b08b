/** A sink that keeps what live sources hand out, and waits for it. */
import type { LiveSink } from "../live.ts";

/** Milliseconds after which a test that waits gives up. */
const PATIENCE_MS = 15_000;

export class Collected implements LiveSink {
  readonly chunks: { readonly text: string; readonly bytes: Uint8Array; readonly peer: string | null; readonly receivedAt: number }[] = [];
  /** Peers whose streams ended, each with how many chunks had come before. */
  readonly ends: { readonly peer: string | null; readonly after: number }[] = [];

  /** What was handed out as known. */
  again = "";

  chunk(bytes: Uint8Array, peer: string | null, receivedAt: number): void {
    const copy = new Uint8Array(bytes);
    this.chunks.push({ text: Buffer.from(copy).toString("latin1"), bytes: copy, peer, receivedAt });
  }

  known(bytes: Uint8Array): void {
    this.again += Buffer.from(bytes).toString("latin1");
  }

  ended(peer: string | null): void {
    this.ends.push({ peer, after: this.chunks.length });
  }

  /** Everything that came, as one text. */
  get text(): string {
    return this.chunks.map((chunk) => chunk.text).join("");
  }
}

/** Waits until `condition` holds. @throws Error with `what` where it does not in time. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The port in a place such as "127.0.0.1:2055". */
export function portOf(place: string | null): number {
  return Number(place?.split(":").at(-1));
}
