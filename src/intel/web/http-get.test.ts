import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type GetAnswer, httpGet } from "./http-get.ts";
import { type LocalServer, serve, serveProxy } from "./local-server.fixture.ts";
import { shownUrl } from "./shown-url.ts";

const servers: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close()));
});

async function started(handler: RequestListener): Promise<LocalServer> {
  const server = await serve(handler);
  servers.push(server);
  return server;
}

const LIMITS = { maxOctets: 100_000, timeoutSeconds: 20, environment: {} } as const;

async function bodyOf(handler: RequestListener): Promise<string> {
  const server = await started(handler);
  const answer = await httpGet(`${server.url}/list`, LIMITS);
  return answer.kind === "answer" ? new TextDecoder().decode(answer.body) : `failed: ${answer.reason}`;
}

describe("what a server sends", () => {
  test("comes whole, and the server learns who asks", async () => {
    const server = await started((_, response) => response.setHeader("etag", '"1"').end("198.51.100.7\n"));
    const answer = await httpGet(`${server.url}/list?key=secret`, { ...LIMITS, contact: "me@example.org" });
    expect(answer).toMatchObject({ kind: "answer", status: 200, headers: { etag: '"1"' } });
    expect(server.requests[0]?.headers["user-agent"]).toMatch(/^precursor\/\d.* me@example\.org$/);
  });

  test("is unpacked where it is gzip", async () => {
    expect(await bodyOf((_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync("one\n")))).toBe("one\n");
  });

  test("any status is an answer, with the time that it asks to wait", async () => {
    const server = await started((_, response) => response.writeHead(429, { "retry-after": "120" }).end("slow down"));
    expect(await httpGet(server.url, LIMITS)).toMatchObject({ status: 429, retryAfter: 120 });
    const dated = await started((_, response) =>
      response.writeHead(503, { "retry-after": new Date(Date.now() + 60_000).toUTCString() }).end(),
    );
    const answer = await httpGet(dated.url, LIMITS);
    expect(answer.kind === "answer" && answer.retryAfter !== null && answer.retryAfter > 50 && answer.retryAfter <= 60).toBe(true);
  });

  test("redirects are followed, keys only within the same host", async () => {
    const other = await started((_, response) => response.end("there"));
    const server = await started((incoming, response) => {
      if (incoming.url === "/a") response.writeHead(302, { location: "/b" }).end();
      else if (incoming.url === "/b") response.writeHead(307, { location: `${other.url}/c` }).end();
    });
    const answer = await httpGet(`${server.url}/a`, { ...LIMITS, headers: { key: "secret", "if-none-match": '"1"' } });
    expect(answer.kind === "answer" && new TextDecoder().decode(answer.body)).toBe("there");
    expect(server.requests.map(({ line, headers }) => [line, headers["key"]])).toEqual([
      ["GET /a", "secret"],
      ["GET /b", "secret"],
    ]);
    expect(other.requests[0]?.headers["key"]).toBeUndefined();
    expect(other.requests[0]?.headers["if-none-match"]).toBe('"1"');
  });
});

describe("a server that misbehaves gets a reason", () => {
  test.each<[string, RequestListener, RegExp]>([
    [
      "fewer octets than it said",
      (_, response) => response.writeHead(200, { "content-length": 10 }).end("x".repeat(5)),
      /cut|aborted|breaks off/,
    ],
    ["endless octets", endless, /more than the 100000 octets/],
    ["too many announced", (_, response) => response.writeHead(200, { "content-length": 10 ** 9 }).flushHeaders(), /1000000000 octets/],
    [
      "a gzip bomb",
      (_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync(new Uint8Array(10 ** 8))),
      /more than the 100000/,
    ],
    [
      "gzip cut short",
      (_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync("x".repeat(999)).subarray(0, 20)),
      /breaks off/,
    ],
    ["gzip that is none", (_, response) => response.setHeader("content-encoding", "gzip").end("plain"), /damaged/],
    ["an encoding nobody asked for", (_, response) => response.setHeader("content-encoding", "br").end("x"), /br, which was not asked for/],
    [
      "redirects in a circle",
      (incoming, response) => response.writeHead(301, { location: incoming.url === "/a" ? "/b" : "/a" }).end(),
      /more than 5 redirects/,
    ],
    ["a redirect to a file", (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(), /file: is not fetched/],
    ["a redirect to plain HTTP", (_, response) => response.writeHead(302, { location: "http://192.0.2.1/x" }).end(), /not encrypted/],
    ["no HTTP at all", (_, response) => void response.socket?.end("SSH-2.0-OpenSSH\r\n"), /HPE|Parse/],
    ["a connection that is cut", (incoming) => void incoming.socket.destroy(), /cut/],
  ])("%s", async (_, handler, reason) => {
    const said = await bodyOf(handler);
    expect(said).toMatch(/^failed: /);
    expect(said).toMatch(reason);
  });

  test("one that never ends is left in time, and one that nobody serves at once", async () => {
    const silent = await started(() => {});
    expect(await httpGet(silent.url, { ...LIMITS, timeoutSeconds: 0.2 })).toEqual({
      kind: "failed",
      reason: "no whole answer within 0.2 s",
    });
    const slow = await started((_, response) => {
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(await httpGet(slow.url, { ...LIMITS, timeoutSeconds: 0.2 })).toMatchObject({ kind: "failed" });
    const gone = await serve(() => {});
    await gone.close();
    expect(await httpGet(gone.url, LIMITS)).toEqual({ kind: "failed", reason: `nobody listens at 127.0.0.1:${gone.port}` });
  });

  test("who interrupts is obeyed", async () => {
    const silent = await started(() => {});
    const abort = new AbortController();
    const asked = httpGet(silent.url, { ...LIMITS, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    expect(await asked).toEqual({ kind: "failed", reason: "interrupted" });
  });
});

describe("where it goes", () => {
  test("plain HTTP only to this machine, or where it is insisted on", async () => {
    expect(reasonOf(await httpGet("http://192.0.2.1/list", LIMITS))).toBe(
      "http://192.0.2.1/list is not encrypted: use https, or --insecure",
    );
    expect(reasonOf(await httpGet("ftp://192.0.2.1/list", LIMITS))).toMatch(/ftp: is not fetched/);
    expect(reasonOf(await httpGet("nonsense", LIMITS))).toMatch(/none/);
  });

  test("through the proxy that the environment names, and past it where NO_PROXY says so", async () => {
    const proxy = await serveProxy();
    servers.push(proxy);
    const server = await started((_, response) => response.end("list"));
    const environment = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    expect(await httpGet(`${server.url}/a`, { ...LIMITS, environment })).toMatchObject({ status: 200 });
    expect(proxy.requests.map(({ line }) => line)).toEqual([`GET ${server.url}/a`]);
    expect(await httpGet(`${server.url}/b`, { ...LIMITS, environment: { ...environment, NO_PROXY: "127.0.0.1" } })).toMatchObject({
      status: 200,
    });
    expect(proxy.requests).toHaveLength(1);
  });

  test("TLS through the proxy is a tunnel, and a certificate that nobody vouches for is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "precursor-tls-"));
    const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"];
    const made = spawnSync("openssl", [...args, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"], {
      cwd: folder,
    });
    expect(made.status).toBe(0);
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name), "utf8"));
    rmSync(folder, { recursive: true });
    const server = await serve((_, response) => response.end("secure"), { key: key ?? "", cert: cert ?? "" });
    const proxy = await serveProxy();
    servers.push(server, proxy);
    expect(reasonOf(await httpGet(server.url, LIMITS))).toMatch(/SELF_SIGNED|self-signed/);
    const answer = await httpGet(server.url, { ...LIMITS, certificates: cert ?? "", environment: { HTTPS_PROXY: proxy.url } });
    expect(answer).toMatchObject({ status: 200 });
    expect(proxy.requests.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
  });

  test("an address is shown without what may be a key", () => {
    expect(shownUrl("https://user:word@example.org/list.txt?key=secret#x")).toBe("https://example.org/list.txt");
  });
});

function endless(...[, response]: Parameters<RequestListener>): void {
  const fill = (): void => {
    while (!response.destroyed && response.write("198.51.100.7\n".repeat(1000)));
  };
  response.on("drain", fill);
  fill();
}

function reasonOf(answer: GetAnswer): string {
  return answer.kind === "failed" ? answer.reason : `status ${answer.status}`;
}
