import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as connectPlain, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FINE } from "../live.ts";
import { Collected, portOf, until } from "./collected.fixture.ts";
import { SyslogFrames } from "./syslog-frames.ts";
import { SYSLOG_LIMITS, SyslogServer } from "./syslog-server.ts";

const LOOPBACK = { address: "127.0.0.1", port: 0 };

function framesOf(text: string | Uint8Array, step: number, longest = 100): { messages: string[]; good: boolean; tooLong: number } {
  const messages: string[] = [];
  const frames = new SyslogFrames(longest, (bytes, start, end) =>
    messages.push(Buffer.from(bytes.subarray(start, end)).toString("latin1")),
  );
  const bytes = Buffer.from(text);
  let good = true;
  for (let at = 0; at < bytes.length && good; at += step) good = frames.push(bytes.subarray(at, at + step));
  if (good) frames.end();
  return { messages, good, tooLong: frames.tooLong };
}

describe("frames", () => {
  test("are told apart by how a connection begins", () => {
    expect(framesOf("6 <4>one6 <4>two", 1000).messages).toEqual(["<4>one", "<4>two"]);
    expect(framesOf("<4>one\n<4>two\n", 1000).messages).toEqual(["<4>one", "<4>two"]);
    expect(framesOf("2024 is no count\n<4>two", 1000).messages).toEqual(["2024 is no count", "<4>two"]);
    expect(framesOf("20240101 10:00\n123456789 <\n", 1000).messages).toEqual(["20240101 10:00", "123456789 <"]);
    expect(framesOf("9 <4>o\nn\ne \n6 <4>two\r\n", 1000).messages).toEqual(["<4>o\nn\ne ", "<4>two"]);
  });

  test("too long are passed over, and what follows is read", () => {
    const long = `<4>${"x".repeat(300)}`;
    expect(framesOf(`${long.length} ${long}6 <4>two`, 7)).toEqual({ messages: ["<4>two"], good: true, tooLong: 1 });
    expect(framesOf(`${long}\n<4>two\n`, 7)).toEqual({ messages: ["<4>two"], good: true, tooLong: 1 });
    expect(framesOf(`${long}\n<4>two\n`, 1000)).toEqual({ messages: ["<4>two"], good: true, tooLong: 1 });
  });

  test("that lose count end the connection", () => {
    expect(framesOf("6 <4>oneX <4>two", 5)).toMatchObject({ messages: ["<4>one"], good: false });
    expect(framesOf("6 <4>one0 ", 5)).toMatchObject({ good: false });
    expect(framesOf("6 <4>one999999999 <4>", 5)).toMatchObject({ good: false });
  });

  test("come out the same however the stream is cut", () => {
    const message = fc.string({ maxLength: 120 }).map((text) => `<4>${text.replaceAll(/[\n\0]/g, "_")}`);
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        (messages, counted, step) => {
          const octets = messages.map((text) => Buffer.from(text));
          const stream = Buffer.concat(
            octets.flatMap((part) => (counted ? [Buffer.from(`${part.length} `), part] : [part, Buffer.from("\n")])),
          );
          const short = octets.filter((part) => part.length <= 100).map((part) => part.toString("latin1"));
          expect(framesOf(stream, step)).toEqual({ messages: short, good: true, tooLong: messages.length - short.length });
        },
      ),
    );
  });

  test("of random octets never throw, and keep little", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 99 }), (bytes, step) => void framesOf(bytes, step, 20)),
    );
  });
});

async function started(server: SyslogServer): Promise<Collected> {
  const sink = new Collected();
  await server.start(sink);
  return sink;
}

async function connected(server: SyslogServer): Promise<Socket> {
  const socket = connectPlain(portOf(server.place), "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.on("error", () => {});
  return socket;
}

describe("syslog over TCP", () => {
  test("takes both framings at once, from the real logger(1) too", async () => {
    const server = new SyslogServer("syslog+tcp://127.0.0.1:0", LOOPBACK, null);
    const sink = await started(server);
    const counted = await connected(server);
    const lines = await connected(server);
    counted.write("9 <4>1 one\n");
    lines.write("<4>two\n<4>thr");
    await until(() => sink.chunks.length === 2, "two messages");
    lines.end("ee");
    await until(() => sink.chunks.length === 3, "the last line, without its newline");
    counted.destroy();
    let loggers = 0;
    try {
      const to = ["-n", "127.0.0.1", "-P", `${portOf(server.place)}`, "-T", "--rfc5424"];
      for (const framing of [[], ["--octet-count"]]) {
        execFileSync("logger", [...to, ...framing, "-t", "kernel", "IN=eth0 SRC=192.0.2.1 DPT=0"]);
        loggers++;
      }
    } catch (error) {
      console.warn(`logger(1) is not here or does not speak TCP: ${String(error).slice(0, 80)}`);
    }
    await until(() => sink.chunks.length === 3 + loggers, "what logger sent");
    await server.stop();
    expect(sink.chunks.slice(0, 3).map(({ text }) => text)).toEqual(["<4>1 one\n", "<4>two\n", "<4>three\n"]);
    for (const { text } of sink.chunks.slice(3)) expect(text).toMatch(/^<13>1 20\d\d-.* IN=eth0 SRC=192\.0\.2\.1 DPT=0\n$/);
    expect(new Set(sink.chunks.map(({ peer }) => peer))).toEqual(new Set(["127.0.0.1"]));
    expect(server.counters).toMatchObject({ messages: 3 + loggers, connections: 2 + loggers, errors: 0, droppedByUs: 0 });
  });

  test("takes what has come when it is stopped", async () => {
    const server = new SyslogServer("x", LOOPBACK, null);
    const sink = await started(server);
    const socket = await connected(server);
    await until(() => server.counters.connections === 1, "the connection");
    const line = `<4>${"x".repeat(995)}\n`;
    await new Promise((resolve) => socket.write(line.repeat(100), resolve));
    await server.stop();
    expect(sink.chunks.length).toBe(100);
  });

  test("keeps to its limits", async () => {
    const server = new SyslogServer("x", LOOPBACK, null, { connections: 2, messageBytes: 10, idleSeconds: 1, handshakeSeconds: 10 });
    const sink = await started(server);
    const first = await connected(server);
    const second = await connected(server);
    await until(() => server.counters.connections === 2, "two connections");
    const third = await connected(server);
    await until(() => third.closed, "the third is closed");
    expect(server.health).toBe("all 2 connections are taken");
    first.write("<4>a message that is too long\n<4>short\n");
    second.write("5 <4>aaXXX");
    await until(() => second.closed, "broken framing is closed");
    await until(() => first.closed, "the idle one is closed");
    await server.stop();
    expect(sink.text).toBe("<4>short\n<4>aa\n");
    expect(server.counters).toMatchObject({ droppedByUs: 2, errors: 1 });
    expect(server.health).toBe(FINE);
  });

  test("waits while it is paused, and loses nothing", async () => {
    const server = new SyslogServer("x", LOOPBACK, null);
    const sink = await started(server);
    const socket = await connected(server);
    socket.write("<4>one\n");
    await until(() => sink.chunks.length === 1, "a message");
    server.pause();
    const line = `<4>${"x".repeat(995)}\n`;
    let sent = 0;
    while (socket.write(line.repeat(100)) && sent < 1000) sent++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sink.chunks.length).toBeLessThan(200); // what was read already
    const before = sink.chunks.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sink.chunks.length).toBe(before);
    server.resume();
    await until(() => sink.chunks.length === 1 + 100 * (sent + 1), "the rest");
    socket.destroy();
    await server.stop();
  });
});

describe("syslog over TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "precursor-tls-"));
  const path = (name: string): string => join(folder, name);
  let openssl = true;
  beforeAll(() => {
    const run = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    try {
      const subject = (name: string): string[] => ["-subj", `/CN=${name}`];
      const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
      run("req", "-x509", ...ec, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", ...subject("Test CA"));
      for (const name of ["localhost", "sender"]) {
        run("req", ...ec, "-keyout", `${name}.key`, "-out", `${name}.csr`, ...subject(name));
        run(
          "x509",
          "-req",
          "-in",
          `${name}.csr`,
          "-CA",
          "ca.pem",
          "-CAkey",
          "ca.key",
          "-CAcreateserial",
          "-out",
          `${name}.pem`,
          "-days",
          "2",
        );
      }
    } catch {
      openssl = false;
      console.warn("openssl is not here: TLS is not tested");
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const FILES = { certificate: path("localhost.pem"), key: path("localhost.key"), clientAuthority: null };

  test("takes messages from whoever speaks TLS, and counts who does not", async (context) => {
    if (!openssl) return context.skip();
    const server = new SyslogServer("x", LOOPBACK, FILES);
    const sink = await started(server);
    const plain = await connected(server);
    plain.write("<4>not TLS at all\n");
    await until(() => server.counters.errors === 1, "a failed handshake");
    const socket = connectTls({ host: "127.0.0.1", port: portOf(server.place), ca: readFileSync(path("ca.pem")), servername: "localhost" });
    socket.write("10 <4>1 hello10 <4>1 again");
    await until(() => sink.chunks.length === 2, "two messages");
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await server.stop();
    expect(sink.text).toBe("<4>1 hello\n<4>1 again\n");
  });

  test("asks senders for certificates where it is told who signs them", async (context) => {
    if (!openssl) return context.skip();
    const server = new SyslogServer("x", LOOPBACK, { ...FILES, clientAuthority: path("ca.pem") });
    const sink = await started(server);
    const base = { host: "127.0.0.1", port: portOf(server.place), ca: readFileSync(path("ca.pem")), servername: "localhost" };
    const stranger = connectTls(base);
    stranger.on("error", () => {});
    stranger.write("10 <4>1 hello");
    await until(() => stranger.closed, "the stranger is turned away");
    const known = connectTls({ ...base, cert: readFileSync(path("sender.pem")), key: readFileSync(path("sender.key")) });
    known.write("10 <4>1 known");
    await until(() => sink.chunks.length === 1, "a message");
    known.destroy();
    await server.stop();
    expect(sink.text).toBe("<4>1 known\n");
    expect(server.counters).toMatchObject({ connections: 1, errors: 1 });
  });

  test("says what is wrong with its files", async (context) => {
    if (!openssl) return context.skip();
    const missing = new SyslogServer("x", LOOPBACK, { ...FILES, key: path("nothing.key") });
    await expect(missing.start(new Collected())).rejects.toThrow(`x: ${path("nothing.key")}: no such file or directory`);
    const other = new SyslogServer("x", LOOPBACK, { ...FILES, key: path("ca.key") });
    await expect(other.start(new Collected())).rejects.toThrow(`x: ${path("ca.key")}: is not the key of ${path("localhost.pem")}`);
    const swapped = new SyslogServer("x", LOOPBACK, { ...FILES, certificate: FILES.key });
    await expect(swapped.start(new Collected())).rejects.toThrow(`x: ${FILES.key}: holds no certificate in PEM`);
    const noKey = new SyslogServer("x", LOOPBACK, { ...FILES, key: FILES.certificate });
    await expect(noKey.start(new Collected())).rejects.toThrow(`x: ${FILES.certificate}: holds no private key in PEM`);
    const noAuthority = new SyslogServer("x", LOOPBACK, { ...FILES, clientAuthority: FILES.key });
    await expect(noAuthority.start(new Collected())).rejects.toThrow(`x: ${FILES.key}: holds no certificate in PEM`);
    execFileSync("openssl", ["pkey", "-in", FILES.key, "-aes256", "-passout", "pass:x", "-out", path("locked.key")], { stdio: "pipe" });
    const locked = new SyslogServer("x", LOOPBACK, { ...FILES, key: path("locked.key") });
    await expect(locked.start(new Collected())).rejects.toThrow(`x: ${path("locked.key")}: is locked by a passphrase`);
  });

  test("who never begins the handshake keeps no connection, nor the listener open", async (context) => {
    if (!openssl) return context.skip();
    const server = new SyslogServer("x", LOOPBACK, FILES, { connections: 2, messageBytes: 1000, idleSeconds: 60, handshakeSeconds: 0.3 });
    await started(server);
    const silent = await connected(server);
    await until(() => silent.closed, "the silent one is closed");
    expect(server.health).toBe('no sender got through: 1 handshake failed, the last with "TLS handshake timeout"');
    const another = await connected(server);
    const third = await connected(server);
    await until(() => server.health === "all 2 connections are taken", "the table is full");
    await server.stop();
    await until(() => another.closed && third.closed, "all are closed");
    expect(server.counters).toMatchObject({ connections: 0, droppedByUs: 0 });
  });
});

test("the limits let the messages of RFC 5424 through", () => {
  expect(SYSLOG_LIMITS.messageBytes).toBeGreaterThanOrEqual(2048);
});
