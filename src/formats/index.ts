/** The formats that Precursor reads, and which of them an input is. */
import { BINETFLOW } from "./binetflow/binetflow.ts";
import { PCAP } from "./capture/pcap.ts";
import { PCAPNG } from "./capture/pcapng.ts";
import { FLOW_CAPTURE } from "./flow-capture/flow-capture.ts";
import { FLOW_EXPORT } from "./flow-export/flow-export.ts";
import type { Format } from "./format.ts";
import { GOFLOW2, GOFLOW2_JSON } from "./goflow2/goflow2.ts";
import { NFDUMP_CSV } from "./nfdump/nfdump-csv.ts";
import { NFDUMP } from "./nfdump/nfdump-file.ts";
import { NFDUMP_JSON } from "./nfdump/nfdump-json.ts";
import { OBSERVATIONS } from "./observations/observations.ts";
import { SURICATA_EVE } from "./suricata/eve.ts";
import { SYSLOG_FORMATS } from "./syslog/syslog.ts";
import { VPC_FLOW } from "./vpc-flow/vpc-flow.ts";
import { ZEEK } from "./zeek/zeek.ts";

/** Every format, the most common first; heads of two formats never look alike. */
export const FORMATS: readonly Format[] = [
  PCAP,
  PCAPNG,
  FLOW_CAPTURE,
  FLOW_EXPORT,
  NFDUMP,
  NFDUMP_CSV,
  NFDUMP_JSON,
  BINETFLOW,
  VPC_FLOW,
  ...SYSLOG_FORMATS,
  ZEEK,
  SURICATA_EVE,
  GOFLOW2,
  GOFLOW2_JSON,
  OBSERVATIONS,
];

/** The format of an input that begins with `head` (up to HEAD_BYTES, decompressed), or null. */
export function recogniseFormat(head: Uint8Array): Format | null {
  return claimants(head)[0] ?? null;
}

/** The formats that claim an input, those left out that another claimant refines: one at most, for any input that is sound. */
export function claimants(head: Uint8Array): readonly Format[] {
  const claimed = FORMATS.filter((format) => format.recognises(head));
  return claimed.filter((format) => !claimed.some((other) => other.refines?.includes(format) === true));
}

/** The format of that name, or null. */
export function formatNamed(name: string): Format | null {
  return FORMATS.find((format) => format.name === name) ?? null;
}

export { PCAP } from "./capture/pcap.ts";
