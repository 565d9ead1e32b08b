/**
 * The process that holds a data directory answers questions of others on a socket in it, in ClickHouse's own HTTP: any client that can
 * SELECT can read history while it is written. Beside that it takes the few writes that people make meanwhile, by name.
 */
import { chmodSync, closeSync, existsSync, openSync, rmSync } from "node:fs";
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { json, text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { type ErrorCode, StoreError } from "../model/errors.ts";

const SOCKET_FILE = "precursor.sock";
const OPERATIONS_PATH = "/precursor/";
/** sockaddr_un holds 108 octets with its end (unix(7)); macOS 104. */
const LONGEST_SOCKET_PATH = 100;
/** Octets of a question or an operation. */
const LONGEST_BODY = 4 * 1024 * 1024;
/** Statements that only read. The client's own FORMAT is appended to them. */
const READS = /^\s*(?:SELECT|WITH|SHOW|DESCRIBE|EXISTS)\b/i;
const WRITES_FILE = /\bINTO\s+OUTFILE\b/i;
/** In them, a semicolon ends nothing. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/gs;

/** What a holder does for others: answers a question as ClickHouse would, and does what has a name. */
export interface HolderService {
  answer(sql: string, settings: Readonly<Record<string, string>>): Promise<Readable>;
  readonly operations: Readonly<Record<string, (argument: unknown) => Promise<unknown>>>;
}

/** Serves until it is closed. Null where the system has no such sockets, or the folder's path is too long for one. */
export async function serveHolder(folder: string, service: HolderService): Promise<{ close(): Promise<void> } | null> {
  const path = join(folder, SOCKET_FILE);
  // Who holds the lock holds the socket: one that is there was left behind
  rmSync(path, { force: true });
  const server = createServer((asked, answer) => void handle(asked, answer, service));
  const address = socketAddress(folder);
  const listening = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(address.path, () => resolve(true));
  });
  address.release();
  if (!listening) return null;
  chmodSync(path, 0o600);
  server.unref();
  return { close: () => closeServer(server, path) };
}

/** An agent for clients of the holder's socket; null where nobody serves. */
export function holderAgent(folder: string): { readonly agent: Agent; release(): void } | null {
  if (!existsSync(join(folder, SOCKET_FILE))) return null;
  const address = socketAddress(folder);
  const agent = new Agent({ socketPath: address.path, keepAlive: true } as ConstructorParameters<typeof Agent>[0]);
  return {
    agent,
    release: () => {
      agent.destroy();
      address.release();
    },
  };
}

/** Has the holder do something; what it answers, null where that is nothing. @throws StoreError as the holder met it. */
export async function askHolder(folder: string, agent: Agent, operation: string, argument: unknown): Promise<unknown> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ agent, method: "POST", path: OPERATIONS_PATH + operation, headers: { host: "localhost" } }, resolve);
    asked.once("error", (error) => reject(new StoreError("E_STORE_DOWN", folder, "the process that holds it does not answer", error)));
    asked.end(JSON.stringify(argument));
  });
  if (response.statusCode === 200) {
    const answered = await text(response);
    return answered === "" ? null : JSON.parse(answered);
  }
  const { code, reason } = (await json(response)) as { readonly code: StoreError["code"]; readonly reason: string };
  throw new StoreError(code, folder, reason);
}

async function handle(asked: IncomingMessage, answer: ServerResponse, service: HolderService): Promise<void> {
  try {
    const url = new URL(asked.url ?? "/", "http://localhost");
    const body = await bodyOf(asked);
    if (url.pathname.startsWith(OPERATIONS_PATH)) {
      const operation = service.operations[url.pathname.slice(OPERATIONS_PATH.length)];
      if (operation === undefined) throw new StoreError("E_STORE_FAILED", "", `no such operation: ${url.pathname}`);
      const told = (await operation(JSON.parse(body))) ?? null;
      answer.writeHead(200).end(JSON.stringify(told));
      return;
    }
    if (url.pathname === "/ping") {
      answer.end("Ok.\n");
      return;
    }
    const sql = [url.searchParams.get("query") ?? "", body].filter((part) => part !== "").join("\n");
    if (!READS.test(sql) || WRITES_FILE.test(sql) || sql.replaceAll(QUOTED, "").includes(";"))
      throw new StoreError("E_STORE_LOCKED", "", "only SELECTs are answered here, one at a time");
    const settings = Object.fromEntries(
      [...url.searchParams].filter(([name]) => /^[a-z][a-z0-9_]*$/.test(name) && !NOT_SETTINGS.has(name)),
    );
    await pipeline(await service.answer(sql, settings), answer);
  } catch (error) {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, error, asked.url?.startsWith(OPERATIONS_PATH) === true);
  }
}

const NOT_SETTINGS = new Set(["query", "query_id", "database", "session_id", "role", "readonly"]);

/** As ClickHouse writes its exceptions (497: ACCESS_DENIED, 1001: STD_EXCEPTION), or as askHolder reads them. */
function refuse(answer: ServerResponse, error: unknown, operation: boolean): void {
  const code: ErrorCode = error instanceof StoreError ? error.code : "E_STORE_FAILED";
  const reason = error instanceof StoreError ? error.reason : error instanceof Error ? error.message : String(error);
  answer.writeHead(code === "E_STORE_LOCKED" ? 403 : 500, { "content-type": operation ? "application/json" : "text/plain" });
  const [number, name] = code === "E_STORE_LOCKED" ? [497, "ACCESS_DENIED"] : [1001, "STD_EXCEPTION"];
  answer.end(operation ? JSON.stringify({ code, reason }) : `Code: ${number}. DB::Exception: ${reason} (${name})`);
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  if (Number(asked.headers["content-length"] ?? 0) > LONGEST_BODY) throw new StoreError("E_STORE_FAILED", "", "the question is too long");
  let octets = 0;
  asked.on("data", (chunk: Buffer) => {
    octets += chunk.length;
    if (octets > LONGEST_BODY) asked.destroy();
  });
  return text(asked);
}

/** A path by which the socket can be reached: long ones by way of the folder's descriptor, as Linux has them. */
function socketAddress(folder: string): { readonly path: string; release(): void } {
  const path = join(folder, SOCKET_FILE);
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH || process.platform !== "linux") return { path, release: () => {} };
  const descriptor = openSync(folder, "r");
  return { path: `/proc/self/fd/${descriptor}/${SOCKET_FILE}`, release: () => closeSync(descriptor) };
}

async function closeServer(server: Server, path: string): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  rmSync(path, { force: true });
}
