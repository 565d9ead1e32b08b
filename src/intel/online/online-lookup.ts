/**
 * Addresses looked up at services on the Internet, because the user asked: what is remembered is not asked again, budgets are kept, and
 * nothing but addresses that are anybody's on the Internet ever leaves the machine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseIPv4, parseIPv6 } from "../../model/address.ts";
import type { OnlineResult, OnlineServiceId } from "../../model/online.ts";
import { isBogon } from "../special-purpose.ts";
import { type GetOptions, httpGet } from "../web/http-get.ts";
import { ABUSEIPDB } from "./abuseipdb.ts";
import { DSHIELD } from "./dshield.ts";
import { GREYNOISE } from "./greynoise.ts";
import { jsonOf, type OnlineService } from "./online-service.ts";
import { ServiceMemory } from "./service-memory.ts";

const SERVICES: Readonly<Record<OnlineServiceId, OnlineService>> = { greynoise: GREYNOISE, abuseipdb: ABUSEIPDB, dshield: DSHIELD };

/** An answer is a page of JSON. */
const MAX_ANSWER_OCTETS = 2 ** 20;
const TIMEOUT_SECONDS = 20;
/** A budget is waited for so long, seconds; for longer the question is left out. */
const LONGEST_PAUSE = 5;
/** A service may ask to be left alone; for longer than a week it is asked again all the same. Seconds. */
const LONGEST_WAIT = 7 * 86_400;
/** Questions after which what was learned is saved. */
const SAVED_EVERY = 20;

/** How a service is asked. */
export interface ServiceAccess {
  readonly service: OnlineServiceId;
  readonly key: string | null;
  /** Its own place where null. */
  readonly url: string | null;
}

export interface OnlineOptions {
  /** Where answers and budgets are remembered, or null. */
  readonly memoryFolder: string | null;
  readonly get?: Pick<GetOptions, "environment" | "insecure" | "certificates" | "contact">;
  /** Told before the first question to a service leaves: its host, and how many will. */
  readonly onAsk?: (host: string, questions: number) => void;
}

/** Environment variable that holds a service's key, or null. */
export function keyVariable(service: OnlineServiceId): string | null {
  return SERVICES[service].keyVariable;
}

/** Asks each service about each address. Results by address, services in the order given. Never throws. */
export async function lookUpOnline(
  addresses: readonly string[],
  accesses: readonly ServiceAccess[],
  options: OnlineOptions,
): Promise<Map<string, OnlineResult[]>> {
  const results = new Map<string, OnlineResult[]>(addresses.map((address) => [address, []]));
  const perService = await Promise.all(accesses.map(async (access) => askService([...results.keys()], access, options)));
  for (const answers of perService) for (const [address, result] of answers) results.get(address)?.push(result);
  return results;
}

async function askService(addresses: readonly string[], access: ServiceAccess, options: OnlineOptions): Promise<Map<string, OnlineResult>> {
  const service = SERVICES[access.service];
  const memory = new ServiceMemory(options.memoryFolder, service.id, service.budget);
  const results = new Map<string, OnlineResult>();
  const none = (reason: string, asked = false): OnlineResult => ({
    service: service.id,
    name: service.name,
    asked,
    at: null,
    answer: null,
    reason,
  });
  const open: string[] = [];
  for (const address of addresses) {
    const kept = memory.answerOf(address, seconds(), service.keptFor);
    const problem = problemOf(address, service);
    if (problem !== null) results.set(address, none(problem));
    else if (kept !== null) results.set(address, { ...none(""), at: kept.at, answer: kept.answer, reason: null });
    else if (service.needsKey && access.key === null) results.set(address, none(`needs a key: set ${service.keyVariable ?? "one"}`));
    else open.push(address);
  }
  if (open.length === 0) return results;
  const base = (access.url ?? service.url).replace(/\/+$/, "");
  options.onAsk?.(new URL(base).host, open.length);
  let stopped: string | null = null;
  for (const address of open) {
    stopped ??= await waitForBudget(memory);
    results.set(address, stopped === null ? await ask(address) : none(stopped));
    // An interrupt loses little of what was paid for
    if (results.size % SAVED_EVERY === 0) memory.save();
  }
  memory.save();
  return results;

  async function ask(address: string): Promise<OnlineResult> {
    const answer = await httpGet(base + service.path(address), {
      ...options.get,
      headers: service.headers(access.key),
      maxOctets: MAX_ANSWER_OCTETS,
      timeoutSeconds: TIMEOUT_SECONDS,
      // A key goes nowhere but where it was meant for
      maxRedirects: 0,
    });
    if (answer.kind === "failed") return none(withoutKey(answer.reason, access.key), true);
    if (answer.status === 429 || (answer.status === 503 && answer.retryAfter !== null)) {
      const wait = Math.min(LONGEST_WAIT, answer.retryAfter ?? service.defaultWait);
      memory.block(seconds() + wait);
      stopped = `too many questions for now: it asks to wait ${wait} s`;
      return none(stopped, true);
    }
    if (answer.status === 401 || answer.status === 403) stopped = "it does not take the key";
    const read = service.read(answer.status, jsonOf(answer));
    if (typeof read === "string") return none(stopped ?? withoutKey(read, access.key), true);
    memory.remember(address, read, seconds());
    return { service: service.id, name: service.name, asked: true, at: seconds(), answer: read, reason: null };
  }
}

/** Why an address is not sent to a service, or null. */
function problemOf(address: string, { families }: OnlineService): string | null {
  const words = parseIPv6(address);
  const family = parseIPv4(address) !== null ? 4 : words !== null ? 6 : null;
  if (family === null) return "not an address";
  // 6to4, Teredo and NAT64 addresses carry another one, perhaps a private one
  const carriesAnother = words !== null && (words[0] >>> 16 === 0x2002 || words[0] === 0x2001_0000 || words[0] === 0x0064_ff9b);
  if (isBogon(address) || carriesAnother) return "not asked: it is nobody's on the Internet";
  return families.includes(family) ? null : `not asked: it knows no IPv${family}`;
}

/** Null once a question may be asked; else why it may not. */
async function waitForBudget(memory: ServiceMemory): Promise<string | null> {
  for (;;) {
    const wait = memory.take(seconds());
    if (wait === 0) return null;
    if (wait > LONGEST_PAUSE) return `its budget is used up for ${Math.ceil(wait)} s`;
    await sleep(wait * 1000);
  }
}

/** A service may print the key that it was given; nobody else sees it. */
function withoutKey(text: string, key: string | null): string {
  return key === null || key === "" ? text : text.replaceAll(key, "***");
}

function seconds(): number {
  return Date.now() / 1000;
}
