/** What a format gives to `conformance.test.ts` and `scripts/fuzz.ts`: small valid inputs of its own. */
import { INPUTS as ARGUS_FLOWS } from "./binetflow/inputs.fixture.ts";
import { INPUTS as CAPTURES } from "./capture/inputs.fixture.ts";
import { INPUTS as FLOW_CAPTURES } from "./flow-capture/inputs.fixture.ts";
import { INPUTS as FLOW_EXPORTS } from "./flow-export/inputs.fixture.ts";
import type { Format } from "./format.ts";
import { INPUTS as GOFLOW2_MESSAGES } from "./goflow2/inputs.fixture.ts";
import { INPUTS as NFDUMP_FLOWS } from "./nfdump/inputs.fixture.ts";
import { INPUTS as OBSERVATION_FILES } from "./observations/inputs.fixture.ts";
import { INPUTS as SURICATA_EVENTS } from "./suricata/inputs.fixture.ts";
import { INPUTS as SYSLOG_LINES } from "./syslog/inputs.fixture.ts";
import { INPUTS as VPC_FLOW_LOGS } from "./vpc-flow/inputs.fixture.ts";
import { INPUTS as ZEEK_LOGS } from "./zeek/inputs.fixture.ts";

export interface FormatInput {
  /** For the test's title: `"pcap, little-endian"`. */
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
}

/** Inputs of every format: a new one adds its own here. */
export const FORMAT_INPUTS: readonly FormatInput[] = [
  ...CAPTURES,
  ...FLOW_CAPTURES,
  ...FLOW_EXPORTS,
  ...NFDUMP_FLOWS,
  ...ARGUS_FLOWS,
  ...SYSLOG_LINES,
  ...ZEEK_LOGS,
  ...SURICATA_EVENTS,
  ...GOFLOW2_MESSAGES,
  ...VPC_FLOW_LOGS,
  ...OBSERVATION_FILES,
];
