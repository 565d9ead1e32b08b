/** What `assess` is asked. Apart from `assess.ts`, so that the command line can read it without loading the whole pipeline. */
import type { Mapping } from "../formats/mapped/mapping.ts";
import type { Progress } from "./observe-inputs.ts";

export interface AssessOptions {
  /** Paths of files and folders, or "-" for standard input. */
  readonly inputs: readonly string[];
  /** The defended networks in CIDR notation; empty to have them guessed. */
  readonly home: readonly string[];
  /** Seconds since 1970: from `since`, up to but without `until`; null for no bound. */
  readonly since: number | null;
  readonly until: number | null;
  readonly filter: string | null;
  /** Name of the format of all inputs; null to recognise each. */
  readonly inputFormat: string | null;
  /** What the columns of tables without a format of their own are, or null. */
  readonly mapping: Mapping | null;
  /** Address to explain, or null. */
  readonly explain: string | null;
  /** 0: decide by the size of the input. */
  readonly threads: number;
  /** Findings of each kind to keep in the report. */
  readonly limit: number;
  readonly onProgress: ((progress: Progress) => void) | null;
  /** Inputs given as octets: name → capture. */
  readonly memory?: ReadonlyMap<string, Uint8Array>;
}

/** What the command line leaves out: everything recognised, guessed and kept. */
export const ASSESS_DEFAULTS: AssessOptions = {
  inputs: [],
  home: [],
  since: null,
  until: null,
  filter: null,
  inputFormat: null,
  mapping: null,
  explain: null,
  threads: 0,
  limit: 1000,
  onProgress: null,
};
