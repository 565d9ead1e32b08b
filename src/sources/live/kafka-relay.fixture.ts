/**
 * Relays before librdkafka's mock brokers that offer ListOffsets up to version 3. The brokers offer 5, but write the leader epoch of versions 4 and 5
 * with eight octets instead of four (seen with librdkafka 2.0.2), so that an answer about two partitions cannot be read.
 */
import { connect, createServer, type Server } from "node:net";
import { portOf } from "./collected.fixture.ts";

const API_LIST_OFFSETS = 2;
const LAST_GOOD_LIST_OFFSETS = 3;
const API_METADATA = 3;
const API_FIND_COORDINATOR = 10;
const API_VERSIONS = 18;
const HOST = Buffer.from("127.0.0.1");

/** Starts a relay before each of `brokers`, which name themselves by the relays' addresses from then on. */
export async function relayBrokers(brokers: readonly string[]): Promise<{ brokers: string[]; close: () => void }> {
  const relays = new Map<number, number>();
  const servers: Server[] = [];
  for (const broker of brokers) {
    const server = relay(portOf(broker), relays);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const address = server.address();
    if (address !== null && typeof address === "object") relays.set(portOf(broker), address.port);
    servers.push(server);
  }
  return {
    brokers: [...relays.values()].map((port) => `127.0.0.1:${port}`),
    close: () => servers.forEach((server) => server.close()),
  };
}

function relay(brokerPort: number, relays: ReadonlyMap<number, number>): Server {
  return createServer((client) => {
    const broker = connect(brokerPort, "127.0.0.1");
    const asked = new Map<number, number>();
    onFrames(client, (frame) => {
      asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
      broker.write(frame);
    });
    onFrames(broker, (frame) => {
      const api = asked.get(frame.readInt32BE(4));
      if (api === API_VERSIONS) limitVersions(frame);
      if (api === API_METADATA || api === API_FIND_COORDINATOR) nameRelays(frame, relays);
      client.write(frame);
    });
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
}

/** Calls with each frame: a length of four octets, and as many octets behind it. */
function onFrames(socket: NodeJS.ReadableStream, onFrame: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(Buffer.from(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
  });
}

/** An entry of the answer is the key, the least and the greatest version, two octets each. */
function limitVersions(frame: Buffer): void {
  const entry = Buffer.from([0, API_LIST_OFFSETS, 0, 0, 0, 5]);
  const at = frame.indexOf(entry);
  if (at >= 0) frame.writeInt16BE(LAST_GOOD_LIST_OFFSETS, at + 4);
}

/** Brokers are named by a host (its length before it) and a port of four octets. */
function nameRelays(frame: Buffer, relays: ReadonlyMap<number, number>): void {
  for (let at = frame.indexOf(HOST); at >= 0; at = frame.indexOf(HOST, at + 1)) {
    const port = relays.get(frame.readInt32BE(at + HOST.length));
    if (port !== undefined) frame.writeInt32BE(port, at + HOST.length);
  }
}
