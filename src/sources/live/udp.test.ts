import { createSocket } from "node:dgram";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FINE } from "../live.ts";
import { Collected, portOf, until } from "./collected.fixture.ts";
import { dropsIn, readKernelDrops } from "./kernel-drops.ts";
import { UdpSource } from "./udp.ts";

const LOOPBACK = { address: "127.0.0.1", port: 0 };

/** Sends datagrams to a loopback port from one socket, all at once. */
async function send(port: number, datagrams: readonly Uint8Array[], address = "127.0.0.1"): Promise<number> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  for (const datagram of datagrams.slice(0, -1)) socket.send(datagram, port, address);
  await new Promise<void>((resolve) => {
    socket.send(datagrams.at(-1)!, port, address, () => resolve());
  });
  const from = socket.address().port;
  socket.close();
  return from;
}

/** A NetFlow v5 datagram of 30 records, its sequence number in place. */
function netflow5(sequence: number): Uint8Array {
  const bytes = new Uint8Array(24 + 30 * 48);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 5);
  view.setUint16(2, 30);
  view.setUint32(16, sequence);
  return bytes;
}

describe("a UDP source", () => {
  test("hands out datagrams as they are, with sender and time", async () => {
    const sink = new Collected();
    const source = new UdpSource("udp://127.0.0.1:0", LOOPBACK);
    await source.start(sink);
    const from = await send(portOf(source.place), [netflow5(0), netflow5(30)]);
    await until(() => sink.chunks.length === 2, "two datagrams");
    await source.stop();
    expect(sink.chunks.map(({ bytes }) => bytes)).toEqual([netflow5(0), netflow5(30)]);
    expect(sink.chunks[0]!.peer).toBe(`127.0.0.1:${from}`);
    expect(Math.abs(sink.chunks[0]!.receivedAt - Date.now() / 1000)).toBeLessThan(15);
    expect(source.counters).toMatchObject({ messages: 2, octets: 2 * 1464, droppedByKernel: 0, errors: 0 });
    expect(source.health).toBe(FINE);
  });

  test("hands out at its end what the kernel holds already", async () => {
    const sink = new Collected();
    const source = new UdpSource("udp://127.0.0.1:0", LOOPBACK);
    await source.start(sink);
    source.pause();
    await send(
      portOf(source.place),
      Array.from({ length: 100 }, (_, i) => netflow5(i)),
    );
    await source.stop();
    expect(sink.chunks.length).toBe(100);
  });

  test("makes text a line, whatever stands in it, and forgets the port of whoever sends it", async () => {
    const sink = new Collected();
    const source = new UdpSource("udp://127.0.0.1:0", LOOPBACK);
    await source.start(sink);
    const texts = ["<4>one", "<4>two\n", "<4>thr\nee\r\n\0", "\n"];
    await send(
      portOf(source.place),
      texts.map((text) => Buffer.from(text)),
    );
    await until(() => source.counters.messages === texts.length, "all datagrams");
    await source.stop();
    expect(sink.chunks.map(({ text, peer }) => [text, peer])).toEqual([
      ["<4>one\n", "127.0.0.1"],
      ["<4>two\n", "127.0.0.1"],
      ["<4>thr ee\n", "127.0.0.1"],
    ]);
  });

  test("on every address hears both families, and tells IPv4 senders as such", async () => {
    const sink = new Collected();
    const source = new UdpSource("udp://:0", { address: null, port: 0 });
    await source.start(sink);
    await send(portOf(source.place), [Buffer.from("four")]);
    await until(() => sink.chunks.length > 0, "a datagram");
    await source.stop();
    expect(sink.chunks[0]!.peer).toBe("127.0.0.1");
  });

  test("tells in words why it cannot listen", async () => {
    const first = new UdpSource("udp://127.0.0.1:0", LOOPBACK);
    await first.start(new Collected());
    const port = portOf(first.place);
    const second = new UdpSource(`udp://127.0.0.1:${port}`, { address: "127.0.0.1", port });
    await expect(second.start(new Collected())).rejects.toThrow(`udp://127.0.0.1:${port}: another program listens there already`);
    await first.stop();
    const foreign = new UdpSource("udp://192.0.2.7:0", { address: "192.0.2.7", port: 0 });
    await expect(foreign.start(new Collected())).rejects.toThrow("this machine has no such address");
  });

  test("counts what the kernel dropped while the program was busy", async (context) => {
    const sink = new Collected();
    const source = new UdpSource("udp://127.0.0.1:0", LOOPBACK);
    await source.start(sink);
    const port = portOf(source.place);
    if (readKernelDrops("127.0.0.1", port) === null) return context.skip("this system does not tell drops");
    // Node sends from the same thread that ought to receive: it cannot do both
    const sender = createSocket("udp4");
    await new Promise<void>((resolve) => sender.connect(port, "127.0.0.1", resolve));
    const large = new Uint8Array(60_000);
    const sent = 2000;
    for (let i = 0; i < sent; i++) sender.send(large);
    await until(() => {
      const dropped = readKernelDrops("127.0.0.1", port) ?? 0;
      return dropped > 0 && source.counters.messages + dropped === sent;
    }, "every datagram is either received or dropped");
    sender.close();
    await source.stop();
    expect(source.counters.droppedByKernel).toBe(sent - source.counters.messages);
    expect(source.health).toMatch(/^the kernel dropped \d+ datagrams: its buffer of \d+ octets was full/);
  });
});

describe("the kernel's table", () => {
  const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  531: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 37111 2 0000000000000000 12
  531: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 37112 2 0000000000000000 30
  532: 00000000:0808 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 37113 2 0000000000000000 4294967295
 1212: B80D0120000000000000000001000000:0807 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 9 2 0 5
`;
  test("is read by address and port", () => {
    expect(dropsIn(TABLE, "127.0.0.1", 2055)).toBe(42);
    expect(dropsIn(TABLE, "0.0.0.0", 2056)).toBe(4_294_967_295);
    expect(dropsIn(TABLE, "2001:db8::1", 2055)).toBe(5);
    expect(dropsIn(TABLE, "127.0.0.2", 2055)).toBeNull();
  });

  test("that is something else throws nothing", () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 0, max: 65_535 }), (table, port) => void dropsIn(table, "::1", port)));
  });
});
