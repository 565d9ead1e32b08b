/** A filter expression as a tree: what the parser makes and the compiler reads. */
import type { Network } from "../../model/address.ts";
import type { Shorthand } from "./vocabulary.ts";

/** Which end of a packet a test looks at. `either` is tcpdump's `src or dst`, its default. */
export type Direction = "source" | "destination" | "either" | "both";

/** What a `tcp`, `ip6`, … before a test, or alone, asks for. */
export type Carrier = { readonly kind: "protocol"; readonly number: number } | { readonly kind: "family"; readonly family: 4 | 6 };

export type Comparison = "<" | "<=" | ">" | ">=" | "=" | "!=";

export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly part: Expression }
  | { readonly kind: "carrier"; readonly carrier: Carrier }
  | {
      readonly kind: "port";
      readonly direction: Direction;
      /** Inclusive, both ends; at least one. */
      readonly ranges: readonly (readonly [number, number])[];
    }
  | { readonly kind: "network"; readonly direction: Direction; readonly networks: readonly Network[] }
  | { readonly kind: "shorthand"; readonly name: Shorthand }
  | { readonly kind: "fragment"; readonly part: "first" | "later" }
  /** TCP flags: those under `mask`, compared with `value`. */
  | { readonly kind: "flags"; readonly mask: number; readonly comparison: Comparison; readonly value: number }
  | { readonly kind: "field"; readonly field: string; readonly comparison: Comparison; readonly value: number };
