/** What is remembered of a service from run to run: its answers, and how much of its budget is left. One file a service. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { OnlineAnswer, OnlineServiceId } from "../../model/online.ts";
import { FILE_MODE } from "../feeds/library.ts";
import { writeWholeFile } from "../../model/whole-file.ts";
import type { Budget } from "./online-service.ts";

/** Answers kept of a service, oldest out first: some 3 MB. */
const MAX_ANSWERS = 10_000;

interface Kept {
  readonly at: number;
  readonly answer: OnlineAnswer;
}

interface MemoryFile {
  readonly answers: readonly (readonly [string, Kept])[];
  readonly tokens: number;
  readonly tokensAt: number;
  readonly blockedUntil: number;
}

/** Times are seconds since 1970. */
export class ServiceMemory {
  readonly #folder: string | null;
  readonly #file: string;
  readonly #budget: Budget;
  readonly #answers: Map<string, Kept>;
  #tokens: number;
  #tokensAt: number;
  #blockedUntil: number;

  /** @param folder null to remember nothing */
  constructor(folder: string | null, id: OnlineServiceId, budget: Budget) {
    this.#folder = folder;
    this.#file = `${id}.json`;
    this.#budget = budget;
    const kept = folder === null ? null : readMemory(join(folder, this.#file));
    this.#answers = new Map(kept?.answers ?? []);
    this.#tokens = Math.min(kept?.tokens ?? budget.burst, budget.burst);
    this.#tokensAt = kept?.tokensAt ?? 0;
    this.#blockedUntil = kept?.blockedUntil ?? 0;
  }

  answerOf(address: string, now: number, keptFor: number): Kept | null {
    const kept = this.#answers.get(address);
    return kept !== undefined && now - kept.at < keptFor && kept.at <= now + 60 ? kept : null;
  }

  remember(address: string, answer: OnlineAnswer, now: number): void {
    this.#answers.delete(address);
    this.#answers.set(address, { at: now, answer });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MAX_ANSWERS) break;
      this.#answers.delete(oldest);
    }
  }

  /** Takes one question out of the budget. 0: it may be asked now; else seconds until it may (token bucket). */
  take(now: number): number {
    if (now < this.#blockedUntil) return this.#blockedUntil - now;
    const gained = Math.max(0, now - this.#tokensAt) / this.#budget.seconds;
    this.#tokens = Math.min(this.#budget.burst, this.#tokens + gained);
    this.#tokensAt = now;
    if (this.#tokens < 1) return (1 - this.#tokens) * this.#budget.seconds;
    this.#tokens -= 1;
    return 0;
  }

  /** The service said "too many". */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  /** Whole or not at all; that it cannot be written costs answers, and no more. */
  save(): void {
    if (this.#folder === null) return;
    const file: MemoryFile = {
      answers: [...this.#answers],
      tokens: this.#tokens,
      tokensAt: this.#tokensAt,
      blockedUntil: this.#blockedUntil,
    };
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeWholeFile(join(this.#folder, this.#file), new TextEncoder().encode(JSON.stringify(file)), FILE_MODE);
    } catch {
      // A library that only others may write to
    }
  }
}

function readMemory(path: string): MemoryFile | null {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as MemoryFile;
    const isSane =
      Array.isArray(value.answers) &&
      value.answers.every((entry) => typeof entry?.[0] === "string" && typeof entry[1]?.answer?.summary === "string");
    return isSane && [value.tokens, value.tokensAt, value.blockedUntil].every(Number.isFinite) ? value : null;
  } catch {
    return null;
  }
}
