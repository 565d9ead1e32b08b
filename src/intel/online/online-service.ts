/** What a service on the Internet is asked about an address, and what it says. */
import type { OnlineAnswer, OnlineServiceId } from "../../model/online.ts";
import type { GetAnswer } from "../web/http-get.ts";

/** A budget of questions: `burst` at once, and one more every `seconds`. */
export interface Budget {
  readonly burst: number;
  readonly seconds: number;
}

export interface OnlineService {
  readonly id: OnlineServiceId;
  readonly name: string;
  readonly url: string;
  /** Environment variable of its key. */
  readonly keyVariable: string | null;
  readonly needsKey: boolean;
  readonly families: readonly (4 | 6)[];
  /** What a user without a contract may ask; with a page that says so. */
  readonly budget: Budget;
  /** Seconds that an answer is kept. */
  readonly keptFor: number;
  /** Seconds to wait after "too many requests" without a time. */
  readonly defaultWait: number;
  readonly path: (address: string) => string;
  readonly headers: (key: string | null) => Readonly<Record<string, string>>;
  /** What an answer means; a text is why there is none. */
  readonly read: (status: number, body: unknown) => OnlineAnswer | string;
}

/** The JSON of an answer, or null where it is none. */
export function jsonOf({ body }: Extract<GetAnswer, { kind: "answer" }>): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return null;
  }
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Text of a service, cut: it is shown. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 200) : null;
}

/** A count, also where a service writes numbers as text. */
export function countOf(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** The date of a time in ISO 8601 or alike. */
export function dateOf(value: unknown): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(typeof value === "string" ? value : "")?.[0] ?? null;
}
