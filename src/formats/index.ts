/** The formats that Precursor reads, and which of them an input is. */
import { PCAP } from "./capture/pcap.ts";
import { PCAPNG } from "./capture/pcapng.ts";
import type { Format } from "./format.ts";
import { VPC_FLOW } from "./vpc-flow/vpc-flow.ts";

/** Every format, the most common first; heads of two formats never look alike. */
export const FORMATS: readonly Format[] = [PCAP, PCAPNG, VPC_FLOW];

/** The format of an input that begins with `head` (up to 4 KiB, decompressed), or null. */
export function recogniseFormat(head: Uint8Array): Format | null {
  return FORMATS.find((format) => format.recognises(head)) ?? null;
}

/** The format of that name, or null. */
export function formatNamed(name: string): Format | null {
  return FORMATS.find((format) => format.name === name) ?? null;
}

export { PCAP } from "./capture/pcap.ts";
export { PCAPNG } from "./capture/pcapng.ts";
