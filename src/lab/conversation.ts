/** Whole TCP conversations between ordinary stacks: handshake, request, response, end. */
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "../model/protocol.ts";
import type { Recorder } from "./event.ts";
import type { IpFields } from "./packet.ts";
import { dataOptions, synOptions, type Stack } from "./stack.ts";

export interface Conversation {
  readonly start: number;
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
  readonly clientStack: Stack;
  readonly serverStack: Stack;
  /** Hops on the way, off the TTL of whoever is not at the site. */
  readonly hops: number;
  /** Seconds there and back. */
  readonly roundTrip: number;
  /** Octets sent in turn, client first. */
  readonly exchanges: readonly number[];
  /** Which sides of it the capture sees: a one-way link shows only one. */
  readonly visible?: "both" | "client" | "server";
  readonly end?: "fin" | "client-reset" | "server-reset" | "open";
}

const SEGMENT = 1448;

/** Records the conversation; returns when it ended. */
export function converse(recorder: Recorder, talk: Conversation): number {
  const { random } = recorder;
  const visible = talk.visible ?? "both";
  const clocks = { client: random.word(), server: random.word() };
  const next = { client: random.word(), server: random.word() };
  const half = talk.roundTrip / 2;
  let id = { client: random.word(), server: random.word() };
  let time = talk.start;

  const send = (from: "client" | "server", flags: number, length: number): void => {
    const to = from === "client" ? "server" : "client";
    const stack = from === "client" ? talk.clientStack : talk.serverStack;
    const peer = from === "client" ? talk.serverStack : talk.clientStack;
    const source = from === "client" ? talk.client : talk.server;
    id = { ...id, [from]: id[from] + 1 };
    const options = stack.timestamps && peer.timestamps;
    const echo = flags === TCP_SYN ? 0 : clocks[to];
    if (visible === "both" || visible === from) {
      const ip: IpFields = {
        source,
        destination: from === "client" ? talk.server : talk.client,
        ttl: stack.ttl - (recorder.site.isInside(source) ? 0 : talk.hops),
        id: id[from] & 0xffff,
        dontFragment: true,
      };
      recorder.tcp(time, ip, {
        sourcePort: from === "client" ? talk.clientPort : talk.serverPort,
        destinationPort: from === "client" ? talk.serverPort : talk.clientPort,
        flags,
        sequence: next[from],
        acknowledgement: flags & TCP_ACK ? next[to] : 0,
        window: flags & TCP_SYN ? stack.window : 501,
        options:
          flags & TCP_SYN ? synOptions(stack, clocks[from], echo) : options ? dataOptions(stack, clocks[from], echo) : new Uint8Array(0),
        ...(length > 0 && { payload: new Uint8Array(length).fill(0x2e) }),
      });
    }
    clocks[from] = (clocks[from] + 3) >>> 0;
    next[from] = (next[from] + length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0)) >>> 0;
  };

  send("client", TCP_SYN, 0);
  time += half;
  send("server", TCP_SYN | TCP_ACK, 0);
  time += half;
  send("client", TCP_ACK, 0);
  for (const [turn, octets] of talk.exchanges.entries()) {
    const from = turn % 2 === 0 ? "client" : "server";
    time += random.exponential(0.02);
    let segments = 0;
    for (let left = octets; left > 0; left -= SEGMENT) {
      send(from, left > SEGMENT ? TCP_ACK : TCP_ACK | TCP_PSH, Math.min(left, SEGMENT));
      time += 0.0001;
      if (++segments % 2 === 0 || left <= SEGMENT) {
        time += half / 4;
        send(from === "client" ? "server" : "client", TCP_ACK, 0);
      }
    }
    time += half;
  }
  const end = talk.end ?? "fin";
  if (end === "client-reset") send("client", TCP_RST | TCP_ACK, 0);
  else if (end === "server-reset") send("server", TCP_RST | TCP_ACK, 0);
  else if (end === "fin") {
    send("client", TCP_FIN | TCP_ACK, 0);
    time += half;
    send("server", TCP_FIN | TCP_ACK, 0);
    time += half;
    send("client", TCP_ACK, 0);
  }
  return time;
}
