/** A DNS server of a few lines (RFC 1035 §4) on loopback, over UDP: answers PTR, A and AAAA from a table, and can be silent or broken. */
import { createSocket, type Socket } from "node:dgram";
import { parseIPv4, parseIPv6 } from "../../model/address.ts";

const TYPE_A = 1;
const TYPE_PTR = 12;
const TYPE_AAAA = 28;
const NXDOMAIN = 3;

export interface Zone {
  /** "PTR 7.125.142.162.in-addr.arpa" or "A scanner-1.example" → what it answers; "silent" and "failing" are those faults. */
  readonly records: ReadonlyMap<string, readonly string[] | "silent" | "failing">;
}

export class DnsServer {
  readonly #socket: Socket = createSocket("udp4");
  readonly #zone: Zone;
  /** Questions that came, in order: "PTR name". */
  readonly questions: string[] = [];

  constructor(zone: Zone) {
    this.#zone = zone;
    this.#socket.on("message", (message, { address, port }) => {
      const answer = this.#answer(message);
      if (answer !== null) this.#socket.send(answer, port, address);
    });
  }

  /** Listens; gives "127.0.0.1:PORT". */
  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#socket.bind(0, "127.0.0.1", () => resolve(`127.0.0.1:${this.#socket.address().port}`));
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #answer(query: Uint8Array): Uint8Array | null {
    let at = 12;
    const labels: string[] = [];
    while ((query[at] ?? 0) !== 0) {
      const length = query[at] ?? 0;
      labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + length)));
      at += 1 + length;
    }
    const type = ((query[at + 1] ?? 0) << 8) | (query[at + 2] ?? 0);
    const end = at + 5;
    const word = type === TYPE_PTR ? "PTR" : type === TYPE_A ? "A" : type === TYPE_AAAA ? "AAAA" : String(type);
    const question = `${word} ${labels.join(".").toLowerCase()}`;
    this.questions.push(question);
    const found = this.#zone.records.get(question);
    if (found === "silent") return null;
    const answers = found === undefined || found === "failing" ? [] : found.map((text) => dataOf(type, text));
    const code = found === "failing" ? 2 : found === undefined ? NXDOMAIN : 0;
    const head = [query[0] ?? 0, query[1] ?? 0, 0x81, 0x80 | code, 0, 1, 0, answers.length, 0, 0, 0, 0];
    const records = answers.flatMap((data) => [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255, ...data]);
    return Uint8Array.from([...head, ...query.subarray(12, end), ...records]);
  }
}

function dataOf(type: number, text: string): number[] {
  if (type === TYPE_PTR) return [...text.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
  const word = parseIPv4(text);
  const words = word === null ? (parseIPv6(text) ?? []) : [word];
  return words.flatMap((one) => [one >>> 24, (one >>> 16) & 255, (one >>> 8) & 255, one & 255]);
}
