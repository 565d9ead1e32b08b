/** Real HTTP servers and a real forward proxy on loopback, for tests of what asks the network. */
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface LocalServer {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Requests that came: method and address, with their headers. */
  readonly requests: { readonly line: string; readonly headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

export async function serve(handler: RequestListener, tls?: { readonly key: string; readonly cert: string }): Promise<LocalServer> {
  const requests: LocalServer["requests"] = [];
  const listener: RequestListener = (incoming, response) => {
    requests.push({ line: `${incoming.method ?? ""} ${incoming.url ?? ""}`, headers: incoming.headers });
    handler(incoming, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer({ key: tls.key, cert: tls.cert }, listener);
  const port = await listen(server);
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, port, requests, close: async () => close(server) };
}

/** A forward proxy: GET with a whole address (RFC 9112 §3.2.2), and CONNECT (RFC 9110 §9.3.6). */
export async function serveProxy(): Promise<LocalServer> {
  const requests: LocalServer["requests"] = [];
  const server = createServer((incoming, response) => {
    requests.push({ line: `${incoming.method ?? ""} ${incoming.url ?? ""}`, headers: incoming.headers });
    const onward = request(incoming.url ?? "", { method: "GET", headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    onward.end();
  });
  const tunnels = new Set<Socket>();
  server.on("connect", (incoming: IncomingMessage, client: Socket) => {
    requests.push({ line: `CONNECT ${incoming.url ?? ""}`, headers: incoming.headers });
    const [host = "", port = ""] = (incoming.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) {
      tunnels.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => tunnels.delete(socket));
    }
  });
  const port = await listen(server);
  const stop = async (): Promise<void> => {
    for (const socket of tunnels) socket.destroy();
    await close(server);
  };
  return { url: `http://127.0.0.1:${port}`, port, requests, close: stop };
}

async function listen(server: Server | ReturnType<typeof createSecureServer>): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

function close(server: Server | ReturnType<typeof createSecureServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
