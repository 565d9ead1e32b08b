/**
 * Forward-confirmed names (RFC 8499 §7: "forward-confirmed reverse DNS"): the address has a name, and the name leads back to the address.
 * Anybody may give his address any name; only the owner of a name can make it lead back. This asks the network, so it is done only where the
 * user wants it, and only of globally reachable addresses. Whoever runs an address's reverse zone can see that it was looked up.
 */
import { Resolver } from "node:dns/promises";
import { parseIPv4, parseIPv6 } from "../../model/address.ts";
import type { NameLabel, NameLookups } from "../../model/label.ts";
import { isBogon } from "../special-purpose.ts";
import { scannerNamed } from "./table.ts";

/** Addresses that one run asks for, the first ones given. */
export const MAXIMUM_NAMES = 256;
/** Milliseconds until a question counts as unanswered, and how often it is put. */
const TIMEOUT_MS = 2000;
const TRIES = 2;
/** Questions under way at once, and milliseconds between two: at most 50 a second, which any resolver bears. */
const AT_ONCE = 8;
const GAP_MS = 20;
/** Milliseconds that all of it may take. */
const DEADLINE_MS = 60_000;
/** Failures without any answer, after which the resolver counts as away. */
const HOPELESS = 8;
/** Names of one address that are followed; most have one. */
const FOLLOWED = 4;
/** Of host names (RFC 1123 §2.1) and the underscore that some use; an attacker writes his own. */
const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?$/;
/** Words by which names say that they scan for a good cause. */
const CLAIM = /scan|census|research|survey|probe|measure/;
/** What DNS says where there is nothing; all else is a failure. */
const NOTHING: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA", "EBADNAME"]);

export interface NameOptions {
  /** Resolvers as "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53"; the system's where empty. */
  readonly servers: readonly string[];
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly gapMs?: number;
}

/** Asks for names, each address once. Keeps what it learned: at most {@link MAXIMUM_NAMES} entries. */
export class ForwardNames {
  readonly #resolver: Resolver;
  readonly #deadlineMs: number;
  readonly #gapMs: number;
  readonly #known = new Map<string, NameLabel | null>();
  /** Addresses of names that several addresses share. */
  readonly #forward = new Map<string, Promise<readonly string[]>>();
  #asked = 0;
  #answered = 0;
  #failed = 0;
  #leftOut = 0;
  #gate: Promise<unknown> = Promise.resolve();

  /** @throws TypeError of node:dns where a server is no address. */
  constructor({ servers, timeoutMs = TIMEOUT_MS, deadlineMs = DEADLINE_MS, gapMs = GAP_MS }: NameOptions) {
    this.#resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
    if (servers.length > 0) this.#resolver.setServers([...servers]);
    this.#deadlineMs = deadlineMs;
    this.#gapMs = gapMs;
  }

  /** Asks for the names of addresses (texts), heaviest first. Never rejects: what goes wrong is counted. */
  async ask(addresses: readonly string[]): Promise<void> {
    const wanted = [...new Set(addresses)].filter((address) => !this.#known.has(address) && !isBogon(address));
    const room = Math.max(0, MAXIMUM_NAMES - this.#known.size);
    this.#leftOut += Math.max(0, wanted.length - room);
    const queue = wanted.slice(0, room);
    const until = performance.now() + this.#deadlineMs;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < queue.length) {
        const address = queue[next++] ?? "";
        if (performance.now() > until || this.#isHopeless()) this.#leftOut++;
        else this.#known.set(address, await this.#nameOf(address));
      }
    };
    // A question that hangs is cancelled at the end of the time; it then counts as failed.
    const alarm = setTimeout(() => this.#resolver.cancel(), this.#deadlineMs);
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    clearTimeout(alarm);
  }

  /** What was learned of an address; null where it has no name, or was not asked for. */
  nameOf(address: string): NameLabel | null {
    return this.#known.get(address) ?? null;
  }

  summary(): NameLookups {
    const names = [...this.#known.values()].filter((name) => name !== null);
    return {
      servers: this.#resolver.getServers(),
      asked: this.#asked,
      named: names.length,
      confirmed: names.filter(({ forwardConfirmed }) => forwardConfirmed).length,
      failed: this.#failed,
      leftOut: this.#leftOut,
    };
  }

  #isHopeless(): boolean {
    return this.#failed >= HOPELESS && this.#answered === 0;
  }

  async #nameOf(address: string): Promise<NameLabel | null> {
    this.#asked++;
    try {
      await this.#turn();
      const all = await this.#resolver.resolvePtr(reverseName(address));
      this.#answered++;
      const names = all.map((name) => name.toLowerCase().replace(/\.$/, "")).filter((name) => HOST_NAME.test(name));
      for (const name of names.slice(0, FOLLOWED)) {
        if (await this.#leadsBack(name, address)) return { name, forwardConfirmed: true, doubt: null };
      }
      const [first] = names;
      return first === undefined ? null : { name: first, forwardConfirmed: false, doubt: doubtOf(first) };
    } catch (error) {
      if (NOTHING.has((error as NodeJS.ErrnoException).code)) this.#answered++;
      else this.#failed++;
      return null;
    }
  }

  async #leadsBack(name: string, address: string): Promise<boolean> {
    const family = parseIPv4(address) === null ? 6 : 4;
    const key = `${family} ${name}`;
    let answer = this.#forward.get(key);
    if (answer === undefined) {
      answer = this.#turn().then(() => (family === 4 ? this.#resolver.resolve4(name) : this.#resolver.resolve6(name)));
      this.#forward.set(key, answer);
    }
    try {
      return (await answer).some((other) => isSame(other, address));
    } catch (error) {
      if (NOTHING.has((error as NodeJS.ErrnoException).code)) return false;
      throw error;
    }
  }

  /** Waits until the next question may be put. */
  #turn(): Promise<unknown> {
    const turn = this.#gate;
    this.#gate = turn.then(() => new Promise((resolve) => setTimeout(resolve, this.#gapMs)));
    return turn;
  }
}

/**
 * The name that the name of an address stands under (RFC 1035 §3.5, RFC 3596 §2.5). Not by `reverse()` of node:dns: that looks into
 * /etc/hosts, too, and calls every failure "not found".
 */
export function reverseName(address: string): string {
  if (parseIPv4(address) !== null) return `${address.split(".").toReversed().join(".")}.in-addr.arpa`;
  const digits = (parseIPv6(address) ?? []).map((word) => word.toString(16).padStart(8, "0")).join("");
  return `${digits.split("").toReversed().join(".")}.ip6.arpa`;
}

/** What an unconfirmed name claims: of an organisation of the table, or of research at large. */
function doubtOf(name: string): string | null {
  const organisation = scannerNamed(name)?.organisation ?? null;
  if (organisation === null && !CLAIM.test(name)) return null;
  const claim = organisation === null ? "that it scans for research" : `that it is ${organisation}`;
  return `Its name, ${name}, says ${claim}, but does not lead back to the address: anybody can write such a name, and it counts for nothing.`;
}

function isSame(a: string, b: string): boolean {
  const words = parseIPv6(a);
  const others = parseIPv6(b);
  return words === null || others === null ? a === b : words.every((word, at) => word === others[at]);
}
