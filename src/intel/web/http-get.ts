/**
 * One GET over HTTP, with every bound that a server which misbehaves needs: octets, time, redirects, what is decompressed. A failure is a
 * value with its reason, never a throw. Proxies as the environment names them (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), by Node's own agents.
 */
import { request as plainRequest, Agent as PlainAgent, type IncomingMessage } from "node:http";
import { request as secureRequest, Agent as SecureAgent } from "node:https";
import { isIP, isIPv6 } from "node:net";
import { createGunzip } from "node:zlib";
import packageManifest from "../../../package.json" with { type: "json" };
import { isBogon } from "../special-purpose.ts";
import { shownUrl } from "./shown-url.ts";

/** Who asks (RFC 9110 §10.1.5): servers that mind can tell us. */
const USER_AGENT = `precursor/${packageManifest.version} (network early warning; fetched because its user asked)`;
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_REDIRECTS = 5;

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to the User-Agent: how to reach the user, for services that ask for it. */
  readonly contact?: string | null;
  /** Octets of the body at most, as sent and as decompressed. */
  readonly maxOctets: number;
  /** For the whole of it, redirects included. */
  readonly timeoutSeconds?: number;
  readonly maxRedirects?: number;
  /** Also plain HTTP to hosts that are not this machine. */
  readonly insecure?: boolean;
  /** Where proxies are named; the process's own where not given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Certificates to trust beside those of the system, PEM. */
  readonly certificates?: string;
  readonly signal?: AbortSignal;
}

export type GetAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingMessage["headers"];
      readonly body: Uint8Array;
      /** Seconds that the server asks to wait, where it does (429, 503). */
      readonly retryAfter: number | null;
    }
  | { readonly kind: "failed"; readonly reason: string };

/** Fetches `url`. Any status is an answer; `failed` is what gave none: no connection, a limit, a body that broke off. */
export async function httpGet(url: string, options: GetOptions): Promise<GetAnswer> {
  const seconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const timeout = AbortSignal.timeout(seconds * 1000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  const agents = agentsFor(options);
  try {
    return await follow(url, options, agents, signal);
  } catch (error) {
    if (options.signal?.aborted === true) return { kind: "failed", reason: "interrupted" };
    if (timeout.aborted) return { kind: "failed", reason: `no whole answer within ${seconds} s` };
    return { kind: "failed", reason: reasonOf(error) };
  } finally {
    agents.plain.destroy();
    agents.secure.destroy();
  }
}

/** Something a server did that is not put up with; the message is the reason. */
class Refused extends Error {}

interface Agents {
  readonly plain: PlainAgent;
  readonly secure: SecureAgent;
}

function agentsFor({ environment = process.env, certificates }: GetOptions): Agents {
  return {
    plain: new PlainAgent({ proxyEnv: environment }),
    secure: new SecureAgent({ proxyEnv: environment, ...(certificates === undefined ? {} : { ca: certificates }) }),
  };
}

async function follow(start: string, options: GetOptions, agents: Agents, signal: AbortSignal): Promise<GetAnswer> {
  const most = options.maxRedirects ?? DEFAULT_REDIRECTS;
  const first = parseUrl(start);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const problem = problemOfPlace(url, first, options.insecure === true);
    if (problem !== null) throw new Refused(problem);
    // Keys go to whom they were meant for, and to nobody he points to
    const headers = url.host === first.host ? (options.headers ?? {}) : conditionsOf(options.headers ?? {});
    const response = await send(url, { ...options, headers }, agents, signal);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return await answerOf(response, options.maxOctets);
    response.destroy();
    if (redirects >= most) throw new Refused(`more than ${most} redirects`);
    url = parseUrl(location, url);
  }
}

function conditionsOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name === "if-none-match" || name === "if-modified-since"));
}

function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw new Refused("an address that is none");
  return new URL(text, base?.href);
}

/** Why an address is not asked, or null. Only loopback goes without encryption, and nobody out there may send us to addresses in here. */
function problemOfPlace(url: URL, first: URL, insecure: boolean): string | null {
  if (url.protocol !== "https:" && url.protocol !== "http:") return `${url.protocol} is not fetched: https: is`;
  if (url.protocol === "http:" && !isLoopback(url) && !insecure) return `${shownUrl(url.href)} is not encrypted: use https, or --insecure`;
  if (url.host !== first.host && isInside(url) && !isInside(first)) return `redirected to ${shownUrl(url.href)}, inside this network`;
  return null;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isInside(url: URL): boolean {
  const host = hostOf(url);
  return isLoopback(url) || (isIP(host) !== 0 && isBogon(host));
}

function send(url: URL, options: GetOptions, { plain, secure }: Agents, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const contact = options.contact ?? null;
    const shared = {
      method: "GET",
      signal,
      headers: {
        "user-agent": contact === null ? USER_AGENT : `${USER_AGENT} ${contact.replaceAll(/[^\x20-\x7e]/g, "")}`,
        accept: "*/*",
        "accept-encoding": "gzip",
        ...options.headers,
      },
    };
    const isPlain = url.protocol === "http:";
    const request = isPlain
      ? plainRequest(url, { ...shared, agent: plain }, resolve)
      : secureRequest(url, { ...shared, agent: secure }, resolve);
    request.on("error", reject);
    request.end();
  });
}

async function answerOf(response: IncomingMessage, maxOctets: number): Promise<GetAnswer> {
  const encoding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (!["identity", "", "gzip", "x-gzip"].includes(encoding)) {
    response.destroy();
    throw new Refused(`sent as ${encoding.slice(0, 20)}, which was not asked for`);
  }
  const declared = Number(response.headers["content-length"] ?? 0);
  if (declared > maxOctets) {
    response.destroy();
    throw new Refused(`${declared} octets, where ${maxOctets} are allowed`);
  }
  const body = encoding.endsWith("gzip") ? await collect(unpacked(response), maxOctets) : await collect(response, maxOctets);
  return { kind: "answer", status: response.statusCode ?? 0, headers: response.headers, body, retryAfter: retryAfter(response) };
}

function unpacked(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  response.on("error", (error) => gunzip.destroy(error));
  response.on("aborted", () => gunzip.destroy(new Refused("the answer breaks off")));
  return response.pipe(gunzip);
}

async function collect(stream: AsyncIterable<Uint8Array>, maxOctets: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    length += piece.length;
    // Leaving the loop ends the stream, and with it the connection
    if (length > maxOctets) throw new Refused(`more than the ${maxOctets} octets that are allowed`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}

/** Seconds of Retry-After (RFC 9110 §10.2.3), which is a number or a date; null where there is none. */
function retryAfter({ headers }: IncomingMessage): number | null {
  const text = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name cannot be resolved now",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no connection in time",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no way to the network",
  Z_BUF_ERROR: "the compressed answer breaks off",
  Z_DATA_ERROR: "the compressed answer is damaged",
};

function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? "") : "";
  // Where that is a proxy, the address tells
  if (code === "ECONNREFUSED" && error instanceof Error && "address" in error && "port" in error)
    return `nobody listens at ${isIPv6(String(error.address)) ? `[${String(error.address)}]` : String(error.address)}:${String(error.port)}`;
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return code === "" ? (error instanceof Error ? (error.message.split("\n", 1)[0] ?? "failed") : String(error)) : `failed (${code})`;
}
