/** What `assess` is asked. Apart from `assess.ts`, so that the command line can read it without loading the whole pipeline. */
import type { Mapping } from "../formats/mapped/mapping.ts";
import type { HypothesisId } from "../model/assessment.ts";
import type { StorePlace } from "../store/open-store.ts";
import type { Progress } from "./observe-inputs.ts";

/** How live sources are listened to. */
export interface Listening {
  readonly seconds: number;
  /** Folder in which places in files and journals, and templates of exporters, are kept; null to keep none. */
  readonly stateFolder: string | null;
  /** Files and topics without a saved place are read from their start, not from now on. */
  readonly fromStart: boolean;
  /** Plain paths are followed too. */
  readonly follow: boolean;
}

export interface AssessOptions {
  /** Paths of files and folders, or "-" for standard input; or else live sources. */
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
  /** How long and how live sources are listened to; null where inputs are files. */
  readonly listen: Listening | null;
  /** Address to explain, or null. */
  readonly explain: string | null;
  /** The folder of reputation feeds; null to use none. One that does not exist is no error. */
  readonly intelFolder: string | null;
  /** History to compare with, or null: nothing is opened. */
  readonly store: StorePlace | null;
  /** Probabilities before any evidence, to replace the stated ones. */
  readonly priors: Partial<Readonly<Record<HypothesisId, number>>>;
  /** 0: decide by the size of the input. */
  readonly threads: number;
  /** Findings of each kind to keep in the report. */
  readonly limit: number;
  /** Paths of users' own MaxMind DBs. */
  readonly databases: readonly string[];
  /** Resolvers to ask for the names of sources, the system's where empty; null to ask none. */
  readonly resolvers: readonly string[] | null;
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
  listen: null,
  explain: null,
  intelFolder: null,
  store: null,
  priors: {},
  threads: 0,
  limit: 1000,
  databases: [],
  resolvers: null,
  onProgress: null,
};
