/** What the defended networks hold, in the owner's own words; and whom probes meant, tested against it. */
import type { Network } from "./address.ts";

export interface AssetService {
  readonly transport: "tcp" | "udp";
  readonly port: number;
}

/** One entry of the owner's list: networks that belong together. */
export interface Asset {
  readonly name: string;
  readonly networks: readonly Network[];
  /** The owner's words: "energy", "health"; "web", "mail", "office". */
  readonly sector: string | null;
  readonly role: string | null;
  /** Services that are meant to be open to everyone. */
  readonly services: readonly AssetService[];
  /** Dark space holds no hosts; null where the owner does not say. */
  readonly exposure: "live" | "dark" | null;
}

export type FocusAspect = "sector" | "role" | "asset" | "subnet" | "service" | "exposure";

/** One test of the targets against what each group exposes. */
export interface FocusTest {
  readonly aspect: FocusAspect;
  /** The group that got most beyond its exposure: a sector's name, "192.0.2.0/24", "TCP/445", "live". */
  readonly group: string;
  /** Targets (or sources, as `unit` says) in the group, and in all groups. */
  readonly observed: number;
  readonly of: number;
  readonly unit: "targets" | "sources";
  /** Share that the group's exposure would lead one to expect, between 0 and 1. */
  readonly expectedShare: number;
  readonly groups: number;
  /** Corrected for the number of groups. */
  readonly pValue: number;
  /** `cannot-tell`: one group only, or too few targets. */
  readonly verdict: "focused" | "spread" | "cannot-tell";
  /** With its numbers, for people. */
  readonly sentence: string;
}

/** Whom the probes meant. */
export interface TargetFocus {
  /** How targets were chosen, as far as it shows. */
  readonly order: "random" | "sequential" | "mixed" | "unknown";
  readonly orderSentence: string;
  readonly tests: readonly FocusTest[];
  /** Sectors that the owner named. With one, no focus on a sector can be told. */
  readonly sectors: number;
  /** Targets over IPv6, added up over sources: activity keeps their hashes, so that no test can say where they lie. */
  readonly ipv6Targets: number;
}
